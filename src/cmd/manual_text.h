/* The parts of the manual that no struct holds: tables of term and text, in the order of
 * the page. */
#pragma once

#include <stddef.h>

struct manual_term {
	const char *term, *text;
};
struct manual_section {
	const char *title;
	const char *text;                /* before the terms; NULL: none */
	const struct manual_term *terms; /* ended by a NULL term; NULL: none */
};
/* NULL-ended by title. */
extern const struct manual_section manual_before_findings[], manual_after_findings[];

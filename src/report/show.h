/* The two manners of showing one entry whole. */
#pragma once

#include "report/details.h"

json_t *json_of_shown(const struct report *report, const struct entry_set *set,
		      const struct entry *entry);

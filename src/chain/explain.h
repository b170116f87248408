/*
 * From an error text to its causes: finds what of the table of sayings a pasted log
 * holds, the most telling first, and the endpoints that it names. The text is hostile.
 */
#pragma once

#include "chain/mentioned.h"
#include "chain/saying.h"

/* One cause, and what told of it best. */
struct explained {
	unsigned cause;
	const struct saying *saying; /* the row that fits best */
	unsigned weight; /* letters of it that were found: the more, the surer */
	size_t times;    /* how often the cause was met */
	bool cut;        /* the text ended before the row did */
};

struct explanation {
	struct explained *at; /* the most telling first */
	size_t n, cap;
	struct mentioned mentioned[MENTIONED_MOST]; /* endpoints, the likeliest first */
	size_t n_mentioned;
	bool has_certificate; /* a PEM block is in it: validate --presented can judge it
			       */
	size_t ignored;       /* bytes at the beginning that were not looked at */
};
#define EXPLANATION_INIT   \
	{                  \
		.at = NULL \
	}

/* The most of a text that is looked at: a log is newest at its end. */
#define EXPLAIN_MOST ((size_t)4 << 20)

/* Never fails; explanation->n is 0 where nothing fits. Time is bounded by the text's
 * length. */
void explain_text(struct explanation *explanation, struct span text);
void explanation_clear(struct explanation *explanation);

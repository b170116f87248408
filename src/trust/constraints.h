/*
 * What an anchor is good for: alternatives, any one of which is enough. Mozilla's
 * distrust-after, Microsoft's NotBefore per usage and Chrome's constraint sets are all
 * instances.
 */
#pragma once

#include "base/clock.h"
#include "base/memory.h"
#include "x509/extension.h"

/*
 * An alternative that is good for nothing has this as its only other purpose: p11-kit's
 * way to say so, an identifier that nobody asks for.
 */
#define OID_NO_PURPOSE "1.3.6.1.4.1.3319.6.10.16"

struct alternative {
	/* Bits 1 << enum purpose that it is good for; 0: any, where other_purposes is
	 * empty too. */
	uint32_t purposes;
	/* Dotted OIDs that the table does not know; NULL-ended or NULL. */
	const char *const *other_purposes;
	/* The leaf's notBefore is at most this, per purpose; TIME_NONE: no bound. */
	int64_t issued_before[PURPOSE_COUNT];
	int64_t sct_before; /* earliest SCT at most this; TIME_NONE: no bound */
	const char *const *dns_subtrees; /* permitted DNS names, NULL-ended; NULL: any */
};
struct constraints {
	size_t n; /* at least 1 */
	const struct alternative *at;
};

/* An alternative that allows everything: fill in what it shall not. */
struct alternative alternative_any(void);
/* A deep copy in arena; NULL gives NULL. */
const struct constraints *constraints_copy(struct arena *arena,
					   const struct constraints *from);
/* Means the same: order counts not, and NULL is the single alternative_any. */
bool constraints_equal(const struct constraints *a, const struct constraints *b);

/* wide allows all that narrow does: going from wide to narrow gives no trust. */
bool constraints_cover(const struct constraints *wide, const struct constraints *narrow);
/*
 * What either allows: a or b where one covers the other, else alternatives of both,
 * borrowed from them.
 */
const struct constraints *constraints_union(struct arena *arena,
					    const struct constraints *a,
					    const struct constraints *b);
/* Whether purpose is among those of one, or any, alternative; dates and names apart. */
bool alternative_good_for(const struct alternative *alternative, enum purpose purpose);
bool constraints_good_for(const struct constraints *constraints, enum purpose purpose);
/* The same for the dotted OID of a purpose that the table does not know. */
bool constraints_good_for_oid(const struct constraints *constraints, const char *oid);

/* What is asked of an anchor for one path. */
struct constraint_question {
	enum purpose purpose; /* PURPOSE_ANY: every alternative's purposes will do */
	int64_t leaf_not_before;
	int64_t earliest_sct; /* TIME_NONE: unknown, taken as the leaf's notBefore */
	struct span hostname; /* n 0: no name was asked for */
};
enum constraint_answer {
	CONSTRAINT_MET,
	CONSTRAINT_PURPOSE,
	CONSTRAINT_ISSUED_AFTER,
	CONSTRAINT_SCT_AFTER,
	CONSTRAINT_NAME
};
/*
 * MET, or the reason of the alternative that came nearest; *bound (may be NULL) gets its
 * date.
 */
enum constraint_answer constraints_ask(const struct constraints *constraints,
				       const struct constraint_question *question,
				       int64_t *bound);

/*
 * One set of purposes with one distrust-after for server-auth and e-mail: what p11-kit
 * and NSS can say.
 */
const struct constraints *constraints_make(struct arena *arena, uint32_t purposes,
					   int64_t server_after, int64_t email_after);
/* "server-auth, email; not for leaves issued after 2024-11-30" - one line for people. */
struct buf;
void constraints_text(struct buf *out, const struct constraints *constraints);

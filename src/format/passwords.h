/*
 * Passwords of stores: where they come from, and which of them opens one. None is ever
 * shown, and each is wiped after use; those that everybody knows are named.
 */
#pragma once

#include "base/error.h"
#include "base/secret.h"

/* A longer password is a mistake, such as a key file in place of a password's. */
#define PASSWORD_MOST 1024

/*
 * Where passwords come from. Each that was said is tried in turn; where none was, those
 * that Java's stores have by default, and then a person is asked.
 */
struct passwords {
	void *ctx;
	const struct secret *said; /* UTF-8 */
	size_t n_said;
	uint64_t rounds; /* worth spending on one store; 0: the format's own bound */
	bool officer;    /* those of tokens are their security officers' */
	bool unchecked;  /* what can be read without the password is, unproven */
	/* NULL, or asks a person for that of path; false: there is no answer. */
	bool (*ask)(void *ctx, const char *path, struct secret *answer);
	/* NULL, or tells people how the store at path was opened (translated, safe text).
	 */
	void (*note)(void *ctx, const char *path, const char *text);
};

/* Whether a password fits a store; FIT_FAILED: nobody can say, with err. */
enum fit {
	FIT_YES,
	FIT_NO,
	FIT_FAILED
};
struct lock {
	void *ctx;
	enum fit (*fits)(void *ctx, struct span password, struct error *err);
};
/*
 * Finds the password that fits the lock of the store at path; what fits keeps is the
 * lock's business. passwords NULL: only those that everybody knows. False: none fits
 * (STATUS_INPUT, with how to say one), or the trying failed.
 */
MUST_CHECK bool passwords_open(const struct passwords *passwords, const char *path,
			       const struct lock *lock, struct error *err);
/* Tells people about the store at path, where they are to be told. */
void passwords_note(const struct passwords *passwords, const char *path,
		    const char *text);
/*
 * UTF-16, high byte first and no byte order mark, as Java and PKCS#12 take passwords;
 * to is the caller's to clear. False where utf8 is none.
 */
MUST_CHECK bool password_utf16(struct secret *to, struct span utf8);

/* Which password opens a store. */
#include "format/passwords.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "base/unicode.h"

/* How often a person may try. */
#define ASKED_MOST 3

/* What keytool proposes and Java's own trust store has, and none at all. */
static const struct {
	const char *text, *note;
} known[] = {
	{ "changeit", N_("opened with 'changeit', the password that everybody knows: it "
			 "proves nothing about who wrote it") },
	{ "",
	  N_("opened with the empty password: it proves nothing about who wrote it") },
};

void passwords_note(const struct passwords *passwords, const char *path, const char *text)
{
	if (passwords && passwords->note)
		passwords->note(passwords->ctx, path, text);
}

static enum fit try_known(const struct lock *lock, size_t *which, struct error *err)
{
	for (size_t i = 0; i < COUNT(known); i++) {
		enum fit fit = lock->fits(lock->ctx, span_str(known[i].text), err);

		*which = i;
		if (fit != FIT_NO)
			return fit;
	}
	return FIT_NO;
}

/*
 * A store that somebody said the password of is not opened by one that everybody knows:
 * whoever replaced it could have sealed it with that.
 */
static bool open_said(const struct passwords *passwords, const struct lock *lock,
		      struct error *err)
{
	size_t which;

	for (size_t i = 0; i < passwords->n_said; i++) {
		enum fit fit =
			lock->fits(lock->ctx, secret_span(&passwords->said[i]), err);

		if (fit != FIT_NO)
			return fit == FIT_YES;
	}
	switch (try_known(lock, &which, err)) {
	case FIT_FAILED:
		return false;
	case FIT_YES:
		error_fail(err, STATUS_INPUT,
			   known[which].text[0]
				   ? _("no password that was said fits, but 'changeit', "
				       "which everybody knows, does")
				   : _("no password that was said fits, but the empty "
				       "one does"));
		return error_remedy(err, _("say it as well: --password-env can be given "
					   "again"));
	case FIT_NO:
		break;
	}
	return error_fail(err, STATUS_INPUT,
			  ngettext("the password that was said does not fit, or the "
				   "file was changed",
				   "no password that was said fits, or the file was "
				   "changed",
				   passwords->n_said));
}

static enum fit try_asking(const struct passwords *passwords, const char *path,
			   const struct lock *lock, struct error *err)
{
	for (size_t i = 0; passwords && passwords->ask && i < ASKED_MOST; i++) {
		AUTO(secret) answer = SECRET_INIT;
		enum fit fit;

		if (!passwords->ask(passwords->ctx, path, &answer))
			return FIT_NO;
		fit = lock->fits(lock->ctx, secret_span(&answer), err);
		if (fit != FIT_NO)
			return fit;
	}
	return FIT_NO;
}

bool passwords_open(const struct passwords *passwords, const char *path,
		    const struct lock *lock, struct error *err)
{
	size_t which;
	enum fit fit;

	if (passwords && passwords->n_said)
		return open_said(passwords, lock, err);
	fit = try_known(lock, &which, err);
	if (fit == FIT_YES)
		passwords_note(passwords, path, _(known[which].note));
	if (fit == FIT_NO)
		fit = try_asking(passwords, path, lock, err);
	if (fit != FIT_NO)
		return fit == FIT_YES;
	error_fail(err, STATUS_INPUT,
		   _("its password is neither 'changeit' nor empty, or the file was "
		     "changed"));
	return error_remedy(err, _("--password-file FILE, --password-fd N or "
				   "--password-env NAME says the password"));
}

static void add_unit(struct secret *to, uint32_t unit)
{
	to->at[to->n++] = (uint8_t)(unit >> 8);
	to->at[to->n++] = (uint8_t)unit;
}

bool password_utf16(struct secret *to, struct span utf8)
{
	const uint8_t *at = utf8.at, *end = utf8.at + utf8.n;
	/* No character takes more bytes here than twice those that it has in UTF-8. */
	struct secret units = { mem_alloc(2 * utf8.n + 1), 0 };

	while (at < end) {
		int32_t character = utf8_next(&at, end);

		if (character < 0) {
			secret_clear(&units);
			return false;
		}
		if (character >= 0x10000) {
			character -= 0x10000;
			add_unit(&units, 0xd800 | (uint32_t)character >> 10);
			add_unit(&units, 0xdc00 | ((uint32_t)character & 0x3ff));
		} else {
			add_unit(&units, (uint32_t)character);
		}
	}
	secret_clear(to);
	*to = units;
	return true;
}

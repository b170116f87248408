/* Reasons: what closed a branch, and how heavy that is. */
#include "chain/reason.h"

#include "base/clock.h"
#include "base/escape.h"
#include "x509/name.h"

struct reason *reason_add(struct reason_list *list, enum finding_code code,
			  const struct pool_cert *cert, const char *rule)
{
	struct reason *reason;

	GROW(list->at, list->n, list->cap);
	reason = &list->at[list->n++];
	memset(reason, 0, sizeof(*reason));
	reason->code = code;
	reason->cert = cert;
	reason->when = TIME_NONE;
	reason->rule = rule;
	return reason;
}

void reason_what(struct reason *reason, struct span text)
{
	AUTO(buf) escaped = BUF_INIT;
	size_t n;

	/* More than this is cut anyway: no need to escape a megabyte first. */
	if (text.n > sizeof(reason->what))
		text.n = sizeof(reason->what);
	escape_terminal_cut(&escaped, text, 60);
	n = escaped.n < sizeof(reason->what) ? escaped.n : sizeof(reason->what) - 1;
	/* Not in the middle of a character. */
	while (n < escaped.n && n && (escaped.at[n] & 0xc0) == 0x80)
		n--;
	memcpy(reason->what, buf_text(&escaped), n);
	reason->what[n] = '\0';
}

void reason_name(struct reason *reason, const struct general_name *name)
{
	AUTO(buf) text = BUF_INIT;

	switch (name->kind) {
	case GENERAL_DIRECTORY:
		name_text(&text, name->value);
		break;
	case GENERAL_DNS:
	case GENERAL_EMAIL:
	case GENERAL_URI:
		buf_add(&text, name->value);
		break;
	default:
		buf_add_hex(&text, name->value);
	}
	reason_what(reason, buf_span(&text));
}

unsigned reason_weight(const struct reason *reason)
{
	static const unsigned weights[FINDING_COUNT] = {
		[FINDING_BUDGET] = 70,
		/* The end was not reached. */
		[FINDING_MISSING_INTERMEDIATE] = 60,
		[FINDING_MISSING_ROOT] = 55,
		[FINDING_UNTRUSTED_ROOT] = 50,
		/* It was, over an edge that nobody can trust. */
		[FINDING_BAD_SIGNATURE] = 58,
		[FINDING_UNSUPPORTED_ALGORITHM] = 35,
		[FINDING_MALFORMED] = 40,
		[FINDING_DISTRUSTED] = 45,
		[FINDING_REVOKED] = 43,
		[FINDING_NOT_A_CA] = 40,
		[FINDING_UNKNOWN_CRITICAL] = 35,
		[FINDING_NAME_CONSTRAINT] = 32,
		[FINDING_PATH_TOO_LONG] = 30,
		[FINDING_WRONG_PURPOSE] = 28,
		[FINDING_DISTRUST_AFTER] = 26,
		/* Time or habit alone is against it. */
		[FINDING_EXPIRED] = 20,
		[FINDING_NOT_YET_VALID] = 20,
		[FINDING_REVOCATION_UNKNOWN] = 18,
		[FINDING_WEAK_SIGNATURE] = 15,
		[FINDING_WEAK_KEY] = 15,
		[FINDING_HOSTNAME_MISMATCH] = 10,
	};
	unsigned weight = weights[reason->code];

	/* Less than whatever other clients say as well. */
	if (reason->strict)
		return 5;
	return weight ? weight : 25;
}

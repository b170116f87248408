/* In words: why no revocation list says whether a certificate is revoked. */
#include "chain/revocation.h"

#include "chain/words.h"
#include "base/clock.h"
#include "base/i18n.h"

/* What was against the list that came nearest; about: the text has a %s, for what the
 * reason is about. */
static const struct {
	const char *text;
	bool about;
} refusals[] = {
	[CRL_ABSENT] = { N_("no list of its issuer was given"), false },
	[CRL_OTHER_SCOPE] = { N_("the lists of its issuer are for other certificates"),
			      false },
	[CRL_SOME_REASONS] = { N_("the lists that count hold some reasons of revocation "
				  "only"),
			       false },
	[CRL_POINTS_BROKEN] = { N_("its own distribution points are malformed"), false },
	[CRL_BROKEN] = { N_("its issuer's list breaks %s"), true },
	[CRL_STRANGE] = { N_("its issuer's list has a critical extension that is not "
			     "known (%s)"),
			  true },
	[CRL_WEAK] = { N_("its issuer's list is signed with a broken algorithm (%s)"),
		       true },
	[CRL_ENDLESS] = { N_("its issuer's list does not say until when it holds"),
			  false },
	[CRL_FUTURE] = { N_("its issuer's list holds only from %s on"), true },
	[CRL_EXPIRED] = { N_("its issuer's list held until %s"), true },
	[CRL_UNSIGNED] = { N_("no certificate at hand made the signature of the list"),
			   false },
	[CRL_UNSUPPORTED] = { N_("the signature of the list cannot be checked here"),
			      false },
	[CRL_NOT_ALLOWED] = { N_("'%s' signed the list, and its key usage does not allow "
				 "that"),
			      true },
	[CRL_NO_PATH] = { N_("'%s' signed the list, and has no good path to the same "
			     "anchor"),
			  true },
	[CRL_BOUND] = { N_("the search met its bound before the lists were judged"),
			false },
};

/* What the reason is about: a rule, a date, a certificate, or what it says itself. */
static char *about(const struct reason *reason)
{
	char date[TIME_TEXT], name[NAME_TEXT];

	if (reason->number == CRL_BROKEN)
		return str_format("%s (%s)", reason->rule, reason->what);
	if (reason->when != TIME_NONE)
		return str_copy(time_rfc3339(reason->when, date));
	return str_copy(reason->by ? cert_words(reason->by, name) : reason->what);
}

char *crl_refusal_words(const struct reason *reason)
{
	AUTO_FREE char *what = about(reason);
	const char *text = _(refusals[reason->number].text);

	return refusals[reason->number].about ? str_format(text, what) : str_copy(text);
}

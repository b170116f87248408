/*
 * Whether the certificate looks as if a device between here and the server had made it. A
 * suspicion, never more: it is said only of a host that the public can name, and only
 * where an authority of the chain bears the name of a product that inspects TLS, or where
 * the leaf was made within days, by an authority that the store does not know, without
 * proof of public logging.
 */
#include "chain/words.h"

#include "chain/facts.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/i18n.h"
#include "x509/name.h"

#include <arpa/inet.h>
#include <ctype.h>

#define FRESH_DAYS 2
#define NAME_MOST  4096 /* bytes of a name that are searched */

/*
 * What stands in the names of the authorities that products make for themselves, in lower
 * case. Of makers whose name stands in public authorities as well, the longer name alone.
 */
static const char *const products[] = {
	"zscaler",
	"netskope",
	"forcepoint",
	"websense",
	"blue coat",
	"bluecoat",
	"proxysg",
	"fortigate",
	"fortinet",
	"palo alto networks",
	"globalprotect",
	"sophos",
	"cisco umbrella",
	"cisco secure web",
	"ironport",
	"mcafee web gateway",
	"skyhigh secure web",
	"barracuda",
	"check point",
	"sonicwall",
	"fireware",
	"watchguard",
	"smoothwall",
	"contentkeeper",
	"lightspeed rocket",
	"securly",
	"goguardian",
	"iboss",
	"menlo security",
	"cato networks",
	"gateway ca - cloudflare",
	"avast web/mail shield",
	"avg web/mail shield",
	"norton web/mail shield",
	"kaspersky anti-virus",
	"kaspersky endpoint",
	"eset ssl filter",
	"bitdefender",
	"adguard personal",
	"mitmproxy",
	"portswigger",
	"charles proxy",
	"do_not_trust_fiddler",
	"superfish",
	"squid proxy",
	"untangle",
	"opnsense",
};

/* The name of what is not to be found from everywhere, whatever certificate it has (RFC
 * 6761, 6762). */
static bool is_public(const char *host)
{
	static const char *const own[] = {
		"local", "localhost", "localdomain", "internal", "lan",     "home",
		"corp",  "intranet",  "private",     "test",     "example", "invalid",
		"onion", "arpa",      "priv",        "domain"
	};
	const char *last = host ? strrchr(host, '.') : NULL;

	if (!last || !isalpha((unsigned char)last[1]) || strchr(host, ':'))
		return false;
	for (size_t i = 0; i < COUNT(own); i++)
		if (strcasecmp(last + 1, own[i]) == 0)
			return false;
	return true;
}

/* The product whose name stands in the issuer of cert, or NULL. */
static const char *product_of(const struct pool_cert *cert)
{
	AUTO(buf) name = BUF_INIT;

	name_text(&name, cert_part(&cert->cert, cert->cert.issuer));
	if (name.n > NAME_MOST)
		name.n = NAME_MOST;
	for (size_t i = 0; i < name.n; i++)
		name.at[i] = (uint8_t)tolower(name.at[i]);
	for (size_t i = 0; i < COUNT(products); i++)
		if (memmem(name.at, name.n, products[i], strlen(products[i])))
			return products[i];
	return NULL;
}

static bool ends_unknown(const struct path *path)
{
	for (size_t i = 0; i < path->n_reasons; i++)
		if (path->reasons[i].code == FINDING_MISSING_ROOT ||
		    path->reasons[i].code == FINDING_UNTRUSTED_ROOT)
			return true;
	return false;
}

static bool is_made_for_this(const struct path *path, int64_t at)
{
	const struct cert *leaf = &path->at[0]->cert;

	return !path->complete && ends_unknown(path) &&
	       !pool_cert_facts(path->at[0])->self_issued && leaf->not_before <= at &&
	       at - leaf->not_before < FRESH_DAYS * DAY_SECONDS &&
	       !leaf->ext[EXT_SCT_LIST].n;
}

static void advise(struct finding *finding)
{
	finding->remedy_client = str_copy(
		_("ask who runs the network whether it inspects TLS, and compare with "
		  "what is seen from elsewhere; where the inspection is meant, its root "
		  "belongs into the store"));
}

/* An authority that bears such a name; where the store trusts it, that is only worth
 * knowing. */
static bool tell_product(struct finding_list *list, const struct path *path)
{
	for (size_t i = 0; i < path->n; i++) {
		struct finding *finding;
		char name[NAME_TEXT];

		if (!product_of(path->at[i]))
			continue;
		finding =
			finding_about(list, FINDING_INTERCEPTION_SUSPECTED, path->at[i]);
		cert_issuer_words(path->at[i], name);
		finding->text = str_format(_("an authority of the chain, '%s', bears the "
					     "name of a product that "
					     "inspects TLS: perhaps not the server made "
					     "this answer, but a device "
					     "between"),
					   name);
		if (path->complete)
			finding->severity = SEVERITY_INFO;
		else
			advise(finding);
		return true;
	}
	return false;
}

void find_interception(struct finding_list *list, const struct path *path,
		       const struct diagnose_context *context)
{
	struct finding *finding;
	char name[NAME_TEXT];

	if (!path->n || !is_public(context->hostname) || tell_product(list, path) ||
	    !is_made_for_this(path, context->at))
		return;
	finding = finding_about(list, FINDING_INTERCEPTION_SUSPECTED, path->at[0]);
	cert_issuer_words(path->at[0], name);
	finding->severity = SEVERITY_INFO;
	finding->text = str_format(_("the certificate was made less than %d days ago by "
				     "'%s', which the store does "
				     "not know, and nothing shows that it was logged "
				     "publicly: a device that "
				     "inspects TLS makes such certificates, and so does "
				     "a private authority"),
				   FRESH_DAYS, name);
	advise(finding);
}

/* The chain that a server should send. */
#include "plan/served.h"

#include "base/i18n.h"
#include "x509/name.h"
#include "x509/pem.h"

bool served_chain(struct buf *out, size_t *n, const struct validation *validation,
		  struct error *err)
{
	const struct path *path = &validation->path;

	if (validation->verdict != VERDICT_COMPLETE) {
		error_fail(err, STATUS_FINDING,
			   _("the chain does not complete, so it is not known what to send"));
		return error_remedy(err, _("add --fetch to look for what is missing"));
	}
	*n = 0;
	for (size_t i = 0; i < path->n; i++) {
		/* RFC 8446 4.4.2: a root may be left out, for who trusts it has it. A leaf alone stays. */
		if (i && i + 1 == path->n && cert_self_issued(&path->at[i]->cert))
			break;
		pem_write(out, "CERTIFICATE", cert_der(&path->at[i]->cert));
		++*n;
	}
	return true;
}

/* Each is named by the one before as its issuer, as in what served_chain writes. */
static bool is_chain(const struct entry_set *set)
{
	for (size_t i = 1; i < set->n; i++)
		if (!name_equal(cert_part(&set->at[i - 1].cert, set->at[i - 1].cert.issuer),
				cert_part(&set->at[i].cert, set->at[i].cert.subject)))
			return false;
	return set->n > 0;
}

bool served_guard(const char *path, enum shrink shrink, struct error *err)
{
	static const struct store_options look = { .purpose = STORE_TO_CHANGE, .keep_twins = true };
	AUTO(store) there = STORE_INIT;
	AUTO(error) unread = ERROR_INIT;
	AUTO_FREE char *plain = destination_path(path);

	if (shrink == SHRINK_ALLOWED || destination_has_nothing(plain))
		return true;
	if (!destination_keyless(plain, err))
		return false;
	if (!store_open(&there, plain, &look, &unread) || there.kind != STORE_PATH ||
	    there.format != &format_pem || there.skipped || !is_chain(&there.set)) {
		error_fail(err, STATUS_UNCHANGED, _("it is there and is no chain of certificates"));
		return error_remedy(err, _("--yes writes over it"));
	}
	return true;
}

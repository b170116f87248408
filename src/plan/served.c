/* The chain that a server should send. */
#include "plan/served.h"

#include "base/i18n.h"
#include "x509/pem.h"

bool served_chain(struct buf *out, const struct validation *validation, struct error *err)
{
	const struct path *path = &validation->path;

	if (validation->verdict != VERDICT_COMPLETE) {
		error_fail(err, STATUS_FINDING,
			   _("the chain does not complete, so it is not known what to send"));
		return error_remedy(err, _("add --fetch to look for what is missing"));
	}
	for (size_t i = 0; i < path->n; i++) {
		/* RFC 8446 4.4.2: a root may be left out, for who trusts it has it. A leaf alone stays. */
		if (i && i + 1 == path->n && cert_self_issued(&path->at[i]->cert))
			break;
		pem_write(out, "CERTIFICATE", cert_der(&path->at[i]->cert));
	}
	return true;
}

/* Fuzz target: whatever the bytes, the view and every reader of its contents stay within
 * them. */
#include "base/buf.h"
#include "x509/extension.h"
#include "x509/key.h"
#include "x509/name.h"
#include "x509/policies.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void add_url(void *ctx, struct span url)
{
	buf_add(ctx, url);
}

static void walk_names(struct span rest, struct buf *out)
{
	struct general_name name;
	bool malformed;

	while (general_name_next(&rest, &name, &malformed)) {
		buf_add(out, name.value);
		if (name.kind == GENERAL_DIRECTORY)
			name_text(out, name.value);
	}
}

static void walk_subtrees(struct span rest, struct buf *out)
{
	struct general_name base;
	bool malformed;

	while (general_subtree_next(&rest, &base, &malformed))
		buf_add(out, base.value);
}

/* Extensions that hold lists: each element is looked at. */
static void read_lists(const struct cert *cert, struct buf *out)
{
	AUTO(error) err = ERROR_INIT;
	struct extended_key_usage usage;
	struct name_constraints constraints;
	struct span rest, oid;

	if (cert_subject_alt_names(cert, &rest, &err))
		walk_names(rest, out);
	if (cert_name_constraints(cert, &constraints, &err)) {
		walk_subtrees(constraints.permitted, out);
		walk_subtrees(constraints.excluded, out);
	}
	if (cert_extended_key_usage(cert, &usage, &err))
		for (rest = cert_extended_key_usage_oids(cert);
		     extended_key_usage_next(&rest, &oid);)
			oid_text(out, oid);
	if (cert_access_urls(cert, ACCESS_CA_ISSUERS, out, add_url, &err) &&
	    cert_access_urls(cert, ACCESS_OCSP, out, add_url, &err))
		buf_add_byte(out, '\n');
}

static void read_policies(const struct cert *cert, struct buf *out)
{
	AUTO(error) err = ERROR_INIT;
	struct certificate_policies policies;
	struct policy_mappings mappings;
	struct policy_constraints constraints;
	struct span from, to;
	int32_t skip;

	if (cert_policies(cert, &policies, &err)) {
		oid_text(out, policies.odd_qualifier);
		while (policy_next(&policies.list, &from))
			oid_text(out, from);
	}
	if (cert_policy_mappings(cert, &mappings, &err))
		while (policy_mapping_next(&mappings.list, &from, &to)) {
			oid_text(out, from);
			oid_text(out, to);
		}
	if (cert_policy_constraints(cert, &constraints, &err))
		buf_addf(out, "%d%d", constraints.require_explicit,
			 constraints.inhibit_mapping);
	if (cert_inhibit_any_policy(cert, &skip, &err))
		buf_addf(out, "%d", skip);
}

static void read_values(const struct cert *cert, struct buf *out)
{
	AUTO(error) err = ERROR_INIT;
	struct authority_key_id authority;
	struct basic_constraints basic;
	struct span id;
	uint16_t usage;
	bool present;

	if (cert_basic_constraints(cert, &basic, &err))
		buf_addf(out, "%d", basic.path_length);
	if (cert_key_usage(cert, &present, &usage, &err))
		buf_addf(out, "%u", usage);
	if (cert_subject_key_id(cert, &id, &err))
		buf_add_hex(out, id);
	if (cert_authority_key_id(cert, &authority, &err)) {
		buf_add_hex(out, authority.key_id);
		buf_add_hex(out, authority.serial);
		walk_names(authority.issuer, out);
	}
}

static void read_key(const struct cert *cert, struct buf *out)
{
	struct key_info key = cert_key(cert);

	buf_add_str(out, key_type_name(&key));
	buf_add_str(out, signature_info(cert_part(cert, cert->outer_algorithm)).name);
	oid_text(out, key.oid);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;
	struct cert cert;

	if (!cert_read(&cert, span_of(bytes, n), &err))
		return 0;
	name_text(&out, cert_part(&cert, cert.issuer));
	name_short(&out, cert_part(&cert, cert.subject));
	buf_addf(&out, "%d", cert_self_issued(&cert));
	read_key(&cert, &out);
	read_values(&cert, &out);
	read_lists(&cert, &out);
	read_policies(&cert, &out);
	return 0;
}

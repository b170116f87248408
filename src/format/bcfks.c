/*
 * BCFKS, Bouncy Castle's keystore for FIPS mode. Its contents are encrypted whole, by
 * algorithms that the provider is free to choose; it is recognised, so that people learn
 * what they have and how to get at it, and not read.
 *
 *   ObjectStore ::= SEQUENCE {
 *       storeData       SEQUENCE { AlgorithmIdentifier, OCTET STRING },
 *                       -- or, not encrypted: SEQUENCE { INTEGER, AlgorithmIdentifier,
 *                       --     GeneralizedTime, GeneralizedTime, ... }
 *       integrityCheck  SEQUENCE or [0] }
 */
#include "base/i18n.h"
#include "format/format.h"
#include "x509/der.h"

/* id-PBES2 (RFC 8018), which no other format has at this place. */
#define PBES2 SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d")

/* Where the file is longer than its head, an element that runs past the end is entered.
 */
static bool enter(struct span *in)
{
	size_t head, length;
	enum der_fault fault = der_measure(*in, &head, &length);

	if (fault != DER_GOOD && fault != DER_PAST_END)
		return false;
	if (in->at[0] != DER_SEQUENCE)
		return false;
	*in = span_of(in->at + head, fault == DER_GOOD ? length : in->n - head);
	return true;
}

static bool is_encrypted(struct span data)
{
	struct span oid;

	return enter(&data) && der_take_tag(&data, DER_OID, &oid) && span_eq(oid, PBES2);
}

static bool is_plain(struct span data)
{
	struct span field;

	return der_take_tag(&data, DER_INTEGER, &field) &&
	       der_take_tag(&data, DER_SEQUENCE, &field) && data.n &&
	       data.at[0] == DER_GENERALIZED_TIME;
}

static enum probe probe(struct span head, bool whole)
{
	struct span data = head;

	(void)whole;
	if (!enter(&data) || !enter(&data))
		return PROBE_NO;
	return is_encrypted(data) || is_plain(data) ? PROBE_SURE : PROBE_NO;
}

static bool read_store(struct span file, struct entry_sink *sink, struct error *err)
{
	(void)file;
	(void)sink;
	error_fail(err, STATUS_INPUT,
		   _("this is a BCFKS keystore of Bouncy Castle, which rootcellar cannot "
		     "read"));
	return error_remedy(
		err,
		_("with Bouncy Castle's provider, keytool -importkeystore makes a store "
		  "of it that can be read (-srcstoretype BCFKS -deststoretype PKCS12)"));
}

const struct format format_bcfks = {
	.name = "bcfks",
	.summary = N_("Bouncy Castle's keystore for FIPS mode (recognised, not read)"),
	.extension = "bcfks",
	.binary = true,
	.carries = CARRIES_CERTIFICATES,
	.probe = probe,
	.read = read_store,
};

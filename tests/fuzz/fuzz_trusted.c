/*
 * Fuzz target: OpenSSL's TRUSTED CERTIFICATE, in DER as its block decodes; what is
 * written of it means the same. And the hashes of whatever names the certificate has.
 */
#include "reader.h"

#include "format/openssl_hash.h"
#include "format/trusted.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void write_again(const struct entry *entry)
{
	AUTO(arena) arena = ARENA_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;
	struct entry back = { .trust = TRUST_UNSAID };

	trusted_write(&out, entry);
	assert(trusted_read(&back, &arena, buf_span(&out), TRUSTED_AS_OPENSSL, &err));
	assert(cert_same(&back.cert, &entry->cert) && back.trust == entry->trust);
	if (entry->trust == TRUST_ANCHOR)
		assert(constraints_equal(back.constraints, entry->constraints));
}

static void read_as(struct span der, enum trusted_as as)
{
	AUTO(arena) arena = ARENA_INIT;
	AUTO(error) err = ERROR_INIT;
	struct entry entry = { .trust = TRUST_UNSAID };

	if (!trusted_read(&entry, &arena, der, as, &err)) {
		assert(err.text);
		return;
	}
	(void)openssl_hash(cert_part(&entry.cert, entry.cert.subject));
	(void)openssl_hash_old(cert_part(&entry.cert, entry.cert.issuer));
	if (as == TRUSTED_AS_OPENSSL)
		write_again(&entry);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;

	read_as(span_of(bytes, n), TRUSTED_AS_OPENSSL);
	read_as(span_of(bytes, n), TRUSTED_AS_P11_KIT);
	(void)read_fuzzed(&format_openssl_trusted, span_of(bytes, n), &set);
	return 0;
}

/* Fuzz target: certificates lie within the structure, and what is written is found again.
 */
#include "x509/pkcs7.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* What is written again: more changes nothing. */
#define WRITTEN_MOST 16

struct walk {
	struct span whole, certs[WRITTEN_MOST];
	size_t n;
};

static bool add_found(void *ctx, struct span cert)
{
	struct walk *walk = ctx;
	size_t at = (size_t)(cert.at - walk->whole.at);

	assert(cert.n && at <= walk->whole.n && cert.n <= walk->whole.n - at);
	if (walk->n < WRITTEN_MOST)
		walk->certs[walk->n++] = cert;
	return true;
}

static bool count(void *ctx, struct span cert)
{
	(void)cert;
	++*(size_t *)ctx;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct walk walk = { .whole = span_of(bytes, n) };
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;
	size_t again = 0;

	if (!pkcs7_certificates(walk.whole, &walk, add_found, &err))
		return 0;
	assert(pkcs7_looks_like(walk.whole));
	pkcs7_write(&out, walk.certs, walk.n);
	assert(pkcs7_certificates(buf_span(&out), &again, count, &err));
	assert(again == walk.n);
	return 0;
}

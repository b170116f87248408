/* Fuzz target: PKCS#12, and BCFKS, which is told from it. */
#include "keystore.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	format_bcfks.probe(span_of(bytes, n), true);
	fuzz_keystore(&format_pkcs12, span_of(bytes, n));
	return 0;
}

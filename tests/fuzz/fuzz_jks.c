/* Fuzz target: Java keystores, of either kind. */
#include "keystore.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	fuzz_keystore(&format_jks, span_of(bytes, n));
	fuzz_keystore(&format_jceks, span_of(bytes, n));
	return 0;
}

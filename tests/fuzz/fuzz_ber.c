/* Fuzz target: what BER becomes is DER, and that once and for all. */
#include "x509/ber.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) der = BUF_INIT;
	AUTO(buf) again = BUF_INIT;

	ber_is_not_der(span_of(bytes, n));
	if (!ber_to_der(&der, span_of(bytes, n), &err)) {
		assert(err.text);
		return 0;
	}
	assert(!ber_is_not_der(buf_span(&der)));
	assert(ber_to_der(&again, buf_span(&der), &err));
	assert(span_eq(buf_span(&der), buf_span(&again)));
	return 0;
}

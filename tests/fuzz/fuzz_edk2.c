/* Fuzz target: EFI signature lists; what is written of them is read again. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;

	if (!read_fuzzed(&format_edk2, span_of(bytes, n), &set) || !set.n)
		return 0;
	assert(format_edk2.write(&set, &out, &err));
	assert(read_fuzzed(&format_edk2, buf_span(&out), &back));
	assert(back.n == set.n);
	for (size_t i = 0; i < set.n; i++)
		assert(cert_same(&set.at[i].cert, &back.at[i].cert));
	return 0;
}

/* Fuzz target: what an administrator pastes; each certificate of it can be used. */
#include "plan/transcript.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(transcript) transcript = TRANSCRIPT_INIT;
	AUTO(error) err = ERROR_INIT;

	if (!transcript_read(&transcript, span_of(bytes, n), &err)) {
		assert(err.text && err.status == STATUS_INPUT);
		return 0;
	}
	assert(transcript.chain.n && transcript.program);
	for (size_t i = 0; i < transcript.chain.n; i++)
		assert(cert_der(&transcript.chain.at[i].cert).n);
	return 0;
}

/* Fuzz target: NSS's certdata.txt; no date or purpose without an anchor. */
#include "reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;

	if (!read_fuzzed(&format_certdata, span_of(bytes, n), &set))
		return 0;
	for (size_t i = 0; i < set.n; i++) {
		const struct entry *entry = &set.at[i];

		assert(entry->trust != TRUST_UNSAID);
		/* certdata.txt always names the purposes of an anchor. */
		assert(!entry->constraints == (entry->trust != TRUST_ANCHOR));
	}
	return 0;
}

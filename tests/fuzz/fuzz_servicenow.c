/*
 * Fuzz target: whatever the XML, reading ends, and what was read can be written and is
 * read again as the same records.
 */
#include "format/format.h"

#include <assert.h>

#define THEN INT64_C(1768472430)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static bool read_all(const struct format *format, struct span bytes,
		     struct entry_set *set)
{
	struct entry_sink sink = { .set = set, .path = "fuzz" };
	AUTO(error) err = ERROR_INIT;

	return format->read(bytes, &sink, &err);
}

static void check_again(const struct format *format, const struct entry_set *set)
{
	AUTO(entry_set) again = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;

	assert(format_write(format, set, THEN, &out, &err));
	assert(read_all(format, buf_span(&out), &again));
	assert(again.n == set->n);
	for (size_t i = 0; i < set->n; i++) {
		const char *sys_id = entry_field(&again.at[i], "servicenow", "sys_id");

		assert(cert_same(&again.at[i].cert, &set->at[i].cert));
		assert((again.at[i].trust == TRUST_INACTIVE) ==
		       (set->at[i].trust == TRUST_INACTIVE));
		assert(sys_id && strlen(sys_id) == 32);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	struct span table = { bytes, n };

	format_servicenow.probe(table, true);
	format_servicenow_updateset.probe(table, true);
	if (!read_all(&format_servicenow, table, &set) || !set.n)
		return 0;
	check_again(&format_servicenow, &set);
	check_again(&format_servicenow_updateset, &set);
	return 0;
}

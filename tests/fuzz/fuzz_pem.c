/* Fuzz target: blocks lie within the text and in its order, and both roads of the decoder
 * agree. */
#include "x509/base64.h"
#include "x509/pem.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check_roads(struct span body)
{
	AUTO_FREE uint8_t *one = mem_zalloc(body.n + BASE64_SLACK);
	AUTO_FREE uint8_t *two = mem_zalloc(body.n + BASE64_SLACK);
	struct base64_run a, b;

	if (!base64_has_wide())
		return;
	a = base64_run_portable(body, one);
	b = base64_run_wide(body, two);
	assert(a.taken == b.taken && a.made == b.made && a.lines == b.lines);
	assert(memcmp(one, two, a.made) == 0);
}

static void decode(struct span body, size_t line)
{
	AUTO_FREE uint8_t *to = mem_alloc(pem_decoded_most(body));
	AUTO(error) err = ERROR_INIT;
	size_t n;

	if (pem_decode(body, line, to, &n, &err))
		assert(n <= pem_decoded_most(body) - BASE64_SLACK);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct span in = span_of(bytes, n);
	struct pem_scan scan = { .in = in };
	struct pem_block block;
	size_t last = 0, line = 1;

	while (pem_next(&scan, &block)) {
		size_t at = (size_t)(block.body.at - bytes);

		assert(at >= last && at <= n && block.body.n <= n - at);
		assert(block.line >= line && block.body_line >= block.line);
		last = at + block.body.n;
		line = block.body_line;
		decode(block.body, block.body_line);
	}
	decode(in, 1);
	check_roads(in);
	if (base64_is_der(in))
		assert(n);
	return 0;
}

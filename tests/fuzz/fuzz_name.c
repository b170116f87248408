/* Fuzz target: equality of two names is an equivalence, hashes follow it, and text is
 * always had. */
#include "base/escape.h"
#include "x509/name.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void check_text(struct span name)
{
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) called = BUF_INIT;

	name_text(&text, name);
	name_short(&called, name);
	assert(!text.n || utf8_valid(buf_span(&text)));
	assert(!called.n || utf8_valid(buf_span(&called)));
	assert(text.n || name_empty(name));
}

/* The first octet says where the second name begins. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct span one, two;
	bool equal;

	if (!n)
		return 0;
	one = span_of(bytes + 1, bytes[0] < n - 1 ? bytes[0] : n - 1);
	two = span_of(one.at + one.n, n - 1 - one.n);
	equal = name_equal(one, two);
	assert(equal == name_equal(two, one));
	assert(name_equal(one, one) && name_within(one, one));
	if (equal)
		assert(name_hash(one) == name_hash(two) && name_within(one, two));
	check_text(one);
	check_text(two);
	return 0;
}

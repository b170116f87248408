/* Names: comparison by RFC 5280 7.1, hashes, text by RFC 4514. */
#include "x509/name.h"

#include "x509/cert.h"
#include "x509/made.h"
#include "x509/test.h"

/* Attribute types, content octets. */
#define CN "\x55\x04\x03"
#define O  "\x55\x04\x0a"

/* One RDN of one attribute with a string value of that tag. */
static void add_rdn(struct buf *out, const char *type, uint8_t tag, struct span value)
{
	AUTO(buf) pair = BUF_INIT;
	AUTO(buf) set = BUF_INIT;

	der_add(&pair, DER_OID, span_str(type));
	der_add(&pair, tag, value);
	der_add(&set, DER_SEQUENCE, buf_span(&pair));
	der_add(out, DER_SET, buf_span(&set));
}

static void close_name(struct buf *out, struct buf *rdns)
{
	der_add(out, DER_SEQUENCE, buf_span(rdns));
}

/* A name of a single CN. */
static void common_name(struct buf *out, uint8_t tag, struct span value)
{
	AUTO(buf) rdns = BUF_INIT;

	add_rdn(&rdns, CN, tag, value);
	close_name(out, &rdns);
}

struct value {
	uint8_t tag;
	struct span bytes;
};

static void check_pair(const char *what, struct value a, struct value b, bool equal)
{
	AUTO(buf) one = BUF_INIT;
	AUTO(buf) two = BUF_INIT;

	common_name(&one, a.tag, a.bytes);
	common_name(&two, b.tag, b.bytes);
	if (name_equal(buf_span(&one), buf_span(&two)) != equal)
		fail_msg("%s: %s", what, equal ? "not equal" : "equal");
	if (name_equal(buf_span(&two), buf_span(&one)) != equal)
		fail_msg("%s: not symmetric", what);
	if ((name_hash(buf_span(&one)) == name_hash(buf_span(&two))) != equal)
		fail_msg("%s: the hashes say otherwise", what);
}

static void strings_that_say_the_same_are_equal_whatever_their_type(void **state)
{
	static const struct {
		const char *what;
		struct value a, b;
	} cases[] = {
		{ "PrintableString and UTF8String",
		  { DER_PRINTABLE_STRING, SPAN("Root CA") },
		  { DER_UTF8_STRING, SPAN("Root CA") } },
		{ "IA5String and BMPString",
		  { DER_IA5_STRING, SPAN("ab") },
		  { DER_BMP_STRING, SPAN("\0a\0b") } },
		{ "UniversalString",
		  { DER_UNIVERSAL_STRING, SPAN("\0\0\0a") },
		  { DER_UTF8_STRING, SPAN("a") } },
		{ "TeletexString as Latin-1",
		  { DER_TELETEX_STRING, SPAN("Gr\xf6\xdf"
					     "e") },
		  { DER_UTF8_STRING, SPAN("gr\xc3\xb6ss"
					  "E") } },
		{ "case",
		  { DER_UTF8_STRING, SPAN("ROOT ca") },
		  { DER_UTF8_STRING, SPAN("Root CA") } },
		{ "case outside of ASCII",
		  { DER_UTF8_STRING, SPAN("\xc3\x84") },
		  { DER_UTF8_STRING, SPAN("\xc3\xa4") } },
		{ "composed and decomposed (NFKC)",
		  { DER_UTF8_STRING, SPAN("\xc3\xa4") },
		  { DER_UTF8_STRING, SPAN("a\xcc\x88") } },
		{ "full width (NFKC)",
		  { DER_UTF8_STRING, SPAN("\xef\xbc\xa1") },
		  { DER_UTF8_STRING, SPAN("a") } },
		{ "spaces around",
		  { DER_UTF8_STRING, SPAN("  a b  ") },
		  { DER_UTF8_STRING, SPAN("a b") } },
		{ "spaces within",
		  { DER_UTF8_STRING, SPAN("a \t\r\n b") },
		  { DER_UTF8_STRING, SPAN("a b") } },
		{ "a no-break space",
		  { DER_UTF8_STRING, SPAN("a\xc2\xa0"
					  "b") },
		  { DER_UTF8_STRING, SPAN("a b") } },
		{ "a soft hyphen is nothing (RFC 4518 2.2)",
		  { DER_UTF8_STRING, SPAN("a\xc2\xad"
					  "b") },
		  { DER_UTF8_STRING, SPAN("ab") } },
		{ "only spaces and nothing (RFC 4518 2.6.1)",
		  { DER_UTF8_STRING, SPAN("   ") },
		  { DER_UTF8_STRING, SPAN("") } },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		check_pair(cases[i].what, cases[i].a, cases[i].b, true);
}

static void strings_that_say_something_else_are_not_equal(void **state)
{
	static const struct {
		const char *what;
		struct value a, b;
	} cases[] = {
		{ "a letter",
		  { DER_UTF8_STRING, SPAN("a") },
		  { DER_UTF8_STRING, SPAN("b") } },
		{ "a beginning",
		  { DER_UTF8_STRING, SPAN("ab") },
		  { DER_UTF8_STRING, SPAN("a") } },
		{ "a space more than none",
		  { DER_UTF8_STRING, SPAN("a b") },
		  { DER_UTF8_STRING, SPAN("ab") } },
		{ "accent",
		  { DER_UTF8_STRING, SPAN("\xc3\xa4") },
		  { DER_UTF8_STRING, SPAN("a") } },
		{ "invalid UTF-8 equals only its bytes",
		  { DER_UTF8_STRING, SPAN("A\xff") },
		  { DER_UTF8_STRING, SPAN("a\xff") } },
		{ "and not the same bytes of another type",
		  { DER_UTF8_STRING, SPAN("a\xff") },
		  { DER_IA5_STRING, SPAN("a\xff") } },
		{ "no string types are folded but strings",
		  { DER_OCTET_STRING, SPAN("A") },
		  { DER_OCTET_STRING, SPAN("a") } },
		{ "octets are not text",
		  { DER_OCTET_STRING, SPAN("a") },
		  { DER_UTF8_STRING, SPAN("a") } },
		{ "half a character of a BMPString",
		  { DER_BMP_STRING, SPAN("\0a\0") },
		  { DER_BMP_STRING, SPAN("\0A\0") } },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		check_pair(cases[i].what, cases[i].a, cases[i].b, false);
}

static void attributes_of_one_rdn_are_a_set_and_rdns_a_sequence(void **state)
{
	AUTO(buf) pair_a = BUF_INIT;
	AUTO(buf) pair_b = BUF_INIT;
	AUTO(buf) a = BUF_INIT;
	AUTO(buf) b = BUF_INIT;
	AUTO(buf) both = BUF_INIT;
	AUTO(buf) one = BUF_INIT;
	AUTO(buf) two = BUF_INIT;
	AUTO(buf) apart = BUF_INIT;
	AUTO(buf) apart_other = BUF_INIT;
	AUTO(buf) rdns = BUF_INIT;
	(void)state;

	/* SET { CN=a, O=b }, and the same in the other order, as X.690 11.6 forbids and
	 * some write. */
	der_add(&pair_a, DER_OID, SPAN(CN));
	der_add(&pair_a, DER_UTF8_STRING, SPAN("A"));
	der_add(&a, DER_SEQUENCE, buf_span(&pair_a));
	der_add(&pair_b, DER_OID, SPAN(O));
	der_add(&pair_b, DER_PRINTABLE_STRING, SPAN("b"));
	der_add(&b, DER_SEQUENCE, buf_span(&pair_b));
	buf_add(&both, buf_span(&a));
	buf_add(&both, buf_span(&b));
	der_add(&rdns, DER_SET, buf_span(&both));
	close_name(&one, &rdns);
	rdns.n = both.n = 0;
	buf_add(&both, buf_span(&b));
	buf_add(&both, buf_span(&a));
	der_add(&rdns, DER_SET, buf_span(&both));
	close_name(&two, &rdns);
	assert_true(name_equal(buf_span(&one), buf_span(&two)));
	assert_true(name_hash(buf_span(&one)) == name_hash(buf_span(&two)));

	rdns.n = 0;
	add_rdn(&rdns, CN, DER_UTF8_STRING, SPAN("A"));
	add_rdn(&rdns, O, DER_UTF8_STRING, SPAN("b"));
	close_name(&apart, &rdns);
	assert_false(name_equal(buf_span(&one), buf_span(&apart)));
	rdns.n = 0;
	add_rdn(&rdns, O, DER_UTF8_STRING, SPAN("b"));
	add_rdn(&rdns, CN, DER_UTF8_STRING, SPAN("A"));
	close_name(&apart_other, &rdns);
	assert_false(name_equal(buf_span(&apart_other), buf_span(&apart)));
}

static void a_name_is_within_its_beginnings(void **state)
{
	AUTO(buf) rdns = BUF_INIT;
	AUTO(buf) base = BUF_INIT;
	AUTO(buf) name = BUF_INIT;
	AUTO(buf) other = BUF_INIT;
	(void)state;

	add_rdn(&rdns, O, DER_UTF8_STRING, SPAN("Example  Org"));
	close_name(&base, &rdns);
	add_rdn(&rdns, CN, DER_UTF8_STRING, SPAN("x"));
	rdns.n = 0;
	add_rdn(&rdns, O, DER_PRINTABLE_STRING, SPAN("example org"));
	add_rdn(&rdns, CN, DER_UTF8_STRING, SPAN("x"));
	close_name(&name, &rdns);
	rdns.n = 0;
	add_rdn(&rdns, O, DER_PRINTABLE_STRING, SPAN("example organisation"));
	close_name(&other, &rdns);

	/* RFC 5280 4.2.1.10: subtrees of directory names. */
	assert_true(name_within(buf_span(&name), buf_span(&base)));
	assert_true(name_within(buf_span(&name), buf_span(&name)));
	assert_true(name_within(buf_span(&name), SPAN("\x30\x00")));
	assert_false(name_within(buf_span(&base), buf_span(&name)));
	assert_false(name_within(buf_span(&other), buf_span(&base)));
	assert_false(name_within(buf_span(&name), SPAN("\x30\x01\x00")));
}

static void a_malformed_name_equals_only_its_own_bytes(void **state)
{
	static const struct span malformed[] = {
		SPAN(""),
		SPAN("\x30\x01\x00"),
		SPAN("\x30\x02\x31\x00"),
		SPAN("\x30\x04\x31\x02\x30\x00"),
		SPAN("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01"),
		SPAN("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01"
		     "aa"),
	};
	(void)state;

	for (size_t i = 0; i < COUNT(malformed); i++) {
		assert_true(name_equal(malformed[i], malformed[i]));
		assert_true(name_hash(malformed[i]) == name_hash(malformed[i]));
		assert_false(name_equal(malformed[i], MADE_NAME));
		for (size_t j = 0; j < i; j++)
			assert_false(name_equal(malformed[i], malformed[j]));
	}
}

static void names_beyond_the_bounds_equal_only_their_own_bytes(void **state)
{
	AUTO(buf) lower = BUF_INIT;
	AUTO(buf) upper = BUF_INIT;
	AUTO(buf) one = BUF_INIT;
	AUTO(buf) two = BUF_INIT;
	(void)state;

	for (int i = 0; i < 1001; i++) {
		add_rdn(&lower, CN, DER_UTF8_STRING, SPAN("a"));
		add_rdn(&upper, CN, DER_UTF8_STRING, SPAN("A"));
	}
	close_name(&one, &lower);
	close_name(&two, &upper);
	assert_false(name_equal(buf_span(&one), buf_span(&two)));
	assert_true(name_equal(buf_span(&one), buf_span(&one)));
}

static void names_of_a_thousand_attributes_are_still_compared(void **state)
{
	AUTO(buf) lower = BUF_INIT;
	AUTO(buf) upper = BUF_INIT;
	AUTO(buf) one = BUF_INIT;
	AUTO(buf) two = BUF_INIT;
	(void)state;

	/* Also more than what the canonical form holds without memory of its own. */
	for (int i = 0; i < 1000; i++) {
		add_rdn(&lower, CN, DER_UTF8_STRING, SPAN("an organisation"));
		add_rdn(&upper, CN, DER_UTF8_STRING, SPAN("AN ORGANISATION"));
	}
	close_name(&one, &lower);
	close_name(&two, &upper);
	assert_true(name_equal(buf_span(&one), buf_span(&two)));
	assert_true(name_hash(buf_span(&one)) == name_hash(buf_span(&two)));
}

static void check_subject(const char *file_name, const char *text, const char *called)
{
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;
	struct cert cert;

	data_read(&file, file_name);
	if (!cert_read(&cert, file.bytes, &err))
		fail_msg("%s: %s", file_name, err.text);
	name_text(&out, cert_part(&cert, cert.subject));
	assert_string_equal(buf_text(&out), text);
	out.n = 0;
	name_short(&out, cert_part(&cert, cert.subject));
	assert_string_equal(buf_text(&out), called);
}

static void names_that_other_programs_wrote_have_their_rfc_4514_text(void **state)
{
	(void)state;

	check_subject("x509/ca.der", "CN=Example CA,O=Example Org,C=ZZ", "Example CA");
	check_subject(
		"x509/name-utf8.der",
		"CN=\\  spaced \\ ,OU=\\#2,O=Größe \\\"Co\\\" \\<x\\>\\; a\\\\b,C=DE",
		"  spaced  ");
	check_subject("x509/name-bmp.der", "CN=Ünï,O=GRÖSSE", "Ünï");
	check_subject("x509/name-multi.der", "CN=c+UID=u,CN=b+O=a", "c");
	check_subject("x509/certtool.der",
		      "CN=Root of certtool,O=Example,serialNumber=12,DC=example,UID=me",
		      "Root of certtool");
	check_subject("x509/keytool.der", "CN=Duke\\, J,OU=Java,O=Örg,C=US", "Duke, J");
}

static void names_of_two_programs_string_types_are_equal(void **state)
{
	AUTO(file) one = FILE_INIT;
	AUTO(file) two = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct cert a, b;
	(void)state;

	/* O=GRÖSSE,CN=Ünï as BMPString, and O=größe,CN=ünï as UTF8String: ß folds to ss.
	 */
	data_read(&one, "x509/name-bmp.der");
	data_read(&two, "x509/name-utf8only.der");
	assert_true(cert_read(&a, one.bytes, &err));
	assert_true(cert_read(&b, two.bytes, &err));
	assert_true(name_equal(cert_part(&a, a.subject), cert_part(&b, b.subject)));
}

static void values_are_escaped_as_rfc_4514_says(void **state)
{
	static const struct {
		struct value value;
		const char *text;
	} cases[] = {
		{ { DER_UTF8_STRING, SPAN("plain") }, "CN=plain" },
		{ { DER_UTF8_STRING, SPAN("") }, "CN=" },
		{ { DER_UTF8_STRING, SPAN(" ") }, "CN=\\ " },
		{ { DER_UTF8_STRING, SPAN("  ") }, "CN=\\ \\ " },
		{ { DER_UTF8_STRING, SPAN("#a") }, "CN=\\#a" },
		{ { DER_UTF8_STRING, SPAN("a#") }, "CN=a#" },
		{ { DER_UTF8_STRING, SPAN("a\0b") }, "CN=a\\00b" },
		{ { DER_UTF8_STRING, SPAN("\"+,;<>\\=") },
		  "CN=\\\"\\+\\,\\;\\<\\>\\\\=" },
		{ { DER_TELETEX_STRING, SPAN("\xe4,") }, "CN=ä\\," },
		{ { DER_BMP_STRING, SPAN("\xd8\x3d\xde\x00") }, "CN=\xf0\x9f\x98\x80" },
		{ { DER_BMP_STRING, SPAN("\xd8\x3d\0a") }, "CN=#1e04d83d0061" },
		{ { DER_UNIVERSAL_STRING, SPAN("\0\x11\0\0") }, "CN=#1c0400110000" },
		{ { DER_UTF8_STRING, SPAN("\xff") }, "CN=#0c01ff" },
		{ { DER_PRINTABLE_STRING, SPAN("\xe4") }, "CN=#1301e4" },
		{ { DER_OCTET_STRING, SPAN("ab") }, "CN=#04026162" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(buf) name = BUF_INIT;
		AUTO(buf) text = BUF_INIT;

		common_name(&name, cases[i].value.tag, cases[i].value.bytes);
		name_text(&text, buf_span(&name));
		assert_string_equal(buf_text(&text), cases[i].text);
	}
}

static void types_without_a_name_are_dotted_and_their_values_octets(void **state)
{
	AUTO(buf) rdns = BUF_INIT;
	AUTO(buf) name = BUF_INIT;
	AUTO(buf) text = BUF_INIT;
	(void)state;

	/* RFC 4514 2.4. */
	add_rdn(&rdns, "\x2a\x03\x04", DER_UTF8_STRING, SPAN("x"));
	add_rdn(&rdns, "\x55\x04\x61", DER_UTF8_STRING, SPAN("VATES"));
	close_name(&name, &rdns);
	name_text(&text, buf_span(&name));
	assert_string_equal(buf_text(&text),
			    "organizationIdentifier=VATES,1.2.3.4=#0c0178");
}

static void a_name_without_a_common_name_is_called_by_what_it_has(void **state)
{
	AUTO(buf) rdns = BUF_INIT;
	AUTO(buf) name = BUF_INIT;
	AUTO(buf) text = BUF_INIT;
	(void)state;

	add_rdn(&rdns, O, DER_UTF8_STRING, SPAN("Org"));
	close_name(&name, &rdns);
	name_short(&text, buf_span(&name));
	assert_string_equal(buf_text(&text), "Org");
	add_rdn(&rdns, "\x55\x04\x0b", DER_UTF8_STRING, SPAN("Unit"));
	name.n = text.n = 0;
	close_name(&name, &rdns);
	name_short(&text, buf_span(&name));
	assert_string_equal(buf_text(&text), "Unit");
	rdns.n = name.n = text.n = 0;
	add_rdn(&rdns, "\x55\x04\x06", DER_PRINTABLE_STRING, SPAN("ZZ"));
	close_name(&name, &rdns);
	name_short(&text, buf_span(&name));
	assert_string_equal(buf_text(&text), "C=ZZ");
	text.n = 0;
	name_short(&text, SPAN("\x30\x00"));
	assert_string_equal(buf_text(&text), "(no name)");
	assert_true(name_empty(SPAN("\x30\x00")));
	assert_false(name_empty(buf_span(&name)));
}

/* X.501's forms, element by element. */
static bool take_slowly(struct span *rest, struct name_attribute *attribute)
{
	struct span set, pair;

	return der_take_tag(rest, DER_SET, &set) &&
	       der_take_tag(&set, DER_SEQUENCE, &pair) && !set.n &&
	       der_take_tag(&pair, DER_OID, &attribute->oid) &&
	       der_take(&pair, &attribute->tag, &attribute->value) && !pair.n;
}

static void the_usual_rdn_is_read_as_element_by_element(void **state)
{
	/* CN=ab, and what follows it. */
	static const uint8_t usual[] = { 0x31, 0x0b, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04,
					 0x03, 0x0c, 0x02, 'a',  'b',  0x31, 0x00 };
	size_t taken = 0;
	(void)state;

	for (size_t n = 0; n <= sizeof(usual); n++)
		for (size_t i = 0; i < 11 && i < n; i++)
			for (unsigned value = 0; value < 256; value++) {
				struct name_attribute ours, theirs;
				uint8_t bytes[sizeof(usual)];
				struct span a = span_of(bytes, n), b = a;

				memcpy(bytes, usual, sizeof(usual));
				bytes[i] = (uint8_t)value;
				if (!name_take_usual(&a, &ours))
					continue;
				taken++;
				assert_true(take_slowly(&b, &theirs));
				assert_ptr_equal(a.at, b.at);
				assert_int_equal(a.n, b.n);
				assert_ptr_equal(ours.oid.at, theirs.oid.at);
				assert_true(span_eq(ours.oid, theirs.oid));
				assert_int_equal(ours.tag, theirs.tag);
				assert_ptr_equal(ours.value.at, theirs.value.at);
				assert_true(span_eq(ours.value, theirs.value));
			}
	/* Every type of 2.5.4 and every tag but those of the long form, and each whole
	 * one of the other bytes, at the three lengths that hold it. */
	assert_int_equal(taken, 3 * (256 + 248 + 9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_that_say_the_same_are_equal_whatever_their_type),
		cmocka_unit_test(strings_that_say_something_else_are_not_equal),
		cmocka_unit_test(attributes_of_one_rdn_are_a_set_and_rdns_a_sequence),
		cmocka_unit_test(the_usual_rdn_is_read_as_element_by_element),
		cmocka_unit_test(a_name_is_within_its_beginnings),
		cmocka_unit_test(a_malformed_name_equals_only_its_own_bytes),
		cmocka_unit_test(names_beyond_the_bounds_equal_only_their_own_bytes),
		cmocka_unit_test(names_of_a_thousand_attributes_are_still_compared),
		cmocka_unit_test(
			names_that_other_programs_wrote_have_their_rfc_4514_text),
		cmocka_unit_test(names_of_two_programs_string_types_are_equal),
		cmocka_unit_test(values_are_escaped_as_rfc_4514_says),
		cmocka_unit_test(types_without_a_name_are_dotted_and_their_values_octets),
		cmocka_unit_test(a_name_without_a_common_name_is_called_by_what_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* PEM and base64: blocks with their lines, whatever stands around them. */
#include "x509/pem.h"

#include "x509/base64.h"
#include "x509/test.h"

#define BEGIN(label) "-----BEGIN " label "-----"
#define END(label)   "-----END " label "-----"

struct expected {
	const char *label, *body;
	size_t line, body_line;
	bool unfinished;
};

static void check_blocks(const char *what, struct span in,
			 const struct expected *expected, size_t n)
{
	struct pem_scan scan = { .in = in };
	struct pem_block block;
	size_t i = 0;

	for (; pem_next(&scan, &block); i++) {
		if (i == n)
			fail_msg("%s: a block too many at line %zu", what, block.line);
		if (!span_eq(block.label, span_str(expected[i].label)) ||
		    !span_eq(block.body, span_str(expected[i].body)))
			fail_msg("%s: block %zu is another", what, i);
		if (block.line != expected[i].line ||
		    block.body_line != expected[i].body_line)
			fail_msg("%s: block %zu at lines %zu, %zu", what, i, block.line,
				 block.body_line);
		assert_int_equal(block.unfinished, expected[i].unfinished);
	}
	if (i != n)
		fail_msg("%s: %zu blocks", what, i);
}

static void blocks_are_found_with_their_lines(void **state)
{
#define CERT "CERTIFICATE"
	static const struct {
		const char *what;
		struct span in;
		struct expected blocks[3];
		size_t n;
	} cases[] = {
		{ "nothing", SPAN(""), { { 0 } }, 0 },
		{ "no armour", SPAN("hello\n-----\n--\n"), { { 0 } }, 0 },
		{ "one",
		  SPAN(BEGIN(CERT) "\nAAAA\n" END(CERT) "\n"),
		  { { CERT, "AAAA\n", 1, 2, false } },
		  1 },
		{ "text around and between (RFC 7468 2)",
		  SPAN("# root\n" BEGIN(CERT) "\nAA\n" END(
			  CERT) "\ntext - dash\n\n" BEGIN("X509 CRL") "\nBB\n" END("X509 "
										   "CRL") "\nend"),
		  { { CERT, "AA\n", 2, 3, false }, { "X509 CRL", "BB\n", 7, 8, false } },
		  2 },
		{ "CRLF",
		  SPAN("x\r\n" BEGIN(CERT) "\r\nAA\r\n" END(CERT) "\r\n" BEGIN(
			  CERT) "\r\nBB\r\n" END(CERT)),
		  { { CERT, "AA\r\n", 2, 3, false }, { CERT, "BB\r\n", 5, 6, false } },
		  2 },
		{ "CR alone",
		  SPAN("x\r" BEGIN(CERT) "\rAA\r" END(CERT) "\r" BEGIN(CERT) "\rBB\r" END(
			  CERT)),
		  { { CERT, "AA\r", 2, 3, false }, { CERT, "BB\r", 5, 6, false } },
		  2 },
		{ "byte order mark",
		  SPAN("\xef\xbb\xbf" BEGIN(CERT) "\nAA\n" END(CERT)),
		  { { CERT, "AA\n", 1, 2, false } },
		  1 },
		{ "END and BEGIN on one line",
		  SPAN(BEGIN(CERT) "\nAA\n" END(CERT) BEGIN(CERT) "\nBB\n" END(CERT)),
		  { { CERT, "AA\n", 1, 2, false }, { CERT, "BB\n", 3, 4, false } },
		  2 },
		{ "all on one line",
		  SPAN(BEGIN(CERT) " AA " END(CERT)),
		  { { CERT, "AA ", 1, 1, false } },
		  1 },
		{ "white space at line ends",
		  SPAN(BEGIN(CERT) " \t\nAA  \n" END(CERT) "  \n"),
		  { { CERT, "AA  \n", 1, 2, false } },
		  1 },
		{ "no END before the next BEGIN",
		  SPAN(BEGIN(CERT) "\nAA\n" BEGIN(CERT) "\nBB\n" END(CERT) "\n"),
		  { { CERT, "AA\n", 1, 2, true }, { CERT, "BB\n", 3, 4, false } },
		  2 },
		{ "no END before the end of the file",
		  SPAN(BEGIN(CERT) "\nAA\n"),
		  { { CERT, "AA\n", 1, 2, true } },
		  1 },
		{ "a BEGIN that is not closed",
		  SPAN("-----BEGIN CERT\nAA\n" BEGIN(CERT) "\nB\n" END(CERT)),
		  { { CERT, "B\n", 3, 4, false } },
		  1 },
		{ "END of another label",
		  SPAN(BEGIN(CERT) "\nAA\n" END("OTHER") "\n"),
		  { { CERT, "AA\n", 1, 2, false } },
		  1 },
		{ "END without its dashes",
		  SPAN(BEGIN(CERT) "\nAA\n-----END CERT\n" BEGIN("X") "\n" END("X")),
		  { { CERT, "AA\n", 1, 2, false }, { "X", "", 4, 5, false } },
		  2 },
		{ "no label (RFC 7468 3)",
		  SPAN(BEGIN("") "\nAA\n" END("")),
		  { { "", "AA\n", 1, 2, false } },
		  1 },
		{ "dashes in the body",
		  SPAN(BEGIN("KEY") "\nDEK-Info: A-B\n\nAA\n" END("KEY")),
		  { { "KEY", "DEK-Info: A-B\n\nAA\n", 1, 2, false } },
		  1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		check_blocks(cases[i].what, cases[i].in, cases[i].blocks, cases[i].n);
}

static void only_certificates_are_counted(void **state)
{
	struct pem_scan scan = {
		.in = SPAN(BEGIN("PRIVATE KEY") "\n" END("PRIVATE KEY") "\n" BEGIN(
			"CERTI"
			"FICAT"
			"E") "\n" END("CERTIFICATE") "\n" BEGIN("TRUSTED CERTIFICATE") "\n" END("TRUSTED CERTIFICATE") "\n" BEGIN("CERTIFICATE REQUEST") "\n" END("CERTIFICATE REQUEST") "\n" BEGIN("X509 CERTIFICATE") "\n" END("X509 CERTIFICATE") "\n"),
	};
	static const bool is_certificate[] = { false, true, true, false, true };
	struct pem_block block;
	size_t n = 0;
	(void)state;

	for (size_t i = 0; pem_next(&scan, &block); i++) {
		assert_int_equal(pem_is_certificate(&block), is_certificate[i]);
		n += is_certificate[i];
		assert_int_equal(block.index, n);
	}
	assert_int_equal(n, 3);
}

static void lines_are_counted_over_long_files_too(void **state)
{
	AUTO(buf) text = BUF_INIT;
	struct pem_scan scan;
	struct pem_block block;
	(void)state;

	/* More line ends than one octet counts, at every offset of the sixteen that are
	 * seen at once. */
	for (int i = 0; i < 10000; i++)
		buf_add_str(&text, i % 3 == 0 ? "\n" : i % 3 == 1 ? "ab\r\n" : "\r");
	buf_add_str(&text, BEGIN("X") "\n" END("X"));
	scan = (struct pem_scan){ .in = buf_span(&text) };
	assert_true(pem_next(&scan, &block));
	/* Of three, CR and the LF that follows it are one line end. */
	assert_int_equal(block.line, 1 + 10000 - 3333);
}

static void check_decoded(const char *what, struct span body, const char *expected)
{
	AUTO_FREE uint8_t *to = mem_alloc(pem_decoded_most(body));
	AUTO(error) err = ERROR_INIT;
	size_t n = 0;

	if (!pem_decode(body, 1, to, &n, &err))
		fail_msg("%s: %s", what, err.text);
	if (!span_eq(span_of(to, n), span_str(expected)))
		fail_msg("%s: %zu bytes, and others", what, n);
}

static void base64_is_decoded(void **state)
{
	static const struct {
		const char *what;
		struct span body;
		const char *text;
	} cases[] = {
		/* RFC 4648 10. */
		{ "nothing", SPAN(""), "" },
		{ "f", SPAN("Zg=="), "f" },
		{ "fo", SPAN("Zm8="), "fo" },
		{ "foo", SPAN("Zm9v"), "foo" },
		{ "foob", SPAN("Zm9vYg=="), "foob" },
		{ "foobar", SPAN("Zm9vYmFy"), "foobar" },
		{ "padding lacks", SPAN("Zm9vYg"), "foob" },
		{ "padding lacks in part", SPAN("Zg="), "f" },
		{ "lines of any width", SPAN("Z\nm9\r\nvYm\rFy\n"), "foobar" },
		{ "white space", SPAN(" Zm\t9v \f\v Y mFy  "), "foobar" },
		{ "padding apart", SPAN("Zg=\n=\n"), "f" },
		{ "byte order mark", SPAN("\xef\xbb\xbfZm9v"), "foo" },
		{ "headers (RFC 1421 4.6)",
		  SPAN("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES,\n 00\n\nZm9v\n"), "foo" },
		{ "headers with CRLF", SPAN("A: b\r\n\r\nZm9v\r\n"), "foo" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		check_decoded(cases[i].what, cases[i].body, cases[i].text);
}

static void what_is_no_base64_is_refused_with_its_line(void **state)
{
	static const struct {
		struct span body;
		const char *text;
	} cases[] = {
		{ SPAN("Zm9v\nZm-v\n"),
		  "line 8: '-' does not belong in base64 (RFC 4648 4)" },
		{ SPAN("Zm9v\r\nZm9v\r\n\r\nZ%9v"),
		  "line 10: '%' does not belong in base64 (RFC 4648 4)" },
		{ SPAN("Zm\x80v"),
		  "line 7: byte 80 does not belong in base64 (RFC 4648 4)" },
		{ SPAN("Zm\0v"),
		  "line 7: byte 00 does not belong in base64 (RFC 4648 4)" },
		{ SPAN("Zg==Zg=="),
		  "line 7: 'Z' does not belong in base64 (RFC 4648 4)" },
		{ SPAN("Zg==="), "line 7: '=' does not belong in base64 (RFC 4648 4)" },
		{ SPAN("Zm8=="), "line 7: '=' does not belong in base64 (RFC 4648 4)" },
		{ SPAN("Z==="), "line 7: '=' does not belong in base64 (RFC 4648 4)" },
		{ SPAN("===="), "line 7: '=' does not belong in base64 (RFC 4648 4)" },
		{ SPAN("Zm9vZ"),
		  "line 7: the base64 ends within an octet (RFC 4648 3.5)" },
		{ SPAN("Zh=="),
		  "line 7: the base64 ends within an octet (RFC 4648 3.5)" },
		{ SPAN("Zm9="),
		  "line 7: the base64 ends within an octet (RFC 4648 3.5)" },
		{ SPAN("Name: x\nZm9v\n"),
		  "line 7: ':' does not belong in base64 (RFC 4648 4)" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE uint8_t *to = mem_alloc(pem_decoded_most(cases[i].body));
		AUTO(error) err = ERROR_INIT;
		size_t n = 77;

		if (pem_decode(cases[i].body, 7, to, &n, &err))
			fail_msg("accepted: %s", cases[i].text);
		assert_string_equal(err.text, cases[i].text);
		assert_int_equal(n, 77);
	}
}

/* Bytes that are different at every place. */
static void add_bytes(struct buf *out, size_t n, uint32_t seed)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		buf_add_byte(out, (uint8_t)(seed >> 24));
	}
}

static void what_is_written_is_read_again_at_every_length(void **state)
{
	(void)state;

	for (size_t n = 0; n < 300; n++) {
		AUTO(buf) bytes = BUF_INIT;
		AUTO(buf) text = BUF_INIT;
		AUTO(error) err = ERROR_INIT;
		struct pem_scan scan;
		struct pem_block block;
		uint8_t to[512];
		size_t made;

		add_bytes(&bytes, n, (uint32_t)n);
		pem_write(&text, "CERTIFICATE", buf_span(&bytes));
		scan = (struct pem_scan){ .in = buf_span(&text) };
		assert_true(pem_next(&scan, &block));
		assert_false(block.unfinished);
		assert_true(pem_decoded_most(block.body) <= sizeof(to));
		assert_true(pem_decode(block.body, block.body_line, to, &made, &err));
		assert_true(span_eq(span_of(to, made), buf_span(&bytes)));
		assert_false(pem_next(&scan, &block));
	}
}

static void blocks_are_written_with_64_columns(void **state)
{
	AUTO(buf) text = BUF_INIT;
	uint8_t zeros[49] = { 0 };
	(void)state;

	/* RFC 7468 2. */
	pem_write(&text, "X", span_of(zeros, sizeof(zeros)));
	assert_string_equal(
		buf_text(&text),
		"-----BEGIN X-----\n"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
		"AA==\n"
		"-----END X-----\n");
	text.n = 0;
	base64_write(&text, SPAN("foob"));
	assert_string_equal(buf_text(&text), "Zm9vYg==");
}

static void check_roads(struct span text)
{
	AUTO_FREE uint8_t *a = mem_zalloc(text.n + BASE64_SLACK),
			  *b = mem_zalloc(text.n + BASE64_SLACK);
	struct base64_run one = base64_run_portable(text, a),
			  two = base64_run_wide(text, b);

	assert_int_equal(one.taken, two.taken);
	assert_int_equal(one.made, two.made);
	assert_int_equal(one.lines, two.lines);
	assert_memory_equal(a, b, one.made);
}

/* Both roads over text cut at every length, and with every character at every place. */
static void check_roads_everywhere(const struct buf *text, size_t places)
{
	for (size_t n = 0; n < 200; n++) {
		for (size_t skipped = 0; skipped < 5; skipped++)
			check_roads(span_of(text->at + skipped, n));
	}
	for (unsigned c = 0; c < 256; c++) {
		for (size_t at = 0; at < places; at++) {
			uint8_t kept = text->at[at];

			text->at[at] = (uint8_t)c;
			check_roads(span_of(text->at, places + 40));
			text->at[at] = kept;
		}
	}
}

static void both_roads_of_the_decoder_agree(void **state)
{
	static const size_t columns[] = { 4, 48, 60, 64, 68, 76, 1000 };
	AUTO(buf) bytes = BUF_INIT;
	(void)state;

	if (!base64_has_wide()) {
		print_message("skipped: this processor has no AVX2\n");
		skip();
	}
	add_bytes(&bytes, 999, 1);
	for (size_t i = 0; i < COUNT(columns); i++) {
		AUTO(buf) text = BUF_INIT;

		for (size_t at = 0; at < bytes.n; at += columns[i] / 4 * 3) {
			struct span rest = span_from(buf_span(&bytes), at);
			size_t n = columns[i] / 4 * 3;

			base64_write(&text, span_of(rest.at, rest.n < n ? rest.n : n));
			buf_add_byte(&text, '\n');
		}
		check_roads_everywhere(&text, 140);
	}
}

static void add_blocks(struct buf *out, struct pem_scan *scan)
{
	struct pem_block block;

	while (pem_next(scan, &block)) {
		AUTO_FREE uint8_t *der = mem_alloc(pem_decoded_most(block.body));
		AUTO(error) err = ERROR_INIT;
		size_t n;

		buf_addf(out, "%zu %zu %zu %d ", block.index, block.line, block.body_line,
			 block.unfinished);
		buf_add(out, block.label);
		/* Some are decoded, and their lines counted so. */
		if (block.index % 2 && pem_decode_block(scan, &block, der, &n, &err))
			buf_add_hex(out, span_of(der, n));
		else
			buf_add(out, block.body);
		buf_add_byte(out, '|');
	}
}

/* The blocks of in, read in two pieces; what the first leaves begins the second. */
static void add_blocks_in_pieces(struct buf *out, struct span in, size_t cut)
{
	struct pem_scan scan = { .in = span_of(in.at, cut), .more = true };

	add_blocks(out, &scan);
	scan.in = span_from(in, pem_leave(&scan));
	scan.more = false;
	add_blocks(out, &scan);
	pem_leave(&scan);
	buf_addf(out, "%zu", scan.line);
}

static void a_bundle_in_two_pieces_has_the_same_blocks_wherever_it_is_cut(void **state)
{
	static const struct span bundles[] = {
		SPAN("text\n" BEGIN("CERTIFICATE") "\nAAAA\nBBBB\n" END(
			"CERTIFICATE") "\n# - more\n" BEGIN("X509 CRL") "\nCC\n" END("X50"
										     "9 "
										     "CR"
										     "L") "\n"),
		SPAN(
			"\r\n\r\n" BEGIN("CERTIFICATE") "\r\nAA\r\n" END("CERTIFICATE") "\r\n" BEGIN(
				"CERTIFICATE") "\r\nBB\r\n" END("CERTIFICATE") "\r\ntext"
									       "\r\n"),
		SPAN("x\r" BEGIN("CERTIFICATE") "\rAA\r" END("CERTIFICATE") "\r\r" BEGIN(
			"CERTIFICATE") "\rBB\r" END("CERTIFICATE") "\r"),
		SPAN(BEGIN("CERTIFICATE") "\nAA\n" END("CERTIFICATE")
			     BEGIN("CERTIFICATE") "\nBB\n" BEGIN(
				     "CERTIFICATE") "\nCC\n-----END CERT\n"),
		SPAN(BEGIN("CERTIFICATE") " AA " END(
			"CERTIFICATE") " no line ends in this text, "
				       "which is longer than armour can be -----BEGIN "
				       "and more than twice as "
				       "long as that, to have room for a cut -----BEGIN "
				       "A-----BEGIN " BEGIN("CERTIFICATE") "BB" END(
					       "CERTIFICATE")),
	};
	(void)state;

	for (size_t i = 0; i < COUNT(bundles); i++) {
		AUTO(buf) whole = BUF_INIT;

		add_blocks_in_pieces(&whole, bundles[i], 0);
		for (size_t cut = 1; cut <= bundles[i].n; cut++) {
			AUTO(buf) pieces = BUF_INIT;

			add_blocks_in_pieces(&pieces, bundles[i], cut);
			if (!span_eq(buf_span(&pieces), buf_span(&whole)))
				fail_msg("bundle %zu cut at %zu: '%s', not '%s'", i, cut,
					 buf_text(&pieces), buf_text(&whole));
		}
	}
}

static void base64_without_armour_is_recognised(void **state)
{
	static const struct {
		struct span text;
		bool is;
	} cases[] = {
		{ SPAN("MAMCAQU="), true },
		{ SPAN("MAMCAQU"), true },
		{ SPAN("MAMC\r\nAQU=\r\n"), true },
		{ SPAN("\xef\xbb\xbfMAMCAQU="), true },
		{ SPAN("MAMCAQ=="), false }, /* cut off */
		{ SPAN("AgEF"), false },     /* no SEQUENCE */
		{ SPAN("MIAC"), false },     /* indefinite length (X.690 10.1) */
		{ SPAN("MAMCAQU=x"), false },
		{ SPAN("MAMC-AQU"), false },
		{ SPAN("hello"), false },
		{ SPAN(""), false },
		{ SPAN("\0\0"), false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		if (base64_is_der(cases[i].text) != cases[i].is)
			fail_msg("case %zu", i);
}

static void armour_is_found_anywhere(void **state)
{
	(void)state;

	assert_true(pem_find_armour(SPAN("text\n" BEGIN("CERTIFICATE") "\n")));
	assert_true(pem_find_armour(SPAN("-----BEGIN \n" BEGIN("X"))));
	assert_false(pem_find_armour(SPAN("-----BEGIN CERTIFICATE")));
	assert_false(pem_find_armour(SPAN("-----BEGIN CERTIFICATE\n-----")));
	assert_false(pem_find_armour(SPAN("---- BEGIN SSH2 PUBLIC KEY ----")));
	assert_false(pem_find_armour(SPAN("")));
}

static void a_bundle_of_another_program_is_read(void **state)
{
	AUTO(file) file = FILE_INIT;
	struct pem_scan scan;
	struct pem_block block;
	size_t certificates = 0;
	(void)state;

	/* openssl x509 -text with CRLF, a certificate cut short, keytool -rfc, openssl
	 * -trustout. */
	data_read(&file, "pem/mixed.pem");
	scan = (struct pem_scan){ .in = file.bytes };
	while (pem_next(&scan, &block)) {
		AUTO_FREE uint8_t *to = mem_alloc(pem_decoded_most(block.body));
		AUTO(error) err = ERROR_INIT;
		struct cert cert;
		size_t n, used;

		assert_true(pem_is_certificate(&block));
		if (pem_decode(block.body, block.body_line, to, &n, &err) &&
		    cert_read_first(&cert, span_of(to, n), &used, &err))
			certificates++;
		else
			assert_int_equal(block.index, 2);
	}
	assert_int_equal(scan.index, 4);
	assert_int_equal(certificates, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_found_with_their_lines),
		cmocka_unit_test(only_certificates_are_counted),
		cmocka_unit_test(lines_are_counted_over_long_files_too),
		cmocka_unit_test(base64_is_decoded),
		cmocka_unit_test(what_is_no_base64_is_refused_with_its_line),
		cmocka_unit_test(what_is_written_is_read_again_at_every_length),
		cmocka_unit_test(blocks_are_written_with_64_columns),
		cmocka_unit_test(both_roads_of_the_decoder_agree),
		cmocka_unit_test(
			a_bundle_in_two_pieces_has_the_same_blocks_wherever_it_is_cut),
		cmocka_unit_test(base64_without_armour_is_recognised),
		cmocka_unit_test(armour_is_found_anywhere),
		cmocka_unit_test(a_bundle_of_another_program_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

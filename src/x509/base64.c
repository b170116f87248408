/* Base64: a portable loop of four characters a step, and one of 32 where the processor
 * has AVX2. */
#include "x509/base64.h"

#if defined(__x86_64__)
#include <immintrin.h>
#ifdef HAVE_SYS_PLATFORM_X86_H
#include <sys/platform/x86.h>
#endif
#endif

#define VALID 0x40

/* The value of each character with VALID beside it; 0 where it is none of the alphabet.
 */
static const uint8_t values[256] = {
	['A'] = 64,  65,  66,  67,          68,          69,         70,
	71,          72,  73,  74,          75,          76,         ['N'] = 77,
	78,          79,  80,  81,          82,          83,         84,
	85,          86,  87,  88,          89,          ['a'] = 90, 91,
	92,          93,  94,  95,          96,          97,         98,
	99,          100, 101, 102,         ['n'] = 103, 104,        105,
	106,         107, 108, 109,         110,         111,        112,
	113,         114, 115, ['0'] = 116, 117,         118,        119,
	120,         121, 122, 123,         124,         125,        ['+'] = 126,
	['/'] = 127,
};

uint8_t base64_value(uint8_t character)
{
	uint8_t value = values[character];

	return value ? value & (VALID - 1) : 64;
}

/* How many octets the line end at the front of text has: 0, 1 or 2. */
static inline size_t line_end(const uint8_t *at, const uint8_t *end)
{
	if (at < end && *at == '\n')
		return 1;
	return end - at > 1 && at[0] == '\r' && at[1] == '\n' ? 2 : 0;
}

/* One group of four; false, and nothing written, where a character is none of the
 * alphabet. */
static inline bool decode_group(const uint8_t *at, uint8_t *to)
{
	uint32_t a = values[at[0]], b = values[at[1]], c = values[at[2]],
		 d = values[at[3]];
	uint32_t group = (a << 18 & 0xfc0000) | (b << 12 & 0x3f000) | (c << 6 & 0xfc0) |
			 (d & 0x3f);

	if (!(a & b & c & d & VALID))
		return false;
	to[0] = (uint8_t)(group >> 16);
	to[1] = (uint8_t)(group >> 8);
	to[2] = (uint8_t)group;
	return true;
}

/* Whole groups from at on; *to is moved past what they make. */
static inline const uint8_t *decode_groups(const uint8_t *at, const uint8_t *end,
					   uint8_t **to)
{
	uint8_t *out = *to;

	for (; end - at >= 4 && decode_group(at, out); at += 4)
		out += 3;
	*to = out;
	return at;
}

struct base64_run base64_run_portable(struct span text, uint8_t *to)
{
	const uint8_t *at = text.at, *end = text.at + text.n;
	struct base64_run run = { 0, 0, 0 };
	uint8_t *out = to;
	size_t gap;

	for (;;) {
		at = decode_groups(at, end, &out);
		gap = line_end(at, end);
		if (!gap)
			break;
		at += gap;
		run.lines++;
	}
	run.taken = (size_t)(at - text.at);
	run.made = (size_t)(out - to);
	return run;
}

#if defined(__x86_64__)
#define WIDE __attribute__((target("avx2")))

/* The same 16 octets in both halves: what a look-up by four bits chooses from. */
#define TWICE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)

/*
 * The alphabet by the upper four bits of a character: 2 has '+' and '/', 3 the digits, 4
 * and 6 a letter at all but 0, 5 and 7 at 0 to a; the others have none of it. A bit
 * stands for each of these kinds.
 */
#define KIND_SIGN   1
#define KIND_DIGIT  2
#define KIND_FIRST  4
#define KIND_SECOND 8
#define KIND_NONE   16

/* All ones in each octet whose character is none of the alphabet. */
WIDE static inline __m256i strangers(__m256i upper, __m256i lower)
{
	const __m256i kind_of_upper =
		TWICE(KIND_NONE, KIND_NONE, KIND_SIGN, KIND_DIGIT, KIND_FIRST,
		      KIND_SECOND, KIND_FIRST, KIND_SECOND, KIND_NONE, KIND_NONE,
		      KIND_NONE, KIND_NONE, KIND_NONE, KIND_NONE, KIND_NONE, KIND_NONE);
	/* By the lower four bits: the kinds that have no character there. */
	const __m256i kinds_without_lower = TWICE(
		KIND_NONE | KIND_SIGN | KIND_FIRST, KIND_NONE | KIND_SIGN,
		KIND_NONE | KIND_SIGN, KIND_NONE | KIND_SIGN, KIND_NONE | KIND_SIGN,
		KIND_NONE | KIND_SIGN, KIND_NONE | KIND_SIGN, KIND_NONE | KIND_SIGN,
		KIND_NONE | KIND_SIGN, KIND_NONE | KIND_SIGN,
		KIND_NONE | KIND_SIGN | KIND_DIGIT, KIND_NONE | KIND_DIGIT | KIND_SECOND,
		KIND_NONE | KIND_SIGN | KIND_DIGIT | KIND_SECOND,
		KIND_NONE | KIND_SIGN | KIND_DIGIT | KIND_SECOND,
		KIND_NONE | KIND_SIGN | KIND_DIGIT | KIND_SECOND,
		KIND_NONE | KIND_DIGIT | KIND_SECOND);

	return _mm256_and_si256(_mm256_shuffle_epi8(kind_of_upper, upper),
				_mm256_shuffle_epi8(kinds_without_lower, lower));
}

/* The value of each character, all of which are of the alphabet. */
WIDE static inline __m256i values_of(__m256i characters, __m256i upper)
{
	/* What is added, by the upper four bits; '/' has the place before that of '+'. */
	const __m256i shifts = TWICE(0, 63 - '/', 62 - '+', 52 - '0', 0 - 'A', 0 - 'A',
				     26 - 'a', 26 - 'a', 0, 0, 0, 0, 0, 0, 0, 0);
	__m256i slash = _mm256_cmpeq_epi8(characters, _mm256_set1_epi8('/'));

	return _mm256_add_epi8(
		characters, _mm256_shuffle_epi8(shifts, _mm256_add_epi8(upper, slash)));
}

/* Four values of six bits in each 32 bits to three octets, 24 together at the front. */
WIDE static inline __m256i pack(__m256i values)
{
	__m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
	__m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
	__m256i octets = _mm256_shuffle_epi8(
		fours, TWICE(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));

	return _mm256_permutevar8x32_epi32(octets,
					   _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

/*
 * 32 characters to 24 octets, written before it is known whether all are of the alphabet;
 * returns what is not zero where one is not.
 */
WIDE static inline __m256i decode_wide(const uint8_t *at, uint8_t *to)
{
	const __m256i four_bits = _mm256_set1_epi8(15);
	__m256i characters = _mm256_loadu_si256((const __m256i *)at);
	__m256i upper = _mm256_and_si256(_mm256_srli_epi32(characters, 4), four_bits);
	__m256i lower = _mm256_and_si256(characters, four_bits);

	_mm256_storeu_si256((__m256i *)to, pack(values_of(characters, upper)));
	return strangers(upper, lower);
}

WIDE static inline bool is_zero(__m256i bits)
{
	return _mm256_testz_si256(bits, bits);
}

/* 64 characters and LF to 48 octets; false, and what is written means nothing, where
 * something else stands there. */
WIDE static inline bool decode_line(const uint8_t *at, uint8_t *to)
{
	__m256i bad = decode_wide(at, to);

	/* In this order: what the first writes too much is written over. */
	bad = _mm256_or_si256(bad, decode_wide(at + 32, to + 24));
	return is_zero(bad) && at[64] == '\n';
}

/* Lines of 64 characters, as nearly every file has them; returns how many. */
WIDE static size_t decode_lines(const uint8_t *at, const uint8_t *end, uint8_t *to)
{
	const uint8_t *begin = at;

	while (end - at > 64 && decode_line(at, to)) {
		at += 65;
		to += 48;
	}
	return (size_t)(at - begin) / 65;
}

/* Whole groups up to the first character that is none of the alphabet, at most eight;
 * returns how many. */
WIDE static inline size_t decode_eight(const uint8_t *at, const uint8_t *end, uint8_t *to)
{
	uint8_t last[32] = { 0 };
	__m256i good;

	if (end - at < 32) {
		memcpy(last, at, (size_t)(end - at));
		at = last;
	}
	good = _mm256_cmpeq_epi8(decode_wide(at, to), _mm256_setzero_si256());
	return (size_t)__builtin_ctzll(~(uint64_t)(uint32_t)_mm256_movemask_epi8(good)) /
	       4;
}

WIDE struct base64_run base64_run_wide(struct span text, uint8_t *to)
{
	const uint8_t *at = text.at, *end = text.at + text.n;
	struct base64_run run = { 0, 0, 0 };
	size_t gap, lines, groups;
	uint8_t *out = to;

	do {
		lines = decode_lines(at, end, out);
		run.lines += lines;
		at += 65 * lines;
		out += 48 * lines;
		do {
			groups = decode_eight(at, end, out);
			at += 4 * groups;
			out += 3 * groups;
		} while (groups == 8);
		gap = line_end(at, end);
		at += gap;
		run.lines += gap != 0;
	} while (gap);
	run.taken = (size_t)(at - text.at);
	run.made = (size_t)(out - to);
	return run;
}

bool base64_has_wide(void)
{
#ifdef HAVE_SYS_PLATFORM_X86_H
	/* What the loader knows already: CPUID asked again takes long in a virtual
	 * machine. */
	return CPU_FEATURE_ACTIVE(AVX2);
#else
	return __builtin_cpu_supports("avx2");
#endif
}
#else
struct base64_run base64_run_wide(struct span text, uint8_t *to)
{
	return base64_run_portable(text, to);
}

bool base64_has_wide(void)
{
	return false;
}
#endif

struct base64_run base64_run(struct span text, uint8_t *to)
{
	return base64_has_wide() ? base64_run_wide(text, to)
				 : base64_run_portable(text, to);
}

/* The last one or two octets, padded. */
static uint8_t *encode_rest(struct span rest, const char *digits, uint8_t *to)
{
	uint32_t group =
		(uint32_t)rest.at[0] << 16 | (rest.n > 1 ? (uint32_t)rest.at[1] << 8 : 0);

	*to++ = (uint8_t)digits[group >> 18];
	*to++ = (uint8_t)digits[group >> 12 & 63];
	*to++ = rest.n > 1 ? (uint8_t)digits[group >> 6 & 63] : '=';
	*to++ = '=';
	return to;
}

uint8_t *base64_encode(struct span bytes, uint8_t *to)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789+/";
	size_t i = 0;

	for (; bytes.n - i >= 3; i += 3) {
		uint32_t group = (uint32_t)bytes.at[i] << 16 |
				 (uint32_t)bytes.at[i + 1] << 8 | bytes.at[i + 2];

		*to++ = (uint8_t)digits[group >> 18];
		*to++ = (uint8_t)digits[group >> 12 & 63];
		*to++ = (uint8_t)digits[group >> 6 & 63];
		*to++ = (uint8_t)digits[group & 63];
	}
	return i < bytes.n ? encode_rest(span_from(bytes, i), digits, to) : to;
}

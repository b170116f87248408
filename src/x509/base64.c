/* Base64: a portable loop of four characters a step, and one of 32 where the processor
 * has AVX2. */
#include "x509/base64.h"

#if defined(__x86_64__)
#include <immintrin.h>
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

/* All ones in each octet from first to last; octets over 127 are negative, and in no
 * range. */
WIDE static inline __m256i in_range(__m256i c, char first, char last)
{
	return _mm256_and_si256(_mm256_cmpgt_epi8(c, _mm256_set1_epi8((char)(first - 1))),
				_mm256_cmpgt_epi8(_mm256_set1_epi8((char)(last + 1)), c));
}

WIDE static inline __m256i either(__m256i a, __m256i b)
{
	return _mm256_or_si256(a, b);
}

WIDE static inline __m256i where(__m256i mask, int value)
{
	return _mm256_and_si256(mask, _mm256_set1_epi8((char)value));
}

/* Four values of six bits in each 32 bits to three octets, 24 together at the front. */
WIDE static inline __m256i pack(__m256i values)
{
	__m256i pairs = _mm256_maddubs_epi16(values, _mm256_set1_epi32(0x01400140));
	__m256i fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
	__m256i octets = _mm256_shuffle_epi8(
		fours,
		_mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1,
				 2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));

	return _mm256_permutevar8x32_epi32(octets,
					   _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
}

/* 32 characters to 24 octets; false, and what is written means nothing, where one is no
 * base64. */
WIDE static inline bool decode_wide(const uint8_t *at, uint8_t *to)
{
	__m256i c = _mm256_loadu_si256((const __m256i *)at);
	__m256i upper = in_range(c, 'A', 'Z'), lower = in_range(c, 'a', 'z');
	__m256i digit = in_range(c, '0', '9');
	__m256i plus = _mm256_cmpeq_epi8(c, _mm256_set1_epi8('+'));
	__m256i slash = _mm256_cmpeq_epi8(c, _mm256_set1_epi8('/'));
	__m256i known = either(either(upper, lower), either(digit, either(plus, slash)));
	__m256i shift =
		either(either(where(upper, 0 - 'A'), where(lower, 26 - 'a')),
		       either(where(digit, 52 - '0'),
			      either(where(plus, 62 - '+'), where(slash, 63 - '/'))));

	_mm256_storeu_si256((__m256i *)to, pack(_mm256_add_epi8(c, shift)));
	return _mm256_movemask_epi8(known) == -1;
}

WIDE struct base64_run base64_run_wide(struct span text, uint8_t *to)
{
	const uint8_t *at = text.at, *end = text.at + text.n;
	struct base64_run run = { 0, 0, 0 };
	uint8_t *out = to;
	size_t gap;

	for (;;) {
		for (; end - at >= 32 && decode_wide(at, out); at += 32)
			out += 24;
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

bool base64_has_wide(void)
{
	return __builtin_cpu_supports("avx2");
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

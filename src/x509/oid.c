/* Object identifiers and their dotted text (X.690 8.19). */
#include "x509/extension.h"

#include "base/buf.h"
#include "x509/der.h"

/* The widest number of an OID in use is a UUID's, 128 bits (X.667); wider ones are shown
 * as octets. */
typedef unsigned __int128 number;
#define NUMBER_MOST (~(number)0)

static void add_number(struct buf *out, number value)
{
	char digits[40];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + (int)(value % 10));
		value /= 10;
	} while (value);
	buf_add(out, span_of(digits + at, sizeof(digits) - at));
}

/* Takes a number of base 128; the caller has checked that the OID is well formed. */
static bool take_number(struct span *rest, number *value)
{
	size_t i = 0;

	*value = 0;
	do {
		if (*value > NUMBER_MOST >> 7)
			return false;
		*value = *value << 7 | (rest->at[i] & 0x7f);
	} while (rest->at[i++] & 0x80);
	*rest = span_from(*rest, i);
	return true;
}

static bool add_numbers(struct buf *out, struct span oid)
{
	number value, first;

	if (!der_oid_well_formed(oid) || !take_number(&oid, &value))
		return false;
	/* The first two share a number: 40 times the first, which is 0, 1 or 2
	 * (X.690 8.19.4). */
	first = value < 80 ? value / 40 : 2;
	add_number(out, first);
	buf_add_byte(out, '.');
	add_number(out, value - 40 * first);
	while (oid.n) {
		if (!take_number(&oid, &value))
			return false;
		buf_add_byte(out, '.');
		add_number(out, value);
	}
	return true;
}

void oid_text(struct buf *out, struct span oid)
{
	size_t before = out->n;

	if (add_numbers(out, oid))
		return;
	out->n = before;
	buf_add_byte(out, '#');
	buf_add_hex(out, oid);
}

/* Takes a decimal number without leading zeros, up to the next dot or the end. */
static bool parse_number(const char **text, number *value)
{
	const char *at = *text;

	*value = 0;
	if (*at < '0' || *at > '9' || (*at == '0' && at[1] >= '0' && at[1] <= '9'))
		return false;
	for (; *at >= '0' && *at <= '9'; at++) {
		unsigned digit = (unsigned)(*at - '0');

		if (*value > (NUMBER_MOST - digit) / 10)
			return false;
		*value = *value * 10 + digit;
	}
	*text = at;
	return true;
}

static bool put_number(uint8_t to[64], size_t *n, number value)
{
	size_t octets = 1;

	for (number rest = value >> 7; rest; rest >>= 7)
		octets++;
	if (octets > 64 - *n)
		return false;
	for (size_t i = 0; i < octets; i++)
		to[*n + i] = (uint8_t)((value >> 7 * (octets - 1 - i) & 0x7f) |
				       (i + 1 < octets ? 0x80 : 0));
	*n += octets;
	return true;
}

/* The first two numbers, which share one (X.690 8.19.4). */
static bool parse_first(const char **text, uint8_t to[64], size_t *n)
{
	number first, second;

	if (!parse_number(text, &first) || **text != '.' || first > 2)
		return false;
	(*text)++;
	if (!parse_number(text, &second) || (first < 2 && second > 39) ||
	    second > NUMBER_MOST - 80)
		return false;
	return put_number(to, n, 40 * first + second);
}

bool oid_parse(const char *text, uint8_t to[64], size_t *n)
{
	uint8_t octets[64];
	size_t used = 0;
	number value;

	if (!parse_first(&text, octets, &used))
		return false;
	while (*text == '.') {
		text++;
		if (!parse_number(&text, &value) || !put_number(octets, &used, value))
			return false;
	}
	if (*text)
		return false;
	memcpy(to, octets, used);
	*n = used;
	return true;
}

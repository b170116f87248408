/*
 * Fields that certificates and revocation lists have in common: algorithm, name, time.
 * The strict forms of RFC 5280; what breaks one is said with its byte.
 */
#include "x509/field.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "x509/name.h"

#include <endian.h>

/* AlgorithmIdentifier ::= SEQUENCE { algorithm OID, parameters ANY OPTIONAL }. */
static bool algorithm_well_formed(struct span fields)
{
	struct span oid, parameters;
	uint8_t tag;

	return der_take_tag(&fields, DER_OID, &oid) && oid.n &&
	       (!fields.n || der_take(&fields, &tag, &parameters)) && !fields.n;
}

bool field_algorithm(struct der *in, struct span *whole, struct error *err)
{
	const uint8_t *begin = in->at;
	struct span fields;

	if (!der_read(in, DER_SEQUENCE, &fields, err))
		return false;
	if (!algorithm_well_formed(fields))
		return error_fail(err, STATUS_INPUT,
				  _("malformed algorithm at byte %zu (RFC 5280 4.1.1.2)"),
				  (size_t)(begin - in->whole));
	*whole = span_of(begin, (size_t)(in->at - begin));
	return true;
}

/* AttributeTypeAndValue ::= SEQUENCE { type OID, value ANY }, at the front of rdn. */
static bool skip_attribute(struct span *rdn)
{
	struct span attribute, part;
	uint8_t tag;

	return der_take_tag(rdn, DER_SEQUENCE, &attribute) &&
	       der_take_tag(&attribute, DER_OID, &part) && part.n &&
	       der_take(&attribute, &tag, &part) && !attribute.n;
}

/* Name ::= SEQUENCE OF SET SIZE (1..MAX) OF AttributeTypeAndValue; *rest is where the
 * fault is. */
static bool name_well_formed(struct span *rest)
{
	struct name_attribute attribute;
	struct span rdn;

	while (rest->n) {
		struct span next = *rest;

		if (name_take_usual(rest, &attribute))
			continue;
		if (!der_take_tag(&next, DER_SET, &rdn))
			return false;
		do {
			if (!skip_attribute(&rdn))
				return false;
		} while (rdn.n);
		*rest = next;
	}
	return true;
}

bool field_name(struct der *in, struct span *whole, struct error *err)
{
	const uint8_t *begin = in->at;
	struct span rest;

	if (!der_read(in, DER_SEQUENCE, &rest, err))
		return false;
	if (!name_well_formed(&rest))
		return error_fail(
			err, STATUS_INPUT,
			_("malformed relative name at byte %zu (RFC 5280 4.1.2.4)"),
			(size_t)(rest.at - in->whole));
	*whole = span_of(begin, (size_t)(in->at - begin));
	return true;
}

/* Two decimal digits at `at`; 1000 where they are none. */
static int two_digits(const uint8_t *at)
{
	unsigned tens = at[0] - (unsigned)'0', ones = at[1] - (unsigned)'0';

	return tens > 9 || ones > 9 ? 1000 : (int)(tens * 10 + ones);
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool date_exists(int year, int month, int day)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (month < 1 || month > 12 || day < 1)
		return false;
	return day <= days[month - 1] || (month == 2 && day == 29 && is_leap(year));
}

/* Eight decimal digits as four numbers, in every other octet from the lowest; false where
 * they are none. */
static bool four_pairs(const uint8_t *at, uint64_t *pairs)
{
	const uint64_t each = 0x0101010101010101;
	uint64_t digits;

	memcpy(&digits, at, sizeof(digits));
	/* What is below '0' borrows from the next octet, but has its upper bit set then.
	 */
	digits = le64toh(digits) - '0' * each;
	if ((digits | (digits + (0x7f - 9) * each)) & 0x80 * each)
		return false;
	*pairs = digits * 10 + (digits >> 8);
	return true;
}

/* MMDDHHMMSSZ of that year. */
static bool time_in_year(int year, const uint8_t *at, int64_t *seconds)
{
	int second = two_digits(at + 8), month, day, hour, minute;
	uint64_t pairs;

	if (!four_pairs(at, &pairs) || second > 59 || at[10] != 'Z')
		return false;
	month = pairs & 0xff;
	day = pairs >> 16 & 0xff;
	hour = pairs >> 32 & 0xff;
	minute = pairs >> 48 & 0xff;
	if (!date_exists(year, month, day) || hour > 23 || minute > 59)
		return false;
	*seconds = time_from_date(year, month, day, hour, minute, second);
	return true;
}

/* YYMMDDHHMMSSZ; 50 to 99 are of the last century (RFC 5280 4.1.2.5.1). */
bool field_utc_time(struct span text, int64_t *seconds)
{
	int year;

	if (text.n != 13)
		return false;
	year = two_digits(text.at);
	return year < 100 &&
	       time_in_year(year + (year < 50 ? 2000 : 1900), text.at + 2, seconds);
}

/* YYYYMMDDHHMMSSZ (RFC 5280 4.1.2.5.2). */
bool field_generalized_time(struct span text, int64_t *seconds)
{
	int century, year;

	if (text.n != 15)
		return false;
	century = two_digits(text.at);
	year = two_digits(text.at + 2);
	return century < 100 && year < 100 &&
	       time_in_year(century * 100 + year, text.at + 4, seconds);
}

bool field_time(struct der *in, int64_t *seconds, bool *early, struct error *err)
{
	size_t at = der_offset(in);
	struct span text;

	*early = false;
	if (der_next_is(in, DER_GENERALIZED_TIME)) {
		if (!der_read(in, DER_GENERALIZED_TIME, &text, err))
			return false;
		if (!field_generalized_time(text, seconds))
			return error_fail(err, STATUS_INPUT,
					  _("time at byte %zu is no YYYYMMDDHHMMSSZ "
					    "(RFC 5280 4.1.2.5.2)"),
					  at);
		*early = *seconds < time_from_date(2050, 1, 1, 0, 0, 0);
		return true;
	}
	if (!der_read(in, DER_UTC_TIME, &text, err))
		return false;
	if (!field_utc_time(text, seconds))
		return error_fail(
			err, STATUS_INPUT,
			_("time at byte %zu is no YYMMDDHHMMSSZ (RFC 5280 4.1.2.5.1)"),
			at);
	return true;
}

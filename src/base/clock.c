/* Times: the two clocks, the calendar, and how people write dates and durations. */
#include "base/clock.h"

#include "base/escape.h"
#include "base/i18n.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TIME_LEAST (-62167219200) /* 0000-01-01T00:00:00Z */
#define TIME_MOST  253402300799   /* 9999-12-31T23:59:59Z */

/* All of text as a decimal number from 0 to most. */
static bool read_number(const char *text, int64_t most, int64_t *number)
{
	int64_t n = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		if (n > (most - (*text - '0')) / 10)
			return false;
		n = n * 10 + (*text - '0');
	}
	*number = n;
	return true;
}

int64_t clock_now(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	struct timespec now;
	int64_t at;

	if (epoch && read_number(epoch, TIME_MOST, &at))
		return at;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

int64_t clock_monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#define ERA_YEARS 400
#define ERA_DAYS  146097
/* Days from the March before year 0, an era earlier, to 1970-01-01. */
#define EPOCH_DAY (719468 + ERA_DAYS)

/*
 * Days since 1970-01-01, and back (date_of), by the linear functions of Neri and
 * Schneider, "Euclidean affine functions and their application to calendar algorithms"
 * (2022). Years are counted from March, so that the leap day comes last, and an era
 * earlier, so that no number has a sign.
 */
static int64_t days_from_date(int year, int month, int day)
{
	bool last_year = month <= 2;
	uint32_t y = (uint32_t)(year + ERA_YEARS - last_year), century = y / 100;
	uint32_t m = (uint32_t)(month + (last_year ? 12 : 0));
	uint32_t march = 1461 * y / 4 - century + century / 4;

	return (int64_t)(march + (979 * m - 2919) / 32) + day - 1 - EPOCH_DAY;
}

int64_t time_from_date(int year, int month, int day, int hour, int minute, int second)
{
	return days_from_date(year, month, day) * DAY_SECONDS + hour * 3600 +
	       minute * 60 + second;
}

struct date {
	unsigned year, month, day, second; /* second of the day */
};

/* What lies outside years 0 to 9999 is shown as the nearest end. */
static struct date date_of(int64_t at)
{
	int64_t t = at < TIME_LEAST ? TIME_LEAST : at > TIME_MOST ? TIME_MOST : at;
	uint64_t second = (uint64_t)(t + (int64_t)EPOCH_DAY * DAY_SECONDS);
	uint32_t n = 4 * (uint32_t)(second / DAY_SECONDS) + 3;
	uint32_t century = n / ERA_DAYS, day_of_century = n % ERA_DAYS / 4;
	/* 2939745 / 2^32 is a little over 1 / 1461. */
	uint64_t years = UINT64_C(2939745) * (4 * day_of_century + 3);
	uint32_t day_of_year = (uint32_t)years / 2939745 / 4;
	uint32_t month_and_day = 2141 * day_of_year + 197913;
	bool next_year = day_of_year >= 306;

	return (struct date){
		.year = 100 * century + (uint32_t)(years >> 32) + next_year - ERA_YEARS,
		.month = (month_and_day >> 16) - (next_year ? 12 : 0),
		.day = (month_and_day & 0xffff) / 2141 + 1,
		.second = (unsigned)(second % DAY_SECONDS),
	};
}

/* Both digits of 0 to 99, one number after the other. */
static const char two_digits[] = "00010203040506070809101112131415161718192021222324"
				 "25262728293031323334353637383940414243444546474849"
				 "50515253545556575859606162636465666768697071727374"
				 "75767778798081828384858687888990919293949596979899";

static inline char *put_two(char *to, unsigned number)
{
	memcpy(to, two_digits + 2 * number, 2);
	return to + 2;
}

static char *put_date(char *to, const struct date *date)
{
	to = put_two(to, date->year / 100);
	to = put_two(to, date->year % 100);
	*to++ = '-';
	to = put_two(to, date->month);
	*to++ = '-';
	return put_two(to, date->day);
}

const char *time_rfc3339(int64_t at, char to[TIME_TEXT])
{
	struct date date = date_of(at);
	char *p = put_date(to, &date);

	*p++ = 'T';
	p = put_two(p, date.second / 3600);
	*p++ = ':';
	p = put_two(p, date.second / 60 % 60);
	*p++ = ':';
	p = put_two(p, date.second % 60);
	*p++ = 'Z';
	*p = '\0';
	return to;
}

const char *time_date(int64_t at, char to[TIME_TEXT])
{
	struct date date = date_of(at);

	*put_date(to, &date) = '\0';
	return to;
}

/* Exactly that many digits at *at, with a value from least to most; moves past them. */
static bool take_digits(const char **at, int digits, int least, int most, int *number)
{
	int n = 0;

	for (int i = 0; i < digits; i++) {
		char c = (*at)[i];

		if (c < '0' || c > '9')
			return false;
		n = n * 10 + (c - '0');
	}
	if (n < least || n > most)
		return false;
	*at += digits;
	*number = n;
	return true;
}

static bool take(const char **at, char expected)
{
	if (**at != expected)
		return false;
	++*at;
	return true;
}

static int days_in_month(int year, int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : days[month - 1];
}

static bool take_date(const char **at, int64_t *midnight)
{
	int year, month, day;

	if (!take_digits(at, 4, 0, 9999, &year) || !take(at, '-') ||
	    !take_digits(at, 2, 1, 12, &month) || !take(at, '-') ||
	    !take_digits(at, 2, 1, days_in_month(year, month), &day))
		return false;
	*midnight = time_from_date(year, month, day, 0, 0, 0);
	return true;
}

/* A fraction of a second is read over: seconds are the unit here. */
static bool skip_fraction(const char **at)
{
	if (!take(at, '.'))
		return true;
	if (**at < '0' || **at > '9')
		return false;
	while (**at >= '0' && **at <= '9')
		++*at;
	return true;
}

/* "Z", "+02:00" or nothing, to the end of the text; seconds east of UTC. */
static bool take_zone(const char *at, int64_t *east)
{
	int sign = *at == '-' ? -1 : 1, hour, minute;

	*east = 0;
	if (!*at)
		return true;
	if ((*at == 'Z' || *at == 'z') && !at[1])
		return true;
	if (*at != '+' && *at != '-')
		return false;
	at++;
	if (!take_digits(&at, 2, 0, 23, &hour) || !take(&at, ':') ||
	    !take_digits(&at, 2, 0, 59, &minute) || *at)
		return false;
	*east = sign * (hour * 3600 + minute * 60);
	return true;
}

static bool read_calendar(const char *at, int64_t *result)
{
	int hour, minute, second;
	int64_t midnight, east, t;

	if (!take_date(&at, &midnight))
		return false;
	if (!*at) {
		*result = midnight;
		return true;
	}
	if (*at != 'T' && *at != 't' && *at != ' ')
		return false;
	at++;
	if (!take_digits(&at, 2, 0, 23, &hour) || !take(&at, ':') ||
	    !take_digits(&at, 2, 0, 59, &minute) || !take(&at, ':') ||
	    !take_digits(&at, 2, 0, 60, &second) || !skip_fraction(&at) ||
	    !take_zone(at, &east))
		return false;
	t = midnight + hour * 3600 + minute * 60 + second - east;
	/* Leap seconds stand at the end of a UTC day only (RFC 3339 5.7). */
	if (second == 60 && t % DAY_SECONDS != 0)
		return false;
	*result = t;
	return true;
}

static bool read_epoch(const char *text, int64_t *result)
{
	bool negative = *text == '-';

	if (!read_number(text + negative, TIME_MOST, result))
		return false;
	if (negative)
		*result = -*result;
	return true;
}

bool time_parse(const char *text, int64_t *at, struct error *err)
{
	int64_t t;
	bool good = *text == '@' ? read_epoch(text + 1, &t) : read_calendar(text, &t);

	if (good && t >= TIME_LEAST && t <= TIME_MOST) {
		*at = t;
		return true;
	}

	AUTO_FREE char *shown = quoted(span_str(text));

	error_fail(err, STATUS_INPUT, _("'%s' is no date or time"), shown);
	return error_remedy(
		err, "%s",
		_("write it as 2026-11-24, 2026-11-24T08:00:00Z or @1795507200"));
}

/* Seconds of a unit; 0 where it is none. */
static int64_t unit_seconds(const char *unit)
{
	static const struct {
		const char *unit;
		int64_t seconds;
	} units[] = {
		{ "", DAY_SECONDS },
		{ "s", 1 },
		{ "m", 60 },
		{ "h", 3600 },
		{ "d", DAY_SECONDS },
		{ "w", 7 * DAY_SECONDS },
		{ "y", 365 * DAY_SECONDS },
	};

	for (size_t i = 0; i < COUNT(units); i++)
		if (strcmp(unit, units[i].unit) == 0)
			return units[i].seconds;
	return 0;
}

bool duration_parse(const char *text, int64_t *seconds, struct error *err)
{
	size_t digits = strspn(text, "0123456789");
	int64_t unit = unit_seconds(text + digits), n;
	AUTO_FREE char *number = str_of(span_of(text, digits));

	if (unit && read_number(number, TIME_MOST / unit, &n)) {
		*seconds = n * unit;
		return true;
	}

	AUTO_FREE char *shown = quoted(span_str(text));

	error_fail(err, STATUS_INPUT, _("'%s' is no length of time"), shown);
	return error_remedy(err, "%s", _("write it as 30d, 12h, 8w, 1y, 15m or 90s"));
}

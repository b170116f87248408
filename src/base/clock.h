/* Times: int64_t seconds since 1970 UTC, from year 0 to 9999; and how people write them. */
#pragma once

#include "base/error.h"

#define TIME_NONE INT64_MIN	/* no time was given */
#define DAY_SECONDS 86400

/* The wall clock now, or SOURCE_DATE_EPOCH where that is set and asked for by the caller. */
int64_t clock_now(void);
/* Milliseconds of a clock that never goes back; for deadlines. */
int64_t clock_monotonic_ms(void);

/* Seconds of a date of the proleptic Gregorian calendar; the caller has checked the ranges. */
int64_t time_from_date(int year, int month, int day, int hour, int minute, int second);

/* "2026-11-24T08:00:00Z" (RFC 3339); to holds TIME_TEXT bytes; returns to. */
#define TIME_TEXT           32
#define TIME_RFC3339_LENGTH 20
const char *time_rfc3339(int64_t at, char to[TIME_TEXT]);
/* "2026-11-24". */
const char *time_date(int64_t at, char to[TIME_TEXT]);
/*
 * Reads what a user types for --at and --distrust-after: RFC 3339 with any zone, "2026-11-24"
 * (midnight UTC), "2026-11-24 08:00:00" (UTC), "@SECONDS".
 */
MUST_CHECK bool time_parse(const char *text, int64_t *at, struct error *err);
/* Reads "30d", "12h", "8w", "1y" (365 days), "90s", "15m" into seconds; a bare number is days. */
MUST_CHECK bool duration_parse(const char *text, int64_t *seconds, struct error *err);

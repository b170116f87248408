/*
 * Entries made for tests: certificates put together from a subject, an issuer, a key and
 * a serial.
 */
#pragma once

#include "trust/set.h"

#include "../x509/made.h"
#include "../x509/test.h"

/* Names are common names; key and serial one byte each. */
struct wanted {
	const char *subject, *issuer;
	char key, serial;
	enum trust trust;
	const char *label;
	const char *until; /* UTCTime of notAfter; NULL: 2030 */
	bool ca;
};

static inline void add_name(struct buf *out, const char *common_name)
{
	static const uint8_t oid[] = { 0x55, 0x04, 0x03 };
	AUTO(buf) value = BUF_INIT;
	AUTO(buf) attribute = BUF_INIT;
	AUTO(buf) set = BUF_INIT;

	der_add(&value, DER_OID, span_of(oid, sizeof(oid)));
	der_add(&value, DER_UTF8_STRING, span_str(common_name));
	der_add(&attribute, DER_SEQUENCE, buf_span(&value));
	der_add(&set, DER_SET, buf_span(&attribute));
	der_add(out, DER_SEQUENCE, buf_span(&set));
}

/* The key with another last byte of its point. */
static inline void add_key(struct buf *out, char key)
{
	buf_add(out, MADE_KEY);
	out->at[out->n - 1] = (uint8_t)key;
}

static inline void add_validity(struct buf *out, const char *until)
{
	AUTO(buf) times = BUF_INIT;

	der_add(&times, DER_UTC_TIME, SPAN("200101000000Z"));
	der_add(&times, DER_UTC_TIME, span_str(until ? until : "300101000000Z"));
	der_add(out, DER_SEQUENCE, buf_span(&times));
}

static inline void add_certificate(struct buf *out, const struct wanted *wanted)
{
	const uint8_t serial[] = { 0x02, 0x01, (uint8_t)wanted->serial };
	AUTO(buf) subject = BUF_INIT;
	AUTO(buf) issuer = BUF_INIT;
	AUTO(buf) key = BUF_INIT;
	AUTO(buf) validity = BUF_INIT;
	AUTO(buf) extensions = BUF_INIT;

	add_name(&subject, wanted->subject);
	add_name(&issuer, wanted->issuer);
	add_key(&key, wanted->key);
	add_validity(&validity, wanted->until);
	if (wanted->ca)
		made_extension(&extensions, SPAN("\x55\x1d\x13"), true,
			       SPAN("\x30\x03\x01\x01\xff"));
	made_write(out,
		   &(struct made){
			   .serial = span_of(serial, sizeof(serial)),
			   .subject = buf_span(&subject),
			   .issuer = buf_span(&issuer),
			   .key = buf_span(&key),
			   .validity = buf_span(&validity),
			   .extensions = extensions.n ? buf_span(&extensions) : LEFT_OUT,
		   });
}

/* An entry whose bytes are in arena. */
static inline struct entry made_entry(struct arena *arena, const struct wanted *wanted)
{
	struct entry entry = { .trust = wanted->trust, .label = wanted->label };
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) der = BUF_INIT;

	add_certificate(&der, wanted);
	if (!cert_read(&entry.cert, arena_copy(arena, buf_span(&der)), &err))
		fail_msg("%s", err.text);
	return entry;
}

static inline struct entry *add_made(struct entry_set *set, const struct wanted *wanted)
{
	struct entry entry = made_entry(&set->arena, wanted);

	return set_add(set, &entry);
}

static inline struct origin *made_origin(struct arena *arena, const char *ref,
					 bool mirrored)
{
	struct origin *origin = arena_alloc(arena, sizeof(*origin));

	*origin = (struct origin){ ORIGIN_FILE, ref, TIME_NONE, mirrored, NULL };
	return origin;
}

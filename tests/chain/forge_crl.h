/*
 * Revocation lists made for a test from one line of text, as forge.h makes certificates:
 *
 *	"sub number=7 05 06:hold"	by sub, with its key, revoking 05 and 06
 *
 * The first word is the issuer; a word of hex is an entry, with a reason and, after
 * another colon, the issuer of the certificate. All of the rest is optional:
 *
 *	number=N base=N			CRL number (1), delta CRL indicator
 *	from=DATE until=DATE endless	thisUpdate, nextUpdate; valid all of 2026 else
 *	by=NAME sha1 v1			another key; version 1, without extensions
 *	point=NAME some=HEX users authorities attributes indirect
 *					the issuing distribution point, as forge.h names
 *one akid=HEX critical=OID unknown=OID	extensions nonumber criticalnumber twice
 *oddalgorithm strange				the last entry has an unknown critical
 *extension
 */
#pragma once

#include "forge.h"

#include "chain/crls.h"

struct crl_work {
	struct work signing; /* by, sha1: what add_algorithm and sign look at */
	char issuer[64], from[32], until[32], point[64];
	struct buf entries, extensions, some, authority;
	int number, base; /* -1: none */
	bool endless, v1, users, authorities, attributes, indirect, strange, twice;
	bool critical_number, odd_algorithm;
};

static void crl_work_clear(struct crl_work *work)
{
	work_clear(&work->signing);
	buf_clear(&work->entries);
	buf_clear(&work->extensions);
	buf_clear(&work->some);
	buf_clear(&work->authority);
}

static void add_one_extension(struct buf *out, const char *oid, bool critical,
			      struct span value)
{
	AUTO(work) work = { .version = 3 };

	add_extension(&work, oid, critical, value);
	buf_add(out, buf_span(&work.extensions));
}

static uint8_t reason_code(const char *name)
{
	static const struct {
		const char *name;
		uint8_t code;
	} table[] = {
		{ "key", 1 },    { "hold", 6 }, { "seven", 7 },
		{ "remove", 8 }, { "aa", 10 },
	};

	for (size_t i = 0; i < COUNT(table); i++)
		if (!strcmp(table[i].name, name))
			return table[i].code;
	abort();
}

/* HEX, HEX:REASON, HEX:REASON:ISSUER, HEX::ISSUER. */
static void add_entry(struct crl_work *work, char *word)
{
	AUTO(buf) extensions = BUF_INIT;
	AUTO(buf) serial = BUF_INIT;
	AUTO(buf) inside = BUF_INIT;
	AUTO(buf) value = BUF_INIT;
	AUTO(buf) names = BUF_INIT;
	char *reason = strchr(word, ':'),
	     *issuer = reason ? strchr(reason + 1, ':') : NULL;
	uint8_t code;

	if (reason)
		*reason++ = '\0';
	if (issuer)
		*issuer++ = '\0';
	add_hex(&serial, word);
	der_add(&inside, DER_INTEGER, buf_span(&serial));
	der_add(&inside, DER_UTC_TIME, SPAN("260301000000Z"));
	if (reason && *reason) {
		code = reason_code(reason);
		der_add(&value, DER_ENUMERATED, span_of(&code, 1));
		add_one_extension(&extensions, "2.5.29.21", false, buf_span(&value));
		value.n = 0;
	}
	if (issuer) {
		add_general_name(&names, "dir", issuer);
		der_add(&value, DER_SEQUENCE, buf_span(&names));
		add_one_extension(&extensions, "2.5.29.29", true, buf_span(&value));
	}
	if (work->strange)
		add_one_extension(&extensions, "1.2.3.4", true, SPAN("\x05\x00"));
	if (extensions.n)
		der_add(&inside, DER_SEQUENCE, buf_span(&extensions));
	der_add(&work->entries, DER_SEQUENCE, buf_span(&inside));
}

static bool crl_flag(struct crl_work *work, const char *word)
{
	const struct {
		const char *word;
		bool *flag;
	} table[] = {
		{ "endless", &work->endless },
		{ "v1", &work->v1 },
		{ "users", &work->users },
		{ "authorities", &work->authorities },
		{ "attributes", &work->attributes },
		{ "indirect", &work->indirect },
		{ "strange", &work->strange },
		{ "twice", &work->twice },
		{ "criticalnumber", &work->critical_number },
		{ "oddalgorithm", &work->odd_algorithm },
		{ "sha1", &work->signing.sha1 },
	};

	for (size_t i = 0; i < COUNT(table); i++)
		if (!strcmp(table[i].word, word))
			return *table[i].flag = true;
	if (strcmp(word, "nonumber"))
		return false;
	work->number = -1;
	return true;
}

static void crl_field(struct crl_work *work, const char *word, const char *value)
{
	if (!strcmp(word, "number"))
		work->number = atoi(value);
	else if (!strcmp(word, "base"))
		work->base = atoi(value);
	else if (!strcmp(word, "from"))
		snprintf(work->from, sizeof(work->from), "%s", value);
	else if (!strcmp(word, "until"))
		snprintf(work->until, sizeof(work->until), "%s", value);
	else if (!strcmp(word, "by"))
		snprintf(work->signing.by, sizeof(work->signing.by), "%s", value);
	else if (!strcmp(word, "point"))
		snprintf(work->point, sizeof(work->point), "%s", value);
	else if (!strcmp(word, "some"))
		add_hex(&work->some, value);
	else if (!strcmp(word, "akid"))
		add_hex(&work->authority, value);
	else if (!strcmp(word, "critical") || !strcmp(word, "unknown"))
		add_one_extension(&work->extensions, value, *word == 'c',
				  SPAN("\x05\x00"));
	else
		abort();
}

static void crl_word(struct crl_work *work, char *word)
{
	char *value = strchr(word, '=');

	if (!value && crl_flag(work, word))
		return;
	if (!value) {
		add_entry(work, word);
		return;
	}
	*value++ = '\0';
	crl_field(work, word, value);
}

static void add_numbers(struct crl_work *work)
{
	uint8_t number = (uint8_t)work->number, base = (uint8_t)work->base;
	AUTO(buf) value = BUF_INIT;

	if (work->number >= 0) {
		der_add(&value, DER_INTEGER, span_of(&number, 1));
		add_one_extension(&work->extensions, "2.5.29.20", work->critical_number,
				  buf_span(&value));
	}
	if (work->base >= 0) {
		value.n = 0;
		der_add(&value, DER_INTEGER, span_of(&base, 1));
		add_one_extension(&work->extensions, "2.5.29.27", true, buf_span(&value));
	}
}

static void add_scope(struct crl_work *work)
{
	const struct {
		uint8_t tag;
		bool set;
	} flags[] = { { 1, work->users },
		      { 2, work->authorities },
		      { 4, work->indirect },
		      { 5, work->attributes } };
	AUTO(buf) inside = BUF_INIT;
	AUTO(buf) value = BUF_INIT;

	add_point_name(&inside, work->point);
	for (size_t i = 0; i < COUNT(flags); i++) {
		if (flags[i].tag == 4 && work->some.n)
			der_add(&inside, DER_CONTEXT(3), buf_span(&work->some));
		if (flags[i].set)
			der_add(&inside, DER_CONTEXT(flags[i].tag), SPAN("\xff"));
	}
	if (!inside.n)
		return;
	der_add(&value, DER_SEQUENCE, buf_span(&inside));
	add_one_extension(&work->extensions, "2.5.29.28", true, buf_span(&value));
}

static void add_authority(struct crl_work *work)
{
	AUTO(buf) inside = BUF_INIT;
	AUTO(buf) value = BUF_INIT;

	if (!work->authority.n)
		return;
	der_add(&inside, DER_CONTEXT(0), buf_span(&work->authority));
	der_add(&value, DER_SEQUENCE, buf_span(&inside));
	add_one_extension(&work->extensions, "2.5.29.35", false, buf_span(&value));
}

static void add_crl_tbs(struct buf *out, struct crl_work *work)
{
	AUTO(buf) tbs = BUF_INIT;
	AUTO(buf) list = BUF_INIT;
	struct work inner = work->signing;

	inner.sha1 |= work->odd_algorithm;
	if (!work->v1)
		der_add(&tbs, DER_INTEGER, SPAN("\x01"));
	add_algorithm(&tbs, &inner);
	add_name(&tbs, work->issuer, span_of(NULL, 0));
	der_add(&tbs, DER_UTC_TIME, span_str(work->from + 2));
	if (!work->endless)
		der_add(&tbs, DER_UTC_TIME, span_str(work->until + 2));
	if (work->entries.n)
		der_add(&tbs, DER_SEQUENCE, buf_span(&work->entries));
	if (work->extensions.n) {
		der_add(&list, DER_SEQUENCE, buf_span(&work->extensions));
		der_add(&tbs, DER_CONTEXT_CONSTRUCTED(0), buf_span(&list));
	}
	der_add(out, DER_SEQUENCE, buf_span(&tbs));
}

/* Appends the list. */
static void forge_crl(struct buf *out, const char *text)
{
	AUTO(crl_work)
	work = { .from = "20260101000000Z",
		 .until = "20270101000000Z",
		 .number = 1,
		 .base = -1 };
	AUTO_FREE char *words = str_copy(text);
	AUTO(buf) body = BUF_INIT;
	char *save = NULL, *issuer = strtok_r(words, " ", &save);

	snprintf(work.issuer, sizeof(work.issuer), "%s", issuer);
	snprintf(work.signing.by, sizeof(work.signing.by), "%s", issuer);
	for (char *word = strtok_r(NULL, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		crl_word(&work, word);
	if (!work.v1) {
		add_numbers(&work);
		add_scope(&work);
		add_authority(&work);
	}
	if (work.twice)
		for (int i = 0; i < 2; i++)
			add_one_extension(&work.extensions, "1.2.3", false,
					  SPAN("\x05\x00"));
	add_crl_tbs(&body, &work);
	sign(&body, &work.signing);
	der_add(out, DER_SEQUENCE, buf_span(&body));
}

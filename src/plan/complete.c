/*
 * Completing a chain. The search says at which certificates it ended for lack of an issuer; for these,
 * issuers are looked for in this order: other stores that the user named (nothing leaves the machine),
 * then what the certificate's own CA Issuers URLs publish (RFC 5280 4.2.2.1). All of one round are asked
 * at once. What comes back must prove itself: same name, a CA, a key identifier that fits, and a signature
 * that verifies. Then the search goes on; cross-certificates are found as any other issuer.
 */
#include "plan/complete.h"

#include "base/i18n.h"
#include "x509/name.h"

struct reached {
	const struct pool_cert *cert;
	unsigned depth;	/* fetches between what was given and this */
	unsigned caps;	/* that kept its URLs from being asked */
	bool asked;	/* its URLs were consulted */
};

struct wish {
	const struct pool_cert *for_cert;
	char *url;
	uint32_t id;	/* of the request under way; 0: none of ours */
};

struct completion {
	struct validation *validation;
	const struct validate_options *options;
	struct url_memory *urls;
	int64_t deadline_ms;
	struct reached *reached;
	size_t n_reached, cap_reached;
	struct wish *wishes;	/* of the round under way */
	size_t n_wishes, cap_wishes;
	size_t asked;
};

static struct reached *reached(struct completion *run, const struct pool_cert *cert)
{
	for (size_t i = 0; i < run->n_reached; i++)
		if (run->reached[i].cert == cert)
			return &run->reached[i];
	GROW(run->reached, run->n_reached, run->cap_reached);
	run->reached[run->n_reached] = (struct reached){ .cert = cert };
	return &run->reached[run->n_reached++];
}

/* A bound keeps the issuer of cert from being looked for. */
static void meet_cap(struct completion *run, const struct pool_cert *cert, enum fetch_cap cap)
{
	run->validation->fetch_caps |= cap;
	reached(run, cert)->caps |= cap;
}

static bool key_id_fits(const struct cert *child, const struct cert *issuer)
{
	AUTO(error) err = ERROR_INIT;
	struct authority_key_id authority;
	struct span subject_id;

	if (!cert_authority_key_id(child, &authority, &err) ||
	    !cert_subject_key_id(issuer, &subject_id, &err))
		return false;
	return !authority.key_id.n || !subject_id.n || span_eq(authority.key_id, subject_id);
}

static bool signed_by(const struct cert *child, const struct cert *issuer)
{
	struct issuer_key *key = issuer_key_new(issuer);
	bool good = signature_verify(key, child) == SIGNATURE_GOOD;

	issuer_key_free(key);
	return good;
}

/* RFC 5280 6.1.3 (a)(1), (a)(4) and 6.1.4 (k): what a stranger must show before it is used. */
static bool issued_by(const struct cert *child, const struct cert *issuer)
{
	return name_equal(cert_part(child, child->issuer), cert_part(issuer, issuer->subject)) &&
	       settle_certificate(issuer) != SETTLED_NOT_A_CA && key_id_fits(child, issuer) &&
	       signed_by(child, issuer);
}

static bool is_root(const struct cert *cert)
{
	return cert_self_issued(cert) && issued_by(cert, cert);
}

/* The same of what issues nothing else, and so need be no CA. */
static bool is_self_signed(const struct cert *cert)
{
	return cert_self_issued(cert) && key_id_fits(cert, cert) && signed_by(cert, cert);
}

bool accepted_root(const struct cert *cert, enum added as, const struct validate_options *options)
{
	struct sha256 hash;

	if (!options->n_accept_roots)
		return false;
	hash = cert_sha256(cert);
	for (size_t i = 0; i < options->n_accept_roots; i++)
		if (sha256_eq(&hash, &options->accept_roots[i]))
			return as == ADDED_LEAF ? is_self_signed(cert) : is_root(cert);
	return false;
}

void settle_added(struct pool_cert *added, enum added as, const struct validate_options *options)
{
	if (added->trust != TRUST_ANCHOR && added->trust != TRUST_DISTRUSTED &&
	    accepted_root(&added->cert, as, options))
		added->trust = TRUST_ANCHOR;
}

/* Takes one proven issuer into the pool; false where it was there already. */
static bool take(struct completion *run, const struct cert *issuer, enum cert_from from,
		 const char *source, unsigned depth)
{
	struct validation *validation = run->validation;
	size_t before = pool_count(validation->pool);
	struct cert mine = *issuer;
	struct pool_cert *added;

	mine.der = arena_copy(&validation->gathered.arena, cert_der(issuer)).at;
	added = pool_add(validation->pool, &mine, from,
			 source ? arena_str(&validation->gathered.arena, source) : NULL, SIZE_MAX);
	if (pool_count(validation->pool) == before)
		return false;
	if (added->trust == TRUST_ANCHOR)
		added->from = FROM_STORE;	/* as if it had not been fetched */
	settle_added(added, ADDED_ISSUER, run->options);
	reached(run, added)->depth = depth;
	return true;
}

struct known_search {
	struct completion *run;
	const struct pool_cert *child;
	bool added;
};

static bool try_known(void *ctx, const struct entry *entry)
{
	struct known_search *search = ctx;
	const char *source = entry->origin ? entry->origin->ref : NULL;

	if (entry->trust != TRUST_DISTRUSTED && entry->trust != TRUST_INACTIVE &&
	    issued_by(&search->child->cert, &entry->cert) &&
	    take(search->run, &entry->cert, FROM_FILE, source,
		 reached(search->run, search->child)->depth))
		search->added = true;
	return true;
}

static bool from_known_stores(struct completion *run, const struct pool_cert *child)
{
	struct known_search search = { run, child, false };

	if (run->options->others)
		set_by_subject(run->options->others, cert_part(&child->cert, child->cert.issuer),
			       &search, try_known);
	return search.added;
}

/* One line a URL, whatever number of certificates name it. */
static struct fetched *note_fetch(struct validation *validation, const char *url)
{
	struct fetched *fetched;

	for (size_t i = 0; i < validation->n_fetches; i++)
		if (strcmp(validation->fetches[i].url, url) == 0)
			return &validation->fetches[i];
	GROW(validation->fetches, validation->n_fetches, validation->cap_fetches);
	fetched = &validation->fetches[validation->n_fetches++];
	*fetched = (struct fetched){ .url = str_copy(url), .kind = "ca-issuers" };
	return fetched;
}

static void note_text(struct fetched *fetched, const char *text)
{
	mem_free(fetched->text);
	fetched->text = str_copy(text);
}

static void note_refused(struct validation *validation, const char *url, const char *why)
{
	struct fetched *fetched = note_fetch(validation, url);

	fetched->outcome = NET_BAD_URL;
	note_text(fetched, why);
}

struct url_walk {
	struct completion *run;
	const struct pool_cert *cert;
	unsigned depth;
	size_t n;
};

/* What a URL cannot hold and C would end at: shown, so that it is not taken for the rest. */
static char *url_text(struct span url)
{
	AUTO(buf) text = BUF_INIT;

	for (size_t i = 0; i < url.n; i++)
		if (url.at[i])
			buf_add_byte(&text, url.at[i]);
		else
			buf_add_str(&text, "%00");
	return str_copy(buf_text(&text));
}

static bool is_fetchable(struct completion *run, struct span url, const char *text)
{
	const char *why = NULL;

	if (strncasecmp(text, "http://", 7) != 0 && strncasecmp(text, "https://", 8) != 0)
		why = _("only http and https are followed");
	else if (memchr(url.at, '\0', url.n))
		why = _("there is a NUL byte in it");
	if (why)
		note_refused(run->validation, text, why);
	return !why;
}

static void want_url(void *ctx, struct span url)
{
	struct url_walk *walk = ctx;
	struct completion *run = walk->run;
	AUTO_FREE char *text = url_text(url);

	if (walk->n++ >= FETCH_URLS_A_CERT) {
		meet_cap(run, walk->cert, FETCH_CAP_URLS);
		return;
	}
	if (!is_fetchable(run, url, text))
		return;
	if (walk->depth >= FETCH_DEPTH) {
		meet_cap(run, walk->cert, FETCH_CAP_DEPTH);
		return;
	}
	if (run->asked >= FETCH_TARGET_MOST) {
		meet_cap(run, walk->cert, FETCH_CAP_TARGET);
		return;
	}
	for (size_t i = 0; i < run->n_wishes; i++)
		if (run->wishes[i].for_cert == walk->cert && strcmp(run->wishes[i].url, text) == 0)
			return;
	run->asked++;
	GROW(run->wishes, run->n_wishes, run->cap_wishes);
	run->wishes[run->n_wishes++] = (struct wish){ walk->cert, str_copy(text), 0 };
}

static void want_issuers_of(struct completion *run, const struct pool_cert *cert)
{
	struct reached *at = reached(run, cert);
	struct url_walk walk = { run, cert, at->depth, 0 };
	AUTO(error) err = ERROR_INIT;

	if (at->asked)
		return;
	at->asked = true;
	/* A malformed extension is the path rules' to tell; here it only gives no URL. */
	if (!cert_access_urls(&cert->cert, ACCESS_CA_ISSUERS, &walk, want_url, &err))
		return;
}

/* The address rule: as private as the target's own address, no more (files: public only). */
static enum address_class allowed_class(const struct validation *validation)
{
	if (!validation->from_network || validation->presented.through_proxy)
		return ADDRESS_PUBLIC;
	return validation->presented.address_class;
}

static uint32_t left_ms(const struct completion *run, uint32_t most)
{
	int64_t left = run->deadline_ms - clock_monotonic_ms();

	return left <= 0 ? 0 : left < most ? (uint32_t)left : most;
}

static void ask(struct completion *run, struct wish *wish)
{
	struct net_get get = {
		.url = wish->url,
		.bytes_most = FETCH_BYTES_MOST,
		.deadline_ms = left_ms(run, run->options->fetch_ms),
		.redirects_most = 5,
		.allowed = allowed_class(run->validation),
		.allow_private = run->options->allow_private,
		.use_cache = run->options->use_cache,
	};

	if (url_claim(run->urls, wish->url, get.allowed) != URL_ASK)
		return;
	if (get.deadline_ms) {
		wish->id = net_get(run->options->net, &get);
	} else {
		url_answer(run->urls, wish->url, get.allowed, NULL, _("no time was left for it"));
		meet_cap(run, wish->for_cert, FETCH_CAP_TIME);
	}
}

static void await(struct completion *run, struct wish *wish)
{
	enum address_class allowed = allowed_class(run->validation);
	struct message answer = MESSAGE_INIT;
	AUTO(error) err = ERROR_INIT;

	if (!wish->id)
		return;
	/* The child keeps the deadline; a second more is for its answer to arrive. */
	if (net_wait(run->options->net, wish->id, &answer,
		     left_ms(run, run->options->fetch_ms) + 1000, &err))
		url_answer(run->urls, wish->url, allowed, &answer.got, NULL);
	else
		url_answer(run->urls, wish->url, allowed, NULL,
			   err.text ? err.text : _("no answer came in time"));
	message_clear(&answer);
}

struct linked {
	size_t n;	/* of the payload, that link */
	size_t added;	/* of these, that were not in the pool */
};

/* Keeps of a payload what links to child, directly or through another of the same payload. */
static struct linked link_payload(struct completion *run, const struct pool_cert *child,
				  const struct payload *payload, const char *url)
{
	const struct entry_set *certs = &payload->certs;
	enum cert_from from = payload->from_cache ? FROM_CACHE : FROM_NETWORK;
	AUTO_FREE bool *linked = mem_array(certs->n, sizeof(*linked));
	AUTO_FREE bool *seen = mem_array(certs->n, sizeof(*seen));
	unsigned depth = reached(run, child)->depth + 1;
	const struct cert *from_cert = &child->cert;
	struct linked kept = { 0, 0 };
	size_t next;

	do {
		next = certs->n;
		for (size_t i = 0; i < certs->n; i++) {
			if (!linked[i] && issued_by(from_cert, &certs->at[i].cert)) {
				linked[i] = true;
				kept.n++;
				kept.added += take(run, &certs->at[i].cert, from, url, depth);
			}
			if (linked[i] && !seen[i])
				next = i;
		}
		if (next < certs->n) {
			seen[next] = true;
			from_cert = &certs->at[next].cert;
		}
	} while (next < certs->n);
	return kept;
}

/* The time of the whole target is over, and not only that of one answer. */
static void note_late(struct completion *run, const struct wish *wish)
{
	if (!left_ms(run, 1))
		meet_cap(run, wish->for_cert, FETCH_CAP_TIME);
}

static bool gather(struct completion *run, const struct wish *wish)
{
	struct fetched *fetched = note_fetch(run->validation, wish->url);
	const struct payload *payload;
	struct linked linked;

	if (run->options->dry_run) {
		fetched->dry = true;
		note_text(fetched, _("not asked for: dry run"));
		return false;
	}
	payload = url_wait(run->urls, wish->url, allowed_class(run->validation),
			   run->deadline_ms + 1000);
	if (!payload) {
		fetched->outcome = NET_TIMEOUT;
		note_text(fetched, _("no answer came in time"));
		note_late(run, wish);
		return false;
	}
	if (payload->outcome == NET_TIMEOUT)
		note_late(run, wish);
	fetched->outcome = payload->outcome;
	note_text(fetched, payload->text);
	fetched->bytes = payload->bytes;
	fetched->milliseconds = payload->milliseconds;
	fetched->from_cache = payload->from_cache;
	linked = link_payload(run, wish->for_cert, payload, wish->url);
	fetched->certificates += linked.n;
	return linked.added > 0;
}

static void clear_wishes(struct completion *run)
{
	for (size_t i = 0; i < run->n_wishes; i++)
		mem_free(run->wishes[i].url);
	run->n_wishes = 0;
}

static bool fetch_round(struct completion *run, const struct pool_cert *const *dead_ends, size_t n)
{
	bool added = false;

	for (size_t i = 0; i < n; i++)
		want_issuers_of(run, dead_ends[i]);
	if (!run->options->dry_run)
		for (size_t i = 0; i < run->n_wishes; i++)
			ask(run, &run->wishes[i]);
	for (size_t i = 0; i < run->n_wishes; i++)
		await(run, &run->wishes[i]);
	for (size_t i = 0; i < run->n_wishes; i++)
		added |= gather(run, &run->wishes[i]);
	clear_wishes(run);
	return added;
}

static bool more_issuers(void *ctx, struct pool *pool, const struct pool_cert *const *dead_ends,
			 size_t n)
{
	struct completion *run = ctx;
	bool added = false;

	(void)pool;	/* it is validation->pool */
	for (size_t i = 0; i < n; i++)
		added |= from_known_stores(run, dead_ends[i]);
	if (added)
		return true;
	return run->options->fetch && fetch_round(run, dead_ends, n);
}

static bool is_gathered(const struct pool_cert *cert)
{
	return cert->trust == TRUST_UNSAID &&
	       (cert->from == FROM_NETWORK || cert->from == FROM_CACHE || cert->from == FROM_FILE);
}

static bool is_to_add(const struct validation *validation, const struct pool_cert *cert)
{
	for (size_t i = 0; i < validation->n_to_add; i++)
		if (validation->to_add[i] == cert)
			return true;
	return false;
}

static void collect_additions(struct completion *run, const struct path *path)
{
	struct validation *validation = run->validation;

	for (size_t i = 0; path->complete && i < path->n; i++) {
		const struct pool_cert *cert = path->at[i];
		bool named = cert->trust == TRUST_ANCHOR &&
			     accepted_root(&cert->cert, i ? ADDED_ISSUER : ADDED_LEAF, run->options);

		if ((!named && !(i && is_gathered(cert) && !cert_self_issued(&cert->cert))) ||
		    is_to_add(validation, cert))
			continue;
		GROW(validation->to_add, validation->n_to_add, validation->cap_to_add);
		validation->to_add[validation->n_to_add++] = cert;
	}
}

static void find_fetched_root(struct validation *validation)
{
	for (size_t i = 0; i < pool_count(validation->pool); i++) {
		const struct pool_cert *cert = pool_at(validation->pool, i);

		if ((cert->from == FROM_NETWORK || cert->from == FROM_CACHE) &&
		    cert->trust == TRUST_UNSAID && is_root(&cert->cert)) {
			validation->fetched_root = cert;
			return;
		}
	}
}

void complete_for(struct validation *validation, const struct validate_options *options,
		  const struct client_rules *client, struct path *path)
{
	struct completion run = { .validation = validation, .options = options };
	struct path_rules rules = options->rules;
	AUTO(error) err = ERROR_INIT;

	run.urls = options->urls ? options->urls : url_memory_new();
	run.deadline_ms = clock_monotonic_ms() + options->target_ms;
	rules.name = validation->name;
	rules.client = client;
	if (options->fetch || options->others) {
		rules.more_issuers = more_issuers;
		rules.ctx = &run;
	}
	if (!path_find(validation->pool, validation->leaf, &rules, options->at, path, &err))
		finding_add(&validation->findings, FINDING_MALFORMED)->text = str_copy(err.text);
	collect_additions(&run, path);
	if (!path->complete) {
		find_fetched_root(validation);
		if (path->n)
			validation->end_caps = reached(&run, path->at[path->n - 1])->caps;
	}
	clear_wishes(&run);
	mem_free(run.wishes);
	mem_free(run.reached);
	if (!options->urls)
		url_memory_free(run.urls);
}

void complete_chain(struct validation *validation, const struct validate_options *options)
{
	complete_for(validation, options, options->rules.client, &validation->path);
}

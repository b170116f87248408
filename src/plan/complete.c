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

/* RFC 5280 6.1.3 (a)(1), (a)(4) and 6.1.4 (k): what a stranger must show before it is used. */
static bool issued_by(const struct cert *child, const struct cert *issuer)
{
	struct issuer_key *key;
	bool good;

	if (!name_equal(cert_part(child, child->issuer), cert_part(issuer, issuer->subject)) ||
	    settle_certificate(issuer) == SETTLED_NOT_A_CA || !key_id_fits(child, issuer))
		return false;
	key = issuer_key_new(issuer);
	good = signature_verify(key, child) == SIGNATURE_GOOD;
	issuer_key_free(key);
	return good;
}

static bool is_root(const struct cert *cert)
{
	return cert_self_issued(cert) && issued_by(cert, cert);
}

bool accepted_root(const struct cert *cert, const struct validate_options *options)
{
	struct sha256 hash;

	if (!options->n_accept_roots || !is_root(cert))
		return false;
	hash = cert_sha256(cert);
	for (size_t i = 0; i < options->n_accept_roots; i++)
		if (sha256_eq(&hash, &options->accept_roots[i]))
			return true;
	return false;
}

void settle_added(struct pool_cert *added, const struct validate_options *options)
{
	if (added->trust != TRUST_ANCHOR && added->trust != TRUST_DISTRUSTED &&
	    accepted_root(&added->cert, options))
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
	settle_added(added, run->options);
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

static struct fetched *note_fetch(struct validation *validation, const char *url)
{
	struct fetched *fetched;

	GROW(validation->fetches, validation->n_fetches, validation->cap_fetches);
	fetched = &validation->fetches[validation->n_fetches++];
	*fetched = (struct fetched){ .url = str_copy(url), .kind = "ca-issuers" };
	return fetched;
}

static void note_refused(struct validation *validation, const char *url, const char *why)
{
	struct fetched *fetched = note_fetch(validation, url);

	fetched->outcome = NET_BAD_URL;
	fetched->text = str_copy(why);
}

struct url_walk {
	struct completion *run;
	const struct pool_cert *cert;
	size_t n;
};

static void want_url(void *ctx, struct span url)
{
	struct url_walk *walk = ctx;
	struct completion *run = walk->run;
	AUTO_FREE char *text = str_of(url);

	if (walk->n++ >= FETCH_URLS_A_CERT) {
		run->validation->fetch_caps |= FETCH_CAP_URLS;
		return;
	}
	if (strncasecmp(text, "http://", 7) != 0 && strncasecmp(text, "https://", 8) != 0) {
		note_refused(run->validation, text, _("only http and https are followed"));
		return;
	}
	if (run->asked >= FETCH_TARGET_MOST) {
		run->validation->fetch_caps |= FETCH_CAP_TARGET;
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
	struct url_walk walk = { run, cert, 0 };
	AUTO(error) err = ERROR_INIT;

	if (at->asked)
		return;
	at->asked = true;
	if (at->depth >= FETCH_DEPTH) {
		run->validation->fetch_caps |= FETCH_CAP_DEPTH;
		return;
	}
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
	if (get.deadline_ms)
		wish->id = net_get(run->options->net, &get);
	else
		url_answer(run->urls, wish->url, get.allowed, NULL, _("no time was left for it"));
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

/* Keeps of a payload what links to child, directly or through another of the same payload. */
static size_t link_payload(struct completion *run, const struct pool_cert *child,
			   const struct payload *payload, const char *url)
{
	const struct entry_set *certs = &payload->certs;
	enum cert_from from = payload->from_cache ? FROM_CACHE : FROM_NETWORK;
	AUTO_FREE bool *linked = mem_array(certs->n, sizeof(*linked));
	AUTO_FREE bool *seen = mem_array(certs->n, sizeof(*seen));
	unsigned depth = reached(run, child)->depth + 1;
	const struct cert *from_cert = &child->cert;
	size_t kept = 0, next;

	do {
		next = certs->n;
		for (size_t i = 0; i < certs->n; i++) {
			if (!linked[i] && issued_by(from_cert, &certs->at[i].cert)) {
				linked[i] = true;
				kept += take(run, &certs->at[i].cert, from, url, depth);
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

static bool gather(struct completion *run, const struct wish *wish)
{
	struct fetched *fetched = note_fetch(run->validation, wish->url);
	const struct payload *payload;

	if (run->options->dry_run) {
		fetched->dry = true;
		fetched->text = str_copy(_("not asked for: dry run"));
		return false;
	}
	payload = url_wait(run->urls, wish->url, allowed_class(run->validation),
			   run->deadline_ms + 1000);
	if (!payload) {
		fetched->outcome = NET_TIMEOUT;
		fetched->text = str_copy(_("no answer came in time"));
		return false;
	}
	fetched->outcome = payload->outcome;
	fetched->text = str_copy(payload->text);
	fetched->bytes = payload->bytes;
	fetched->milliseconds = payload->milliseconds;
	fetched->from_cache = payload->from_cache;
	fetched->certificates = link_payload(run, wish->for_cert, payload, wish->url);
	return fetched->certificates > 0;
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

static void collect_additions(struct completion *run)
{
	struct validation *validation = run->validation;
	const struct path *path = &validation->path;

	for (size_t i = 1; path->complete && i < path->n; i++) {
		const struct pool_cert *cert = path->at[i];
		bool named = cert->trust == TRUST_ANCHOR &&
			     accepted_root(&cert->cert, run->options);

		if (!named && !(is_gathered(cert) && !cert_self_issued(&cert->cert)))
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

void complete_chain(struct validation *validation, const struct validate_options *options)
{
	struct completion run = { .validation = validation, .options = options };
	struct path_rules rules = options->rules;
	AUTO(error) err = ERROR_INIT;

	run.urls = options->urls ? options->urls : url_memory_new();
	run.deadline_ms = clock_monotonic_ms() + options->target_ms;
	rules.name = validation->name;
	if (options->fetch || options->others) {
		rules.more_issuers = more_issuers;
		rules.ctx = &run;
	}
	if (!path_find(validation->pool, validation->leaf, &rules, options->at, &validation->path,
		       &err))
		finding_add(&validation->findings, FINDING_MALFORMED)->text = str_copy(err.text);
	collect_additions(&run);
	if (!validation->path.complete)
		find_fetched_root(validation);
	clear_wishes(&run);
	mem_free(run.wishes);
	mem_free(run.reached);
	if (!options->urls)
		url_memory_free(run.urls);
}

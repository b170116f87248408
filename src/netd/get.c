/* One URL: hop by hop, each judged anew, within caps on bytes, redirects and time. */
#include "netd/get.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "netd/cache.h"
#include "netd/header.h"
#include "netd/hop.h"
#include "netd/url.h"

#include <time.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#define USER_AGENT      "rootcellar/" PACKAGE_VERSION
#define BODY_MOST       (MESSAGE_MOST - ((size_t)64 << 10))
#define FAILURE_SECONDS 60 /* how long a failure is remembered */
#define TIMEOUT_MS_LEAST \
	5000 /* a request in a greater hurry says nothing about the server */

struct get {
	struct job job;
	struct net_get request;
	struct url url; /* of the hop under way */
	struct hop hop;
	struct timer timer;
	uint8_t redirects;
	enum address_class class; /* the most private of all hops */
	bool through_proxy;
	struct header header; /* of the answer that comes */
	struct buf body;
	size_t body_most;
	bool too_large;
	struct curl_slist *conditions;
	struct cached cached; /* what is known of the URL, perhaps stale */
	bool is_cached;
};

static void free_get(struct get *get)
{
	loop_unset_timer(get->job.work->loop, &get->timer);
	hop_clear(&get->hop);
	curl_slist_free_all(get->conditions);
	header_clear(&get->header);
	cached_clear(&get->cached);
	buf_clear(&get->body);
	url_clear(&get->url);
	mem_free(get->request.url);
	mem_free(get);
}

static void stop(struct job *job)
{
	struct get *get = HOLDER(job, struct get, job);

	work_remove(job->work, job);
	free_get(get);
}

/* Writes the answer, which borrows all that it holds, and ends the job. */
static void answer(struct get *get, struct net_got *got)
{
	got->milliseconds = job_spent(&get->job);
	net_got_write(&get->job.work->stream.out, get->job.id, got);
	stop(&get->job);
}

static void answer_cached(struct get *get)
{
	const struct cached *cached = &get->cached;
	struct net_got got = {
		.outcome = cached->outcome,
		.text = cached->text,
		.status = cached->status,
		.final_url = cached->final_url,
		.from_cache = 1,
		.through_proxy = get->through_proxy,
		.redirects = cached->redirects,
		.body = cached->body,
	};

	answer(get, &got);
}

/* A failure that another try within the minute would only repeat. */
static bool worth_remembering(const struct get *get, enum net_outcome outcome)
{
	switch (outcome) {
	case NET_NO_NAME:
	case NET_REFUSED:
	case NET_UNREACHABLE:
	case NET_HANDSHAKE:
	case NET_CLOSED:
	case NET_HTTP_STATUS:
		return true;
	case NET_TIMEOUT:
		return get->request.deadline_ms >= TIMEOUT_MS_LEAST;
	default:
		return false;
	}
}

/* What the network gave goes to the cache; a failure does not replace what was good once.
 */
static void remember(struct get *get, const struct net_got *got)
{
	bool good = got->outcome == NET_GOOD;
	struct cached cached = {
		.outcome = got->outcome,
		.status = got->status,
		.text = got->text,
		.final_url = got->final_url,
		.redirects = got->redirects,
		.class = get->through_proxy ? ADDRESS_UNKNOWN : get->class,
		/* The validators of where a redirect led say nothing about the URL that
		   was asked for. */
		.etag = got->redirects ? NULL : get->header.etag,
		.modified = got->redirects ? NULL : get->header.modified,
		.fresh_until = time(NULL) + (good ? header_fresh_seconds(&get->header)
						  : FAILURE_SECONDS),
		.body = got->body,
	};

	if (!get->request.use_cache || (good && get->header.no_store))
		return;
	if (good || (worth_remembering(get, got->outcome) && !get->is_cached))
		cache_write(get->job.work->cache, get->request.url, &cached);
}

static void finish(struct get *get, enum net_outcome outcome, const char *text)
{
	struct net_got got = {
		.outcome = outcome,
		.text = (char *)text,
		.status = get->header.status,
		.final_url = get->url.text,
		.through_proxy = get->through_proxy,
		.redirects = get->redirects,
	};

	if (outcome == NET_GOOD)
		got.body = buf_span(&get->body);
	remember(get, &got);
	answer(get, &got);
}

/* The URL was asked for with what we knew of it, and that still holds. */
static void finish_not_modified(struct get *get)
{
	get->cached.fresh_until = time(NULL) + header_fresh_seconds(&get->header);
	cache_write(get->job.work->cache, get->request.url, &get->cached);
	answer_cached(get);
}

static void on_timer(struct timer *timer)
{
	struct get *get = HOLDER(timer, struct get, timer);

	finish(get, NET_TIMEOUT,
	       get->hop.lookup.query ? _("no answer from the name server in time")
				     : _("no whole answer in time"));
}

static size_t on_body(char *at, size_t size, size_t n, void *ctx)
{
	struct get *get = ctx;

	n *= size;
	if (n > get->body_most - get->body.n) {
		get->too_large = true;
		return 0;
	}
	buf_add(&get->body, span_of(at, n));
	return n;
}

static size_t on_header(char *at, size_t size, size_t n, void *ctx)
{
	struct get *get = ctx;

	n *= size;
	if (header_add(&get->header, span_of(at, n)))
		return n;
	get->too_large = true;
	return 0;
}

static void begin(struct get *get);

static void follow(struct get *get)
{
	AUTO_FREE char *why_text = NULL;
	struct url next = URL_INIT;
	const char *why;

	if (get->redirects == get->request.redirects_most) {
		finish(get, NET_REDIRECTS, _("too many redirects"));
		return;
	}
	if (!url_parse(&next, get->url.text, get->header.location, &why)) {
		why_text = str_format(_("redirected to what is not taken: %s"), why);
		finish(get, NET_REDIRECTS, why_text);
		return;
	}
	get->redirects++;
	url_clear(&get->url);
	get->url = next;
	hop_clear(&get->hop);
	begin(get);
}

/* The status lines that lead elsewhere (RFC 9110 15.4). */
static bool is_redirect(const struct header *header)
{
	switch (header->status) {
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return header->location != NULL;
	default:
		return false;
	}
}

static void finish_status(struct get *get)
{
	AUTO_FREE char *text =
		str_format(_("HTTP status %u"), (unsigned)get->header.status);

	if (get->header.status == 407 && get->through_proxy)
		finish(get, NET_PROXY, text);
	else
		finish(get, NET_HTTP_STATUS, text);
}

static void note_hop(struct get *get)
{
	struct address address;
	enum address_class class;

	get->through_proxy = get->through_proxy || hop_through_proxy(&get->hop);
	if (!hop_reached(&get->hop, &address))
		return;
	class = address_class(&address);
	if (class > get->class)
		get->class = class;
}

static void finish_too_large(struct get *get)
{
	AUTO_FREE char *text =
		str_format(_("the answer has more than %zu bytes"), get->body_most);

	finish(get, NET_TOO_LARGE, text);
}

static void on_done(struct transfer *transfer, CURLcode result)
{
	struct hop *hop = HOLDER(transfer, struct hop, transfer);
	struct get *get = HOLDER(hop, struct get, hop);
	const char *text;
	enum net_outcome outcome = hop_judge(hop, result, &text);
	AUTO_FREE char *words = hop_words(hop, outcome, text);

	note_hop(get);
	if (get->too_large || result == CURLE_FILESIZE_EXCEEDED)
		finish_too_large(get);
	else if (outcome != NET_GOOD)
		finish(get, outcome, words);
	else if (get->header.status == 304 && get->conditions)
		finish_not_modified(get);
	else if (is_redirect(&get->header))
		follow(get);
	else if (get->header.status != 200)
		finish_status(get);
	else
		finish(get, NET_GOOD, "");
}

/* Asks for the body only if it is not the one that the cache holds (RFC 9110 13.1). */
static void add_condition(struct get *get, const char *field, const char *value)
{
	AUTO_FREE char *line =
		value && *value ? str_format("%s: %s", field, value) : NULL;

	if (line)
		get->conditions = curl_slist_append(get->conditions, line);
}

static void set_conditions(struct get *get)
{
	curl_slist_free_all(get->conditions);
	get->conditions = NULL;
	if (!get->is_cached || get->cached.outcome != NET_GOOD || get->redirects)
		return;
	add_condition(get, "If-None-Match", get->cached.etag);
	add_condition(get, "If-Modified-Since", get->cached.modified);
}

/*
 * https is not verified: what is fetched proves itself, and a server whose certificate is
 * broken is what this program is asked about.
 */
static void on_ready(struct hop *hop)
{
	struct get *get = HOLDER(hop, struct get, hop);
	CURL *easy = hop->transfer.easy;

	header_clear(&get->header);
	get->body.n = 0;
	set_conditions(get);
	curl_easy_setopt(easy, CURLOPT_URL, get->url.text);
	curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, USER_AGENT);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, get->conditions);
	curl_easy_setopt(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
	curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	curl_easy_setopt(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
	curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)get->body_most);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, get);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, get);
	hop->transfer.done = on_done;
	loop_start_transfer(get->job.work->loop, &hop->transfer);
}

static void on_failed(struct hop *hop, enum net_outcome outcome, const char *text)
{
	struct get *get = HOLDER(hop, struct get, hop);

	note_hop(get);
	finish(get, outcome, text);
}

static struct address_rule rule_of(const struct net_get *request)
{
	/* Unknown: nothing is known of the target's own address, so that only link-local
	 * is barred. */
	return (struct address_rule){
		.allowed = request->allowed,
		.allow_private =
			request->allow_private || request->allowed == ADDRESS_UNKNOWN,
	};
}

static void begin(struct get *get)
{
	get->hop = (struct hop){
		.work = get->job.work,
		.scheme = get->url.scheme,
		.host = get->url.host,
		.port = get->url.port,
		.rule = rule_of(&get->request),
		.ready = on_ready,
		.failed = on_failed,
	};
	hop_begin(&get->hop);
}

/* What the cache holds may be used where the rule would let us ask for it. */
static bool serve_from_cache(struct get *get)
{
	struct address_rule rule = rule_of(&get->request);
	struct cached *cached = &get->cached;

	if (!get->request.use_cache ||
	    !cache_read(get->job.work->cache, get->request.url, cached))
		return false;
	if (cached->class != ADDRESS_UNKNOWN && !address_allowed(&rule, cached->class))
		return false;
	if (cached->outcome == NET_GOOD && cached->body.n > get->body_most)
		return false;
	get->is_cached = cached->outcome == NET_GOOD;
	return time(NULL) < cached->fresh_until;
}

void get_start(struct work *work, struct message *request)
{
	struct get *get = mem_zalloc(sizeof(*get));
	const char *why;

	get->job = (struct job){ .id = request->id, .kind = MESSAGE_GET, .stop = stop };
	get->request = request->get;
	get->hop.work = work;
	get->timer.due = on_timer;
	get->body_most =
		request->get.bytes_most < BODY_MOST ? request->get.bytes_most : BODY_MOST;
	work_add(work, &get->job);
	loop_set_timer(work->loop, &get->timer,
		       get->job.started_ms + get->request.deadline_ms);
	if (!url_parse(&get->url, NULL, get->request.url, &why))
		finish(get, NET_BAD_URL, why);
	else if (serve_from_cache(get))
		answer_cached(get);
	else
		begin(get);
}

/* The memory of a run: each URL is asked for once. */
#include "plan/urls.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/format.h"
#include "plan/complete.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <time.h>

struct known_url {
	char *url;
	enum address_class allowed;
	bool answered;
	struct payload payload;
};

struct url_memory {
	pthread_mutex_t lock;
	pthread_cond_t answered;
	struct known_url **at;	/* pointers: payloads are handed out while the array grows */
	size_t n, cap;
};

struct url_memory *url_memory_new(void)
{
	struct url_memory *urls = mem_zalloc(sizeof(*urls));
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&urls->lock, NULL);
	pthread_cond_init(&urls->answered, &attr);
	pthread_condattr_destroy(&attr);
	return urls;
}

void url_memory_free(struct url_memory *urls)
{
	if (!urls)
		return;
	for (size_t i = 0; i < urls->n; i++) {
		mem_free(urls->at[i]->url);
		mem_free(urls->at[i]->payload.text);
		entry_set_clear(&urls->at[i]->payload.certs);
		mem_free(urls->at[i]);
	}
	mem_free(urls->at);
	pthread_cond_destroy(&urls->answered);
	pthread_mutex_destroy(&urls->lock);
	mem_free(urls);
}

/* A run asks for hundreds of URLs at most (32 a target): a walk is enough. The lock is held. */
static struct known_url *find(struct url_memory *urls, const char *url,
			      enum address_class allowed)
{
	for (size_t i = 0; i < urls->n; i++)
		if (urls->at[i]->allowed == allowed && strcmp(urls->at[i]->url, url) == 0)
			return urls->at[i];
	return NULL;
}

enum url_claim url_claim(struct url_memory *urls, const char *url,
			 enum address_class allowed)
{
	struct known_url *known;
	enum url_claim claim = URL_ASK;

	pthread_mutex_lock(&urls->lock);
	known = find(urls, url, allowed);
	if (known) {
		claim = known->answered ? URL_ANSWERED : URL_UNDER_WAY;
	} else {
		known = mem_zalloc(sizeof(*known));
		known->url = str_copy(url);
		known->allowed = allowed;
		GROW(urls->at, urls->n, urls->cap);
		urls->at[urls->n++] = known;
	}
	pthread_mutex_unlock(&urls->lock);
	return claim;
}

static const struct format *payload_format(struct span body)
{
	static const struct format *const taken[] = { &format_der, &format_pkcs7, &format_pem };
	const struct format *best = NULL;
	enum probe likely = PROBE_NO;

	for (size_t i = 0; i < COUNT(taken); i++) {
		enum probe probe = taken[i]->probe(body, true);

		if (probe > likely) {
			likely = probe;
			best = taken[i];
		}
	}
	return best;
}

bool payload_read(struct entry_set *set, struct span body, size_t most, struct error *err)
{
	struct entry_sink sink = { .set = set, .path = "" };
	const struct format *format = payload_format(body);
	AUTO_FREE bool *beyond = NULL;

	if (!body.n)
		return error_fail(err, STATUS_FINDING, _("the answer is empty"));
	if (!format)
		return error_fail(err, STATUS_FINDING,
				  _("the answer is neither DER, PEM nor PKCS#7"));
	if (!format->read(body, &sink, err))
		return false;
	if (!set->n)
		return error_fail(err, STATUS_FINDING, _("the answer holds no certificate"));
	beyond = mem_array(set->n, sizeof(*beyond));
	for (size_t i = most; i < set->n; i++)
		beyond[i] = true;
	set_remove(set, beyond);
	return true;
}

/* What is not checked on the way is said: certificates prove themselves. */
static char *what_it_held(const struct net_got *got, const struct entry_set *certs)
{
	AUTO(buf) text = BUF_INIT;
	const char *url = got->final_url ? got->final_url : "";

	buf_addf(&text, ngettext("%zu certificate", "%zu certificates", (unsigned long)certs->n),
		 certs->n);
	if (strncasecmp(url, "https://", 8) == 0)
		buf_add_str(&text, _(", from a server that was not verified"));
	if (got->through_proxy)
		buf_add_str(&text, _(", through a proxy: which addresses may be asked is the "
				     "proxy's to check"));
	return buf_steal(&text);
}

static void fill(struct payload *payload, const struct net_got *got, const char *text)
{
	AUTO(error) err = ERROR_INIT;
	struct span body;

	if (!got) {
		payload->outcome = NET_FAILED;
		payload->text = str_copy(text);
		return;
	}
	payload->outcome = got->outcome;
	payload->bytes = got->body.n;
	payload->milliseconds = got->milliseconds;
	payload->from_cache = got->from_cache;
	if (got->outcome != NET_GOOD) {
		payload->text = str_copy(got->text);
		return;
	}
	/* Readers may borrow the bytes, which die with the message. */
	body = arena_copy(&payload->certs.arena, got->body);
	if (payload_read(&payload->certs, body, FETCH_PKCS7_MOST, &err))
		payload->text = what_it_held(got, &payload->certs);
	else
		payload->text = str_copy(err.text);
}

void url_answer(struct url_memory *urls, const char *url, enum address_class allowed,
		const struct net_got *got, const char *text)
{
	struct known_url *known;

	pthread_mutex_lock(&urls->lock);
	known = find(urls, url, allowed);
	assert(known && !known->answered);
	fill(&known->payload, got, text);
	known->answered = true;
	pthread_cond_broadcast(&urls->answered);
	pthread_mutex_unlock(&urls->lock);
}

const struct payload *url_wait(struct url_memory *urls, const char *url,
			       enum address_class allowed, int64_t deadline_ms)
{
	struct timespec until = { .tv_sec = deadline_ms / 1000,
				  .tv_nsec = (deadline_ms % 1000) * 1000000 };
	const struct payload *payload = NULL;
	struct known_url *known;
	int waited = 0;

	pthread_mutex_lock(&urls->lock);
	known = find(urls, url, allowed);
	while (known && !known->answered && waited != ETIMEDOUT)
		waited = pthread_cond_timedwait(&urls->answered, &urls->lock, &until);
	if (known && known->answered)
		payload = &known->payload;
	pthread_mutex_unlock(&urls->lock);
	return payload;
}

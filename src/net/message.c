/*
 * Messages between the two programs, written and read. The reader trusts neither side:
 * every length is checked against what is left of the frame and against its own bound
 * before anything is copied.
 */
#include "net/message.h"

#define LENGTH_SIZE 4
#define OCSP_MOST   ((size_t)256 << 10)
#define BODY_MOST \
	(MESSAGE_MOST - ((size_t)64 << 10)) /* leaves room for the other fields */

/* Names that JSON output promises; by enum net_outcome. */
static const char *const outcome_names[] = {
	[NET_GOOD] = "good",
	[NET_NO_NAME] = "no-name",
	[NET_TIMEOUT] = "timeout",
	[NET_REFUSED] = "refused",
	[NET_UNREACHABLE] = "unreachable",
	[NET_PROXY] = "proxy",
	[NET_NOT_TLS] = "not-tls",
	[NET_HANDSHAKE] = "handshake",
	[NET_TOO_LARGE] = "too-large",
	[NET_CLOSED] = "closed",
	[NET_HTTP_STATUS] = "http-status",
	[NET_REDIRECTS] = "redirects",
	[NET_ADDRESS] = "address-rule",
	[NET_BAD_URL] = "bad-url",
	[NET_FAILED] = "failed",
};

const char *net_outcome_name(enum net_outcome outcome)
{
	return (size_t)outcome < COUNT(outcome_names) ? outcome_names[outcome] : "failed";
}

/* Writing */

static void put_u8(struct buf *out, unsigned value)
{
	buf_add_byte(out, (uint8_t)value);
}

static void put_u32(struct buf *out, uint32_t value)
{
	uint8_t bytes[4] = { (uint8_t)value, (uint8_t)(value >> 8),
			     (uint8_t)(value >> 16), (uint8_t)(value >> 24) };

	buf_add(out, span_of(bytes, sizeof(bytes)));
}

static void put_bytes(struct buf *out, struct span bytes)
{
	put_u32(out, (uint32_t)bytes.n);
	buf_add(out, bytes);
}

/* No text is longer than the reader takes: what a server says is cut, and net.c refuses
 * longer requests. */
static void put_text(struct buf *out, const char *text)
{
	put_bytes(out, span_of(text, text ? strnlen(text, MESSAGE_TEXT_MOST) : 0));
}

/* Begins a frame; returns where, for close_frame. */
static size_t open_frame(struct buf *out, enum message_kind kind, uint32_t id)
{
	size_t start = out->n;

	put_u32(out, 0);
	put_u8(out, kind);
	put_u32(out, id);
	return start;
}

static void close_frame(struct buf *out, size_t start)
{
	uint32_t length = (uint32_t)(out->n - start - LENGTH_SIZE);

	for (int i = 0; i < LENGTH_SIZE; i++)
		out->at[start + (size_t)i] = (uint8_t)(length >> (8 * i));
}

void net_settings_write(struct buf *out, const struct net_settings *settings)
{
	size_t start = open_frame(out, MESSAGE_SETTINGS, 0);

	put_text(out, settings->proxy);
	put_u32(out, settings->connect_ms);
	put_u32(out, settings->handshake_ms);
	put_text(out, settings->cache);
	close_frame(out, start);
}

void net_dial_write(struct buf *out, uint32_t id, const struct net_dial *dial)
{
	size_t start = open_frame(out, MESSAGE_DIAL, id);

	put_text(out, dial->host);
	put_text(out, dial->sni);
	put_u32(out, dial->port);
	put_u8(out, dial->family);
	put_u32(out, dial->deadline_ms);
	close_frame(out, start);
}

void net_get_write(struct buf *out, uint32_t id, const struct net_get *get)
{
	size_t start = open_frame(out, MESSAGE_GET, id);

	put_text(out, get->url);
	put_u32(out, get->bytes_most);
	put_u32(out, get->deadline_ms);
	put_u8(out, get->redirects_most);
	put_u8(out, get->allowed);
	put_u8(out, get->allow_private);
	put_u8(out, get->use_cache);
	close_frame(out, start);
}

void net_cancel_write(struct buf *out, uint32_t id)
{
	close_frame(out, open_frame(out, MESSAGE_CANCEL, id));
}

void net_presented_write(struct buf *out, uint32_t id,
			 const struct net_presented *presented)
{
	size_t start = open_frame(out, MESSAGE_PRESENTED, id);

	put_u8(out, presented->outcome);
	put_text(out, presented->text);
	put_text(out, presented->address);
	put_u8(out, presented->address_class);
	put_u8(out, presented->through_proxy);
	put_text(out, presented->tls_version);
	put_text(out, presented->cipher);
	put_text(out, presented->group);
	put_u8(out, presented->key_shown);
	put_u8(out, presented->client_certificate_asked);
	put_u8(out, presented->after_alert);
	put_text(out, presented->alert);
	put_u32(out, (uint32_t)presented->n_certs);
	for (size_t i = 0; i < presented->n_certs; i++)
		put_bytes(out, presented->certs[i]);
	put_bytes(out, presented->ocsp);
	put_u32(out, presented->milliseconds);
	close_frame(out, start);
}

void net_got_write(struct buf *out, uint32_t id, const struct net_got *got)
{
	size_t start = open_frame(out, MESSAGE_GOT, id);

	put_u8(out, got->outcome);
	put_text(out, got->text);
	put_u32(out, got->status);
	put_text(out, got->final_url);
	put_u8(out, got->from_cache);
	put_u8(out, got->through_proxy);
	put_u8(out, got->redirects);
	put_bytes(out, got->body);
	put_u32(out, got->milliseconds);
	close_frame(out, start);
}

/* Reading: what is left of the frame. After the first fault everything reads as nothing.
 */

struct input {
	struct span left;
	bool bad;
};

static struct span take(struct input *in, size_t n)
{
	struct span taken = { in->left.at, n };

	if (in->bad || n > in->left.n) {
		in->bad = true;
		return (struct span){ NULL, 0 };
	}
	in->left = span_from(in->left, n);
	return taken;
}

static uint32_t get_u32(struct input *in)
{
	struct span s = take(in, 4);

	if (!s.n)
		return 0;
	return (uint32_t)s.at[0] | (uint32_t)s.at[1] << 8 | (uint32_t)s.at[2] << 16 |
	       (uint32_t)s.at[3] << 24;
}

/* A number of at most most. */
static uint8_t get_u8(struct input *in, unsigned most)
{
	struct span s = take(in, 1);

	if (!s.n || s.at[0] > most) {
		in->bad = true;
		return 0;
	}
	return s.at[0];
}

static uint8_t get_bool(struct input *in)
{
	return get_u8(in, 1);
}

static struct span take_bytes(struct input *in, size_t most)
{
	size_t n = get_u32(in);

	if (n > most)
		in->bad = true;
	return take(in, n);
}

static char *get_text(struct input *in)
{
	struct span s = take_bytes(in, MESSAGE_TEXT_MOST);

	if (s.n && memchr(s.at, '\0', s.n))
		in->bad = true;
	return str_of(in->bad ? (struct span){ NULL, 0 } : s);
}

static struct span get_bytes(struct input *in, size_t most)
{
	struct span s = take_bytes(in, most);

	return s.n ? span_of(mem_copy(s), s.n) : (struct span){ NULL, 0 };
}

static void get_settings(struct input *in, struct net_settings *settings)
{
	settings->proxy = get_text(in);
	settings->connect_ms = get_u32(in);
	settings->handshake_ms = get_u32(in);
	settings->cache = get_text(in);
}

static void get_dial(struct input *in, struct net_dial *dial)
{
	uint32_t port;

	dial->host = get_text(in);
	dial->sni = get_text(in);
	port = get_u32(in);
	if (port == 0 || port > UINT16_MAX)
		in->bad = true;
	dial->port = (uint16_t)port;
	dial->family = get_u8(in, 6);
	if (dial->family != 0 && dial->family != 4 && dial->family != 6)
		in->bad = true;
	dial->deadline_ms = get_u32(in);
}

static void get_get(struct input *in, struct net_get *get)
{
	get->url = get_text(in);
	get->bytes_most = get_u32(in);
	get->deadline_ms = get_u32(in);
	get->redirects_most = get_u8(in, UINT8_MAX);
	get->allowed = get_u8(in, ADDRESS_UNKNOWN);
	get->allow_private = get_bool(in);
	get->use_cache = get_bool(in);
}

static void get_certs(struct input *in, struct net_presented *presented)
{
	size_t n = get_u32(in), left = PRESENTED_MOST;

	if (in->bad || n > PRESENTED_COUNT_MOST) {
		in->bad = true;
		return;
	}
	presented->certs = n ? mem_array(n, sizeof(*presented->certs)) : NULL;
	for (size_t i = 0; i < n && !in->bad; i++) {
		presented->certs[i] = get_bytes(in, left);
		presented->n_certs = i + 1;
		left -= presented->certs[i].n;
	}
}

static void get_presented(struct input *in, struct net_presented *presented)
{
	presented->outcome = get_u8(in, NET_FAILED);
	presented->text = get_text(in);
	presented->address = get_text(in);
	presented->address_class = get_u8(in, ADDRESS_UNKNOWN);
	presented->through_proxy = get_bool(in);
	presented->tls_version = get_text(in);
	presented->cipher = get_text(in);
	presented->group = get_text(in);
	presented->key_shown = get_bool(in);
	presented->client_certificate_asked = get_bool(in);
	presented->after_alert = get_bool(in);
	presented->alert = get_text(in);
	get_certs(in, presented);
	presented->ocsp = get_bytes(in, OCSP_MOST);
	presented->milliseconds = get_u32(in);
}

static void get_got(struct input *in, struct net_got *got)
{
	got->outcome = get_u8(in, NET_FAILED);
	got->text = get_text(in);
	got->status = get_u32(in);
	got->final_url = get_text(in);
	got->from_cache = get_bool(in);
	got->through_proxy = get_bool(in);
	got->redirects = get_u8(in, UINT8_MAX);
	got->body = get_bytes(in, BODY_MOST);
	got->milliseconds = get_u32(in);
}

static void get_fields(struct input *in, struct message *message)
{
	switch (message->kind) {
	case MESSAGE_SETTINGS:
		get_settings(in, &message->settings);
		break;
	case MESSAGE_DIAL:
		get_dial(in, &message->dial);
		break;
	case MESSAGE_GET:
		get_get(in, &message->get);
		break;
	case MESSAGE_CANCEL:
		break;
	case MESSAGE_PRESENTED:
		get_presented(in, &message->presented);
		break;
	case MESSAGE_GOT:
		get_got(in, &message->got);
		break;
	}
}

bool message_read(struct message *message, struct span frame)
{
	struct input in = { .left = frame };
	struct message read = { .kind = 0 };

	if (frame.n > MESSAGE_MOST + LENGTH_SIZE || get_u32(&in) != in.left.n)
		return false;
	read.kind = get_u8(&in, MESSAGE_GOT);
	read.id = get_u32(&in);
	if (in.bad || read.kind < MESSAGE_SETTINGS)
		return false;
	get_fields(&in, &read);
	if (in.bad || in.left.n != 0) {
		message_clear(&read);
		return false;
	}
	*message = read;
	return true;
}

static void clear_presented(struct net_presented *presented)
{
	char *const texts[] = { presented->text,        presented->address,
				presented->tls_version, presented->cipher,
				presented->group,       presented->alert };

	for (size_t i = 0; i < COUNT(texts); i++)
		mem_free(texts[i]);
	for (size_t i = 0; i < presented->n_certs; i++)
		mem_free((void *)presented->certs[i].at);
	mem_free(presented->certs);
	mem_free((void *)presented->ocsp.at);
}

static void clear_got(struct net_got *got)
{
	mem_free(got->text);
	mem_free(got->final_url);
	mem_free((void *)got->body.at);
}

void message_clear(struct message *message)
{
	switch (message->kind) {
	case MESSAGE_SETTINGS:
		mem_free(message->settings.proxy);
		mem_free(message->settings.cache);
		break;
	case MESSAGE_DIAL:
		mem_free(message->dial.host);
		mem_free(message->dial.sni);
		break;
	case MESSAGE_GET:
		mem_free(message->get.url);
		break;
	case MESSAGE_CANCEL:
		break;
	case MESSAGE_PRESENTED:
		clear_presented(&message->presented);
		break;
	case MESSAGE_GOT:
		clear_got(&message->got);
		break;
	}
	*message = (struct message)MESSAGE_INIT;
}

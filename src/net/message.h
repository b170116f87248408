/*
 * What rootcellar and rootcellar-net say to each other: flat messages over a socket pair,
 * no pointers, every length bounded. Integers are little-endian. Both programs include
 * this file alone of each other.
 *
 * Frame: u32 length of what follows (at most MESSAGE_MOST), u8 kind, u32 id, then fields
 * in the order of the struct: u8/u32/u64 as they are, text and bytes as u32 length and
 * the bytes.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

#define MESSAGE_MOST         ((size_t)4 << 20)
#define MESSAGE_TEXT_MOST    8192
#define PRESENTED_MOST       ((size_t)1 << 20) /* DER bytes of one chain handed back */
#define PRESENTED_COUNT_MOST 128

enum message_kind {
	MESSAGE_SETTINGS = 1, /* to the child, once, first */
	MESSAGE_DIAL,         /* to the child */
	MESSAGE_GET,          /* to the child */
	MESSAGE_CANCEL,       /* to the child: id is no longer wanted */
	MESSAGE_PRESENTED,    /* from the child: answer to DIAL */
	MESSAGE_GOT,          /* from the child: answer to GET */
};

enum net_outcome {
	NET_GOOD,
	NET_NO_NAME, /* the name does not resolve */
	NET_TIMEOUT,
	NET_REFUSED, /* connection refused */
	NET_UNREACHABLE,
	NET_PROXY,     /* the proxy refused or answered nonsense */
	NET_NOT_TLS,   /* what answered speaks no TLS */
	NET_HANDSHAKE, /* TLS failed: alert or protocol error in text */
	NET_TOO_LARGE, /* chain or body over its cap */
	NET_CLOSED,
	NET_HTTP_STATUS, /* not 200: number in status */
	NET_REDIRECTS,   /* too many, or to a scheme that is not taken */
	NET_ADDRESS,     /* the address rule forbids it (DESIGN section 12) */
	NET_BAD_URL,
	NET_FAILED, /* anything else: text says what */
};
const char *net_outcome_name(enum net_outcome outcome); /* stable, for JSON */

/* How private an address is; the address rule compares these. */
enum address_class {
	ADDRESS_PUBLIC,
	ADDRESS_PRIVATE,
	ADDRESS_LOOPBACK,
	ADDRESS_LINK_LOCAL,
	ADDRESS_UNKNOWN
};

struct net_settings {
	char *proxy; /* URL (http, https, socks5, socks5h), "" none, "env" from the
			environment */
	uint32_t connect_ms, handshake_ms;
	char *cache; /* folder of the cache, "" none */
};

struct net_dial {
	char *host, *sni; /* sni "" : none sent (an address) */
	uint16_t port;
	uint8_t family;       /* 0 any, 4, 6 */
	uint32_t deadline_ms; /* for the whole, from when the child takes it up */
};
struct net_presented {
	enum net_outcome outcome;
	char *text;    /* what went wrong, hostile; "" where good */
	char *address; /* numeric, of what was reached; "" unknown (proxy) */
	enum address_class address_class;
	uint8_t through_proxy;
	char *tls_version, *cipher, *group; /* "TLS1.3", "AES-256-GCM" ... */
	uint8_t key_shown; /* the server has proved that it holds its certificate's key */
	uint8_t client_certificate_asked;
	uint8_t after_alert; /* TLS 1.3: an alert came in the moment after the handshake
			      */
	char *alert;         /* its name, "" none */
	struct span *certs;  /* DER, leaf first as presented */
	size_t n_certs;
	struct span ocsp; /* stapled answer, n 0 none */
	uint32_t milliseconds;
};

struct net_get {
	char *url;
	uint32_t bytes_most, deadline_ms;
	uint8_t redirects_most;
	enum address_class allowed; /* as private as this, no more; ADDRESS_UNKNOWN:
				       anything but link-local */
	uint8_t allow_private;      /* --allow-private */
	uint8_t use_cache;
};
struct net_got {
	enum net_outcome outcome;
	char *text;      /* hostile */
	uint32_t status; /* HTTP */
	char *final_url; /* after redirects */
	uint8_t from_cache, through_proxy, redirects;
	struct span body;
	uint32_t milliseconds;
};

void net_settings_write(struct buf *out, const struct net_settings *settings);
void net_dial_write(struct buf *out, uint32_t id, const struct net_dial *dial);
void net_get_write(struct buf *out, uint32_t id, const struct net_get *get);
void net_cancel_write(struct buf *out, uint32_t id);
void net_presented_write(struct buf *out, uint32_t id,
			 const struct net_presented *presented);
void net_got_write(struct buf *out, uint32_t id, const struct net_got *got);

/*
 * One whole frame (its length in front, as the writers above make it) was received: reads
 * it. Everything is checked against its bound; false: not ours. Each text, certificate
 * and body is its own memory (mem_free), so that a taker may move it out.
 */
struct message {
	enum message_kind kind;
	uint32_t id;
	union {
		struct net_settings settings;
		struct net_dial dial;
		struct net_get get;
		struct net_presented presented;
		struct net_got got;
	};
};
#define MESSAGE_INIT      \
	{                 \
		.kind = 0 \
	}
MUST_CHECK bool message_read(struct message *message, struct span frame);
void message_clear(struct message *message);

/*
 * One end of the socket pair: what came and is not taken yet, what waits to be sent. fd
 * does not block and belongs to the stream.
 */
struct message_stream {
	int fd;
	struct buf in, out;
	size_t taken, sent; /* bytes at the front of in and out that are done with */
};
#define MESSAGE_STREAM_INIT                  \
	{                                    \
		-1, BUF_INIT, BUF_INIT, 0, 0 \
	}

/* Reads what is there, sends what can be sent; false: the other end is gone. */
MUST_CHECK bool message_stream_fill(struct message_stream *stream);
MUST_CHECK bool message_stream_flush(struct message_stream *stream);
/* Bytes that wait to be sent. */
size_t message_stream_waiting(const struct message_stream *stream);
/* The next message that came whole. BAD: what came is no message; nothing more can be
 * read. */
enum message_next {
	MESSAGE_NONE,
	MESSAGE_TAKEN,
	MESSAGE_BAD
};
enum message_next message_stream_next(struct message_stream *stream,
				      struct message *message);
void message_stream_clear(struct message_stream *stream);

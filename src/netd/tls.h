/* A TLS client's handshake that verifies nothing and keeps what the server presented. */
#pragma once

#include "net/message.h"
#include "netd/loop.h"

struct tls;

enum tls_state {
	TLS_READ, /* wants the socket to be readable */
	TLS_WRITE,
	TLS_DONE,
	TLS_FAILED, /* tls_judge says why */
};

/*
 * Over fd, or where over is not NULL over that transfer of libcurl (an HTTPS proxy). sni
 * "" : none. NULL: out of resources.
 */
struct tls *tls_new(int fd, CURL *over, const char *sni);
/* One step of the handshake. */
enum tls_state tls_handshake(struct tls *tls);
/* Whether the moment after the handshake is worth waiting for (TLS 1.3). */
bool tls_has_moment(const struct tls *tls);
/* TLS_READ: nothing yet; TLS_DONE: the server has shown that it goes on, or has sent an
 * alert. */
enum tls_state tls_moment(struct tls *tls);
/* What stopped the handshake; the text goes to *text, the caller's to mem_free. */
enum net_outcome tls_judge(const struct tls *tls, bool through_proxy, char **text);
/*
 * What was presented and negotiated, as far as it came. False: more than a chain may be;
 * then the first certificates are there, and *text says so.
 */
bool tls_present(const struct tls *tls, struct net_presented *presented, char **text);
void tls_free(struct tls *tls);

/* GnuTLS as a diagnosing client. */
#include "netd/tls.h"

#include "base/i18n.h"

#include <ctype.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <sys/socket.h>

/*
 * Wide, because the question is what a server presents and not whether it is well kept:
 * SHA-1 signatures and old ciphers of TLS 1.2 too. Nothing secret is ever sent over these
 * connections.
 */
#define PRIORITY                                                                     \
	"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:+3DES-CBC:+SIGN-RSA-SHA1:+SIGN-" \
	"ECDSA-SHA1:"                                                                \
	"%VERIFY_ALLOW_SIGN_WITH_SHA1:%COMPAT"
#define PRIME_BITS_LEAST 1024 /* of finite-field Diffie-Hellman */

#define HANDSHAKE_MOST ((size_t)512 << 10) /* one handshake message */
#define RECEIVED_MOST  ((size_t)4 << 20)   /* all bytes of one connection */
#define OCSP_MOST      ((size_t)64 << 10)
#define FIRST_MOST     64 /* bytes that tell what else a server speaks */

#define RECORD_ALERT     0x15
#define RECORD_HANDSHAKE 0x16

struct tls {
	gnutls_session_t session;
	gnutls_certificate_credentials_t credentials;
	int fd;
	CURL *over;
	int status; /* of the last call to GnuTLS */
	size_t received;
	uint8_t first[FIRST_MOST];
	size_t n_first;
	bool closed; /* the other side ended the connection */
	bool reset;
	bool ended_by_alert; /* in the moment after the handshake */
};

static void note(struct tls *tls, const uint8_t *at, size_t n)
{
	size_t room = FIRST_MOST - tls->n_first;

	memcpy(tls->first + tls->n_first, at, n < room ? n : room);
	tls->n_first += n < room ? n : room;
	tls->received += n;
}

static ssize_t receive(struct tls *tls, void *to, size_t n)
{
	size_t got = 0;
	CURLcode code;

	if (!tls->over)
		return recv(tls->fd, to, n, MSG_DONTWAIT);
	code = curl_easy_recv(tls->over, to, n, &got);
	if (code == CURLE_OK)
		return (ssize_t)got;
	errno = code == CURLE_AGAIN ? EAGAIN : ECONNRESET;
	return -1;
}

static ssize_t pull(gnutls_transport_ptr_t ctx, void *to, size_t n)
{
	struct tls *tls = ctx;
	ssize_t got;

	if (tls->received > RECEIVED_MOST) {
		gnutls_transport_set_errno(tls->session, EMSGSIZE);
		return -1;
	}
	got = receive(tls, to, n);
	if (got > 0)
		note(tls, to, (size_t)got);
	tls->closed = tls->closed || got == 0;
	if (got < 0) {
		tls->reset = tls->reset || errno == ECONNRESET || errno == EPIPE;
		gnutls_transport_set_errno(tls->session, errno);
	}
	return got;
}

static ssize_t transmit(struct tls *tls, const void *from, size_t n)
{
	size_t sent = 0;
	CURLcode code;

	if (!tls->over)
		return send(tls->fd, from, n, MSG_NOSIGNAL | MSG_DONTWAIT);
	code = curl_easy_send(tls->over, from, n, &sent);
	if (code == CURLE_OK)
		return (ssize_t)sent;
	errno = code == CURLE_AGAIN ? EAGAIN : ECONNRESET;
	return -1;
}

/*
 * A server that has hung up takes nothing more, but why it did (an alert) still waits to
 * be read: that is the answer that we are after, and reading finds the end of the
 * connection soon enough.
 */
static ssize_t push(gnutls_transport_ptr_t ctx, const void *from, size_t n)
{
	struct tls *tls = ctx;
	ssize_t sent = transmit(tls, from, n);

	if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
		return (ssize_t)n;
	if (sent < 0)
		gnutls_transport_set_errno(tls->session, errno);
	return sent;
}

static bool set_up(struct tls *tls, const char *sni)
{
	unsigned flags = GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL;

	if (gnutls_init(&tls->session, flags) < 0 ||
	    gnutls_certificate_allocate_credentials(&tls->credentials) < 0 ||
	    gnutls_priority_set_direct(tls->session, PRIORITY, NULL) < 0 ||
	    gnutls_credentials_set(tls->session, GNUTLS_CRD_CERTIFICATE,
				   tls->credentials) < 0)
		return false;
	if (*sni &&
	    gnutls_server_name_set(tls->session, GNUTLS_NAME_DNS, sni, strlen(sni)) < 0)
		return false;
	gnutls_dh_set_prime_bits(tls->session, PRIME_BITS_LEAST);
	gnutls_handshake_set_max_packet_length(tls->session, HANDSHAKE_MOST);
	/* Time is the caller's affair. */
	gnutls_handshake_set_timeout(tls->session, 0);
	gnutls_transport_set_ptr(tls->session, tls);
	gnutls_transport_set_pull_function(tls->session, pull);
	gnutls_transport_set_push_function(tls->session, push);
	return true;
}

struct tls *tls_new(int fd, CURL *over, const char *sni)
{
	struct tls *tls = mem_zalloc(sizeof(*tls));

	tls->fd = fd;
	tls->over = over;
	if (set_up(tls, sni))
		return tls;
	tls_free(tls);
	return NULL;
}

static enum tls_state wants(const struct tls *tls)
{
	return gnutls_record_get_direction(tls->session) ? TLS_WRITE : TLS_READ;
}

enum tls_state tls_handshake(struct tls *tls)
{
	/* A warning ("unrecognized_name") is no end; a bound, because a server can send
	 * them for ever. */
	for (int warnings = 0; warnings < 16; warnings++) {
		tls->status = gnutls_handshake(tls->session);
		if (tls->status == GNUTLS_E_SUCCESS)
			return TLS_DONE;
		if (tls->status == GNUTLS_E_AGAIN || tls->status == GNUTLS_E_INTERRUPTED)
			return wants(tls);
		if (gnutls_error_is_fatal(tls->status))
			return TLS_FAILED;
	}
	return TLS_FAILED;
}

bool tls_has_moment(const struct tls *tls)
{
	return gnutls_protocol_get_version(tls->session) == GNUTLS_TLS1_3;
}

/*
 * A server that refuses the client's (missing) certificate in TLS 1.3 can say so only
 * after the handshake is done for the client (RFC 8446 4.4.2.4, appendix E.1.2). A
 * session ticket comes only from one that has taken the client's side of it.
 */
enum tls_state tls_moment(struct tls *tls)
{
	uint8_t byte;
	ssize_t n = gnutls_record_recv(tls->session, &byte, sizeof(byte));

	tls->ended_by_alert = n == GNUTLS_E_FATAL_ALERT_RECEIVED;
	if (gnutls_session_get_flags(tls->session) & GNUTLS_SFLAGS_SESSION_TICKET)
		return TLS_DONE;
	if (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED ||
	    n == GNUTLS_E_WARNING_ALERT_RECEIVED)
		return TLS_READ;
	return TLS_DONE;
}

/* What else a server may speak, by the first thing it says. */
static const struct greeting {
	struct span start;
	const char *name;
} greetings[] = {
	{ SPAN("HTTP/"), N_("HTTP without TLS") },
	{ SPAN("<"), N_("HTML or XML") },
	{ SPAN("SSH-"), N_("SSH") },
	{ SPAN("220"), N_("SMTP or FTP, which begin without TLS") },
	{ SPAN("554"), N_("SMTP, which begins without TLS") },
	{ SPAN("421"), N_("SMTP or FTP, which begin without TLS") },
	{ SPAN("+OK"), N_("POP3, which begins without TLS") },
	{ SPAN("* OK"), N_("IMAP, which begins without TLS") },
	{ SPAN("* BYE"), N_("IMAP, which begins without TLS") },
	{ SPAN("RFB "), N_("VNC") },
	{ SPAN("-ERR"), N_("Redis or POP3") },
	{ SPAN("NOTICE "), N_("IRC, which begins without TLS") },
	{ SPAN(":"), N_("IRC, which begins without TLS") },
	{ SPAN("AMQP"), N_("AMQP without TLS") },
};

static const char *spoken(const struct tls *tls)
{
	struct span first = { tls->first, tls->n_first };

	for (size_t i = 0; i < COUNT(greetings); i++)
		if (span_starts(first, greetings[i].start))
			return _(greetings[i].name);
	/* A packet with its length, its number 0, and protocol version 10. */
	if (first.n > 4 && first.at[3] == 0 && first.at[4] == 10)
		return _("MySQL, which begins without TLS");
	return NULL;
}

static bool speaks_tls(const struct tls *tls)
{
	return tls->first[0] == RECORD_HANDSHAKE || tls->first[0] == RECORD_ALERT;
}

static enum net_outcome judge_stranger(const struct tls *tls, bool through_proxy,
				       char **text)
{
	const char *name = spoken(tls);

	if (through_proxy && tls->first[0] == '<') {
		*text = str_copy(_("the proxy took the connection and then sent HTML"));
		return NET_PROXY;
	}
	*text = name ? str_format(_("what answered speaks no TLS; it seems to speak %s"),
				  name)
		     : str_copy(_("what answered speaks no TLS"));
	return NET_NOT_TLS;
}

/* "handshake_failure", as RFC 8446 section 6 has it. */
static char *alert_name(gnutls_alert_description_t alert)
{
	const char *name = gnutls_alert_get_strname(alert);
	static const char prefix[] = "GNUTLS_A_";
	char *text;

	if (!name)
		return str_format("%d", (int)alert);
	if (strncmp(name, prefix, sizeof(prefix) - 1) == 0)
		name += sizeof(prefix) - 1;
	text = str_copy(name);
	for (char *c = text; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return text;
}

static bool is_too_old(const struct tls *tls)
{
	return tls->status == GNUTLS_E_UNSUPPORTED_VERSION_PACKET ||
	       (tls->status == GNUTLS_E_FATAL_ALERT_RECEIVED &&
		gnutls_alert_get(tls->session) == GNUTLS_A_PROTOCOL_VERSION);
}

static char *handshake_text(const struct tls *tls)
{
	AUTO_FREE char *alert = NULL;

	if (is_too_old(tls))
		return str_copy(_("the server speaks neither TLS 1.2 nor TLS 1.3"));
	if (tls->status == GNUTLS_E_NO_CERTIFICATE_FOUND)
		return str_copy(_("the server sent no certificate"));
	if (tls->status != GNUTLS_E_FATAL_ALERT_RECEIVED)
		return str_format(_("the TLS handshake failed: %s"),
				  gnutls_strerror(tls->status));
	alert = alert_name(gnutls_alert_get(tls->session));
	return str_format(_("the server ended the TLS handshake with the alert %s"),
			  alert);
}

enum net_outcome tls_judge(const struct tls *tls, bool through_proxy, char **text)
{
	if (tls->n_first && !speaks_tls(tls))
		return judge_stranger(tls, through_proxy, text);
	if (tls->status == GNUTLS_E_HANDSHAKE_TOO_LARGE ||
	    tls->received > RECEIVED_MOST) {
		*text = str_format(
			_("the server sent a handshake message of more than %zu KiB"),
			HANDSHAKE_MOST >> 10);
		return NET_TOO_LARGE;
	}
	if (tls->status != GNUTLS_E_FATAL_ALERT_RECEIVED && (tls->closed || tls->reset)) {
		*text = str_copy(
			tls->n_first
				? _("the server closed the connection in the handshake")
				: _("the server closed the connection without an "
				    "answer"));
		return NET_CLOSED;
	}
	*text = handshake_text(tls);
	return NET_HANDSHAKE;
}

static bool take_certs(const struct tls *tls, struct net_presented *presented)
{
	unsigned n = 0;
	const gnutls_datum_t *sent = gnutls_certificate_get_peers(tls->session, &n);
	size_t left = PRESENTED_MOST;

	presented->certs = n && sent ? mem_array(n, sizeof(*presented->certs)) : NULL;
	for (unsigned i = 0; sent && i < n; i++) {
		if (presented->n_certs == PRESENTED_COUNT_MOST || sent[i].size > left)
			return false;
		left -= sent[i].size;
		presented->certs[presented->n_certs++] = span_of(
			mem_copy(span_of(sent[i].data, sent[i].size)), sent[i].size);
	}
	return true;
}

static void take_ocsp(const struct tls *tls, struct net_presented *presented)
{
	gnutls_datum_t answer = { NULL, 0 };

	if (gnutls_ocsp_status_request_get(tls->session, &answer) < 0 ||
	    answer.size == 0 || answer.size > OCSP_MOST)
		return;
	presented->ocsp =
		span_of(mem_copy(span_of(answer.data, answer.size)), answer.size);
}

static char *name_or_nothing(const char *name)
{
	return str_copy(name ? name : "");
}

static char *group_name(const struct tls *tls)
{
	gnutls_group_t group = gnutls_group_get(tls->session);

	return name_or_nothing(
		group != GNUTLS_GROUP_INVALID ? gnutls_group_get_name(group) : NULL);
}

/*
 * A server shows that it holds its key by what it signs: in TLS 1.3 before the client is
 * done (RFC 8446 4.4.3); in TLS 1.2 with its half of the key exchange (RFC 5246 7.4.3),
 * which is checked before the client's Finished goes out. Where RSA carries the secret,
 * only its own Finished shows it.
 */
static bool has_shown_key(const struct tls *tls)
{
	return tls->status == GNUTLS_E_SUCCESS ||
	       (gnutls_handshake_get_last_out(tls->session) ==
			GNUTLS_HANDSHAKE_FINISHED &&
		gnutls_kx_get(tls->session) != GNUTLS_KX_RSA);
}

bool tls_present(const struct tls *tls, struct net_presented *presented, char **text)
{
	bool finished = tls->status == GNUTLS_E_SUCCESS;
	bool alerted =
		tls->status == GNUTLS_E_FATAL_ALERT_RECEIVED || tls->ended_by_alert;
	gnutls_session_t session = tls->session;

	presented->tls_version = name_or_nothing(
		finished ? gnutls_protocol_get_name(gnutls_protocol_get_version(session))
			 : NULL);
	presented->cipher = name_or_nothing(
		finished ? gnutls_cipher_get_name(gnutls_cipher_get(session)) : NULL);
	presented->group = finished ? group_name(tls) : str_copy("");
	presented->key_shown = has_shown_key(tls);
	presented->client_certificate_asked =
		gnutls_certificate_client_get_request_status(session) != 0;
	presented->after_alert = tls->ended_by_alert;
	presented->alert = alerted ? alert_name(gnutls_alert_get(session)) : str_copy("");
	if (finished)
		take_ocsp(tls, presented);
	if (take_certs(tls, presented))
		return true;
	*text = str_format(
		_("the server sent more than %d certificates or %zu KiB of them"),
		PRESENTED_COUNT_MOST, PRESENTED_MOST >> 10);
	return false;
}

void tls_free(struct tls *tls)
{
	if (tls->session) {
		/* One try: a server that reads nothing is not waited for. */
		if (tls->status == GNUTLS_E_SUCCESS && !tls->ended_by_alert)
			gnutls_bye(tls->session, GNUTLS_SHUT_WR);
		gnutls_deinit(tls->session);
	}
	if (tls->credentials)
		gnutls_certificate_free_credentials(tls->credentials);
	mem_free(tls);
}

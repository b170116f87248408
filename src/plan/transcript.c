/*
 * Transcripts. Three programs show a chain in their own ways; what they share is PEM blocks in the order
 * presented. Around these stand lines that tell how many there should be and for which host, read by one
 * small table. `openssl s_client` shows the leaf alone unless it was run with -showcerts.
 */
#include "plan/transcript.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "x509/pem.h"

#include <ctype.h>

#define TRANSCRIPT_CERTS_MOST 1000
#define HOST_MOST	      255

/* One octet of two; in both byte orders, whichever the mark at the start says. */
static bool is_wide(struct span text)
{
	return span_starts(text, SPAN("\xff\xfe")) || span_starts(text, SPAN("\xfe\xff"));
}

/*
 * PowerShell's > writes UTF-16. Everything that is looked for is ASCII, and stays; what is not becomes a
 * mark that stands in nothing that is looked for.
 */
static void narrow(struct buf *out, struct span text)
{
	size_t low = text.at[0] == 0xff ? 0 : 1;

	for (size_t i = 2; text.n - i >= 2; i += 2) {
		uint8_t c = text.at[i + low];

		buf_add_byte(out, text.at[i + 1 - low] || c >= 0x80 ? '?' : c);
	}
}

/* Cases quote and indent what is pasted; neither '>' nor white space stands at the start of PEM. */
static void unquote(struct buf *out, struct span text)
{
	bool at_start = true;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.at[i];

		if (at_start && (c == ' ' || c == '\t' || c == '>'))
			continue;
		at_start = c == '\n';
		buf_add_byte(out, c);
	}
}

/*
 * Whether other readers take it for PEM as it stands. What is around the blocks does not matter: s_client
 * itself indents its lines.
 */
static bool has_plain_blocks(struct span text)
{
	static const char begin[] = "-----BEGIN ";
	struct span rest = text;
	const uint8_t *at;

	while ((at = memmem(rest.at, rest.n, begin, sizeof(begin) - 1))) {
		if (at > text.at && at[-1] != '\n')
			return false;
		rest = span_from(rest, (size_t)(at - rest.at) + sizeof(begin) - 1);
	}
	return true;
}

/* Takes "HOST:PORT" up to a character that belongs to neither. */
static void take_host(struct transcript *transcript, struct span rest)
{
	size_t n = 0, colon = 0;
	unsigned long port = 0;

	while (n < rest.n && (isalnum(rest.at[n]) || memchr("-._:[]", rest.at[n], 6)))
		n++;
	for (size_t i = 0; i < n; i++)
		if (rest.at[i] == ':')
			colon = i;
	if (!colon || colon > HOST_MOST || transcript->host)
		return;
	for (size_t i = colon + 1; i < n && isdigit(rest.at[i]) && port < 65536; i++)
		port = port * 10 + (rest.at[i] - '0');
	if (!port || port > 65535)
		return;
	transcript->port = (uint16_t)port;
	if (rest.at[0] == '[' && rest.at[colon - 1] == ']')
		transcript->host = str_of(span_of(rest.at + 1, colon - 2));
	else
		transcript->host = str_of(span_of(rest.at, colon));
}

static void said_by_openssl(struct transcript *transcript, struct span rest)
{
	(void)rest;
	transcript->program = "openssl s_client";
}

static void said_by_gnutls(struct transcript *transcript, struct span rest)
{
	size_t n = 0;

	transcript->program = "gnutls-cli";
	for (size_t i = 0; i < rest.n && isdigit(rest.at[i]) && n < 100000; i++)
		n = n * 10 + (rest.at[i] - '0');
	transcript->said = n;
}

static void host_of_gnutls(struct transcript *transcript, struct span rest)
{
	transcript->program = "gnutls-cli";
	take_host(transcript, rest);
}

static void said_by_keytool(struct transcript *transcript, struct span rest)
{
	transcript->program = "keytool";
	take_host(transcript, rest);
}

static struct span find_in(struct span line, const char *what)
{
	const uint8_t *at = memmem(line.at, line.n, what, strlen(what));

	return at ? span_from(line, (size_t)(at - line.at) + strlen(what)) : span_of(NULL, 0);
}

/* What stands in a line, and what follows it. */
static void read_line(struct transcript *transcript, struct span line)
{
	static const struct {
		const char *text;
		void (*say)(struct transcript *transcript, struct span rest);
	} table[] = {
		{ "CONNECTED(", said_by_openssl },
		{ "Certificate chain", said_by_openssl },
		{ "s_client", said_by_openssl },
		{ "-connect ", take_host },
		{ "Got a certificate list of ", said_by_gnutls },
		{ "Resolving '", host_of_gnutls },
		{ "-sslserver ", said_by_keytool },
		/* what keytool prints of a certificate without -rfc */
		{ "Certificate fingerprints:", said_by_keytool },
	};
	struct span armour = find_in(line, "-----BEGIN ");
	size_t digits = 0;

	if (armour.at && armour.at != line.at + strlen("-----BEGIN "))
		transcript->prefixed = true;

	for (size_t i = 0; i < COUNT(table); i++) {
		struct span rest = find_in(line, table[i].text);

		if (rest.at)
			table[i].say(transcript, rest);
	}
	while (digits < line.n && isdigit(line.at[digits]))
		digits++;
	/* "0 s:CN = ..." of s_client, one a certificate that the server sent */
	if (digits && span_starts(span_from(line, digits), SPAN(" s:")))
		transcript->said++;
}

static void read_lines(struct transcript *transcript, struct span text)
{
	while (text.n) {
		const uint8_t *end = memchr(text.at, '\n', text.n);
		size_t n = end ? (size_t)(end - text.at) : text.n;

		read_line(transcript, span_of(text.at, n));
		text = span_from(text, end ? n + 1 : n);
	}
}

static bool is_twin_of_leaf(const struct transcript *transcript, const struct cert *cert)
{
	return transcript->chain.n && cert_same(&transcript->chain.at[0].cert, cert);
}

static void add_block(struct transcript *transcript, const struct pem_block *block)
{
	struct arena *arena = &transcript->chain.arena;
	uint8_t *der = arena_alloc(arena, pem_decoded_most(block->body));
	AUTO(error) err = ERROR_INIT;
	struct entry entry = { .line = block->line };
	size_t n;

	if (!pem_decode(block->body, block->body_line, der, &n, &err) ||
	    !cert_read(&entry.cert, span_of(der, n), &err))
		transcript->skipped++;
	else if (!is_twin_of_leaf(transcript, &entry.cert))
		set_append(&transcript->chain, &entry);
}

static void read_blocks(struct transcript *transcript, struct span text)
{
	struct pem_scan scan = { .in = text };
	struct pem_block block;

	while (transcript->chain.n < TRANSCRIPT_CERTS_MOST && pem_next(&scan, &block))
		if (pem_is_certificate(&block))
			add_block(transcript, &block);
}

static bool nothing_readable(const struct transcript *transcript, struct error *err)
{
	error_fail(err, STATUS_INPUT,
		   ngettext("the only certificate in it cannot be read",
			    "none of the %zu certificates in it can be read",
			    (unsigned long)transcript->skipped),
		   transcript->skipped);
	if (transcript->prefixed)
		return error_remedy(err, _("take away what stands in front of each line, such as the "
					   "time that a log puts there"));
	return error_remedy(err, _("paste each block whole, from its BEGIN to its END line"));
}

static bool nothing_in_it(const struct transcript *transcript, struct error *err)
{
	if (transcript->skipped)
		return nothing_readable(transcript, err);
	error_fail(err, STATUS_INPUT, _("no certificate is in it"));
	if (strcmp(transcript->program, "gnutls-cli") == 0)
		return error_remedy(err, _("run gnutls-cli again with --print-cert"));
	if (strcmp(transcript->program, "keytool") == 0)
		return error_remedy(err, _("run keytool again with -rfc"));
	return error_remedy(err, _("paste what 'openssl s_client -showcerts -connect HOST:443' "
				   "prints, with the lines of BEGIN and END CERTIFICATE"));
}

bool transcript_read(struct transcript *transcript, struct span text, struct error *err)
{
	AUTO(buf) octets = BUF_INIT;
	AUTO(buf) plain = BUF_INIT;

	transcript->program = "PEM";
	transcript->quoted = is_wide(text) || !has_plain_blocks(text);
	if (is_wide(text)) {
		narrow(&octets, text);
		text = buf_span(&octets);
	}
	unquote(&plain, text);
	read_lines(transcript, buf_span(&plain));
	read_blocks(transcript, buf_span(&plain));
	if (!transcript->chain.n)
		return nothing_in_it(transcript, err);
	transcript->leaf_only =
		transcript->chain.n == 1 && transcript->said > 1 && !transcript->skipped;
	return true;
}

void transcript_clear(struct transcript *transcript)
{
	entry_set_clear(&transcript->chain);
	mem_free(transcript->host);
	*transcript = (struct transcript)TRANSCRIPT_INIT;
}

void validate_transcript(struct validation *validation, const char *what,
			 const struct transcript *transcript,
			 const struct validate_options *options)
{
	struct validate_options mine = *options;
	struct finding *finding;

	mine.asked = transcript->quoted ? ASKED_QUOTED : ASKED_TRANSCRIPT;
	if (!mine.hostname)
		mine.hostname = transcript->host;
	/* A leaf that was shown alone says nothing of what the server should mend. */
	validate_chain(validation, what, &transcript->chain, NULL,
		       transcript->leaf_only ? FROM_FILE : FROM_SERVER, &mine);
	if (transcript->leaf_only) {
		finding = finding_add(&validation->findings, FINDING_TRANSCRIPT);
		finding->text = str_format(
			_("the transcript holds the leaf alone, though the server sent %zu "
			  "certificates: what is said to be missing may have been sent"),
			transcript->said);
		finding->remedy_client =
			str_copy(_("run openssl s_client again with -showcerts and paste that"));
	} else if (transcript->skipped) {
		finding_add(&validation->findings, FINDING_TRANSCRIPT)->text = str_format(
			ngettext("%zu certificate of the transcript could not be read",
				 "%zu certificates of the transcript could not be read",
				 (unsigned long)transcript->skipped),
			transcript->skipped);
	}
}

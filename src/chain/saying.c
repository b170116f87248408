/* The clients of the table, and how each shows its texts. */
#include "chain/saying.h"

#include <assert.h>

/* What of a row a client shows. */
enum showing {
	SHOW_TEXT,
	SHOW_CODE,
	SHOW_NUMBER_AND_TEXT
};

static const struct {
	const char *name;
	enum showing showing;
	const char *before;      /* what stands before a text of its own */
	const char *before_else; /* before a text of OpenSSL's, shown where it has none;
				    NULL: never */
} clients[CLIENT_COUNT] = {
	[CLIENT_JAVA] = { "java", SHOW_TEXT, "", NULL },
	[CLIENT_OPENSSL] = { "openssl", SHOW_NUMBER_AND_TEXT, "verify error:num=", NULL },
	[CLIENT_GNUTLS] = { "gnutls", SHOW_TEXT, "", NULL },
	[CLIENT_GO] = { "go", SHOW_TEXT, "", NULL },
	[CLIENT_CURL] = { "curl", SHOW_TEXT,
			  "curl: ", "curl: (60) SSL certificate problem: " },
	[CLIENT_PYTHON] = { "python", SHOW_TEXT, "",
			    "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify "
			    "failed: " },
	[CLIENT_CHROMIUM] = { "chromium", SHOW_CODE, "net::", NULL },
	[CLIENT_FIREFOX] = { "firefox", SHOW_CODE, "", NULL },
	[CLIENT_NODE] = { "node", SHOW_CODE, "", NULL },
	[CLIENT_WINDOWS] = { "windows", SHOW_CODE, "", NULL },
	[CLIENT_SERVICENOW] = { "servicenow", SHOW_TEXT, "", NULL },
	[CLIENT_TLS] = { "tls", SHOW_CODE, "", NULL },
};

const char *client_name(enum client client)
{
	assert(client < CLIENT_COUNT);
	return clients[client].name;
}

void saying_add_text(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == SAYING_GAP)
			buf_add_str(out, "...");
		else
			buf_add_byte(out, (uint8_t)*text);
	}
}

static const struct saying *shown_by(enum client client, enum finding_code code)
{
	for (size_t i = 0; i < sayings_count; i++)
		if (sayings[i].client == client && sayings[i].shown >> code & 1)
			return &sayings[i];
	return NULL;
}

static void add_shown(struct buf *out, const struct saying *saying)
{
	enum showing showing = clients[saying->client].showing;

	buf_add_str(out, clients[saying->client].before);
	if (saying->client == CLIENT_CURL && saying->number)
		buf_addf(out, "(%lld) ", (long long)saying->number);
	if (showing == SHOW_NUMBER_AND_TEXT)
		buf_addf(out, "%lld:", (long long)saying->number);
	saying_add_text(out, showing == SHOW_CODE || !saying_text(saying) ? saying->code
									  : saying->text);
}

char *saying_of(enum client client, enum finding_code code)
{
	const struct saying *own = shown_by(client, code);
	AUTO(buf) out = BUF_INIT;

	assert(client < CLIENT_COUNT && code < FINDING_COUNT);
	if (!own && clients[client].before_else) {
		own = shown_by(CLIENT_OPENSSL, code);
		if (!own)
			return NULL;
		buf_add_str(&out, clients[client].before_else);
		saying_add_text(&out, own->text);
		return buf_steal(&out);
	}
	if (!own)
		return NULL;
	add_shown(&out, own);
	return buf_steal(&out);
}

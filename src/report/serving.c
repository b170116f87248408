/* The lines with which servers send the right chain. */
#include "report/explanation.h"

#include "base/i18n.h"

#define CHAIN_NAME "chain.pem" /* where --save-chain did not say another */

/* One server: what to write, FILE being the chain and KEY the server's key. */
static const struct {
	const char *server;
	const char *lines[4]; /* ended by NULL where fewer */
} table[] = {
	{ "nginx", { "ssl_certificate FILE;", "ssl_certificate_key KEY.pem;" } },
	{ "Apache", { "SSLCertificateFile FILE", "SSLCertificateKeyFile KEY.pem" } },
	{ "HAProxy", { "cat FILE KEY.pem >site.pem", "bind :443 ssl crt site.pem" } },
	{ "Tomcat",
	  { "openssl pkcs12 -export -in FILE -inkey KEY.pem -out site.p12",
	    "<Certificate certificateKeystoreFile=\"site.p12\"",
	    "  certificateKeystoreType=\"PKCS12\"",
	    "  certificateKeystorePassword=\"...\"/>" } },
};

bool is_mended_by_serving(enum finding_code code)
{
	switch (code) {
	case FINDING_MISSING_INTERMEDIATE:
	case FINDING_WRONG_ORDER:
	case FINDING_SUPERFLUOUS:
	case FINDING_DUPLICATE:
	case FINDING_ROOT_SENT:
	case FINDING_CROSS_SIGN_SHADOWED:
	case FINDING_CHAIN_TOO_LARGE:
		return true;
	default:
		return false;
	}
}

/* A name that stands in a shell, a configuration and XML as it is; another gets the usual
 * one. */
static const char *plain_name(const char *file)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-";

	return file && *file && *file != '-' && !file[strspn(file, plain)] ? file
									   : CHAIN_NAME;
}

static void add_line(struct buf *out, const char *line, const char *file)
{
	const char *mark = strstr(line, "FILE");
	bool is_file = mark && (mark == line || mark[-1] == ' ');

	if (!is_file) {
		buf_add_str(out, line);
		return;
	}
	buf_add(out, span_of(line, (size_t)(mark - line)));
	buf_add_str(out, file);
	buf_add_str(out, mark + strlen("FILE"));
}

void add_serving(struct report *report, const char *file, size_t indent)
{
	file = plain_name(file);
	for (size_t i = 0; i < COUNT(table); i++)
		for (size_t j = 0; j < COUNT(table[i].lines) && table[i].lines[j]; j++) {
			AUTO(buf) line = BUF_INIT;

			buf_addf(&line, "%*s%-9s", (int)indent, "",
				 j ? "" : table[i].server);
			add_line(&line, table[i].lines[j], file);
			buf_addf(&report->out, "%s\n", buf_text(&line));
		}
}

json_t *json_of_serving(const char *file)
{
	json_t *object = json_object();

	file = plain_name(file);
	for (size_t i = 0; i < COUNT(table); i++) {
		json_t *lines = json_array();

		for (size_t j = 0; j < COUNT(table[i].lines) && table[i].lines[j]; j++) {
			AUTO(buf) line = BUF_INIT;

			add_line(&line, table[i].lines[j], file);
			json_put_last(lines, json_of_text(buf_span(&line)));
		}
		json_put(object, table[i].server, lines);
	}
	return object;
}

/* What certificates are called and whom they are for, in words that are safe to print. */
#include "chain/words.h"

#include "chain/facts.h"
#include "base/escape.h"
#include "base/i18n.h"
#include "x509/name.h"

#include <arpa/inet.h>

#define NAMES_TOLD 4  /* of those that a certificate is for */
#define NAME_CELLS 64 /* of one of them; a longer one is cut */

const char *cert_words(const struct pool_cert *cert, char to[NAME_TEXT])
{
	AUTO(buf) raw = BUF_INIT;
	AUTO(buf) text = BUF_INIT;
	size_t n;

	to[0] = '\0';
	if (!cert)
		return to;
	name_short(&raw, cert_part(&cert->cert, cert->cert.subject));
	escape_terminal_cut(&text, buf_span(&raw), 48);
	n = text.n < NAME_TEXT ? text.n : NAME_TEXT - 1;
	while (n < text.n && n && (text.at[n] & 0xc0) == 0x80)
		n--;
	memcpy(to, buf_text(&text), n);
	to[n] = '\0';
	return to;
}

struct finding *finding_about(struct finding_list *list, enum finding_code code,
			      const struct pool_cert *cert)
{
	struct finding *finding = finding_add(list, code);
	AUTO(buf) raw = BUF_INIT;
	AUTO(buf) text = BUF_INIT;

	if (!cert)
		return finding;
	finding->about_certificate = true;
	finding->sha256 = *pool_cert_hash(cert);
	name_text(&raw, cert_part(&cert->cert, cert->cert.subject));
	escape_terminal(&text, buf_span(&raw));
	finding->subject = buf_steal(&text);
	return finding;
}

/* A name that a server could be asked by, or nothing. */
static void server_name(struct buf *out, const struct general_name *name)
{
	char address[INET6_ADDRSTRLEN] = "";

	if (name->kind == GENERAL_DNS)
		escape_terminal_cut(out, name->value, NAME_CELLS);
	else if (name->kind == GENERAL_IP && name->value.n == 4)
		inet_ntop(AF_INET, name->value.at, address, sizeof(address));
	else if (name->kind == GENERAL_IP && name->value.n == 16)
		inet_ntop(AF_INET6, name->value.at, address, sizeof(address));
	buf_add_str(out, address);
}

char *cert_names_held(const struct pool_cert *cert)
{
	struct span rest = pool_cert_facts(cert)->alt_names;
	AUTO(buf) told = BUF_INIT;
	struct general_name name;
	bool malformed = false;
	size_t n = 0;

	while (general_name_next(&rest, &name, &malformed)) {
		AUTO(buf) text = BUF_INIT;

		server_name(&text, &name);
		if (!text.n || ++n > NAMES_TOLD)
			continue;
		buf_add_str(&told, n > 1 ? ", " : "");
		buf_add(&told, buf_span(&text));
	}
	if (!n)
		return str_copy(_("it is for no DNS name and no IP address"));
	if (n <= NAMES_TOLD)
		return str_format(_("it is for %s"), buf_text(&told));
	return str_format(_("it is for %s and %zu more"), buf_text(&told),
			  n - NAMES_TOLD);
}

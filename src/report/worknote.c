/* The work note: what a support case needs, as plain text that can be pasted into it. */
#include "report/clients.h"
#include "report/validation.h"

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "base/escape.h"
#include "base/i18n.h"
#include "x509/pem.h"
#include "x509/verify.h"

static void add_fact(struct report *report, const char *label, const char *text)
{
	if (text && *text)
		buf_addf(&report->out, "%s: %s\n", label, text);
}

static void add_hostile_fact(struct report *report, const char *label, const char *text)
{
	AUTO_FREE char *shown = quoted(span_str(text ? text : ""));

	add_fact(report, label, shown);
}

static void add_circumstances(struct report *report, const struct validation *validation,
			      const char *store, const char *command)
{
	const char *gnutls = signature_library();
	AUTO_FREE char *versions = str_format("rootcellar %s%s%s", PACKAGE_VERSION,
					      gnutls ? ", GnuTLS " : "", gnutls ? gnutls : "");
	AUTO(buf) negotiated = BUF_INIT;
	char at[TIME_TEXT];

	add_fact(report, _("time"), time_rfc3339(validation->at, at));
	add_hostile_fact(report, _("target"), validation->target);
	add_hostile_fact(report, _("name asked for"), validation->name_text);
	add_hostile_fact(report, _("address"), validation->presented.address);
	add_hostile_fact(report, _("store"), store);
	add_negotiated(&negotiated, validation);
	add_fact(report, _("negotiated"), buf_text(&negotiated));
	for (size_t i = 0; i < validation->n_clients; i++) {
		AUTO(buf) words = BUF_INIT;

		add_client_words(&words, &validation->clients[i]);
		add_fact(report, validation->clients[i].rules->name, buf_text(&words));
	}
	add_fact(report, _("made by"), versions);
	add_hostile_fact(report, _("command"), command);
}

static void add_name(struct report *report, const char *label, const struct cert *cert,
		     struct part name)
{
	AUTO(buf) text = BUF_INIT;

	add_whole_name(&text, cert_part(cert, name));
	add_fact(report, label, buf_text(&text));
}

static void add_cert(struct report *report, const struct presented_cert *presented)
{
	struct sha256 hash = sha256_of(presented->der);
	char hex[SHA256_TEXT], from[TIME_TEXT], to[TIME_TEXT];

	buf_addf(&report->out, _("\ncertificate %zu\n"), presented->position + 1);
	add_fact(report, "SHA-256", sha256_hex(&hash, hex));
	if (presented->readable) {
		const struct cert *cert = &presented->cert;

		add_name(report, _("subject"), cert, cert->subject);
		add_name(report, _("issuer"), cert, cert->issuer);
		buf_addf(&report->out, _("valid: %s to %s\n"),
			 time_rfc3339(cert->not_before, from),
			 time_rfc3339(cert->not_after, to));
	} else {
		buf_add_str(&report->out, _("it cannot be read as a certificate\n"));
	}
	pem_write(&report->out, "CERTIFICATE", presented->der);
}

static void add_presented(struct report *report, const struct validation *validation)
{
	struct presented_walk walk = { validation, 0 };
	struct presented_cert presented;
	bool first = true;

	while (presented_next(&walk, &presented)) {
		if (first)
			buf_addf(&report->out, "\n%s\n", _("What was presented:"));
		first = false;
		add_cert(report, &presented);
	}
}

void report_worknote(struct buf *out, const struct validation *validation,
		     const char *store, const char *command)
{
	struct report report = {
		.format = REPORT_TEXT, .columns = 80, .verbose = 1, .now = validation->at
	};

	add_circumstances(&report, validation, store, command);
	buf_add_byte(&report.out, '\n');
	validation_text(&report, validation);
	add_presented(&report, validation);
	buf_add(out, buf_span(&report.out));
	buf_clear(&report.out);
}

/*
 * What an administrator without a shell on the client pastes from a case: a transcript of
 * `openssl s_client`, `gnutls-cli --print-cert` or `keytool -printcert -rfc`, or just PEM.
 */
#pragma once

#include "plan/validate.h"

struct transcript {
	struct entry_set chain;	/* in the order shown, the leaf first; twins left out */
	char *host;		/* that it was made for, where it says so; NULL; hostile */
	uint16_t port;		/* 0: not said */
	bool leaf_only;		/* fewer certificates are in it than it says the server sent */
	size_t said;		/* how many certificates it says the server sent; 0: it does not say */
	size_t skipped;		/* certificates that could not be read */
	bool quoted;		/* no other reader takes it for PEM as it stands */
	bool prefixed;		/* something stands in front of PEM's lines, such as the time of a log */
	const char *program;	/* "openssl s_client", "gnutls-cli", "keytool", "PEM": static */
};
#define TRANSCRIPT_INIT { .chain = ENTRY_SET_INIT }

/*
 * Reads text: quoted or indented lines ("> ", white space) are unquoted first,
 * and UTF-16 with its mark is taken for what it says. STATUS_INPUT where no
 * certificate is in it, with what was seen instead.
 */
MUST_CHECK bool transcript_read(struct transcript *transcript, struct span text, struct error *err);
void transcript_clear(struct transcript *transcript);

/* Validates the chain of transcript; a finding says where it shows less than the server sent. */
void validate_transcript(struct validation *validation, const char *what,
			 const struct transcript *transcript,
			 const struct validate_options *options);

/*
 * PEM (RFC 7468), block by block with its line. Takes CRLF, CR, a BOM, text between
 * blocks, END and BEGIN on one line, a missing final newline, white space at line ends,
 * and base64 without armour. One bad block never spoils the rest.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"
#include "x509/cert.h"

struct pem_scan {
	struct span in; /* set this; zero the rest */
	size_t at;
	size_t index; /* certificates so far */
	/*
	 * Set where more follows `in`: a block that it may change is then left for the
	 * next piece (pem_leave).
	 */
	bool more;
	size_t counted, line; /* how far lines are counted, and which begins there */
};

struct pem_block {
	struct span label; /* "CERTIFICATE", "X509 CRL", ... hostile */
	struct span body;  /* between the lines of armour */
	size_t line;       /* of its BEGIN */
	size_t body_line;  /* of the first byte of body: for pem_decode */
	size_t index;      /* from 1, counting blocks that hold certificates */
	bool unfinished;   /* no END follows */
};

/* The next block of any label; false at the end. */
bool pem_next(struct pem_scan *scan, struct pem_block *block);
/*
 * Takes leave of a piece, before its bytes change: how many of it are done with. The next
 * piece, to be set in scan->in, begins with those that are not.
 */
size_t pem_leave(struct pem_scan *scan);
/* CERTIFICATE, X509 CERTIFICATE or TRUSTED CERTIFICATE. */
bool pem_is_certificate(const struct pem_block *block);
/* Whether head looks like PEM: a BEGIN line with a known form somewhere in it. */
bool pem_find_armour(struct span head);
/* The most bytes that decoding body can give. */
size_t pem_decoded_most(struct span body);
/*
 * Decodes base64 of body to `to` (room for pem_decoded_most), *n bytes. White space is
 * skipped; RFC 1421 headers before a blank line too; anything else is an error with its
 * line (first_line is that of the body). The padding may lack; bits that are left over
 * must be zero.
 */
MUST_CHECK bool pem_decode(struct span body, size_t first_line, uint8_t *to, size_t *n,
			   struct error *err);
/*
 * The same for the block that pem_next has just found; its lines need not be counted
 * again then.
 */
MUST_CHECK bool pem_decode_block(struct pem_scan *scan, const struct pem_block *block,
				 uint8_t *to, size_t *n, struct error *err);
/* Base64 without armour: the whole of text is base64 and white space, and decodes to a
 * DER SEQUENCE. */
bool base64_is_der(struct span text);

/* Appends a block with 64 columns a line. */
void pem_write(struct buf *out, const char *label, struct span der);
/* Appends base64 on one line. */
void base64_write(struct buf *out, struct span bytes);

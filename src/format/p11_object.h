/*
 * Objects of a p11-kit persistence file: what stands between two headers, fields and PEM
 * read.
 */
#pragma once

#include "base/memory.h"
#include "base/error.h"
#include "base/clock.h"

#define P11_HEADER "[p11-kit-object-v1]"

enum p11_class {
	P11_CLASS_NONE,
	P11_CLASS_CERTIFICATE,
	P11_CLASS_EXTENSION, /* stapled to every certificate with its public key */
	P11_CLASS_DATA,
	P11_CLASS_OTHER,
};

/* Bytes are in the arena of the scan; n 0 and at NULL where the object has none. */
struct p11_object {
	size_t line; /* of its header; 0: of no file */
	enum p11_class class;
	bool not_x509;
	struct span value;     /* field "value", or the certificate in PEM */
	struct span key;       /* SubjectPublicKeyInfo */
	struct span object_id; /* content octets */
	struct span issuer;    /* whole TLV of the Name */
	struct span serial;    /* whole TLV of the INTEGER */
	struct span label, application;
	bool trusted, distrusted;
	bool unsaid; /* where it is neither, nothing is said of its trust */
	int64_t server_after, email_after; /* TIME_NONE: none */
};

struct p11_scan {
	struct span in;
	size_t at, line; /* line: of at; set it to the first (1) */
	struct arena *arena;
};

/* Whether a line of head is the header of an object. */
bool p11_find_header(struct span head);

enum p11_next {
	P11_END,
	P11_OBJECT,
	P11_BAD
};
/*
 * The next object. P11_BAD: something stands there that is none; object->line says where,
 * err what.
 */
enum p11_next p11_next(struct p11_scan *scan, struct p11_object *object,
		       struct error *err);

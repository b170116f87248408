/* PKCS#12 (RFC 7292) taken apart: files into contents, contents into bags. Internal. */
#pragma once

#include "format/pbe.h"
#include "format/format.h"

/* Object identifiers, content octets. */
#define OID_DATA           SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01")
#define OID_SIGNED_DATA    SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")
#define OID_ENCRYPTED_DATA SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06")
#define OID_BAG(kind)      SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01" kind)
#define OID_X509           SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01")
#define OID_FRIENDLY_NAME  SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x14")
#define OID_LOCAL_KEY      SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x15")
/* 2.16.840.1.113894.746875.1.1: what makes a certificate a trusted one to Java. */
#define OID_TRUSTED_USAGE SPAN("\x60\x86\x48\x01\x86\xf9\x66\xad\xca\x7b\x01\x01")

/* Bags in bags, and contents of a file: more than anybody writes. */
#define BAGS_NESTED_MOST 8
#define CONTENTS_MOST    10000

enum bag_kind {
	BAG_KEY = 1,
	BAG_SHROUDED_KEY,
	BAG_CERTIFICATE,
	BAG_CRL,
	BAG_SECRET,
	BAG_CONTENTS,
	BAG_KIND_COUNT
};
struct bag {
	enum bag_kind kind;
	struct der value;   /* what it holds */
	struct span name;   /* friendlyName: UTF-16, high byte first */
	bool trusted;       /* has the attribute of Java */
	struct span usages; /* of which these are the purposes: SET OF, content */
	bool of_key;        /* has a localKeyID: the certificate of a key */
};
/* Calls found for every bag, nested ones too; false where the structure is broken. */
struct bag_walk {
	void *ctx;
	void (*found)(void *ctx, const struct bag *bag);
};
MUST_CHECK bool bags_walk(struct der safe, const struct bag_walk *walk,
			  struct error *err);

/*
 * Makes in DER where it is BER, in memory of arena. Strings within stay as they are.
 */
MUST_CHECK bool pkcs12_as_der(struct span *in, struct arena *arena, struct error *err);

/* One ContentInfo of a file: bags in the open, or encrypted. */
struct content {
	struct der bags;   /* their SEQUENCE, where is_open */
	struct der cipher; /* the EncryptedContentInfo's algorithm and contents, else */
	bool is_open;
	char *closed; /* NULL, or why it cannot be opened */
};
struct pfx {
	struct span safe; /* what the code is of */
	bool has_mac;
	struct pbe mac;
	struct span code;
	struct content *at;
	size_t n, cap;
};
#define PFX_INIT                 \
	{                        \
		.has_mac = false \
	}
/*
 * Takes file apart, which is in arena and DER. STATUS_INPUT with the byte. Contents that
 * are encrypted are not open yet.
 */
MUST_CHECK bool pfx_read(struct pfx *pfx, struct span file, struct arena *arena,
			 struct error *err);
/*
 * Finds the password, proves the code with it and opens what is encrypted. False: none
 * fits, or the structure or the cost forbids it.
 */
MUST_CHECK bool pfx_open(struct pfx *pfx, struct arena *arena,
			 const struct passwords *passwords, const char *path,
			 struct error *err);
void pfx_clear(struct pfx *pfx);

bool pkcs12_read(struct span file, struct entry_sink *sink, struct error *err);

/* What the parts of writing into a token share. */
#pragma once

#include "format/certdata.h"
#include "format/token.h"
#include "trust/table.h"

#define TOKEN_YES SPAN("\x01") /* CK_TRUE, a CK_BBOOL */
#define TOKEN_NO  SPAN("\0")

/* ---- labels: token_label.c ---- */

struct token_labels {
	struct token_label *at;
	size_t n, cap;
	struct table by_text;
};
void token_labels_clear(struct token_labels *labels);
/* A certificate with that label and subject is there; both are borrowed. */
void token_label_is_there(struct token_labels *labels, struct span label,
			  struct span subject);
/* What the certificate of the entry is to be called beside them, and is then there. */
struct span token_label_for(struct token_labels *labels, struct arena *arena,
			    const struct entry *entry);

/* ---- what is wanted: token_wish.c ---- */

/* What the token is to hold of one entry of the set, and what it has of it. */
struct token_wish {
	const struct entry *entry;
	/* As attributes of the certificate. */
	bool trusted, distrusted;
	struct span server_after, email_after; /* n 0: none */
	/* The certificate is there, and need not be made; who wrote it. */
	bool there, ours, others;
	bool differs; /* one of others says otherwise */
	/* NSS's trust object is there as it shall be; or there, with these words. */
	bool trust_there;
	CK_OBJECT_HANDLE trust; /* 0: none */
	CK_ULONG words[CERTDATA_PURPOSES];
	bool added, changed;
};
/* An extension attached to the key of a certificate. */
struct token_extension {
	size_t wish; /* by number: whose key it is */
	struct span key, value;
	bool there;
};
struct token_writing {
	const struct token *token;
	enum token_says says;
	const struct entry_set *set;
	struct written *written;
	struct token_wish *wishes; /* by number of the entry */
	struct token_extension *extensions;
	size_t n_extensions, cap_extensions;
	/* Of ours, and not wanted any more, in the order in which they go. */
	struct token_handles stale_trusts, stale;
	struct token_handles made;
	/* Names of certificates of ours that go: their trust objects go with them. */
	struct token_name *going;
	size_t n_going, cap_going;
	struct table going_by_name, wishes_by_name;
	struct token_labels labels; /* NSS: of all certificates that are there */
	struct arena arena;
	size_t left; /* bytes that may still come */
};
struct token_name {
	struct span issuer, serial; /* of the certificate: content of the INTEGER */
	struct span sha1;
};
/* Says what each entry of the set comes to in the token's words. */
MUST_CHECK bool token_wish_all(struct token_writing *writing, struct error *err);

/* ---- objects: token_make.c ---- */

CK_ATTRIBUTE token_attribute_of(CK_ATTRIBUTE_TYPE type, struct span value);
/* Whether an object with that CKA_ID was written by this. */
bool token_is_ours(struct span id);
/* The certificate of such an object. */
struct sha256 token_id_hash(struct span id);
/* Those that are made are in writing->made. STATUS_UNCHANGED. */
MUST_CHECK bool token_make_certificate(struct token_writing *writing,
				       const struct token_wish *wish, struct error *err);
MUST_CHECK bool token_make_extension(struct token_writing *writing,
				     const struct token_extension *extension,
				     struct error *err);
MUST_CHECK bool token_make_trust(struct token_writing *writing,
				 const struct token_wish *wish, struct error *err);
void token_handles_add(struct token_handles *handles, CK_OBJECT_HANDLE handle);

/* ---- trust objects of NSS: token_trust.c ---- */

/* What the entry says, in NSS's words. */
void token_words(const struct entry *entry, CK_ULONG words[CERTDATA_PURPOSES]);
extern const CK_ATTRIBUTE_TYPE token_word_types[CERTDATA_PURPOSES];
/* Of every token that speaks as NSS, before anything is looked at. */
MUST_CHECK bool token_name_wishes(struct token_writing *writing, struct error *err);
/* False where an object that stays has the issuer and serial number of one that is to
 * come. */
MUST_CHECK bool token_check_names(const struct token_writing *writing,
				  const struct token_object *object, struct error *err);
/* A certificate of ours goes. */
void token_trust_goes(struct token_writing *writing, const struct token_object *object);
typedef bool token_looker(struct token_writing *writing, CK_OBJECT_HANDLE handle,
			  const struct token_object *object, struct error *err);
/* Shows it all objects of the class; what cannot be read is of others, and stays. */
MUST_CHECK bool token_look(struct token_writing *writing, CK_OBJECT_CLASS class,
			   token_looker *look_at, struct error *err);
/* What is there, once certificates have been looked at. */
MUST_CHECK bool token_look_at_trusts(struct token_writing *writing, struct error *err);
/* Makes and changes those of all entries. */
MUST_CHECK bool token_write_trusts(struct token_writing *writing, struct error *err);
/* Gives those that were changed their former words; how many would not take them. */
size_t token_restore_trusts(struct token_writing *writing);

/*
 * Labels in NSS's databases: it takes no certificate whose label one with another subject
 * has, so the second gets the beginning of its fingerprint behind it.
 */
#include "format/token_parts.h"

#include "x509/name.h"

/* Enough for people, and to tell apart what has one name. */
#define HEX_SHOWN 8

struct token_label {
	struct span label, subject;
};

void token_labels_clear(struct token_labels *labels)
{
	mem_free(labels->at);
	table_clear(&labels->by_text);
}

static bool is_taken(const struct token_labels *labels, struct span label,
		     struct span subject)
{
	const struct table *table = &labels->by_text;
	uint32_t i = table_first(table, (uint32_t)hash_keyed(label));

	for (; i != TABLE_END; i = table_next(table, i)) {
		if (span_eq(labels->at[i].label, label))
			return !span_eq(labels->at[i].subject, subject);
	}
	return false;
}

void token_label_is_there(struct token_labels *labels, struct span label,
			  struct span subject)
{
	GROW(labels->at, labels->n, labels->cap);
	table_add(&labels->by_text, (uint32_t)hash_keyed(label), (uint32_t)labels->n);
	labels->at[labels->n++] = (struct token_label){ label, subject };
}

struct span token_label_for(struct token_labels *labels, struct arena *arena,
			    const struct entry *entry)
{
	const struct cert *cert = &entry->cert;
	struct span subject = cert_part(cert, cert->subject), label;
	AUTO(buf) text = BUF_INIT;

	if (entry->label)
		buf_add_str(&text, entry->label);
	else
		name_short(&text, subject);
	if (is_taken(labels, buf_span(&text), subject)) {
		struct sha256 hash = cert_sha256(cert);
		char hex[SHA256_TEXT];

		buf_addf(&text, " (%.*s)", HEX_SHOWN, sha256_hex(&hash, hex));
	}
	label = arena_copy(arena, buf_span(&text));
	token_label_is_there(labels, label, subject);
	return label;
}

/*
 * What the entries of a set come to in a token's words. Those of p11-kit's tokens are
 * those of its files, where one key has one list of purposes: they are taken from what
 * the writer of such files says.
 */
#include "format/token_parts.h"

#include "format/p11_kit.h"
#include "format/p11_object.h"

static struct span date_of(struct arena *arena, int64_t at)
{
	AUTO(buf) text = BUF_INIT;

	if (at == TIME_NONE)
		return span_of(NULL, 0);
	p11_kit_date(&text, at);
	return arena_copy(arena, buf_span(&text));
}

static void wish_extension(struct token_writing *writing, size_t wish,
			   const struct p11_object *object)
{
	GROW(writing->extensions, writing->n_extensions, writing->cap_extensions);
	writing->extensions[writing->n_extensions++] = (struct token_extension){
		.wish = wish, .key = object->key, .value = object->value
	};
}

static void wish_certificate(struct token_writing *writing, size_t wish,
			     const struct p11_object *object)
{
	struct token_wish *to = &writing->wishes[wish];

	to->trusted = object->trusted;
	to->distrusted = object->distrusted;
	to->server_after = date_of(&writing->arena, object->server_after);
	to->email_after = date_of(&writing->arena, object->email_after);
}

/* An extension follows the certificate to whose key it is attached. */
static bool wish_as_p11_kit(struct token_writing *writing, struct error *err)
{
	AUTO(buf) text = BUF_INIT;
	struct p11_scan scan = { .line = 1, .arena = &writing->arena };
	struct p11_object object;
	enum p11_next next;
	size_t wish = 0;

	p11_kit_write(writing->set, NULL, &text);
	scan.in = buf_span(&text);
	while ((next = p11_next(&scan, &object, err)) == P11_OBJECT) {
		struct sha256 hash;

		if (object.class == P11_CLASS_EXTENSION) {
			wish_extension(writing, wish, &object);
		} else if (object.class == P11_CLASS_CERTIFICATE) {
			hash = sha256_of(object.value);
			wish = (size_t)(set_find_sha256(writing->set, &hash) -
					writing->set->at);
			wish_certificate(writing, wish, &object);
		}
	}
	return next == P11_END;
}

bool token_wish_all(struct token_writing *writing, struct error *err)
{
	for (size_t i = 0; i < writing->set->n; i++) {
		const struct entry *entry = &writing->set->at[i];

		writing->wishes[i].entry = entry;
		writing->wishes[i].trusted = entry->trust == TRUST_ANCHOR;
		writing->wishes[i].distrusted = entry->trust == TRUST_DISTRUSTED;
	}
	return writing->says != TOKEN_SAYS_P11_KIT || wish_as_p11_kit(writing, err);
}

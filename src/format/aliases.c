/* Aliases: the names by which Java's stores know their entries. */
#include "format/aliases.h"

#include "base/escape.h"
#include "base/unicode.h"
#include "trust/table.h"
#include "x509/name.h"

/* In cells of a terminal: keytool prints one a line. */
#define ALIAS_MOST 100
/* Hex digits of the SHA-256 that tell two entries of one name apart, if they can. */
#define HASH_SHORT 8

/* The aliases that are taken, as Java compares them. */
struct taken {
	struct table table;
	char **lower;
	size_t n;
};

static void taken_clear(struct taken *taken)
{
	for (size_t i = 0; i < taken->n; i++)
		mem_free(taken->lower[i]);
	mem_free(taken->lower);
	table_clear(&taken->table);
}

static char *lower_of(const char *text)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + strlen(text);
	struct buf lower = BUF_INIT;

	while (at < end) {
		int32_t character = utf8_next(&at, end);

		if (character >= 0)
			utf8_add(&lower, (uint32_t)unicode_lower(character));
	}
	buf_add_str(&lower, "");
	return buf_steal(&lower);
}

static bool is_taken(const struct taken *taken, const char *lower, uint32_t hash)
{
	for (uint32_t i = table_first(&taken->table, hash); i != TABLE_END;
	     i = table_next(&taken->table, i))
		if (strcmp(taken->lower[i], lower) == 0)
			return true;
	return false;
}

/* Whether the alias was free; it is taken then. */
static bool take(struct taken *taken, const char *alias)
{
	char *lower = lower_of(alias);
	uint32_t hash = (uint32_t)hash_keyed(span_str(lower));

	if (is_taken(taken, lower, hash)) {
		mem_free(lower);
		return false;
	}
	taken->lower[taken->n] = lower;
	table_add(&taken->table, hash, (uint32_t)taken->n++);
	return true;
}

/* What stands in an alias for the name of a certificate or for a label. */
static void add_name(struct buf *out, const struct cert *cert, const char *label)
{
	const struct span subject = cert_part(cert, cert->subject);
	AUTO(buf) text = BUF_INIT;
	const size_t had = out->n;

	/* Of an empty name name_short would say so in whichever language. */
	if (label && label[0])
		buf_add_str(&text, label);
	else if (!name_empty(subject))
		name_short(&text, subject);
	escape_terminal_cut(out, buf_span(&text), ALIAS_MOST);
	if (out->n == had)
		buf_add_str(out, "certificate");
}

static char *name_of(const struct entry *entry, enum alias_case how)
{
	AUTO(buf) name = BUF_INIT;

	add_name(&name, &entry->cert, entry->label);
	return how == ALIAS_LOWER ? lower_of(buf_text(&name)) : buf_steal(&name);
}

/* The name, else with a part of the hash, else with all of it and a number. */
static char *unique(struct taken *taken, const struct entry *entry, enum alias_case how)
{
	char hex[SHA256_TEXT], *name = name_of(entry, how), *longer;
	struct sha256 hash;

	if (take(taken, name))
		return name;
	hash = cert_sha256(&entry->cert);
	sha256_hex(&hash, hex);
	longer = str_format("%s %.*s", name, HASH_SHORT, hex);
	for (size_t i = 0; !take(taken, longer); i++) {
		mem_free(longer);
		longer = i ? str_format("%s %s %zu", name, hex, i + 1)
			   : str_format("%s %s", name, hex);
	}
	mem_free(name);
	return longer;
}

void aliases_make(struct aliases *aliases, const struct entry_set *set,
		  enum alias_case how)
{
	AUTO(taken)
	taken = { .table = TABLE_INIT,
		  .lower = mem_array(set->n + 1, sizeof(*taken.lower)) };

	aliases_clear(aliases);
	aliases->at = mem_array(set->n + 1, sizeof(*aliases->at));
	table_expect(&taken.table, set->n);
	for (; aliases->n < set->n; aliases->n++)
		aliases->at[aliases->n] = unique(&taken, &set->at[aliases->n], how);
}

void aliases_clear(struct aliases *aliases)
{
	for (size_t i = 0; i < aliases->n; i++)
		mem_free(aliases->at[i]);
	mem_free(aliases->at);
	*aliases = (struct aliases)ALIASES_INIT;
}

/* What follows the name at the beginning of text, whatever the case; false where it does
 * not begin so. */
static bool take_name(struct span *text, struct span name)
{
	const uint8_t *at = text->at, *end = at + text->n;
	const uint8_t *of_name = name.at, *name_end = name.at + name.n;

	while (of_name < name_end) {
		if (at == end || unicode_lower(utf8_next(&at, end)) !=
					 unicode_lower(utf8_next(&of_name, name_end)))
			return false;
	}
	*text = span_of(at, (size_t)(end - at));
	return true;
}

/* The commonest case at little cost: the name as it is, in ASCII. */
static bool same_ascii(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (a.at[i] >= 0x80 ||
		    unicode_lower(a.at[i]) != unicode_lower(b.at[i]))
			return false;
	return true;
}

bool alias_is_name(struct span alias, const struct cert *cert)
{
	AUTO(buf) short_name = BUF_INIT;
	AUTO(buf) name = BUF_INIT;
	char hex[SHA256_TEXT];
	struct sha256 hash;

	name_short(&short_name, cert_part(cert, cert->subject));
	if (same_ascii(alias, buf_span(&short_name)))
		return true;
	add_name(&name, cert, NULL);
	if (!take_name(&alias, buf_span(&name)))
		return false;
	if (!alias.n)
		return true;
	hash = cert_sha256(cert);
	sha256_hex(&hash, hex);
	return alias.at[0] == ' ' &&
	       span_starts(span_from(alias, 1), span_of(hex, HASH_SHORT));
}

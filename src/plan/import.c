/*
 * What import takes. For each entry of the source, in this order: what is it to be
 * (stated, asked for, or settled), may it be that (network, end entities), and what does
 * the cellar say already.
 */
#include "plan/import.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "plan/settle.h"
#include "x509/name.h"
#include "x509/verify.h"

#include <stdlib.h>

struct importing {
	struct entry_set *cellar;
	const struct store *source;
	const struct import_options *options;
	struct import_result *result;
};

/* ---- refusals ---- */

/* "Partner Root (96bcec06...)". */
static char *who(const struct cert *cert)
{
	struct sha256 hash = cert_sha256(cert);
	char hex[SHA256_TEXT];
	AUTO(buf) name = BUF_INIT, text = BUF_INIT;

	name_short(&name, cert_part(cert, cert->subject));
	escape_terminal_cut(&text, buf_span(&name), 60);
	buf_addf(&text, " (%.16s)", sha256_hex(&hash, hex));
	return buf_steal(&text);
}

static void refuse(struct import_result *result, const struct cert *cert,
		   const char *reason, char *remedy)
{
	AUTO_FREE char *name = who(cert);

	GROW(result->refusals, result->n, result->cap);
	result->refusals[result->n++] =
		(struct refusal){ str_format("%s: %s", name, reason), remedy };
}

static void refuse_root(struct import_result *result, const struct cert *cert)
{
	struct sha256 hash = cert_sha256(cert);
	char hex[SHA256_TEXT];

	refuse(result, cert,
	       _("it came from the network, and nothing from there becomes an anchor by "
		 "itself"),
	       str_format(
		       _("compare its SHA-256 with what its owner publishes, then add: "
			 "--accept-root %s"),
		       sha256_hex(&hash, hex)));
}

void import_result_clear(struct import_result *result)
{
	for (size_t i = 0; i < result->n; i++) {
		mem_free(result->refusals[i].why);
		mem_free(result->refusals[i].remedy);
	}
	mem_free(result->refusals);
	*result = (struct import_result)IMPORT_RESULT_INIT;
}

/* ---- what it is to be ---- */

static bool is_network(enum origin_kind kind)
{
	return kind == ORIGIN_NETWORK || kind == ORIGIN_SERVER;
}

/* Nothing but the network gave it. */
static bool from_network(const struct importing *import, const struct entry *entry)
{
	if (import->source->kind == STORE_ENDPOINT)
		return true;
	for (const struct origin *o = entry->origin; o; o = o->next) {
		if (!is_network(o->kind))
			return false;
	}
	return entry->origin != NULL;
}

static bool is_accepted(const struct importing *import, const struct cert *cert)
{
	struct sha256 hash;

	if (!import->options->n_accepted)
		return false;
	hash = cert_sha256(cert);
	for (size_t i = 0; i < import->options->n_accepted; i++) {
		if (sha256_eq(&import->options->accepted[i], &hash))
			return true;
	}
	return false;
}

/* Issued by the same name but signed by another key: a roll-over certificate, no root. */
static bool signed_by_another(const struct cert *cert)
{
	struct issuer_key *key = issuer_key_new(cert);
	enum signature_verdict verdict = signature_verify(key, cert);

	issuer_key_free(key);
	return verdict == SIGNATURE_BAD;
}

/* What the options or the rule of settle.h make of it; TRUST_UNSAID: refused, and told
 * why. */
static enum trust settle(const struct importing *import, const struct cert *cert)
{
	enum settled settled = settle_certificate(cert);
	enum trust asked = import->options->trust;

	if (settled == SETTLED_NOT_A_CA) {
		if (asked == TRUST_ANCHOR || asked == TRUST_DISTRUSTED)
			return asked;
		/* Every endpoint presents its own certificate: nobody meant to import
		 * that. */
		if (import->source->kind == STORE_ENDPOINT)
			return TRUST_UNSAID;
		refuse(import->result, cert,
		       _("it is no CA certificate: a store has no use for it"), NULL);
		return TRUST_UNSAID;
	}
	if (asked != TRUST_UNSAID)
		return asked;
	if (settled == SETTLED_INTERMEDIATE || signed_by_another(cert))
		return TRUST_INTERMEDIATE;
	return TRUST_ANCHOR;
}

/* The trust to give; TRUST_UNSAID where it was refused. */
static enum trust decide(const struct importing *import, const struct entry *entry)
{
	bool accepted = is_accepted(import, &entry->cert);
	enum trust trust = entry->trust;

	import->result->accepted_met += accepted;
	if (trust == TRUST_DISTRUSTED)
		return trust;
	if (accepted)
		return TRUST_ANCHOR;
	if (trust == TRUST_UNSAID || import->options->trust != TRUST_UNSAID)
		trust = settle(import, &entry->cert);
	if (trust != TRUST_ANCHOR || !from_network(import, entry))
		return trust;
	if (entry->trust == TRUST_ANCHOR && import->source->kind != STORE_ENDPOINT)
		return trust;
	refuse_root(import->result, &entry->cert);
	return TRUST_UNSAID;
}

/* ---- joining the cellar ---- */

static struct origin *new_origin(struct arena *arena, const struct importing *import,
				 enum origin_kind kind, const char *ref)
{
	struct origin *origin = arena_alloc(arena, sizeof(*origin));

	*origin = (struct origin){ kind, arena_str(arena, ref), import->options->now,
				   import->options->mirror != NULL, NULL };
	return origin;
}

/* A relative path means nothing once the user has gone elsewhere. */
static struct origin *file_origin(struct arena *arena, const struct importing *import,
				  enum origin_kind kind, const char *ref)
{
	char *absolute =
		kind == ORIGIN_FILE && ref[0] != '/' ? realpath(ref, NULL) : NULL;
	struct origin *origin =
		new_origin(arena, import, kind, absolute ? absolute : ref);

	free(absolute);
	return origin;
}

/* Where the entry came from, as the cellar records it. */
static const struct origin *origins_for(struct arena *arena,
					const struct importing *import,
					const struct entry *entry)
{
	const struct origin *first = NULL, **end = &first;

	if (import->options->mirror)
		return new_origin(arena, import, ORIGIN_FILE, import->options->mirror);
	if (!entry->origin)
		return file_origin(arena, import, ORIGIN_FILE, import->source->ref);
	for (const struct origin *o = entry->origin; o; o = o->next) {
		struct origin *copy = file_origin(arena, import, o->kind, o->ref);

		*end = copy;
		end = &copy->next;
	}
	return first;
}

static bool holds_origin(const struct origin *list, const struct origin *origin)
{
	for (; list; list = list->next) {
		if (list->kind == origin->kind && strcmp(list->ref, origin->ref) == 0)
			return true;
	}
	return false;
}

/* Only this source has spoken of the entry, so what it says now replaces what it said
 * before. */
static bool only_from(const struct entry *known, const struct origin *source)
{
	for (const struct origin *o = known->origin; o; o = o->next) {
		if (!holds_origin(source, o))
			return false;
	}
	return known->origin != NULL;
}

static void replace(struct entry_set *cellar, struct entry *known,
		    const struct entry *entry)
{
	known->trust = entry->trust;
	known->constraints = constraints_copy(&cellar->arena, entry->constraints);
	if (entry->label)
		known->label = arena_str(&cellar->arena, entry->label);
	if (entry->fields)
		known->fields = fields_copy(&cellar->arena, entry->fields);
}

/* The user has said what the entry is for (trust, or an edit by hand). */
static bool user_spoke(const struct entry *known)
{
	for (const struct origin *o = known->origin; o; o = o->next) {
		if (o->kind == ORIGIN_USER)
			return true;
	}
	return false;
}

/* Whether the user's word stands against what the source says: a source may only distrust
 * what the user has spoken of, unless the user speaks again, with this import. */
static bool word_stands(const struct importing *import, const struct entry *known,
			const struct entry *entry)
{
	return user_spoke(known) && entry->trust != TRUST_DISTRUSTED &&
	       import->options->trust == TRUST_UNSAID &&
	       !import->options->purposes_said && !is_accepted(import, &entry->cert);
}

/* A source may take its own distrust back; --trust does not, for it may be of many. */
static bool lifts_by_option(const struct importing *import, const struct entry *known,
			    const struct entry *entry)
{
	return known->trust == TRUST_DISTRUSTED && entry->trust != TRUST_DISTRUSTED &&
	       import->options->trust != TRUST_UNSAID;
}

/* entry has the trust, constraints and origin that it shall have; said: somebody stated
 * them. */
static void join(const struct importing *import, const struct entry *entry, bool said)
{
	struct entry *known = set_find(import->cellar, &entry->cert);
	struct entry joined = *entry;

	if (known && said && known->trust != TRUST_DISTRUSTED &&
	    word_stands(import, known, entry)) {
		said = false;
		import->result->word_kept +=
			known->trust != entry->trust ||
			!constraints_equal(known->constraints, entry->constraints);
	}
	if (known && said && only_from(known, entry->origin) &&
	    !lifts_by_option(import, known, entry))
		replace(import->cellar, known, entry);
	if (known && known->trust == TRUST_DISTRUSTED && entry->trust == TRUST_ANCHOR)
		import->result->distrust_kept++;
	if (known && !said) {
		joined.trust = known->trust;
		joined.constraints = known->constraints;
	}
	set_add_copy(import->cellar, &joined);
}

static const struct constraints *constraints_for(struct arena *arena,
						 const struct importing *import,
						 const struct entry *entry,
						 enum trust trust)
{
	if (trust != TRUST_ANCHOR)
		return NULL;
	if (!import->options->purposes_said)
		return entry->constraints;
	if (!import->options->purposes)
		return NULL;
	return constraints_make(arena, import->options->purposes, TIME_NONE, TIME_NONE);
}

static void take_active(const struct importing *import, const struct entry *entry)
{
	struct arena arena = ARENA_INIT;
	struct entry taken = *entry;
	bool said = entry->trust != TRUST_UNSAID ||
		    import->options->trust != TRUST_UNSAID ||
		    import->options->purposes_said || is_accepted(import, &entry->cert);

	taken.trust = decide(import, entry);
	if (taken.trust != TRUST_UNSAID) {
		taken.constraints = constraints_for(&arena, import, entry, taken.trust);
		taken.origin = origins_for(&arena, import, entry);
		join(import, &taken, said);
	}
	arena_clear(&arena);
}

/* What its own store does not use has no place among what the cellar trusts. */
static void take(const struct importing *import, const struct entry *entry)
{
	if (entry->trust == TRUST_INACTIVE)
		import->result->inactive++;
	else
		take_active(import, entry);
}

/* ---- following a source ---- */

static bool is_in_use(const struct entry_set *source, const struct cert *cert)
{
	const struct entry *entry = set_find(source, cert);

	return entry && entry->trust != TRUST_INACTIVE;
}

static bool only_mirrored(const struct entry *entry, const char *mirror)
{
	for (const struct origin *o = entry->origin; o; o = o->next) {
		if (!o->mirrored || strcmp(o->ref, mirror) != 0)
			return false;
	}
	return entry->origin != NULL;
}

static void retire(const struct importing *import)
{
	struct entry_set *cellar = import->cellar;
	AUTO_FREE bool *gone = mem_array(cellar->n + 1, sizeof(*gone));

	for (size_t i = 0; i < cellar->n; i++) {
		gone[i] = only_mirrored(&cellar->at[i], import->options->mirror) &&
			  !is_in_use(&import->source->set, &cellar->at[i].cert);
		import->result->retired += gone[i];
	}
	set_remove(cellar, gone);
}

void import_store(struct entry_set *cellar, const struct store *source,
		  const struct import_options *options, struct import_result *result)
{
	const struct importing import = { cellar, source, options, result };

	for (size_t i = 0; i < source->set.n; i++)
		take(&import, &source->set.at[i]);
	if (!options->mirror)
		return;
	/* What could not be read may be what would be missed: a broken mirror takes
	 * nothing away. */
	if (source->skipped)
		result->nothing_retired = true;
	else
		retire(&import);
}

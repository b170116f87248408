/*
 * Sets of entries: adding with a look for twins, and the indexes, each made when first
 * asked for.
 */
#include "trust/set.h"

#include "trust/table.h"
#include "x509/name.h"

#include <assert.h>
#include <stdlib.h>

/*
 * A user has few sources of one certificate. Past this many an origin that is not
 * mirrored is not recorded: it bounds what a folder with one certificate in 100,000 files
 * can cost.
 */
#define ORIGINS_MOST 32

/* Entries that a set first has room for; it then doubles. */
#define ROOM_LEAST 8

/*
 * Certificates whose ends are alike that are compared one after the other. The end is of
 * the signature, so honest ones differ there; the rest is found by all its bytes, lest
 * one who makes ten thousand with the same end makes us compare each with each.
 */
#define ALIKE_MOST 16
#define END_SIZE   32

enum look_up {
	BY_CERTIFICATE, /* of the first of each; kept up by set_add; a change drops the
			   others */
	BY_SHA256,
	BY_SUBJECT,
	BY_ISSUER,
	BY_KEY,
	LOOK_UP_COUNT
};

struct set_index {
	struct table table[LOOK_UP_COUNT];
	bool made[LOOK_UP_COUNT];
};

/* ---- indexes ---- */

/* For all but BY_CERTIFICATE, which is find_twin's. */
static uint64_t hash_for(enum look_up by, const struct cert *cert)
{
	struct sha256 hash;

	switch (by) {
	case BY_SUBJECT:
		return name_hash(cert_part(cert, cert->subject));
	case BY_ISSUER:
		return name_hash(cert_part(cert, cert->issuer));
	case BY_KEY:
		return hash_keyed(cert_part(cert, cert->spki));
	default:
		break;
	}
	assert(by == BY_SHA256);
	hash = cert_sha256(cert);
	return hash_keyed(span_of(hash.at, sizeof(hash.at)));
}

static void drop_table(struct set_index *index, enum look_up by)
{
	if (index->made[by])
		table_clear(&index->table[by]);
	index->made[by] = false;
}

static void drop_look_ups(struct entry_set *set)
{
	for (enum look_up by = BY_CERTIFICATE + 1; set->index && by < LOOK_UP_COUNT; by++)
		drop_table(set->index, by);
}

static void drop_index(struct entry_set *set)
{
	drop_look_ups(set);
	if (set->index)
		drop_table(set->index, BY_CERTIFICATE);
	mem_free(set->index);
	set->index = NULL;
}

static uint32_t hash_of_end(const struct cert *cert)
{
	struct span der = cert_der(cert);

	return (uint32_t)hash_keyed(der.n > END_SIZE ? span_from(der, der.n - END_SIZE)
						     : der);
}

/* Looks along one chain, and counts how long it is where nothing is found. */
static struct entry *find_in_chain(const struct entry_set *set, const struct cert *cert,
				   uint32_t hash, size_t *length)
{
	const struct table *twins = &set->index->table[BY_CERTIFICATE];

	*length = 0;
	for (uint32_t i = table_first(twins, hash); i != TABLE_END;
	     i = table_next(twins, i), ++*length) {
		if (cert_same(&set->at[i].cert, cert))
			return &set->at[i];
	}
	return NULL;
}

/*
 * The entry of that certificate, or NULL and under which hash it is to be added. Chains
 * only grow, so what went past a full one is looked for past it.
 */
static struct entry *find_twin(const struct entry_set *set, const struct cert *cert,
			       uint32_t *hash)
{
	struct entry *twin;
	size_t length;

	*hash = hash_of_end(cert);
	twin = find_in_chain(set, cert, *hash, &length);
	if (twin || length < ALIKE_MOST)
		return twin;
	*hash = (uint32_t)hash_keyed(cert_der(cert));
	return find_in_chain(set, cert, *hash, &length);
}

/* Enters the entry unless a twin of it is there already. */
static void enter_twin(struct entry_set *set, size_t number)
{
	uint32_t hash;

	if (!find_twin(set, &set->at[number].cert, &hash))
		table_add(&set->index->table[BY_CERTIFICATE], hash, (uint32_t)number);
}

static void make_twins(struct entry_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		enter_twin(set, i);
}

/* From the last to the first, so that a chain gives entries in their order. */
static void make_look_up(struct entry_set *set, enum look_up by)
{
	for (size_t i = set->n; i-- > 0;)
		table_add(&set->index->table[by],
			  (uint32_t)hash_for(by, &set->at[i].cert), (uint32_t)i);
}

/*
 * The index is a memory of what the entries say, no part of it: a const set gets it too.
 */
static const struct table *table_for(const struct entry_set *const_set, enum look_up by)
{
	struct entry_set *set = (struct entry_set *)const_set;

	if (!set->index)
		set->index = mem_zalloc(sizeof(*set->index));
	if (!set->index->made[by]) {
		set->index->table[by] = (struct table)TABLE_INIT;
		table_expect(&set->index->table[by],
			     by == BY_CERTIFICATE ? set->cap : set->n);
		if (by == BY_CERTIFICATE)
			make_twins(set);
		else
			make_look_up(set, by);
		set->index->made[by] = true;
	}
	return &set->index->table[by];
}

void set_index_make(const struct entry_set *set)
{
	table_for(set, BY_SUBJECT);
}

/* ---- adding ---- */

static void make_room(struct entry_set *set, size_t n)
{
	size_t bytes = mem_large_size(n * sizeof(*set->at));
	struct entry *at = mem_large(bytes);

	if (set->n)
		memcpy(at, set->at, set->n * sizeof(*at));
	mem_free(set->at);
	set->at = at;
	set->cap = bytes / sizeof(*at);
}

void set_expect(struct entry_set *set, size_t n)
{
	assert(n < TABLE_END);
	if (n > set->cap - set->n)
		make_room(set, set->n + n);
}

static struct entry *append(struct entry_set *set, const struct entry *entry)
{
	assert(set->n < TABLE_END - 2);
	drop_look_ups(set);
	if (set->n == set->cap)
		make_room(set, set->cap ? 2 * set->cap : ROOM_LEAST);
	set->at[set->n] = *entry;
	return &set->at[set->n++];
}

struct entry *set_append(struct entry_set *set, const struct entry *entry)
{
	struct entry *added = append(set, entry);

	if (set->index && set->index->made[BY_CERTIFICATE])
		enter_twin(set, set->n - 1);
	return added;
}

static bool same_origin(const struct origin *a, const struct origin *b)
{
	return a->kind == b->kind && strcmp(a->ref, b->ref) == 0;
}

/*
 * A copy of the list in which the origin at is mirrored: entries may share the list that
 * there was.
 */
static const struct origin *mark_mirrored(struct arena *arena, const struct origin *list,
					  const struct origin *at)
{
	const struct origin *first = NULL, **end = &first;

	for (; list; list = list->next) {
		struct origin *copy = arena_alloc(arena, sizeof(*copy));

		*copy = *list;
		copy->mirrored |= list == at;
		copy->next = NULL;
		*end = copy;
		end = &copy->next;
	}
	return first;
}

/* known with one more in front, or, where it is there already, with what it adds. */
static const struct origin *join_origin(struct arena *arena, const struct origin *known,
					const struct origin *more)
{
	struct origin *first;
	size_t n = 0;

	for (const struct origin *o = known; o; o = o->next, n++) {
		if (!same_origin(o, more))
			continue;
		return o->mirrored || !more->mirrored ? known
						      : mark_mirrored(arena, known, o);
	}
	if (n >= ORIGINS_MOST && !more->mirrored)
		return known;
	first = arena_alloc(arena, sizeof(*first));
	*first = *more;
	first->next = known;
	return first;
}

static const struct origin *join_origins(struct arena *arena, const struct origin *known,
					 const struct origin *more)
{
	const struct origin **come = NULL;
	size_t n = 0, cap = 0;

	if (!known || !more)
		return known ? known : more;
	for (; more; more = more->next) {
		GROW(come, n, cap);
		come[n++] = more;
	}
	/* Newest first: of what comes, the oldest goes in first. */
	while (n > 0)
		known = join_origin(arena, known, come[--n]);
	mem_free(come);
	return known;
}

static int trust_rank(enum trust trust)
{
	static const int ranks[] = {
		[TRUST_INACTIVE] = 0,     [TRUST_UNSAID] = 1, [TRUST_INTERMEDIATE] = 2,
		[TRUST_ANCHOR] = 3,       [TRUST_DISTRUSTED] = 4,
	};

	return ranks[trust];
}

/* What a second statement about the same certificate changes. Its memory is the set's. */
static void join(struct arena *arena, struct entry *entry, const struct entry *more)
{
	int known = trust_rank(entry->trust), come = trust_rank(more->trust);

	if (come > known) {
		entry->trust = more->trust;
		entry->constraints = more->constraints;
	} else if (come == known) {
		entry->constraints =
			constraints_union(arena, entry->constraints, more->constraints);
	}
	/* The words of a store go together: those of the record that counts. */
	if (more->fields && (!entry->fields || come > known)) {
		entry->fields = more->fields;
		entry->label = more->label ? more->label : entry->label;
	}
	if (!entry->label)
		entry->label = more->label;
	if (!entry->note)
		entry->note = more->note;
	entry->origin = join_origins(arena, entry->origin, more->origin);
}

struct entry *set_add(struct entry_set *set, const struct entry *entry)
{
	struct entry *twin;
	uint32_t hash;

	table_for(set, BY_CERTIFICATE);
	twin = find_twin(set, &entry->cert, &hash);
	if (twin) {
		join(&set->arena, twin, entry);
		return twin;
	}
	twin = append(set, entry);
	table_add(&set->index->table[BY_CERTIFICATE], hash, (uint32_t)(set->n - 1));
	return twin;
}

static const struct origin *copy_origins(struct arena *arena, const struct origin *from)
{
	const struct origin *first = NULL, **end = &first;

	for (; from; from = from->next) {
		struct origin *copy = arena_alloc(arena, sizeof(*copy));

		*copy = *from;
		copy->ref = arena_str(arena, from->ref);
		copy->next = NULL;
		*end = copy;
		end = &copy->next;
	}
	return first;
}

/* All but the certificate's bytes. */
static struct entry copy_meaning(struct arena *arena, const struct entry *entry)
{
	struct entry copy = *entry;

	copy.constraints = constraints_copy(arena, entry->constraints);
	copy.label = entry->label ? arena_str(arena, entry->label) : NULL;
	copy.note = entry->note ? arena_str(arena, entry->note) : NULL;
	copy.origin = copy_origins(arena, entry->origin);
	copy.fields = fields_copy(arena, entry->fields);
	return copy;
}

struct entry *set_add_copy(struct entry_set *set, const struct entry *entry)
{
	struct entry copy = copy_meaning(&set->arena, entry);

	if (!set_find(set, &entry->cert))
		copy.cert.der = arena_copy(&set->arena, cert_der(&entry->cert)).at;
	return set_add(set, &copy);
}

void set_take(struct entry_set *set, struct entry_set *from)
{
	arena_take(&set->arena, &from->arena);
	for (size_t i = 0; i < from->n; i++)
		set_add(set, &from->at[i]);
	for (const struct blocked *b = from->blocked; b; b = b->next)
		set_block(set, b->issuer, b->serial);
	entry_set_clear(from);
}

void set_copy(struct entry_set *to, const struct entry_set *from)
{
	for (size_t i = 0; i < from->n; i++) {
		struct entry copy = copy_meaning(&to->arena, &from->at[i]);

		copy.cert.der = arena_copy(&to->arena, cert_der(&copy.cert)).at;
		set_append(to, &copy);
	}
	for (const struct blocked *b = from->blocked; b; b = b->next)
		set_block(to, b->issuer, b->serial);
}

/* ---- removing and sorting ---- */

void set_remove(struct entry_set *set, const bool *remove)
{
	size_t kept = 0;

	drop_index(set);
	for (size_t i = 0; i < set->n; i++) {
		if (!remove[i])
			set->at[kept++] = set->at[i];
	}
	set->n = kept;
}

struct sort_key {
	size_t number, text, text_n; /* text: where in the buffer of all texts */
	const struct cert *cert;
	const struct buf *texts;
};

static int compare_keys(const void *left, const void *right)
{
	const struct sort_key *a = left, *b = right;
	struct sha256 hash_a, hash_b;
	int c = span_cmp(span_of(a->texts->at + a->text, a->text_n),
			 span_of(b->texts->at + b->text, b->text_n));

	if (c || cert_same(a->cert, b->cert))
		return c ? c : (a->number > b->number) - (a->number < b->number);
	hash_a = cert_sha256(a->cert);
	hash_b = cert_sha256(b->cert);
	return memcmp(hash_a.at, hash_b.at, sizeof(hash_a.at));
}

size_t *set_order(const struct entry_set *set)
{
	struct sort_key *keys = mem_array(set->n, sizeof(*keys));
	size_t *order = mem_array(set->n, sizeof(*order));
	AUTO(buf) texts = BUF_INIT;

	for (size_t i = 0; i < set->n; i++) {
		const struct cert *cert = &set->at[i].cert;

		keys[i] = (struct sort_key){ i, texts.n, 0, cert, &texts };
		name_text(&texts, cert_part(cert, cert->subject));
		keys[i].text_n = texts.n - keys[i].text;
	}
	qsort(keys, set->n, sizeof(*keys), compare_keys);
	for (size_t i = 0; i < set->n; i++)
		order[i] = keys[i].number;
	mem_free(keys);
	return order;
}

void set_sort(struct entry_set *set)
{
	AUTO_FREE size_t *order = set_order(set);
	struct entry *sorted = mem_array(set->n, sizeof(*sorted));

	for (size_t i = 0; i < set->n; i++)
		sorted[i] = set->at[order[i]];
	drop_index(set);
	mem_free(set->at);
	set->at = sorted;
	set->cap = set->n;
}

void set_block(struct entry_set *set, struct span issuer, struct span serial)
{
	struct blocked *blocked = arena_alloc(&set->arena, sizeof(*blocked));

	*blocked = (struct blocked){ arena_copy(&set->arena, issuer),
				     arena_copy(&set->arena, serial), set->blocked };
	set->blocked = blocked;
}

bool set_blocks(const struct entry_set *set, const struct cert *cert)
{
	struct span serial = cert_part(cert, cert->serial);

	for (const struct blocked *b = set->blocked; b; b = b->next)
		if (span_eq(b->serial, serial) &&
		    name_equal(b->issuer, cert_part(cert, cert->issuer)))
			return true;
	return false;
}

void entry_set_clear(struct entry_set *set)
{
	drop_index(set);
	mem_free(set->at);
	arena_clear(&set->arena);
	*set = (struct entry_set)ENTRY_SET_INIT;
}

/* ---- finding ---- */

struct entry *set_find(const struct entry_set *set, const struct cert *cert)
{
	uint32_t hash;

	table_for(set, BY_CERTIFICATE);
	return find_twin(set, cert, &hash);
}

struct entry *set_find_sha256(const struct entry_set *set, const struct sha256 *hash)
{
	const struct table *table = table_for(set, BY_SHA256);
	uint32_t key = (uint32_t)hash_keyed(span_of(hash->at, sizeof(hash->at)));

	for (uint32_t i = table_first(table, key); i != TABLE_END;
	     i = table_next(table, i)) {
		struct sha256 its = cert_sha256(&set->at[i].cert);

		if (sha256_eq(&its, hash))
			return &set->at[i];
	}
	return NULL;
}

static struct span subject_of(const struct cert *cert)
{
	return cert_part(cert, cert->subject);
}

static struct span issuer_of(const struct cert *cert)
{
	return cert_part(cert, cert->issuer);
}

static struct span key_of(const struct cert *cert)
{
	return cert_part(cert, cert->spki);
}

static void walk(const struct entry_set *set, enum look_up by, uint64_t hash,
		 struct span wanted, struct span (*part)(const struct cert *),
		 bool (*same)(struct span, struct span), void *ctx, set_found *found)
{
	const struct table *table = table_for(set, by);

	for (uint32_t i = table_first(table, (uint32_t)hash); i != TABLE_END;
	     i = table_next(table, i)) {
		if (same(part(&set->at[i].cert), wanted) && !found(ctx, &set->at[i]))
			return;
	}
}

void set_by_subject(const struct entry_set *set, struct span name, void *ctx,
		    set_found *found)
{
	walk(set, BY_SUBJECT, name_hash(name), name, subject_of, name_equal, ctx, found);
}

void set_by_issuer(const struct entry_set *set, struct span name, void *ctx,
		   set_found *found)
{
	walk(set, BY_ISSUER, name_hash(name), name, issuer_of, name_equal, ctx, found);
}

void set_by_key(const struct entry_set *set, struct span spki, void *ctx,
		set_found *found)
{
	walk(set, BY_KEY, hash_keyed(spki), spki, key_of, span_eq, ctx, found);
}

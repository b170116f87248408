/*
 * Worlds drawn by chance: authorities with a second key, cross-signed both ways and in
 * loops, with twins of name and key, flaws, roots that are trusted or not. What a world
 * holds is known by its drafts, and so whether a path through it is good, without a
 * certificate being read.
 */
#pragma once

#include "attempt.h"

enum flaw {
	FLAW_NONE,
	FLAW_HARMLESS, /* a constraint that no name of the leaf meets */
	FLAW_EXPIRED,
	FLAW_NOT_CA,
	FLAW_LENGTH, /* no intermediate may be below */
	FLAW_EXCLUDES,
	FLAW_PERMITS_OTHERS,
	FLAW_OTHER_PURPOSE,
	FLAW_SIGNS_NOTHING,
	FLAW_CRITICAL,
	FLAW_COUNT
};

struct draft {
	char subject[16], issuer[16], key[16], by[16];
	enum trust trust;
	enum flaw flaw;
	struct cert cert;
};

#define DRAFTS_MOST 32
struct world {
	struct draft at[DRAFTS_MOST]; /* the leaf first */
	size_t n;
};

/* Numbers below most, the same in every run. */
static inline unsigned draw(unsigned *seed, unsigned most)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % most;
}

static inline struct cert draft_forge(const struct draft *draft)
{
	static const char *const words[FLAW_COUNT] = {
		[FLAW_NONE] = "ca",
		[FLAW_HARMLESS] = "ca x.dns=z.example",
		[FLAW_EXPIRED] = "ca until=20260201000000Z",
		[FLAW_NOT_CA] = "notca",
		[FLAW_LENGTH] = "ca=0",
		[FLAW_EXCLUDES] = "ca x.dns=a.example",
		[FLAW_PERMITS_OTHERS] = "ca p.dns=b.example",
		[FLAW_OTHER_PURPOSE] = "ca eku=email",
		[FLAW_SIGNS_NOTHING] = "ca usage=0102",
		[FLAW_CRITICAL] = "ca critical=1.2.3.4",
	};
	bool leaf = !strcmp(draft->subject, "leaf");
	AUTO_FREE char *line = str_format("%s<%s key=%s by=%s %s", draft->subject,
					  draft->issuer, draft->key, draft->by,
					  !leaf ? words[draft->flaw]
					  : draft->flaw == FLAW_EXPIRED
						  ? "dns=a.example until=20260201000000Z"
						  : "dns=a.example");

	return forge(line);
}

static inline bool drafts_alike(const struct draft *a, const struct draft *b)
{
	return !strcmp(a->subject, b->subject) && !strcmp(a->issuer, b->issuer) &&
	       !strcmp(a->key, b->key) && !strcmp(a->by, b->by) && a->flaw == b->flaw;
}

/* No certificate is twice in a world. */
static inline void world_add(struct world *world, struct draft draft)
{
	for (size_t i = 0; i < world->n; i++)
		if (drafts_alike(&world->at[i], &draft))
			return;
	assert(world->n < DRAFTS_MOST);
	draft.cert = draft_forge(&draft);
	world->at[world->n++] = draft;
}

static const char *const roots[] = { "r", "q" };
static const char *const authorities[] = { "a", "b", "c", "d" };

static inline void draft_key(char key[static 16], const char *name, unsigned *seed)
{
	snprintf(key, 16, "%s%s", name, draw(seed, 5) ? "" : "2");
}

static inline struct draft draw_root(unsigned *seed)
{
	struct draft draft = { .trust = draw(seed, 4) ? TRUST_ANCHOR : TRUST_UNSAID };
	const char *name = roots[draw(seed, COUNT(roots))];

	snprintf(draft.subject, sizeof(draft.subject), "%s", name);
	snprintf(draft.issuer, sizeof(draft.issuer), "%s", name);
	draft_key(draft.key, name, seed);
	memcpy(draft.by, draft.key, sizeof(draft.by));
	if (!draw(seed, 3))
		draft.flaw = draw(seed, FLAW_COUNT);
	return draft;
}

/* Issued by a root or an authority, itself and those below it included; roots are
 * cross-signed. */
static inline struct draft draw_authority(unsigned *seed)
{
	bool cross = !draw(seed, 6), top = draw(seed, 2);
	const char *name = cross ? roots[draw(seed, COUNT(roots))]
				 : authorities[draw(seed, COUNT(authorities))];
	const char *issuer = top ? roots[draw(seed, COUNT(roots))]
				 : authorities[draw(seed, COUNT(authorities))];
	struct draft draft = { .trust = TRUST_UNSAID };

	snprintf(draft.subject, sizeof(draft.subject), "%s", name);
	snprintf(draft.issuer, sizeof(draft.issuer), "%s", issuer);
	draft_key(draft.key, name, seed);
	draft_key(draft.by, issuer, seed);
	if (!draw(seed, 3))
		draft.flaw = draw(seed, FLAW_COUNT);
	if (!draw(seed, 10))
		draft.trust = TRUST_ANCHOR;
	else if (!draw(seed, 12))
		draft.trust = TRUST_DISTRUSTED;
	return draft;
}

static inline void world_draw(struct world *world, unsigned seed)
{
	struct draft leaf = { .subject = "leaf", .key = "leaf", .trust = TRUST_UNSAID };
	const char *issuer = authorities[draw(&seed, COUNT(authorities))];
	unsigned n = 6 + draw(&seed, 10);

	world->n = 0;
	snprintf(leaf.issuer, sizeof(leaf.issuer), "%s", issuer);
	draft_key(leaf.by, issuer, &seed);
	leaf.flaw = draw(&seed, 16) ? FLAW_NONE : FLAW_EXPIRED;
	world_add(world, leaf);
	for (unsigned i = 0; i < 3; i++)
		world_add(world, draw_root(&seed));
	for (unsigned i = 0; i < n; i++)
		world_add(world, draw_authority(&seed));
}

/* What can be said of a path by its drafts alone: each tried, one by one. */
struct trial {
	const struct world *world;
	const struct draft *path[DRAFTS_MOST];
	size_t n;
};

static inline bool same_authority(const struct draft *a, const struct draft *b)
{
	return !strcmp(a->subject, b->subject) && !strcmp(a->key, b->key);
}

static inline bool is_distrusted(const struct world *world, const struct draft *draft)
{
	for (size_t i = 0; i < world->n && draft->trust != TRUST_ANCHOR; i++)
		if (world->at[i].trust == TRUST_DISTRUSTED &&
		    same_authority(&world->at[i], draft))
			return true;
	return false;
}

static inline bool is_flawed(const struct trial *trial, const struct draft *draft)
{
	size_t below = 0;

	for (size_t i = 1; i < trial->n; i++)
		below += strcmp(trial->path[i]->subject, trial->path[i]->issuer) != 0;
	return draft->flaw == FLAW_LENGTH ? below > 0 : draft->flaw > FLAW_HARMLESS;
}

static inline bool try_issuers(struct trial *trial)
{
	const struct draft *child = trial->path[trial->n - 1];

	for (size_t i = 1; i < trial->world->n; i++) {
		const struct draft *issuer = &trial->world->at[i];
		bool again = false;

		for (size_t j = 0; j < trial->n; j++)
			again |= same_authority(trial->path[j], issuer);
		if (again || strcmp(issuer->subject, child->issuer) ||
		    strcmp(issuer->key, child->by) || is_flawed(trial, issuer) ||
		    is_distrusted(trial->world, issuer))
			continue;
		trial->path[trial->n++] = issuer;
		if (issuer->trust == TRUST_ANCHOR || try_issuers(trial))
			return true;
		trial->n--;
	}
	return false;
}

static inline bool world_has_path(const struct world *world)
{
	struct trial trial = { .world = world, .path = { &world->at[0] }, .n = 1 };

	return !world->at[0].flaw && try_issuers(&trial);
}

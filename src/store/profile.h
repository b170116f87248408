/*
 * Profiles: XML files that describe a known store (stores/store.rng is their schema).
 * They are looked for in /etc/rootcellar/stores, $XDG_CONFIG_HOME/rootcellar/stores, then
 * among the shipped ones.
 */
#pragma once

#include "chain/client.h"
#include "store/store.h"

enum read_kind {
	READ_PATH,     /* a path, in which '*' stands for any part of a name */
	READ_HOME,     /* the same below the user's home */
	READ_VARIABLE, /* what an environment variable names, or a path below it */
	READ_PROGRAM,  /* a path below the folder that a program's bin is part of */
	READ_GIT,      /* what git's configuration says of a key */
	READ_URI,      /* of tokens */
	READ_PROFILE,  /* another profile */
};
struct profile_read {
	enum read_kind kind;
	char *text;                  /* path, variable, program, key, URI or name */
	char *below;                 /* NULL: nothing is added */
	char *remark;                /* NULL, or what people are told where it is read */
	const struct format *format; /* NULL: from the content */
	enum trust
		trust; /* of entries of which the store says nothing; UNSAID: stays so */
};
struct profile_reads {
	struct profile_read *at;
	size_t n, cap;
};
/*
 * A program and its arguments: never a line for a shell. Where files went, and removed is
 * not NULL, it is given that option and the name of a copy of list, to which a line of
 * mark and the file's name is added for each.
 */
struct profile_run {
	char **argv; /* NULL-ended; the first is an absolute path */
	size_t n, cap;
	char *removed, *list, *mark;
};
/* How certificates of ours come into a store. */
enum write_way {
	WRITE_EXPORT,   /* an export at a place */
	WRITE_REPLACE,  /* an export in place of the file that is read */
	WRITE_FILES,    /* a PEM file a certificate, in a folder that has others too */
	WRITE_LINK,     /* live: a link to the cellar's state */
	WRITE_MODULE,   /* live: one more folder for p11-kit's trust module */
	WRITE_DATABASE, /* live: one more module for the NSS database that is read */
	WRITE_PROFILE,  /* the way of another profile */
	WRITE_NONE,     /* there is none */
};
struct profile_write {
	enum write_way way;
	struct profile_read place;   /* text NULL: none is said; format NULL: that of
					what is there, else PEM */
	char *where;                 /* NULL, or a path that this way goes with */
	char *prefix, *suffix;       /* of names of files */
	char *library;               /* pattern of the path of p11-kit's trust module */
	char *profile;               /* whose way this is */
	char *reason;                /* why there is no way */
	char *remark;                /* NULL, or what its owner has to do or to know */
};
/* "export", "replace" ...: as profiles and JSON call it. */
const char *write_way_name(enum write_way way);
/* Whether what the cellar says is seen without another export. */
bool write_way_is_live(enum write_way way);
/* A rule of a client block, as it stands there. */
struct profile_rule {
	char *name, *value;
	long line;
};
struct profile {
	char *name, *title, *file;  /* file: where the profile stands */
	bool shipped;               /* it came with the program */
	struct profile_reads reads; /* alternatives: the first that is here counts */
	struct profile_reads also;  /* each that is here counts */
	struct profile_write *writes; /* alternatives: the first that fits counts */
	size_t n_writes, cap_writes;
	/* What is asked for purposes and dates of anchors that the store has lost: each
	 * that is here, in order. */
	struct profile_reads known;
	struct profile_run *runs; /* what the owner of the store runs afterwards */
	size_t n_runs, cap_runs;
	char **includes; /* names of other profiles */
	size_t n_includes, cap_includes;
	bool has_client; /* a client block: how the client of this store verifies */
	char *like;	 /* the client that it is like, but for its rules; NULL: the default */
	struct profile_rule *rules;
	size_t n_rules, cap_rules;
};
#define PROFILE_INIT         \
	{                    \
		.name = NULL \
	}
void profile_clear(struct profile *profile);
/*
 * Whether path, links followed, is there, and it and every folder above it are root's (or
 * owner's) and nobody else's to change.
 */
bool profile_path_is_safe(const char *path, uid_t owner);
/* Whether it tells of no store, only how a client verifies. */
bool profile_is_client(const struct profile *profile);

/*
 * Finds and reads the profile. STATUS_INPUT with FILE:LINE. As root only from folders
 * that are root's and that nobody else can write.
 */
MUST_CHECK bool profile_load(struct profile *profile, const char *name,
			     struct error *err);

/* Names of all profiles that there are, sorted, each once; each is the caller's. */
struct profile_names {
	char **at;
	size_t n, cap;
};
#define PROFILE_NAMES_INIT \
	{                  \
		NULL, 0, 0 \
	}
MUST_CHECK bool profile_list(struct profile_names *names, struct error *err);
void profile_names_clear(struct profile_names *names);

/* Every file of a profile in every folder, and what is wrong with it. */
struct profile_check {
	char *path;
	struct error problem; /* its text is NULL where nothing is */
};
struct profile_checks {
	struct profile_check *at;
	size_t n, cap;
};
#define PROFILE_CHECKS_INIT \
	{                   \
		NULL, 0, 0  \
	}
MUST_CHECK bool profile_check_all(struct profile_checks *checks, struct error *err);
void profile_checks_clear(struct profile_checks *checks);

/* ---- what of it is on this machine: candidate.c ---- */

struct profile_paths {
	char **at;
	size_t n, cap;
};
#define PROFILE_PATHS_INIT \
	{                  \
		NULL, 0, 0 \
	}
/*
 * The paths that a read of a path, home, variable or program names and that are there:
 * of a pattern those that match, the newest version last. What a variable names as it is
 * counts as there, for its client would look nowhere else.
 */
void profile_read_paths(const struct profile_read *read, struct profile_paths *paths);
void profile_paths_clear(struct profile_paths *paths);
/* Whether the read names something that is on this machine. */
bool profile_read_is_here(const struct profile_read *read);
/* Whether anything of the profile is, or its file has a fault, which opening it tells. */
bool profile_is_here(const char *name);
/* The first alternative that is here; NULL: none. */
const struct profile_read *profile_read_here(const struct profile *profile);
/* As people call it: "/etc/ssl/cert.pem", "$JAVA_HOME/lib/security/cacerts". */
void profile_read_text(struct buf *out, const struct profile_read *read);

/*
 * How the client of that name verifies. NAME is a profile with a client block; where none has
 * that name, NAME-VERSION of the greatest version is. STATUS_INPUT with FILE:LINE.
 */
MUST_CHECK bool client_load(struct client_rules *client, const char *name, struct error *err);

/* Whether every rule of its client block is one. STATUS_INPUT with FILE:LINE. */
MUST_CHECK bool client_check(const struct profile *profile, struct error *err);

/* For client_load: the profile NAME-VERSION of the greatest version, mem_free; NULL: none. */
char *profile_newest(const char *name);
/* FILE:LINE and what is wrong there. */
bool profile_fail_at(const struct profile *profile, long line, const char *what,
		     struct error *err);

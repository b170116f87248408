/* One validation, whole: what was asked, what was presented, fetched and found. Reports print this. */
#pragma once

#include "chain/diagnose.h"
#include "net/net.h"
#include "store/store.h"

enum verdict { VERDICT_COMPLETE, VERDICT_INCOMPLETE, VERDICT_NO_ANSWER };
const char *verdict_name(enum verdict verdict);	/* "complete", "incomplete", "no-answer" */

/* One URL that was asked for. */
struct fetched {
	char *url;		/* hostile */
	const char *kind;	/* "ca-issuers" */
	size_t bytes;
	uint32_t milliseconds;
	enum net_outcome outcome;
	char *text;		/* what went wrong or what it held ("1 certificate, DER"); hostile */
	bool from_cache, dry;	/* dry: --dry-run, it would have been asked */
	size_t certificates;	/* that linked and were kept */
};

/* Caps that fetching met. */
enum fetch_cap {
	FETCH_CAP_TARGET = 1,	/* URLs for one target */
	FETCH_CAP_URLS = 2,	/* URLs of one certificate */
	FETCH_CAP_DEPTH = 4,	/* fetches on top of each other */
	FETCH_CAP_TIME = 8,	/* for one target */
};

struct prover;

enum proof_outcome {
	PROOF_ACCEPTS,
	PROOF_REFUSES,
	PROOF_NO_ANSWER, /* it was asked, and gave no verdict on the certificates */
	PROOF_UNABLE,	 /* it was not asked: it cannot be asked this */
	PROOF_ABSENT,	 /* it is not installed */
};
/* What one real client said. */
struct client_proof {
	const struct prover *prover;
	enum proof_outcome outcome;
	const char *program; /* the absolute path, borrowed; NULL: none is installed */
	char *words;	     /* its own, hostile; or why it could not be asked; NULL: none */
};

/* In the eyes of one client. */
struct client_verdict {
	const struct client_rules *rules;	/* borrowed */
	enum verdict verdict;
	struct finding_list findings;	/* what stops it, the most telling first */
};

struct validation {
	char *target;		/* as typed */
	char *store;		/* the reference, for the report */
	char *ask;		/* the command that asks the same again; NULL: there is none */
	const char *saved_as;	/* the file that the chain to send goes to; borrowed, NULL: none */
	const struct client_rules *client;	/* in whose eyes path is; NULL: by default */
	enum verdict verdict;
	struct expected_name name;	/* text owned here */
	char *name_text;
	int64_t at;
	struct net_presented presented;	/* outcome NET_GOOD with no certificates for files */
	bool from_network;		/* a target was dialled */
	bool by_server;			/* what was presented is the whole of what a server sends */
	struct pool *pool;
	const struct pool_cert *leaf;
	struct path path;		/* with clients: of the first that says no, else of the first */
	struct client_verdict *clients;	/* in the order asked; none where none was named */
	size_t n_clients;
	struct client_proof *proofs;		/* what the real clients said (plan/prove.h); none where none was asked */
	size_t n_proofs;
	struct finding_list findings;
	struct fetched *fetches;
	size_t n_fetches, cap_fetches;
	unsigned fetch_caps;		/* enum fetch_cap */
	unsigned end_caps;		/* those that kept the issuer of the last of path from being looked for */
	struct entry_set gathered;	/* DER memory of what was presented and fetched */
	/* Certificates of the complete path that the store lacks: what fetch would add. Pool certificates. */
	const struct pool_cert **to_add;
	size_t n_to_add, cap_to_add;
	/* A root that the path needs and that only the network gave: never added by itself. */
	const struct pool_cert *fetched_root;
};
#define VALIDATION_INIT { .target = NULL }
void validation_clear(struct validation *validation);

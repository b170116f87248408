/* How each client is asked, and how its answer is read. */
#pragma once

#include "base/run.h"
#include "plan/prove.h"

/* What it is asked. Texts are borrowed; name and host are plain DNS names or addresses.
 */
struct proof_question {
	const char *folder;              /* private; also its home */
	const char *store, *trust_store; /* PEM; PKCS#12 for Java */
	const char *leaf, *chain,
		*presented; /* PEM: the first, the others, all; NULL for an endpoint */
	const char *host, *port, *host_port; /* NULL for files */
	const char *sni;                     /* NULL: none */
	const char *name; /* that the certificate must bear; NULL: none is asked for */
	bool name_is_address;
};

#define PROOF_WORDS_MOST 32
struct proof_words {
	const char *at[PROOF_WORDS_MOST + 1]; /* NULL-ended */
	size_t n;
	struct arena arena; /* of what is put together */
};

struct prover {
	const char *name, *client;
	const char *const
		*programs; /* NULL-ended absolute paths, the first that is there counts */
	const char *home_variable; /* NULL, or what names a folder whose bin/NAME comes
				      before these */
	const char *in_home;
	/* The arguments. ask_chain NULL: it judges endpoints alone. A file that it needs
	 * is written to the folder. */
	bool (*ask_target)(struct proof_words *words,
			   const struct proof_question *question, struct error *err);
	bool (*ask_chain)(struct proof_words *words,
			  const struct proof_question *question, struct error *err);
	enum proof_outcome (*read)(const struct run_result *result);
	const char *const
		*telling; /* NULL-ended: the line that holds one of these has its words */
};
extern const struct prover *const provers[]; /* NULL-ended */

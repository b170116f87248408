/* Asking the real clients: each gets the store in its own form, in a private folder, and
 * the target. */
#pragma once

#include "plan/validate.h"

/* "accepts", "refuses", "no-answer", "unable", "not-installed": stable. */
const char *proof_outcome_name(enum proof_outcome outcome);

/* NULL where there is none of that name. Names: "openssl", "gnutls", "java", "curl",
 * "python". */
const struct prover *prover_find(const char *name);
const char *prover_name(const struct prover *prover);
/* The client whose rules predict it (see --client). */
const char *prover_client(const struct prover *prover);
#define PROVER_NAMES "openssl, gnutls, java, curl, python"
#define PROVERS_MOST 5

/*
 * Asks each of them about the endpoint, or about the chain of files (the first of leaf,
 * and the rest of both beside it); fills validation->proofs. Never fails: what went wrong
 * is an outcome.
 */
void prove_target(struct validation *validation, const struct target *target,
		  const struct prover *const *provers, size_t n,
		  const struct validate_options *options);
void prove_chain(struct validation *validation, const struct entry_set *leaf,
		 const struct entry_set *untrusted, const struct prover *const *provers,
		 size_t n, const struct validate_options *options);
/* What was predicted for it: false where nothing was. */
bool proof_predicted(const struct validation *validation,
		     const struct client_proof *proof, enum verdict *verdict);

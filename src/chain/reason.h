/* Lists of reasons, and how heavy each weighs against a path. Internal to chain/. */
#pragma once

#include "chain/path.h"
#include "x509/extension.h"

struct reason_list {
	struct reason *at;
	size_t n, cap;
};

/* The rule of a reason for a missing issuer that is there, but below: the certificates go
 * in a circle. */
#define REASON_CIRCLE "circle"
/* The rule of FINDING_WEAK_KEY where the key is no secret at all, whatever its size. */
#define KEY_OPEN "RFC 8017 3.1, RFC 8032 5.1"
/* The rule of FINDING_WRONG_PURPOSE where TLS features that the issuer demands are
 * lacking. */
#define FEATURES_LACKING "RFC 7633 4.2.2"
/*
 * The rules of FINDING_POLICY. The certificate names no policy, or none that those above
 * it lead to; it maps its last one though that is inhibited; at the end there are
 * policies, but none that the user accepts.
 */
#define POLICY_NOT_EXPECTED "RFC 5280 6.1.3 (f)"
#define POLICY_NOT_MAPPED   "RFC 5280 6.1.4 (b)"
#define POLICY_NOT_ACCEPTED "RFC 5280 6.1.5 (g)"

/* Adds a reason about cert (NULL: the whole path) by that rule; returns it, borrowed. */
struct reason *reason_add(struct reason_list *list, enum finding_code code,
			  const struct pool_cert *cert, const char *rule);
/* What it stumbled on: hostile text, escaped and cut here. */
void reason_what(struct reason *reason, struct span text);
/* The same of a name: a directory name in words, an address in hex. */
void reason_name(struct reason *reason, const struct general_name *name);
/* How far a path with that reason is from a good one: the nearest path is the lightest.
 */
unsigned reason_weight(const struct reason *reason);

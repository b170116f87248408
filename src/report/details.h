/*
 * What a certificate says in its extensions, gathered for text and JSON alike. Still
 * hostile.
 */
#pragma once

#include "report/facts.h"

struct text_list {
	struct buf *at;
	size_t n, cap;
	bool cut; /* there are more than are listed */
};

/* Names or URLs of one kind that are listed; a certificate may hold a hundred thousand.
 */
#define DETAILS_MOST 1000

struct details {
	bool ca_said, ca;
	int32_t path_length; /* -1: none */
	struct text_list key_usage, purposes;
	struct text_list names; /* "DNS:example.com", "IP:192.0.2.1" ... */
	struct text_list permitted, excluded;
	struct text_list ca_issuers, ocsp, crls;
	struct span subject_key_id, authority_key_id;
	struct text_list unreadable; /* names of the extensions that break their rules */
	struct text_list critical;   /* names of those that are critical */
};
void details_read(struct details *details, const struct cert *cert);
void details_clear(struct details *details);

/* Certificates of a set that signed one, or that one signed. */
#define RELATIVES_MOST 100
struct relative {
	const struct entry *entry;
	bool verified; /* false: nobody here can check the signature */
};
struct relatives {
	struct relative at[RELATIVES_MOST];
	size_t n;
	bool cut;
};
void relatives_who_signed(struct relatives *to, const struct entry_set *set,
			  const struct entry *entry);
void relatives_signed_by(struct relatives *to, const struct entry_set *set,
			 const struct entry *entry);

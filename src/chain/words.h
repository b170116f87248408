/* Reasons in words: what is wrong, and what would make it good on either side. Internal
 * to chain/. */
#pragma once

#include "chain/diagnose.h"

#define NAME_TEXT 192 /* room for a certificate's short name, escaped and cut */

/* What a person calls cert, ready for a terminal; returns to. */
const char *cert_words(const struct pool_cert *cert, char to[NAME_TEXT]);
/* "it is for a.example, b.example and 3 more". mem_free. */
char *cert_names_held(const struct pool_cert *cert);
/* The same of its issuer, by the name that cert gives it. */
const char *cert_issuer_words(const struct pool_cert *cert, char to[NAME_TEXT]);
/* A finding about cert (NULL: none), with its fingerprint and subject; text and remedies
 * are yet to come. */
struct finding *finding_about(struct finding_list *list, enum finding_code code,
			      const struct pool_cert *cert);
/* The finding of a reason, whole. */
void finding_of_reason(struct finding_list *list, const struct reason *reason,
		       const struct path *path, const struct diagnose_context *context);
/* What the server could send better. */
void findings_of_presentation(struct finding_list *list, const struct path *path,
			      const struct pool *pool, int64_t at);
/* Whether somebody between here and the server made the certificate. */
void find_interception(struct finding_list *list, const struct path *path,
		       const struct diagnose_context *context);

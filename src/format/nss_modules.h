/*
 * pkcs11.txt of an NSS database: the modules that it loads, each a few lines of
 * NAME=VALUE and an empty line (NSS lib/sysinit and lib/softoken/sdb; the list that
 * modutil writes).
 */
#pragma once

#include "base/buf.h"

#define NSS_MODULES "pkcs11.txt"

/* The lines of the module of that name, the empty one after them included; of none n is
 * 0. */
struct span nss_module_find(struct span list, const char *name);
/*
 * The list without that module's lines and, where lines are given, with those at its end,
 * appended to out. False where the list does not end as NSS ends it.
 */
MUST_CHECK bool nss_module_put(struct buf *out, struct span list, const char *name,
			       struct span lines);
/* Lines of p11-kit's trust module at library, which is to read folder, under that name.
 */
void nss_module_lines(struct buf *out, const char *name, const char *library,
		      const char *folder);

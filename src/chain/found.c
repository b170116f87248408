/* A path that was found: its end, and its dead ends, certificates whose issuer nobody
 * has. */
#include "chain/path.h"

#include "base/memory.h"

void path_clear(struct path *path)
{
	mem_free(path->at);
	mem_free(path->reasons);
	mem_free(path->others);
	*path = (struct path)PATH_INIT;
}

static size_t add_once(const struct pool_cert **to, size_t n, size_t most,
		       const struct pool_cert *cert)
{
	for (size_t i = 0; i < n; i++)
		if (to[i] == cert)
			return n;
	if (n < most)
		to[n++] = cert;
	return n;
}

static size_t add_dead_ends(const struct reason *reasons, size_t n_reasons,
			    const struct pool_cert **to, size_t n, size_t most)
{
	for (size_t i = 0; i < n_reasons; i++) {
		const struct reason *reason = &reasons[i];

		if (reason->code != FINDING_MISSING_INTERMEDIATE &&
		    reason->code != FINDING_MISSING_ROOT &&
		    reason->code != FINDING_UNTRUSTED_ROOT)
			continue;
		n = add_once(to, n, most, reason->cert);
		/* A bridge to an untrusted root is published beside it, where its child
		 * says. */
		if (reason->code == FINDING_UNTRUSTED_ROOT && reason->by)
			n = add_once(to, n, most, reason->by);
	}
	return n;
}

size_t path_dead_ends(const struct path *path, const struct pool_cert **to, size_t most)
{
	size_t n = add_dead_ends(path->reasons, path->n_reasons, to, 0, most);

	return add_dead_ends(path->others, path->n_others, to, n, most);
}

/* pkcs11.txt of an NSS database: one module found, put in or taken out; the rest stays.
 */
#include "format/nss_modules.h"

/* From at on, the lines until an empty one, that included. */
static struct span stanza_at(struct span list)
{
	const uint8_t *end = memmem(list.at, list.n, "\n\n", 2);

	return span_of(list.at, end ? (size_t)(end + 2 - list.at) : list.n);
}

static bool has_line(struct span stanza, struct span line)
{
	while (stanza.n) {
		const uint8_t *end = memchr(stanza.at, '\n', stanza.n);
		size_t n = end ? (size_t)(end - stanza.at) : stanza.n;

		if (span_eq(span_of(stanza.at, n), line))
			return true;
		stanza = span_from(stanza, end ? n + 1 : n);
	}
	return false;
}

struct span nss_module_find(struct span list, const char *name)
{
	AUTO(buf) line = BUF_INIT, in_quotes = BUF_INIT;

	buf_addf(&line, "name=%s", name);
	buf_addf(&in_quotes, "name=\"%s\"", name);
	while (list.n) {
		struct span stanza = stanza_at(list);

		if (has_line(stanza, buf_span(&line)) ||
		    has_line(stanza, buf_span(&in_quotes)))
			return stanza;
		list = span_from(list, stanza.n);
	}
	return list;
}

bool nss_module_put(struct buf *out, struct span list, const char *name,
		    struct span lines)
{
	struct span old = nss_module_find(list, name);
	size_t before = old.n ? (size_t)(old.at - list.at) : list.n;

	buf_add(out, span_of(list.at, before));
	buf_add(out, span_from(list, before + old.n));
	if (lines.n && out->n &&
	    (out->n < 2 || memcmp(out->at + out->n - 2, "\n\n", 2) != 0))
		return false;
	buf_add(out, lines);
	return true;
}

void nss_module_lines(struct buf *out, const char *name, const char *library,
		      const char *folder)
{
	/* As modutil writes them, spaces at the end of a line too: a list that NSS writes
	 * anew then still has ours. */
	buf_addf(out,
		 "library=%s\nname=%s\nparameters=paths='%s'\nNSS=trustOrder=100    \n\n",
		 library, name, folder);
}

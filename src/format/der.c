/*
 * DER: the bytes of one certificate (RFC 5280 section 4.1), or of several one after
 * another.
 */
#include "base/i18n.h"
#include "format/contents.h"

static enum probe probe(struct span head, bool whole)
{
	AUTO(error) bad = ERROR_INIT;
	struct cert cert;
	size_t used;

	if (!head.n || head.at[0] != 0x30)
		return PROBE_NO;
	if (cert_read_first(&cert, head, &used, &bad))
		return PROBE_SURE;
	/*
	 * A large certificate, a broken one, or something else in DER: reading it will
	 * say why.
	 */
	return whole ? PROBE_MAYBE : PROBE_LIKELY;
}

static bool read_file(struct span file, struct entry_sink *sink, struct error *err)
{
	if (!file.n)
		return error_fail(err, STATUS_INPUT, _("the file is empty"));
	return read_der(sink, arena_copy(&sink->set->arena, file), 0, err);
}

static bool write_file(const struct entry_set *set, struct buf *out, struct error *err)
{
	if (set->n != 1)
		return error_fail(err, STATUS_INPUT,
				  ngettext("a DER file holds one certificate, not %zu",
					   "a DER file holds one certificate, not %zu",
					   (unsigned long)set->n),
				  set->n);
	buf_add(out, cert_der(&set->at[0].cert));
	return true;
}

const struct format format_der = {
	.name = "der",
	.summary = N_("one certificate in DER"),
	.extension = "der",
	.binary = true,
	.carries = CARRIES_CERTIFICATES,
	.probe = probe,
	.read = read_file,
	.write = write_file,
};

/*
 * EFI signature lists of X.509 certificates (UEFI specification, "Signature Database"),
 * as EDK2 reads its TLS roots from them. A file is lists one after another:
 *
 *   type GUID, list size, header size, signature size (32 bits each, little endian),
 *   header, and signatures: the GUID of an owner, and a certificate in DER each.
 *
 * Certificates differ in size, so usually each has a list of its own. Lists of hashes and
 * keys are told and passed by.
 */
#include "base/i18n.h"
#include "format/contents.h"

#define GUID 16
#define HEAD (GUID + 3 * 4) /* what every list begins with */

/* EFI_CERT_X509_GUID: a5c059a1-94e4-4aa7-87b5-ab155c2bf072. */
static const uint8_t x509_type[GUID] = { 0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a,
					 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72 };
/* The owner that p11-kit names: dcdd3b50-f405-43fd-96be-bd33b1734776. */
static const uint8_t owner[GUID] = { 0x50, 0x3b, 0xdd, 0xdc, 0x05, 0xf4, 0xfd, 0x43,
				     0x96, 0xbe, 0xbd, 0x33, 0xb1, 0x73, 0x47, 0x76 };

struct list {
	struct span type, signatures;
	size_t signature_size; /* of each, its owner counted in */
	size_t size;           /* of the whole */
};

static size_t number_at(struct span in, size_t at)
{
	const uint8_t *b = in.at + at;

	return (size_t)b[0] | (size_t)b[1] << 8 | (size_t)b[2] << 16 | (size_t)b[3] << 24;
}

/* The sizes of the list at the front of in, which need not be whole; false: no list. */
static bool measure(struct span in, struct list *list)
{
	size_t header;

	if (in.n < HEAD)
		return false;
	list->type = span_of(in.at, GUID);
	list->size = number_at(in, GUID);
	header = number_at(in, GUID + 4);
	list->signature_size = number_at(in, GUID + 8);
	if (list->size < HEAD || header > list->size - HEAD ||
	    list->signature_size <= GUID)
		return false;
	list->signatures = span_of(in.at + HEAD + header, list->size - HEAD - header);
	return list->signatures.n % list->signature_size == 0;
}

static enum probe probe(struct span head, bool whole)
{
	struct list list;

	if (!measure(head, &list) ||
	    !span_eq(list.type, span_of(x509_type, sizeof(x509_type))))
		return PROBE_NO;
	return whole && list.size > head.n ? PROBE_LIKELY : PROBE_SURE;
}

/* ---- reading ---- */

struct reading {
	struct entry_sink *sink;
	struct span file;
	size_t n_lists, n_certificates;
};

static bool read_list(struct span in, struct list *list, struct error *err)
{
	if (in.n < HEAD)
		return error_fail(err, STATUS_INPUT,
				  _("%zu bytes are left, too few for a signature list"),
				  in.n);
	if (!measure(in, list))
		return error_fail(err, STATUS_INPUT,
				  _("its sizes contradict each other"));
	if (list->size > in.n)
		return error_fail(err, STATUS_INPUT,
				  _("it says that it has %zu bytes, and %zu are left"),
				  list->size, in.n);
	return true;
}

static void read_signatures(struct reading *reading, const struct list *list)
{
	struct span rest = list->signatures;

	for (; rest.n; rest = span_from(rest, list->signature_size)) {
		struct span der = span_of(rest.at + GUID, list->signature_size - GUID);
		struct entry entry = { .trust = TRUST_UNSAID };
		AUTO(error) bad = ERROR_INIT;

		reading->n_certificates++;
		if (cert_read(&entry.cert, der, &bad)) {
			sink_add(reading->sink, &entry);
			continue;
		}
		error_in(&bad, _("certificate %zu, at byte %zu"), reading->n_certificates,
			 (size_t)(der.at - reading->file.at));
		sink_skip(reading->sink, 0, &bad);
	}
}

static void take_list(struct reading *reading, const struct list *list)
{
	AUTO(error) bad = ERROR_INIT;

	reading->n_lists++;
	if (span_eq(list->type, span_of(x509_type, sizeof(x509_type)))) {
		read_signatures(reading, list);
		return;
	}
	error_fail(&bad, STATUS_INPUT,
		   _("signature list %zu holds no X.509 certificates"), reading->n_lists);
	sink_skip(reading->sink, 0, &bad);
}

static bool read_file(struct span file, struct entry_sink *sink, struct error *err)
{
	struct reading reading = { .sink = sink };
	size_t had = sink->added;
	struct span rest;
	AUTO(error) bad = ERROR_INIT;
	struct list list;

	if (!file.n)
		return error_fail(err, STATUS_INPUT, _("the file is empty"));
	if (!read_whole(sink, file, &reading.file, err))
		return false;
	rest = reading.file;
	while (rest.n) {
		if (!read_list(rest, &list, &bad)) {
			/* Where the next list would begin is not known then. */
			error_in(&bad, _("signature list %zu, at byte %zu"),
				 reading.n_lists + 1, file.n - rest.n);
			if (!reading.n_lists)
				return error_move(err, &bad);
			sink_skip(sink, 0, &bad);
			break;
		}
		take_list(&reading, &list);
		rest = span_from(rest, list.size);
	}
	return read_something(sink, had, err);
}

/* ---- writing ---- */

static void add_number(struct buf *out, size_t value)
{
	for (size_t i = 0; i < 4; i++)
		buf_add_byte(out, (uint8_t)(value >> 8 * i));
}

static bool write_file(const struct entry_set *set, struct buf *out, struct error *err)
{
	(void)err; /* a certificate's size is bounded far below what 32 bits hold */
	for (size_t i = 0; i < set->n; i++) {
		struct span der = cert_der(&set->at[i].cert);

		buf_add(out, span_of(x509_type, sizeof(x509_type)));
		add_number(out, HEAD + GUID + der.n);
		add_number(out, 0);
		add_number(out, GUID + der.n);
		buf_add(out, span_of(owner, sizeof(owner)));
		buf_add(out, der);
	}
	return true;
}

const struct format format_edk2 = {
	.name = "edk2",
	.summary = N_("EFI signature list of certificates"),
	.extension = "bin",
	.binary = true,
	.carries = CARRIES_CERTIFICATES,
	.probe = probe,
	.read = read_file,
	.write = write_file,
};

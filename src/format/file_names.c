/*
 * Names of files after the certificate that they hold: what a person calls it, and digits
 * of its SHA-256. Letters, digits, '-', '_' and '.' only, whatever the certificate says.
 */
#include "format/file_names.h"

#include "x509/name.h"

#include <ctype.h>
#include <stdlib.h>

/* Of the name of a certificate that long a beginning is enough for a person. */
#define SHORT_MOST 48
#define HASH_SHORT 8

/*
 * Letters, digits and '-' of the certificate's name; each run of anything else is one
 * '_'.
 */
static void add_short_name(struct buf *out, const struct cert *cert)
{
	AUTO(buf) name = BUF_INIT;
	size_t start = out->n;

	name_short(&name, cert_part(cert, cert->subject));
	for (size_t i = 0; i < name.n && out->n - start < SHORT_MOST; i++) {
		bool plain =
			name.at[i] < 0x80 && (isalnum(name.at[i]) || name.at[i] == '-');

		if (plain)
			buf_add_byte(out, name.at[i]);
		else if (out->n > start && out->at[out->n - 1] != '_')
			buf_add_byte(out, '_');
	}
	while (out->n > start && out->at[out->n - 1] == '_')
		out->n--;
	if (out->n == start)
		buf_add_str(out, "certificate");
}

/* "DigiCert_Global_Root_G2.cb3ccbb7.pem"; digits of the SHA-256 as many as asked for. */
static char *file_name(const struct cert *cert, size_t digits)
{
	struct sha256 hash = cert_sha256(cert);
	AUTO(buf) name = BUF_INIT;
	char hex[SHA256_TEXT];

	add_short_name(&name, cert);
	sha256_hex(&hash, hex);
	buf_addf(&name, ".%.*s.pem", (int)digits, hex);
	return buf_steal(&name);
}

static int compare_names(const void *a, const void *b)
{
	const struct file_name *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static void sort(struct file_names *names)
{
	if (names->n)
		qsort(names->at, names->n, sizeof(*names->at), compare_names);
}

/*
 * Two that share name and first digits both get all digits, whichever of them came first.
 */
static void tell_apart(struct file_names *names)
{
	for (size_t i = 0; i < names->n;) {
		size_t end = i + 1;

		while (end < names->n &&
		       strcmp(names->at[end].name, names->at[i].name) == 0)
			end++;
		for (size_t j = i; end - i > 1 && j < end; j++) {
			mem_free(names->at[j].name);
			names->at[j].name =
				file_name(&names->at[j].entry->cert, SHA256_TEXT - 1);
		}
		i = end;
	}
	sort(names);
}

void file_names_make(struct file_names *names, const struct entry_set *set)
{
	names->at = mem_array(set->n, sizeof(*names->at));
	names->n = 0;
	for (size_t i = 0; i < set->n; i++) {
		const struct entry *entry = &set->at[i];

		if (set_find(set, &entry->cert) == entry)
			names->at[names->n++] =
				(struct file_name){ file_name(&entry->cert, HASH_SHORT),
						    entry };
	}
	sort(names);
	tell_apart(names);
}

void file_names_clear(struct file_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		mem_free(names->at[i].name);
	mem_free(names->at);
	*names = (struct file_names)FILE_NAMES_INIT;
}

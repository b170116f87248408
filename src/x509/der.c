/* DER (X.690): what is wrong with an element, the primitive types, and writing. */
#include "x509/der.h"

#include "base/i18n.h"

#include <assert.h>

enum der_fault der_measure_long(struct span in, size_t *head, size_t *length)
{
	size_t octets = in.at[1] & 0x7f, n = 0;

	if (!octets)
		return DER_INDEFINITE;
	if (octets > 4)
		return DER_HUGE;
	if (octets > in.n - 2)
		return DER_CUT;
	for (size_t i = 0; i < octets; i++)
		n = n << 8 | in.at[2 + i];
	if (n < 0x80 || n >> 8 * (octets - 1) == 0)
		return DER_LONG_FORM;
	*head = 2 + octets;
	*length = n;
	return n > in.n - *head ? DER_PAST_END : DER_GOOD;
}

static void explain(const struct der *in, enum der_fault fault, size_t length,
		    struct error *err)
{
	size_t at = der_offset(in);

	switch (fault) {
	case DER_HIGH_TAG:
		error_fail(err, STATUS_INPUT,
			   _("tag of the long form at byte %zu (X.690 8.1.2.4)"), at);
		break;
	case DER_INDEFINITE:
		error_fail(err, STATUS_INPUT,
			   _("indefinite length at byte %zu (X.690 10.1)"), at);
		break;
	case DER_LONG_FORM:
		error_fail(err, STATUS_INPUT,
			   _("length not in its shortest form at byte %zu (X.690 10.1)"),
			   at);
		break;
	case DER_HUGE:
		error_fail(err, STATUS_INPUT,
			   _("length of more than four octets at byte %zu"), at);
		break;
	case DER_PAST_END:
		error_fail(err, STATUS_INPUT,
			   _("length %zu runs past the end at byte %zu (X.690 8.1.3)"),
			   length, at);
		break;
	case DER_CUT:
	case DER_GOOD:
		error_fail(err, STATUS_INPUT,
			   _("the data ends too early at byte %zu (X.690 8.1)"),
			   at + der_left(in));
		break;
	}
}

void der_explain(struct der in, uint8_t tag, struct error *err)
{
	size_t head, length = 0;
	enum der_fault fault = der_measure(der_rest(&in), &head, &length);

	if (tag && in.at < in.end && *in.at != tag)
		error_fail(err, STATUS_INPUT,
			   _("tag %02x at byte %zu where %02x was expected"), *in.at,
			   der_offset(&in), tag);
	else
		explain(&in, fault, length, err);
}

void der_explain_rest(struct der in, struct error *err)
{
	error_fail(err, STATUS_INPUT, _("%zu bytes too many at byte %zu"), der_left(&in),
		   der_offset(&in));
}

bool der_read_any(struct der *in, uint8_t *tag, struct span *content, struct error *err)
{
	struct span rest = der_rest(in);

	if (!der_take(&rest, tag, content)) {
		der_explain(*in, 0, err);
		return false;
	}
	in->at = rest.at;
	return true;
}

bool der_read_length(struct der *in, size_t *length, struct error *err)
{
	struct span rest = der_rest(in);
	uint8_t element[6] = { DER_OCTET_STRING };
	size_t head = 0, n = 0, known = rest.n < 5 ? rest.n : 5;
	enum der_fault fault;

	/* It is measured behind a tag of our own, and the content looked for afterwards.
	 */
	if (known)
		memcpy(element + 1, rest.at, known);
	fault = der_measure(span_of(element, known + 1), &head, &n);
	if (fault == DER_PAST_END || fault == DER_GOOD)
		fault = n > rest.n - (head - 1) ? DER_PAST_END : DER_GOOD;
	if (fault != DER_GOOD) {
		explain(in, fault, n, err);
		return false;
	}
	*length = n;
	in->at += head - 1;
	return true;
}

/* Says what is wrong with the element that has just been read, and goes back to where it
 * begins. */
__attribute__((format(printf, 3, 0))) static bool
fail_back(struct der *in, const uint8_t *begin, const char *text, struct error *err)
{
	in->at = begin;
	return error_fail(err, STATUS_INPUT, text, der_offset(in));
}

bool der_read_other_boolean(struct der *in, bool *value, struct error *err)
{
	const uint8_t *begin = in->at;
	struct span content;

	if (!der_read(in, DER_BOOLEAN, &content, err))
		return false;
	if (content.n != 1 || (content.at[0] != 0 && content.at[0] != 0xff))
		return fail_back(
			in, begin,
			_("boolean that is neither 00 nor ff at byte %zu (X.690 11.1)"),
			err);
	*value = content.at[0];
	return true;
}

bool der_read_number(struct der *in, uint8_t tag, int32_t *value, struct error *err)
{
	const uint8_t *begin = in->at;
	struct span content;
	uint32_t number = 0;

	if (!der_read(in, tag, &content, err))
		return false;
	if (!content.n || (content.n > 1 && content.at[0] == 0 && content.at[1] < 0x80))
		return fail_back(
			in, begin,
			_("integer not in its shortest form at byte %zu (X.690 8.3.2)"),
			err);
	if (content.n > 4 || content.at[0] >= 0x80)
		return fail_back(in, begin,
				 _("integer below 0 or over 2147483647 at byte %zu"),
				 err);
	for (size_t i = 0; i < content.n; i++)
		number = number << 8 | content.at[i];
	*value = (int32_t)number;
	return true;
}

bool der_read_bits(struct der *in, uint8_t tag, struct span *octets, unsigned *unused,
		   struct error *err)
{
	const uint8_t *begin = in->at;
	struct span content;

	if (!der_read(in, tag, &content, err))
		return false;
	if (!content.n || content.at[0] > 7 || (content.n == 1 && content.at[0]))
		return fail_back(
			in, begin,
			_("bit string with a wrong count of unused bits at byte %zu "
			  "(X.690 8.6.2)"),
			err);
	if (content.n > 1 && content.at[content.n - 1] & ((1u << content.at[0]) - 1))
		return fail_back(
			in, begin,
			_("unused bits that are not zero at byte %zu (X.690 11.2.1)"),
			err);
	*unused = content.at[0];
	*octets = span_from(content, 1);
	return true;
}

bool der_oid_well_formed(struct span content)
{
	bool begins = true;

	for (size_t i = 0; i < content.n; i++) {
		if (begins && content.at[i] == 0x80)
			return false;
		begins = content.at[i] < 0x80;
	}
	return content.n && begins;
}

struct span der_unsigned(struct span content)
{
	return content.n > 1 && content.at[0] == 0 ? span_from(content, 1) : content;
}

size_t der_head_size(size_t n)
{
	size_t octets = 0;

	if (n < 0x80)
		return 2;
	for (; n; n >>= 8)
		octets++;
	return 2 + octets;
}

void der_add_head(struct buf *out, uint8_t tag, size_t n)
{
	size_t octets = der_head_size(n) - 2;

	assert(octets <= 4);
	buf_add_byte(out, tag);
	buf_add_byte(out, (uint8_t)(octets ? 0x80 | octets : n));
	while (octets--)
		buf_add_byte(out, (uint8_t)(n >> (8 * octets)));
}

void der_add(struct buf *out, uint8_t tag, struct span content)
{
	der_add_head(out, tag, content.n);
	buf_add(out, content);
}

void der_wrap(struct buf *out, size_t begin, uint8_t tag)
{
	const size_t n = out->n - begin;
	AUTO(buf) head = BUF_INIT;

	der_add_head(&head, tag, n);
	buf_reserve(out, head.n);
	memmove(out->at + begin + head.n, out->at + begin, n);
	memcpy(out->at + begin, head.at, head.n);
	buf_added(out, head.n);
}

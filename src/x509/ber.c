/* BER (X.690 section 8) as old tools write it. */
#include "x509/ber.h"

#include "base/i18n.h"
#include "x509/der.h"

#define CONSTRUCTED              0x20
#define OCTET_STRING_CONSTRUCTED (DER_OCTET_STRING | CONSTRUCTED)

/* How many octets the tag takes; 0 where it is cut off. */
static size_t tag_octets(struct span in)
{
	size_t n = 1;

	if (!in.n || (in.at[0] & 0x1f) != 0x1f)
		return in.n ? 1 : 0;
	while (n < in.n && in.at[n] & 0x80)
		n++;
	return n < in.n ? n + 1 : 0;
}

/* The long form of a length: any number of octets, as long as the number is sane
 * (X.690 8.1.3.5). */
static bool long_length(struct span octets, size_t *length)
{
	size_t n = 0;

	for (size_t i = 0; i < octets.n; i++) {
		if (n > SIZE_MAX >> 8)
			return false;
		n = n << 8 | octets.at[i];
	}
	*length = n;
	return true;
}

bool ber_read_head(struct span in, struct ber_head *head)
{
	size_t at = tag_octets(in), octets;

	if (!at || at == in.n)
		return false;
	*head = (struct ber_head){ .tag = in.at[0], .n = at + 1, .length = in.at[at] };
	if (head->length < 0x80)
		return true;
	octets = head->length & 0x7f;
	head->indefinite = !octets;
	if (octets == 0x7f || octets > in.n - head->n)
		return false;
	head->n += octets;
	/* Only what is made of elements can end with an end of contents (X.690 8.1.3.2).
	 */
	if (head->indefinite)
		return head->tag & 0x20;
	return long_length(span_of(in.at + at + 1, octets), &head->length);
}

/* Where the content of an element of indefinite length ends, counted in levels that are
 * open. */
static bool find_end_of_contents(struct span in, size_t *end)
{
	size_t at = 0, open = 1;
	struct ber_head head;

	while (at < in.n) {
		struct span rest = span_from(in, at);

		if (rest.n >= 2 && rest.at[0] == 0 && rest.at[1] == 0) {
			*end = at;
			at += 2;
			if (!--open)
				return true;
			continue;
		}
		if (!ber_read_head(rest, &head))
			return false;
		at += head.n;
		if (head.indefinite ? ++open > BER_NESTED_MOST : head.length > in.n - at)
			return false;
		at += head.indefinite ? 0 : head.length;
	}
	return false;
}

bool ber_take(struct span *rest, uint8_t *tag, struct span *content, struct span *whole)
{
	struct ber_head head;
	struct span in;
	size_t total;

	if (!ber_read_head(*rest, &head))
		return false;
	in = span_from(*rest, head.n);
	if (head.indefinite ? !find_end_of_contents(in, &head.length)
			    : head.length > in.n)
		return false;
	total = head.n + head.length + (head.indefinite ? 2 : 0);
	*tag = head.tag;
	*content = span_of(in.at, head.length);
	*whole = span_of(rest->at, total);
	*rest = span_from(*rest, total);
	return true;
}

bool ber_take_tag(struct span *rest, uint8_t tag, struct span *content)
{
	struct span whole;
	uint8_t found;

	return rest->n && rest->at[0] == tag && ber_take(rest, &found, content, &whole);
}

/* ---- into DER ---- */

static bool needs_mending(struct span in, size_t depth)
{
	while (in.n) {
		size_t head, length;
		enum der_fault fault = der_measure(in, &head, &length);

		if (fault != DER_GOOD)
			return fault == DER_INDEFINITE || fault == DER_LONG_FORM;
		if (in.at[0] == OCTET_STRING_CONSTRUCTED)
			return true;
		if (in.at[0] & CONSTRUCTED && depth < BER_NESTED_MOST &&
		    needs_mending(span_of(in.at + head, length), depth + 1))
			return true;
		in = span_from(in, head + length);
	}
	return false;
}

bool ber_is_not_der(struct span in)
{
	return needs_mending(in, 0);
}

/* What is converted, and where it begins, for the byte in a message. */
struct conversion {
	const uint8_t *whole;
	size_t depth;
};

static bool broken(const struct conversion *conversion, struct span at, struct error *err)
{
	return error_fail(err, STATUS_INPUT,
			  _("broken BER at byte %zu (X.690 section 8.1)"),
			  (size_t)(at.at - conversion->whole));
}

static bool convert(struct conversion *conversion, struct buf *out, struct span *rest,
		    bool parts, struct error *err);

static bool at_end(struct span rest, bool indefinite)
{
	return indefinite ? rest.n >= 2 && !rest.at[0] && !rest.at[1] : !rest.n;
}

/* The elements in one, up to its end; rest then stands behind it. */
static bool convert_inside(struct conversion *conversion, struct buf *out,
			   struct span *rest, const struct ber_head *head, bool parts,
			   struct error *err)
{
	struct span inside = head->indefinite ? *rest : span_of(rest->at, head->length);
	const uint8_t *begin = inside.at;

	if (conversion->depth++ == BER_NESTED_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("nested deeper than %d elements at byte %zu"),
				  BER_NESTED_MOST, (size_t)(begin - conversion->whole));
	while (!at_end(inside, head->indefinite))
		if (!convert(conversion, out, &inside, parts, err))
			return false;
	conversion->depth--;
	*rest = span_from(*rest,
			  (size_t)(inside.at - begin) + (head->indefinite ? 2 : 0));
	return true;
}

/* One element. parts: of a string, of which the content alone is wanted. */
static bool convert(struct conversion *conversion, struct buf *out, struct span *rest,
		    bool parts, struct error *err)
{
	AUTO(buf) content = BUF_INIT;
	struct ber_head head;
	const struct span begin = *rest;
	bool string;

	if (!ber_read_head(*rest, &head) || (head.tag & 0x1f) == 0x1f || !head.tag ||
	    (!head.indefinite && head.length > rest->n - head.n))
		return broken(conversion, begin, err);
	string = (head.tag & ~CONSTRUCTED) == DER_OCTET_STRING;
	if (parts && !string)
		return broken(conversion, begin, err);
	*rest = span_from(*rest, head.n);
	if (!(head.tag & CONSTRUCTED)) {
		buf_add(&content, span_of(rest->at, head.length));
		*rest = span_from(*rest, head.length);
	} else if (!convert_inside(conversion, &content, rest, &head, string, err)) {
		return false;
	}
	if (parts)
		buf_add(out, buf_span(&content));
	else
		der_add(out, string ? DER_OCTET_STRING : head.tag, buf_span(&content));
	return true;
}

bool ber_to_der(struct buf *out, struct span in, struct error *err)
{
	struct conversion conversion = { in.at, 0 };

	while (in.n)
		if (!convert(&conversion, out, &in, false, err))
			return false;
	return true;
}

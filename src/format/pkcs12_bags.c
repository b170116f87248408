/* The bags of PKCS#12 (RFC 7292 section 4.2): walking them. */
#include "format/pkcs12.h"

#include "base/i18n.h"
#include "x509/ber.h"

bool pkcs12_as_der(struct span *in, struct arena *arena, struct error *err)
{
	AUTO(buf) der = BUF_INIT;

	if (!ber_is_not_der(*in))
		return true;
	if (!ber_to_der(&der, *in, err))
		return false;
	*in = arena_copy(arena, buf_span(&der));
	return true;
}

/* PKCS12Attribute ::= SEQUENCE { attrId, attrValues SET OF }. */
static bool read_attribute(struct der *in, struct bag *bag, struct error *err)
{
	struct der attribute, values;
	struct span oid;

	if (!der_enter(in, DER_SEQUENCE, &attribute, err) ||
	    !der_read(&attribute, DER_OID, &oid, err) ||
	    !der_enter(&attribute, DER_SET, &values, err))
		return false;
	if (span_eq(oid, OID_FRIENDLY_NAME) && der_next_is(&values, DER_BMP_STRING))
		return der_read(&values, DER_BMP_STRING, &bag->name, err);
	if (span_eq(oid, OID_TRUSTED_USAGE)) {
		bag->trusted = true;
		bag->usages = der_rest(&values);
	}
	bag->of_key |= span_eq(oid, OID_LOCAL_KEY);
	return true;
}

static bool read_attributes(struct der *in, struct bag *bag, struct error *err)
{
	struct der attributes;

	if (!der_left(in))
		return true;
	if (!der_enter(in, DER_SET, &attributes, err))
		return false;
	while (der_left(&attributes))
		if (!read_attribute(&attributes, bag, err))
			return error_in(err, _("attributes"));
	return true;
}

static enum bag_kind kind_of(struct span oid)
{
	const struct span bags = OID_BAG("");

	if (oid.n != bags.n + 1 || !span_starts(oid, bags) ||
	    oid.at[bags.n] >= BAG_KIND_COUNT)
		return BAG_KIND_COUNT;
	return (enum bag_kind)oid.at[bags.n];
}

/* SafeBag ::= SEQUENCE { bagId, bagValue [0] EXPLICIT, bagAttributes SET OF OPTIONAL }.
 */
static bool read_bag(struct der *in, struct bag *bag, struct error *err)
{
	struct span oid;
	struct der fields;

	*bag = (struct bag){ .kind = BAG_KIND_COUNT };
	if (!der_enter(in, DER_SEQUENCE, &fields, err) ||
	    !der_read(&fields, DER_OID, &oid, err))
		return false;
	bag->kind = kind_of(oid);
	return der_enter(&fields, DER_CONTEXT_CONSTRUCTED(0), &bag->value, err) &&
	       read_attributes(&fields, bag, err);
}

static bool walk_contents(struct der *in, size_t depth, const struct bag_walk *walk,
			  struct error *err)
{
	struct der bags;
	size_t n = 0;

	if (depth > BAGS_NESTED_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("bags are nested deeper than %d at byte %zu"),
				  BAGS_NESTED_MOST, der_offset(in));
	if (!der_enter(in, DER_SEQUENCE, &bags, err))
		return false;
	while (der_left(&bags)) {
		struct bag bag;

		n++;
		if (!read_bag(&bags, &bag, err))
			return error_in(err, _("bag %zu"), n);
		if (bag.kind != BAG_CONTENTS)
			walk->found(walk->ctx, &bag);
		else if (!walk_contents(&bag.value, depth + 1, walk, err))
			return error_in(err, _("bag %zu"), n);
	}
	return der_end(in, err);
}

bool bags_walk(struct der safe, const struct bag_walk *walk, struct error *err)
{
	return walk_contents(&safe, 1, walk, err);
}

/*
 * What export hands out. Each entry is asked in this order: was it selected, is it
 * distrusted, has it expired, is it an anchor good for TLS servers or does it chain to
 * one, can the format hold it.
 */
#include "plan/export.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/pkcs11.h"
#include "plan/reach.h"
#include "plan/settle.h"
#include "store/ref.h"

bool lossy_parse(const char *text, enum lossy *lossy)
{
	static const char *const names[] = { [LOSSY_GRACE] = "grace",
					     [LOSSY_KEEP] = "keep",
					     [LOSSY_DROP] = "drop",
					     [LOSSY_FAIL] = "fail" };

	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcmp(names[i], text) == 0) {
			*lossy = (enum lossy)i;
			return true;
		}
	}
	return false;
}

/* ---- what TLS clients may use ---- */

/* Anchors that may be written, marked in reach; and intermediates that may be part of a
 * path. What is distrusted is counted by who writes or leaves it. */
static void sort_out(struct export_plan *plan, const struct entry_set *set, int64_t at,
		     enum reach *reach, bool *may)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct entry *entry = &set->at[i];

		reach[i] = REACH_NONE;
		may[i] = false;
		if (entry->trust == TRUST_DISTRUSTED)
			continue;
		else if (entry->trust == TRUST_INACTIVE)
			plan->inactive++;
		else if (entry->cert.not_after < at)
			plan->expired++;
		else if (entry->trust != TRUST_ANCHOR)
			may[i] = true;
		else if (constraints_good_for(entry->constraints, PURPOSE_SERVER_AUTH))
			reach[i] = REACH_YES;
		else
			plan->not_for_servers++;
	}
}

/* ---- what the format cannot hold ---- */

/*
 * How long a certificate of a server may be valid, by when it was issued: the Baseline
 * Requirements of the CA/Browser Forum, 6.3.2, as ballots SC-22, SC-31 and SC-081v3
 * changed it.
 */
static int64_t longest_leaf_days(int64_t issued)
{
	static const struct {
		int year, month, day;
		int64_t days;
	} since[] = {
		{ 2029, 3, 15, 47 }, { 2027, 3, 15, 100 }, { 2026, 3, 15, 200 },
		{ 2020, 9, 1, 398 }, { 2018, 3, 1, 825 },
	};

	for (size_t i = 0; i < COUNT(since); i++) {
		if (issued >=
		    time_from_date(since[i].year, since[i].month, since[i].day, 0, 0, 0))
			return since[i].days;
	}
	return 39 * 31; /* "39 months" before that */
}

struct loss {
	bool any;       /* something cannot be held */
	bool date_only; /* and it is nothing but a date */
	int64_t date;   /* the latest of them */
};

/* One alternative, as a client of TLS servers sees it. */
static void weigh(struct loss *loss, const struct alternative *alternative,
		  unsigned carries)
{
	int64_t date = alternative->issued_before[PURPOSE_SERVER_AUTH];
	bool subtrees = alternative->dns_subtrees && !(carries & CARRIES_CONSTRAINTS);
	bool sct =
		alternative->sct_before != TIME_NONE && !(carries & CARRIES_CONSTRAINTS);
	bool after = date != TIME_NONE && !(carries & CARRIES_DISTRUST_AFTER);

	loss->any |= subtrees || sct || after;
	loss->date_only &= !subtrees;
	if (sct && alternative->sct_before > loss->date)
		loss->date = alternative->sct_before;
	if (after && date > loss->date)
		loss->date = date;
}

/*
 * What writing entry in the format would lose. That an anchor is good for servers only is
 * no loss: that is what the file is for. One alternative is enough, so one that can be
 * held whole needs no other.
 */
static struct loss loss_of(const struct entry *entry, unsigned carries)
{
	static const struct loss none = { false, true, TIME_NONE };
	struct loss loss = none;

	if (entry->trust != TRUST_ANCHOR || !entry->constraints)
		return none;
	for (size_t i = 0; i < entry->constraints->n; i++) {
		struct loss one = { false, true, loss.date };

		if (!alternative_good_for(&entry->constraints->at[i],
					  PURPOSE_SERVER_AUTH))
			continue;
		weigh(&one, &entry->constraints->at[i], carries);
		if (!one.any)
			return none;
		loss.any = true;
		loss.date_only &= one.date_only;
		loss.date = one.date;
	}
	return loss;
}

/* Clients may still meet certificates issued before the date, until the last of these has
 * expired. */
static bool within_grace(const struct loss *loss, int64_t at)
{
	return loss->date_only && loss->date != TIME_NONE &&
	       at <= loss->date + longest_leaf_days(loss->date) * DAY_SECONDS;
}

/* Whether the anchor is written in spite of the loss; counted. */
static bool bear(struct export_plan *plan, const struct loss *loss,
		 const struct export_options *options)
{
	bool kept = options->lossy == LOSSY_KEEP ||
		    (options->lossy == LOSSY_GRACE && within_grace(loss, options->at));

	if (kept)
		plan->unbound++;
	else
		plan->dropped++;
	return kept;
}

/* The same where the token would not know that it is an anchor. */
static bool bear_unmarked(struct export_plan *plan, const struct export_options *options)
{
	bool kept = options->lossy == LOSSY_KEEP || options->lossy == LOSSY_GRACE;

	if (kept)
		plan->unmarked++;
	else
		plan->dropped++;
	return kept;
}

static void add(struct export_plan *plan, const struct entry *entry)
{
	set_add_copy(&plan->set, entry);
	if (entry->trust == TRUST_ANCHOR)
		plan->anchors++;
	else if (entry->trust == TRUST_DISTRUSTED)
		plan->distrusts++;
	else
		plan->intermediates++;
}

/* Anchors that the format cannot hold go before the walk, lest their intermediates stay.
 */
static void drop_lossy(struct export_plan *plan, const struct entry_set *set,
		       const struct export_options *options, enum reach *reach)
{
	for (size_t i = 0; i < set->n; i++) {
		struct loss loss = { false, true, TIME_NONE };

		if (reach[i] != REACH_YES)
			continue;
		loss = loss_of(&set->at[i], options->format->carries);
		if ((loss.any && !bear(plan, &loss, options)) ||
		    (options->unmarked && !bear_unmarked(plan, options)))
			reach[i] = REACH_NONE;
	}
}

/* Whether or not it has expired: who asks at another time, is told as well. */
static void add_distrusted(struct export_plan *plan, const struct entry_set *set, size_t i,
			   const struct export_options *options)
{
	if (!(options->format->carries & CARRIES_DISTRUST))
		plan->distrusted++;
	else if (!options->hits || options->hits[i])
		add(plan, &set->at[i]);
}

static void collect(struct export_plan *plan, const struct entry_set *set,
		    const struct export_options *options)
{
	AUTO_FREE enum reach *reach = mem_array(set->n + 1, sizeof(*reach));
	AUTO_FREE bool *may = mem_array(set->n + 1, sizeof(*may));

	sort_out(plan, set, options->at, reach, may);
	drop_lossy(plan, set, options, reach);
	reach_from(set, may, reach);
	for (size_t i = 0; i < set->n; i++) {
		if (set->at[i].trust == TRUST_DISTRUSTED) {
			add_distrusted(plan, set, i, options);
			continue;
		}
		if (options->only == EXPORT_ANCHORS && may[i])
			continue;
		if (reach[i] == REACH_YES && (!options->hits || options->hits[i]))
			add(plan, &set->at[i]);
		else if (may[i] && reach[i] != REACH_YES)
			plan->unchained++;
	}
	set_sort(&plan->set);
}

bool export_unmarked(struct error *err, enum status status, size_t n, bool officer)
{
	error_fail(err, status,
		   ngettext("the token would not know that %zu certificate is an anchor",
			    "the token would not know that %zu certificates are anchors",
			    n),
		   n);
	return error_remedy(err, officer ? _("--security-officer writes as the one who may "
					     "mark them as trusted, with that PIN")
					 : _("it has no mark for them: what reads it says "
					     "itself what it trusts"));
}

static bool refuse_loss(const struct export_plan *plan,
			const struct export_options *options, struct error *err)
{
	if (options->unmarked)
		return export_unmarked(err, STATUS_FINDING, plan->dropped,
				       options->officer);
	error_fail(err, STATUS_FINDING,
		   ngettext("%zu anchor has a date or names that bound it, which %s "
			    "cannot hold",
			    "%zu anchors have dates or names that bound them, which %s "
			    "cannot hold",
			    plan->dropped),
		   plan->dropped, options->format->name);
	return error_remedy(
		err, _("--lossy keep, drop or grace says what shall become of them; "
		       "--as p11-kit holds dates"));
}

bool export_make(struct export_plan *plan, const struct entry_set *set,
		 const struct export_options *options, struct error *err)
{
	AUTO(entry_set) settled = ENTRY_SET_INIT;

	set_copy(&settled, set);
	settle_trust(&settled);
	collect(plan, &settled, options);
	if (options->lossy == LOSSY_FAIL && plan->dropped)
		return refuse_loss(plan, options, err);
	if (!plan->set.n)
		return error_fail(
			err, STATUS_UNCHANGED,
			_("nothing would be left to export, so nothing was written"));
	return true;
}

/* ---- the destination ---- */

bool export_ask_token(struct export_options *options, struct format *token,
		      const char *ref, struct error *err)
{
	if (!ref || !ref_is_token(ref))
		return true;
	if (!pkcs11_format(ref, store_passwords, token, &options->officer, err)) {
		AUTO_FREE char *shown = quoted(span_str(ref));

		return error_in(err, "%s", shown);
	}
	options->format = token;
	options->unmarked = !(token->carries & CARRIES_TRUST);
	return true;
}

static bool is_standard_output(const char *ref)
{
	return !ref || strcmp(ref, "-") == 0;
}

static const struct format *format_there(const char *path)
{
	AUTO(file) file = FILE_INIT;
	AUTO(error) unread = ERROR_INIT;
	const struct format *found = NULL;

	/* What cannot be read has no format; export_guard says so. */
	if (file_kind(path) == FILE_FOLDER)
		found = format_guess_folder(path);
	else if (file_kind(path) == FILE_REGULAR && file_read(&file, path, &unread))
		found = format_guess(file.bytes);
	return found && format_is_writable(found) ? found : NULL;
}

static bool no_such_format(const char *as, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(as));
	AUTO(buf) names = BUF_INIT;

	for (size_t i = 0; formats[i]; i++)
		if (format_is_writable(formats[i]))
			buf_addf(&names, "%s%s", names.n ? ", " : "", formats[i]->name);
	error_fail(err, STATUS_INPUT, _("there is no format '%s'"), shown);
	return error_remedy(err, _("it is one of %s"), buf_text(&names));
}

static bool only_read(const struct format *format, struct error *err)
{
	AUTO(buf) names = BUF_INIT;

	for (size_t i = 0; formats[i]; i++) {
		if (format_is_writable(formats[i]))
			buf_addf(&names, "%s%s", names.n ? ", " : "", formats[i]->name);
	}
	error_fail(err, STATUS_INPUT, _("%s can only be read"), format->name);
	return error_remedy(err, _("what can be written is one of %s"), buf_text(&names));
}

bool export_format(const struct format **format, const char *as, const char *ref,
		   struct error *err)
{
	const struct format *said = NULL, *wanted = as ? format_find(as) : NULL;
	const char *path = "-";

	if (as && !wanted)
		return no_such_format(as, err);
	if (as && ref && ref_is_token(ref))
		return error_fail(err, STATUS_INPUT,
				  _("a token has no format that --as could say"));
	if (!is_standard_output(ref) && !store_split_ref(ref, &said, &path, err))
		return false;
	if (said && wanted && said != wanted)
		return error_fail(err, STATUS_INPUT,
				  _("--as says %s, the destination says %s"),
				  wanted->name, said->name);
	if (!wanted)
		wanted = said;
	if (!wanted && strcmp(path, "-") != 0)
		wanted = format_there(path);
	*format = wanted ? wanted : &format_pem;
	if (!format_is_writable(*format))
		return only_read(*format, err);
	if (!(*format)->folder || !is_standard_output(ref))
		return true;
	error_fail(err, STATUS_INPUT, _("%s is a folder"), (*format)->name);
	return error_remedy(err, _("-o says where"));
}

static bool refuse_cellar(const char *ref, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(ref));

	error_fail(err, STATUS_UNCHANGED,
		   _("'%s' is a cellar, and export does not write cellars"), shown);
	return error_remedy(err, _("rootcellar import changes one"));
}

static bool refuse_stranger(const char *ref, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(ref));

	error_in(err, _("'%s' is there and is no store"), shown);
	err->status = STATUS_UNCHANGED;
	return error_remedy(err, _("--yes writes over it"));
}

static bool refuse_shrink(const struct export_plan *plan, const char *ref,
			  struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(ref));

	error_fail(err, STATUS_UNCHANGED,
		   ngettext("'%s' has %zu certificate and would lose %zu of it",
			    "'%s' has %zu certificates and would lose %zu of them",
			    plan->destination),
		   shown, plan->destination, plan->lost);
	return error_remedy(err, _("--yes writes it all the same"));
}

bool destination_has_nothing(const char *path)
{
	AUTO(file) file = FILE_INIT;
	AUTO(error) unread = ERROR_INIT;

	switch (file_kind(path)) {
	case FILE_REGULAR:
		return file_read(&file, path, &unread) && !file.bytes.n;
	case FILE_FOLDER:
		return !format_guess_folder(path);
	default:
		return true;
	}
}

/* A bare word would be a profile. */
char *destination_path(const char *path)
{
	return path[0] == '/' || path[0] == '.' ? str_copy(path)
						: str_format("./%s", path);
}

/* A key that is lost cannot be made again; every armour of one ends so (RFC 7468). */
bool destination_keyless(const char *path, struct error *err)
{
	static const char armour[] = "PRIVATE KEY-----";
	AUTO_FREE char *shown = NULL;
	AUTO(file) file = FILE_INIT;
	AUTO(error) unread = ERROR_INIT;

	if (file_kind(path) != FILE_REGULAR || !file_read(&file, path, &unread) ||
	    !memmem(file.bytes.at, file.bytes.n, armour, sizeof(armour) - 1))
		return true;
	shown = quoted(span_str(path));
	error_fail(err, STATUS_UNCHANGED, _("'%s' holds a private key"), shown);
	return error_remedy(err, _("--yes writes over it"));
}

void export_count_lost(struct export_plan *plan, const struct entry_set *there)
{
	plan->destination = there->n;
	plan->lost = 0;
	for (size_t i = 0; i < there->n; i++)
		plan->lost += !set_find(&plan->set, &there->at[i].cert);
}

bool export_guard(struct export_plan *plan, const char *ref, enum shrink shrink,
		  struct error *err)
{
	static const struct store_options look = { .purpose = STORE_TO_CHANGE };
	AUTO(store) there = STORE_INIT;
	AUTO(error) unread = ERROR_INIT;
	AUTO_FREE char *plain = NULL;
	const struct format *format, *is;
	const char *path;

	if (is_standard_output(ref))
		return true;
	/* Of a token nothing goes but what was written there by this. */
	if (ref_is_token(ref))
		return true;
	if (!store_split_ref(ref, &format, &path, err))
		return false;
	plain = destination_path(path);
	if (destination_has_nothing(plain))
		return true;
	/* Nor of a database. */
	is = file_kind(plain) == FILE_FOLDER ? format_guess_folder(plain) : NULL;
	if (is && is->write_database)
		return true;
	if (shrink == SHRINK_REFUSED && !destination_keyless(plain, err))
		return false;
	if (!store_open(&there, plain, &look, &unread)) {
		if (shrink == SHRINK_ALLOWED)
			return true;
		error_move(err, &unread);
		return refuse_stranger(ref, err);
	}
	if (there.kind == STORE_CELLAR || there.kind == STORE_GENERATION)
		return refuse_cellar(ref, err);
	export_count_lost(plan, &there.set);
	if (plan->lost * 2 > plan->destination && shrink == SHRINK_REFUSED)
		return refuse_shrink(plan, ref, err);
	return true;
}

/* ---- writing onto a store ---- */

static void take_identity(struct export_plan *plan, const struct entry *record)
{
	struct entry *entry = set_find(&plan->set, &record->cert);

	entry->fields = fields_copy(&plan->set.arena, record->fields);
	if (record->label)
		entry->label = arena_str(&plan->set.arena, record->label);
}

static void retire_record(struct export_plan *plan, const struct entry *record)
{
	struct entry retired = *record;

	retired.trust = TRUST_INACTIVE;
	set_add_copy(&plan->set, &retired);
	plan->retired++;
}

void export_onto(struct export_plan *plan, const struct entry_set *there,
		 enum retire retire)
{
	for (size_t i = 0; i < there->n; i++) {
		const struct entry *record = &there->at[i];

		if (set_find(&plan->set, &record->cert))
			take_identity(plan, record);
		else if (record->trust == TRUST_INACTIVE)
			continue; /* it may stay as it is */
		else if (retire == RETIRE_OTHERS)
			retire_record(plan, record);
		else
			plan->stays++;
	}
	set_sort(&plan->set);
}

void export_sentence(struct buf *out, const struct export_plan *plan,
		     const struct format *format)
{
	buf_addf(out, ngettext("%zu anchor", "%zu anchors", plan->anchors),
		 plan->anchors);
	if (plan->intermediates) {
		buf_add_str(out, ", ");
		buf_addf(out,
			 ngettext("%zu intermediate", "%zu intermediates",
				  plan->intermediates),
			 plan->intermediates);
		if (!(format->carries & CARRIES_TRUST) && !plan->unmarked)
			buf_addf(out, " (%s)",
				 _("Java and GnuTLS take these for anchors"));
	}
	if (plan->distrusts) {
		buf_add_str(out, ", ");
		buf_addf(out, ngettext("%zu distrusted", "%zu distrusted", plan->distrusts),
			 plan->distrusts);
	}
	if (plan->retired) {
		buf_add_str(out, ", ");
		buf_addf(out, ngettext("%zu retired", "%zu retired", plan->retired),
			 plan->retired);
	}
}

void export_plan_clear(struct export_plan *plan)
{
	entry_set_clear(&plan->set);
	*plan = (struct export_plan)EXPORT_PLAN_INIT;
}

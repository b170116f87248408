/* The one way a command changes a store: plan shown as a diff, asked or refused,
 * committed, told. */
#include "cmd/change.h"

#include "base/escape.h"
#include "cmd/opened.h"
#include "store/enabled.h"
#include "store/profile.h"
#include "store/ref.h"

#include <stdio.h>

/* No profile, no generation, no union, no file of a said format: none of these is a
 * cellar to change. */
static bool names_a_place(const char *ref)
{
	AUTO(error) no_ref = ERROR_INIT;
	struct ref parsed;

	return !ref_is_union(ref) && ref_parse(ref, &parsed, &no_ref) &&
	       parsed.kind == REF_PATH && !parsed.format && strcmp(ref, "-") != 0 &&
	       file_kind(ref) != FILE_REGULAR;
}

static bool not_a_cellar(const char *ref, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(ref));

	error_fail(err, STATUS_INPUT,
		   _("'%s' is no cellar, and this command works on one"), shown);
	return error_remedy(err,
			    _("a folder for a cellar is named by its path, such as ./%s; "
			      "rootcellar export -o writes other stores"),
			    "cellar");
}

bool change_path(char **path, const struct context *context, struct error *err)
{
	const char *ref = NULL;

	if (!one_store(&ref, context, err))
		return false;
	if (!ref) {
		*path = cellar_default_path();
		return true;
	}
	if (!names_a_place(ref))
		return not_a_cellar(ref, err);
	*path = str_copy(ref);
	return true;
}

static void tell_cellar(const struct cellar_change *change, const struct context *context)
{
	AUTO_FREE char *shown = quoted(span_str(change->path));
	AUTO(buf) count = BUF_INIT;

	if (!change->generation)
		return;
	store_count_text(&count, &change->before);
	report_note(context->report, "%s: %s", shown, buf_text(&count));
}

bool change_begin(struct cellar_change *change, struct context *context,
		  struct error *err)
{
	AUTO_FREE char *path = NULL;

	if (!change_path(&path, context, err) || !cellar_begin(change, path, err))
		return false;
	tell_cellar(change, context);
	return true;
}

/* One line from standard input; yes only where it begins so in English or in the user's
 * language. */
static bool says_yes(void)
{
	char answer[64];
	/* Translators: the letters that mean yes. */
	const char *yes = _("yY");

	if (!fgets(answer, sizeof(answer), stdin))
		return false;
	return answer[0] != '\n' && (strchr("yY", answer[0]) || strchr(yes, answer[0]));
}

enum consent change_consent(struct context *context, const char *question,
			    struct error *err)
{
	context->reported = true;
	if (!report_finish(context->report, err))
		return CONSENT_DENIED;
	if (context->yes)
		return CONSENT_GIVEN;
	if (!context->interactive) {
		error_fail(err, STATUS_INPUT,
			   _("nothing was changed: nobody can be asked here, and --yes "
			     "was not given"));
		error_remedy(err, "%s --yes", context->command_line);
		return CONSENT_REFUSED;
	}
	/* Translators: [y/N] after a question; N is what Enter alone means. */
	fprintf(stderr, "%s %s ", question, _("[y/N]"));
	fflush(stderr);
	return says_yes() ? CONSENT_GIVEN : CONSENT_DENIED;
}

/* What is live follows by itself, but for what Fedora's and Arch's program makes of it. */
static bool wants_refresh(const struct enabled_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->at[i].way, write_way_name(WRITE_MODULE)) != 0 &&
		    strcmp(list->at[i].way, write_way_name(WRITE_DATABASE)) != 0)
			return true;
	return false;
}

static void tell_enabled(const struct cellar_change *change, const struct context *context)
{
	AUTO(enabled_list) list = ENABLED_LIST_INIT;
	AUTO(error) unread = ERROR_INIT;

	/* Whoever works with what is enabled is told that its list is damaged. */
	if (enabled_read(&list, change->path, &unread) && wants_refresh(&list))
		report_note(context->report,
			    _("what was installed elsewhere is brought up to date by "
			      "'rootcellar export --refresh'"));
}

static enum status commit(struct cellar_change *change, struct context *context,
			  struct error *err)
{
	uint64_t before = change->generation, generation;

	if (!cellar_commit(change, context->command_line, clock_now(), &generation, err))
		return err->status;
	if (generation == before) {
		report_note(context->report, _("nothing is to be changed"));
		return STATUS_GOOD;
	}
	if (change->set.n > CELLAR_LARGE)
		report_note(context->report, "%s (%s)",
			    finding_meaning(FINDING_STORE_LARGE),
			    finding_name(FINDING_STORE_LARGE));
	report_note(context->report,
		    _("this is generation %llu; 'rootcellar undo' takes it back"),
		    (unsigned long long)generation);
	tell_enabled(change, context);
	return STATUS_GOOD;
}

static enum status publish(struct cellar_change *change, struct context *context,
			   const struct diff *diff, enum change_ask ask,
			   struct error *err)
{
	/* No entry differs: at most it is recorded that one came from here as well. */
	bool asks = ask == CHANGE_ASKS_ALWAYS ||
		    (diff->n && (ask == CHANGE_ASKS || diff_adds_trust(diff)));

	if (!diff->n && context->dry_run) {
		report_note(context->report, _("nothing is to be changed"));
		return STATUS_GOOD;
	}
	if (context->dry_run) {
		report_note(context->report, _("dry run: nothing was changed"));
		return STATUS_GOOD;
	}
	if (!asks)
		return commit(change, context, err);
	switch (change_consent(context, _("change the cellar?"), err)) {
	case CONSENT_GIVEN:
		return commit(change, context, err);
	case CONSENT_DENIED:
		report_note(context->report, _("nothing was changed"));
		return STATUS_FINDING;
	default:
		return err->status;
	}
}

enum status change_publish(struct cellar_change *change, struct context *context,
			   enum change_ask ask, struct error *err)
{
	AUTO(diff) diff = DIFF_INIT;

	diff_sets(&diff, &change->before, &change->set);
	return publish(change, context, &diff, ask, err);
}

enum status change_finish(struct cellar_change *change, struct context *context,
			  enum change_ask ask, struct error *err)
{
	AUTO(diff) diff = DIFF_INIT;

	diff_sets(&diff, &change->before, &change->set);
	report_diff(context->report, &diff,
		    context->quiet && context->format == REPORT_TEXT ? DIFF_SUMMARY
								     : DIFF_ENTRIES);
	return publish(change, context, &diff, ask, err);
}

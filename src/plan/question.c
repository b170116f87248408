/*
 * What the user asked. Every option that makes a difference comes back in a command of
 * "To fix:", or the command is none of those that lack it.
 */
#include "plan/question.h"

#include "base/escape.h"

/* What is read from standard input is gone: the commands name a copy that the user keeps.
 */
#define COPY_NAME "saved.pem"

static bool is_stdin(const struct validation *validation,
		     const struct validate_options *options)
{
	return options->asked != ASKED_TARGET && strcmp(validation->target, "-") == 0;
}

static char *target_words(const struct validation *validation,
			  const struct validate_options *options)
{
	AUTO(buf) words = BUF_INIT;

	escape_shell(
		&words,
		span_str(is_stdin(validation, options) ? COPY_NAME : validation->target));
	buf_add_str(&words, options->command_options);
	return buf_steal(&words);
}

static char *ask_words(const char *target, const char *store,
		       const struct validate_options *options)
{
	static const char *const verbs[] = {
		[ASKED_TARGET] = "validate",
		[ASKED_FILE] = "validate",
		[ASKED_TRANSCRIPT] = "validate --presented",
		[ASKED_QUOTED] = "validate --presented",
		[ASKED_ENTRY] = "fetch",
	};

	return str_format("rootcellar %s %s%s%s%s", verbs[options->asked], target,
			  options->own_options, *store ? " " : "", store);
}

void question_make(struct question *question, const struct validation *validation,
		   const struct validate_options *options)
{
	/* --anchors is among the options of validate alone: of no cellar, and said once.
	 */
	bool is_anchors = options->fixed_store &&
			  !span_starts(span_str(options->fixed_store), SPAN("--store"));

	question->target = target_words(validation, options);
	question->ask = ask_words(question->target,
				  is_anchors ? "" : options->command_store, options);
	question->context = (struct diagnose_context){
		.target = question->target,
		.store_option = options->first_command ? "" : options->command_store,
		.hostname =
			validation->name.kind == NAME_NONE ? NULL : validation->name.text,
		.at = options->at,
		.presented_by_server = validation->by_server,
		.ask = question->ask,
		.fixed = options->fixed_store,
		.no_fetch = *options->own_options || options->asked == ASKED_QUOTED,
		.offline = !options->net,
		.from_stdin = is_stdin(validation, options),
		.is_file = options->asked == ASKED_FILE,
	};
}

void question_clear(struct question *question)
{
	mem_free(question->target);
	mem_free(question->ask);
	*question = (struct question)QUESTION_INIT;
}

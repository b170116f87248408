/* What an export left out and cannot hold, told on standard error. */
#include "cmd/exported.h"

void tell_left_out(const struct context *context, const struct export_plan *plan)
{
	struct report *report = context->report;

	if (plan->expired)
		report_note(report,
			    ngettext("%zu expired entry was left out",
				     "%zu expired entries were left out", plan->expired),
			    plan->expired);
	if (plan->distrusted)
		report_note(report,
			    ngettext("%zu distrusted entry was left out",
				     "%zu distrusted entries were left out",
				     plan->distrusted),
			    plan->distrusted);
	if (plan->inactive)
		report_note(report,
			    ngettext("%zu inactive entry was left out",
				     "%zu inactive entries were left out",
				     plan->inactive),
			    plan->inactive);
	if (plan->not_for_servers)
		report_note(
			report,
			ngettext("%zu anchor that is not for TLS servers was left out",
				 "%zu anchors that are not for TLS servers were left out",
				 plan->not_for_servers),
			plan->not_for_servers);
	if (plan->unchained)
		report_note(report,
			    ngettext("%zu intermediate that chains to none of these was "
				     "left out",
				     "%zu intermediates that chain to none of these were "
				     "left out",
				     plan->unchained),
			    plan->unchained);
}

/* What the format cannot hold is told whether or not -q was given: it changes what is
 * trusted. */
void tell_losses(const struct export_plan *plan, bool officer)
{
	AUTO(error) line = ERROR_INIT;

	if (plan->dropped) {
		error_fail(&line, STATUS_GOOD,
			   ngettext("%zu anchor was left out: the format cannot hold its "
				    "bounds",
				    "%zu anchors were left out: the format cannot hold "
				    "their bounds",
				    plan->dropped),
			   plan->dropped);
		report_error(&line);
	}
	if (plan->unmarked) {
		export_unmarked(&line, STATUS_GOOD, plan->unmarked, officer);
		report_error(&line);
	}
	if (plan->unbound) {
		error_fail(&line, STATUS_GOOD,
			   ngettext("%zu anchor is written without its bounds, which the "
				    "format cannot hold",
				    "%zu anchors are written without their bounds, which "
				    "the format cannot hold",
				    plan->unbound),
			   plan->unbound);
		report_error(&line);
	}
}

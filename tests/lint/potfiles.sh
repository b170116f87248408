#!/usr/bin/env bash
# po/POTFILES.in names every file that has a message for translators, in order, and no other.
source "$(dirname "$0")/lint.bash"

wanted=$(c_files src | grep -v '^src/base/i18n\.h$' |
	xargs grep -lE '(\b_|\bN_|\bngettext|\bgettext) ?\(' || true)
diff <(grep -v '^#' po/POTFILES.in || true) <(printf '%s\n' "$wanted") |
	sed -n 's/^</no message or no file: /p; s/^>/missing: /p' |
	promise "po/POTFILES.in is complete"

# For the scripts of this folder, which source it: the helper program, a scratch folder, what to say.
# shellcheck shell=bash
set -euo pipefail

tool=${top_builddir:-.}/tests/store/cellar_tool
certs=${DATA:-tests/data}/store
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

[ -x "$tool" ] || { echo "SKIP: $tool is not built" && exit 77; }

die() {
	printf '%s\n' "$@" >&2
	exit 1
}

# need PROGRAM...: without one of them the test says so and is skipped.
need() {
	local program
	for program; do
		command -v "$program" >/dev/null || { echo "SKIP: $program is not installed" && exit 77; }
	done
}

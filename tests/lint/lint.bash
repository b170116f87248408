# For the lints, which source it: each is one promise about the tree, and prints what breaks it.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C

# Where the sources are; the lints look at the tree and not at git, so that a tarball can run them.
top_srcdir=${top_srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir}
top_srcdir=$(cd "$top_srcdir" && pwd)
top_builddir=$(cd "$top_builddir" && pwd)
cd "$top_srcdir"

# What breaks the promise comes on standard input, a line each; none: the promise holds.
# promise TEXT
promise() {
	local found
	found=$(cat)
	if [ -n "$found" ]; then
		printf '%s\n' "$found"
		echo "broken: $1"
		exit 1
	fi
	echo "holds: $1"
}

# All C of src/ (and of tests/ with "tests" behind it), one path a line, in order.
c_files() {
	find "$@" -name '*.[ch]' -type f | sort
}

# The floors, lowest first.
floors=(base x509 trust chain format store net plan report cmd)

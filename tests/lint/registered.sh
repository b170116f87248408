#!/usr/bin/env bash
# Every source, test and lint in the tree is named by a Makemodule.am: nothing is left out of the
# build, of make check or of the tarball.
source "$(dirname "$0")/lint.bash"

named=$(find src tests stores doc -name Makemodule.am -exec cat {} + | tr -s ' \t\\' '\n' | sort -u)
find src tests -type f \( -name '*.[ch]' -o -name '*.bats' -o -name '*.bash' -o -name '*.sh' \
	-o -name '*.py' -o -name '*.go' \) -o -path 'tests/data/*' -type f | sort |
	{ grep -vxF "$named" || true; } | sed 's/$/: in no Makemodule.am/' |
	promise "every file is part of the build"

#!/usr/bin/env bash
# Every source, test and lint in the tree is named by a Makemodule.am: nothing is left out of the
# build, of make check or of the tarball.
source "$(dirname "$0")/lint.bash"

find src tests -type f \( -name '*.[ch]' -o -name '*.bats' -o -name '*.bash' -o -name '*.sh' \
	-o -name '*.py' -o -name '*.go' \) -not -path 'tests/data/*' | sort | while read -r file; do
	find . -name Makemodule.am -not -path './.git/*' -exec grep -qF -- "$file" {} + ||
		echo "$file: in no Makemodule.am"
done | promise "every file is part of the build"

#!/usr/bin/env bash
# README.md's table of formats is the one that the test of pairs measures. With --write it is put
# there anew (make readme-formats). make check has run that test before, which left its table.
source "$(dirname "$0")/../lint/lint.bash"

begin='<!-- formats: begin (made by make readme-formats) -->'
end='<!-- formats: end -->'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

status=0
if [ $# -eq 0 ] && [ -s "$top_builddir/tests/format/pairs.table" ]; then
	cp "$top_builddir/tests/format/pairs.table" "$work/table"
else
	"$top_builddir/tests/format/test_pairs" --table >"$work/table" || status=$?
fi
[ "$status" -ne 77 ] || { echo "SKIP: Mozilla's roots (ca-certificates) are not installed" && exit 77; }
[ "$status" -eq 0 ]

awk -v begin="$begin" -v end="$end" -v table="$work/table" '
	$0 == end { inside = 0 }
	!inside { print }
	$0 == begin {
		inside = 1
		while ((getline line <table) > 0)
			print line
	}' README.md >"$work/readme"

if [ "${1:-}" = --write ]; then
	cat "$work/readme" >README.md
	exit 0
fi
{
	grep -qxF -- "$begin" README.md && grep -qxF -- "$end" README.md ||
		echo "README.md: the lines around the table are not there"
	diff README.md "$work/readme" | sed -n 's/^[<>]/README.md: &/p'
} | promise "README.md has the table of formats as it is (make readme-formats)"

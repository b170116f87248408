#!/usr/bin/env bash
# What the tables list is known everywhere: each command has its file, bats file, help, manual and
# completion; each format its unit test and a line in the manual.
source "$(dirname "$0")/lint.bash"

rootcellar=$top_builddir/rootcellar
manual=$("$rootcellar" --dump-manual)
completion=$("$rootcellar" --dump-completion)

commands=$(grep -oE '&cmd_[a-z_]+' src/main.c | sed 's/&cmd_//' | sort -u)
formats=$(grep -oE '&format_[a-z0-9_]+' src/format/table.c | sed 's/&format_//' | sort -u)

{
	[ -n "$commands" ] || echo "src/main.c: no table of commands found"
	[ -n "$formats" ] || echo "src/format/table.c: no table of formats found"
	for name in $commands; do
		[ -f "src/cmd/$name.c" ] || echo "$name: no src/cmd/$name.c"
		[ -f "tests/cmd/$name.bats" ] || echo "$name: no tests/cmd/$name.bats"
		grep -qE "(^|[^a-z])$name([^a-z]|$)" <<<"$manual" || echo "$name: not in the manual"
		grep -qw -- "$name" <<<"$completion" || echo "$name: not in the completion"
		help=$("$rootcellar" "$name" --help) || echo "$name: --help failed"
		grep -q "rootcellar $name" <<<"$help" || echo "$name: --help has no example"
		# Every long option of the help stands in manual and completion too.
		grep -oE -- '(^| )--[a-z][a-z0-9-]+' <<<"$help" | tr -d ' ' | sort -u | while read -r option; do
			grep -qF -- "${option//-/\\-}" <<<"$manual" || grep -qF -- "$option" <<<"$manual" ||
				echo "$name: $option is not in the manual"
			grep -qF -- "${option#--}" <<<"$completion" ||
				echo "$name: $option is not in the completion"
		done
	done
	# A folder of one format may share the file and the test of that format.
	for name in $formats; do
		grep -rqE "format_$name\b" src/format/*.c || echo "$name: no source"
		grep -rqE "format_$name\b|\"${name//_/-}\"" tests/format/ || echo "$name: no unit test"
	done
} | promise "tables, help, manual, completion and tests agree"

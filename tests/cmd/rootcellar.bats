load ../lib/setup

# The help of the program and of each command, printed once for all tests: NAME.help, and the names in names.
setup_file() {
	local name

	helped=$BATS_FILE_TMPDIR
	export helped
	rootcellar --help >"$helped/.help"
	sed -n 's/^  \([a-z][a-z]*\)   *[a-z].*/\1/p' "$helped/.help" | grep -v '^rootcellar' >"$helped/names"
	while read -r name; do
		rootcellar "$name" --help >"$helped/$name.help"
	done <"$helped/names"
}

commands() {
	cat "$helped/names"
}

# options NAME: of that command, as its help names them.
options() {
	grep -oE -- '^ +(-., )?--[a-z-]+' "$helped/$1.help" | grep -oE -- '--[a-z-]+'
}

@test "rootcellar alone shows help that begins with a failing call" {
	expect 0 rootcellar
	[[ "${lines[0]}" == "A call fails"* ]]
	[[ "${lines[1]}" == *"rootcellar validate"* ]]
	alone=$output
	expect 0 rootcellar --help
	[ "$output" = "$alone" ]
}

@test "help lists every command under look, change, check or hand out" {
	for name in list show diff import trust remove prune fetch log undo validate export; do
		commands | grep -qx "$name"
	done
	for group in Look Change Check 'Hand out'; do
		grep -qx "$group:" "$helped/.help"
	done
}

@test "help COMMAND is COMMAND --help, and help alone is --help" {
	rootcellar --help >wanted
	rootcellar help | cmp - wanted
	rootcellar export --help >wanted
	rootcellar help export | cmp - wanted
	expect 2 rootcellar help exprot
	says "export"
}

@test "--help fits 80 columns" {
	expect 0 rootcellar --help
	awk 'length > 80 { print; bad = 1 } END { exit bad }' <<<"$output"
}

@test "help is no wider than COLUMNS, but for examples and names of options" {
	local name width
	for width in 60 40; do
		for name in '' $(commands); do
			# shellcheck disable=SC2086 # no word for the program's own help
			expect 0 env COLUMNS=$width "$program" $name --help
			! grep -v '^  rootcellar \|^  openssl \|^ *\(-., \)\?--' <<<"$output" | grep -E "^.{$((width + 1))}"
		done
	done
	expect 0 env COLUMNS=200 "$program" validate --help
	! grep -v '^  rootcellar ' <<<"$output" | grep -E '^.{81}'
}

@test "each command answers --help with its use, examples and options, in 80 columns" {
	for name in $(commands); do
		expect 0 rootcellar "$name" --help
		[[ "${lines[0]}" == "Usage: rootcellar $name "* ]]
		prints "Examples:"
		prints "  rootcellar $name"
		grep -v '^  rootcellar' <<<"$output" | awk 'length > 80 { print; bad = 1 } END { exit bad }'
		[ -z "$stderr" ]
	done
}

@test "the manual names every command and every option, and man reads it without a warning" {
	rootcellar --dump-manual >rootcellar.1
	local manual
	manual=$(cat rootcellar.1)
	for name in $(commands); do
		grep -q "^.SS \"rootcellar $name " rootcellar.1
		for option in $(options "$name"); do
			[[ "$manual" == *"${option//-/\\-}"* ]] || { echo "$name: $option"; return 1; }
		done
	done
	for word in 'EXIT STATUS' SELECTORS 'STORE REFERENCES' FINDINGS 'OUTPUT FOR MACHINES' FILES ENVIRONMENT; do
		grep -q "^.SH \"$word\"" rootcellar.1
	done
	if command -v groff >/dev/null; then
		run groff -man -Tutf8 -ww rootcellar.1
		[ "$status" -eq 0 ]
		[[ "$output" != *"warning"* ]]
	fi
}

@test "the completion is good bash, and knows commands, options and choices" {
	rootcellar --dump-completion >completion
	bash -n completion
	complete_line() {
		bash -c 'source completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rootcellar; printf "%s\n" "${COMPREPLY[@]}"' - "$@"
	}
	[ "$(complete_line rootcellar und)" = undo ]
	complete_line rootcellar list --exp | grep -qx -- --expired
	complete_line rootcellar export --lossy '' | grep -qx grace
	complete_line rootcellar list --format j | grep -qx jsonl
	complete_line rootcellar export --as pk | grep -qx pkcs7
	complete_line rootcellar trust dis | grep -qx distrusted
	for name in $(commands); do
		options "$name" | sed "s/^/$name /"
	done >wanted
	[ "$(wc -l <wanted)" -gt 100 ]
	# One shell asks for all of them; each prints itself where it is among what it is completed to.
	bash -c 'source completion
while read -r name option; do
	COMP_WORDS=(rootcellar "$name" "$option") COMP_CWORD=2 COMPREPLY=()
	_rootcellar
	for reply in "${COMPREPLY[@]}"; do
		[ "$reply" != "$option" ] || echo "$name $option"
	done
done <wanted' >found
	diff wanted found
}

@test "--version prints one line" {
	expect 0 rootcellar --version
	[[ "$output" =~ ^rootcellar\ [0-9.]+$ ]]
}

@test "common options may stand before the command or after it" {
	expect 0 rootcellar --format csv -s "$CERTS/three.pem" list
	first=$output
	expect 0 rootcellar list -s "$CERTS/three.pem" --format=csv
	[ "$output" = "$first" ]
	expect 0 rootcellar --expired list -s "$CERTS/old-root.pem"
	prints "Old Root"
}

@test "an unknown command or option is told in one line with the nearest match, and ends with 2" {
	expect 2 rootcellar lsit
	[ "${stderr_lines[0]}" = "rootcellar: unknown command 'lsit'" ]
	[[ "${stderr_lines[1]}" == *"rootcellar list"* ]]
	expect 2 rootcellar list --expried
	[ "${stderr_lines[0]}" = "rootcellar: unknown option '--expried'" ]
	[[ "${stderr_lines[1]}" == *"--expired"* ]]
	expect 2 rootcellar list -Z
	expect 2 rootcellar $'li\e[31mst'
	harmless <<<"$stderr"
}

@test "a wrong value of a common option is told with the right ones" {
	expect 2 rootcellar list --format yaml
	says "jsonl"
	expect 2 rootcellar list --color purple
	says "never"
	expect 2 rootcellar list --at teatime
	says "--at"
	expect 2 rootcellar list --store
	says "needs a value"
	expect 2 rootcellar list --quiet=very
	says "takes no value"
}

@test "the exit status is that of the gravest fault" {
	expect 3 rootcellar import --yes "$CERTS/second-block-cut.pem" "$CERTS/leaf.pem"
}

@test "colour comes with --color always and never into a pipe by itself" {
	rootcellar list -q -s "$CERTS/old-root.pem" >plain.txt
	harmless plain.txt
	rootcellar list -q -s "$CERTS/old-root.pem" --color never >never.txt
	cmp plain.txt never.txt
}

@test "a yes on a terminal changes the cellar, and anything else does not" {
	command -v script >/dev/null || skip "no script(1) here"
	typed() {
		script -qec "'$program' import '$CERTS/three.pem'" /dev/null <<<"$1"
	}
	run typed n
	[ "$status" -eq 1 ]
	[ ! -e "$ROOTCELLAR_STORE/trust/cellar.p11-kit" ]
	run typed ''
	[ "$status" -eq 1 ]
	run typed y
	[ "$status" -eq 0 ]
	[ "$(entries | wc -l)" -eq 3 ]
}

@test "-s names another cellar to change" {
	expect 0 rootcellar -s "$PWD/mine" import --yes "$CERTS/three.pem"
	[ "$(entries -s ./mine | wc -l)" -eq 3 ]
	[ ! -e "$ROOTCELLAR_STORE" ]
	expect 0 rootcellar -s ./mine log
	prints "import"
}

load ../lib/setup

@test "undo takes back the last change, and undo of that brings it again" {
	fill
	before=$(entries)
	rootcellar remove -q --yes 'Beta Root'
	after=$(entries)
	expect 0 rootcellar undo --yes
	prints "Beta Root"
	[ "$(entries)" = "$before" ]
	expect 0 rootcellar undo --yes
	[ "$(entries)" = "$after" ]
	expect 1 rootcellar diff @1 @2
	expect 0 rootcellar diff @1 @3
	expect 0 rootcellar diff @2 @4
}

@test "a damaged cellar with nothing from before says how to begin anew, and so it goes" {
	fill
	state=$ROOTCELLAR_STORE/trust/cellar.p11-kit
	head -c 900 "$state" >cut
	cp cut "$state"
	expect 2 rootcellar list
	[[ $stderr != *"rootcellar undo"* ]]
	expect 2 rootcellar undo --yes
	says "there is no former generation"
	says "mv $state $ROOTCELLAR_STORE/refused"
	mv "$state" "$ROOTCELLAR_STORE/refused"
	fill
	[ "$(entries | wc -l)" -eq 4 ]
}

@test "undo N goes back to that generation" {
	fill
	rootcellar remove -q --yes 'Beta Root'
	rootcellar remove -q --yes 'Alpha Root'
	expect 0 rootcellar undo --yes 1
	[ "$(entries | wc -l)" -eq 4 ]
	expect 0 rootcellar undo --yes @3
	[ "$(entries | wc -l)" -eq 2 ]
}

@test "undo of the first change leaves an empty cellar" {
	fill
	expect 0 rootcellar undo --yes
	[ "$(rootcellar log --format jsonl | head -1 | json 'd["anchors"] + d["intermediates"]')" = 0 ]
}

@test "undo without --yes is refused where nobody can be asked, and --dry-run changes nothing" {
	fill
	rootcellar remove -q --yes 'Beta Root'
	expect 2 rootcellar undo
	expect 0 rootcellar undo --dry-run
	prints "Beta Root"
	[ "$(entries | wc -l)" -eq 3 ]
}

@test "undo says that there is nothing to take back, or no such generation" {
	expect 2 rootcellar undo --yes
	fill
	expect 2 rootcellar undo --yes 7
	says "7"
	expect 2 rootcellar undo --yes first
	says "first"
}

@test "undo is the way out of a state that was cut" {
	fill
	rootcellar remove -q --yes 'Beta Root'
	truncate -s 900 "$ROOTCELLAR_STORE/trust/cellar.p11-kit"
	expect 2 rootcellar list
	says "undo"
	expect 0 rootcellar undo --yes
	[ "$(entries | wc -l)" -eq 4 ]
}

@test "what changes the cellar prints one whole document with --format json, and whole lines with jsonl" {
	local first=$CERTS/three.pem document

	fill
	for command in "trust distrusted Beta*" "undo" "remove Beta*" "prune --orphans" "import $first" "undo 0" \
		"import --adopt" "log --keep 0"; do
		for how in --dry-run '' --yes; do
			set -f
			run --separate-stderr rootcellar $command $how --format json
			set +f
			json 'd["version"]' <<<"$output" || { echo "$command $how: $output"; return 1; }
		done
	done
	rootcellar undo -q --yes || rootcellar import -q --yes "$first"
	expect 0 rootcellar undo 0 --format jsonl --dry-run
	for document in "${lines[@]}"; do
		json 'd["change"]' <<<"$document"
	done
}

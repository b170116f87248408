load ../lib/setup

@test "log tells each generation with its command, the newest first" {
	fill
	rootcellar trust -q --yes distrusted 'Beta Root'
	expect 0 rootcellar log
	prints "rootcellar trust -q --yes distrusted 'Beta Root'"
	expect 0 rootcellar log --format jsonl
	[ "${#lines[@]}" -eq 2 ]
	[ "$(json 'd["generation"]' <<<"${lines[0]}")" = 2 ]
	[ "$(json 'd["distrusted"]' <<<"${lines[0]}")" = 1 ]
}

@test "log of no cellar is empty" {
	expect 0 rootcellar log --format jsonl
	[ -z "$output" ]
	[ ! -e "$ROOTCELLAR_STORE" ]
}

@test "log --keep drops old generations, after a question" {
	fill
	for name in 'Beta Root' 'Alpha Root' 'Orphan CA'; do
		rootcellar remove -q --yes "$name"
	done
	expect 2 rootcellar log --keep 1
	says "--yes"
	expect 0 rootcellar log --keep 1 --dry-run
	says "2 former generations"
	[ "$(rootcellar log --format jsonl | wc -l)" -eq 4 ]
	expect 0 rootcellar log --keep 1 --yes
	[ "$(rootcellar log --format jsonl | wc -l)" -eq 2 ]
	expect 2 rootcellar list --store @1
}

@test "log keeps no credentials of a proxy" {
	expect 0 rootcellar --proxy http://me:secret@proxy.test:3128 import --yes "$CERTS/three.pem"
	expect 0 rootcellar remove --yes 'Beta Root' --proxy=me:secret@proxy.test
	run ! grep -r secret "$ROOTCELLAR_STORE"
	expect 0 rootcellar log
	prints "proxy.test:3128"
}

@test "log wants a number for --keep" {
	expect 2 rootcellar log --keep many
	says "number"
}

@test "log --keep shows what it drops, for machines too" {
	fill
	rootcellar remove -q --yes 'Beta Root'
	rootcellar remove -q --yes 'Alpha Root'
	expect 0 rootcellar log --keep 1 --dry-run
	prints "@1 "
	[[ "$output" != *"@2 "* ]]
	expect 0 rootcellar log --keep 0 --yes --format json
	[ "$(json '[g["generation"] for g in d["generations"]]' <<<"$output")" = "[2, 1]" ]
	expect 0 rootcellar log --keep 0 --yes --format json
	[ "$(json 'd["generations"]' <<<"$output")" = "[]" ]
}

@test "log, diff and list name the generations of another cellar by --store and by file" {
	rootcellar import -q --yes -s ./other "$CERTS/three.pem"
	rootcellar remove -q --yes -s ./other 'Beta Root'
	expect 0 rootcellar log -s ./other
	prints "@2 "
	[ "$(entries -s ./other/history/000001.p11-kit | wc -l)" -eq 3 ]
}

load ../lib/setup

@test "prune --expired --duplicates --orphans takes away what is not needed, with a reason for each" {
	rootcellar import -q --yes "$CERTS/three.pem" "$CERTS/orphan-ca.pem" "$CERTS/old-root.pem" \
		"$CERTS/alpha-root-reissued.pem"
	expect 0 rootcellar prune --yes --expired --duplicates --orphans
	prints "Old Root"
	prints "expired"
	prints "Orphan CA"
	[ "$(entries)" = "intermediate Alpha Issuing CA
anchor Alpha Root
anchor Beta Root" ]
	[ "$(rootcellar list -q --format json 'Alpha Root' | json 'd["entries"][0]["sha256"]')" = \
		"$(sha256 "$CERTS/alpha-root-reissued.pem")" ]
}

@test "prune --dry-run tells the plan for machines and changes nothing" {
	fill
	expect 0 rootcellar prune --orphans --dry-run --format jsonl
	[ "${#lines[@]}" -eq 1 ]
	[ "$(json 'd["reason"]' <<<"$output")" = orphan ]
	[ "$(entries | wc -l)" -eq 4 ]
}

@test "prune --orphans keeps what chains through another intermediate or a cross-signed twin" {
	rootcellar import -q --yes "$CERTS/beta-root.pem" "$CERTS/alpha-ca.pem" "$CERTS/alpha-ca-cross.pem"
	expect 0 rootcellar prune --yes --orphans
	[ "$(rootcellar list -q --format json --trust intermediate | json '[e["sha256"] for e in d["entries"]]')" = \
		"['$(sha256 "$CERTS/alpha-ca-cross.pem")']" ]
}

@test "prune --expired keeps distrusted entries" {
	rootcellar import -q --yes --trust distrusted "$CERTS/old-root.pem"
	expect 0 rootcellar prune --yes --expired
	[ "$(entries)" = "distrusted Old Root" ]
}

@test "prune with selectors bounds what may go, and alone names what goes" {
	rootcellar import -q --yes "$CERTS/three.pem" "$CERTS/orphan-ca.pem" "$CERTS/old-root.pem"
	expect 0 rootcellar prune --yes --expired --orphans '*Root'
	[[ "$(entries)" != *"Old Root"* ]]
	[[ "$(entries)" == *"Orphan CA"* ]]
	expect 0 rootcellar prune --yes 'Orphan CA'
	[[ "$(entries)" != *"Orphan CA"* ]]
	expect 2 rootcellar prune --yes
}

@test "prune that finds nothing makes no generation" {
	rootcellar import -q --yes "$CERTS/three.pem"
	expect 0 rootcellar prune --yes --expired --duplicates --orphans
	[ "$(rootcellar log --format jsonl | wc -l)" -eq 1 ]
}

@test "prune --keep-working refuses to break an endpoint, and goes on where it does not" {
	make_chain
	serve ca.pem
	fill
	rootcellar import -q --yes root.pem
	expect 1 rootcellar prune --yes 'Served Root' --keep-working "127.0.0.1:$port"
	says "would break 1 target"
	[[ "$(entries)" == *"anchor Served Root"* ]]
	expect 0 rootcellar prune --yes --orphans --keep-working "127.0.0.1:$port"
	[[ "$(entries)" != *"Orphan CA"* ]]
	[[ "$(entries)" == *"anchor Served Root"* ]]
}

@test "prune --keep-working changes nothing where a target gives no answer or does not complete even before" {
	make_chain
	serve ca.pem
	rootcellar import -q --yes "$CERTS/three.pem"
	expect 1 rootcellar prune --yes 'Beta Root' --keep-working "127.0.0.1:$port"
	says "nothing was changed: 1 target does not complete even before"
	rootcellar import -q --yes root.pem
	expect 1 rootcellar prune --yes 'Beta Root' --keep-working "127.0.0.1:$port" --at 2099-01-01
	expect 4 rootcellar prune --yes 'Beta Root' --keep-working "127.0.0.1:$port" --offline
	says "nothing was changed: 1 target gives no answer"
	expect 4 rootcellar prune --yes 'Beta Root' --keep-working "127.0.0.1:$port" \
		--keep-working 127.0.0.1:1
	[[ "$(entries)" == *"anchor Beta Root"* ]]
	expect 0 rootcellar prune --yes 'Beta Root' --keep-working "127.0.0.1:$port"
}

@test "prune -q tells the counts of its plan alone" {
	fill
	expect 0 rootcellar prune -q --yes --orphans
	[ "$output" = "1 entry to be removed, 3 stay" ]
	[ -z "$stderr" ]
}

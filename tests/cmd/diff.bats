load ../lib/setup

@test "diff of two bundles tells what was added and removed, and ends with 1" {
	cat "$CERTS/alpha-root.pem" "$CERTS/old-root.pem" >new.pem
	cat "$CERTS/alpha-root.pem" "$CERTS/beta-root.pem" >old.pem
	expect 1 rootcellar diff old.pem new.pem
	prints "Old Root"
	prints "Beta Root"
	[[ "$output" != *"Alpha Root"* ]]
}

@test "diff ignores order, format and the text between certificates, and ends with 0" {
	cat "$CERTS/beta-root.pem" <(echo "a comment") "$CERTS/alpha-ca.pem" "$CERTS/alpha-root.pem" >other.pem
	expect 0 rootcellar diff "$CERTS/three.pem" other.pem
	expect 0 rootcellar diff "$CERTS/three.pem" "$CERTS/three.p7b"
}

@test "diff of two generations tells the change of trust between them" {
	fill
	rootcellar trust -q --yes distrusted 'Beta Root'
	expect 1 rootcellar diff @1 @2 --format json
	[ "$(json '[c["change"] for c in d["changes"]]' <<<"$output")" = "['trust']" ]
	expect 0 rootcellar diff @2 "$ROOTCELLAR_STORE"
}

@test "diff tells a certificate that was issued again for the same key, and a cross-signed twin" {
	expect 1 rootcellar diff "$CERTS/alpha-root.pem" "$CERTS/alpha-root-reissued.pem" --format jsonl
	[ "$(json 'd["change"]' <<<"${lines[0]}")" = reissued ]
	cat "$CERTS/alpha-ca.pem" "$CERTS/alpha-ca-cross.pem" >both.pem
	expect 1 rootcellar diff "$CERTS/alpha-ca.pem" both.pem --format jsonl
	[ "$(json 'd["change"]' <<<"${lines[0]}")" = cross-signed ]
	expect 1 rootcellar diff "$CERTS/alpha-ca.pem" "$CERTS/alpha-ca-cross.pem" --format jsonl
	[ "$(for line in "${lines[@]}"; do json 'd["change"]' <<<"$line"; done | xargs)" = "cross-signed cross-signed" ]
}

@test "diff of a cellar and a bundle of the same certificates finds no difference" {
	rootcellar import -q --yes "$CERTS/three.pem"
	expect 0 rootcellar diff "$ROOTCELLAR_STORE" "$CERTS/three.pem"
}

@test "diff --summary prints the counts only" {
	expect 1 rootcellar diff "$CERTS/alpha-root.pem" "$CERTS/beta-root.pem" --summary
	[[ "$output" != *"Alpha Root"* ]]
}

@test "diff ends with 3 where one of the stores was read only in part" {
	expect 3 rootcellar diff "$CERTS/three.pem" "$CERTS/second-block-cut.pem"
}

@test "diff wants two stores that can be read" {
	expect 2 rootcellar diff "$CERTS/three.pem"
	expect 2 rootcellar diff "$CERTS/three.pem" absent.pem
	says "absent.pem"
}

@test "diff --store names the cellar whose generations are compared" {
	ROOTCELLAR_STORE= rootcellar import -q --yes -s ./other "$CERTS/beta-root.pem"
	rootcellar import -q --yes -s ./other "$CERTS/alpha-root.pem"
	expect 1 rootcellar diff -s ./other @1 @2
	prints "Alpha Root"
	expect 2 rootcellar diff @1 @2
}

@test "diff --store takes a cellar alone, and one of them" {
	fill
	expect 2 rootcellar diff -s system @1 @1
	says "'system' is no cellar"
	expect 2 rootcellar diff -s ./a -s ./b @1 @1
	says "only one --store"
}

@test "diff of a store with itself says that nothing differs, in words and for machines" {
	expect 0 rootcellar diff "$CERTS/three.pem" "$CERTS/three.pem"
	[ "$output" = "no difference" ]
	rootcellar diff -q --format json "$CERTS/three.pem" "$CERTS/three.pem" >same.json
	[ "$(json 'd["changes"]' <same.json)" = "[]" ]
}

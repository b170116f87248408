load ../lib/setup

@test "list shows each certificate of a bundle with trust, name, days left and fingerprint" {
	expect 0 rootcellar list --store "$CERTS/three.pem" --at 2026-01-01
	prints "Alpha Root"
	prints "Alpha Issuing CA"
	prints "2045-01-01"
	prints "$(sha256 "$CERTS/beta-root.pem" | cut -c1-8)"
	says "three.pem: 3 certificates"
}

@test "list --format csv has a heading and a row for each, with what OpenSSL says of it" {
	expect 0 rootcellar list --store "$CERTS/three.pem" --format csv
	[ "${#lines[@]}" -eq 4 ]
	for name in alpha-root alpha-ca beta-root; do
		prints "$(sha256 "$CERTS/$name.pem")"
	done
}

@test "list --format json and jsonl hold the same entries" {
	rootcellar list -q --store "$CERTS/three.pem" --format json >one.json
	rootcellar list -q --store "$CERTS/three.pem" --format jsonl >many.jsonl
	[ "$(wc -l <many.jsonl)" -eq 3 ]
	python3 - <<-'EOF'
	import json
	document = json.load(open("one.json"))
	assert document["version"] == 1
	assert document["entries"] == [json.loads(line) for line in open("many.jsonl")]
	for entry in document["entries"]:
	    for field in ("sha256 subject issuer serial not_before not_after key signature ca trust "
	                  "constraints label origin").split():
	        assert field in entry, field
	EOF
}

@test "list names a block that cannot be read by its line, lists the others, and ends with 3" {
	expect 3 rootcellar list --store "$CERTS/second-block-cut.pem" --format csv
	[ "${#lines[@]}" -eq 3 ]
	[[ "${stderr_lines[0]}" == "rootcellar: "*"second-block-cut.pem:11: certificate 2: "* ]]
	says "2 certificates were read, 1 was left out"
}

@test "list keeps a certificate that a file holds twice" {
	cat "$CERTS/alpha-root.pem" "$CERTS/alpha-root.pem" >twice.pem
	expect 0 rootcellar list --store twice.pem --format csv
	[ "${#lines[@]}" -eq 3 ]
}

@test "list says nothing beside the entries with --quiet" {
	expect 0 rootcellar list --quiet --store "$CERTS/three.pem"
	[ -z "$stderr" ]
}

@test "list takes a fingerprint, a pattern, a file and filters" {
	[ "$(entries --store "$CERTS/three.pem" "$(sha256 "$CERTS/beta-root.pem" | cut -c1-12)")" = "unsaid Beta Root" ]
	[ "$(entries --store "$CERTS/three.pem" '*issuing*')" = "unsaid Alpha Issuing CA" ]
	[ "$(entries --store "$CERTS/three.pem" "$CERTS/beta-root.pem")" = "unsaid Beta Root" ]
	[ "$(entries --store "$CERTS/three.pem" --issued-by 'Alpha Root' | grep -v 'Alpha Root')" = "unsaid Alpha Issuing CA" ]
	[ "$(entries --store "$CERTS/old-root.pem" --expired)" = "unsaid Old Root" ]
	[ -z "$(entries --store "$CERTS/old-root.pem" --expired --at 2014-01-01)" ]
	[ "$(entries --store "$CERTS/old-root.pem" --expiring 52w --at 2014-06-01)" = "unsaid Old Root" ]
}

@test "list names the option of a filter with a bad value once, and knows the types of keys" {
	for asked in '--expiring=abc' '--purpose=blah' '--trust=foo' '--key=foo' '--key=rsa<x' '--label='; do
		expect 2 rootcellar list --store "$CERTS/three.pem" "$asked"
		says "${asked%%=*}: "
		[[ "$stderr" != *"${asked%%=*}"*"${asked%%=*}"* ]]
	done
	[ "$(entries --store "$CERTS/three.pem" --key 'EC' | wc -l)" -eq 3 ]
	[ "$(entries --store "$CERTS/three.pem" --key secp256r1 | wc -l)" -eq 3 ]
	[ -z "$(entries --store "$CERTS/three.pem" --key ml-dsa-65)" ]
}

@test "list refuses a selector that names nothing, and says which" {
	expect 2 rootcellar list --store "$CERTS/three.pem" 'Omega*'
	says "Omega*"
}

@test "list -o writes the report to a file and nothing to standard output" {
	expect 0 rootcellar list --store "$CERTS/three.pem" --format csv -o report.csv
	[ -z "$output" ]
	[ "$(wc -l <report.csv)" -eq 4 ]
}

@test "list -o writes over an earlier report, and over no key, no store and nothing that is no text" {
	openssl genpkey -algorithm ed25519 -out key.pem 2>/dev/null
	cat "$CERTS/leaf.pem" key.pem >both.pem
	cp "$CERTS/three.pem" "$CERTS/alpha-root.der" "$CERTS/three.p7b" .
	head -c 4000 "$program" >program
	for file in key.pem both.pem three.pem alpha-root.der three.p7b program; do
		cp "$file" before
		expect 5 rootcellar list --store "$CERTS/three.pem" -o "$file"
		says "'$file'"
		cmp before "$file"
	done
	for format in text json jsonl csv; do
		expect 0 rootcellar list --store "$CERTS/three.pem" --format "$format" -o report
	done
	expect 0 rootcellar show --store "$CERTS/three.pem" -o report
	expect 0 rootcellar validate --anchors "$CERTS/three.pem" "$CERTS/leaf.pem" --worknote -o note
	expect 0 rootcellar validate --anchors "$CERTS/three.pem" "$CERTS/leaf.pem" --worknote -o note
	expect 0 rootcellar list --store "$CERTS/three.pem" -o key.pem --yes
}

@test "list -o leaves an old file as it is when the command fails" {
	echo old >report.csv
	expect 2 rootcellar list --store absent.pem --format csv -o report.csv
	[ "$(cat report.csv)" = old ]
}

@test "list says that a full disk took nothing" {
	[ -c /dev/full ] || skip "no /dev/full here"
	run --separate-stderr bash -c "'$program' list --store '$CERTS/three.pem' >/dev/full"
	[ "$status" -eq 2 ]
	says "No space left on device"
}

@test "list takes one --store and says how two are joined" {
	expect 2 rootcellar list -s "$CERTS/three.pem" -s "$CERTS/old-root.pem"
	says "A+B"
	[ "$(entries -s "$CERTS/alpha-root.pem+$CERTS/old-root.pem" | wc -l)" -eq 2 ]
}

@test "list and show of nothing say so: an empty cellar, a filter that nothing passes" {
	rootcellar import -q --yes -s ./empty "$CERTS/three.pem"
	rootcellar undo -q --yes -s ./empty
	for command in list show; do
		expect 0 rootcellar $command -s ./empty
		says "./empty: 0 certificates"
		[ -z "$output" ]
		expect 0 rootcellar $command -s "$CERTS/three.pem" --expired
		says "no entry was selected"
		[ -z "$output" ]
		rootcellar $command -q -s "$CERTS/three.pem" --expired --format json >none.json
		[ "$(json 'd["entries"]' <none.json)" = "[]" ]
	done
}

@test "list of an empty cellar shows the platform's roots, and does not count them as the cellar's" {
	[ -n "$(rootcellar list -q -s system --format csv 2>/dev/null)" ] || skip "no roots of the platform here"
	expect 0 rootcellar list --format csv
	says "the cellar is empty"
	[[ "$stderr" != *"$ROOTCELLAR_STORE: "* ]]
}

@test "list reads a file of twins and one part that it cannot read, and ends with 3" {
	sed 's/^MII/AAA/' "$CERTS/beta-root.pem" >bad.pem
	rootcellar import -q --yes "$CERTS/beta-root.pem"
	cat "$CERTS/beta-root.pem" "$CERTS/beta-root.pem" bad.pem >twins.pem
	expect 3 rootcellar list -s "$CERTS/beta-root.pem+twins.pem" --format csv
	[ "${#lines[@]}" -eq 2 ]
	expect 3 rootcellar import --yes twins.pem
	says "1 was left out"
	expect 2 rootcellar list -s bad.pem
}

@test "a report that cannot be written is known before anything is changed" {
	fill
	for output in '' . /proc/none/report ./absent/report; do
		expect 2 rootcellar remove --yes 'Beta Root' -o "$output"
	done
	[ "$(entries | wc -l)" -eq 4 ]
	expect 2 rootcellar list -o ./absent/report
	says "'./absent/report'"
}

@test "list cuts no name in a pipe, and keeps to COLUMNS where it is set" {
	local name="An Authority Whose Name Is Too Long For Eighty Columns, All Told"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out long.pem -days 9 \
		-subj "/CN=$name" 2>/dev/null
	unset COLUMNS
	expect 0 rootcellar list --store ./long.pem
	prints "$name"
	expect 0 rootcellar validate --anchors long.pem --untrusted long.pem long.pem
	expect 0 env COLUMNS=60 "$program" list --store ./long.pem
	[[ "$output" != *"$name"* ]]
	for line in "${lines[@]}"; do [ "${#line}" -le 60 ]; done
}

@test "list shows the constraints of an anchor, or marks it where there is no room" {
	rootcellar import -q --yes "$CERTS/three.pem"
	rootcellar trust -q --yes anchor 'Alpha Root' --purpose server-auth --distrust-after 2030-01-01
	unset COLUMNS
	expect 0 rootcellar list
	prints CONSTRAINTS
	prints "server-auth; not for leaves issued after 2030-01-01"
	for width in 80 40 30; do
		expect 0 env COLUMNS=$width "$program" list
		[ "$(grep -c '\*' <<<"$output")" -eq 1 ]
		grep -q '[*].*Alph\|Alph.*[*]' <<<"$output"
		says "* has constraints"
		for line in "${lines[@]}"; do [ "${#line}" -le $width ]; done
	done
	expect 0 rootcellar list 'Beta Root'
	[[ "$output" != *CONSTRAINTS* ]]
}

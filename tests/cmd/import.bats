load ../lib/setup

@test "import makes anchors of self-signed CA certificates and intermediates of others" {
	expect 0 rootcellar import --yes "$CERTS/three.pem"
	says "generation 1"
	[ "$(entries)" = "intermediate Alpha Issuing CA
anchor Alpha Root
anchor Beta Root" ]
}

@test "import takes the good certificates of a bundle with one bad block, and says which was left out" {
	expect 3 rootcellar import --yes "$CERTS/second-block-cut.pem"
	[[ "${stderr_lines[0]}" == "rootcellar: "*"second-block-cut.pem:11: certificate 2: "* ]]
	rootcellar export --as pem -o out.pem
	run openssl storeutl -noout -certs out.pem
	[ "${lines[-1]}" = "Total found: 2" ]
}

@test "import refuses the certificate of a server with a reason, and takes the others" {
	expect 1 rootcellar import --yes "$CERTS/alpha-root.pem" "$CERTS/leaf.pem"
	says "www.example.test"
	says "no CA certificate"
	[ "$(entries)" = "anchor Alpha Root" ]
}

@test "import --trust says what a certificate is to be, a server's too" {
	expect 0 rootcellar import --yes --trust anchor "$CERTS/leaf.pem"
	expect 0 rootcellar import --yes --trust distrusted "$CERTS/beta-root.pem"
	[ "$(entries)" = "distrusted Beta Root
anchor www.example.test" ]
}

@test "import that adds trust is refused without --yes where nobody can be asked, and changes nothing" {
	expect 2 rootcellar import "$CERTS/three.pem"
	says "--yes"
	[ ! -e "$ROOTCELLAR_STORE/trust/cellar.p11-kit" ]
}

@test "import of intermediates alone needs no --yes" {
	expect 0 rootcellar import "$CERTS/alpha-ca.pem"
	[ "$(entries)" = "intermediate Alpha Issuing CA" ]
}

@test "import --dry-run shows the plan and changes nothing" {
	expect 0 rootcellar import --dry-run "$CERTS/three.pem"
	prints "Alpha Root"
	says "nothing was changed"
	[ ! -e "$ROOTCELLAR_STORE/trust/cellar.p11-kit" ]
}

@test "import of what is there already makes no generation" {
	fill
	expect 0 rootcellar import --yes "$CERTS/three.pem"
	says "nothing is to be changed"
	[ "$(rootcellar log --format jsonl | wc -l)" -eq 1 ]
}

@test "import reads DER, PKCS#7, folders and standard input" {
	mkdir folder
	cp "$CERTS/alpha-root.der" "$CERTS/alpha-ca.pem" folder
	expect 0 rootcellar import --yes ./folder "$CERTS/three.p7b"
	run --separate-stderr bash -c "'$program' import --yes - <'$CERTS/old-root.pem'"
	[ "$status" -eq 0 ]
	[ "$(entries | wc -l)" -eq 4 ]
}

@test "import --purpose bounds anchors" {
	expect 0 rootcellar import --yes --purpose server-auth "$CERTS/alpha-root.pem"
	[ "$(rootcellar list -q --format json | json 'd["entries"][0]["constraints"][0]["purposes"]')" = "['server-auth']" ]
	expect 2 rootcellar import --yes --purpose knitting "$CERTS/beta-root.pem"
	says "knitting"
}

@test "import never lifts distrust, and says so" {
	rootcellar import -q --yes --trust distrusted "$CERTS/alpha-root.pem"
	expect 0 rootcellar import --yes "$CERTS/three.pem"
	[[ "$(entries)" == *"distrusted Alpha Root"* ]]
}

@test "import of a source that states nothing leaves what was said of an entry" {
	rootcellar import -q --yes "$CERTS/alpha-root.pem"
	rootcellar trust -q --yes anchor 'Alpha Root' --purpose email
	rootcellar import -q --yes "$CERTS/three.pem"
	[ "$(rootcellar list -q --format json 'Alpha Root' | json 'd["entries"][0]["constraints"][0]["purposes"]')" = "['email']" ]
}

@test "import keeps the trust that a p11-kit file states" {
	rootcellar import -q --yes "$CERTS/three.pem"
	rootcellar trust -q --yes distrusted 'Beta Root'
	cp "$ROOTCELLAR_STORE/trust/cellar.p11-kit" stated.p11-kit
	ROOTCELLAR_STORE=$HOME/other expect 0 rootcellar import --yes p11-kit:stated.p11-kit
	[ "$(ROOTCELLAR_STORE=$HOME/other entries)" = "intermediate Alpha Issuing CA
anchor Alpha Root
distrusted Beta Root" ]
}

@test "import --mirror takes away what the source has dropped, and nothing else" {
	cat "$CERTS/alpha-root.pem" "$CERTS/beta-root.pem" "$CERTS/gone-root.pem" >source.pem
	rootcellar import -q --yes "$CERTS/old-root.pem"
	expect 0 rootcellar import --yes --mirror source.pem
	rootcellar trust -q --yes distrusted 'Gone Root'
	cp "$CERTS/alpha-root.pem" source.pem
	expect 0 rootcellar import --yes --mirror ./source.pem
	[ "$(entries)" = "anchor Alpha Root
distrusted Gone Root
anchor Old Root" ]
}

@test "import --mirror takes nothing away where the source could be read only in part" {
	cp "$CERTS/three.pem" source.pem
	rootcellar import -q --yes --mirror source.pem
	cp "$CERTS/second-block-cut.pem" source.pem
	expect 3 rootcellar import --yes --mirror source.pem
	says "nothing is taken away"
	[ "$(entries | wc -l)" -eq 3 ]
}

@test "import --mirror does not follow a source that cannot be read or has become empty" {
	cp "$CERTS/three.pem" source.pem
	rootcellar import -q --yes --mirror source.pem
	: >source.pem
	run --separate-stderr rootcellar import --yes --mirror source.pem
	[ "$status" -ne 0 ]
	[ "$(entries | wc -l)" -eq 3 ]
}

@test "import of several stores changes nothing when one cannot be read" {
	expect 2 rootcellar import --yes "$CERTS/three.pem" absent.pem
	says "absent.pem"
	[ ! -e "$ROOTCELLAR_STORE/trust/cellar.p11-kit" ]
}

@test "import wants a store, a whole fingerprint and a known trust" {
	expect 2 rootcellar import
	expect 2 rootcellar import --accept-root 1234 "$CERTS/three.pem"
	says "1234"
	expect 2 rootcellar import --trust friend "$CERTS/three.pem"
	says "friend"
	expect 2 rootcellar import --mirror "$CERTS/three.pem" "$CERTS/three.pem"
}

@test "import --accept-root that meets no such certificate says so and ends with 1" {
	expect 1 rootcellar import --yes --accept-root "$(sha256 "$CERTS/gone-root.pem")" "$CERTS/three.pem"
	says "fingerprint"
}

@test "import --offline asks no endpoint" {
	expect 4 rootcellar import --offline tls://localhost:1
	says "--offline"
}

@test "import of an endpoint takes its intermediates, and its root only where --accept-root names it" {
	make_chain
	cat ca.pem root.pem >chain.pem
	serve chain.pem
	expect 1 rootcellar import "tls://127.0.0.1:$port"
	says "came from the network"
	says "--accept-root $(sha256 root.pem)"
	[ "$(entries)" = "intermediate Served CA" ]
	expect 1 rootcellar import --yes --trust anchor "tls://127.0.0.1:$port"
	[ "$(entries)" = "intermediate Served CA" ]
	expect 0 rootcellar import --yes --accept-root "$(sha256 root.pem)" "tls://127.0.0.1:$port"
	[ "$(entries)" = "intermediate Served CA
anchor Served Root" ]
	rootcellar list -q --format json 'Served CA' >served.json
	[ "$(json 'd["entries"][0]["origin"][0]["kind"]' <served.json)" = server ]
}

@test "import --adopt takes over a cellar that was edited by hand" {
	fill
	state=$ROOTCELLAR_STORE/trust/cellar.p11-kit
	sed -i '0,/^trusted: true/s//trusted: false/' "$state"
	expect 2 rootcellar list
	says "--adopt"
	expect 2 rootcellar import --adopt
	expect 0 rootcellar import --adopt --yes
	[ "$(entries | grep -c '^anchor')" -eq 1 ]
	[ "$(entries | wc -l)" -eq 4 ]
}

@test "import of a folder passes by its sub-folders, and one that has nothing else is refused" {
	mkdir -p folder/java only/java
	cp "$CERTS/beta-root.pem" folder
	expect 0 rootcellar import --yes ./folder
	expect 2 rootcellar import --yes ./only
	says "sub-folders are not read"
}

@test "import --adopt is never done unasked, for an edit may have taken a distrust away" {
	rootcellar import -q --yes --trust distrusted "$CERTS/beta-root.pem"
	echo >>"$ROOTCELLAR_STORE/trust/cellar.p11-kit"
	expect 2 rootcellar import --adopt </dev/null
	expect 0 rootcellar import --adopt --yes
	[ "$(entries)" = "distrusted Beta Root" ]
}

@test "import -q tells the counts of its plan alone" {
	expect 0 rootcellar import -q --yes "$CERTS/three.pem"
	[ "${#lines[@]}" -eq 1 ]
	prints "3 added"
}

@test "import into a cellar of more than 500 entries says that p11-kit will be slow" {
	# The same certificate with 501 keys: their signatures hold no more, which import does not mind.
	openssl x509 -in "$CERTS/beta-root.pem" -outform DER -out root.der
	python3 -c 'import base64
der = open("root.der", "rb").read()
at = der.index(b"\x03\x42\x00\x04") + 40
for n in range(501):
    new = der[:at] + n.to_bytes(4, "big") + der[at + 4:]
    print("-----BEGIN CERTIFICATE-----", base64.encodebytes(new).decode() + "-----END CERTIFICATE-----", sep="\n")' >many.pem
	expect 0 rootcellar import -q --yes many.pem
	expect 0 rootcellar import --yes "$CERTS/beta-root.pem"
	says "store-large"
}

@test "import takes trust, purposes and dates as certdata.txt states them" {
	expect 0 rootcellar import --yes "$DATA/format/certdata.txt"
	[ "$(entries)" = "anchor One Root
distrusted Three Root,O=Three
anchor Two Root" ]
	rootcellar list --format jsonl >list.jsonl
	grep -q '"issued_before":{"server-auth":"2024-11-30T23:59:59Z"}.*"label":"Erste' list.jsonl
}

@test "import --trust anchor of a distrusted certificate is a finding, and the way out is told" {
	rootcellar import -q --yes --trust distrusted "$CERTS/alpha-root.pem"
	expect 1 rootcellar import --yes --trust anchor "$CERTS/alpha-root.pem"
	says "stays distrusted"
	says "rootcellar trust anchor"
	[ "$(entries)" = "distrusted Alpha Root" ]
}

@test "import --adopt with nothing to adopt asks nothing and is good" {
	fill
	expect 0 rootcellar import --adopt </dev/null
	says "nothing is to be changed"
	[ "$(rootcellar log --format jsonl | wc -l)" -eq 1 ]
	cp "$CERTS/gone-root.pem" "$ROOTCELLAR_STORE/trust/gone.pem"
	expect 2 rootcellar import --adopt </dev/null
	expect 0 rootcellar import --adopt --yes
}

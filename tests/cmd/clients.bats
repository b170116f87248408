load ../lib/setup

# A chain of two authorities, of which the upper one has a namesake that has expired; and leaves that
# clients see with other eyes.
setup_file() {
	chains=$BATS_FILE_TMPDIR/chains
	export chains
	mkdir "$chains"
	cd "${BATS_TEST_DIRNAME:?}/../lib" || return 1
	python3 -B - "$chains" <<-'END'
		import sys
		from forge import *

		def at(name):
		    return sys.argv[1] + "/" + name

		def make(file, *how, **more):
		    cert = Cert(*how, **more)
		    write(at(file + ".pem"), cert.pem)
		    return cert

		root = make("root", "Quay Root", Key(at("root.key")), ca=True, days=(-100, 3000))
		key = Key(at("upper.key"))
		upper = make("upper", "Quay Upper CA", key, root, ca=True)
		old = make("old-upper", "Quay Upper CA", key, root, ca=True, days=(-90, -3))
		lower = make("lower", "Quay Lower CA", Key(at("lower.key")), upper, ca=True)
		leaf_key = Key(at("leaf.key"))
		make("leaf", "quay.example", leaf_key, lower, san=["quay.example"])
		make("expired", "quay.example", leaf_key, lower, san=["quay.example"], days=(-50, -2))
		make("part", "quay.example", leaf_key, lower, san=["q*.example.com"])
		make("common", "quay.example", leaf_key, lower)
		make("sha1", "quay.example", leaf_key, lower, san=["quay.example"], digest="sha1")
		with open(at("store.pem"), "w") as out:
		    out.write(root.pem + old.pem)
		with open(at("chain.pem"), "w") as out:
		    out.write(lower.pem + upper.pem)
	END
}

in_chains() {
	ln -s "$chains"/*.pem .
}

# validate ARGUMENT...: with the chain, offline.
validate() {
	rootcellar validate -q --offline --untrusted chain.pem "$@"
}

# clients: NAME=VERDICT of each client of the JSON report that the last expect printed.
clients() {
	json '" ".join("%s=%s" % (c["client"], c["verdict"]) for c in d["validations"][0]["clients"])' <<<"$output"
}

# narrow N: no line of the last output is wider.
narrow() {
	python3 -c 'import sys
wide = [line for line in sys.stdin.read().split("\n")
        if len(line) > int(sys.argv[1]) and not line.strip().startswith("rootcellar ")]
sys.exit("too wide: %s" % wide if wide else 0)' "$1" <<<"$output"
}

@test "each client that is named gets a column with its verdict and its reasons" {
	in_chains
	COLUMNS=80 expect 1 validate --anchors store.pem --client java,openssl,gnutls leaf.pem
	narrow 80
	prints "  java-17                   openssl-3.0               gnutls-3.7"
	prints "  complete                  does not complete         complete"
	prints "                            it takes 'Quay Upper CA'"
	prints "(cross-sign-shadowed)"
	COLUMNS=80 expect 0 validate --anchors root.pem --client java,openssl,gnutls leaf.pem
	prints "  complete                  complete                  complete"
}

@test "where columns would be too narrow, each client has a paragraph" {
	in_chains
	COLUMNS=60 expect 1 validate --anchors store.pem --client java,openssl,gnutls leaf.pem
	narrow 60
	prints "  java-17: complete
  openssl-3.0: does not complete
    it takes 'Quay Upper CA' for the issuer and never goes"
	COLUMNS=80 expect 1 validate --anchors store.pem leaf.pem \
		--client java,openssl,gnutls,go,chromium,python,nss,servicenow,mid-server
	narrow 80
	prints "  mid-server-17: complete"
	COLUMNS=80 expect 1 validate --anchors root.pem --client go expired.pem
	prints "  go-1.19: does not complete
    'quay.example' expired on"
}

@test "the real client says what its column says" {
	in_chains
	cat leaf.pem chain.pem >whole.pem
	expect 2 openssl verify -no-CApath -no-CAstore -CAfile store.pem -untrusted chain.pem leaf.pem
	says "certificate has expired"
	expect 0 openssl verify -no-CApath -no-CAstore -CAfile root.pem -untrusted chain.pem \
		-verify_hostname quay.example.com part.pem
	expect 0 validate --anchors root.pem --hostname quay.example.com --client openssl part.pem
	expect 1 validate --anchors root.pem --hostname quay.example.com --client go part.pem
	command -v certtool >/dev/null || skip "certtool is not installed"
	expect 0 certtool --verify --load-ca-certificate store.pem --infile whole.pem
	expect 0 validate --anchors store.pem --client gnutls leaf.pem
	cat leaf.pem lower.pem >short.pem
	expect 1 certtool --verify --load-ca-certificate store.pem --infile short.pem
	expect 1 rootcellar validate -q --offline --anchors store.pem --untrusted lower.pem --client gnutls leaf.pem
}

@test "the reasons are of the client and not of the default" {
	in_chains
	expect 1 validate --anchors root.pem --format json --client openssl,python,go --hostname quay.example common.pem
	[ "$(clients)" = "openssl-3.0=complete python-3.13=complete go-1.19=incomplete" ]
	expect 1 validate --anchors root.pem --format json --client openssl,python sha1.pem
	[ "$(clients)" = "openssl-3.0=complete python-3.13=incomplete" ]
	expect 1 validate --anchors root.pem --hostname quay.example common.pem
}

@test "JSON has a list of clients, each with its findings and what it shows for them" {
	in_chains
	expect 1 validate --anchors root.pem --format json --client java,openssl --hostname other.example expired.pem
	[ "$(json 'sorted(d["validations"][0]["clients"][0])' <<<"$output")" = \
		"['client', 'findings', 'shows', 'title', 'verdict']" ]
	[ "$(json '[f["code"] for f in d["validations"][0]["clients"][0]["findings"]]' <<<"$output")" = \
		"['expired', 'hostname-mismatch']" ]
	[ "$(json 'sorted(d["validations"][0]["clients"][0]["findings"][0])' <<<"$output")" = \
		"['clients', 'code', 'remedy', 'severity', 'sha256', 'subject', 'text']" ]
	[ "$(json 'd["validations"][0]["clients"][1]["shows"]' <<<"$output")" = \
		"verify error:num=10:certificate has expired" ]
	expect 0 validate --anchors root.pem --format jsonl --client java --hostname quay.example leaf.pem
	[ "$(json '(d["clients"][0]["client"], d["clients"][0]["findings"], d["clients"][0]["shows"])' <<<"$output")" = \
		"('java-17', [], None)" ]
	expect 0 validate --anchors root.pem --format json leaf.pem
	[ "$(json '"clients" in d["validations"][0]' <<<"$output")" = False ]
}

@test "CSV has a column for each client" {
	in_chains
	expect 1 validate --anchors store.pem --format csv --client java,openssl leaf.pem
	[[ "${lines[0]}" == target,store,verdict,*,anchor_sha256,java-17,openssl-3.0 ]]
	[[ "${lines[1]}" == *",complete,cross-sign-shadowed expired" ]]
	expect 1 validate --anchors store.pem --format csv leaf.pem expired.pem
	[[ "${lines[0]}" == *,anchor_sha256 ]]
}

@test "To fix: tells what helps the client that says no, and no more than that" {
	in_chains
	expect 1 validate --anchors store.pem --client java,openssl leaf.pem
	prints "    take 'Quay Upper CA' out of the store of that client"
	[[ "$output" != *"replace"* ]]
	prints "the path of openssl-3.0:"
	expect 1 validate --anchors root.pem --client java,openssl --hostname other.example leaf.pem
	prints "the path of java-17:"
	[ "$(grep -c "error: .*other.example\|error: 'quay.example'" <<<"$output")" -eq 1 ]
}

@test "a client is a profile that says how it verifies, by its name or its newest version" {
	in_chains
	expect 2 validate --anchors root.pem --client moon leaf.pem
	says "--client"
	expect 2 validate --anchors root.pem --client alpine leaf.pem
	says "tells of no client"
	expect 2 validate --anchors root.pem --client , leaf.pem
	expect 2 validate --anchors root.pem --client ../java leaf.pem
	expect 0 validate --anchors root.pem --format json --client openssl,openssl-3.0 --client openssl leaf.pem
	[ "$(json 'len(d["validations"][0]["clients"])' <<<"$output")" -le 2 ]
	mkdir -p "$XDG_CONFIG_HOME/rootcellar/stores"
	cat >"$XDG_CONFIG_HOME/rootcellar/stores/ours-2.xml" <<-END
		<store name="ours-2"><title>Ours</title>
		<client like="java-17"><rule name="depth" value="3" source="its manual"/></client></store>
	END
	expect 1 validate --anchors root.pem --client ours leaf.pem
	prints "ours-2"
	prints "(path-too-long)"
	sed -i 's/depth/deepth/' "$XDG_CONFIG_HOME/rootcellar/stores/ours-2.xml"
	expect 2 validate --anchors root.pem --client ours leaf.pem
	says "ours-2.xml:2: there is no client rule of that name"
}

@test "every client that is shipped can be asked" {
	in_chains
	for profile in "$here"/stores/*.xml; do
		grep -q '<client' "$profile" || continue
		name=$(basename "$profile" .xml)
		expect 0 validate --anchors root.pem --hostname quay.example --format json --client "$name" leaf.pem ||
			[[ "$name" == webpki || "$name" == rfc5280 ]]
		[ "$(json 'd["validations"][0]["clients"][0]["client"]' <<<"$output")" = "$name" ]
	done
}

@test "the work note has a line for each client" {
	in_chains
	expect 1 validate --anchors store.pem --worknote --client java,openssl leaf.pem
	prints "java-17: complete"
	prints "openssl-3.0: cross-sign-shadowed expired"
}

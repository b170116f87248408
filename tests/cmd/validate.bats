load ../lib/setup
load ../lib/endpoints

# gives FINDING ARGUMENT...: validate does not complete, and its first finding is that.
gives() {
	local wanted=$1

	shift
	expect 1 rootcellar validate -q --offline --format json "$@"
	equals "incomplete $wanted" 'v["verdict"] + " " + v["findings"][0]["code"]'
}

@test "a leaf with its intermediates in a file completes against anchors in another" {
	in_world
	cat policy.pem issuing.pem >chain.pem
	expect 0 rootcellar validate --offline --anchors root.pem --untrusted chain.pem leaf.pem
	expect 0 rootcellar validate --offline --anchors root.pem --untrusted policy.pem --untrusted issuing.pem \
		--hostname localhost leaf.pem
	expect 0 rootcellar validate --offline --store ./root.pem whole.chain
	expect 0 openssl verify -no-CApath -no-CAstore -CAfile root.pem -untrusted chain.pem leaf.pem
	gives hostname-mismatch --anchors root.pem --untrusted chain.pem --hostname shop.example leaf.pem
	gives missing-intermediate --anchors root.pem --untrusted policy.pem leaf.pem
	gives missing-root --anchors stranger.pem --untrusted chain.pem leaf.pem
}

@test "what cannot be read ends with status 2 where it is the leaf or the anchors, and is told where it is the rest" {
	in_world
	echo nonsense >nonsense.pem
	: >empty.pem
	for file in nonsense.pem empty.pem absent.pem .; do
		expect 2 rootcellar validate --offline --anchors root.pem "$file"
		[ "$file" = . ] || expect 2 rootcellar validate --offline --anchors "$file" leaf.pem
	done
	expect 0 rootcellar validate --offline --anchors root.pem --untrusted nonsense.pem --untrusted ca.pem short.pem
	says "nonsense.pem"
	expect 2 rootcellar validate --offline --anchors root.pem --untrusted absent.pem short.pem
	expect 2 rootcellar validate
	expect 2 rootcellar validate --offline "$(at whole)" --store ./root.pem
}

@test "what s_client -showcerts printed is judged as if the endpoint had been asked" {
	in_world
	trusting root
	openssl s_client -connect "$(at whole)" -showcerts </dev/null >paste.txt 2>&1
	expect 0 rootcellar validate --presented paste.txt --format json
	path_is localhost "Depot Issuing CA" "Depot Policy CA" "Depot Root"
	expect 0 rootcellar validate --presented - <paste.txt
	sed 's/^/> /; s/$/\r/' paste.txt >quoted.txt
	expect 0 rootcellar validate --presented quoted.txt
	expect 1 rootcellar validate --presented paste.txt --hostname shop.example
	openssl s_client -connect "$(at disorder)" -showcerts </dev/null >paste.txt 2>&1
	expect 0 rootcellar validate --presented paste.txt
	prints "wrong-order"
}

@test "a transcript of s_client without -showcerts is told to hold the leaf alone" {
	in_world
	trusting root
	openssl s_client -connect "$(at whole)" </dev/null >paste.txt 2>&1
	expect 1 rootcellar validate --presented paste.txt
	prints "missing-intermediate"
	prints "(transcript)"
	prints "-showcerts"
	[[ "$output" != *"on the server's side:"* ]]
	openssl s_client -connect "$(at alone)" -showcerts </dev/null >paste.txt 2>&1
	expect 1 rootcellar validate --presented paste.txt
	[[ "$output" != *"(transcript)"* ]]
	prints "on the server's side:"
}

@test "a transcript of gnutls-cli --print-cert is judged, and one without --print-cert says so" {
	in_world
	trusting root
	gnutls-cli --no-ca-verification --print-cert -p "$(port whole)" localhost </dev/null >paste.txt 2>&1 || true
	expect 0 rootcellar validate --presented paste.txt
	gnutls-cli --no-ca-verification -p "$(port whole)" localhost </dev/null >paste.txt 2>&1 || true
	expect 2 rootcellar validate --presented paste.txt
	says "--print-cert"
}

@test "a transcript of keytool -printcert -rfc is judged" {
	command -v keytool >/dev/null || skip "keytool is not installed"
	in_world
	trusting root
	keytool -J-Djava.net.useSystemProxies=false -printcert -rfc -sslserver "$(at whole)" >paste.txt
	expect 0 rootcellar validate --presented paste.txt
}

@test "a transcript with no certificate, of nonsense or of nothing ends with status 2" {
	in_world
	trusting root
	: >empty.txt
	head -c 100000 /dev/urandom >noise.txt
	printf -- '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n' >cut.txt
	for file in empty.txt noise.txt cut.txt absent.txt /dev/null; do
		expect 2 rootcellar validate --presented "$file"
	done
}

@test "a transcript's host may hold bait, and reaches neither shell nor terminal" {
	in_world
	trusting stranger
	{
		printf 'openssl s_client -connect $(touch pwned);\x1b[31m:443\n'
		cat leaf.pem
	} >paste.txt
	expect 1 rootcellar validate --presented paste.txt
	printf '%s' "$output" >shown
	harmless shown
	[[ "$output" != *pwned* ]]
}

@test "names and keys of an anchor are not the anchor: forgeries of every kind do not complete" {
	in_world
	trusting root
	gives missing-intermediate by-fake-root.pem
	gives untrusted-root --untrusted fake-root.pem by-fake-root.pem
	gives missing-root --untrusted self-issued.pem by-self-issued.pem
	gives not-a-ca --untrusted short.pem --untrusted ca.pem by-leaf.pem
	gives not-a-ca --untrusted no-ca.pem by-no-ca.pem
	gives bad-signature --untrusted ca.pem bad-signature.pem
	gives weak-key --untrusted weak-ca.pem by-weak-ca.pem
	gives weak-signature --untrusted ca.pem sha1.pem
	gives wrong-purpose --untrusted ca.pem for-clients.pem
	gives hostname-mismatch --untrusted ca.pem --hostname localhost cn-only.pem
	gives untrusted-root self-signed.pem
}

@test "an entry is an anchor only where the store says so: intermediates end no path, distrust and expiry close one" {
	in_world
	trusting stranger
	knowing root ca
	gives untrusted-root short.pem
	rootcellar trust -q --yes anchor "$(sha256 ca.pem)" >/dev/null
	expect 0 rootcellar validate --offline short.pem
	rootcellar trust -q --yes anchor "$(sha256 root.pem)" >/dev/null
	rootcellar trust -q --yes distrusted "$(sha256 ca.pem)" >/dev/null
	gives distrusted short.pem
	gives distrusted --untrusted ca.pem short.pem
	# The same key under another certificate, by an issuer that is trusted.
	gives distrusted --untrusted ca-twin.pem short.pem
	rootcellar import -q --yes --trust anchor old-root.pem >/dev/null
	gives expired by-old-root.pem
}

@test "a distrusted authority is not brought back by what its issuer publishes" {
	in_world
	trusting root stranger
	rootcellar import -q --yes --trust distrusted ca.pem >/dev/null
	expect 1 rootcellar fetch --yes --allow-private payload-der.pem
	prints "distrusted"
	[ "$(entries)" = "distrusted Depot CA
anchor Depot Root
anchor Stranger CA" ]
}

@test "a root that is fetched is no anchor, whatever name it bears" {
	in_world
	trusting root
	expect 1 rootcellar validate --fetch --allow-private --format json by-fake-root.pem
	equals "$(sha256 fake-root.pem)" 'v["fetched_root"]["sha256"]'
	equals incomplete 'v["verdict"]'
	expect 1 rootcellar fetch --yes --allow-private by-fake-root.pem
	[ "$(entries)" = "anchor Depot Root" ]
	expect 1 rootcellar validate --fetch --allow-private by-no-ca.pem
}

@test "purposes and dates of the anchor count: server, client, distrust-after, --at" {
	in_world
	rootcellar import -q --yes --trust anchor --purpose client-auth root.pem >/dev/null
	gives wrong-purpose --untrusted ca.pem short.pem
	expect 0 rootcellar validate --offline --purpose client --untrusted ca.pem for-clients.pem
	gives expired --anchors root.pem --untrusted ca.pem --at 2099-01-01 short.pem
	expect 0 rootcellar validate --offline --anchors root.pem --untrusted ca.pem --at "$(date -u -d '-60 days' +%F)" expired.pem
	rootcellar trust -q --yes anchor "$(sha256 root.pem)" --purpose server-auth --distrust-after 2020-01-01 >/dev/null
	gives distrust-after --untrusted ca.pem short.pem
	expect 2 rootcellar validate --offline --purpose cooking short.pem
}

@test "revocation is judged by lists that are given, and what asks for more is refused" {
	in_world
	trusting root
	expect 2 rootcellar validate --revocation hard --offline --untrusted ca.pem short.pem
	says "by --crl alone"
	expect 2 rootcellar validate --revocation stapled --crl ca.pem --offline --untrusted ca.pem short.pem
	expect 2 rootcellar validate --revocation off --crl ca.pem --offline --untrusted ca.pem short.pem
	expect 2 rootcellar validate --crl absent.crl --offline --untrusted ca.pem short.pem
	says "--crl: cannot read 'absent.crl'"
	expect 1 rootcellar validate --crl ca.pem --offline --untrusted ca.pem short.pem
	says "ca.pem: no revocation list in it"
	expect 0 rootcellar validate --revocation off --offline --untrusted ca.pem short.pem
}

# issued NAME ISSUER EXTENSION...: a certificate by openssl, ISSUER a name, or - for itself.
issued() {
	local name=$1 issuer=$2 extension
	local -a more=()
	shift 2
	[ "$issuer" = - ] || more=(-CA "$issuer.pem" -CAkey "$issuer.key")
	for extension; do more+=(-addext "$extension"); done
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$name" \
		-keyout "$name.key" -out "$name.pem" "${more[@]}" 2>/dev/null
}

@test "a certificate policy is asked for with --explicit-policy, and --policy says which are accepted" {
	local asked verdict
	in_world
	expect 2 rootcellar validate --policy 2.23.140.1.2.x --offline --anchors root.pem --untrusted ca.pem short.pem
	gives policy --explicit-policy --anchors root.pem --untrusted ca.pem short.pem
	expect 0 rootcellar validate --policy 2.23.140.1.2.1 --inhibit-any --inhibit-mapping --offline \
		--anchors root.pem --untrusted ca.pem short.pem

	cd "$BATS_TEST_TMPDIR"
	issued top - "keyUsage=keyCertSign"
	issued middle top "certificatePolicies=1.2.3.1,1.2.3.2" "policyMappings=critical,1.2.3.2:1.2.3.3"
	issued served middle "basicConstraints=critical,CA:FALSE" "certificatePolicies=1.2.3.1,1.2.3.3"
	while read -r verdict asked; do
		# shellcheck disable=SC2086 # the words of one case
		expect "$verdict" rootcellar validate --offline --anchors top.pem --untrusted middle.pem $asked served.pem
		asked=" $asked"
		asked=${asked// --explicit-policy/ -explicit_policy} asked=${asked// --policy/ -policy}
		asked=${asked// --inhibit-mapping/ -inhibit_map}
		# shellcheck disable=SC2086
		expect "$((verdict * 2))" openssl verify -no-CApath -no-CAstore -CAfile top.pem -untrusted middle.pem \
			-policy_check $asked served.pem
	done <<-'END'
		0 --explicit-policy --policy 1.2.3.1
		0 --explicit-policy --policy 1.2.3.2
		1 --explicit-policy --policy 1.2.3.3
		0 --explicit-policy --policy 1.2.3.3 --policy 1.2.3.1
		0 --explicit-policy --policy 1.2.3.1 --inhibit-mapping
		1 --explicit-policy --policy 1.2.3.2 --inhibit-mapping
		0 --policy 1.2.3.9
	END
}

@test "thousands of certificates of one name beside a leaf cost a bounded time, and hide no path" {
	in_world
	trusting root
	python3 -B - "$here/tests/lib" >crowd.pem <<'END'
import sys
sys.path.insert(0, sys.argv[1])
from forge import Cert, Key
keys = [Key("crowd.key"), Key("crowd.key")]
stranger = Cert("Somebody", keys[0], ca=True)
for i in range(400):
    print(Cert("Depot CA", keys[i % 2], stranger, ca=True, days=(-1, 100 + i)).pem * 8)
END
	SECONDS=0
	expect 0 rootcellar validate --offline --untrusted crowd.pem --untrusted ca.pem short.pem
	expect 1 rootcellar validate --offline --untrusted crowd.pem short.pem
	[ "$SECONDS" -le 5 ]
}

@test "a word that is a file here is judged as a file, and it is said how to ask the host" {
	in_world
	trusting root
	cp leaf.pem localhost
	expect 1 rootcellar validate localhost
	says "https://localhost"
	expect 1 rootcellar validate leaf.pem
	[[ "$stderr" != *"is a file here"* ]]
}

@test "targets that are none are refused before anything is dialled" {
	for word in 'host:0' 'host:99999' 'https://' 'host name' $'host\nname' 'ftp://host' '[::1'; do
		expect 2 rootcellar validate "$word"
		printf '%s' "$stderr" >said
		harmless said
	done
}

@test "a name or a number that is none is refused before anything is judged" {
	in_world
	for asked in '--ip=1.2.3' --ip=banana --ip= --email=nobody --email= --hostname= --max-depth=-1 --max-depth=two \
		--max-depth= --jobs=x --jobs=0; do
		expect 2 rootcellar validate --offline --anchors root.pem --untrusted ca.pem "$asked" short.pem
		says "${asked%%=*}"
	done
	expect 2 rootcellar log --keep x
	says "--keep"
	expect 2 rootcellar log --keep -1
	expect 2 rootcellar validate --ip 1.2.3 "$(at whole)"
	gives path-too-long --anchors root.pem --untrusted policy.pem --untrusted issuing.pem --max-depth 1 leaf.pem
	expect 0 rootcellar validate --offline --anchors root.pem --untrusted policy.pem --untrusted issuing.pem \
		--max-depth 2 leaf.pem
}

@test "a file or transcript that completes for no host that was named says so" {
	local note="no host name was judged: add --hostname"
	in_world
	cat leaf.pem issuing.pem policy.pem >paste.txt
	expect 0 rootcellar validate --anchors root.pem --presented paste.txt
	says "$note"
	expect 0 rootcellar validate --offline --anchors root.pem whole.chain
	says "$note"
	expect 0 rootcellar validate --anchors root.pem --presented paste.txt --hostname localhost
	[[ "$stderr" != *"$note"* ]]
	expect 0 rootcellar validate --offline --anchors root.pem --purpose client --untrusted ca.pem for-clients.pem
	[[ "$stderr" != *"$note"* ]]
	trusting root
	expect 0 rootcellar validate "$(at whole)"
	[[ "$stderr" != *"$note"* ]]
}

@test "--worknote says which store was judged by, and what it has" {
	in_world
	trusting root
	expect 0 rootcellar validate -q --offline --worknote whole.chain
	prints "store: $ROOTCELLAR_STORE: 1 anchor"
	expect 0 rootcellar validate -q --offline --worknote --store ./root.pem --store root.pem whole.chain
	prints "store: ./root.pem: 1 anchor"
	prints "store: root.pem: 1 anchor"
}

load ../lib/setup
load ../lib/endpoints

@test "fetch adds exactly the intermediates that an endpoint omits, and then OpenSSL and curl accept it too" {
	in_world
	trusting root stranger
	expect 1 rootcellar validate "$(at alone)"
	prints "missing-intermediate"
	expect 0 rootcellar fetch "$(at alone)"
	[ "$(entries)" = "intermediate Depot Issuing CA
intermediate Depot Policy CA
anchor Depot Root
anchor Stranger CA" ]
	expect 0 rootcellar validate "$(at alone)"

	rootcellar export -q -o bundle.pem
	expect 2 openssl verify -no-CApath -no-CAstore -CAfile root.pem leaf.pem
	expect 0 openssl verify -no-CApath -no-CAstore -CAfile bundle.pem leaf.pem
	[ "$(curl -sS --cacert bundle.pem "https://$(at alone)/")" = "hello from the depot" ]
	expect 60 curl -sS --cacert root.pem "https://$(at alone)/"
	expect 0 openssl s_client -connect "$(at alone)" -CAfile bundle.pem -verify_return_error -verify_hostname localhost \
		</dev/null
}

@test "what is fetched is an intermediate, with the URL that gave it as its origin" {
	in_world
	trusting root
	expect 0 rootcellar fetch "$(at alone)"
	[ "$(rootcellar show -q --format json 'Depot Issuing CA' | json 'd["entries"][0]["origin"][0]["ref"]')" = \
		"http://127.0.0.1:$(port publisher)/issuing.cer" ]
	[ "$(rootcellar list -q --format json --trust anchor | json 'len(d["entries"])')" -eq 1 ]
}

@test "every form that publishers use is taken: DER, PEM, PKCS#7, base64, several in one, redirected, by https" {
	in_world
	trusting root
	local forms=(der pem pem-with-text p7-der p7-pem base64 strangers one-name redirected first-gone ldap https)
	forms=("${forms[@]/#/payload-}")
	expect 0 rootcellar validate -q --format json --fetch --allow-private "${forms[@]/%/.pem}"
	[ "$(each 'v["verdict"]' | sort | uniq -c | xargs)" = "12 complete" ]
	[ "$(each '[p["subject"] for p in v["path"]], [p["from"] for p in v["path"]]' | sort -u)" = \
		"(['CN=localhost', 'CN=Depot CA', 'CN=Depot Root'], ['leaf', 'network', 'store'])" ]
	[ "$(each '[c["sha256"] for c in v["to_add"]]' | sort -u)" = "['$(sha256 ca.pem)']" ]
}

@test "a publisher that gives nothing that fits is told with its reason, the status is 1, and nothing is added" {
	local -A said=(
		[gone]="HTTP status 404" [busy]="HTTP status 503" [html]="neither DER, PEM nor PKCS#7"
		[cut]="runs past the end" [cut-short]="could not be fetched" [stranger]="gave no issuer"
		[impostor]="gave no issuer" [impostors]="gave no issuer" [itself]="gave no issuer"
		[huge]="more than 1048576 bytes" [said-huge]="more than 1048576 bytes" [endless]="more than 1048576 bytes"
		[loop]="too many redirects" [to-file]="neither http nor https" [to-ftp]="neither http nor https"
		[to-metadata]="169.254.169.254" [reset]="could not be fetched" [empty]="the answer is empty"
		[nothing]="could not be fetched" [text]="HTTP status 404" [file]="only http and https")
	in_world
	trusting root
	local forms=("${!said[@]}") line form n=0
	forms=("${forms[@]/#/payload-}")
	expect 1 rootcellar fetch -q --allow-private --format json "${forms[@]/%/.pem}"
	while read -r line; do
		form=${line%%.pem *}
		form=${form#payload-}
		[[ "$line" == *".pem missing-intermediate "*"${said[$form]}"* ]] || { echo "$form: $line"; return 1; }
		n=$((n + 1))
	done <<<"$(each '" ".join([v["target"], *(f["code"] + " " + f["text"] for f in v["findings"])])')"
	[ $n -eq ${#said[@]} ]
	[ "$(entries)" = "anchor Depot Root" ]
	[ "$(rootcellar log --format jsonl | wc -l)" -eq 1 ]
}

@test "publishers that drip or say nothing cost ten seconds, together" {
	in_world
	trusting root
	SECONDS=0
	expect 1 rootcellar fetch --allow-private --format json payload-both-slow.pem
	[ "$SECONDS" -le 13 ]
	equals "['timeout', 'timeout']" '[f["outcome"] for f in v["fetched"]]'
}

@test "a certificate of many URLs has eight of them asked, and it is said" {
	in_world
	trusting root
	mark
	expect 1 rootcellar fetch --allow-private payload-twelve.pem
	[ "$(asked | wc -l)" -eq 8 ]
	prints "fetch-refused"
}

@test "a ladder of issuers is followed eight fetches high" {
	in_world
	trusting root
	mark
	expect 1 rootcellar fetch --allow-private --format json ladder.pem
	[ "$(asked | wc -l)" -eq 8 ]
	[ "$(entries)" = "anchor Depot Root" ]
	equals True 'any("8" in f["text"] for f in v["findings"] if f["code"] == "fetch-refused")'
	equals "missing-intermediate error True" \
		'(lambda f: f["code"] + " " + f["severity"] + " " + str("8 fetches away" in f["text"]))(v["findings"][0])'
}

@test "a crowd of authorities of one name costs little: at most 32 of a payload are looked at" {
	in_world
	trusting root
	SECONDS=0
	expect 1 rootcellar fetch --allow-private --format json crowd-leaf.pem
	[ "$SECONDS" -le 3 ]
	equals True 'v["search"]["certificates"] < 2000'
}

@test "fetch names a missing root by its fingerprint and where to check it, and adds nothing" {
	in_world
	trusting stranger
	expect 1 rootcellar fetch "$(at alone)"
	prints "root-fetched"
	prints "$(sha256 root.pem)"
	[ "$(entries)" = "anchor Stranger CA" ]
	expect 1 rootcellar fetch --yes "$(at alone)"
	[ "$(entries)" = "anchor Stranger CA" ]
}

@test "--accept-root adds the root that bears the fingerprint, and the intermediates; another fingerprint adds nothing" {
	in_world
	trusting stranger
	expect 1 rootcellar fetch --yes "$(at alone)" --accept-root "$(sha256 policy.pem)"
	expect 1 rootcellar fetch --yes "$(at alone)" --accept-root "$(sha256 harbor-root.pem)"
	expect 2 rootcellar fetch --yes "$(at alone)" --accept-root "$(sha256 root.pem | cut -c1-16)"
	[ "$(entries)" = "anchor Stranger CA" ]
	expect 2 rootcellar fetch "$(at alone)" --accept-root "$(sha256 root.pem)"
	says "--yes"
	[ "$(entries)" = "anchor Stranger CA" ]
	expect 0 rootcellar fetch --yes "$(at alone)" --accept-root "$(sha256 root.pem)"
	[ "$(entries)" = "intermediate Depot Issuing CA
intermediate Depot Policy CA
anchor Depot Root
anchor Stranger CA" ]
}

@test "the command of To fix: that takes a root up works as it is" {
	in_world
	trusting stranger
	expect 1 rootcellar validate --fetch "$(at alone)"
	local fix
	fix=$(grep -o 'rootcellar fetch .*' <<<"$output" | head -1)
	[[ "$fix" == *"--accept-root $(sha256 root.pem)"* ]]
	eval "expect 0 $fix --yes"
	expect 0 rootcellar validate "$(at alone)"
}

@test "--accept-root never overrides distrust" {
	in_world
	trusting stranger
	rootcellar import -q --yes --trust distrusted root.pem >/dev/null
	for endpoint in alone root-sent; do
		expect 1 rootcellar fetch --yes "$(at $endpoint)" --accept-root "$(sha256 root.pem)"
		[ "$(entries)" = "distrusted Depot Root
anchor Stranger CA" ]
	done
}

@test "a bridge that a publisher offers is named, proved, and completes the chain" {
	in_world
	trusting root
	for endpoint in harbor-alone harbor; do
		expect 0 rootcellar validate -q --fetch --format json "$(at $endpoint)"
		path_is localhost "Harbor CA" "Harbor Root" "Depot Root"
		equals "['$(sha256 harbor-cross.pem)']" \
			'[f["sha256"] for f in v["findings"] if f["code"] == "bridge-available"]'
	done
	expect 0 rootcellar fetch "$(at harbor-alone)"
	[ "$(entries)" = "anchor Depot Root
intermediate Harbor CA
intermediate Harbor Root" ]
	[ "$(rootcellar show -q --format json 'Harbor Root' | json 'd["entries"][0]["sha256"]')" = "$(sha256 harbor-cross.pem)" ]
}

@test "a bridge that lies in the store as an intermediate is used" {
	in_world
	trusting root
	knowing harbor-cross
	expect 0 rootcellar validate -q --format json "$(at harbor)"
	path_is localhost "Harbor CA" "Harbor Root" "Depot Root"
	equals "['bridge-available']" '[f["code"] for f in v["findings"] if f["code"].startswith("bridge")]'
}

@test "a bridge in another store is found by --from, before anything is asked for on the network" {
	in_world
	trusting root
	cat harbor-root.pem harbor-cross.pem harbor-ca.pem >others.pem
	mark
	expect 0 rootcellar fetch "$(at harbor-alone)" --from ./others.pem
	prints "bridge-available"
	[ -z "$(asked)" ]
	[ "$(entries)" = "anchor Depot Root
intermediate Harbor CA
intermediate Harbor Root" ]
}

@test "a bridge in another store is told where the root that it stands for was not met" {
	in_world
	trusting root
	cat harbor-cross.pem harbor-ca.pem >others.pem
	expect 0 rootcellar fetch "$(at harbor-alone)" --from ./others.pem
	prints "bridge-available"
}

@test "what another store trusts is not trusted for that" {
	in_world
	trusting stranger
	expect 1 rootcellar fetch "$(at whole)" --from ./root.pem --yes
	[ "$(entries)" = "anchor Stranger CA" ]
}

@test "fetch without a word completes the intermediates of the cellar, and only those that lack their issuer" {
	in_world
	trusting root
	knowing issuing ca
	expect 0 rootcellar fetch --allow-private --format json
	[ "$(json '[v["target"] for v in d["validations"]]' <<<"$output")" = "['$(sha256 issuing.pem)']" ]
	[ "$(entries)" = "intermediate Depot CA
intermediate Depot Issuing CA
intermediate Depot Policy CA
anchor Depot Root" ]
	expect 0 rootcellar fetch
}

@test "fetch of an entry by its name completes that one" {
	in_world
	trusting root
	knowing issuing harbor-ca
	expect 0 rootcellar fetch --allow-private "$(sha256 harbor-ca.pem)"
	[ "$(entries)" = "intermediate Depot Issuing CA
anchor Depot Root
intermediate Harbor CA
intermediate Harbor Root" ]
}

@test "the fetched intermediates of several targets are one change, and of an incomplete one nothing is taken" {
	in_world
	trusting root
	expect 4 rootcellar fetch "$(at alone)" "$(at harbor-alone)" "$(at refused)"
	[ "$(entries | wc -l)" -eq 5 ]
	[ "$(rootcellar log --format jsonl | wc -l)" -eq 2 ]
}

@test "--dry-run names the URLs, asks none, and changes nothing" {
	in_world
	trusting root
	mark
	expect 1 rootcellar fetch --dry-run --format json "$(at alone)" payload-dry.pem
	[ -z "$(asked)" ]
	[ "$(json '[[(f["url"].split("/")[-1], f["outcome"]) for f in v["fetched"]] for v in d["validations"]]' <<<"$output")" = \
		"[[('dry', 'not-asked')], [('issuing.cer', 'not-asked')]]" ]
	[ "$(entries)" = "anchor Depot Root" ]
}

@test "each URL is asked once, whatever number of targets need it" {
	in_world
	trusting root
	mark
	expect 0 rootcellar fetch --no-cache "$(at alone)" "$(at alone)" "127.0.0.1:$(port alone)" "$(at alone)"
	[ "$(asked)" = "/issuing.cer
/policy.p7c" ]
}

@test "a URL that two certificates name is listed once, and holds the issuer of the one that it does" {
	in_world
	trusting root
	expect 1 rootcellar validate --fetch --allow-private --format json by-selfsame.pem
	equals "[('selfsame.cer', 1)]" '[(f["url"].split("/")[-1], f["certificates"]) for f in v["fetched"]]'
	equals "['missing-root']" '[f["code"] for f in v["findings"]]'
}

@test "what was got is kept as long as it may be: not asked again, or only whether it changed" {
	in_world
	trusting root
	mark
	for form in kept kept tagged tagged once once; do
		expect 0 rootcellar validate --fetch --allow-private "payload-$form.pem"
	done
	[ "$(asked)" = "/payload/kept
/payload/once
/payload/once
/payload/tagged
/payload/tagged again" ]
	mark
	for form in kept tagged; do
		expect 0 rootcellar validate --fetch --allow-private --no-cache "payload-$form.pem"
	done
	[ "$(asked)" = "/payload/kept
/payload/tagged" ]
}

@test "the addresses of a file's certificates are public ones, unless --allow-private is given" {
	in_world
	trusting root
	mark
	expect 1 rootcellar fetch payload-outside.pem
	prints "fetch-refused"
	prints "--allow-private"
	[[ "$(tr -s '\n ' ' ' <<<"$output")" == *"address 127.0.0.1 is not public; for a file only public addresses are asked"* ]]
	[ -z "$(asked)" ]
	expect 0 rootcellar fetch --allow-private payload-outside.pem
	[ "$(asked)" = "/payload/outside" ]
}

@test "an endpoint on loopback may lead to loopback, never to a link-local address" {
	in_world
	trusting root
	expect 0 rootcellar validate --fetch "$(at alone)"
	expect 1 rootcellar validate --fetch --allow-private --format json payload-to-metadata.pem
	equals "['address-rule']" '[f["outcome"] for f in v["fetched"]]'
}

@test "issuers are fetched through the proxy, HTTP or SOCKS, and the output says whose the address check then is" {
	in_world
	trusting root
	mark
	expect 0 rootcellar validate --fetch --no-cache -v --allow-private --proxy "http://127.0.0.1:$(port proxy)" "$(at alone)"
	[ "$(asked)" = "/issuing.cer
/policy.p7c
proxy CONNECT
proxy GET
proxy GET" ]
	prints "through a proxy"
	prints "the proxy's"
	mark
	expect 0 rootcellar validate --fetch --no-cache --allow-private --proxy "socks5h://127.0.0.1:$(port socks)" "$(at alone)"
	[ "$(asked)" = "/issuing.cer
/policy.p7c
socks
socks
socks" ]
}

@test "behind a proxy an address that stands in a URL must be public, and the reason says so" {
	in_world
	trusting root
	mark
	expect 1 rootcellar validate --fetch --no-cache --proxy "http://127.0.0.1:$(port proxy)" "$(at alone)"
	prints "fetch-refused"
	[[ "$(tr -s '\n ' ' ' <<<"$output")" == *"is not public; behind a proxy, an address that stands in a URL must be public"* ]]
	[ "$(asked)" = "proxy CONNECT" ]
}

@test "a line feed in a URL is not asked for, and an encoded one stays encoded in the cellar" {
	in_world
	trusting root
	expect 1 rootcellar fetch --allow-private bait.pem
	prints "fetch-refused"
	mark
	expect 1 rootcellar fetch --allow-private nul.pem
	prints "NUL byte"
	[ -z "$(asked)" ]
	expect 0 rootcellar fetch --allow-private bait-encoded.pem
	[ "$(entries)" = "intermediate Depot CA
anchor Depot Root" ]
	[ "$(grep -c '^trusted: true$' "$ROOTCELLAR_STORE/trust/cellar.p11-kit")" -eq 1 ]
	rootcellar show 'Depot CA' >shown
	harmless shown "$ROOTCELLAR_STORE/trust/cellar.p11-kit"
}

@test "fetch changes a cellar and nothing else, and not at all with --offline" {
	in_world
	expect 2 rootcellar fetch "$(at alone)" --store ./root.pem
	says "cellar"
	trusting root
	expect 2 rootcellar fetch "$(at alone)" --offline
	says "--offline"
}

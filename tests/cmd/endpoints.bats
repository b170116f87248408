load ../lib/setup
load ../lib/endpoints

@test "an endpoint that presents its whole chain completes, and the report tells what was negotiated and the path" {
	in_world
	trusting root
	expect 0 rootcellar validate "$(at whole)"
	prints "$(at whole): complete"
	prints "TLS1.3"
	prints "Depot Policy CA"
	[[ "$output" != *"To fix:"* ]]
	expect 0 rootcellar validate --format json "$(at whole)"
	path_is localhost "Depot Issuing CA" "Depot Policy CA" "Depot Root"
	equals "server server server store" '" ".join(p["from"] for p in v["path"])'
}

@test "an endpoint that presents its leaf alone does not complete, and both sides learn what to do" {
	in_world
	trusting root
	expect 1 rootcellar validate "$(at alone)"
	prints "missing-intermediate"
	prints "Depot Issuing CA"
	prints "rootcellar fetch $(at alone)"
	prints "on the server's side:"
	expect 0 rootcellar validate --fetch "$(at alone)"
	[ "$(entries)" = "anchor Depot Root" ]
}

@test "what a server could send better is told, and does not stop the path" {
	local -A found=([disorder]=wrong-order [superfluous]=superfluous [duplicate]=duplicate [root-sent]=root-sent
		[hundred]="duplicate superfluous" [soon]=expires-soon [unreadable]=malformed)
	in_world
	trusting root
	for endpoint in "${!found[@]}"; do
		expect 0 rootcellar validate -q --format json "$(at "$endpoint")"
		[ "$(codes <<<"$output")" = "${found[$endpoint]}" ] || { echo "$endpoint: $output"; return 1; }
	done
	expect 0 rootcellar validate "$(at disorder)"
	prints "To improve:"
	expect 0 rootcellar validate "$(at unreadable)"
	prints "warning: certificate 3 of what was presented cannot be read"
}

@test "--ip and --email ask an endpoint for what they name, instead of for its host" {
	in_world
	trusting root
	for asked in '--ip 10.9.9.9' '--email a@b.example'; do
		# shellcheck disable=SC2086 # the words of one case
		expect 1 rootcellar validate -q --format json $asked "$(at whole)"
		[ "$(codes <<<"$output")" = hostname-mismatch ]
		[ "$(json 'd["validations"][0]["name"]' <<<"$output")" = "${asked#* }" ]
		# shellcheck disable=SC2086
		expect 1 rootcellar validate -q --store ./root.pem --store ./root.pem $asked "$(at whole)"
	done
}

@test "a root that the server sends is the store's where the store has it" {
	in_world
	trusting root
	expect 0 rootcellar validate --format json "$(at root-sent)"
	equals store 'v["path"][-1]["from"]'
}

@test "a leaf that is expired, early, for another name, self-signed or named by its common name alone fails with that reason" {
	local -A found=([expired]=expired [early]=not-yet-valid [shop]=hostname-mismatch [cn-only]=hostname-mismatch
		[self-signed]=untrusted-root)
	in_world
	trusting root
	for endpoint in "${!found[@]}"; do
		expect 1 rootcellar validate -q --format json "$(at "$endpoint")"
		equals "${found[$endpoint]}" 'v["findings"][0]["code"]'
		equals incomplete 'v["verdict"]'
	done
}

@test "--hostname asks for another name, --sni sends another, and each is its own question" {
	in_world
	trusting root
	expect 0 rootcellar validate "$(at shop)" --hostname shop.example
	expect 0 rootcellar validate "$(at named)"
	expect 1 rootcellar validate "$(at named)" --hostname shop.example
	expect 0 rootcellar validate "$(at named)" --hostname shop.example --sni shop.example
	expect 1 rootcellar validate "$(at named)" --sni shop.example
	prints "hostname-mismatch"
	expect 0 rootcellar validate "$(at shop)" --hostname SHOP.example
	expect 2 rootcellar validate "$(at shop)" --hostname shop.example --ip 127.0.0.1
}

@test "an address is matched against the certificate's addresses, IPv4 and IPv6" {
	in_world
	trusting root
	expect 0 rootcellar validate "127.0.0.1:$(port whole)" "[::1]:$(port six)" "https://[::1]:$(port six)/path"
	expect 1 rootcellar validate "127.0.0.1:$(port shop)"
	expect 1 rootcellar validate "127.0.0.1:$(port whole)" --hostname 127.0.0.2
	expect 0 rootcellar validate "127.0.0.1:$(port whole)" --ip ::1
}

@test "servers of TLS 1.2 alone and of TLS 1.3 alone are validated" {
	in_world
	trusting root
	expect 0 rootcellar validate --format json "$(at tls12)"
	equals TLS1.2 'v["tls"]["version"]'
	expect 0 rootcellar validate --format json "$(at tls13)"
	equals TLS1.3 'v["tls"]["version"]'
}

@test "a server that demands a client certificate has its chain judged, and the demand told, in TLS 1.2 and 1.3" {
	in_world
	trusting root
	for endpoint in client12 client13; do
		expect 0 rootcellar validate --format json "$(at $endpoint)"
		equals client-certificate 'v["findings"][0]["code"]'
		equals True '"client certificate" in v["findings"][0]["text"]'
		path_is localhost "Depot Issuing CA" "Depot Policy CA" "Depot Root"
	done
}

@test "a server that sends the right certificates and does not show their key does not complete" {
	in_world
	trusting root
	for endpoint in keyless keyless-asking; do
		expect 1 rootcellar validate --format json "$(at $endpoint)"
		equals "incomplete" 'v["verdict"]'
		equals True '"handshake-failed" in [f["code"] for f in v["findings"]]'
		path_is localhost "Depot Issuing CA" "Depot Policy CA" "Depot Root"
		expect 1 rootcellar validate "$(at $endpoint)"
		prints "has not shown"
	done
	expect 0 rootcellar validate "$(at client12)"
}

@test "where nothing speaks TLS, nothing listens or nobody knows the name there is no answer, status 4" {
	local -A found=([http]=no-tls [closing]=no-connection [refused]=no-connection [no-certificate]=handshake-failed)
	in_world
	trusting root
	for endpoint in "${!found[@]}"; do
		expect 4 rootcellar validate -q --format json "$(at "$endpoint")"
		equals "no-answer ${found[$endpoint]}" 'v["verdict"] + " " + v["findings"][0]["code"]'
	done
	expect 4 rootcellar validate -q --format json "nobody.invalid:443"
	equals no-name 'v["tls"]["outcome"]'
	expect 4 rootcellar validate "$(at refused)"
	prints "127.0.0.1:$(port refused)"
	expect 4 rootcellar validate "$(at http)"
	prints "smtps:// 465"
	[[ "$output" != *"the proxy are right"* ]]
}

@test "servers that hang or drip delay only themselves, results come in the order of the words, the gravest status wins" {
	in_world
	trusting root
	printf '# partners\n%s  # slow\n\n%s\r\n' "$(at drip)" "$(at alone)" >targets
	SECONDS=0
	expect 1 rootcellar validate -q --format jsonl "$(at silent)" "$(at whole)" --targets targets --jobs 4
	[ "$SECONDS" -le 13 ]
	[ "$(python3 -c 'import json, sys
for line in sys.stdin: print(*(json.loads(line)[key] for key in ("target", "verdict")))' <<<"$output")" = \
		"$(at silent) no-answer
$(at whole) complete
$(at drip) no-answer
$(at alone) incomplete" ]
	[ "$(head -1 <<<"$output" | json 'd["tls"]["outcome"]')" = timeout ]
}

@test "an endpoint is judged against the anchors of a file too" {
	in_world
	expect 0 rootcellar validate "$(at whole)" --anchors root.pem
	expect 1 rootcellar validate "https://$(at whole)/" --anchors stranger.pem
}

@test "several stores are judged side by side by what one connection presented" {
	in_world
	expect 1 rootcellar validate -q --format json "$(at whole)" --store ./root.pem --store ./stranger.pem
	[ "$(json '[(v["store"], v["verdict"]) for v in d["validations"]]' <<<"$output")" = \
		"[('./root.pem', 'complete'), ('./stranger.pem', 'incomplete')]" ]
}

@test "an endpoint is reached through HTTP CONNECT and SOCKS5 proxies, by option and by environment" {
	in_world
	trusting root
	mark
	expect 0 rootcellar validate --proxy "http://127.0.0.1:$(port proxy)" --format json "$(at whole)"
	equals True 'v["tls"]["through_proxy"]'
	[ "$(asked)" = "proxy CONNECT" ]
	expect 0 env https_proxy="http://127.0.0.1:$(port proxy)" "$program" validate "$(at whole)"
	expect 0 env https_proxy="http://127.0.0.1:$(port refused)" no_proxy=localhost "$program" validate "$(at whole)"
	mark
	expect 0 rootcellar validate --proxy "socks5h://127.0.0.1:$(port socks)" "$(at whole)"
	[ "$(asked)" = "socks" ]
	expect 0 rootcellar validate --proxy "http://127.0.0.1:$(port proxy)" --hostname localhost \
		"depot.invalid:$(port whole)"
}

@test "a proxy that wants a password, answers HTML or is not there gives no answer, status 4, and says that it is the proxy" {
	in_world
	trusting root
	for proxy in proxy-407 proxy-html refused; do
		expect 4 rootcellar validate --proxy "http://someone:secret@127.0.0.1:$(port $proxy)" "$(at whole)"
		[[ "$output$stderr" != *secret* ]]
	done
	expect 4 rootcellar validate --proxy "http://127.0.0.1:$(port proxy-407)" "$(at whole)"
	prints "407"
	prints "http://USER:PASSWORD@HOST:PORT"
	expect 4 rootcellar validate --proxy "http://127.0.0.1:$(port refused)" "$(at whole)"
	prints "the proxy 127.0.0.1:$(port refused): Connection refused"
	for proxy in ftp://x http://127.0.0.1:abc http://secret@127.0.0.1:0; do
		expect 2 rootcellar validate --proxy "$proxy" "$(at whole)"
		says "--proxy"
		[[ "$stderr" != *secret* ]]
	done
}

@test "--save-chain takes one target, tells what it wrote, and writes over nothing but such a chain" {
	in_world
	trusting root
	cp leaf.key key.pem
	cat leaf.pem leaf.key >both.pem
	cat root.pem stranger.pem >bundle.pem
	echo "notes" >notes.txt
	for file in key.pem both.pem bundle.pem notes.txt; do
		cp "$file" before
		expect 5 rootcellar validate "$(at whole)" --save-chain "$file"
		says "'$file'"
		cmp before "$file"
	done
	expect 0 rootcellar validate "$(at whole)" --save-chain chain.pem
	says "wrote 3 certificates to 'chain.pem'"
	expect 0 rootcellar validate "$(at whole)" --save-chain chain.pem
	expect 0 rootcellar validate "$(at whole)" --save-chain notes.txt --yes
	cmp chain.pem notes.txt
	expect 0 rootcellar validate "$(at whole)" --save-chain dry.pem --dry-run
	[ ! -e dry.pem ]
	expect 2 rootcellar validate "$(at whole)" "$(at alone)" --save-chain chain.pem
	printf '%s\n%s\n' "$(at whole)" "$(at alone)" >targets
	expect 2 rootcellar validate --targets targets --save-chain chain.pem
	cmp chain.pem notes.txt
}

@test "a line of --targets that names none is told with its place, and costs none of the others" {
	in_world
	trusting root
	printf '# all\n%s\nlocalhost:99999\n\nbad host\n  %s # last\n' "$(at whole)" "$(at disorder)" >targets
	expect 2 rootcellar validate --format jsonl --targets targets
	[ "$(json 'd["target"]' <<<"${lines[0]}")" = "$(at whole)" ]
	[ "$(json 'd["target"]' <<<"${lines[1]}")" = "$(at disorder)" ]
	[ "${#lines[@]}" -eq 2 ]
	says "targets:3: "
	says "targets:5: target 'bad host': "
	expect 2 rootcellar validate --targets - <<<"https://user:tell-nobody@localhost/"
	says "-:1: "
	[[ "$stderr" != *tell-nobody* ]]
}

@test "--offline forbids to connect, and says so of HOST:PORT" {
	in_world
	trusting root
	expect 2 rootcellar validate --offline "$(at whole)"
	says "--offline forbids to connect to '$(at whole)'"
}

@test "--save-chain writes what the server should send, and with it a client that knows the root alone accepts" {
	in_world
	trusting root
	expect 1 rootcellar validate "$(at alone)" --save-chain chain.pem
	[ ! -e chain.pem ]
	expect 0 rootcellar validate --fetch "$(at alone)" --save-chain chain.pem
	expect 0 openssl storeutl -noout -certs chain.pem
	prints "Total found: 3"
	serve chain.pem
	run openssl s_client -connect "127.0.0.1:$port" -CAfile root.pem -verify_return_error </dev/null
	[ "$status" -eq 0 ]
	[ "$(sha256 leaf.pem)" = "$(sha256 chain.pem)" ]
	expect 0 rootcellar validate "127.0.0.1:$port"
	# Who trusts the issuing authority itself has it, but other clients need it sent.
	expect 0 rootcellar validate --anchors issuing.pem "$(at alone)" --save-chain chain.pem
	[ "$(grep -c BEGIN chain.pem)" -eq 2 ]
}

@test "where an intermediate is missing the server's side is told what to send and how to get it" {
	in_world
	trusting root
	expect 1 rootcellar validate "$(at alone)"
	prints "    rootcellar validate $(at alone) --fetch --save-chain chain.pem"
}

@test "--worknote holds what a case needs: time, address, versions, the chain, findings and commands" {
	in_world
	trusting root
	expect 1 rootcellar validate --worknote "$(at alone)"
	for fact in "time: " "target: $(at alone)" "address: 127.0.0.1" "TLS1.3" "rootcellar " "missing-intermediate" \
		"rootcellar fetch $(at alone)" "SHA-256: $(sha256 leaf.pem)" "-----BEGIN CERTIFICATE-----"; do
		prints "$fact"
	done
	openssl x509 -noout <<<"$output"
}

@test "-v and JSON list every fetch: URL, bytes, time and outcome" {
	in_world
	trusting root
	expect 0 rootcellar validate --fetch --format json "$(at alone)"
	equals "[('issuing.cer', 'ca-issuers', $(openssl x509 -in issuing.pem -outform DER | wc -c), 'good')]" \
		'[(f["url"].split("/")[-1], f["kind"], f["bytes"], f["outcome"]) for f in v["fetched"]][:1]'
	equals True 'all(isinstance(f["milliseconds"], int) for f in v["fetched"])'
	expect 0 rootcellar validate --fetch -v --no-cache "$(at alone)"
	prints "http://127.0.0.1:$(port publisher)/issuing.cer"
	prints "http://127.0.0.1:$(port publisher)/policy.p7c"
}

@test "JSON has the fields that scripts rely on" {
	in_world
	trusting root
	expect 1 rootcellar validate --format json "$(at alone)"
	equals "[]" '[k for k in ("target", "verdict", "tls", "presented", "path", "findings", "fetched") if k not in v]'
	equals "[]" '[k for f in v["findings"] for k in ("code", "severity", "sha256", "subject", "text", "remedy") if k not in f]'
	equals "[]" '[k for p in v["path"] for k in ("sha256", "subject", "from") if k not in p]'
	equals "rootcellar fetch $(at alone)" 'v["findings"][0]["remedy"]["client"]'
	expect 1 rootcellar validate -q --format csv "$(at alone)" "$(at whole)"
	[ "$(python3 -c 'import csv, sys
for row in csv.DictReader(sys.stdin): print(row["verdict"], row["findings"])' <<<"$output")" = "incomplete missing-intermediate
complete " ]
}

@test "what certificates, URLs and servers say reaches no output as a control byte, in any format" {
	in_world
	trusting root
	for format in text json jsonl csv; do
		expect 1 rootcellar validate --fetch -v --format $format "$(at hostile)"
		printf '%s\n%s\n' "$output" "$stderr" >$format.all
		printf '%s\n' "$output" >$format
	done
	expect 1 rootcellar validate --worknote --fetch "$(at hostile)"
	printf '%s\n' "$output" >worknote
	harmless text.all json.all jsonl.all csv.all worknote
	run ! grep -q '^trusted: true' text.all csv.all worknote
	sed -n '/^To fix:/,/^$/p' text worknote >remedies
	grep -q rootcellar remedies
	run ! grep 'pwned\|id)\|trusted' remedies
	python3 -c 'import json, sys; json.load(open("json"))'
}

@test "a target that holds shell bait comes back quoted in To fix:" {
	in_world
	trusting root
	cp leaf.pem "it's; touch pwned"
	expect 1 rootcellar validate "./it's; touch pwned"
	local fix
	fix=$(grep -o 'rootcellar fetch .*' <<<"$output" | head -1)
	eval "set -- $fix"
	[ "$3" = "./it's; touch pwned" ]
	[ "$#" -eq 3 ]
	[ ! -e pwned ]
}

@test "the command of To fix: asks the same question: name, SNI, other stores" {
	in_world
	trusting root
	expect 1 rootcellar validate "$(at alone)" --hostname 'shop.example' --sni localhost --allow-private
	prints "rootcellar fetch $(at alone) --hostname shop.example --sni localhost --allow-private"
	local proxy
	proxy=127.0.0.1:$(port proxy)
	expect 1 rootcellar validate "$(at alone)" --at "$(date -u -d +1day +%F)" --proxy "http://me:secret@$proxy" --max-depth 4
	prints "rootcellar fetch $(at alone) --max-depth 4 --at $(date -u -d +1day +%F)T00:00:00Z --proxy"
	prints "USER:PASSWORD@$proxy"
	[[ "$output$stderr" != *secret* ]]
	expect 1 rootcellar validate "$(at alone)" --policy 1.2.3
	prints "rootcellar validate $(at alone) --policy 1.2.3 --fetch"
}

@test "where the store is no cellar, To fix: asks again by it, and trusts nothing that was named" {
	in_world
	expect 1 rootcellar validate "$(at alone)" --store ./root.pem
	prints "rootcellar validate $(at alone) --store ./root.pem --fetch"
	expect 1 rootcellar validate "$(at alone)" --anchors stranger.pem --max-depth 3
	prints "rootcellar validate $(at alone) --max-depth 3 --anchors stranger.pem --fetch"
	expect 1 rootcellar validate --fetch "$(at alone)" --anchors stranger.pem
	prints "what --anchors stranger.pem names"
	for endpoint in alone root-sent self-signed; do
		expect 1 rootcellar validate "$(at $endpoint)" --anchors stranger.pem
		[[ "$output" != *"rootcellar import"* && "$output" != *"rootcellar fetch"* ]]
	done
}

@test "a self-signed certificate of a server is taken up by the command of To fix:, and is then no fault" {
	in_world
	trusting root
	expect 1 rootcellar validate "$(at self-signed)"
	prints "(self-signed-leaf)"
	local fix
	fix=$(grep -o 'rootcellar fetch .*' <<<"$output" | head -1)
	eval "expect 0 $fix --yes"
	expect 0 rootcellar validate "$(at self-signed)"
	[[ "$output" != *self-signed-leaf* ]]
	expect 1 rootcellar fetch --yes "$(at alone)" --accept-root "$(sha256 leaf.pem)" --hostname nobody.example
	expect 0 rootcellar validate "$(at alone)" --fetch
}

@test "what is read from standard input is not asked for again by a command, and --offline not by fetch as it stands" {
	in_world
	trusting root
	openssl s_client -connect "$(at alone)" -showcerts </dev/null >paste.txt 2>&1
	expect 1 rootcellar validate --presented - <paste.txt
	prints "    rootcellar fetch saved.pem"
	[[ "$output" != *" -"$'\n'* && "$output" != *"rootcellar fetch -"* ]]
	sed 's/^/> /' paste.txt >quoted.txt
	expect 1 rootcellar validate --presented quoted.txt
	prints "rootcellar validate --presented quoted.txt --fetch"
	expect 1 rootcellar validate --presented paste.txt
	prints "    rootcellar fetch paste.txt"
	expect 1 rootcellar validate --offline leaf.pem
	prints "without --offline:"
	expect 1 rootcellar validate --offline --anchors root.pem --untrusted ca.pem --purpose client short.pem
	[[ "$output" != *"rootcellar validate -v short.pem"* ]]
}

@test "prune --keep-working proves by paths: an entry of the same name but another key does not count" {
	in_world
	trusting root
	knowing issuing policy
	expect 0 rootcellar validate "$(at alone)"
	expect 1 rootcellar prune --yes 'Depot Policy CA' --keep-working "$(at alone)"
	says "would break 1 target"
	knowing impostor
	rootcellar import -q --yes --trust intermediate ca.pem >/dev/null
	expect 1 rootcellar prune --yes "$(sha256 ca.pem)" --keep-working "$(at short-alone)"
	expect 0 rootcellar prune --yes "$(sha256 impostor.pem)" --keep-working "$(at short-alone)"
}

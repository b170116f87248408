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

# serve: the chain of a private root on loopback; sets $port and $server.
serve() {
	local ca='basicConstraints=critical,CA:true' i

	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem \
		-subj '/CN=Served Root' -days 3650 -addext 'keyUsage=critical,keyCertSign' 2>log
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -out leaf.csr \
		-subj '/CN=localhost' 2>log
	openssl x509 -req -in leaf.csr -CA root.pem -CAkey root.key -days 300 -out leaf.pem \
		-extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1
extendedKeyUsage=serverAuth') 2>log
	: "$ca"
	coproc SERVER { exec openssl s_server -accept 127.0.0.1:0 -cert leaf.pem -key leaf.key 2>&1; }
	server=$SERVER_PID
	for ((i = 0; i < 20; i++)); do
		read -r -t 5 -u "${SERVER[0]}" line || break
		[[ "$line" =~ ^ACCEPT.*:([0-9]+)$ ]] && port=${BASH_REMATCH[1]} && return 0
	done
	return 1
}

teardown() {
	[ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
}

@test "prune --keep-working refuses to break an endpoint, and goes on where it does not" {
	serve || skip "no server could be started on loopback"
	fill
	rootcellar import -q --yes root.pem
	expect 1 rootcellar prune --yes 'Served Root' --keep-working "127.0.0.1:$port"
	says "would break 1 target"
	[[ "$(entries)" == *"anchor Served Root"* ]]
	expect 0 rootcellar prune --yes --orphans --keep-working "127.0.0.1:$port"
	[[ "$(entries)" != *"Orphan CA"* ]]
	[[ "$(entries)" == *"anchor Served Root"* ]]
}

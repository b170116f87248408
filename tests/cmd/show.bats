load ../lib/setup

@test "show tells what an entry says, who signed it, and where it came from" {
	fill
	expect 0 rootcellar show 'Alpha Issuing CA'
	prints "Alpha Issuing CA"
	prints "Alpha Root"
	prints "2040-01-01"
	prints "three.pem"
	[[ "${output//[: ]/}" == *"$(sha256 "$CERTS/alpha-ca.pem")"* ]]
}

@test "show tells whom an entry signed" {
	fill
	expect 0 rootcellar show 'Alpha Root'
	prints "Alpha Issuing CA"
}

@test "show --format json has the fields of list and more" {
	fill
	rootcellar show -q --format json 'Alpha Root' >show.json
	[ "$(json 'd["entries"][0]["subject"]' <show.json)" = "CN=Alpha Root" ]
	[ "$(json 'd["entries"][0]["trust"]' <show.json)" = anchor ]
}

@test "show of a file shows every certificate of it" {
	expect 0 rootcellar show --store "$CERTS/three.p7b"
	prints "Alpha Root"
	prints "Beta Root"
}

@test "show refuses a name that no entry has" {
	fill
	expect 2 rootcellar show 'Nobody'
	says "Nobody"
}

@test "show keeps to the width of the terminal, the fingerprint in two halves where it must" {
	local sha width
	sha=$(sha256 "$CERTS/alpha-ca.pem")
	for width in 60 80; do
		expect 0 env COLUMNS=$width "$program" show --store "$CERTS/three.pem" 'Alpha Issuing CA'
		! grep -v '^  from \|http' <<<"$output" | grep -E "^.{$((width + 1))}"
		prints "${sha:0:32}"
		prints "${sha:32}"
	done
	unset COLUMNS
	expect 0 rootcellar show --store "$CERTS/three.pem" 'Alpha Issuing CA'
	prints "$sha"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out wide.pem \
		-subj '/C=ES/O=Fabrica-Nacional-De-Moneda/OU=Ceres-Servidores-Seguros/CN=Wide' 2>/dev/null
	expect 0 env COLUMNS=60 "$program" show --store ./wide.pem Wide
	! grep -v '^  from ' <<<"$output" | grep -E "^.{61}"
}

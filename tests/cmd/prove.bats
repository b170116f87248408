# validate --prove: the clients themselves, asked about real endpoints and files.
load ../lib/setup
load ../lib/endpoints

# outcomes: "client outcome" of each proof of the JSON report in $output; whether as predicted.
outcomes() {
	json '"; ".join("%s %s" % (p["client"], p["outcome"]) for p in d["validations"][0]["proofs"])' <<<"$output"
}
all_as_predicted() {
	[ "$(json 'all(p["as_predicted"] for p in d["validations"][0]["proofs"])' <<<"$output")" = True ] ||
		{ echo "$output"; return 1; }
}

all=openssl,gnutls,java,curl,python

@test "five clients accept an endpoint whose chain completes, and refuse one that sends its leaf alone, in their own words" {
	in_world
	trusting root
	expect 0 rootcellar validate -q --format json --prove $all "$(at whole)"
	[ "$(outcomes)" = "openssl accepts; gnutls accepts; java accepts; curl accepts; python accepts" ]
	all_as_predicted
	expect 1 rootcellar validate -q --format json --prove $all "$(at alone)"
	[ "$(outcomes)" = "openssl refuses; gnutls refuses; java refuses; curl refuses; python refuses" ]
	all_as_predicted
	prints "PKIX path building failed"
	expect 1 rootcellar validate --prove openssl,gnutls "$(at alone)"
	prints "verify error:num=20:unable to get local issuer certificate"
	prints "The certificate issuer is unknown"
	prints "openssl refuses, as predicted (/usr/bin/openssl)"
	compgen -G "$TMPDIR/rootcellar-prove-*" && return 1
	[ ! -e "$HOME/.gnutls" ]
}

@test "a name that the certificate does not bear is refused by the clients as well" {
	in_world
	trusting root
	expect 1 rootcellar validate -q --format json --prove openssl,gnutls,java,curl,python \
		--hostname wrong.example --sni wrong.example "$(at whole)"
	[ "$(outcomes)" = "openssl refuses; gnutls refuses; java refuses; curl refuses; python refuses" ]
	all_as_predicted
	expect 0 rootcellar validate -q --format json --prove curl,python --sni other.example "$(at whole)"
	[ "$(outcomes)" = "curl unable; python unable" ]
}

@test "files are judged by the clients that judge files" {
	in_world
	expect 0 rootcellar validate -q --format json --anchors root.pem --untrusted ca.pem --prove $all short.pem
	[ "$(outcomes)" = "openssl accepts; gnutls accepts; java accepts; curl unable; python unable" ]
	expect 1 rootcellar validate -q --format json --anchors root.pem --prove openssl,gnutls,java short.pem
	[ "$(outcomes)" = "openssl refuses; gnutls refuses; java refuses" ]
	all_as_predicted
	expect 1 rootcellar validate -q --format json --anchors root.pem --untrusted ca.pem --hostname wrong.example \
		--prove openssl,gnutls,java short.pem
	[ "$(outcomes)" = "openssl refuses; gnutls refuses; java unable" ]
}

@test "what a client repeats of a hostile certificate moves no terminal" {
	in_world
	expect 1 rootcellar validate --anchors stranger.pem --prove openssl,gnutls --color never hostile.pem
	prints "openssl refuses"
	! grep -q $'\e' <<<"$output"
}

@test "a client that is not installed is said to be so" {
	in_world
	trusting root
	unshare -rm true || skip "no mount namespace can be made here"
	expect 0 unshare -rm sh -c 'mount --bind /dev/null /usr/bin/curl && exec "$@"' sh \
		"$program" validate -q --prove curl "$(at whole)"
	prints "curl is not installed"
}

@test "what cannot be asked is refused before anyone is" {
	in_world
	trusting root
	expect 2 rootcellar validate --prove safari "$(at whole)"
	says "'safari' is no client that can be asked"
	says "openssl, gnutls, java, curl, python"
	expect 2 rootcellar validate --prove openssl --at 2030-01-01 "$(at whole)"
	expect 2 rootcellar validate --prove openssl --presented whole.chain
	expect 2 rootcellar validate --prove , "$(at whole)"
	expect 4 rootcellar validate -q --format json --prove openssl "$(at refused)"
}

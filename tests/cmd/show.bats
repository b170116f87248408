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

load ../lib/setup

@test "remove takes an entry out, named by its fingerprint" {
	fill
	expect 0 rootcellar remove --yes "$(sha256 "$CERTS/beta-root.pem" | cut -c1-16)"
	prints "Beta Root"
	[[ "$(entries)" != *"Beta Root"* ]]
	[ "$(entries | wc -l)" -eq 3 ]
}

@test "remove takes out the certificates of a file" {
	fill
	expect 0 rootcellar remove --yes "$CERTS/three.pem"
	[ "$(entries)" = "intermediate Orphan CA" ]
}

@test "remove refuses a pattern or filter that names several entries unless --all is given" {
	fill
	expect 2 rootcellar remove --yes '*Root'
	says "2 entries"
	expect 2 rootcellar remove --yes --trust anchor
	[ "$(entries | wc -l)" -eq 4 ]
	expect 0 rootcellar remove --yes --all --trust anchor
	[ "$(entries | wc -l)" -eq 2 ]
}

@test "remove wants something to be named" {
	fill
	expect 2 rootcellar remove --yes
	expect 2 rootcellar remove --yes --all
	[ "$(entries | wc -l)" -eq 4 ]
}

@test "remove is refused without --yes where nobody can be asked, and --dry-run changes nothing" {
	fill
	expect 2 rootcellar remove 'Beta Root'
	expect 0 rootcellar remove --dry-run 'Beta Root'
	[ "$(entries | wc -l)" -eq 4 ]
}

@test "remove works on a cellar only" {
	expect 2 rootcellar remove --yes --store "$CERTS/three.pem" 'Beta Root'
	says "cellar"
}

load ../lib/setup

@test "trust distrusted forbids an entry" {
	fill
	expect 0 rootcellar trust --yes distrusted 'Beta Root'
	prints "Beta Root"
	[[ "$(entries)" == *"distrusted Beta Root"* ]]
}

@test "trust anchor with purposes and a date bounds it, and keeps what is not said anew" {
	fill
	expect 0 rootcellar trust --yes anchor 'Alpha Root' --purpose server-auth --distrust-after 2027-06-30
	rootcellar list -q --format json 'Alpha Root' >bound.json
	[ "$(json 'd["entries"][0]["constraints"][0]["purposes"]' <bound.json)" = "['server-auth']" ]
	[[ "$(json 'd["entries"][0]["constraints"][0]["issued_before"]["server-auth"]' <bound.json)" == 2027-06-30T* ]]
	rootcellar trust -q --yes anchor 'Alpha Root' --distrust-after never
	rootcellar list -q --format json 'Alpha Root' >lifted.json
	[ "$(json 'd["entries"][0]["constraints"][0]["purposes"]' <lifted.json)" = "['server-auth']" ]
	[ "$(json 'd["entries"][0]["constraints"][0]["issued_before"]' <lifted.json)" = "{}" ]
	rootcellar trust -q --yes anchor 'Alpha Root' --purpose any
	[ "$(rootcellar list -q --format json 'Alpha Root' | json 'd["entries"][0]["constraints"]')" = None ]
}

@test "trust intermediate takes trust away from an anchor" {
	fill
	rootcellar trust -q --yes anchor 'Alpha Root' --purpose server-auth
	expect 0 rootcellar trust --yes intermediate 'Alpha Root'
	[ "$(rootcellar list -q --format json 'Alpha Root' | json 'd["entries"][0]["constraints"]')" = None ]
	[[ "$(entries)" == *"intermediate Alpha Root"* ]]
}

@test "trust refuses a pattern that names several entries unless --all is given" {
	fill
	expect 2 rootcellar trust --yes distrusted '*Root'
	says "--all"
	expect 0 rootcellar trust --yes --all distrusted '*Root'
	[ "$(entries | grep -c distrusted)" -eq 2 ]
}

@test "trust is refused without --yes where nobody can be asked" {
	fill
	expect 2 rootcellar trust distrusted 'Beta Root'
	says "--yes"
	[[ "$(entries)" == *"anchor Beta Root"* ]]
}

@test "trust --dry-run changes nothing" {
	fill
	expect 0 rootcellar trust --dry-run distrusted 'Beta Root'
	[[ "$(entries)" == *"anchor Beta Root"* ]]
}

@test "trust wants a known trust, an entry, and bounds for anchors only" {
	fill
	expect 2 rootcellar trust friend 'Beta Root'
	says "friend"
	expect 2 rootcellar trust anchor
	expect 2 rootcellar trust anchor 'Nobody'
	expect 2 rootcellar trust distrusted 'Beta Root' --purpose email
	expect 2 rootcellar trust anchor 'Beta Root' --distrust-after yesterday
	says "yesterday"
}

load ../lib/setup

# A root, an authority and a leaf by openssl ca, which keeps their lists; each list by openssl too.
authorities() {
	export CA=root

	cat >ca.cnf <<-'X'
		[ca]
		default_ca = own
		[own]
		database = $ENV::CA.index
		serial = $ENV::CA.serial
		crlnumber = $ENV::CA.number
		certificate = $ENV::CA.pem
		private_key = $ENV::CA.key
		new_certs_dir = .
		default_md = sha256
		default_days = 365
		default_crl_days = 30
		policy = name
		unique_subject = no
		[name]
		commonName = supplied
		[req]
		distinguished_name = dn
		[dn]
		[authority]
		basicConstraints = critical,CA:TRUE
		keyUsage = critical,keyCertSign,cRLSign
		subjectKeyIdentifier = hash
		[certs_only]
		basicConstraints = critical,CA:TRUE
		keyUsage = critical,keyCertSign
		subjectKeyIdentifier = hash
		[server]
		subjectAltName = DNS:shop.example
		[parted]
		subjectAltName = DNS:shop.example
		crlDistributionPoints = URI:http://crl.example/1.crl
		[elsewhere]
		subjectAltName = DNS:shop.example
		crlDistributionPoints = at_lister
		[at_lister]
		fullname = URI:http://crl.example/all.crl
		CRLissuer = dirName:lister_name
		[lister_name]
		CN = lister
		[lister]
		keyUsage = critical,cRLSign
		[whole]
		authorityKeyIdentifier = keyid
		[part_1]
		authorityKeyIdentifier = keyid
		issuingDistributionPoint = critical,@point_1
		[point_1]
		fullname = URI:http://crl.example/1.crl
		onlyuser = TRUE
		[part_2]
		authorityKeyIdentifier = keyid
		issuingDistributionPoint = critical,@point_2
		[point_2]
		fullname = URI:http://crl.example/2.crl
		[some]
		authorityKeyIdentifier = keyid
		issuingDistributionPoint = critical,@some_point
		[some_point]
		onlysomereasons = keyCompromise,CACompromise
		[indirect]
		authorityKeyIdentifier = keyid
		issuingDistributionPoint = critical,@indirect_point
		[indirect_point]
		fullname = URI:http://crl.example/all.crl
		indirectCRL = TRUE
		[strange]
		authorityKeyIdentifier = keyid
		1.2.3.4 = critical,ASN1:NULL
		[fresh]
		authorityKeyIdentifier = keyid
		freshestCRL = URI:http://crl.example/delta.crl
		[delta]
		authorityKeyIdentifier = keyid
		2.5.29.27 = critical,ASN1:INTEGER:1
	X
	request root
	openssl req -x509 -key root.key -subj /CN=root -days 365 -config ca.cnf -extensions authority -out root.pem
	request sub
	issue root sub authority
	request leaf
	issue sub leaf server
}

# request NAME: a key, a request, and what openssl ca needs to act as NAME.
request() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" -subj "/CN=$1" \
		-out "$1.csr" -config ca.cnf 2>/dev/null
	: >"$1.index"
	echo 1001 >"$1.serial"
	echo 01 >"$1.number"
}

# issue ISSUER NAME EXTENSIONS [OPTION]...: NAME.pem.
issue() {
	CA=$1 openssl ca -batch -config ca.cnf -extensions "$3" -in "$2.csr" -out "$2.pem" -notext "${@:4}" 2>/dev/null
}

# list ISSUER FILE [EXTENSIONS] [OPTION]...
list() {
	CA=$1 openssl ca -gencrl -config ca.cnf -crlexts "${3:-whole}" -out "$2" "${@:4}" 2>/dev/null
}

revoke() {
	CA=$1 openssl ca -config ca.cnf -revoke "$2.pem" "${@:3}" 2>/dev/null
}

# judged STATUS [CODE] LIST...: so ends validate with these lists, and openssl verify agrees.
judged() {
	local wanted=$1 code=
	local -a ours=() peer=()

	shift
	if [ "$wanted" -ne 0 ]; then
		code=$1
		shift
	fi
	for list; do
		ours+=(--crl "$list")
		peer+=(-CRLfile "$list")
	done
	expect "$wanted" rootcellar validate -q --offline --format json --anchors root.pem --untrusted sub.pem \
		"${extra[@]}" "${ours[@]}" leaf.pem
	[ -z "$code" ] || [ "$(json 'd["validations"][0]["findings"][0]["code"]' <<<"$output")" = "$code" ] ||
		{ echo "another finding: $output"; return 1; }
	run openssl verify -no-CApath -no-CAstore -CAfile root.pem -untrusted sub.pem "${extra_peer[@]}" \
		-crl_check_all -extended_crl -use_deltas "${peer[@]}" leaf.pem
	[ "$((status != 0))" -eq "$wanted" ] || { echo "openssl verify says otherwise: $output"; return 1; }
}
extra=() extra_peer=()

@test "with lists of every issuer a chain completes, and a revoked certificate says when and why" {
	authorities
	list root root.crl
	list sub sub.crl
	judged 0 root.crl sub.crl
	cat root.crl sub.crl >both.crl
	judged 0 both.crl
	revoke sub leaf -crl_reason keyCompromise
	list sub revoked.crl
	judged 1 revoked root.crl revoked.crl
	expect 1 rootcellar validate --offline --anchors root.pem --untrusted sub.pem --crl root.crl --crl revoked.crl leaf.pem
	prints "'leaf' was revoked on $(date -u +%F) (keyCompromise)"
	prints "To fix:"
	openssl crl -in revoked.crl -outform DER -out revoked.der
	expect 1 rootcellar validate --offline --anchors root.pem --untrusted sub.pem --crl root.crl --crl revoked.der leaf.pem
	prints "(revoked)"
}

@test "a certificate of which no list speaks is unknown, and the path does not complete" {
	authorities
	list root root.crl
	list sub sub.crl
	judged 1 revocation-unknown sub.crl
	judged 1 revocation-unknown root.crl
	echo "no list" >none.crl
	expect 1 rootcellar validate --offline --anchors root.pem --untrusted sub.pem --crl root.crl --crl none.crl leaf.pem
	prints "no revocation list says whether 'leaf' is revoked"
	head -c 200 sub.crl >cut.crl
	expect 1 rootcellar validate --offline --anchors root.pem --untrusted sub.pem --crl root.crl --crl cut.crl leaf.pem
	says "cut.crl: revocation list 1: "
	expect 0 rootcellar validate --offline --anchors root.pem --untrusted sub.pem --crl cut.crl --crl root.crl \
		--crl sub.crl leaf.pem
}

@test "a list that is out of date, of later than now, or that a stranger signed says nothing" {
	authorities
	list root root.crl
	list sub old.crl whole -crl_lastupdate 20260101000000Z -crl_nextupdate 20260102000000Z
	judged 1 revocation-unknown root.crl old.crl
	list sub early.crl whole -crl_lastupdate 20560101000000Z -crl_nextupdate 20570102000000Z
	judged 1 revocation-unknown root.crl early.crl
	cp sub.pem real.pem
	cp sub.key real.key
	request sub
	CA=sub openssl req -x509 -key sub.key -subj /CN=sub -config ca.cnf -extensions authority -out sub.pem
	list sub stranger.crl
	cp real.pem sub.pem
	cp real.key sub.key
	judged 1 revocation-unknown root.crl stranger.crl
	list root strange.crl strange
	list sub sub.crl
	judged 1 revocation-unknown strange.crl sub.crl
}

@test "an authority that may not sign lists has its lists refused" {
	authorities
	list root root.crl
	request sub
	issue root sub certs_only
	request leaf
	issue sub leaf server
	list sub sub.crl
	judged 1 revocation-unknown root.crl sub.crl
}

@test "a part of a list is for certificates of its distribution point" {
	authorities
	list root root.crl
	issue sub leaf parted
	list sub 1.crl part_1
	list sub 2.crl part_2
	judged 1 revocation-unknown root.crl 2.crl
	judged 0 root.crl 2.crl 1.crl
	revoke sub leaf
	list sub 1.crl part_1
	judged 1 revoked root.crl 2.crl 1.crl
	list sub some.crl some
	issue sub leaf parted
	judged 1 revocation-unknown root.crl some.crl
}

@test "a delta list brings its complete list up to date" {
	authorities
	list root root.crl
	list sub complete.crl fresh
	list sub delta.crl delta
	judged 0 root.crl complete.crl delta.crl
	revoke sub leaf -crl_reason certificateHold
	list sub delta.crl delta
	judged 1 revoked root.crl complete.crl delta.crl
	expect 1 rootcellar validate --offline --anchors root.pem --untrusted sub.pem --crl root.crl --crl complete.crl \
		--crl delta.crl leaf.pem
	prints "'leaf' has been on hold since"
	judged 1 revocation-unknown root.crl delta.crl
}

@test "an indirect list counts where the certificate names its issuer and that one has a path" {
	authorities
	list root root.crl
	request lister
	issue root lister lister
	issue sub leaf elsewhere
	cat sub.pem lister.pem >more.pem
	list lister all.crl indirect
	extra=(--untrusted lister.pem) extra_peer=(-untrusted more.pem)
	judged 0 root.crl all.crl
	revoke root lister
	list root root.crl
	judged 1 revocation-unknown root.crl all.crl
}

@test "a revoked authority closes its path, and the search goes on to another of the same name" {
	authorities
	cp sub.pem first.pem
	issue root sub authority
	cp sub.pem second.pem
	list sub sub.crl
	CA=root openssl ca -config ca.cnf -revoke first.pem 2>/dev/null
	list root root.crl
	for order in "first second" "second first"; do
		read -r a b <<<"$order"
		expect 0 rootcellar validate --offline --anchors root.pem --untrusted "$a.pem" --untrusted "$b.pem" \
			--crl root.crl --crl sub.crl leaf.pem
	done
	expect 1 rootcellar validate --offline --anchors root.pem --untrusted first.pem --crl root.crl --crl sub.crl leaf.pem
	prints "'sub' was revoked"
}

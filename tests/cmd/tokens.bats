# PKCS#11: what certutil, p11tool and trust put into a token or show of it, and what rootcellar reads.
load ../lib/setup

MOZILLA=/usr/share/ca-certificates/mozilla

# A token of SoftHSM, 'My Token', with the PIN 1234; $softhsm is its library.
make_token() {
	need softhsm2-util p11tool
	softhsm=$(find /usr/lib /usr/lib64 -name libsofthsm2.so 2>/dev/null | head -1)
	[ -n "$softhsm" ] || skip "SoftHSM's library is not installed"
	export SOFTHSM2_CONF=$PWD/softhsm.conf
	mkdir tokens
	echo "directories.tokendir = $PWD/tokens" >softhsm.conf
	softhsm2-util --init-token --free --label 'My Token' --pin 1234 --so-pin 12345678 >log
	token="pkcs11:token=My%20Token?module-path=$softhsm"
}

# p11tool_write FILE LABEL [OPTION]...: puts a certificate into the token.
p11tool_write() {
	local file=$1 label=$2

	shift 2
	p11tool --provider "$softhsm" --login --set-pin 1234 --write --batch --label "$label" \
		--load-certificate "$file" "$@" 'pkcs11:token=My%20Token' >log 2>&1 || { cat log; return 1; }
}

@test "a database that certutil made is read with what its certificates are trusted for" {
	need certutil
	mkdir db
	certutil -N -d sql:db --empty-password
	certutil -A -d sql:db -n alpha -t C,, -a -i "$CERTS/alpha-root.pem"
	certutil -A -d sql:db -n beta -t CT,C,C -a -i "$CERTS/beta-root.pem"
	certutil -A -d sql:db -n old -t p,p,p -a -i "$CERTS/old-root.pem"
	certutil -A -d sql:db -n ca -t ,, -a -i "$CERTS/alpha-ca.pem"
	expect 0 rootcellar list --store ./db
	says "2 anchors, 1 intermediate, 1 distrusted"
	[ "$(entries --store nss:db)" = "intermediate Alpha Issuing CA
anchor Alpha Root
anchor Beta Root
distrusted Old Root" ]
	rootcellar list -q --store ./db --format json >list.json
	[ "$(json '{e["label"]: e["constraints"][0]["purposes"] for e in d["entries"] if e["constraints"]}["alpha"]' <list.json)" = "['server-auth']" ]
	# Reading leaves the folder as it was.
	[ "$(ls db)" = "cert9.db
key4.db
pkcs11.txt" ]
	expect 2 rootcellar list --store nss:.
	says "it has no cert9.db of NSS's"
}

@test "a database with a password on it is read without the password" {
	need certutil
	mkdir "it's"
	echo secret >password
	certutil -N -d "sql:it's" -f password
	certutil -A -d "sql:it's" -n alpha -t C,, -a -f password -i "$CERTS/alpha-root.pem"
	expect 0 rootcellar list -q --store "./it's"
	prints "Alpha Root"
}

@test "NSS's built-in roots have purposes and dates, and are those of p11tool" {
	need p11tool
	p11tool --provider libnssckbi.so --list-tokens >log 2>&1 || true
	library=$(find /usr/lib /usr/lib64 -name libnssckbi.so 2>/dev/null | head -1)
	[ -n "$library" ] || skip "NSS's built-in roots are not installed"
	rootcellar list -q --store "pkcs11:?module-path=$library" --format json >list.json
	p11tool --provider "$library" --list-all-certs 'pkcs11:token=Builtin%20Object%20Token' >tool.txt 2>log
	[ "$(json 'len(d["entries"])' <list.json)" -eq "$(grep -c 'Type: X.509' tool.txt)" ]
	[ "$(json 'all(e["constraints"] for e in d["entries"] if e["trust"] == "anchor")' <list.json)" = True ]
	[ "$(json 'any(c["issued_before"] for e in d["entries"] for c in e["constraints"] or [])' <list.json)" = True ]
	[ "$(json 'all(e["label"] for e in d["entries"])' <list.json)" = True ]
	# By the name alone the loader finds the same.
	rootcellar list -q --store 'pkcs11:?module-path=libnssckbi.so' --format json >other.json
	cmp list.json other.json
}

@test "p11-kit's trust is what trust shows" {
	need trust
	trust list --filter=ca-anchors >trust.txt 2>log || skip "trust shows nothing here"
	[ -s trust.txt ] || skip "p11-kit has no anchors here"
	rootcellar list -q --store 'pkcs11:model=p11-kit-trust' --trust anchor --format json >list.json
	trust extract --format=pem-bundle --filter=ca-anchors anchors.pem
	[ "$(json 'len({e["sha256"] for e in d["entries"]})' <list.json)" -eq "$(grep -c BEGIN anchors.pem)" ]
}

@test "a token of SoftHSM is read, and a certificate marked as trusted there is an anchor" {
	make_token
	p11tool_write "$CERTS/alpha-root.pem" alpha
	p11tool_write "$CERTS/beta-root.pem" beta --so-login --set-so-pin 12345678 --mark-trusted
	expect 0 rootcellar list --store "$token"
	[ "$(entries --store "$token")" = "unsaid Alpha Root
anchor Beta Root" ]
	[ "$(entries --store "$token+$CERTS/old-root.pem")" = "unsaid Alpha Root
anchor Beta Root
unsaid Old Root" ]
	rootcellar list -q --store "$token" --format json >list.json
	[ "$(json '{e["origin"][0]["ref"] for e in d["entries"]}' <list.json)" = "{'pkcs11:token=My%20Token'}" ]
}

@test "a private certificate is shown to who says the PIN, and a wrong PIN is tried once" {
	make_token
	p11tool_write "$CERTS/alpha-root.pem" alpha --mark-private
	expect 2 rootcellar list --store "$token"
	says "it holds no certificate"
	says "--password-file"
	PIN=1234 expect 0 rootcellar list -q --store "$token" --password-env PIN
	prints "Alpha Root"
	PIN=9999 expect 2 rootcellar list --store "$token" --password-env PIN
	says "the token refuses the login"
}

@test "export writes into a token what p11tool shows, takes back what is not wanted, and leaves what is of others" {
	make_token
	p11tool_write "$CERTS/old-root.pem" old
	fill
	expect 5 rootcellar export -o "$token"
	says "the token wants its PIN before it is written"
	PIN=9999 expect 5 rootcellar export -o "$token" --password-env PIN
	says "the token refuses the login"
	PIN=1234 expect 0 rootcellar export -o "$token" --password-env PIN
	says "2 anchors"
	p11tool --provider "$softhsm" --list-all-certs 'pkcs11:token=My%20Token' >tool.txt 2>log
	[ "$(sed -n 's/^\s*Label: //p' tool.txt | sort)" = "Alpha Issuing CA
Alpha Root
Beta Root
old" ]
	# The same again is no second copy; what is not selected goes, and what p11tool wrote stays.
	PIN=1234 expect 0 rootcellar export -q -o "$token" --password-env PIN
	[ "$(entries --store "$token" | wc -l)" -eq 4 ]
	PIN=1234 expect 0 rootcellar export -o "$token" --password-env PIN 'Beta Root'
	says "0 added, 0 changed, 2 removed"
	[ "$(entries --store "$token")" = "unsaid Beta Root
unsaid Old Root" ]
	p11tool --provider "$softhsm" --export 'pkcs11:token=My%20Token;object=Beta%20Root;type=cert' >beta.pem 2>log
	[ "$(sha256 beta.pem)" = "$(sha256 "$CERTS/beta-root.pem")" ]
	expect 2 rootcellar export --as jks -o "$token"
	says "a token has no format that --as could say"
	expect 2 rootcellar export -o 'pkcs11:token=nobody%20has%20it'
	says "the URI names 0 tokens, and one is written"
	expect 5 rootcellar export -o 'pkcs11:?module-path=libnssckbi.so'
	says "the token can only be read"
}

@test "anchors in a token are marked by its security officer, and --lossy says what becomes of those that are not" {
	make_token
	fill
	export PIN=1234 SO=12345678
	expect 1 rootcellar export --lossy fail -o "$token" --password-env PIN
	says "the token would not know that 2 certificates are anchors"
	says "--security-officer"
	expect 5 rootcellar export --lossy drop -o "$token" --password-env PIN
	says "nothing would be left to export"
	expect 0 rootcellar export -q -o "$token" --password-env PIN
	says "the token would not know that 2 certificates are anchors"
	[ "$(entries --store "$token" | cut -d' ' -f1 | sort -u)" = unsaid ]
	expect 0 rootcellar export --lossy fail -o "$token" --password-env SO --security-officer
	says "0 added, 2 changed, 0 removed"
	[ "$(entries --store "$token")" = "unsaid Alpha Issuing CA
anchor Alpha Root
anchor Beta Root" ]
	p11tool --provider "$softhsm" --list-all-certs 'pkcs11:token=My%20Token' >tool.txt 2>log
	[ "$(grep -A2 'Label: Alpha Root' tool.txt | grep -c CKA_TRUSTED)" -eq 1 ]
	[ "$(grep -A2 'Label: Alpha Issuing CA' tool.txt | grep -c CKA_TRUSTED)" -eq 0 ]
	expect 0 rootcellar export -o "$token" --password-env SO --security-officer
	says "nothing was changed"
	# What is distrusted is never written where nobody can say that it is.
	rootcellar trust -q --yes distrusted 'Beta Root'
	expect 0 rootcellar export -o "$token" --password-env PIN
	says "1 distrusted entry was left out"
	says "0 added, 0 changed, 1 removed"
	[ "$(entries --store "$token")" = "unsaid Alpha Issuing CA
anchor Alpha Root" ]
	expect 2 rootcellar export --security-officer -o x.pem
	says "--security-officer writes into a token, and none is named"
}

# certutil's nicknames and flags, a line each.
flags() {
	certutil -L -d "sql:$1" | sed -n '/,.*,/s/  *\([^ ]*\) *$/: \1/p' | grep -v Attributes | sed 1d | sort
}

@test "export writes a database of NSS's with trust and distrust as certutil shows them, and twice is once" {
	need certutil
	fill
	rootcellar import -q --yes "$CERTS/old-root.pem"
	rootcellar trust -q --yes distrusted 'Old Root'
	rootcellar trust -q --yes anchor 'Alpha Root' --purpose server-auth
	mkdir db
	certutil -N -d sql:db --empty-password
	expect 0 rootcellar export -o nss:db
	says "2 anchors, 1 intermediate, 1 distrusted"
	says "4 added, 0 changed, 0 removed"
	[ "$(flags db)" = "Alpha Issuing CA: ,,
Alpha Root: C,,
Beta Root: CT,C,C
Old Root: p,p,p" ]
	sha256sum db/cert9.db >before
	expect 0 rootcellar export -o ./db
	says "it held all of that already: nothing was changed"
	sha256sum -c before
	# NSS's own verdict: one chains to an anchor, and one is distrusted.
	certutil -V -d sql:db -u V -n 'Alpha Issuing CA' >log || certutil -V -d sql:db -u L -n 'Alpha Issuing CA' >log
	run certutil -V -d sql:db -u L -n 'Old Root'
	[ "$status" -ne 0 ]
	rootcellar trust -q --yes distrusted 'Beta Root'
	rootcellar remove -q --yes 'Old Root'
	expect 0 rootcellar export -o nss:db
	says "0 added, 1 changed, 1 removed"
	[ "$(flags db)" = "Alpha Issuing CA: ,,
Alpha Root: C,,
Beta Root: p,p,p" ]
}

@test "a database that is not there is made, and what certutil put into one stays" {
	need certutil
	fill
	expect 0 rootcellar export -q -o nss:new
	[ "$(flags new)" = "Alpha Issuing CA: ,,
Alpha Root: CT,C,C
Beta Root: CT,C,C" ]
	mkdir db
	certutil -N -d sql:db --empty-password
	certutil -A -d sql:db -n mine -t ,, -a -i "$CERTS/beta-root.pem"
	certutil -A -d sql:db -n 'Alpha Root' -t C,, -a -i "$CERTS/old-root.pem"
	expect 0 rootcellar export -o nss:db
	says "2 added, 0 changed, 0 removed"
	says "1 certificate that is there by others has another trust, and stays as it is"
	# Two of one label are no database of NSS's.
	[ "$(flags db | sed 's/([0-9a-f]*)/(...)/')" = "Alpha Issuing CA: ,,
Alpha Root (...): CT,C,C
Alpha Root: C,,
mine: ,," ]
	rootcellar trust -q --yes distrusted 'Beta Root'
	expect 0 rootcellar export -o nss:db 'Beta Root'
	says "0 added, 1 changed, 2 removed"
	[ "$(flags db)" = "Alpha Root: C,,
mine: p,p,p" ]
}

@test "a database with a password on it is written with the password, and else not at all" {
	need certutil
	fill
	mkdir db
	echo secret >password
	echo wrong >wrong
	certutil -N -d sql:db -f password
	expect 5 rootcellar export -o nss:db
	says "db: the token wants its PIN before it is written"
	expect 5 rootcellar export -o nss:db --password-file wrong
	says "the token refuses the login"
	[ -z "$(flags db)" ]
	expect 0 rootcellar export -q -o nss:db --password-file password
	[ "$(flags db)" = "Alpha Issuing CA: ,,
Alpha Root: CT,C,C
Beta Root: CT,C,C" ]
	# A new one gets the password that is said.
	expect 0 rootcellar export -q -o nss:new --password-file password
	certutil -K -d sql:new -f password >log 2>&1 || grep 'no keys found' log
	run certutil -K -d sql:new -f wrong
	[[ "$output" == *"SEC_ERROR_BAD_PASSWORD"* ]]
	expect 5 rootcellar export -q -o nss:/dev/null
	[ -c /dev/null ]
}

@test "a URI with a PIN, an object, a part that nobody knows or no token is refused" {
	for uri in 'pkcs11:token=x?pin-value=1234' 'pkcs11:token=x?pin-source=/etc/passwd'; do
		expect 2 rootcellar list --store "$uri"
		says "a PIN on the command line is one that everybody can see"
	done
	expect 2 rootcellar list --store 'pkcs11:object=x'
	says "a store is a whole token"
	expect 2 rootcellar list --store 'pkcs11:colour=x'
	says "has a part that is not known"
	expect 2 rootcellar list --store 'pkcs11:token=%zz'
	says "this is no PKCS#11 URI"
	expect 2 rootcellar list --store 'pkcs11:token=nobody%20has%20it'
	says "no token is there that this URI names"
	expect 2 rootcellar list --store 'pkcs11:?module-path=../x.so'
	says "module-path is the name of a library, or a path from '/' on"
	expect 2 rootcellar list --store 'pkcs11:?module-path=/nowhere/x.so'
	says "cannot load the PKCS#11 module '/nowhere/x.so'"
}

@test "nothing of p11-kit is loaded where no token is asked for" {
	need strace
	strace -f -e trace=openat -o trace "$program" --version >log || skip "strace may not trace here"
	! grep -E 'p11-kit|softokn|gnutls' trace
}

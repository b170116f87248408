load ../lib/setup

@test "export writes anchors and the intermediates that chain to them, and OpenSSL reads them" {
	fill
	expect 0 rootcellar export -o ca.pem
	says "2 anchors, 1 intermediate (Java and GnuTLS take these for anchors)"
	says "1 intermediate that chains to none of these was left out"
	run openssl storeutl -noout -certs ca.pem
	[ "${lines[-1]}" = "Total found: 3" ]
	openssl verify -CAfile ca.pem "$CERTS/leaf.pem"
	certtool --verify --load-ca-certificate ca.pem --infile "$CERTS/leaf.pem"
}

@test "export writes to standard output unless -o says otherwise" {
	fill
	expect 0 rootcellar export
	[ "$(grep -c 'BEGIN CERTIFICATE' <<<"$output")" -eq 3 ]
}

@test "export gives the same bytes for the same store, whatever its order" {
	cat "$CERTS/beta-root.pem" "$CERTS/alpha-root.pem" "$CERTS/alpha-ca.pem" >other.pem
	rootcellar export -q --store "$CERTS/three.pem" -o one.pem
	rootcellar export -q --store other.pem -o two.pem
	cmp one.pem two.pem
	run ! grep -q $'\r' one.pem
}

@test "export never writes what is distrusted, and counts what has expired" {
	fill
	rootcellar import -q --yes "$CERTS/old-root.pem"
	rootcellar trust -q --yes distrusted 'Beta Root'
	expect 0 rootcellar export -o ca.pem
	says "1 expired entry was left out"
	says "1 distrusted entry was left out"
	rootcellar list -q --store ca.pem --format csv >list.csv
	run ! grep -E 'Old Root|Beta Root' list.csv
	expect 0 rootcellar export --at 2014-01-01 --as pem -o then.pem
	[[ "$(entries --store then.pem)" == *"Old Root"* ]]
}

@test "export --only anchors leaves the intermediates out" {
	fill
	expect 0 rootcellar export --only anchors -o ca.pem
	[ "$(entries --store ca.pem)" = "unsaid Alpha Root
unsaid Beta Root" ]
	expect 2 rootcellar export --only intermediates
}

@test "export leaves out anchors that are not for TLS servers, and their intermediates" {
	fill
	rootcellar trust -q --yes anchor 'Alpha Root' --purpose email
	expect 0 rootcellar export -o ca.pem
	says "1 anchor that is not for TLS servers was left out"
	[ "$(entries --store ca.pem)" = "unsaid Beta Root" ]
}

@test "export writes DER, PKCS#7, a folder and p11-kit files that other programs read" {
	fill
	rootcellar export -q --as der 'Beta Root' -o beta.der
	openssl x509 -inform DER -in beta.der -noout
	rootcellar export -q --as pkcs7 -o ca.p7b
	[ "$(openssl pkcs7 -inform DER -in ca.p7b -print_certs | grep -c BEGIN)" -eq 3 ]
	rootcellar export -q --as pem-directory -o ./folder
	[ "$(find folder -name '*.pem' | wc -l)" -eq 3 ]
	rootcellar export -q --as p11-kit -o ca.p11-kit
	[ "$(entries --store ca.p11-kit)" = "intermediate Alpha Issuing CA
anchor Alpha Root
anchor Beta Root" ]
	expect 2 rootcellar export --as pem-directory
	says "-o"
	expect 2 rootcellar export --as jks2 -o x
	says "jks2"
}

@test "export as p11-kit gives p11-kit's own module the trust that the store states" {
	module=$(pkg-config --variable=p11_module_path p11-kit-1 2>/dev/null)/p11-kit-trust.so
	command -v p11tool >/dev/null && [ -e "$module" ] || skip "no p11tool or p11-kit trust module here"
	fill
	mkdir folder
	expect 0 rootcellar export --as p11-kit -o folder/ca.p11-kit
	witness=(p11tool --provider "$module" --provider-opts "p11-kit:paths='$PWD/folder'")
	"${witness[@]}" --list-all-certs 'pkcs11:token=folder' >all.txt
	[ "$(grep -c 'Label:' all.txt)" -eq 3 ]
	[ "$(grep -A2 'Label: Alpha Root' all.txt | grep -c CKA_TRUSTED)" -eq 1 ]
	[ "$(grep -A2 'Label: Alpha Issuing CA' all.txt | grep -c CKA_TRUSTED)" -eq 0 ]
}

@test "export keeps the format of the file that it replaces" {
	fill
	rootcellar export -q --as pkcs7 -o ca.p7b
	rootcellar export -q -o ca.p7b
	openssl pkcs7 -inform DER -in ca.p7b -print_certs -noout
}

@test "export says what a format cannot hold, and --lossy decides" {
	fill
	rootcellar trust -q --yes anchor 'Alpha Root' --distrust-after 2025-01-01
	expect 0 rootcellar export --at 2025-06-01 -o grace.pem
	says "1 anchor is written without its bounds"
	[ "$(entries --store grace.pem | wc -l)" -eq 3 ]
	expect 0 rootcellar export --at 2026-06-01 -o late.pem
	says "1 anchor was left out"
	[ "$(entries --store late.pem)" = "unsaid Beta Root" ]
	expect 0 rootcellar export --at 2026-06-01 --lossy keep -o keep.pem
	[ "$(entries --store keep.pem | wc -l)" -eq 3 ]
	expect 0 rootcellar export --at 2025-06-01 --lossy drop -o drop.pem
	[ "$(entries --store drop.pem)" = "unsaid Beta Root" ]
	expect 1 rootcellar export --at 2025-06-01 --lossy fail -o fail.pem
	[ ! -e fail.pem ]
	expect 0 rootcellar export --at 2025-06-01 --lossy fail --as p11-kit -o full.p11-kit
	expect 2 rootcellar export --lossy maybe
}

@test "export refuses an empty result and leaves the file that is there" {
	cp "$CERTS/three.pem" ca.pem
	expect 5 rootcellar export --store "$CERTS/leaf.pem" -o ca.pem
	cmp ca.pem "$CERTS/three.pem"
}

@test "export refuses to take more than half of a file away unless --yes is given" {
	fill
	rootcellar export -q -o ca.pem
	expect 5 rootcellar export 'Beta Root' -o ca.pem
	says "--yes"
	[ "$(entries --store ca.pem | wc -l)" -eq 3 ]
	expect 0 rootcellar export --yes 'Beta Root' -o ca.pem
	[ "$(entries --store ca.pem)" = "unsaid Beta Root" ]
}

@test "export does not write over a file that is no store, nor over a cellar" {
	fill
	echo "my diary" >diary.txt
	expect 5 rootcellar export -o diary.txt
	[ "$(cat diary.txt)" = "my diary" ]
	expect 5 rootcellar export --yes -o "$ROOTCELLAR_STORE"
	says "cellar"
}

@test "export --dry-run writes nothing" {
	fill
	expect 0 rootcellar export --dry-run -o ca.pem
	says "2 anchors, 1 intermediate"
	[ ! -e ca.pem ]
}

@test "export says that the disk is full or the folder read-only, and leaves the old file" {
	[ -c /dev/full ] || skip "no /dev/full here"
	fill
	run --separate-stderr bash -c "'$program' export >/dev/full"
	[ "$status" -eq 5 ]
	says "No space left"
	expect 5 rootcellar export -o "$PWD/absent/ca.pem"
	says "absent"
}

@test "export --in-place writes into the file itself" {
	fill
	: >ca.pem
	inode=$(stat -c %i ca.pem)
	expect 0 rootcellar export --in-place -o ca.pem
	[ "$(stat -c %i ca.pem)" = "$inode" ]
	[ "$(entries --store ca.pem | wc -l)" -eq 3 ]
}

@test "export says what it wrote and where, and writes no bytes that are no text to a terminal" {
	fill
	expect 0 rootcellar export -o out.pem
	says "out.pem: 2 anchors"
	expect 0 rootcellar export
	says "standard output: 2 anchors"
	run script -qec "'$program' export --as der -q 'Beta Root'" /dev/null </dev/null
	[ "$status" -eq 2 ]
	[[ "$output" == *"'der' is no text"*"-o FILE"* ]]
}

@test "export refuses --format, which is for reports, and says what is meant" {
	fill
	expect 2 rootcellar export --format json
	says "--as"
	[ -z "$output" ]
}

@test "export of a cellar that has nothing to hand out says so, and leaves the file as it was" {
	rootcellar import -q --yes -s ./empty "$CERTS/three.pem"
	rootcellar undo -q --yes -s ./empty
	cp "$CERTS/three.pem" out.pem
	expect 5 rootcellar export -s ./empty -o out.pem
	says "nothing would be left to export"
	cmp out.pem "$CERTS/three.pem"
}

@test "export writes OpenSSL's stores, which openssl verifies by" {
	fill
	expect 0 rootcellar export --as openssl-directory -o ./hashed
	expect 0 openssl verify -no-CAfile -no-CAstore -CApath hashed "$CERTS/leaf.pem"
	[[ "$(entries --store ./hashed)" == *"anchor Alpha Root"* ]]
	expect 0 rootcellar export --as openssl-trusted -o trusted.pem
	expect 0 openssl verify -no-CApath -no-CAstore -CAfile trusted.pem "$CERTS/leaf.pem"
	[ "$(entries --store trusted.pem)" = "$(entries --store ./hashed)" ]
	rootcellar export -q --yes --as openssl-directory -o ./hashed 'Beta Root'
	expect 2 openssl verify -no-CAfile -no-CAstore -CApath hashed "$CERTS/leaf.pem"
}

@test "export writes EFI signature lists, and p11-kit's folder with what is not an anchor apart" {
	fill
	expect 0 rootcellar export --as edk2 -o ca.bin
	says "Java and GnuTLS take these for anchors"
	[ "$(rootcellar list -q --format csv --store ca.bin | wc -l)" -eq 4 ]
	expect 0 rootcellar export --as p11-kit-directory -o ./trust
	[ -s trust/anchors/rootcellar.p11-kit ]
	[ -s trust/rootcellar.p11-kit ]
	[ "$(entries --store ./trust)" = "intermediate Alpha Issuing CA
anchor Alpha Root
anchor Beta Root" ]
}

@test "export to a format that is only read is refused, whatever way it is said" {
	fill
	expect 2 rootcellar export --as certdata -o certdata.txt
	says "certdata can only be read"
	says "openssl-directory"
	expect 2 rootcellar export -o certdata:./certdata.txt
	[ ! -e certdata.txt ]
}

@test "export tells where it wrote after it wrote, calls - standard output, and wants a file for --in-place" {
	fill
	run --separate-stderr rootcellar export -o absent/ca.pem
	[ "$status" -ne 0 ]
	[[ "$stderr" != *"ca.pem: 2 anchors"* ]]
	expect 0 rootcellar export -o -
	says "standard output: 2 anchors"
	expect 2 rootcellar export --in-place
	says "--in-place"
	expect 2 rootcellar export --in-place -o -
}

@test "export writes over no private key without --yes" {
	fill
	openssl genpkey -algorithm ed25519 -out key.pem 2>/dev/null
	rootcellar export -q -o ca.pem
	cat ca.pem key.pem >both.pem
	for file in key.pem both.pem; do
		cp "$file" before
		expect 5 rootcellar export -o "$file"
		says "$file' holds a private key"
		cmp "$file" before
	done
	expect 0 rootcellar export -o both.pem --yes
}

@test "export writes what is distrusted as distrusted where the format can say that, and else not" {
	fill
	rootcellar trust -q --yes distrusted 'Beta Root'
	expect 0 rootcellar export --as p11-kit -o ca.p11-kit
	says "1 anchor, 1 intermediate, 1 distrusted"
	[ "$(entries --store ca.p11-kit)" = "intermediate Alpha Issuing CA
anchor Alpha Root
distrusted Beta Root" ]
	expect 0 rootcellar export --as openssl-trusted -o ca.pem
	run openssl verify -CAfile ca.pem "$CERTS/beta-root.pem"
	[ "$status" -ne 0 ]
	expect 0 rootcellar export --as jks -o ca.jks
	says "1 distrusted entry was left out"
}

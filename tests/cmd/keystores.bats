# Keystores of Java and PKCS#12: what other programs make of ours, and we of theirs; passwords.
load ../lib/setup
load ../lib/endpoints

MOZILLA=/usr/share/ca-certificates/mozilla
KEYSTORES=$(realpath "${DATA:-$here/tests/data}")/java

# A keytool lives too briefly for the second compiler and the parallel collector to be worth their start.
keytool() {
	command keytool -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC "$@"
}

# real_roots: Mozilla's, as roots.pem; $n of them.
real_roots() {
	[ -d $MOZILLA ] || skip "no roots in $MOZILLA"
	cat $MOZILLA/*.crt >roots.pem
	n=$(grep -c BEGIN roots.pem)
}

# hand_out FORMAT FILE [OPTION]...: all roots, at a time when none has expired.
hand_out() {
	local format=$1 file=$2

	shift 2
	rootcellar export -q --at 2019-06-01 -s ./roots.pem --as "$format" -o "$file" "$@"
}

# keytool_counts N OPTION...: keytool lists so many trusted certificates.
keytool_counts() {
	local wanted=$1

	shift
	keytool -list -v "$@" </dev/null >listed.txt 2>&1 || { tail -3 listed.txt; return 1; }
	[ "$(grep -c 'Entry type: trustedCertEntry' listed.txt)" -eq "$wanted" ]
	[ "$(grep -c '^Alias name: ' listed.txt)" -eq "$wanted" ]
}

# same_roots STORE [OPTION]...: the certificates of roots.pem and no others.
same_roots() {
	rootcellar list -q --format json -s ./roots.pem | json '"\n".join(sorted(e["sha256"] for e in d["entries"]))' >wanted.txt
	rootcellar list -q --format json -s "$@" | json '"\n".join(sorted(e["sha256"] for e in d["entries"]))' >found.txt
	cmp wanted.txt found.txt
}

@test "keytool lists every real root of a JKS, a JCEKS and a PKCS#12 of ours, with and without a password" {
	need keytool
	real_roots
	echo 'correct horse' >password
	hand_out jks roots.jks
	keytool_counts "$n" -keystore roots.jks -storetype JKS -storepass changeit
	hand_out jks sealed.jks --password-file password
	keytool_counts "$n" -keystore sealed.jks -storetype JKS -storepass 'correct horse'
	hand_out jceks roots.jceks --password-file password
	keytool_counts "$n" -keystore roots.jceks -storetype JCEKS -storepass 'correct horse'
	hand_out pkcs12 roots.p12
	keytool_counts "$n" -keystore roots.p12 -storetype PKCS12
	keytool_counts "$n" -keystore roots.p12 -storetype PKCS12 -storepass anything
	hand_out pkcs12 sealed.p12 --password-file password
	keytool_counts "$n" -keystore sealed.p12 -storetype PKCS12 -storepass 'correct horse'
	run keytool -list -keystore sealed.p12 -storetype PKCS12 -storepass wrong
	[[ "$output" == *"password was incorrect"* ]]
	for store in roots.jks roots.p12; do
		same_roots "./$store"
	done
	for store in sealed.jks roots.jceks sealed.p12; do
		same_roots "./$store" --password-file password
	done
}

@test "what keytool makes of ours is read by us, and nothing is lost" {
	need keytool
	real_roots
	hand_out jks roots.jks
	for type in PKCS12 JCEKS; do
		keytool -importkeystore -srckeystore roots.jks -srcstorepass changeit -deststoretype $type \
			-destkeystore theirs.$type -deststorepass changeit >/dev/null 2>&1
		same_roots ./theirs.$type
		expect 0 rootcellar diff ./roots.jks ./theirs.$type
		says "opened with 'changeit'"
	done
}

@test "openssl pkcs12 and certtool read every certificate of a PKCS#12 of ours, and we of theirs" {
	need openssl certtool
	real_roots
	echo secret >password
	hand_out pkcs12 sealed.p12 --password-file password
	hand_out pkcs12 open.p12
	[ "$(openssl pkcs12 -in sealed.p12 -nokeys -passin pass:secret | grep -c BEGIN)" -eq "$n" ]
	[ "$(openssl pkcs12 -in open.p12 -nokeys -nomacver -passin pass: | grep -c BEGIN)" -eq "$n" ]
	[ "$(certtool --p12-info --inder --infile sealed.p12 --password secret 2>/dev/null | grep -c BEGIN)" -eq "$n" ]
	[ "$(certtool --p12-info --inder --infile open.p12 --null-password 2>/dev/null | grep -c BEGIN)" -eq "$n" ]
	openssl pkcs12 -export -nokeys -in roots.pem -out theirs.p12 -passout pass:secret
	same_roots ./theirs.p12 --password-file password
	openssl pkcs12 -export -legacy -nokeys -in roots.pem -out legacy.p12 -passout pass:secret
	same_roots ./legacy.p12 --password-file password
}

@test "keytool, openssl and certtool read a thousand certificates of a PKCS#12 of ours, and we of keytool's" {
	need keytool openssl certtool
	# One root with a thousand signatures: none is looked at here.
	openssl x509 -in "$CERTS/beta-root.pem" -outform DER | python3 -c '
import base64, sys
der = sys.stdin.buffer.read()
for i in range(1000):
    text = base64.encodebytes(der[:-2] + i.to_bytes(2, "big")).decode()
    print("-----BEGIN CERTIFICATE-----\n" + text + "-----END CERTIFICATE-----")' >thousand.pem
	cp thousand.pem roots.pem
	echo secret >password
	hand_out pkcs12 sealed.p12 --password-file password
	hand_out pkcs12 open.p12
	keytool_counts 1000 -keystore sealed.p12 -storetype PKCS12 -storepass secret
	keytool_counts 1000 -keystore open.p12 -storetype PKCS12
	[ "$(openssl pkcs12 -in sealed.p12 -nokeys -passin pass:secret | grep -c BEGIN)" -eq 1000 ]
	[ "$(certtool --p12-info --inder --infile sealed.p12 --password secret 2>/dev/null | grep -c BEGIN)" -eq 1000 ]
	[ "$(certtool --p12-info --inder --infile open.p12 --null-password 2>/dev/null | grep -c BEGIN)" -eq 1000 ]
	keytool -importkeystore -srckeystore open.p12 -srcstorepass x -deststoretype PKCS12 \
		-destkeystore theirs.p12 -deststorepass changeit >/dev/null 2>&1
	same_roots ./theirs.p12
}

@test "a Java program connects with a trust store of ours, whatever the format, and not with a stranger's" {
	need java javac
	in_world
	javac -d . "$here/tests/cmd/Connect.java"
	connect() { # STORE [PASSWORD]
		java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djavax.net.ssl.trustStore="$1" ${2:+-Djavax.net.ssl.trustStorePassword="$2"} Connect "$(port whole)"
	}
	echo secret >password
	for format in jks jceks pkcs12; do
		rootcellar export -q -s ./root.pem --as $format -o trust.$format --password-file password
	done
	rootcellar export -q -s ./root.pem --as pkcs12 -o open.p12
	rootcellar export -q -s ./stranger.pem --as pkcs12 -o stranger.p12
	[ "$(connect trust.jks secret)" = "connected, 3" ]
	[ "$(connect trust.pkcs12 secret)" = "connected, 3" ]
	[ "$(connect open.p12)" = "connected, 3" ]
	run java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djavax.net.ssl.trustStore=trust.jceks -Djavax.net.ssl.trustStoreType=JCEKS \
		-Djavax.net.ssl.trustStorePassword=secret Connect "$(port whole)"
	[ "$output" = "connected, 3" ]
	run connect stranger.p12
	[ "$status" -eq 1 ]
	[[ "$output" == *"PKIX path building failed"* ]]
}

@test "an intermediate in a PKCS#12 is none of Java's anchors, and in a JKS it is said that it becomes one" {
	need keytool
	rootcellar import -q --yes --trust anchor "$CERTS/alpha-root.pem"
	rootcellar import -q --yes --trust intermediate "$CERTS/alpha-ca.pem"
	expect 0 rootcellar export --as pkcs12 -o both.p12
	[ "$(entries -s ./both.p12)" = $'intermediate Alpha Issuing CA\nanchor Alpha Root' ]
	keytool_counts 1 -keystore both.p12 -storetype PKCS12
	expect 0 rootcellar export --as jks -o both.jks
	says "Java and GnuTLS take these for anchors"
	keytool_counts 2 -keystore both.jks -storetype JKS -storepass changeit
	expect 0 rootcellar export --only anchors --as jks -o anchors.jks
	keytool_counts 1 -keystore anchors.jks -storetype JKS -storepass changeit
}

@test "a password comes from a file, a descriptor or the environment" {
	store=$KEYSTORES/keytool-secret.p12
	printf 'secret\r\nsecond line\n' >file
	expect 0 rootcellar list -s "$store" --password-file file
	expect 0 rootcellar list -s "$store" --password-file <(printf secret)
	expect 0 rootcellar list -s "$store" --password-fd 7 7<file
	expect 0 rootcellar list -s "$store" --password-fd 0 <file
	expect 0 env STORE_PASSWORD=secret "$program" list -s "$store" --password-env STORE_PASSWORD
	# The first line of standard input is the password, what follows is the store.
	{ echo secret; cat "$store"; } >both
	expect 0 rootcellar list -s - --password-fd 0 <both
	prints "One Root"
}

@test "a password that cannot be had is told with where it should have come from, and is never shown" {
	store=$KEYSTORES/keytool.p12
	: >empty
	head -c 5000 /dev/zero | tr '\0' x >long
	printf 'p\351\n' >latin
	for option in --password-file=absent --password-file=. --password-file=empty --password-file=long \
		--password-file=latin --password-fd=99 --password-fd=1 --password-fd=x --password-env=NO_SUCH_NAME; do
		expect 2 rootcellar list -s "$store" "$option"
		says "${option%%=*}"
		[ -z "$output" ]
	done
	expect 2 env P=hunter2 "$program" list -s "$store" --password-env P
	says "'changeit', which everybody knows, does"
	[[ "$stderr" != *hunter2* ]]
	expect 2 rootcellar list -s "$store" --password secret
}

@test "stores of several passwords are opened together, and the last that was said seals what is written" {
	store=$KEYSTORES/keytool-secret.p12+$KEYSTORES/keytool-key.jks
	echo secret >one
	echo changeit >two
	echo new >three
	expect 2 rootcellar list -s "$store" --password-file one
	expect 0 rootcellar list -s "$store" --password-file one --password-file two
	expect 0 rootcellar export -s "$store" --as jks -o new.jks --password-file one --password-file two --password-file three
	expect 0 rootcellar list -s ./new.jks --password-file three
	expect 2 rootcellar list -s ./new.jks --password-file two
}

@test "a person at a terminal is asked, and what is typed is not shown" {
	need script
	store=$KEYSTORES/keytool-secret.p12
	run script -qec "'$program' list -s '$store'" /dev/null < <(sleep 1; printf 'wrong\n'; sleep 1; printf 'secret\n'; sleep 1)
	[ "$status" -eq 0 ]
	[[ "$output" == *"password of '"*"keytool-secret.p12'"*"One Root"* ]]
	expect 2 rootcellar list -s "$store"
	says "--password-file FILE, --password-fd N or --password-env NAME"
}

@test "what can be read without a password is, where that was wanted, and it is said that nothing proves it" {
	expect 2 rootcellar list -s "$KEYSTORES/keytool-secret.jks"
	expect 0 rootcellar list -s "$KEYSTORES/keytool-secret.jks" --without-password
	says "was not checked"
	prints "Two Root"
	expect 2 rootcellar list -s "$KEYSTORES/keytool-secret.p12" --without-password
	says "it is encrypted"
}

@test "the same store gives the same keystore, and SOURCE_DATE_EPOCH dates its entries" {
	need keytool
	echo secret >password
	for format in jks jceks pkcs12; do
		for copy in 1 2; do
			rootcellar export -q -s "$CERTS/three.pem" --as $format -o $copy.$format --password-file password
		done
		cmp 1.$format 2.$format
	done
	SOURCE_DATE_EPOCH=1500000000 rootcellar export -q --at 2026-01-01 -s "$CERTS/three.pem" --as jks -o dated.jks
	keytool -list -keystore dated.jks -storetype JKS -storepass changeit >listed.txt 2>/dev/null
	[ "$(grep -c 'Jul 14, 2017, trustedCertEntry' listed.txt)" -eq 3 ]
}

@test "a store that cannot be read is told, and one that cannot be written is refused before anything is done" {
	expect 2 rootcellar list -s "$KEYSTORES/bcfks.bcfks"
	says "BCFKS"
	expect 2 rootcellar export -s "$CERTS/three.pem" --as bcfks -o new.bcfks
	says "bcfks"
	[ ! -e new.bcfks ]
	head -c 700 "$KEYSTORES/keytool.jks" >cut.jks
	expect 2 rootcellar list -s ./cut.jks
	says "cut.jks: entry 2 of 2: the certificate at byte"
}

@test "export says with what it sealed a keystore where no password was said" {
	expect 0 rootcellar export -s "$CERTS/three.pem" --as jks -o a.jks
	says "sealed with 'changeit'"
	expect 0 rootcellar export -s "$CERTS/three.pem" --as pkcs12 -o a.p12
	says "Java opens it with any"
	expect 0 rootcellar list -s ./a.p12
	says "it has no password"
}

#!/usr/bin/env bash
# Makes the revocation lists of this folder anew, with programs that are not rootcellar: see ORIGIN.
# Keys are made in a folder of their own and thrown away.
set -euo pipefail
D=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >ca.cnf <<'X'
[ca]
default_ca = own
[own]
database = index.txt
crlnumber = number
private_key = ca.key
certificate = ca.pem
default_md = sha256
[own_v1]
database = plain.txt
private_key = ca.key
certificate = ca.pem
default_md = sha256
[number_alone]
authorityKeyIdentifier = keyid
[part]
authorityKeyIdentifier = keyid,issuer:always
issuingDistributionPoint = critical,@point
[point]
fullname = URI:http://crl.example/1.crl,dirName:name
onlyuser = TRUE
indirectCRL = TRUE
onlysomereasons = keyCompromise,CACompromise,AACompromise
[name]
CN = part 1
[relative]
issuingDistributionPoint = critical,@relative_point
[relative_point]
relativename = name
onlyCA = TRUE
[delta]
authorityKeyIdentifier = keyid
2.5.29.27 = critical,ASN1:INTEGER:0x0102
freshestCRL = URI:http://crl.example/delta.crl
[strange]
authorityKeyIdentifier = keyid
1.2.3.4 = critical,ASN1:NULL
X
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500 -subj '/O=Depot/CN=Depot Lists' \
	-keyout ca.key -out ca.pem -addext keyUsage=critical,keyCertSign,cRLSign 
# What openssl ca keeps of issued certificates: R, expiry, revocation and reason, serial, file, name.
printf 'R\t560101000000Z\t260101000000Z\t01\tunknown\t/CN=a\n' | tee plain.txt >index.txt
printf 'R\t560101000000Z\t260102000000Z,keyCompromise\t02AA\tunknown\t/CN=b\n' >>index.txt
printf 'R\t560101000000Z\t260103000000Z,certificateHold\t0304\tunknown\t/CN=c\n' >>index.txt
printf 'R\t560101000000Z\t260104000000Z,keytime,20251231000000Z\t00F5\tunknown\t/CN=d\n' >>index.txt
printf 'V\t560101000000Z\t\t06\tunknown\t/CN=e\n' >>index.txt
# list NAME OPTION...
list() {
	local name=$1
	shift
	openssl ca -gencrl -config ca.cnf -crl_lastupdate 20260101000000Z -crl_nextupdate 20560101000000Z "$@" \
		-out "$name.pem" 
	openssl crl -in "$name.pem" -outform DER -out "$D/openssl-$name.der"
}
list v1 -name own_v1
echo 07 >number
list number -crlexts number_alone
cp number.pem two.pem
echo 0101 >number
list part -crlexts part
list relative -crlexts relative
echo 0103 >number
list delta -crlexts delta
list strange -crlexts strange
: >index.txt
list empty -crlexts number_alone
{ echo "two lists"; cat two.pem empty.pem; } >"$D/openssl-two.pem"

cat >template <<'X'
crl_next_update = 3650
crl_number = 255
X
certtool --generate-privkey --key-type rsa --bits 2048 --outfile gnutls.key 
printf 'cn = GnuTLS Lists\nca\ncrl_signing_key\ncert_signing_key\nexpiration_days = 3650\nserial = 9\n' >ca.template
certtool --generate-self-signed --load-privkey gnutls.key --template ca.template --outfile gnutls.pem 
certtool --generate-crl --load-ca-privkey gnutls.key --load-ca-certificate gnutls.pem \
	--load-certificate gnutls.pem --template template --outfile crl.pem 
openssl crl -in crl.pem -outform DER -out "$D/certtool.der"

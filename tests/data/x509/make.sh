#!/usr/bin/env bash
# Makes the files of this folder, of ../pem and of ../pkcs7 anew, with programs that are not rootcellar:
# see ORIGIN. Keys are made in a folder of their own and thrown away.
set -euo pipefail
D=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > ca.cnf <<'X'
[ca]
default_ca = own
[own]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
copy_extensions = none
[any]
commonName = optional
organizationName = optional
countryName = optional
[ca_ext]
basicConstraints = critical,CA:TRUE,pathlen:3
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
nameConstraints = critical,permitted;DNS:example.com,permitted;IP:10.0.0.0/255.0.0.0,excluded;email:.bad.example,excluded;dirName:dir
certificatePolicies = 1.2.3.4
[dir]
C = ZZ
[leaf_ext]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature,keyAgreement
extendedKeyUsage = serverAuth,clientAuth,1.2.3.4.5
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid,issuer:always
subjectAltName = DNS:a.example.com,DNS:*.example.com,IP:10.1.2.3,IP:2001:db8::1,email:me@example.com,URI:https://example.com/x,dirName:dir,RID:1.2.3.4
authorityInfoAccess = caIssuers;URI:http://ca.example.com/ca.cer,OCSP;URI:http://ocsp.example.com/,caIssuers;URI:ldap://ca.example.com/
crlDistributionPoints = URI:http://ca.example.com/ca.crl
X
openssl ecparam -name prime256v1 -genkey -noout -out ca.key
openssl ecparam -name prime256v1 -genkey -noout -out leaf.key
printf '[req]\ndistinguished_name=dn\n[dn]\n' > req.cnf; cat ca.cnf >> req.cnf
openssl req -new -x509 -key ca.key -subj '/C=ZZ/O=Example Org/CN=Example CA' -config req.cnf -days 9000 -extensions ca_ext -outform DER -out ca.der
openssl x509 -inform DER -in ca.der -out ca.pem
: > index.txt; echo 123456789A > serial
openssl req -new -key leaf.key -subj '/C=ZZ/O=Example Org/CN=a.example.com' -config req.cnf -out leaf.csr
openssl ca -batch -config ca.cnf -cert ca.pem -keyfile ca.key -in leaf.csr -startdate 20240102030405Z -enddate 20510607080910Z -extensions leaf_ext -notext -out leaf.pem 2>/dev/null
openssl x509 -in leaf.pem -outform DER -out leaf.der
cp ca.der leaf.der $D/x509/
self() { n=$1; shift; openssl req -new -x509 -config req.cnf -subj "/CN=$n" -days 9000 -newkey "$@" -nodes -keyout /dev/null -outform DER -out $D/x509/key-$n.der 2>/dev/null; }
self rsa-2048 rsa:2048
self rsa-1023 rsa:1023
self secp384r1 ec -pkeyopt ec_paramgen_curve:secp384r1
self secp521r1 ec -pkeyopt ec_paramgen_curve:secp521r1
self secp256k1 ec -pkeyopt ec_paramgen_curve:secp256k1
self brainpoolP256r1 ec -pkeyopt ec_paramgen_curve:brainpoolP256r1
openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit -out explicit.key
openssl req -new -x509 -config req.cnf -subj /CN=explicit-curve -days 9000 -key explicit.key -outform DER -out $D/x509/key-explicit-curve.der
self ed25519 ed25519
self ed448 ed448
self rsa-pss rsa-pss -pkeyopt rsa_keygen_bits:2048 -sha384 -sigopt rsa_pss_saltlen:48
openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:2048 -pkeyopt dsa_paramgen_q_bits:256 -out dsa.par 2>/dev/null
openssl genpkey -paramfile dsa.par -out dsa.key
openssl req -new -x509 -config req.cnf -subj /CN=dsa -days 9000 -key dsa.key -sha256 -outform DER -out $D/x509/key-dsa.der
# odd names by openssl: string types by mask
openssl req -new -x509 -config req.cnf -utf8 -subj '/C=DE/O=Größe "Co" <x>; a\\b/OU=#2/CN=  spaced  ' -nameopt utf8 -newkey ed25519 -nodes -keyout /dev/null -days 9000 -outform DER -out $D/x509/name-utf8.der
sed 's/^\[req\]/[req]\nstring_mask = MASK:0x0800/' req.cnf > bmp.cnf
openssl req -new -x509 -config bmp.cnf -utf8 -subj '/O=GRÖSSE/CN=Ünï' -newkey ed25519 -nodes -keyout /dev/null -days 9000 -outform DER -out $D/x509/name-bmp.der
sed 's/^\[req\]/[req]\nstring_mask = utf8only/' req.cnf > u8.cnf
openssl req -new -x509 -config u8.cnf -utf8 -subj '/O=größe/CN=ünï' -newkey ed25519 -nodes -keyout /dev/null -days 9000 -outform DER -out $D/x509/name-utf8only.der
openssl req -new -x509 -config req.cnf -multivalue-rdn -utf8 -subj '/O=a+CN=b/UID=u+CN=c' -newkey ed25519 -nodes -keyout /dev/null -days 9000 -outform DER -out $D/x509/name-multi.der
# certtool
cat > ct.tmpl <<'X'
dn = "CN=Root of certtool,O=Example,serialNumber=12,DC=example,UID=me"
ca
cert_signing_key
crl_signing_key
path_len = 0
serial = 255
expiration_days = 9000
X
certtool --generate-privkey --key-type ecdsa --outfile ct.key 2>/dev/null
certtool --generate-self-signed --load-privkey ct.key --template ct.tmpl --outder --outfile $D/x509/certtool.der 2>/dev/null
keytool -genkeypair -keystore kt.p12 -storepass changeit -alias a -keyalg RSA -keysize 2048 -sigalg SHA512withRSA -validity 9000 -dname 'CN="Duke, J", OU=Java, O=Örg, C=US' -ext bc:c=ca:true,pathlen:1 -ext ku=keyCertSign 2>/dev/null
keytool -exportcert -keystore kt.p12 -storepass changeit -alias a -file $D/x509/keytool.der 2>/dev/null
# pkcs7
P=$D/pkcs7
openssl x509 -inform DER -in $D/x509/keytool.der -out kt.pem
openssl crl2pkcs7 -nocrl -certfile ca.pem -certfile leaf.pem -outform DER -out $P/openssl-certs-only.p7b
openssl crl2pkcs7 -nocrl -certfile leaf.pem -certfile ca.pem -out $P/openssl-certs-only.pem
echo hello > hello
openssl cms -sign -signer leaf.pem -inkey leaf.key -certfile ca.pem -in hello -nodetach -outform DER -out $P/openssl-signed.p7m
openssl cms -sign -signer leaf.pem -inkey leaf.key -certfile ca.pem -in hello -nodetach -stream -indef -outform DER -out $P/openssl-signed-ber.p7m
certtool --p7-generate --load-certificate ca.pem --outder --outfile $P/certtool.p7b 2>/dev/null
openssl cms -data_create -in hello -outform DER -out $P/openssl-data.p7m
{ openssl x509 -in ca.pem -text | sed 's/$/\r/'
  openssl x509 -in leaf.pem | head -n 5; openssl x509 -in leaf.pem | tail -n 1
  keytool -exportcert -rfc -keystore kt.p12 -storepass changeit -alias a 2>/dev/null
  openssl x509 -in leaf.pem -trustout -addtrust serverAuth -setalias 'a leaf'
} > $D/pem/mixed.pem

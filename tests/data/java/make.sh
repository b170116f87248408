#!/usr/bin/env bash
# Makes the files of this folder anew, with programs that are not rootcellar: see ORIGIN.
#   make.sh [BCPROV.jar]   with Bouncy Castle's provider (Debian: libbcprov-java) bcfks.bcfks too
set -euo pipefail
export LC_ALL=C.UTF-8
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/../format/plain.pem" "$work"
cd "$work"
csplit -sz -f root- plain.pem '/BEGIN/' '{*}'
mv root-00 one.pem
mv root-01 two.pem
mv root-02 three.pem

quiet() { "$@" >/dev/null 2>&1; }
trusted() { # STORE TYPE PASSWORD [OPTION]...: One and Two Root as trusted certificates
	local store=$1 type=$2 password=$3

	shift 3
	quiet keytool -importcert -noprompt -alias one -file one.pem -keystore "$store" \
		-storetype "$type" -storepass "$password" "$@"
	quiet keytool -importcert -noprompt -alias 'Zweite Würzel' -file two.pem -keystore "$store" \
		-storetype "$type" -storepass "$password" "$@"
}
key() { # STORE TYPE [OPTION]...: a key under an authority of its own, with its chain
	local store=$1 type=$2

	shift 2
	quiet keytool -genkeypair -alias authority -dname CN=Authority -keyalg EC -groupname secp256r1 \
		-ext bc:c -validity 9000 -keystore "$type.ca" -storepass changeit
	quiet keytool -genkeypair -alias server -dname CN=server.example -keyalg EC -groupname secp256r1 \
		-validity 9000 -keystore "$store" -storetype "$type" -storepass changeit -keypass changeit "$@"
	quiet keytool -certreq -alias server -keystore "$store" -storetype "$type" -storepass changeit \
		-file request.pem
	keytool -gencert -alias authority -keystore "$type.ca" -storepass changeit -infile request.pem \
		-rfc -validity 9000 2>/dev/null >server.pem
	keytool -exportcert -alias authority -keystore "$type.ca" -storepass changeit -rfc 2>/dev/null >>server.pem
	quiet keytool -importcert -noprompt -alias server -file server.pem -keystore "$store" \
		-storetype "$type" -storepass changeit
}
secret() { # STORE TYPE: a key that has no certificate
	quiet keytool -genseckey -alias "$3" -keyalg AES -keysize 128 -keystore "$1" -storetype "$2" \
		-storepass changeit -keypass changeit
}

trusted keytool.jks JKS changeit
trusted keytool-secret.jks JKS 'sécret 𝄞'
key keytool-key.jks JKS
trusted keytool-key.jks JKS changeit
trusted keytool.jceks JCEKS changeit
key keytool.jceks JCEKS
secret keytool-seckey.jceks JCEKS k1
trusted keytool-seckey.jceks JCEKS changeit
secret keytool-seckey.jceks JCEKS k2
trusted keytool.p12 PKCS12 changeit
trusted keytool-secret.p12 PKCS12 secret
trusted keytool-legacy.p12 PKCS12 changeit -J-Dkeystore.pkcs12.legacy
trusted keytool-open.p12 PKCS12 changeit -J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE \
	-J-Dkeystore.pkcs12.macAlgorithm=NONE
key keytool-key.p12 PKCS12
trusted keytool-key.p12 PKCS12 changeit

# Nothing of these is trusted to Java. OpenSSL encrypts nothing of openssl-open.p12 but has a code.
openssl pkcs12 -export -nokeys -in plain.pem -caname one -out openssl.p12 -passout pass:changeit
openssl pkcs12 -export -nokeys -in plain.pem -out openssl-sha512.p12 -passout pass:changeit \
	-certpbe AES-128-CBC -macalg sha512 -iter 100000
openssl pkcs12 -export -legacy -nokeys -in plain.pem -out openssl-legacy.p12 -passout pass:changeit
openssl pkcs12 -export -legacy -nokeys -in plain.pem -out openssl-3des.p12 -passout pass:changeit \
	-certpbe PBE-SHA1-2DES
openssl pkcs12 -export -nokeys -in plain.pem -out openssl-open.p12 -passout pass:changeit -certpbe NONE
openssl pkcs12 -export -nokeys -in plain.pem -out openssl-secret.p12 -passout 'pass:sécret 𝄞'
openssl pkcs12 -export -legacy -nokeys -in plain.pem -out openssl-legacy-secret.p12 -passout 'pass:sécret 𝄞'
openssl pkcs12 -export -nokeys -in plain.pem -out openssl-empty.p12 -passout pass:
openssl pkcs12 -export -legacy -nokeys -in plain.pem -out openssl-rc4.p12 -passout pass:changeit \
	-certpbe PBE-SHA1-RC4-128
# Few rounds, for the fuzzers.
openssl pkcs12 -export -nokeys -in plain.pem -out openssl-quick.p12 -passout pass:changeit -iter 50
openssl pkcs12 -export -legacy -nokeys -in plain.pem -out openssl-legacy-quick.p12 -passout pass: -iter 50
certtool --to-p12 --load-certificate one.pem --p12-name one --password changeit --outder \
	--outfile certtool.p12 2>/dev/null
certtool --to-p12 --load-certificate one.pem --p12-name one --null-password --outder \
	--outfile certtool-null.p12 2>/dev/null

# NSS writes BER.
mkdir nss
certutil -N -d nss --empty-password
head -c 64 /dev/urandom >noise
certutil -S -d nss -n nss-root -s 'CN=NSS Root' -x -t C,, -k ec -q nistp256 -m 7 -v 290 -z noise >/dev/null 2>&1
pk12util -o nss.p12 -n nss-root -d nss -W changeit -K '' >/dev/null 2>&1

# RFC 9579, which none of these programs writes yet: by Python, of keytool-open.p12.
python3 - <<'END'
import hashlib, hmac

def der(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    if n < 128:
        return bytes([tag, n]) + body
    size = n.to_bytes((n.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body

def rsadsi(*arcs):
    return der(6, b"\x2a\x86\x48\x86\xf7\x0d", bytes(arcs))

whole = open("keytool-open.p12", "rb").read()
# PFX: head, version, then the authSafe to the end; its octets are what is authenticated.
def enter(data):
    n = data[1]
    if n < 128:
        return 2, n
    k = n & 0x7f
    return 2 + k, int.from_bytes(data[2:2 + k], "big")
at, _ = enter(whole)
safe = whole[at + 3:]
inner = safe[enter(safe)[0] + 11:]
inner = inner[enter(inner)[0]:]
head, n = enter(inner)
octets = inner[head:head + n]
salt, rounds = b"rootcellar test", 2048
key = hashlib.pbkdf2_hmac("sha256", "changeit".encode(), salt, rounds, 32)
code = hmac.new(key, octets, "sha512").digest()
kdf = der(0x30, rsadsi(1, 5, 12), der(0x30, der(4, salt), der(2, rounds.to_bytes(2, "big")), der(2, b"\x20"),
                                       der(0x30, rsadsi(2, 9), der(5))))
mac = der(0x30, rsadsi(2, 11), der(5))
digest = der(0x30, der(0x30, rsadsi(1, 5, 14), der(0x30, kdf, mac)), der(4, code))
open("pbmac1.p12", "wb").write(der(0x30, der(2, b"\3"), safe, der(0x30, digest, der(4, b"unused"))))
END

if [ $# -gt 0 ]; then
	quiet keytool -importcert -noprompt -alias one -file one.pem -keystore bcfks.bcfks -storetype BCFKS \
		-storepass changeit -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider \
		-providerpath "$1"
fi
cp ./*.jks ./*.jceks ./*.p12 "$here"
[ $# -eq 0 ] || cp bcfks.bcfks "$here"

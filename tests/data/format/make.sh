#!/usr/bin/env bash
# Makes the files of this folder anew, with programs that are not rootcellar: see ORIGIN. Not as root:
# p11-kit takes a user's configuration from nobody else.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

root() { # NAME SUBJECT SERIAL
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$1.key" \
		-subj "$2" -days 9000 -set_serial "$3" -out "$1.pem" 2>/dev/null
}
root one "/CN=One Root" 1
root two "/CN=Two Root" 2
root three "/O=Three/CN=Three Root" 3
cat one.pem two.pem three.pem >plain.pem

# OpenSSL: text before each certificate, a private key and a request among them.
for name in one two three; do openssl x509 -in $name.pem -text; done >openssl-text.pem
openssl req -new -key one.key -subj /CN=request -out request.pem
cat one.pem one.key request.pem two.pem >private-key.pem
openssl x509 -in one.pem -trustout -addtrust serverAuth -addtrust emailProtection \
	-addreject clientAuth -setalias "One Alias" -out trusted.pem
openssl x509 -in two.pem -trustout -addreject anyExtendedKeyUsage -out trusted-reject.pem
openssl x509 -in three.pem -trustout -addreject clientAuth -out trusted-narrow.pem
grep -v -- ----- trusted.pem | base64 -d >trusted.der
openssl x509 -in one.pem -outform DER -out one.der
openssl x509 -in two.pem -outform DER -out two.der
cat one.der two.der >two-in-one.der

openssl crl2pkcs7 -nocrl -certfile plain.pem -outform DER -out openssl.p7b
openssl crl2pkcs7 -nocrl -certfile plain.pem -out openssl-p7b.pem

# GnuTLS and Java.
certtool --p7-generate --load-certificate one.pem --load-privkey one.key --p7-include-cert \
	--outder --infile request.pem --outfile certtool-signed.p7s 2>/dev/null
certtool --certificate-info --infile plain.pem >certtool-info.pem 2>/dev/null
keytool -importcert -noprompt -alias one -file one.pem -keystore java.p12 -storepass changeit 2>/dev/null
keytool -exportcert -rfc -alias one -keystore java.p12 -storepass changeit >keytool.pem 2>/dev/null
keytool -exportcert -alias one -keystore java.p12 -storepass changeit >keytool.der 2>/dev/null

# What editors, mailers and copy and paste do to a bundle.
python3 - <<'END'
text = open("plain.pem").read()
blocks = ["-----BEGIN" + part for part in text.split("-----BEGIN")[1:]]
write = lambda name, text: open(name, "w", newline="").write(text)
write("crlf.pem", text.replace("\n", "\r\n"))
write("bom.pem", "\ufeff" + text)
write("joined.pem", "".join(b.rstrip("\n") for b in blocks))
write("no-newline.pem", text.rstrip("\n"))
write("indented.pem", "".join(line + " \t\n" for line in text.splitlines()))
bad = blocks[1].splitlines()
bad[3] = bad[3][:10] + "!" + bad[3][11:]
write("bad-middle.pem", blocks[0] + "text between\n" + "\n".join(bad) + "\n" + blocks[2])
cut = blocks[1].splitlines()
del cut[4]
write("cut-middle.pem", blocks[0] + "\n".join(cut) + "\n" + blocks[2])
write("no-end.pem", blocks[0] + "\n".join(blocks[1].splitlines()[:-1]) + "\n" + blocks[2])
write("bare.pem", "".join(blocks[0].splitlines()[1:-1]) + "\n")
END

# p11-kit: a token of ours, with what its module makes of it.
mkdir -p config/pkcs11/modules token/anchors token/blocklist
printf 'module: p11-kit-trust.so\ntrust-policy: yes\nx-init-reserved: paths='"'%s/token'"'\n' "$work" \
	>config/pkcs11/modules/p11-kit-trust.module
export XDG_CONFIG_HOME="$work/config"
# Its exit status is that of a program that Debian does not have; the file is whole.
trust anchor --store three.pem 2>/dev/null || test -s token/Three_Root.p11-kit
cp token/Three_Root.p11-kit p11-kit-stored.p11-kit
cp trusted.pem token/anchors/
cp two.pem token/blocklist/
trust dump --filter=pkcs11: >p11-kit-dump.p11-kit
trust extract --format=openssl-bundle --filter=trust-policy p11-kit-openssl-bundle.pem
trust extract --format=pem-bundle --filter=ca-anchors --comment p11-kit-pem-bundle.pem

# EFI signature lists, of a token with the three roots alone.
rm token/Three_Root.p11-kit token/anchors/* token/blocklist/*
cp plain.pem token/anchors/
trust extract --format=edk2-cacerts --filter=ca-anchors --purpose=server-auth p11-kit-edk2.bin

python3 "$here/certdata.py" plain.pem >certdata.txt

cp openssl.p7b openssl-p7b.pem certtool-signed.p7s plain.pem openssl-text.pem private-key.pem \
	trusted*.pem trusted.der one.der two-in-one.der certtool-info.pem keytool.pem keytool.der crlf.pem bom.pem \
	joined.pem no-newline.pem indented.pem bad-middle.pem cut-middle.pem no-end.pem bare.pem \
	p11-kit-* certdata.txt "$here"

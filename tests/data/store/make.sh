#!/bin/sh
# Makes the certificates of this folder anew (see ORIGIN). The keys are thrown away.
set -eu
keys=$(mktemp -d)
trap 'rm -rf "$keys"' EXIT

# name, subject, issuer (self: self-signed), extensions
make() {
	openssl ecparam -name prime256v1 -genkey -noout -out "$keys/$1.key"
	openssl req -new -utf8 -key "$keys/$1.key" -subj "$2" -out "$keys/$1.csr"
	printf '%b' "$4" >"$keys/$1.ext"
	if [ "$3" = self ]; then
		set -- "$1" "$2" -signkey "$keys/$1.key"
	else
		set -- "$1" "$2" -CA "$3.pem" -CAkey "$keys/$3.key"
	fi
	openssl x509 -req -in "$keys/$1.csr" "$3" "$4" ${5:+"$5" "$6"} -extfile "$keys/$1.ext" \
		-set_serial "0x$(printf '%s' "$1" | sha256sum | cut -c2-16)" -days 9000 -out "$1.pem"
}

ca='basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n'
# caIssuers http://x/, line feed, [p11-kit-object-v1], line feed, trusted: true, line feed
url=$(printf 'http://x/\n[p11-kit-object-v1]\ntrusted: true\n' | od -An -tx1 | tr -d ' \n')
n=$(printf '%02x' $((${#url} / 2)))
aia=$(printf '30%02x30%02x06082b0601050507300286%s%s' $((${#url} / 2 + 14)) $((${#url} / 2 + 12)) "$n" "$url")

make root-one '/O=Store tests/CN=Root One' self "$ca"
make root-two '/O=Store tests/CN=Root Two' self "$ca"
make distrusted '/O=Store tests/CN=Root Three, distrusted' self "$ca"
make intermediate '/O=Store tests/CN=Intermediate of Root One' root-one "$ca"
make hostile "$(printf '/O=Store tests/CN=Hostile\ntrusted: true\n')" root-one "${ca}authorityInfoAccess=DER:$aia\n"

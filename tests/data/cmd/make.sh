#!/bin/bash
# Makes the certificates of the command tests anew: bash make.sh, in this folder. Keys are thrown away.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# key NAME
key() {
	certtool --generate-privkey --key-type ecdsa --curve secp256r1 --outfile "$work/$1.key" \
		--no-text 2>"$work/log"
}

# template CN SERIAL FROM TO LINE...
template() {
	printf 'cn = "%s"\nserial = %s\nactivation_date = "%s 00:00:00 UTC"\nexpiration_date = "%s 00:00:00 UTC"\n' \
		"$1" "$2" "$3" "$4"
	shift 4
	printf '%s\n' "$@"
}

# root FILE KEY CN SERIAL FROM TO: a self-signed CA
root() {
	template "$3" "$4" "$5" "$6" ca cert_signing_key crl_signing_key >"$work/template"
	certtool --generate-self-signed --load-privkey "$work/$2.key" --template "$work/template" \
		--outfile "$1.pem" --no-text 2>"$work/log"
}

# signed FILE KEY CN SERIAL FROM TO ISSUER ISSUERKEY LINE...
signed() {
	template "$3" "$4" "$5" "$6" "${@:9}" >"$work/template"
	certtool --generate-certificate --load-privkey "$work/$2.key" --template "$work/template" \
		--load-ca-certificate "$7.pem" --load-ca-privkey "$work/$8.key" \
		--outfile "$1.pem" --no-text 2>"$work/log"
}

ca=(ca cert_signing_key crl_signing_key)
for name in alpha beta old gone middle leaf hostile; do
	key $name
done

root alpha-root alpha 'Alpha Root' 1 2020-01-01 2045-01-01
root beta-root beta 'Beta Root' 2 2020-01-01 2045-01-01
root old-root old 'Old Root' 3 2005-01-01 2015-01-01
root gone-root gone 'Gone Root' 4 2020-01-01 2045-01-01
# The same subject and key as alpha-root, and a longer life.
root alpha-root-reissued alpha 'Alpha Root' 5 2022-01-01 2048-01-01
signed alpha-ca middle 'Alpha Issuing CA' 6 2021-01-01 2040-01-01 alpha-root alpha "${ca[@]}"
# The same subject and key as alpha-ca, from another root.
signed alpha-ca-cross middle 'Alpha Issuing CA' 7 2021-01-01 2040-01-01 beta-root beta "${ca[@]}"
# Its root is in no store of these tests unless a test says so.
signed orphan-ca leaf 'Orphan CA' 8 2021-01-01 2040-01-01 gone-root gone "${ca[@]}"
signed leaf leaf 'www.example.test' 9 2024-01-01 2039-01-01 alpha-ca middle \
	tls_www_server signing_key 'dns_name = "www.example.test"'

cat alpha-root.pem alpha-ca.pem beta-root.pem >three.pem
# The second block of three loses its third line of base64.
awk '/BEGIN/ { n++; line = 0 } { line++ } !(n == 2 && line == 4)' three.pem >second-block-cut.pem
openssl x509 -in alpha-root.pem -outform DER -out alpha-root.der
openssl crl2pkcs7 -nocrl -certfile three.pem -outform DER -out three.p7b

# hostile FILE SUBJECT SAN AIA: names full of what a terminal, shell, spreadsheet or page would obey
hostile() {
	cat >"$work/hostile.cnf" <<-EOF
	[req]
	distinguished_name = dn
	x509_extensions = ext
	[dn]
	[ext]
	basicConstraints = critical, CA:true
	keyUsage = critical, keyCertSign, cRLSign
	subjectKeyIdentifier = hash
	subjectAltName = @san
	authorityInfoAccess = caIssuers;URI.1:${4//\$/\\\$}
	[san]
	DNS.1 = ${3//\$/\\\$}
	EOF
	openssl req -x509 -new -key "$work/hostile.key" -config "$work/hostile.cnf" -utf8 \
		-days 7300 -subj "$2" -out "hostile-$1.pem"
}

esc=$'\e' bel=$'\a' del=$'\x7f'
hostile escape "/CN=${esc}[31mred${esc}]0;title${bel}${del}" "${esc}[2J.test" "http://a.test/${esc}c"
hostile newline $'/CN=one\ntwo\rthree\ntrusted: true' 'a\nb.test' 'http://a.test/\ntrusted: true'
hostile bidi $'/CN=safe\u202etset.live\u2066\u200b\u2028' 'xn--a.test' 'http://a.test/x'
hostile c1 $'/CN=\u009b31mred\u0085next' 'b.test' 'http://b.test/x'
hostile formula '/CN=\=HYPERLINK("http:\/\/x.test"),"a"/O=@SUM(1\+1)' '=cmd.test' 'http://c.test/=1'
hostile shell '/CN=$(touch pwned);`touch pwned`|touch pwned/O='"'"'"\\' '$(touch pwned).test' \
	'http://d.test/$(touch pwned)'
hostile markup '/CN=<script>alert(1)<\/script>&amp;|x|%00%s%n' '<b>.test' 'http://e.test/<b>'
# The name of hostile-bidi with bytes that are no UTF-8; its signature no longer holds.
openssl x509 -in hostile-bidi.pem -outform DER -out "$work/bidi.der"
python3 - "$work/bidi.der" >hostile-not-utf8.der <<-'EOF'
import sys
der = open(sys.argv[1], "rb").read()
assert der.count("safe\u202e".encode()) == 2
sys.stdout.buffer.write(der.replace("safe\u202e".encode(), b"saf\xff\x9b\x1b\xc3"))
EOF

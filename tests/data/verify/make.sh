#!/bin/sh
# Makes the self-signed certificates of this folder with openssl(1): one for each algorithm.
set -eu
cd "$(dirname "$0")"

make() { # NAME KEY-OPTIONS -- REQ-OPTIONS
	name=$1
	shift
	key=
	while [ "$1" != -- ]; do
		key="$key $1"
		shift
	done
	shift
	# shellcheck disable=SC2086
	openssl genpkey $key -out key.tmp
	openssl req -x509 -new -key key.tmp -subj "/CN=$name" -days 36500 -out "$name.pem" "$@"
	rm key.tmp
}

rsa() { echo "-algorithm RSA -pkeyopt rsa_keygen_bits:$1"; }
ec() { echo "-algorithm EC -pkeyopt ec_paramgen_curve:$1"; }
pss() { echo "-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:$1"; }

# shellcheck disable=SC2046
{
	make rsa2048-sha256 $(rsa 2048) -- -sha256
	make rsa2048-sha384 $(rsa 2048) -- -sha384
	make rsa2048-sha512 $(rsa 2048) -- -sha512
	make rsa2048-sha1 $(rsa 2048) -- -sha1
	make rsa2048-md5 $(rsa 2048) -- -md5
	make rsa1024-sha256 $(rsa 1024) -- -sha256
	make rsa4096-sha256 $(rsa 4096) -- -sha256
	make rsa-exponent-of-100-bits -algorithm RSA -pkeyopt rsa_keygen_bits:2048 \
		-pkeyopt rsa_keygen_pubexp:1267650600228229401496703205653 -- -sha256
	make pss-sha256-salt32 $(rsa 2048) -- -sha256 $(pss 32)
	make pss-sha384-salt20 $(rsa 2048) -- -sha384 $(pss 20)
	make pss-sha512-salt64 $(rsa 2048) -- -sha512 $(pss 64)
	make pss-sha1-salt20 $(rsa 2048) -- -sha1 $(pss 20)
	make psskey-sha256 -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 \
		-pkeyopt rsa_pss_keygen_md:sha256 -pkeyopt rsa_pss_keygen_mgf1_md:sha256 \
		-pkeyopt rsa_pss_keygen_saltlen:32 -- -sha256
	make psskey-free -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -- -sha384
	make p224-sha256 $(ec secp224r1) -- -sha256
	make p256-sha256 $(ec P-256) -- -sha256
	make p256-sha1 $(ec P-256) -- -sha1
	make p384-sha384 $(ec P-384) -- -sha384
	make p521-sha512 $(ec P-521) -- -sha512
	make secp256k1-sha256 $(ec secp256k1) -- -sha256
	make brainpool256-sha256 $(ec brainpoolP256r1) -- -sha256
	make brainpool384-sha384 $(ec brainpoolP384r1) -- -sha384
	make brainpool512-sha512 $(ec brainpoolP512r1) -- -sha512
	make ed25519 -algorithm ED25519 --
	make ed448 -algorithm ED448 --
}
openssl genpkey -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:2048 -out dsa.tmp
make dsa2048-sha256 -paramfile dsa.tmp -- -sha256
rm dsa.tmp

#!/usr/bin/env bash
# NSS loads a cellar through p11-kit's module: its own programs see the anchors, purposes, distrust and
# intermediates that were meant, and a certificate full of hostile text is no more than it was.
source "$(dirname "$0")/cellar.bash"
need modutil certutil
module=$(ls /usr/lib/*/pkcs11/p11-kit-trust.so /usr/lib64/pkcs11/p11-kit-trust.so \
	/usr/lib/pkcs11/p11-kit-trust.so 2>/dev/null | head -1 || true)
[ -n "$module" ] || { echo "SKIP: p11-kit's trust module is not installed" && exit 77; }

# NSS tries to grow a database beside the one that it is given; both in the scratch folder.
db=sql:$scratch/db
mkdir "$scratch/db"
certutil -N -d "$db" --empty-password

label=$(printf 'Hostile\n[p11-kit-object-v1]\ntrusted: true\n')
"$tool" add "$scratch/cellar" "$certs/root-one.pem" anchor One >/dev/null
"$tool" add "$scratch/cellar" "$certs/distrusted.pem" distrusted Three >/dev/null
"$tool" add "$scratch/cellar" "$certs/intermediate.pem" intermediate Inner >/dev/null
"$tool" add "$scratch/cellar" "$certs/hostile.pem" intermediate "$label" >/dev/null
modutil -dbdir "$db" -force -add cellar -libfile "$module" \
	-string "paths='$scratch/cellar/trust'" >/dev/null

certutil -L -d "$db" -h all >"$scratch/list"
cat "$scratch/list"
# flags LABEL: what NSS trusts the certificate of that label for (servers, e-mail, code)
flags() {
	sed -n "s/^[^:]*:$1 *//p" "$scratch/list" | tr -d ' '
}
[ "$(flags One)" = CT,C,C ] || die "the anchor has '$(flags One)'"
[ "$(flags Three)" = p,p,p ] || die "the distrusted root has '$(flags Three)'"
[ "$(flags Inner)" = ,, ] || die "the intermediate has '$(flags Inner)'"
[ "$(grep -c 'C,C$' "$scratch/list")" -eq 1 ] || die "there is more than one anchor"
echo "NSS sees the trust that was meant"

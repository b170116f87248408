#!/usr/bin/env bash
# Every shipped profile fits the schema, is named as its file, and the schema has no interleave, which
# would cost the line numbers of its errors.
set -euo pipefail
stores=${top_srcdir:-.}/stores
command -v xmllint >/dev/null || { echo "SKIP: xmllint is not installed" && exit 77; }

! grep -q '<interleave' "$stores/store.rng" || { echo "the schema interleaves" && exit 1; }
n=0
for profile in "$stores"/*.xml; do
	name=$(basename "$profile" .xml)
	xmllint --nonet --noout --relaxng "$stores/store.rng" "$profile"
	[ "$(xmllint --xpath 'string(/store/@name)' "$profile")" = "$name" ] ||
		{ echo "$profile: another name than its file has" && exit 1; }
	n=$((n + 1))
done
[ $n -ge 7 ] || { echo "only $n profiles" && exit 1; }
echo "$n profiles fit"

#!/usr/bin/env bash
# rootcellar loads these libraries and no others: each more costs time at every start. libcurl with
# its thirty belongs to rootcellar-net alone, and libxml2 is loaded when something is read with it.
source "$(dirname "$0")/lint.bash"

needed=$(LC_ALL=C readelf -d "$top_builddir/rootcellar" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
allowed=$(sed '/^#/d' tests/lint/libraries)
{
	# What a sanitizer build adds is not ours.
	grep -vE '^lib(asan|ubsan|gcc_s|rt|stdc\+\+|resolv)\.so' <<<"$needed" | grep -vxF "$allowed" |
		sed 's/^/not expected: /' || true
	ldd "$top_builddir/rootcellar" | awk '/lib(curl|gnutls|idn2|jansson|smartcols|unistring|xml2)|not found/ { print "loaded: " $0 }'
} | promise "rootcellar loads the expected libraries"

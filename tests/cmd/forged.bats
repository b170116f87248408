load ../lib/setup

FORGED=$(realpath "${DATA:-$here/tests/data}")/forged

# judged STATUS [OPTION|FILE]...: what validate says of a server www.example.com; FILE.pem and the like are forged ones.
judged() {
	local wanted=$1 word
	local -a words=()

	shift
	for word; do
		[ ! -e "$FORGED/$word" ] || word=$FORGED/$word
		words+=("$word")
	done
	expect "$wanted" rootcellar validate --offline --hostname www.example.com --at 2026-11-24 "${words[@]}"
}

@test "who is distrusted is so under a certificate that another authority gave the key, kept as an intermediate or not" {
	rootcellar import -q --yes "$FORGED/root.pem" "$FORGED/D-cross.pem"
	judged 0 D-leaf.pem
	rootcellar import -q --yes --trust distrusted "$FORGED/D.pem"
	judged 1 D-leaf.pem
	prints "(distrusted)"
	judged 1 --untrusted D-cross.pem D-leaf.pem
}

@test "who is distrusted is so under another encoding of the key" {
	rootcellar import -q --yes "$FORGED/root.pem"
	judged 0 --untrusted De-cross-compressed.pem De-leaf.pem
	judged 0 --untrusted Dr-cross-nonull.pem Dr-leaf.pem
	rootcellar import -q --yes --trust distrusted "$FORGED/De.pem" "$FORGED/Dr.pem"
	judged 1 --untrusted De-cross-compressed.pem De-leaf.pem
	judged 1 --untrusted Dr-cross-nonull.pem Dr-leaf.pem
}

@test "a name too long to be compared does not slip through name constraints (RFC 5280 6.1.3 c)" {
	judged 1 --anchors root.pem --untrusted nc-sub.pem nc-leaf-999.pem
	judged 1 --anchors root.pem --untrusted nc-sub.pem nc-leaf.pem
	prints "(name-constraint)"
}

@test "a key that takes anybody's signatures completes nothing (RFC 8017 3.1)" {
	judged 1 --anchors e1-root.pem --untrusted e1-sub.pem e1-leaf-forged.pem
	prints "(weak-key)"
	judged 1 --allow-weak --anchors e1-root.pem --untrusted e1-sub.pem e1-leaf-forged.pem
}

@test "a critical extension that nothing here acts on, or that cannot be read, completes nothing (RFC 5280 4.2)" {
	for file in crit-ian crit-crldp crit-tlsf; do
		judged 1 --anchors root.pem $file.pem
		prints "(unknown-critical)"
	done
}

@test "parameters that a signature algorithm must not have complete nothing (RFC 4055 3.1, 5758 3.2)" {
	judged 1 --anchors root.pem ecdsa-junkparams.pem
	for file in pss-trailer2 pss-junk; do
		judged 1 --anchors e1-root.pem $file.pem
		prints "(malformed)"
	done
}

@test "an anchor whose basicConstraints say that it is no authority completes nothing, of version 1 either" {
	judged 1 --anchors v1root-cafalse.pem v1root-leaf.pem
	prints "(not-a-ca)"
}

@test "--anchors trusts what a file says nothing of, and not what it says is not to be trusted" {
	judged 0 --anchors D.pem D-leaf.pem
	judged 0 --anchors D.p11-kit D-leaf.pem
	judged 1 --anchors D-trusted-empty.pem D-leaf.pem
	judged 1 --anchors D-notrust.p11-kit D-leaf.pem
}

@test "a p11-kit file that distrusts by issuer and serial number, or narrows in a way not held here, trusts no more" {
	judged 0 --store "$FORGED/D.p11-kit" D-leaf.pem
	judged 1 --store "$FORGED/blocklist.p11-kit" D-leaf.pem
	says "issuer and serial number"
	judged 1 --store "$FORGED/stapled-nc.p11-kit" D-leaf.pem
	says "no anchor here"
	expect 3 rootcellar list --store "$FORGED/blocklist.p11-kit"
}

@test "what the user has said of an entry is not undone by the next import of its source" {
	local say

	for say in "anchor --purpose email" "intermediate" "anchor --distrust-after 2020-01-01"; do
		rm -rf "$ROOTCELLAR_STORE"
		rootcellar import -q --yes --mirror "$FORGED/D.p11-kit"
		judged 0 D-leaf.pem
		# shellcheck disable=SC2086 # the words of one case
		rootcellar trust -q --yes $say D
		judged 1 D-leaf.pem
		expect 0 rootcellar import --yes --mirror "$FORGED/D.p11-kit"
		says "stays as 'trust' has said"
		expect 0 rootcellar import --yes "$FORGED/D.p11-kit"
		judged 1 D-leaf.pem
	done
	rootcellar import -q --yes --trust anchor --purpose any "$FORGED/D.p11-kit"
}

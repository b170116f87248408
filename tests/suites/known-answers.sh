#!/usr/bin/env bash
# Drives the built program, as a black box, over the suites of other projects where they are ($SUITES,
# or shared/suites beside the tree), and holds it to known/: the cases on which it and their authors, or the
# library that a client stands for, disagree, each with the rule.
set -u

suites=${SUITES:-$top_srcdir/../shared/suites}
[ -f "$suites/run_suites.py" ] || { echo "SKIP: no suites in $suites (set SUITES)" && exit 77; }
known=$top_srcdir/tests/suites/known
results=$(mktemp)
trap 'rm -f "$results"' EXIT
n=0
all=("$suites/limbo-open.json.xz" "$suites/extra-open.json.xz" "$suites/gpl-open.json.xz")

# report OK|"" TITLE, one line of TAP
report() {
	n=$((n + 1))
	[ -n "$1" ] || printf 'not '
	printf 'ok %d - %s\n' "$n" "$2"
}

# judge TITLE KNOWN OPTIONS [RUNNER-OPTION...]: disagreements are those of the file KNOWN and no others; none
# crashes, none takes over a second.
judge() {
	local title=$1 list=$2 options=$3
	shift 3
	python3 "$suites/run_suites.py" -q -j 2 --timeout 20 --results "$results" --known "$known/$list" "$@" \
		--cmd "$ROOTCELLAR validate --offline $options --anchors {anchors} [ --untrusted {untrusted} ]
			[ --at {at} ] [ --hostname {hostname} ] [ --ip {ip} ] [ --email {email} ]
			--purpose {purpose} [ --max-depth {depth} ] [ --crl {crl} ] [ --policy {policy} ]
			[ {explicit?--explicit-policy} ] [ {inhibit_map?--inhibit-mapping} ]
			[ {inhibit_any?--inhibit-any} ] [ {weak?--allow-weak} ]
			[ --anchor-checks {anchor} ] {leaf}" "${all[@]}" | sed 's/^/# /'
	report "$([ "${PIPESTATUS[0]}" -eq 0 ] && echo yes)" "$title: as known"
	count=$(python3 -c '
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
print(len(rows), sum(row["actual"] in ("HANG", "CRASH") for row in rows),
      sum(row["ms"] > 1000 for row in rows))' "$results") || count="0 1 1"
	read -r cases crashed slow <<<"$count"
	report "$([ "$cases" -gt 0 ] && [ "$crashed" -eq 0 ] && echo yes)" "$title: no case crashes or hangs"
	# Under the sanitizers time says nothing.
	report "$([ "$slow" -eq 0 ] || [ "${SANITIZERS:-}" = yes ] && echo yes)" \
		"$title: no case takes over a second"
}

# sites TITLE ARGUMENT...: every site of the AIA world ends as it must.
sites() {
	local title=$1
	shift
	python3 "$suites/run_aia.py" --tool "$ROOTCELLAR" "$@" "$suites/aia-open.json.xz" |
		sed 's/^/# /'
	report "$([ "${PIPESTATUS[0]}" -eq 0 ] && echo yes)" "$title"
}

judge "the default profile" default ""
for profile in webpki rfc5280; do
	judge "the namespace $profile in its profile" $profile "--client $profile" --include "$profile*"
done
# How well clients are predicted takes six times as long: where the suites are asked for.
while [ -n "${SUITES:-}" ] && read -r client column; do
	judge "what $column really said" "$client" "--client $client" --as "$column"
done <<-END
	openssl-3.0 openssl-default
	openssl-strict-3.0 openssl-strict
	gnutls-3.7 gnutls-tls
	java-17 java-17
	go-1.19 go-1.19
	boringssl boringssl-pki
END
sites "every site that sends its leaf alone is completed"
sites "odd payloads complete, bad ones end in time" --faults
echo "1..$n"

#!/usr/bin/env bash
# Drives the built program, as a black box, over the suites of other projects where they are ($SUITES,
# or shared/suites beside the tree), and holds it to a bar for each.
set -u

suites=${SUITES:-$top_srcdir/../shared/suites}
[ -f "$suites/run_suites.py" ] || { echo "SKIP: no suites in $suites (set SUITES)" && exit 77; }
results=$(mktemp)
trap 'rm -f "$results"' EXIT
n=0

# report OK|"" TITLE, one line of TAP
report() {
	n=$((n + 1))
	[ -n "$1" ] || printf 'not '
	printf 'ok %d - %s\n' "$n" "$2"
}

# judge TITLE LEAST INCLUDE FILE...: at least LEAST cases agree, none crashes, none takes over a second.
judge() {
	local title=$1 least=$2 include=$3
	shift 3
	python3 "$suites/run_suites.py" -j 2 --timeout 20 --include "$include" --results "$results" \
		--cmd "$ROOTCELLAR validate --offline --anchors {anchors} [ --untrusted {untrusted} ]
			[ --at {at} ] [ --hostname {hostname} ] [ --ip {ip} ] [ --email {email} ]
			--purpose {purpose} [ --max-depth {depth} ] [ {weak?--allow-weak} ]
			[ --anchor-checks {anchor} ] {leaf}" "${@/#/$suites/}" | sed 's/^/# /'
	count=$(python3 -c '
import json, sys
rows = [json.loads(line) for line in open(sys.argv[1])]
print(sum(row["agree"] == "agree" for row in rows),
      sum(row["actual"] in ("HANG", "CRASH") for row in rows),
      sum(row["ms"] > 1000 for row in rows))' "$results") || count="0 1 1"
	read -r agree crashed slow <<<"$count"
	report "$([ "$agree" -ge "$least" ] && echo yes)" "$title: $agree agree, at least $least"
	report "$([ "$crashed" -eq 0 ] && echo yes)" "$title: no case crashes or hangs"
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

judge "x509-limbo" 80 '*' limbo-open.json.xz
judge "path building of LibreSSL" 18 'libressl-certs*' extra-open.json.xz
judge "real chains" 49 'real*' extra-open.json.xz gpl-open.json.xz
sites "every site that sends its leaf alone is completed"
sites "odd payloads complete, bad ones end in time" --faults
echo "1..$n"

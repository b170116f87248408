#!/usr/bin/env bash
# The demo with assertions: each step is played, then what it did is checked. Prints TAP.
set -u
here=$(cd "$(dirname "$0")" && pwd)
source "$here/world.bash"
source "$here/steps.bash"

problems=''

title() {
	sentence=$1
}

# Keeps each command's outcome under the order of its call, from 1: ${statuses[1]}, ${outputs[1]}.
play() {
	local output status
	output=$(set -o pipefail && eval "$1" 2>&1)
	status=$?
	plays=$((plays + 1))
	commands[plays]=$1 statuses[plays]=$status outputs[plays]=$output
}

# expect_status N WANTED
expect_status() {
	[ "${statuses[$1]}" -eq "$2" ] ||
		problems+="${commands[$1]}: exit status ${statuses[$1]}, not $2"$'\n'
}

# expect N REGEX: some line of the output is like it. The expression is extended.
expect() {
	grep -qE -- "$2" <<<"${outputs[$1]}" || problems+="${commands[$1]}: nothing like '$2'"$'\n'
}

# expect_none N REGEX
expect_none() {
	! grep -qE -- "$2" <<<"${outputs[$1]}" || problems+="${commands[$1]}: there is '$2'"$'\n'
}

check_import_roots() {
	local roots
	roots=$(find "$mozilla" -name '*.crt' | wc -l)
	expect_status 1 0
	play "rootcellar list --trust anchor --format csv | tail -n +2 | wc -l"
	expect 2 "^$((roots + 1))\$"
}

check_see_it_fail() {
	expect_status 1 1
	expect 1 'Northwind Issuing CA'
	expect 1 'To fix:'
	expect 1 "rootcellar fetch .*$endpoint"
}

check_peers_refuse() {
	expect_status 1 0
	expect_status 2 0
	expect_status 3 2
	expect 4 'unable to get local issuer'
	expect 5 'NOT trusted'
}

check_fetch_what_lacks() {
	expect_status 1 0
	expect 1 'Northwind Issuing CA'
	expect 1 'Northwind Policy CA'
	play "rootcellar list --trust intermediate --format csv | tail -n +2 | wc -l"
	expect 2 '^2$'
	play "rootcellar list --trust anchor --format csv | grep -c Northwind"
	expect 3 '^1$'
}

check_see_it_complete() {
	expect_status 1 0
	expect 1 'Northwind Private Root'
	expect_none 1 'To fix:'
}

check_compare() {
	expect_status 1 1
	expect 1 'Northwind Issuing CA'
	expect 1 'Northwind Policy CA'
	expect_none 1 'Northwind Private Root'
}

check_export_bundle() {
	expect_status 1 0
	play "openssl storeutl -noout -certs bundle.pem"
	expect 2 'Total found: [1-9]'
}

check_peers_accept() {
	expect_status 1 0
	expect_status 2 0
	expect 2 'hello from the partner'
	expect 3 'The certificate is trusted'
}

check_prune_refuses() {
	expect_status 1 1
	expect 1 "$endpoint"
	play "rootcellar list --trust intermediate --format csv | tail -n +2 | wc -l"
	expect 2 '^2$'
}

check_undo_all() {
	expect_status 1 0
	expect_status 2 0
	expect_status 3 1
	expect 3 'To fix:'
}

for program in nginx certtool gnutls-cli openssl curl python3; do
	PATH=$PATH:/usr/sbin command -v $program >/dev/null ||
		{ echo "SKIP: $program is not installed" && exit 77; }
done
world_open || exit 1
number=0 failed=0
for step in "${steps[@]}"; do
	plays=0 problems='' commands=() statuses=() outputs=()
	"$step"
	"check_$step"
	number=$((number + 1))
	if [ -z "$problems" ]; then
		echo "ok $number - $sentence"
		continue
	fi
	failed=$((failed + 1))
	echo "not ok $number - $sentence"
	sed 's/^/# /' <<<"$problems"
	for ((i = 1; i <= plays; i++)); do
		printf '$ %s\n%s\n(exit status %s)\n' "${commands[i]}" "${outputs[i]}" "${statuses[i]}" |
			sed 's/^/#   /'
	done
done
echo "1..$number"
exit $((failed > 0))

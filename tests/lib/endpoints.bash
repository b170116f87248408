# The endpoints and the publisher of endpoints.py, one process of them a test file.
# shellcheck shell=bash

setup_file() {
	world=$BATS_FILE_TMPDIR/world
	mkdir "$world"
	python3 -B "${BATS_TEST_DIRNAME:?}/../lib/endpoints.py" "$world" </dev/null >"$world/log" 2>&1 3>&- &
	endpoints=$!
	export world endpoints
	for _ in {1..3000}; do
		[ ! -e "$world/ready" ] || return 0
		kill -0 $endpoints || break
		sleep 0.02
	done
	cat "$world/log" >&2
	return 1
}

teardown_file() {
	kill "$endpoints"
}

# Where each listens; bats reads this file again for each test, when the world is there.
declare -gA ports
[ ! -e "${world:-}/ports" ] || while read -r name number; do ports[$name]=$number; done <"$world/ports"

# port NAME: of the endpoint of that name.
port() {
	echo "${ports[$1]}"
}

# at NAME: the target.
at() {
	echo "localhost:${ports[$1]}"
}

# trusting NAME...: a cellar of the test with these certificates as anchors.
trusting() {
	rootcellar import -q --yes --trust anchor "${@/%/.pem}" >/dev/null
}

# knowing NAME...: and with these as intermediates.
knowing() {
	rootcellar import -q --yes --trust intermediate "${@/%/.pem}" >/dev/null
}

# in_world: the certificates are at hand under their names.
in_world() {
	ln -s "$world"/*.pem "$world"/*.chain "$world/leaf.key" .
}

# mark: what was asked before does not count.
mark() {
	asked_before=$(wc -l <"$world/asked")
}

# asked: each request that the publisher and the proxies got since mark, in order of their lines.
asked() {
	tail -n "+$((asked_before + 1))" "$world/asked" | sort
}

# codes: of the findings of the validation that a JSON report on standard input holds.
codes() {
	json '" ".join(f["code"] for f in d["validations"][0]["findings"])'
}

# of EXPRESSION: what it is of the validation v of the last expect.
of() {
	python3 -IS -c 'import json, sys; v = json.load(sys.stdin)["validations"][0]; print(eval(sys.argv[1]))' "$1" <<<"$output"
}

# each EXPRESSION: what it is of each validation v of the last expect, one a line.
each() {
	python3 -IS -c 'import json, sys
for v in json.load(sys.stdin)["validations"]: print(eval(sys.argv[1]))' "$1" <<<"$output"
}

# equals WANTED EXPRESSION: it is that.
equals() {
	local is

	is=$(of "$2")
	[ "$is" = "$1" ] || { echo "$2: $is, not $1"; echo "$output"; return 1; }
}

# path_is COMMON-NAME...: those are the names of the path of v, leaf first.
path_is() {
	equals "$(printf '%s\n' "$@")" '"\n".join(p["subject"].split("CN=")[1] for p in v["path"])'
}

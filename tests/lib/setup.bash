# What the tests of commands share: a home of their own, the program, the certificates, and assertions.
bats_require_minimum_version 1.5.0

# bats reads this once a test; so it starts no process.
here=${BATS_TEST_DIRNAME:?}
here=${here%/*/*}
program=${ROOTCELLAR:-$here/rootcellar}
[[ $program == /* ]] || program=$PWD/$program
CERTS=${DATA:-$here/tests/data}/cmd
[[ $CERTS == /* ]] || CERTS=$PWD/$CERTS

setup() {
	export HOME=$BATS_TEST_TMPDIR/home
	export XDG_DATA_HOME=$HOME/data XDG_CONFIG_HOME=$HOME/config XDG_CACHE_HOME=$HOME/cache
	export ROOTCELLAR_STORE=$HOME/cellar LC_ALL=C.UTF-8 TZ=UTC
	unset SSL_CERT_FILE SUDO_UID http_proxy https_proxy all_proxy no_proxy NO_COLOR
	mkdir -p "$HOME" "$BATS_TEST_TMPDIR/work"
	cd "$BATS_TEST_TMPDIR/work" || return 1
}

rootcellar() {
	"$program" "$@"
}

# The program as somebody whom permissions bind, root too.
bound() {
	if [ "$(id -u)" -ne 0 ]; then
		rootcellar "$@"
	else
		setpriv --bounding-set -dac_override,-dac_read_search --inh-caps -all "$program" "$@"
	fi
}

# Skips where permissions bind nobody.
need_permissions() {
	[ "$(id -u)" -ne 0 ] || setpriv --bounding-set -dac_override,-dac_read_search true 2>/dev/null ||
		skip "root here is not bound by permissions, and setpriv cannot change that"
}

# need PROGRAM...: skips where one of them is not installed.
need() {
	local name

	for name; do
		type -P "$name" >/dev/null || skip "$name is not installed"
	done
}

# keep COMMAND...: runs it and keeps what `run --separate-stderr` of bats keeps, without a process of its own.
keep() {
	local kept

	"$@" >"$BATS_TEST_TMPDIR/stdout" 2>"$BATS_TEST_TMPDIR/stderr"
	status=$?
	local IFS=$'\n'
	mapfile -d '' -t kept <"$BATS_TEST_TMPDIR/stdout"
	printf -v output %s "${kept[@]}"
	mapfile -d '' -t kept <"$BATS_TEST_TMPDIR/stderr"
	printf -v stderr %s "${kept[@]}"
	while [[ $output == *$'\n' ]]; do output=${output%$'\n'}; done
	while [[ $stderr == *$'\n' ]]; do stderr=${stderr%$'\n'}; done
	set -f
	# Split into lines, on purpose.
	# shellcheck disable=SC2206
	lines=($output) stderr_lines=($stderr)
	set +f
}

# expect STATUS COMMAND...: runs it, keeps output and stderr, and says what it printed if it ends otherwise.
expect() {
	local wanted=$1 flags=$-

	shift
	# bats would trace every line of keep, and end the test where the command does not end with 0.
	set +eET
	keep "$@"
	set "-$flags"
	if [ "$status" -ne "$wanted" ]; then
		echo "status $status instead of $wanted: $*"
		echo "output: $output"
		echo "stderr: $stderr"
		return 1
	fi
}

# says TEXT: standard error of the last expect holds it.
says() {
	[[ "$stderr" == *"$1"* ]] || { echo "not said: $1"; echo "stderr: $stderr"; return 1; }
}

# prints TEXT: standard output of the last expect holds it.
prints() {
	[[ "$output" == *"$1"* ]] || { echo "not printed: $1"; echo "output: $output"; return 1; }
}

# Python starts twice as fast without the folders of its packages (-IS).

# json EXPRESSION: what it is of the document d on standard input.
json() {
	python3 -IS -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

# entries [OPTION]...: "TRUST common name" of each entry, in the order of their names.
entries() {
	rootcellar list -q --format json "$@" | python3 -IS -c '
import json, sys
for e in sorted(json.load(sys.stdin)["entries"], key=lambda e: (e["subject"], e["sha256"])):
    print(e["trust"], e["subject"].split("CN=")[1])'
}

sha256() {
	openssl x509 -in "$1" -outform DER | sha256sum | cut -d' ' -f1
}

# No byte that a terminal would obey, and no mark that turns or hides text.
harmless() {
	! LC_ALL=C grep -nP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf' "$@" ||
		{ echo "raw control bytes in $*"; return 1; }
}

# A cellar with two anchors, an intermediate of the first, and one whose root it lacks.
fill() {
	rootcellar import -q --yes "$CERTS/three.pem" "$CERTS/orphan-ca.pem" >/dev/null
}

# make_chain: root.pem, ca.pem and leaf.pem for localhost, with leaf.key, made for this test alone.
make_chain() {
	local new=(openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
	local ca='basicConstraints=critical,CA:true
keyUsage=critical,keyCertSign'

	"${new[@]}" -x509 -keyout root.key -out root.pem -subj '/CN=Served Root' -days 3650 \
		-addext 'keyUsage=critical,keyCertSign' 2>log
	"${new[@]}" -keyout ca.key -out ca.csr -subj '/CN=Served CA' 2>log
	openssl x509 -req -in ca.csr -CA root.pem -CAkey root.key -days 3000 -out ca.pem \
		-extfile <(echo "$ca") 2>log
	"${new[@]}" -keyout leaf.key -out leaf.csr -subj '/CN=localhost' 2>log
	openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 300 -out leaf.pem \
		-extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1
extendedKeyUsage=serverAuth') 2>log
}

# serve CHAIN: leaf.pem and what CHAIN holds, on a port of loopback that is put into $port, until the test ends.
serve() {
	local line

	coproc SERVER {
		exec openssl s_server -accept 127.0.0.1:0 -cert leaf.pem -key leaf.key -cert_chain "$1" 2>&1
	}
	server=$SERVER_PID
	while read -r -t 10 -u "${SERVER[0]}" line; do
		[[ "$line" =~ ^ACCEPT.*:([0-9]+)$ ]] && port=${BASH_REMATCH[1]} && return 0
	done
	return 1
}

teardown() {
	[ -z "${server:-}" ] || kill "$server" 2>/dev/null || true
}

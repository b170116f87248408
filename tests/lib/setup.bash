# What the tests of commands share: a home of their own, the program, the certificates, and assertions.
bats_require_minimum_version 1.5.0

here=$(cd "${BATS_TEST_DIRNAME:?}/../.." && pwd)
program=$(realpath "${ROOTCELLAR:-$here/rootcellar}")
CERTS=$(realpath "${DATA:-$here/tests/data}")/cmd

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

# expect STATUS COMMAND...: runs it, keeps output and stderr, and says what it printed if it ends otherwise.
expect() {
	local wanted=$1

	shift
	run --separate-stderr "$@"
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

# json EXPRESSION: what it is of the document d on standard input.
json() {
	python3 -c 'import json, sys; d = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"
}

# entries [OPTION]...: "TRUST common name" of each entry, in the order of their names.
entries() {
	rootcellar list -q --format json "$@" | python3 -c '
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

load ../lib/setup

@test "a file that is absent, empty, binary, or text is refused in one line, for every command that reads" {
	: >empty.pem
	head -c 5000 "$program" >binary.pem
	echo "no certificate here" >text.pem
	head -c 300 "$CERTS/alpha-root.der" >cut.der
	for file in ./absent.pem empty.pem binary.pem text.pem cut.der; do
		for command in 'list --store' 'show --store' 'import --yes' 'export --store' \
			"diff $CERTS/alpha-root.pem"; do
			run --separate-stderr timeout 10 "$program" $command "$file"
			[ "$status" -eq 2 ] || [ "$status" -eq 3 ] || { echo "$command $file: $status $stderr"; false; }
			[[ "${stderr_lines[0]}" == "rootcellar: "* ]]
		done
	done
	[ ! -e "$ROOTCELLAR_STORE/trust" ]
}

@test "a file that may not be read is refused with its name" {
	need_permissions
	cp "$CERTS/three.pem" secret.pem
	chmod 0 secret.pem
	expect 2 bound list --store secret.pem
	says "secret.pem"
}

@test "a huge sparse file is refused in a bounded time" {
	truncate -s 100G huge.pem
	run --separate-stderr timeout 20 "$program" list --store huge.pem
	[ "$status" -eq 2 ]
	says "huge.pem"
}

@test "a bundle with every line cut at every length gives a status and no crash" {
	for n in 1 27 28 29 60 100 300 533; do
		head -c "$n" "$CERTS/alpha-root.pem" >cut.pem
		run --separate-stderr timeout 10 "$program" list --store cut.pem
		[ "$status" -le 3 ]
		[ "$status" -ne 0 ] || [ "$n" -eq 533 ] || [ "$n" -ge 500 ]
	done
}

@test "CRLF, a byte order mark, text between blocks and a missing last newline are read" {
	{ printf '\xef\xbb\xbf'; sed 's/$/\r/' "$CERTS/alpha-root.pem"; echo 'Subject: a comment'
		printf '%s' "$(cat "$CERTS/beta-root.pem")"; } >odd.pem
	[ "$(entries --store odd.pem | wc -l)" -eq 2 ]
}

@test "a pipe, a device and a folder that loops are not waited for" {
	mkfifo pipe
	run --separate-stderr timeout 10 "$program" list --store ./pipe
	[ "$status" -eq 2 ]
	says "pipe"
	run --separate-stderr timeout 10 "$program" list --store /dev/zero
	[ "$status" -eq 2 ]
	mkdir folder
	cp "$CERTS/alpha-root.pem" folder
	mkfifo folder/pipe
	ln -s loop folder/loop
	ln -s .. folder/up
	ln -s /dev/zero folder/zero
	run --separate-stderr timeout 10 "$program" list --store ./folder --format csv
	[ "$status" -eq 0 ] || [ "$status" -eq 3 ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "a folder where a file is meant is told, and a file where a folder is meant" {
	fill
	mkdir certs
	expect 2 rootcellar list --store pem:./certs
	run --separate-stderr rootcellar list --store "pem-directory:$CERTS/three.pem"
	[ "$status" -eq 2 ]
	mkdir file.pem
	run --separate-stderr rootcellar export --as pem -o ./file.pem
	[ "$status" -eq 5 ]
	cp "$CERTS/three.pem" bundle.pem
	run --separate-stderr rootcellar export --yes --as pem-directory -o ./bundle.pem
	[ "$status" -eq 5 ]
	cmp bundle.pem "$CERTS/three.pem"
}

@test "an empty folder has no entries, and is not taken for a platform without roots" {
	mkdir empty
	run --separate-stderr rootcellar list --store ./empty --format csv
	[ "$status" -eq 2 ] || [ "${#lines[@]}" -eq 1 ]
}

@test "a cellar of a newer version is neither read nor changed" {
	fill
	state=$ROOTCELLAR_STORE/trust/cellar.p11-kit
	python3 - "$state" <<-'EOF'
	import re, sys
	text = open(sys.argv[1]).read()
	newer, n = re.subn(r"(version%22%3[aA]|version%22%3[aA]%20)1", r"\g<1>99", text, 1)
	assert n == 1, text[:600]
	open(sys.argv[1], "w").write(newer)
	EOF
	cp "$state" kept
	expect 2 rootcellar list
	says "version"
	run --separate-stderr rootcellar remove --yes 'Beta Root'
	[ "$status" -ne 0 ]
	cmp "$state" kept
}

@test "a cellar whose folder may not be written is left as it was, with status 5" {
	need_permissions
	fill
	chmod -R a-w "$ROOTCELLAR_STORE"
	expect 5 bound remove --yes 'Beta Root'
	chmod -R u+w "$ROOTCELLAR_STORE"
	[ "$(entries | wc -l)" -eq 4 ]
}

@test "a folder that may not be written to takes no export and no report, and status 5 says so" {
	need_permissions
	mkdir locked
	chmod a-w locked
	expect 5 bound export --store "$CERTS/three.pem" -o locked/ca.pem
	says "locked"
	expect 5 bound list --store "$CERTS/three.pem" -o locked/report.txt
	says "locked"
}

@test "a full disk leaves the cellar as it was, with status 5" {
	unshare -rm true 2>/dev/null || skip "no namespaces here"
	mkdir disk
	run --separate-stderr unshare -rm bash -c '
		mount -t tmpfs -o size=64k tmpfs disk || exit 77
		"$1" -s ./disk/cellar import -q --yes "$2/three.pem" >/dev/null || exit 1
		head -c 1M /dev/zero >disk/filler 2>/dev/null
		"$1" -s ./disk/cellar import --yes "$2/old-root.pem"
		echo "status $?"
		rm disk/filler
		"$1" -s ./disk/cellar list -q --format jsonl | wc -l' - "$program" "$CERTS"
	[ "$status" -ne 77 ] || skip "tmpfs cannot be mounted here"
	prints "status 5"
	[ "${lines[-1]}" = 3 ]
	says "No space left on device"
}

@test "an argument of a hundred thousand bytes is told in a line that can be read" {
	long=$(printf '%*s' 100000 '' | tr ' ' x)
	run --separate-stderr timeout 10 "$program" list --store "./$long"
	[ "$status" -eq 2 ]
	expect 0 rootcellar import --yes "$CERTS/three.pem"
	run --separate-stderr timeout 10 "$program" "$long"
	[ "$status" -eq 2 ]
}

@test "a folder of other files is no empty cellar, for no command" {
	mkdir other empty
	cp "$CERTS/three.pem" other
	for command in list 'list --format json' 'show Alpha' log 'undo --yes' export 'prune --yes --expired' \
		"validate --offline $CERTS/leaf.pem"; do
		# shellcheck disable=SC2086 # the words of one case
		run --separate-stderr env ROOTCELLAR_STORE="$PWD/other" "$program" $command
		[ "$status" -eq 2 ] || [ "$status" -eq 5 ] || { echo "$command: $status $output"; false; }
		says "this folder holds other files and is no cellar"
	done
	[ "$(ls other)" = three.pem ]
	export ROOTCELLAR_STORE=$PWD/empty
	expect 0 rootcellar log
	expect 0 rootcellar import --yes "$CERTS/three.pem"
}

@test "a proxy of the environment that is none is named before anything is dialled, unless none is to be used" {
	for variable in https_proxy all_proxy; do
		expect 2 env "$variable=ftp://proxy.example" "$program" validate localhost:1
		says "$variable in the environment: the proxy's scheme is none of"
	done
	expect 2 env https_proxy="http://a b" "$program" fetch localhost:1
	says "the proxy's host is neither"
	expect 4 env https_proxy=ftp://proxy.example "$program" validate --proxy '' localhost:1
	# Files need no network.
	expect 1 env https_proxy=ftp://proxy.example "$program" validate "$CERTS/leaf.pem"
}

@test "--untrusted is refused for an endpoint and a transcript, which have what the server sends" {
	expect 2 rootcellar validate --untrusted "$CERTS/three.pem" localhost:1
	says "goes with certificate files, not with 'localhost:1'"
	echo "-----BEGIN CERTIFICATE-----" >paste.txt
	expect 2 rootcellar validate --untrusted "$CERTS/three.pem" --presented paste.txt
	says "not with 'paste.txt'"
}

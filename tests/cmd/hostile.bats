load ../lib/setup

# Every output of COMMAND..., in every format, on standard output and error, is harmless; nothing was run.
sane() {
	local format

	for format in text json jsonl csv; do
		rootcellar "$@" --format "$format" >out.txt 2>err.txt || [ $? -le 5 ]
		[ -s out.txt ] || [ -s err.txt ]
		run ! grep -i sanitizer err.txt
		harmless out.txt err.txt || { echo "$* --format $format"; return 1; }
	done
	rootcellar "$@" --color always >out.txt 2>err.txt || [ $? -le 5 ]
	sed -i 's/\x1b\[[0-9;]*m//g; s/\x1b\]8;;[^\x1b]*\x1b\\//g' out.txt err.txt
	harmless out.txt err.txt || { echo "$* --color always"; return 1; }
	[ ! -e pwned ]
}

@test "hostile names reach no terminal raw, from a file, in any format" {
	files=("$CERTS"/hostile-*)
	all=$(IFS=+ && echo "${files[*]}")
	[ "$(rootcellar list -q --format jsonl --store "$all" | wc -l)" -eq ${#files[@]} ]
	sane list --store "$all"
	sane list -v --store "$all"
	sane show --store "$all"
	sane show -v --store "$all"
	sane diff "$all" "$CERTS/alpha-root.pem"
	for file in "${files[@]}"; do
		sane validate --offline --anchors "$CERTS/alpha-root.pem" "$file"
	done
}

@test "hostile names reach no terminal raw while they are imported, restated, pruned, removed, undone" {
	sane import --dry-run "$CERTS"/hostile-*
	sane import --yes "$CERTS"/hostile-* --trust anchor
	sane list
	sane show
	sane log
	sane trust --dry-run --all distrusted '*'
	sane prune --dry-run '*'
	sane remove --dry-run --all '*'
	sane undo --dry-run
	sane undo --yes
	sane fetch --offline --dry-run
}

@test "hostile names change nothing of the trust that a cellar states" {
	rootcellar import -q --yes --trust intermediate "$CERTS"/hostile-*
	[ "$(entries | grep -c '^intermediate')" -eq "$(ls "$CERTS"/hostile-* | wc -l)" ]
	run ! grep -qx 'trusted: true' "$ROOTCELLAR_STORE/trust/cellar.p11-kit"
	[ "$(rootcellar list -q --format jsonl --trust anchor | wc -l)" -eq 0 ]
}

@test "hostile file names, labels and command lines are escaped and change nothing" {
	name=$'ca\e[31m\n[p11-kit-object-v1]\ntrusted: true\n.pem'
	cp "$CERTS/alpha-ca.pem" "$name"
	sane list --store "./$name"
	sane import "./$name"
	sane import "./$name.absent"
	sane list $'no\e[2J\nsuch'
	sane log
	sane show
	[ "$(rootcellar list -q --format jsonl --trust anchor | wc -l)" -eq 0 ]
	run ! grep -qx 'trusted: true' "$ROOTCELLAR_STORE/trust/cellar.p11-kit"
	rootcellar log --format jsonl | json 'd["command"]' >command.txt
	[[ "$(cat command.txt)" == "rootcellar import"* ]]
}

@test "no cell of CSV begins a formula" {
	rootcellar list -q --store "$CERTS/hostile-formula.pem" --format csv >list.csv
	python3 - <<-'EOF'
	import csv
	for row in csv.reader(open("list.csv", newline="")):
	    for cell in row:
	        assert not cell or cell[0] not in "=+-@\t\r", cell
	EOF
}

@test "JSON is valid whatever the names hold" {
	for file in "$CERTS"/hostile-*; do
		rootcellar list -q --store "$file" --format json | json 'len(d["entries"])' >n
		[ "$(cat n)" = 1 ]
		rootcellar show -q --store "$file" --format json | json 'len(d["entries"])' >n
	done
}

@test "a hostile certificate is exported as it is and in no other way" {
	rootcellar export -q --store "$CERTS/hostile-newline.pem" -o out.pem
	[ "$(openssl x509 -in out.pem -outform DER | sha256sum)" = \
		"$(openssl x509 -in "$CERTS/hostile-newline.pem" -outform DER | sha256sum)" ]
	harmless out.pem
	expect 0 rootcellar export --store "$CERTS/hostile-shell.pem" --as pem-directory -o ./folder
	[ ! -e pwned ]
	find folder -type f -print | harmless
}

#!/usr/bin/env bash
# Every system call of a change that writes fails in turn (no space, I/O error) or is the last that the
# process makes: what is read afterwards is the old state or the new one, whole, and the next change
# works.
source "$(dirname "$0")/cellar.bash"
need strace
strace -o /dev/null true 2>/dev/null || { echo "SKIP: this machine does not allow tracing" && exit 77; }
# The leak check of a sanitizer build cannot run where strace does already trace.
export ASAN_OPTIONS="detect_leaks=0:${ASAN_OPTIONS:-}"

calls=mkdir,mkdirat,chmod,fchmod,openat,write,pwrite64,pread64,ftruncate,utimensat,fsync
calls+=,link,linkat,rename,renameat,renameat2,unlink,unlinkat
cellar=$scratch/cellar

# The shell in between keeps what a killed process makes a shell say.
change() {
	sh -c '"$@"; exit $?' sh "$@" "$tool" add "$cellar" "$certs/distrusted.pem" distrusted Three >"$scratch/out" 2>&1
}

# Each such call once the cellar has been named: "NAME NUMBER", the number among its like. Of files that
# are opened, those that may be written.
list_calls() {
	awk -v cellar="$cellar" '/^[a-z0-9]+\(/ {
		name = $0
		sub(/\(.*/, "", name)
		n[name]++
		if (index($0, "\"" cellar))
			seen = 1
		if (seen && (name != "openat" || /O_CREAT|O_WRONLY|O_RDWR/))
			print name, n[name]
	}' "$1"
}

# One change with one fault; start is where it starts from, old and new what may be read after it.
try() {
	local fault=$1 status=0
	rm -rf "$cellar"
	[ ! -e "$start" ] || cp -a "$start" "$cellar"
	change strace -o /dev/null -e trace="${fault%%:*}" -e inject="$fault" || status=$?
	case $status in
	0 | 2 | 5 | 137) ;;
	*) die "$fault: exit status $status" "$(cat "$scratch/out")" ;;
	esac
	"$tool" read "$cellar" >"$scratch/read" || die "$fault: cannot be read"
	if cmp -s "$scratch/read" "$new"; then
		became_new=$((became_new + 1))
	elif cmp -s "$scratch/read" "$old"; then
		[ $status -ne 0 ] || die "$fault: success without a change"
		stayed_old=$((stayed_old + 1))
	else
		die "$fault: neither the old state nor the new one" "$(cat "$scratch/read")"
	fi
	# That the process is gone is the harder case for the next one.
	[[ $fault == *KILL* ]] || return 0
	change env || die "$fault: the next change fails" "$(cat "$scratch/out")"
	"$tool" read "$cellar" | cmp -s - "$new" || die "$fault: the next change does something else"
	[ -z "$(ls -A "$cellar/tmp")" ] || die "$fault: something is left in tmp/"
}

for start in "$scratch/absent" "$scratch/start"; do
	old=$scratch/old new=$scratch/new became_new=0 stayed_old=0
	rm -rf "$cellar"
	if [ "$start" = "$scratch/start" ]; then
		"$tool" add "$start" "$certs/root-one.pem" anchor One >/dev/null
		cp -a "$start" "$cellar"
	fi
	"$tool" read "$cellar" >"$old"
	change strace -o "$scratch/trace" -e trace=$calls
	"$tool" read "$cellar" >"$new"
	list_calls "$scratch/trace" >"$scratch/calls"
	[ "$(wc -l <"$scratch/calls")" -ge 12 ] || die "only these calls: $(cat "$scratch/calls")"
	while read -r name number; do
		for how in signal=KILL error=ENOSPC error=EIO; do
			try "$name:$how:when=$number"
		done
	done <"$scratch/calls"
	[ $became_new -gt 0 ] && [ $stayed_old -gt 0 ] || die "no fault made a difference"
	echo "$(basename "$start"): $((became_new + stayed_old)) faults, $stayed_old left the old state"
done

# What a file system that was mounted read-only says, in one line.
cp -a "$scratch/start" "$scratch/readonly"
status=0
lock=$(awk '$1 == "openat" { print $2; exit }' "$scratch/calls")
strace -o /dev/null -e trace=openat -e inject="openat:error=EROFS:when=$lock" \
	"$tool" add "$scratch/readonly" "$certs/distrusted.pem" distrusted >"$scratch/out" 2>&1 || status=$?
[ $status -eq 5 ] && grep -q "cellar '$scratch/readonly': .*: Read-only file system" "$scratch/out" ||
	die "exit status $status" "$(cat "$scratch/out")"

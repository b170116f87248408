#!/usr/bin/env bash
# Sixteen writers make fifty changes each at the same time: none is lost, every generation is there, and
# a reader beside them never meets a state that is not whole.
source "$(dirname "$0")/cellar.bash"

writers=16 changes=50
cellar=$scratch/cellar

# Reads without a lock until told to stop; the count of changes only ever grows.
watch() {
	local least=0 n
	while [ ! -e "$scratch/stop" ]; do
		n=$("$tool" read "$cellar" | awk '{ sum += $3 } END { print sum + 0 }') ||
			die "a reader was refused"
		[ "$n" -ge "$least" ] || die "a reader saw $n changes after $least"
		least=$n
		sleep 0.05
	done
}

watch &
watcher=$!
pids=()
for ((i = 0; i < writers; i++)); do
	"$tool" churn "$cellar" "$certs/root-one.pem" $i $changes &
	pids+=($!)
done
for pid in "${pids[@]}"; do
	wait "$pid" || die "a writer failed"
done
touch "$scratch/stop"
wait $watcher || die "the reader failed"

n=$((writers * changes))
[ "$("$tool" read "$cellar" | grep -c "^anchor [0-9a-f]* $changes\$")" -eq $writers ] ||
	die "changes were lost" "$("$tool" read "$cellar")"
"$tool" log "$cellar" >"$scratch/log"
[ "$(wc -l <"$scratch/log")" -eq $n ] || die "generations are missing: $(wc -l <"$scratch/log")"
! grep -q damaged "$scratch/log" || die "a generation is damaged"
head -1 "$scratch/log" | grep -q "^$n current $writers 0 0 " || die "the newest is $(head -1 "$scratch/log")"
# The labels of a generation count the changes up to it.
for generation in 1 $((n / 2)) $((n - 1)); do
	sum=$("$tool" read "$cellar" $generation | awk '{ sum += $3 } END { print sum }')
	[ "$sum" -eq $generation ] || die "generation $generation holds $sum changes"
done
echo "$n changes by $writers writers, all there"

#!/usr/bin/env bash
# Plays the main job for a reader, on loopback with real parts: an endpoint fails, rootcellar says
# what is missing, gets it, proves it, hands it out, and takes it back.
set -u
here=$(cd "$(dirname "$0")" && pwd)
source "$here/world.bash"
source "$here/steps.bash"

title() {
	printf '\n# %s\n' "$1"
}

# play COMMAND [MOST]: what is over MOST lines is cut in the middle.
play() {
	printf '\n$ %s\n' "$1"
	local output status
	output=$(set -o pipefail && eval "$1" 2>&1)
	status=$?
	[ -z "$output" ] || awk -v most="${2:-40}" '
		{ line[NR] = $0 }
		END {
			for (i = 1; i <= NR; i++)
				if (NR <= most || i <= most - 3 || i > NR - 3)
					print line[i]
				else if (i == NR - 3)
					print "  [... " NR - most " lines more ...]"
		}' <<<"$output"
	[ $status -eq 0 ] || echo "(exit status $status)"
}

world_open 8443 || exit 1
for step in "${steps[@]}"; do
	"$step"
done

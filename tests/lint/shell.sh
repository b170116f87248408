#!/usr/bin/env bash
# Shell scripts pass shellcheck.
source "$(dirname "$0")/lint.bash"

command -v shellcheck >/dev/null || { echo "SKIP: shellcheck is not installed" && exit 77; }
scripts=$({ echo bootstrap; [ ! -e .ci/run ] || echo .ci/run; echo tests/driver
	find tests -type f \( -name '*.sh' -o -name '*.bash' \) -not -path 'tests/data/*'; } | sort)
# SC1091, SC2034, SC2154: what is sourced is checked by itself; SC2016: programs of awk.
xargs shellcheck -e SC1091,SC2016,SC2034,SC2154 -S warning -f gcc <<<"$scripts" | promise "shell scripts pass shellcheck"

#!/usr/bin/env bash
# Every folder of test data says where it came from: program, version, command.
source "$(dirname "$0")/lint.bash"

for folder in tests/data/*/; do
	[ -s "${folder}ORIGIN" ] || echo "${folder}: no ORIGIN"
done | promise "test data has an origin"

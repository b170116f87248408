#!/usr/bin/env bash
# Messages begin in lower case and end without a full stop.
source "$(dirname "$0")/lint.bash"

c_files src | xargs awk '
# Joins a call over several lines, up to the semicolon, and looks at its first string.
function check(call, where,    text, rest) {
	rest = call
	text = ""
	if (!match(rest, /"([^"\\]|\\.)*"/))
		return
	rest = substr(rest, RSTART)
	while (match(rest, /^[ \t\n]*"([^"\\]|\\.)*"/)) {
		piece = substr(rest, 1, RLENGTH)
		sub(/^[ \t\n]*"/, "", piece)
		sub(/"$/, "", piece)
		text = text piece
		rest = substr(rest, RLENGTH + 1)
	}
	if (text ~ /[^.]\.$/)
		print where ": ends in a full stop: " text
	else if (text ~ /\\n$/)
		print where ": ends in a line feed: " text
	else if (text ~ /^[A-Z][a-z]/)
		print where ": begins with a capital: " text
}
FNR == 1 { call = "" }
call == "" && /(error_fail|error_errno|error_in|report_note)\(/ {
	call = $0
	where = FILENAME ":" FNR
	sub(/^.*(error_fail|error_errno|error_in|report_note)\(/, "", call)
	if (call ~ /;/) { check(call, where); call = "" }
	next
}
call != "" {
	call = call "\n" $0
	if ($0 ~ /;/) { check(call, where); call = "" }
}' | promise "messages begin in lower case and end without a full stop"

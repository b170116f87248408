#!/usr/bin/env bash
# Functions are short (median 15 lines or less, at most 4 in 100 over 60) and so are files (600
# lines, or a reason in long-files).
source "$(dirname "$0")/lint.bash"

command -v ctags >/dev/null || { echo "SKIP: ctags (universal-ctags) is not installed" && exit 77; }
longest=60 file_most=600

# LENGTH FILE:LINE NAME of every function
functions=$(c_files src | ctags -L - --languages=C --langmap=C:.c.h --kinds-C=f --fields=+ne \
	--output-format=xref --_xformat='%n %{end} %F %N' -f - |
	awk 'NF == 4 { print $2 - $1 + 1, $3 ":" $1, $4 }' | sort -n)

{
	awk -v longest=$longest '
	{ length_of[NR] = $1; if ($1 > longest) { long[++n] = $0 } }
	END {
		if (!NR)
			exit
		median = length_of[int((NR + 1) / 2)]
		printf "%d functions, median %d lines, %d (%.1f%%) over %d\n",
			NR, median, n, 100 * n / NR, longest >"/dev/stderr"
		if (median > 15)
			print "the median function has " median " lines"
		if (n > NR * 4 / 100)
			for (i = 1; i <= n; i++)
				print "long: " long[i]
	}' <<<"$functions"

	c_files src tests | xargs wc -l | awk -v most=$file_most '
	FNR == NR { sub(/:.*/, ""); reason[$0] = 1; next }
	$2 != "total" && $1 > most && !($2 in reason) {
		print $2 ": " $1 " lines, and no reason in tests/lint/long-files"
	}' <(grep ': ..*' tests/lint/long-files) -
} | promise "functions and files are short"

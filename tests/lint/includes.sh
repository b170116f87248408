#!/usr/bin/env bash
# Includes point down: a floor uses itself and those below, and every include names its floor.
source "$(dirname "$0")/lint.bash"

c_files src | xargs awk -v order="${floors[*]}" '
	BEGIN {
		n = split(order " main.c", floor, " ")
		for (i = 1; i <= n; i++)
			rank[floor[i]] = i
	}
	function wrong(why) { print FILENAME ":" FNR ": " why ": " $0 }
	FNR == 1 { split(FILENAME, part, "/"); own = part[2] }
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		path = $0
		sub(/^[^"]*"/, "", path)
		sub(/".*/, "", path)
		if (path == "config.h")
			next
		if (split(path, part, "/") != 2 || !(part[1] in rank || part[1] == "netd") ||
		    part[1] == "main.c")
			wrong("no floor named")
		else if (own == "netd" && part[1] != "netd" && part[1] != "base" && path != "net/message.h")
			wrong("netd uses base and net/message.h only")
		else if (own != "netd" && part[1] == "netd")
			wrong("only netd includes netd")
		else if (own != "netd" && rank[part[1]] > rank[own])
			wrong("points up")
	}' | promise "includes point down"

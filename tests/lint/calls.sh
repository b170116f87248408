#!/usr/bin/env bash
# No call that cannot be used safely: no bound, no error, a shell, or shared state.
source "$(dirname "$0")/lint.bash"

banned='strcpy|strcat|sprintf|vsprintf|gets|strtok|system|popen|atoi|atol|atoll|atof|tmpnam|tempnam'
banned+='|mktemp|alloca|setjmp|longjmp|rand|srand|gethostbyname|inet_ntoa|asctime|ctime|localtime|gmtime'
# Memory goes through base/memory.h, which ends the program where there is none.
memory='malloc|calloc|realloc|reallocarray|strdup|strndup|asprintf|vasprintf'

{
	c_files src | xargs grep -nEw "($banned) ?\(" || true
	c_files src | grep -v '^src/base/memory\.[ch]$' | xargs grep -nEw "($memory) ?\(" || true
} | { grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)' || true; } | promise "no banned call in src/"

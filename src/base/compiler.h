/* What gcc and clang can check for us, and scope cleanup. */
#pragma once

#define MUST_CHECK	  __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define NO_RETURN	  __attribute__((noreturn))

/* AUTO(error) err = ERROR_INIT: a struct that its own _clear tidies at the end of its scope. */
#define AUTO(name) __attribute__((cleanup(name##_clear))) struct name
/* AUTO_FREE char *text = ...: memory from memory.h, freed at the end of its scope. */
#define AUTO_FREE __attribute__((cleanup(mem_free_scope)))
/* AUTO_CLOSE int fd = -1: a descriptor, closed at the end of its scope where it is open. */
#define AUTO_CLOSE __attribute__((cleanup(file_close_scope)))

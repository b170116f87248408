/*
 * Hostile text on its way out: one function a sink. What a certificate, server, URL or file says
 * reaches no output but through one of these. Each appends to out.
 */
#pragma once

#include "base/buf.h"

/*
 * Terminal and messages: C0, C1, DEL, bidi and zero-width controls, line and paragraph separators,
 * tags and invalid UTF-8 become \xNN or \u{NNNN}; everything else stays as it is.
 */
void escape_terminal(struct buf *out, struct span text);
/* The same, cut to at most columns cells with a final ellipsis (wide characters count two). */
void escape_terminal_cut(struct buf *out, struct span text, size_t columns);
/*
 * One word of a POSIX shell: bare where that is safe, else in single quotes; where it holds what a
 * terminal must not see, in $'...' with octal escapes.
 */
void escape_shell(struct buf *out, struct span word);
/*
 * One CSV field (RFC 4180): first as escape_terminal, for a listing is read by people too and a line
 * is a record; then quoted where needed; a formula start (= + - @ tab CR) gets a leading '.
 */
void escape_csv(struct buf *out, struct span text);
/* Valid UTF-8 for a JSON library: each invalid byte becomes U+FFFD; control characters are its job. */
void escape_utf8(struct buf *out, struct span text);
/*
 * Text, or the value of an attribute in double quotes, of XML 1.0 in UTF-8: markup becomes entities,
 * CR a character reference (a parser would take it for LF), what XML forbids U+FFFD. It holds no "]]>".
 */
enum xml_place { XML_TEXT, XML_ATTRIBUTE };
void escape_xml(struct buf *out, struct span text, enum xml_place place);
/* Percent-encodes all but unreserved characters of RFC 3986 and, where asked, the space. */
enum percent_space { PERCENT_ENCODE_SPACE, PERCENT_KEEP_SPACE };
void escape_percent(struct buf *out, struct span text, enum percent_space space);
/* Undoes it; false where a % is not followed by two hex digits (out is then unchanged). */
MUST_CHECK bool unescape_percent(struct buf *out, struct span text);

/* For a message: the escaped text, cut to QUOTED_MOST columns, in memory of the caller's (mem_free). */
#define QUOTED_MOST 4096
char *quoted(struct span text);
void utf8_add(struct buf *out, uint32_t character);
bool utf8_valid(struct span text);

/* gzip (RFC 1952), unpacked by zlib, which is loaded when something is first unpacked. */
#pragma once

#include "base/buf.h"
#include "base/error.h"

/* Whether it begins as gzip does. */
bool gunzip_probe(struct span packed);
/*
 * Appends what is packed; STATUS_INPUT where it is none, breaks off, has something behind
 * it, or comes to more than most bytes.
 */
MUST_CHECK bool gunzip(struct buf *out, struct span packed, size_t most,
		       struct error *err);

/* The chain that a server should send: the leaf and its intermediates, without the anchor. */
#pragma once

#include "plan/export.h"
#include "plan/validation.h"

/*
 * Appends it as PEM, leaf first. n: out, how many certificates these are. False with err (STATUS_FINDING)
 * where the validation did not complete: then nobody knows it.
 */
MUST_CHECK bool served_chain(struct buf *out, size_t *n, const struct validation *validation,
			     struct error *err);
/*
 * Looks at what is at path. False (STATUS_UNCHANGED) where it holds anything but such a chain, and
 * writing over it is not allowed.
 */
MUST_CHECK bool served_guard(const char *path, enum shrink shrink, struct error *err);

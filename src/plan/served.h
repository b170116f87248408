/* The chain that a server should send: the leaf and its intermediates, without the anchor. */
#pragma once

#include "plan/validation.h"

/*
 * Appends it as PEM, leaf first. False with err (STATUS_FINDING) where the validation did not complete:
 * then nobody knows it.
 */
MUST_CHECK bool served_chain(struct buf *out, const struct validation *validation,
			     struct error *err);

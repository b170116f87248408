/* Dialling a target and handing back what it presents. */
#pragma once

#include "netd/work.h"

/* Takes the request's texts. */
void dial_start(struct work *work, struct message *request);

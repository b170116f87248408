/* Getting a URL of a stranger's choice within caps. */
#pragma once

#include "netd/work.h"

/* Takes the request's texts. */
void get_start(struct work *work, struct message *request);

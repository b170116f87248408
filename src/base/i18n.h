/* Messages that translators see: _() now, N_() in tables. */
#pragma once

#include <libintl.h>

#define _(text)	 gettext(text)
#define N_(text) text

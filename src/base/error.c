/* Failures on their way up. */
#include "base/error.h"

#include <assert.h>
#include <errno.h>

enum status status_worse(enum status a, enum status b)
{
	static const uint8_t gravity[] = {
		[STATUS_GOOD] = 0,    [STATUS_NO_ANSWER] = 1, [STATUS_FINDING] = 2,
		[STATUS_PARTIAL] = 3, [STATUS_INPUT] = 4,     [STATUS_UNCHANGED] = 5,
	};

	assert(a < COUNT(gravity) && b < COUNT(gravity));
	return gravity[a] >= gravity[b] ? a : b;
}

static void set(struct error *err, enum status status, char *text)
{
	error_clear(err);
	err->status = status;
	err->text = text;
}

bool error_fail(struct error *err, enum status status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	set(err, status, str_vformat(format, args));
	va_end(args);
	return false;
}

bool error_errno(struct error *err, enum status status, const char *format, ...)
{
	int number = errno;
	va_list args;
	AUTO_FREE char *what = NULL;

	va_start(args, format);
	what = str_vformat(format, args);
	va_end(args);
	set(err, status, str_format("%s: %s", what, strerror(number)));
	return false;
}

bool error_in(struct error *err, const char *format, ...)
{
	va_list args;
	AUTO_FREE char *place = NULL;
	char *text;

	assert(err->text);
	va_start(args, format);
	place = str_vformat(format, args);
	va_end(args);
	text = str_format("%s: %s", place, err->text);
	mem_free(err->text);
	err->text = text;
	return false;
}

bool error_remedy(struct error *err, const char *format, ...)
{
	va_list args;

	assert(err->text);
	mem_free(err->remedy);
	va_start(args, format);
	err->remedy = str_vformat(format, args);
	va_end(args);
	return false;
}

bool error_move(struct error *err, struct error *from)
{
	error_clear(err);
	*err = *from;
	*from = (struct error)ERROR_INIT;
	return false;
}

void error_clear(struct error *err)
{
	mem_free(err->text);
	mem_free(err->remedy);
	*err = (struct error)ERROR_INIT;
}

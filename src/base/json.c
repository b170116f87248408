/*
 * jansson, loaded when the first value is made or read. Its functions are defined here
 * under their own names, each of which calls the library's, so that its header works as
 * it stands, with what that defines inline.
 */
#include "base/library.h"
#include "base/memory.h"

#include <jansson.h>
#include <pthread.h>

#define JSON_CALLS(X)             \
	X(array)                  \
	X(array_append_new)       \
	X(array_get)              \
	X(array_size)             \
	X(delete)                 \
	X(dump_callback)          \
	X(dumps)                  \
	X(false)                  \
	X(integer)                \
	X(integer_value)          \
	X(loadb)                  \
	X(null)                   \
	X(object)                 \
	X(object_get)             \
	X(object_iter)            \
	X(object_iter_key)        \
	X(object_iter_next)       \
	X(object_iter_value)      \
	X(object_key_to_iter)     \
	X(object_set_new)         \
	X(object_set_new_nocheck) \
	X(object_size)            \
	X(string)                 \
	X(string_length)          \
	X(string_nocheck)         \
	X(string_value)           \
	X(stringn_nocheck)        \
	X(true)                   \
	X(vpack_ex)

static struct {
#define JSON_MEMBER(name) __typeof__(json_##name) *json_##name;
	JSON_CALLS(JSON_MEMBER)
#undef JSON_MEMBER
} calls;

static void load(void)
{
#define JSON_FIND(name) { "json_" #name, &calls.json_##name },
	const struct library_call wanted[] = { JSON_CALLS(JSON_FIND) };
#undef JSON_FIND

	library_require(LIBJANSSON, wanted, COUNT(wanted));
}

static void need(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
}

#define VALUE_OF(name)                      \
	json_t *json_##name(void)           \
	{                                   \
		need();                     \
		return calls.json_##name(); \
	}
#define CALL(type, name, parameters, arguments)     \
	type json_##name parameters                 \
	{                                           \
		need();                             \
		return calls.json_##name arguments; \
	}

VALUE_OF(array)
VALUE_OF(object)
VALUE_OF(true)
VALUE_OF(false)
VALUE_OF(null)
CALL(json_t *, integer, (json_int_t value), (value))
CALL(json_t *, string, (const char *value), (value))
CALL(json_t *, string_nocheck, (const char *value), (value))
CALL(json_t *, stringn_nocheck, (const char *value, size_t n), (value, n))

CALL(json_int_t, integer_value, (const json_t *json), (json))
CALL(const char *, string_value, (const json_t *json), (json))
CALL(size_t, string_length, (const json_t *json), (json))

CALL(size_t, array_size, (const json_t *array), (array))
CALL(json_t *, array_get, (const json_t *array, size_t i), (array, i))
CALL(int, array_append_new, (json_t * array, json_t *value), (array, value))

CALL(size_t, object_size, (const json_t *object), (object))
CALL(json_t *, object_get, (const json_t *object, const char *key), (object, key))
CALL(int, object_set_new, (json_t * object, const char *key, json_t *value),
     (object, key, value))
CALL(int, object_set_new_nocheck, (json_t * object, const char *key, json_t *value),
     (object, key, value))
CALL(void *, object_iter, (json_t * object), (object))
CALL(void *, object_iter_next, (json_t * object, void *at), (object, at))
CALL(const char *, object_iter_key, (void *at), (at))
CALL(json_t *, object_iter_value, (void *at), (at))
CALL(void *, object_key_to_iter, (const char *key), (key))

CALL(char *, dumps, (const json_t *json, size_t flags), (json, flags))
CALL(int, dump_callback,
     (const json_t *json, json_dump_callback_t to, void *data, size_t flags),
     (json, to, data, flags))
CALL(json_t *, loadb, (const char *at, size_t n, size_t flags, json_error_t *error),
     (at, n, flags, error))

json_t *json_pack(const char *format, ...)
{
	json_t *json;
	va_list values;

	need();
	va_start(values, format);
	json = calls.json_vpack_ex(NULL, 0, format, values);
	va_end(values);
	return json;
}

void json_delete(json_t *json)
{
	need();
	calls.json_delete(json);
}

/* PKCS#11 modules as witnesses: p11-kit's trust module, NSS's built-in roots. */
#pragma once

#include <p11-kit/pkcs11.h>
#include <p11-kit/pkcs11x.h>

#include "formats.h"

#include <dlfcn.h>
#include <glob.h>

struct module {
	void *library;
	CK_FUNCTION_LIST *call;
	CK_SESSION_HANDLE session;
	char *folder;
};

/* The first of the places that is there, NULL where none is. */
static inline char *find_library(const char *const *places, size_t n)
{
	char *path = NULL;

	for (size_t i = 0; i < n && !path; i++) {
		glob_t found = { 0 };

		if (glob(places[i], 0, NULL, &found) == 0)
			path = str_copy(found.gl_pathv[0]);
		globfree(&found);
	}
	return path;
}

/* Loads the library and opens a session; reserved as in CK_C_INITIALIZE_ARGS. */
static inline void load_library(struct module *module, const char *path, char *reserved)
{
	CK_RV (*list)(CK_FUNCTION_LIST **) = NULL;
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK, .pReserved = reserved };
	CK_SLOT_ID slots[4];
	CK_ULONG n = COUNT(slots);

	/* It stays: what NSS's keeps for good would be a leak once its globals are gone.
	 */
	module->library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	assert_non_null(module->library);
	*(void **)&list = dlsym(module->library, "C_GetFunctionList");
	assert_non_null(list);
	assert_int_equal(list(&module->call), CKR_OK);
	assert_int_equal(module->call->C_Initialize(&args), CKR_OK);
	assert_int_equal(module->call->C_GetSlotList(CK_TRUE, slots, &n), CKR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(module->call->C_OpenSession(slots[0], CKF_SERIAL_SESSION, NULL,
						     NULL, &module->session),
			 CKR_OK);
}

static inline char *trust_module_path(void)
{
	static const char *const places[] = {
		"/usr/lib/*/pkcs11/p11-kit-trust.so",
		"/usr/lib64/pkcs11/p11-kit-trust.so",
		"/usr/lib/pkcs11/p11-kit-trust.so",
	};

	return find_library(places, COUNT(places));
}

/* Skips the test where p11-kit's trust module is not installed; nothing is held yet. */
static inline void need_trust_module(void)
{
	char *path = trust_module_path();
	bool there = path != NULL;

	mem_free(path);
	if (!there)
		skip();
}

/* p11-kit's trust module over a folder, which then goes with the module. */
static inline void load_trust_folder(struct module *module, char *folder)
{
	AUTO_FREE char *path = trust_module_path();
	AUTO_FREE char *reserved = str_format("paths='%s'", folder);

	module->folder = folder;
	load_library(module, path, reserved);
}

/* The same over a folder that holds the file and nothing else. */
static inline void load_trust(struct module *module, struct span file)
{
	char *folder = new_folder();
	AUTO_FREE char *name = path_in(folder, "cellar.p11-kit");

	write_bytes(name, file);
	load_trust_folder(module, folder);
}

static inline void module_clear(struct module *module)
{
	if (module->call)
		module->call->C_Finalize(NULL);
	if (module->library)
		dlclose(module->library);
	if (module->folder)
		remove_folder(module->folder);
	mem_free(module->folder);
}

/* The one object of that class with the attribute; 0 where there is none. */
static inline CK_OBJECT_HANDLE find(struct module *module, CK_OBJECT_CLASS class,
				    CK_ATTRIBUTE_TYPE type, struct span value)
{
	CK_ATTRIBUTE wanted[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ type, (void *)value.at, value.n },
	};
	CK_OBJECT_HANDLE found[2] = { 0, 0 };
	CK_ULONG n = 0;

	assert_int_equal(module->call->C_FindObjectsInit(module->session, wanted, 2),
			 CKR_OK);
	assert_int_equal(module->call->C_FindObjects(module->session, found, 2, &n),
			 CKR_OK);
	assert_int_equal(module->call->C_FindObjectsFinal(module->session), CKR_OK);
	assert_true(n <= 1);
	return n ? found[0] : 0;
}

/* The bytes of an attribute; n 0 where the object has none. */
static inline struct span get(struct module *module, CK_OBJECT_HANDLE object,
			      CK_ATTRIBUTE_TYPE type, uint8_t to[256])
{
	CK_ATTRIBUTE attribute = { type, to, 256 };
	CK_RV rv =
		module->call->C_GetAttributeValue(module->session, object, &attribute, 1);

	return span_of(to, rv == CKR_OK ? attribute.ulValueLen : 0);
}

static inline bool get_bool(struct module *module, CK_OBJECT_HANDLE object,
			    CK_ATTRIBUTE_TYPE type)
{
	uint8_t to[256];
	struct span value = get(module, object, type, to);

	return value.n == 1 && value.at[0] == CK_TRUE;
}

/*
 * Tokens that a PKCS#11 URI names. Which modules there are is the administrator's to say
 * in p11-kit's configuration, or the user's by module-path; a token is data from outside,
 * its module is code that was chosen here.
 */
#include "format/pkcs11.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/i18n.h"
#include "base/library.h"
#include "format/contents.h"
#include "format/passwords.h"
#include "format/token.h"

#include <stdlib.h>

#define SLOTS_MOST 256 /* of one module */

/* ---- URIs ---- */

struct uri {
	P11KitUri *p11;
};

static void uri_clear(struct uri *uri)
{
	if (uri->p11)
		p11_kit.uri_free(uri->p11);
}

static bool fail_pin(struct error *err)
{
	error_fail(err, STATUS_INPUT,
		   _("a PIN on the command line is one that everybody can see, so "
		     "pin-value and pin-source are not read"));
	return error_remedy(err, _("--password-file FILE, --password-fd N or "
				   "--password-env NAME says the PIN"));
}

/* A store is all certificates of a token: "type=cert" says no more. */
static bool check_objects(const struct uri *uri, struct error *err)
{
	CK_ULONG n = 0;
	CK_ATTRIBUTE *attributes = p11_kit.uri_get_attributes(uri->p11, &n);

	for (CK_ULONG i = 0; i < n; i++) {
		CK_ULONG class;

		if (attributes[i].type == CKA_CLASS &&
		    token_number(span_of(attributes[i].pValue, attributes[i].ulValueLen),
				 &class) &&
		    class == CKO_CERTIFICATE)
			continue;
		error_fail(
			err, STATUS_INPUT,
			_("a store is a whole token, so the URI cannot say an object"));
		return error_remedy(err, _("a selector chooses from a store: rootcellar "
					   "list --store pkcs11:... 'NAME'"));
	}
	return true;
}

static bool parse(struct uri *uri, const char *text, struct error *err)
{
	int answer;

	uri->p11 = p11_kit.uri_new();
	answer = p11_kit.uri_parse(text, P11_KIT_URI_FOR_ANY, uri->p11);
	if (answer != P11_KIT_URI_OK)
		return error_fail(err, STATUS_INPUT, _("this is no PKCS#11 URI: %s"),
				  p11_kit.uri_message(answer));
	if (p11_kit.uri_any_unrecognized(uri->p11))
		return error_fail(err, STATUS_INPUT,
				  _("the URI has a part that is not known, and so names "
				    "no token (RFC 7512)"));
	if (p11_kit.uri_get_pin_value(uri->p11) || p11_kit.uri_get_pin_source(uri->p11))
		return fail_pin(err);
	return check_objects(uri, err);
}

/* ---- libraries ---- */

/* A library that was loaded and started here. */
struct library {
	CK_FUNCTION_LIST *module;
	bool started; /* by us: another may have it running already */
};

static void library_clear(struct library *library)
{
	if (library->started)
		(void)library->module->C_Finalize(NULL); /* nothing is left to lose */
}

static bool start(struct library *library, const char *path, const char *reserved,
		  struct error *err)
{
	AUTO_FREE char *parameters = reserved ? str_copy(reserved) : NULL;
	AUTO_FREE char *shown = quoted(span_str(path));
	AUTO_FREE char *problem = NULL;
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK,
				      .pReserved = parameters };
	CK_C_GetFunctionList list = NULL;
	const struct library_call call = { "C_GetFunctionList", &list };
	CK_RV answer;

	problem = library_load(path, &call, 1);
	if (problem)
		return error_fail(err, STATUS_INPUT,
				  _("cannot load the PKCS#11 module '%s': %s"), shown,
				  problem);
	answer = list(&library->module);
	if (answer == CKR_OK)
		answer = library->module->C_Initialize(&args);
	library->started = answer == CKR_OK;
	if (answer == CKR_OK || (answer == CKR_CRYPTOKI_ALREADY_INITIALIZED && !reserved))
		return true;
	cryptoki_fail(err, STATUS_INPUT, answer, shown);
	return error_in(err, _("cannot start the PKCS#11 module"));
}

/* ---- tokens ---- */

/* What is done with the one token of a walk that is written, and how that went. */
struct writing {
	bool (*act)(const struct writing *writing, const struct token *token,
		    struct error *err);
	const struct passwords *passwords;
	const struct entry_set *set;
	struct written *written;
	struct format *format; /* what it can be told */
	bool *officer;
	struct error *err;
	/* The library has a token for its own use beside it, and that which is meant may
	 * not have been set up. */
	bool of_library;
};

/* A walk over modules and their tokens. */
struct walk {
	struct entry_sink *sink;       /* NULL: tokens are only counted */
	P11KitUri *uri;                /* NULL: every token */
	const struct writing *writing; /* NULL: tokens are read */
	size_t matched;
	bool locked; /* one of them wants a PIN before it shows more */
};

static bool is_matched(const struct walk *walk, CK_FUNCTION_LIST *module)
{
	CK_INFO info;

	return !walk->uri || (module->C_GetInfo(&info) == CKR_OK &&
			      p11_kit.uri_match_module_info(walk->uri, &info));
}

/* One that nobody has set up yet is empty; what cannot be written needs no setting up. */
static bool is_set_up(const CK_TOKEN_INFO *info)
{
	return info->flags & (CKF_TOKEN_INITIALIZED | CKF_WRITE_PROTECTED);
}

static bool is_slot_matched(const struct walk *walk, CK_FUNCTION_LIST *module,
			    CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	CK_SLOT_INFO slot_info;

	if (walk->writing && walk->writing->of_library)
		return module->C_GetTokenInfo(slot, info) == CKR_OK &&
		       !(info->flags & CKF_WRITE_PROTECTED);
	if (module->C_GetTokenInfo(slot, info) != CKR_OK || !is_set_up(info))
		return false;
	return !walk->uri || (module->C_GetSlotInfo(slot, &slot_info) == CKR_OK &&
			      p11_kit.uri_match_slot_info(walk->uri, &slot_info) &&
			      p11_kit.uri_match_token_info(walk->uri, info));
}

/* Text of a token's information is padded with spaces. */
static struct span unpadded(const CK_UTF8CHAR *text, size_t n)
{
	while (n && (text[n - 1] == ' ' || !text[n - 1]))
		n--;
	return span_of(text, n);
}

/* "pkcs11:token=System%20Trust": where its entries came from. */
static char *token_uri(const CK_TOKEN_INFO *info)
{
	AUTO(buf) uri = BUF_INIT;

	buf_add_str(&uri, "pkcs11:token=");
	escape_percent(&uri, unpadded(info->label, sizeof(info->label)),
		       PERCENT_ENCODE_SPACE);
	return str_copy(buf_text(&uri));
}

/* ---- PINs ---- */

/* After the last wrong PIN the token is locked: that one is not for us to guess. */
static bool may_try(CK_FUNCTION_LIST *module, CK_SLOT_ID slot, CK_USER_TYPE user)
{
	CK_FLAGS bad = user == CKU_SO ? CKF_SO_PIN_FINAL_TRY | CKF_SO_PIN_LOCKED
				      : CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED;
	CK_TOKEN_INFO info;

	return module->C_GetTokenInfo(slot, &info) == CKR_OK && !(info.flags & bad);
}

static bool is_wrong(CK_RV answer)
{
	return answer == CKR_PIN_INCORRECT || answer == CKR_PIN_INVALID ||
	       answer == CKR_PIN_LEN_RANGE;
}

static bool log_in(const struct token *token, CK_SLOT_ID slot,
		   const struct passwords *passwords, struct error *err)
{
	CK_USER_TYPE user = passwords->officer ? CKU_SO : CKU_USER;
	CK_RV answer = CKR_PIN_INCORRECT;

	for (size_t i = 0; is_wrong(answer) && i < passwords->n_said; i++) {
		const struct secret *pin = &passwords->said[i];

		if (!may_try(token->module, slot, user))
			return error_fail(err, STATUS_INPUT,
					  _("the token has been given so many wrong PINs "
					    "that one more would lock it"));
		answer = token->module->C_Login(token->session, user, pin->at, pin->n);
	}
	return answer == CKR_OK || answer == CKR_USER_ALREADY_LOGGED_IN ||
	       cryptoki_fail(err, STATUS_INPUT, answer, _("the token refuses the login"));
}

/* ---- reading ---- */

static bool read_session(struct walk *walk, const struct token *token, CK_SLOT_ID slot,
			 const CK_TOKEN_INFO *info, struct error *err)
{
	const struct passwords *passwords = walk->sink->passwords;

	if (info->flags & CKF_LOGIN_REQUIRED) {
		if (!passwords || !passwords->n_said)
			walk->locked = true;
		else if (!passwords->officer && !log_in(token, slot, passwords, err))
			return false;
	}
	return token_read(token, walk->sink, err);
}

static bool read_token(struct walk *walk, CK_FUNCTION_LIST *module, CK_SLOT_ID slot,
		       const CK_TOKEN_INFO *info, struct error *err)
{
	struct token token = { .module = module,
			       .deadline_ms = clock_monotonic_ms() + TOKEN_MOST_MS };
	CK_RV answer = module->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
					     &token.session);
	bool good;

	if (answer != CKR_OK)
		return cryptoki_fail(err, STATUS_INPUT, answer,
				     _("cannot open a session with the token"));
	good = read_session(walk, &token, slot, info, err);
	(void)module->C_CloseSession(token.session); /* all was read */
	return good;
}

/* One token that fails is left out, and never costs the others. */
static void take_token(struct walk *walk, CK_FUNCTION_LIST *module, CK_SLOT_ID slot,
		       const CK_TOKEN_INFO *info)
{
	AUTO_FREE char *uri = token_uri(info);
	/* The one token of a library that was named is the place that was named. */
	struct entry_sink sink = sink_for(walk->sink, walk->uri ? uri : walk->sink->path);
	struct walk of_token = { .sink = &sink };
	AUTO(error) bad = ERROR_INIT;

	if (!read_token(&of_token, module, slot, info, &bad))
		sink_skip(&sink, 0, &bad);
	walk->locked |= of_token.locked;
	walk->sink->added += sink.added;
	walk->sink->skipped += sink.skipped;
}

/* ---- writing ---- */

static bool fail_locked(struct error *err)
{
	error_fail(err, STATUS_UNCHANGED,
		   _("the token wants its PIN before it is written"));
	return error_remedy(err, _("--password-file FILE, --password-fd N or "
				   "--password-env NAME says the PIN"));
}

static bool write_session(const struct writing *writing, const struct token *token,
			  struct error *err)
{
	return token_write(token, writing->set, writing->written, err);
}

/* Where no PIN is said, it can be asked all the same. */
static bool ask_session(const struct writing *writing, const struct token *token,
			struct error *err)
{
	enum token_says says = token_ask(token, writing->officer);

	(void)err;
	*writing->format =
		(struct format){ .name = _("the token"), .carries = token_carries(says) };
	return true;
}

/*
 * What NSS made for us just now: it takes a first PIN from an officer who has none
 * (PKCS#11 2.40, 5.5: C_InitPIN).
 */
static bool set_up(const struct token *token, const struct passwords *passwords,
		   struct error *err)
{
	static const struct secret none;
	const struct secret *pin = passwords && passwords->n_said
					   ? &passwords->said[passwords->n_said - 1]
					   : &none;
	CK_UTF8CHAR empty[] = "";
	CK_RV answer = token->module->C_Login(token->session, CKU_SO, empty, 0);

	if (answer == CKR_OK) {
		answer = token->module->C_InitPIN(token->session,
						  pin->n ? pin->at : empty, pin->n);
		(void)token->module->C_Logout(
			token->session); /* it may write either way */
	}
	return answer == CKR_OK || cryptoki_fail(err, STATUS_UNCHANGED, answer,
						 _("the new token takes no password"));
}

static bool unlock(const struct writing *writing, const struct token *token,
		   CK_SLOT_ID slot, const CK_TOKEN_INFO *info, struct error *err)
{
	const struct passwords *passwords = writing->passwords;
	bool some = passwords && passwords->n_said;

	if (!(info->flags & CKF_TOKEN_INITIALIZED)) {
		if (!set_up(token, passwords, err))
			return false;
		return !some || log_in(token, slot, passwords, err);
	}
	if (!(info->flags & CKF_LOGIN_REQUIRED))
		return true;
	if (some)
		return log_in(token, slot, passwords, err);
	return writing->act == ask_session || fail_locked(err);
}

static void write_token(const struct writing *writing, CK_FUNCTION_LIST *module,
			CK_SLOT_ID slot, const CK_TOKEN_INFO *info)
{
	struct token token = { .module = module,
			       .deadline_ms = clock_monotonic_ms() + TOKEN_MOST_MS };
	CK_RV answer;

	if (info->flags & CKF_WRITE_PROTECTED) {
		error_fail(writing->err, STATUS_UNCHANGED,
			   _("the token can only be read"));
		return;
	}
	answer = module->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL,
				       NULL, &token.session);
	if (answer != CKR_OK) {
		cryptoki_fail(writing->err, STATUS_UNCHANGED, answer,
			      _("cannot open a session with the token"));
		return;
	}
	/* What went wrong is told there. */
	if (unlock(writing, &token, slot, info, writing->err))
		(void)writing->act(writing, &token, writing->err);
	(void)module->C_CloseSession(token.session);
}

/* ---- modules ---- */

static void take_module(struct walk *walk, CK_FUNCTION_LIST *module)
{
	CK_SLOT_ID slots[SLOTS_MOST];
	CK_ULONG n = COUNT(slots);
	CK_TOKEN_INFO info;

	if (!is_matched(walk, module) ||
	    module->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK)
		return;
	for (CK_ULONG i = 0; i < n && i < COUNT(slots); i++) {
		if (!is_slot_matched(walk, module, slots[i], &info))
			continue;
		walk->matched++;
		if (walk->writing)
			write_token(walk->writing, module, slots[i], &info);
		else if (walk->sink)
			take_token(walk, module, slots[i], &info);
	}
}

static bool check_some(const struct walk *walk, size_t had, struct error *err)
{
	if (!walk->matched) {
		error_fail(err, STATUS_INPUT, _("no token is there that this URI names"));
		return error_remedy(err, _("those that are there: p11-kit list-tokens"));
	}
	if (read_something(walk->sink, had, err))
		return true;
	if (walk->locked)
		error_remedy(err, _("it may show more to who says its PIN: "
				    "--password-file FILE"));
	return false;
}

/* ---- what the URI names ---- */

/* Those of p11-kit's configuration. */
static bool take_configured(struct walk *walk, const char *name, struct error *err)
{
	CK_FUNCTION_LIST **modules = p11_kit.modules_load_and_initialize(0);

	if (!modules)
		return error_fail(err, STATUS_INPUT,
				  _("p11-kit cannot load the modules that its "
				    "configuration names"));
	for (size_t i = 0; modules[i]; i++) {
		char *its_name = p11_kit.module_get_name(modules[i]);

		if (!name || (its_name && strcmp(its_name, name) == 0))
			take_module(walk, modules[i]);
		free(its_name);
	}
	p11_kit.modules_finalize_and_release(modules);
	return true;
}

static bool take_library(struct walk *walk, const char *path, const char *reserved,
			 struct error *err)
{
	AUTO(library) library = { NULL, false };

	if (strchr(path, '/') && path[0] != '/')
		return error_fail(
			err, STATUS_INPUT,
			_("module-path is the name of a library, or a path from "
			  "'/' on"));
	if (!start(&library, path, reserved, err))
		return false;
	take_module(walk, library.module);
	return true;
}

/* All that the URI names. */
static bool walk_uri(struct walk *walk, const char *uri, struct error *err)
{
	AUTO(uri) parsed = { NULL };
	const char *path;

	if (!p11_kit_load(err) || !parse(&parsed, uri, err))
		return false;
	walk->uri = parsed.p11;
	path = p11_kit.uri_get_module_path(parsed.p11);
	return path ? take_library(walk, path, NULL, err)
		    : take_configured(walk, p11_kit.uri_get_module_name(parsed.p11), err);
}

bool pkcs11_read(const char *uri, struct entry_sink *sink, struct error *err)
{
	struct walk walk = { .sink = sink };
	size_t had = sink->added;

	return walk_uri(&walk, uri, err) && check_some(&walk, had, err);
}

bool pkcs11_is_there(const char *uri)
{
	struct walk walk = { .sink = NULL };
	AUTO(error) absent = ERROR_INIT;

	return walk_uri(&walk, uri, &absent) && walk.matched;
}

/* The one token that the URI names. */
static bool act_on_token(const char *uri, const struct writing *writing,
			 struct error *err)
{
	struct walk look = { .sink = NULL }, walk = { .writing = writing };

	if (!walk_uri(&look, uri, err))
		return false;
	if (look.matched != 1)
		return error_fail(err, STATUS_INPUT,
				  ngettext("the URI names %zu token, and one is written",
					   "the URI names %zu tokens, and one is written",
					   look.matched),
				  look.matched);
	if (!walk_uri(&walk, uri, err))
		return false;
	if (err->text)
		err->status = STATUS_UNCHANGED;
	return !err->text;
}

bool pkcs11_write(const char *uri, const struct entry_set *set,
		  const struct passwords *passwords, struct written *written,
		  struct error *err)
{
	const struct writing writing = { .act = write_session,
					 .passwords = passwords,
					 .set = set,
					 .written = written,
					 .err = err };

	return act_on_token(uri, &writing, err);
}

bool pkcs11_format(const char *uri, const struct passwords *passwords,
		   struct format *format, bool *officer, struct error *err)
{
	const struct writing writing = { .act = ask_session,
					 .passwords = passwords,
					 .format = format,
					 .officer = officer,
					 .err = err };

	return act_on_token(uri, &writing, err);
}

bool pkcs11_read_library(const char *library, const char *reserved,
			 struct entry_sink *sink, struct error *err)
{
	struct walk walk = { .sink = sink };
	size_t had = sink->added;

	return take_library(&walk, library, reserved, err) && check_some(&walk, had, err);
}

/* p11-kit's trust module calls each of its slots by the path that it reads. */
static bool add_place(struct buf *places, const CK_SLOT_INFO *info, struct error *err)
{
	size_t n = sizeof(info->slotDescription);

	while (n && info->slotDescription[n - 1] == ' ')
		n--;
	if (!n || n == sizeof(info->slotDescription) || info->slotDescription[0] != '/')
		return error_fail(err, STATUS_INPUT,
				  _("the places that it reads by itself cannot be told"));
	buf_addf(places, "%s%.*s", places->n ? ":" : "", (int)n,
		 (const char *)info->slotDescription);
	return true;
}

bool pkcs11_trust_places(const char *path, struct buf *places, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	AUTO(library) library = { NULL, false };
	CK_SLOT_ID slots[SLOTS_MOST];
	CK_ULONG n = COUNT(slots);
	CK_SLOT_INFO info;
	bool good = true;

	if (!start(&library, path, NULL, err))
		return false;
	if (library.module->C_GetSlotList(CK_FALSE, slots, &n) != CKR_OK)
		n = 0;
	for (CK_ULONG i = 0; good && i < n; i++)
		good = library.module->C_GetSlotInfo(slots[i], &info) == CKR_OK &&
		       add_place(places, &info, err);
	return good || error_in(err, "%s", shown);
}

bool pkcs11_write_library(const char *library, const char *reserved,
			  const struct entry_set *set, const struct passwords *passwords,
			  struct written *written, struct error *err)
{
	const struct writing writing = { .act = write_session,
					 .passwords = passwords,
					 .set = set,
					 .written = written,
					 .err = err,
					 .of_library = true };
	struct walk walk = { .writing = &writing };

	if (!take_library(&walk, library, reserved, err))
		return false;
	if (!walk.matched)
		return error_fail(err, STATUS_UNCHANGED, _("the token can only be read"));
	if (err->text)
		err->status = STATUS_UNCHANGED;
	return !err->text;
}

/*
 * Writing into a token. It has no transactions: what is new is created first, and taken
 * back where that fails; only then the old goes.
 */
#include "format/token_parts.h"

#include "base/i18n.h"

static void token_writing_clear(struct token_writing *writing)
{
	mem_free(writing->wishes);
	mem_free(writing->extensions);
	mem_free(writing->going);
	token_handles_clear(&writing->stale_trusts);
	token_handles_clear(&writing->stale);
	token_handles_clear(&writing->made);
	token_labels_clear(&writing->labels);
	table_clear(&writing->going_by_name);
	table_clear(&writing->wishes_by_name);
	arena_clear(&writing->arena);
}

static struct token_wish *find_wish(const struct token_writing *writing,
				    const struct sha256 *hash)
{
	const struct entry *entry = set_find_sha256(writing->set, hash);

	return entry ? &writing->wishes[entry - writing->set->at] : NULL;
}

/* ---- what is there ---- */

/* No date is no bytes, or one that is zero. */
static bool same_date(struct span there, struct span wanted)
{
	return span_eq(there, wanted) || (!wanted.n && there.n == 1 && there.at[0] == 0);
}

/* Whether the certificate says what it shall. */
static bool fits(enum token_says says, const struct token_wish *wish,
		 const struct token_object *object)
{
	bool trusted = token_flag(object->at[TOKEN_TRUSTED]);

	switch (says) {
	case TOKEN_SAYS_NSS:
		return true;
	case TOKEN_SAYS_NOTHING:
		/* What its officer marked stays so as long as it is an anchor. */
		return wish->trusted || !trusted;
	case TOKEN_SAYS_TRUSTED:
		return wish->trusted == trusted;
	case TOKEN_SAYS_P11_KIT:
		break;
	}
	return wish->trusted == trusted &&
	       wish->distrusted == token_flag(object->at[TOKEN_DISTRUSTED]) &&
	       same_date(object->at[TOKEN_SERVER_AFTER], wish->server_after) &&
	       same_date(object->at[TOKEN_EMAIL_AFTER], wish->email_after);
}

/* One of ours that does not fit makes room for one that does. */
static void look_at_wanted(struct token_writing *writing, CK_OBJECT_HANDLE handle,
			   const struct token_object *object, struct token_wish *wish)
{
	bool ours = token_is_ours(object->at[TOKEN_ID]);

	wish->ours |= ours;
	wish->others |= !ours;
	if (fits(writing->says, wish, object)) {
		wish->there = true;
	} else if (ours) {
		wish->changed = true;
		token_handles_add(&writing->stale, handle);
	} else {
		wish->differs = true;
	}
}

static bool look_at_certificate(struct token_writing *writing, CK_OBJECT_HANDLE handle,
				const struct token_object *object, struct error *err)
{
	struct sha256 hash = sha256_of(object->at[TOKEN_VALUE]);
	struct token_wish *wish = find_wish(writing, &hash);

	/* Other tokens have any number of one label. */
	if (writing->says == TOKEN_SAYS_NSS)
		token_label_is_there(&writing->labels, object->at[TOKEN_LABEL],
				     object->at[TOKEN_SUBJECT]);
	if (wish) {
		look_at_wanted(writing, handle, object, wish);
		return true;
	}
	if (!token_is_ours(object->at[TOKEN_ID]))
		return token_check_names(writing, object, err);
	token_handles_add(&writing->stale, handle);
	token_trust_goes(writing, object);
	writing->written->removed++;
	return true;
}

static bool look_at_extension(struct token_writing *writing, CK_OBJECT_HANDLE handle,
			      const struct token_object *object, struct error *err)
{
	struct sha256 of;
	struct token_wish *wish;

	(void)err;
	for (size_t i = 0; i < writing->n_extensions; i++) {
		struct token_extension *wanted = &writing->extensions[i];

		if (!wanted->there && span_eq(object->at[TOKEN_KEY], wanted->key) &&
		    span_eq(object->at[TOKEN_VALUE], wanted->value)) {
			wanted->there = true;
			return true;
		}
	}
	if (!token_is_ours(object->at[TOKEN_ID]))
		return true;
	token_handles_add(&writing->stale_trusts, handle);
	of = token_id_hash(object->at[TOKEN_ID]);
	wish = find_wish(writing, &of);
	if (wish)
		wish->changed = true;
	return true;
}

bool token_look(struct token_writing *writing, CK_OBJECT_CLASS class,
		token_looker *look_at, struct error *err)
{
	AUTO(token_handles) handles = TOKEN_HANDLES_INIT;

	if (!token_find(writing->token, class, &handles, err))
		return false;
	for (size_t i = 0; i < handles.n; i++) {
		struct token_object object;
		AUTO(error) fault = ERROR_INIT;

		if (!token_get(writing->token, handles.at[i], &writing->arena,
			       &writing->left, &object, &fault, err))
			return false;
		if (!fault.text && !look_at(writing, handles.at[i], &object, err))
			return false;
	}
	return true;
}

/* What others say stays as it is, but that a certificate is distrusted can be said
 * beside it. */
static void leave_others(struct token_writing *writing)
{
	for (size_t i = 0; i < writing->set->n; i++) {
		struct token_wish *wish = &writing->wishes[i];

		if (!wish->differs || wish->ours || wish->there || wish->distrusted)
			continue;
		wish->there = true;
		writing->written->left++;
	}
}

static bool look_at_all(struct token_writing *writing, struct error *err)
{
	if (writing->says == TOKEN_SAYS_NSS && !token_name_wishes(writing, err))
		return false;
	if (!token_look(writing, CKO_CERTIFICATE, look_at_certificate, err))
		return false;
	leave_others(writing);
	if (writing->says == TOKEN_SAYS_P11_KIT)
		return token_look(writing, CKO_X_CERTIFICATE_EXTENSION, look_at_extension,
				  err);
	return writing->says != TOKEN_SAYS_NSS || token_look_at_trusts(writing, err);
}

/* ---- what is new ---- */

/* What narrows an anchor is there before it. */
static bool make_extensions(struct token_writing *writing, struct error *err)
{
	for (size_t i = 0; i < writing->n_extensions; i++) {
		const struct token_extension *extension = &writing->extensions[i];

		if (extension->there)
			continue;
		if (!token_make_extension(writing, extension, err))
			return false;
		writing->wishes[extension->wish].changed = true;
	}
	return true;
}

static bool make_certificates(struct token_writing *writing, struct error *err)
{
	for (size_t i = 0; i < writing->set->n; i++) {
		struct token_wish *wish = &writing->wishes[i];

		if (wish->there)
			continue;
		if (!token_make_certificate(writing, wish, err))
			return false;
		wish->added = !wish->ours && !wish->others;
		wish->changed = !wish->added;
	}
	return true;
}

static bool make_all(struct token_writing *writing, struct error *err)
{
	return make_extensions(writing, err) && make_certificates(writing, err) &&
	       (writing->says != TOKEN_SAYS_NSS || token_write_trusts(writing, err));
}

static void count(const struct token_writing *writing)
{
	for (size_t i = 0; i < writing->set->n; i++) {
		writing->written->added += writing->wishes[i].added;
		writing->written->changed +=
			writing->wishes[i].changed && !writing->wishes[i].added;
	}
}

/* ---- what goes ---- */

/* How many of them could not be destroyed. */
static size_t destroy_all(const struct token_writing *writing,
			  const struct token_handles *handles)
{
	const struct token *token = writing->token;
	size_t stay = 0;

	for (size_t i = 0; i < handles->n; i++) {
		if (token->module->C_DestroyObject(token->session, handles->at[i]) !=
		    CKR_OK)
			stay++;
	}
	return stay;
}

static bool take_back(struct token_writing *writing, struct error *err)
{
	size_t stay = destroy_all(writing, &writing->made);

	if (writing->says == TOKEN_SAYS_NSS)
		stay += token_restore_trusts(writing);
	return stay ? error_in(err,
			       ngettext("%zu new object is in the token, which has not "
					"all of them",
					"%zu new objects are in the token, which has not "
					"all of them",
					stay),
			       stay)
		    : false;
}

/* Trust goes before that which is trusted; what narrows, after it. */
static size_t destroy_stale(const struct token_writing *writing)
{
	size_t stay = 0;

	if (writing->says == TOKEN_SAYS_NSS)
		stay += destroy_all(writing, &writing->stale_trusts);
	stay += destroy_all(writing, &writing->stale);
	if (writing->says != TOKEN_SAYS_NSS)
		stay += destroy_all(writing, &writing->stale_trusts);
	return stay;
}

static bool write_all(struct token_writing *writing, struct error *err)
{
	size_t stay;

	if (!token_wish_all(writing, err) || !look_at_all(writing, err))
		return false;
	if (!make_all(writing, err))
		return take_back(writing, err);
	count(writing);
	stay = destroy_stale(writing);
	return !stay ||
	       error_fail(err, STATUS_UNCHANGED,
			  ngettext("%zu object that is not wanted any more cannot be "
				   "taken out of the token",
				   "%zu objects that are not wanted any more cannot be "
				   "taken out of the token",
				   stay),
			  stay);
}

bool token_write(const struct token *token, const struct entry_set *set,
		 struct written *written, struct error *err)
{
	AUTO(token_writing)
	writing = { .token = token,
		    .set = set,
		    .written = written,
		    .wishes = mem_zalloc((set->n + 1) * sizeof(*writing.wishes)),
		    .labels = { NULL, 0, 0, TABLE_INIT },
		    .going_by_name = TABLE_INIT,
		    .wishes_by_name = TABLE_INIT,
		    .left = TOKEN_BYTES_MOST };
	bool officer;

	*written = (struct written){ 0 };
	writing.says = token_ask(token, &officer);
	return write_all(&writing, err);
}

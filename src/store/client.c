/* Clients by name: their profiles, each laid over the one that it is like. */
#include "store/profile.h"

#include "base/escape.h"
#include "base/i18n.h"

/* How many clients may stand over each other. */
#define LIKE_MOST 8

static bool set_rules(struct client_rules *client, const struct profile *profile,
		      struct error *err)
{
	for (size_t i = 0; i < profile->n_rules; i++) {
		const struct profile_rule *rule = &profile->rules[i];
		const char *why;

		if (!client_set(client, rule->name, rule->value, &why))
			return profile_fail_at(profile, rule->line, why, err);
	}
	return true;
}

/* The profile of exactly that name, where it tells of a client; else the newest version.
 */
static bool find_profile(struct profile *profile, const char *name, struct error *err)
{
	AUTO(error) why = ERROR_INIT;
	AUTO_FREE char *newest = NULL;

	if (profile_load(profile, name, &why) && profile->has_client)
		return true;
	newest = profile_newest(name);
	if (newest) {
		profile_clear(profile);
		if (!profile_load(profile, newest, err))
			return false;
	} else if (why.text) {
		return error_move(err, &why);
	}
	if (profile->has_client)
		return true;
	return error_fail(err, STATUS_INPUT, _("the profile '%s' tells of no client"),
			  profile->name);
}

static bool load(struct client_rules *client, const char *name, size_t left,
		 struct error *err)
{
	AUTO(profile) profile = PROFILE_INIT;

	if (!find_profile(&profile, name, err))
		return false;
	if (!left)
		return error_fail(
			err, STATUS_INPUT,
			_("the client '%s' is like one too many: are they like each "
			  "other?"),
			profile.name);
	if (profile.like && !load(client, profile.like, left - 1, err))
		return false;
	if (!set_rules(client, &profile, err))
		return false;
	mem_free(client->name);
	mem_free(client->title);
	client->name = str_copy(profile.name);
	client->title = profile.title ? str_copy(profile.title) : NULL;
	return true;
}

bool client_check(const struct profile *profile, struct error *err)
{
	struct client_rules scratch = client_default;
	bool good = set_rules(&scratch, profile, err);

	client_clear(&scratch);
	return good;
}

bool client_load(struct client_rules *client, const char *name, struct error *err)
{
	struct client_rules read = client_default;

	if (!load(&read, name, LIKE_MOST, err)) {
		client_clear(&read);
		return false;
	}
	client_clear(client);
	*client = read;
	return true;
}

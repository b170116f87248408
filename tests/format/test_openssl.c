/*
 * OpenSSL's stores: TRUSTED CERTIFICATE blocks and hashed folders, with the openssl
 * program as witness.
 */
#include "formats.h"

#include "format/openssl_hash.h"

#include <glob.h>
#include <sys/stat.h>

#define SERVER (1u << PURPOSE_SERVER_AUTH)
#define CLIENT (1u << PURPOSE_CLIENT_AUTH)
#define EMAIL  (1u << PURPOSE_EMAIL)

#define MOZILLA "/usr/share/ca-certificates/mozilla/*.crt"

/* Needs the program; nothing is held yet. */
static void need(const char *program)
{
	if (!have_program(program))
		skip();
}

static void add_file(struct entry_set *set, const char *path, enum trust trust)
{
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	size_t had = set->n;

	if (!file_read(&file, path, &err) ||
	    !read_bytes(&format_pem, file.bytes, set, &skipped, &err))
		fail_msg("%s", err.text);
	for (size_t i = had; i < set->n; i++)
		set->at[i].trust = trust;
}

static void add_data(struct entry_set *set, const char *name, enum trust trust)
{
	AUTO_FREE char *path = data_path(name);

	add_file(set, path, trust);
}

/* Names that collide: a root and its successor, and one CA by two issuers. */
static void fill(struct entry_set *set)
{
	add_data(set, "cmd/alpha-root.pem", TRUST_ANCHOR);
	add_data(set, "cmd/alpha-root-reissued.pem", TRUST_ANCHOR);
	add_data(set, "cmd/alpha-ca.pem", TRUST_INTERMEDIATE);
	add_data(set, "cmd/alpha-ca-cross.pem", TRUST_INTERMEDIATE);
	add_data(set, "cmd/beta-root.pem", TRUST_ANCHOR);
}

static void add_mozilla(struct entry_set *set)
{
	glob_t found = { 0 };

	if (glob(MOZILLA, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			add_file(set, found.gl_pathv[i], TRUST_ANCHOR);
	globfree(&found);
}

static void write_trusted(const struct entry_set *set, struct buf *out)
{
	AUTO(error) err = ERROR_INIT;

	assert_true(format_openssl_trusted.write(set, out, &err));
}

static void write_directory(const struct entry_set *set, const char *folder)
{
	AUTO(error) err = ERROR_INIT;

	if (!format_openssl_directory.write_folder(set, folder, &err))
		fail_msg("%s", err.text);
}

static void read_directory(struct entry_set *set, const char *folder,
			   struct skipped *skipped)
{
	struct entry_sink sink = { .set = set,
				   .path = folder,
				   .keep_twins = true,
				   .skip = note_skip,
				   .ctx = skipped };
	AUTO(error) err = ERROR_INIT;

	if (!format_openssl_directory.read_folder(folder, &sink, &err))
		fail_msg("%s", err.text);
}

/* Runs a shell command; whether it ended well. */
static bool runs(const char *format, const char *a, const char *b)
{
	AUTO_FREE char *quiet = str_format("{ %s ; } >/dev/null 2>&1", format);
	AUTO_FREE char *data = data_path("cmd");
	AUTO_FREE char *command =
		str_format("A='%s' B='%s' DATA='%s'; %s", a, b, data, quiet);

	return system(command) == 0;
}

/* ---- blocks ---- */

static const char *const other_purposes[] = { "1.2.3.4", NULL };

static void what_is_written_of_trust_purposes_and_label_is_read_again(void **state)
{
	static const struct {
		const char *file;
		enum trust trust;
		uint32_t purposes;
		const char *const *others;
		const char *label;
	} cases[] = {
		{ "cmd/alpha-root.pem", TRUST_ANCHOR, 0, NULL, "Alpha \303\251 \"x\"\n" },
		{ "cmd/alpha-root.pem", TRUST_ANCHOR, SERVER, NULL, NULL },
		{ "cmd/alpha-root.pem", TRUST_ANCHOR, SERVER | EMAIL, other_purposes,
		  "" },
		{ "cmd/alpha-root.pem", TRUST_ANCHOR, 0, other_purposes, NULL },
		{ "cmd/alpha-root.pem", TRUST_INTERMEDIATE, 0, NULL, "kept" },
		{ "cmd/alpha-root.pem", TRUST_DISTRUSTED, 0, NULL, "bad" },
		{ "cmd/alpha-root.pem", TRUST_UNSAID, 0, NULL, NULL },
		{ "cmd/alpha-root.pem", TRUST_UNSAID, SERVER | EMAIL, NULL, NULL },
		{ "cmd/alpha-ca.pem", TRUST_ANCHOR, 0, NULL, NULL },
		{ "cmd/alpha-ca.pem", TRUST_INTERMEDIATE, 0, NULL, NULL },
		{ "cmd/alpha-ca.pem", TRUST_DISTRUSTED, 0, NULL, NULL },
		{ "cmd/leaf.pem", TRUST_INTERMEDIATE, 0, NULL, NULL },
		{ "cmd/leaf.pem", TRUST_UNSAID, 0, NULL, NULL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		struct alternative one = alternative_any();
		const struct constraints constraints = { 1, &one };
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) out = BUF_INIT;

		add_data(&set, cases[i].file, cases[i].trust);
		one.purposes = cases[i].purposes;
		one.other_purposes = cases[i].others;
		set.at[0].label =
			cases[i].label && *cases[i].label ? cases[i].label : NULL;
		if (one.purposes || one.other_purposes)
			set.at[0].constraints = &constraints;
		write_trusted(&set, &out);
		assert_ptr_equal(format_guess(buf_span(&out)), &format_openssl_trusted);
		assert_true(read_bytes(&format_openssl_trusted, buf_span(&out), &back,
				       &skipped, &err));
		if (back.n != 1 || skipped.n ||
		    !entry_same_meaning(&set.at[0], &back.at[0]))
			fail_msg("case %zu: %s", i, buf_text(&skipped.text));
		set.at[0].constraints = NULL;
	}
}

static void openssl_shows_the_uses_and_the_alias(void **state)
{
	static const struct {
		enum trust trust;
		uint32_t purposes;
		const char *shown;
	} cases[] = {
		{ TRUST_ANCHOR, SERVER | EMAIL,
		  "grep -A1 'Trusted Uses' | grep -x '  TLS Web Server "
		  "Authentication, E-mail Protection'" },
		{ TRUST_ANCHOR, 0,
		  "grep -A1 'Trusted Uses' | grep 'Any Extended Key Usage'" },
		{ TRUST_DISTRUSTED, 0,
		  "grep -A1 'Rejected Uses' | grep 'Any Extended Key Usage'" },
		{ TRUST_ANCHOR, SERVER, "grep 'Alias: An alias'" },
	};
	(void)state;

	need("openssl");
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO_FREE char *folder = new_folder();
		AUTO_FREE char *path = path_in(folder, "x.pem");
		AUTO_FREE char *command = str_format(
			"openssl x509 -noout -text -in $A | %s", cases[i].shown);
		AUTO(buf) out = BUF_INIT;

		add_data(&set, "cmd/alpha-root.pem", cases[i].trust);
		set.at[0].label = "An alias";
		set.at[0].constraints = constraints_make(&set.arena, cases[i].purposes,
							 TIME_NONE, TIME_NONE);
		write_trusted(&set, &out);
		write_bytes(path, buf_span(&out));
		if (!runs(command, path, ""))
			fail_msg("case %zu", i);
		remove_folder(folder);
	}
}

/* The chain: leaf, alpha-ca, alpha-root. */
static const struct {
	enum trust root, ca;
	uint32_t purposes;
	bool good;
} chains[] = {
	{ TRUST_ANCHOR, TRUST_INTERMEDIATE, 0, true },
	{ TRUST_ANCHOR, TRUST_INTERMEDIATE, SERVER, true },
	{ TRUST_ANCHOR, TRUST_INTERMEDIATE, EMAIL | CLIENT, false },
	{ TRUST_DISTRUSTED, TRUST_INTERMEDIATE, 0, false },
	{ TRUST_INTERMEDIATE, TRUST_INTERMEDIATE, 0, false },
	{ TRUST_ANCHOR, TRUST_DISTRUSTED, 0, false },
	/* An anchor that another CA issued is one all the same. */
	{ TRUST_DISTRUSTED, TRUST_ANCHOR, 0, true },
};

static void fill_chain(struct entry_set *set, size_t i)
{
	add_data(set, "cmd/alpha-root.pem", chains[i].root);
	add_data(set, "cmd/alpha-ca.pem", chains[i].ca);
	set->at[0].constraints =
		constraints_make(&set->arena, chains[i].purposes, TIME_NONE, TIME_NONE);
}

static void openssl_verifies_by_what_the_blocks_say(void **state)
{
	(void)state;

	need("openssl");
	for (size_t i = 0; i < COUNT(chains); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO_FREE char *folder = new_folder();
		AUTO_FREE char *path = path_in(folder, "x.pem");
		AUTO(buf) out = BUF_INIT;

		fill_chain(&set, i);
		write_trusted(&set, &out);
		write_bytes(path, buf_span(&out));
		if (runs("openssl verify -purpose sslserver -no-CApath -no-CAstore "
			 "-CAfile "
			 "$A $DATA/leaf.pem",
			 path, "") != chains[i].good)
			fail_msg("chain %zu", i);
		remove_folder(folder);
	}
}

/* ---- folders ---- */

static void openssl_verifies_by_what_the_folder_says(void **state)
{
	(void)state;

	need("openssl");
	for (size_t i = 0; i < COUNT(chains); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO_FREE char *folder = new_folder();

		fill_chain(&set, i);
		write_directory(&set, folder);
		if (runs("openssl verify -purpose sslserver -no-CAfile -no-CAstore "
			 "-CApath "
			 "$A $DATA/leaf.pem",
			 folder, "") != chains[i].good)
			fail_msg("chain %zu", i);
		remove_folder(folder);
	}
}

/* Names of links and what they lead to, of both folders. */
#define LINKS(folder) "(cd " folder " && find . -type l -printf '%f %l\\n' | sort)"

static void names_are_those_that_openssl_rehash_gives(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO_FREE char *ours = new_folder(), *theirs = new_folder();
	(void)state;

	fill(&set);
	add_mozilla(&set);
	write_directory(&set, ours);
	if (have_program("openssl") &&
	    !runs("cp $A/*.pem $B && openssl rehash -compat $B && [ \"$" LINKS(
			  "$A") "\" = "
				"\"$" LINKS("$B") "\" ]",
		  ours, theirs))
		fail_msg("names differ");
	assert_true(runs("[ $(ls $A/*.1 | wc -l) -ge 2 ]", ours, ""));
	remove_folder(ours);
	remove_folder(theirs);
}

static void hashes_are_those_of_openssl_for_every_type_of_string(void **state)
{
	static const char *const files[] = {
		"x509/name-bmp.der",      "x509/name-multi.der", "x509/name-utf8.der",
		"x509/name-utf8only.der", "x509/ca.der",         "x509/keytool.der"
	};
	(void)state;

	need("openssl");
	for (size_t i = 0; i < COUNT(files); i++) {
		AUTO_FREE char *path = data_path(files[i]);
		AUTO_FREE char *command = str_format(
			"openssl x509 -inform DER -in '%s' -noout -subject_hash", path);
		AUTO_FREE char *old = str_format("%s_old", command);
		AUTO_FREE char *hash = last_line(command), *hash_old = last_line(old);
		AUTO(file) file = FILE_INIT;
		AUTO(error) err = ERROR_INIT;
		struct span subject;
		struct cert cert;

		data_read(&file, files[i]);
		assert_true(cert_read(&cert, file.bytes, &err));
		subject = cert_part(&cert, cert.subject);
		if (openssl_hash(subject) != strtoul(hash, NULL, 16) ||
		    openssl_hash_old(subject) != strtoul(hash_old, NULL, 16))
			fail_msg("%s: %08x, not %s", files[i], openssl_hash(subject),
				 hash);
	}
}

static void a_folder_that_openssl_hashed_is_read_and_a_crl_passed_by(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO_FREE char *folder = NULL;
	(void)state;

	need("openssl");
	folder = new_folder();
	assert_true(runs("cp $DATA/alpha-*.pem $DATA/beta-root.pem $A && openssl rehash "
			 "-compat $A && cp $DATA/leaf.pem $A/00000000.r0",
			 folder, ""));
	assert_ptr_equal(format_guess_folder(folder), &format_openssl_directory);
	read_directory(&set, folder, &skipped);
	if (skipped.n)
		fail_msg("%s", buf_text(&skipped.text));
	/* Once each, though each has a name of either hash. */
	assert_int_equal(set.n, 5);
	for (size_t i = 0; i < set.n; i++)
		assert_int_equal(set.at[i].trust, cert_self_issued(&set.at[i].cert)
							  ? TRUST_ANCHOR
							  : TRUST_INTERMEDIATE);
	remove_folder(folder);
}

static void what_openssl_would_not_find_is_told_and_left_out(void **state)
{
	static const struct {
		const char *command, *why;
	} cases[] = {
		{ "mv $A/$H.0 $A/01234567.0",
		  "this is no name by which OpenSSL finds it" },
		{ "mv $A/$H.0 $A/$H.1", "the number before is missing" },
		{ "ln -sf $H.0 $A/$H.0", "leads to itself" },
		{ "ln -sf nowhere $A/$H.0", "leads nowhere" },
		{ "rm $A/$H.0 && mkfifo $A/$H.0", "it is a pipe" },
		{ "echo x >$A/x && ln -sf x $A/$H.0", "holds no certificate" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO_FREE char *folder = new_folder(), *command = NULL;

		add_data(&set, "cmd/beta-root.pem", TRUST_ANCHOR);
		add_data(&set, "cmd/alpha-root.pem", TRUST_ANCHOR);
		write_directory(&set, folder);
		command = str_format(
			"H=%08x; rm $A/%08x.0; %s",
			openssl_hash(cert_part(&set.at[0].cert, set.at[0].cert.subject)),
			openssl_hash_old(
				cert_part(&set.at[0].cert, set.at[0].cert.subject)),
			cases[i].command);
		assert_true(runs(command, folder, ""));
		read_directory(&back, folder, &skipped);
		if (back.n != 1 || skipped.n != 1 ||
		    !strstr(buf_text(&skipped.text), cases[i].why))
			fail_msg("case %zu: %zu; %s", i, back.n, buf_text(&skipped.text));
		remove_folder(folder);
	}
}

static void only_what_is_ours_is_replaced_or_removed(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, one = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO_FREE char *folder = new_folder();
	AUTO(error) err = ERROR_INIT;
	(void)state;

	fill(&set);
	write_directory(&set, folder);
	assert_true(
		runs("echo hello >$A/notes && ln -s notes $A/ffffffff.0", folder, ""));
	add_data(&one, "cmd/beta-root.pem", TRUST_ANCHOR);
	write_directory(&one, folder);
	assert_true(runs("[ $(ls $A | wc -l) -eq 5 ] && [ -L $A/ffffffff.0 ] && grep -q "
			 "hello $A/notes",
			 folder, ""));
	read_directory(&back, folder, &skipped);
	assert_int_equal(back.n, 1);

	/* A name of ours that leads elsewhere now is somebody else's. */
	assert_true(runs("for link in $A/*.0; do ln -sfn /etc/passwd $link; done", folder,
			 ""));
	assert_false(format_openssl_directory.write_folder(&set, folder, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_non_null(strstr(err.text, "is in the way"));
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_is_written_of_trust_purposes_and_label_is_read_again),
		cmocka_unit_test(openssl_shows_the_uses_and_the_alias),
		cmocka_unit_test(openssl_verifies_by_what_the_blocks_say),
		cmocka_unit_test(openssl_verifies_by_what_the_folder_says),
		cmocka_unit_test(names_are_those_that_openssl_rehash_gives),
		cmocka_unit_test(hashes_are_those_of_openssl_for_every_type_of_string),
		cmocka_unit_test(
			a_folder_that_openssl_hashed_is_read_and_a_crl_passed_by),
		cmocka_unit_test(what_openssl_would_not_find_is_told_and_left_out),
		cmocka_unit_test(only_what_is_ours_is_replaced_or_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

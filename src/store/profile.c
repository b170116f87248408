/* Profiles: found, checked against the schema, taken apart. */
#include "store/profile.h"

#include "store/place.h"
#include "store/ref.h"
#include "base/escape.h"
#include "base/i18n.h"
#include "base/xml.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>


/* A profile is a page of text; a schema two. More is none of ours. */
#define XML_MOST   ((size_t)64 << 10)
#define PARTS_MOST 64 /* alternatives, or includes, of one profile */
#define RULES_MOST 256 /* far more than there are client rules */
#define SCHEMA     "store.rng"
#define ETC_STORES "/etc/rootcellar/stores"

void profile_clear(struct profile *profile)
{
	for (size_t i = 0; i < profile->n_reads; i++)
		mem_free(profile->reads[i].path);
	for (size_t i = 0; i < profile->n_includes; i++)
		mem_free(profile->includes[i]);
	for (size_t i = 0; i < profile->n_rules; i++) {
		mem_free(profile->rules[i].name);
		mem_free(profile->rules[i].value);
	}
	mem_free(profile->rules);
	mem_free(profile->like);
	mem_free(profile->reads);
	mem_free(profile->includes);
	mem_free(profile->name);
	mem_free(profile->title);
	mem_free(profile->file);
	*profile = (struct profile)PROFILE_INIT;
}

/* ---- where profiles are ---- */

#define PLACES 4
struct places {
	char *at[PLACES];
	size_t n, shipped; /* from this one on they came with the program */
	uid_t owner; /* whose the program is: what lies beside it is as good as it */
	bool in_build_tree; /* not installed: the shipped ones are those of the sources */
};

static void places_clear(struct places *places)
{
	for (size_t i = 0; i < places->n; i++)
		mem_free(places->at[i]);
}

static void add_place(struct places *places, char *place)
{
	if (place)
		places->at[places->n++] = place;
}

#ifndef ROOTCELLAR_BUILDDIR
#define ROOTCELLAR_BUILDDIR  ""
#define ROOTCELLAR_SOURCEDIR ""
#endif

static bool is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return n && strncmp(path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* Run from where it was built, or moved as a whole, the program finds its own profiles.
 */
static void add_own_tree(struct places *places)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	struct stat st;
	const char *folder;

	if (n <= 0)
		return;
	exe[n] = '\0';
	if (stat(exe, &st) == 0)
		places->owner = st.st_uid;
	folder = dirname(exe);
	places->in_build_tree = is_below(folder, ROOTCELLAR_BUILDDIR);
	if (places->in_build_tree)
		add_place(places, str_copy(ROOTCELLAR_SOURCEDIR "/stores"));
	else
		add_place(places, str_format("%s/stores", folder));
}

static void find_places(struct places *places)
{
	add_place(places, str_copy(ETC_STORES));
	add_place(places, place_xdg("XDG_CONFIG_HOME", ".config", "rootcellar/stores"));
	places->shipped = places->n;
	add_own_tree(places);
#ifdef ROOTCELLAR_STORES_DIR
	add_place(places, str_copy(ROOTCELLAR_STORES_DIR));
#endif
}

/* Nobody but its owner can put another file there: in a sticky folder others can only
 * add. */
static bool only_owner_writes(const struct stat *st)
{
	return !(st->st_mode & 022) || (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX));
}

/* Who owns a tree of sources has made the program, too, that is run from it. */
static bool is_exempt(const struct places *places, size_t i)
{
	return geteuid() != 0 || (places->in_build_tree && i >= places->shipped);
}

/* path and every folder above it are root's (or owner's) and nobody else's to change. */
static bool is_safe(const char *path, uid_t owner)
{
	AUTO_FREE char *at = str_copy(path);

	for (;;) {
		struct stat st;
		char *slash = strrchr(at, '/');

		if (stat(at[0] ? at : "/", &st) != 0 || !only_owner_writes(&st) ||
		    (st.st_uid != 0 && st.st_uid != owner))
			return false;
		if (!slash)
			return true;
		*slash = '\0';
	}
}

/* The file of that name, links followed, in the first place that has it; NULL and true:
 * nowhere. */
static bool find_file(const struct places *places, size_t first, const char *name,
		      char **found, struct error *err)
{
	for (size_t i = first; i < places->n; i++) {
		AUTO_FREE char *path = str_format("%s/%s", places->at[i], name);
		AUTO_FREE char *shown = quoted(span_str(path));
		char *real = realpath(path, NULL);

		if (!real && (errno == ENOENT || errno == ENOTDIR))
			continue;
		if (!real)
			return error_errno(err, STATUS_INPUT, _("cannot read '%s'"),
					   shown);
		if (!is_exempt(places, i) &&
		    !is_safe(real, i < places->shipped ? 0 : places->owner)) {
			free(real);
			return error_fail(
				err, STATUS_INPUT,
				_("'%s' is not used by root: it, or a folder above it, "
				  "belongs to or can be written by somebody else"),
				shown);
		}
		*found = real;
		return true;
	}
	*found = NULL;
	return true;
}

/* ---- XML ---- */

static bool fail_xml(struct error *err, const char *path, const xmlError *why)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	AUTO_FREE char *text = NULL;
	size_t n = why && why->message ? strcspn(why->message, "\n") : 0;

	text = n ? quoted(span_of(why->message, n))
		 : str_copy(_("this is no XML that can be read"));
	error_fail(err, STATUS_INPUT, "%s", text);
	return error_in(err, "%s:%d", shown, why ? why->line : 1);
}

/*
 * No DTD: that rules out entities, defaults and everything that it could fetch. The bytes
 * are taken for UTF-8 whatever they say, so that no other encoding hides one.
 */
static bool parse(const char *path, struct span bytes, xmlDocPtr *doc, struct error *err)
{
	static const char doctype[] = "<!DOCTYPE";
	AUTO_FREE char *shown = quoted(span_str(path));
	xmlParserCtxtPtr parser;

	if (bytes.n > XML_MOST)
		return error_fail(err, STATUS_INPUT, _("'%s' is larger than any profile"),
				  shown);
	if (memmem(bytes.at, bytes.n, doctype, sizeof(doctype) - 1))
		return error_fail(err, STATUS_INPUT, _("%s: a profile has no DOCTYPE"),
				  shown);
	parser = xml.xmlNewParserCtxt();
	if (!parser)
		return error_fail(err, STATUS_INPUT, _("cannot read '%s'"), shown);
	*doc = xml.xmlCtxtReadMemory(parser, (const char *)bytes.at, (int)bytes.n, path,
				 "UTF-8",
				 XML_PARSE_NONET | XML_PARSE_NOERROR |
					 XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
	if (!*doc)
		fail_xml(err, path, xml.xmlCtxtGetLastError(parser));
	xml.xmlFreeParserCtxt(parser);
	return *doc != NULL;
}

static bool read_xml(const char *path, xmlDocPtr *doc, struct error *err)
{
	AUTO(file) file = FILE_INIT;

	return file_read(&file, path, err) && parse(path, file.bytes, doc, err);
}

/* Keeps the first error that libxml2 tells, with its line. */
struct first_error {
	const char *path;
	struct error *err;
};

#if LIBXML_VERSION >= 21200
static void keep_first(void *ctx, const xmlError *why)
#else
static void keep_first(void *ctx, xmlErrorPtr why)
#endif
{
	struct first_error *first = ctx;

	if (!first->err->text)
		fail_xml(first->err, first->path, why);
}

static xmlRelaxNGPtr read_schema(const char *path, xmlDocPtr doc, struct error *err)
{
	struct first_error first = { path, err };
	xmlRelaxNGParserCtxtPtr parser = xml.xmlRelaxNGNewDocParserCtxt(doc);
	xmlRelaxNGPtr schema = NULL;

	if (parser) {
		xml.xmlRelaxNGSetParserStructuredErrors(parser, keep_first, &first);
		schema = xml.xmlRelaxNGParse(parser);
		xml.xmlRelaxNGFreeParserCtxt(parser);
	}
	if (!schema && !err->text)
		fail_xml(err, path, NULL);
	return schema;
}

static bool validate(const char *path, xmlDocPtr doc, xmlRelaxNGPtr schema,
		     struct error *err)
{
	struct first_error first = { path, err };
	xmlRelaxNGValidCtxtPtr validator = xml.xmlRelaxNGNewValidCtxt(schema);
	bool good = false;

	if (validator) {
		xml.xmlRelaxNGSetValidStructuredErrors(validator, keep_first, &first);
		good = xml.xmlRelaxNGValidateDoc(validator, doc) == 0;
		xml.xmlRelaxNGFreeValidCtxt(validator);
	}
	if (!good && !err->text)
		fail_xml(err, path, NULL);
	return good;
}

static bool check_schema(const struct places *places, const char *path, xmlDocPtr doc,
			 struct error *err)
{
	AUTO_FREE char *schema_path = NULL;
	xmlDocPtr schema_doc = NULL;
	xmlRelaxNGPtr schema = NULL;
	bool good = false;

	if (!find_file(places, places->shipped, SCHEMA, &schema_path, err))
		return false;
	if (!schema_path)
		return error_fail(
			err, STATUS_INPUT,
			_("'%s', the schema of profiles, is not where it was installed"),
			SCHEMA);
	if (read_xml(schema_path, &schema_doc, err))
		schema = read_schema(schema_path, schema_doc, err);
	if (schema)
		good = validate(path, doc, schema, err);
	xml.xmlRelaxNGFree(schema);
	xml.xmlFreeDoc(schema_doc);
	return good;
}

/* ---- what it says ---- */

static bool is_element(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE &&
	       strcmp((const char *)node->name, name) == 0;
}

/* The attribute, or with name NULL the content, as memory of ours; NULL where it is not
 * there. */
static char *take_text(xmlNodePtr node, const char *name)
{
	xmlChar *text = name ? xml.xmlGetNoNsProp(node, (const xmlChar *)name)
			     : xml.xmlNodeGetContent(node);
	char *copy = text ? str_copy((const char *)text) : NULL;

	(*xml.xmlFree)(text);
	return copy;
}

bool profile_fail_at(const struct profile *profile, long line, const char *what,
		     struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(profile->file));

	error_fail(err, STATUS_INPUT, "%s", what);
	return error_in(err, "%s:%ld", shown, line);
}

static bool fail_at(struct error *err, const struct profile *profile, const xmlNode *node,
		    const char *what)
{
	return profile_fail_at(profile, xml.xmlGetLineNo(node), what, err);
}

static bool take_read(struct profile *profile, xmlNodePtr node, struct error *err)
{
	AUTO_FREE char *format = take_text(node, "format");
	AUTO_FREE char *trust = take_text(node, "trust");
	struct profile_read read = { .trust = TRUST_UNSAID };

	if (format && !(read.format = format_find(format)))
		return fail_at(err, profile, node, _("there is no format of that name"));
	if (trust &&
	    !(trust_parse(trust, &read.trust) && trust_can_be_given(read.trust)))
		return fail_at(err, profile, node, _("there is no trust of that name"));
	if (profile->n_reads == PARTS_MOST)
		return fail_at(err, profile, node, _("too many alternatives"));
	read.path = take_text(node, "path");
	if (!read.path || read.path[0] != '/') {
		mem_free(read.path);
		return fail_at(err, profile, node,
			       _("a path in a profile begins with '/'"));
	}
	GROW(profile->reads, profile->n_reads, profile->cap_reads);
	profile->reads[profile->n_reads++] = read;
	return true;
}

static bool take_include(struct profile *profile, xmlNodePtr node, struct error *err)
{
	char *name = take_text(node, "name");

	if (!name || !ref_is_bare_word(name) || profile->n_includes == PARTS_MOST) {
		mem_free(name);
		return fail_at(err, profile, node,
			       _("this names no profile, or one too many"));
	}
	GROW(profile->includes, profile->n_includes, profile->cap_includes);
	profile->includes[profile->n_includes++] = name;
	return true;
}

static bool take_rule(struct profile *profile, xmlNodePtr node, struct error *err)
{
	struct profile_rule rule = { take_text(node, "name"), take_text(node, "value"),
				     xml.xmlGetLineNo(node) };

	if (!rule.name || !rule.value || profile->n_rules == RULES_MOST) {
		mem_free(rule.name);
		mem_free(rule.value);
		return fail_at(err, profile, node, _("this is no rule, or one too many"));
	}
	GROW(profile->rules, profile->n_rules, profile->cap_rules);
	profile->rules[profile->n_rules++] = rule;
	return true;
}

static bool take_client(struct profile *profile, xmlNodePtr block, struct error *err)
{
	profile->has_client = true;
	profile->like = take_text(block, "like");
	for (xmlNodePtr node = block->children; node; node = node->next)
		if (is_element(node, "rule") && !take_rule(profile, node, err))
			return false;
	return true;
}

static bool take_store(struct profile *profile, xmlNodePtr root, struct error *err)
{
	AUTO_FREE char *name = take_text(root, "name");

	if (!name || strcmp(name, profile->name) != 0)
		return fail_at(err, profile, root,
			       _("the name of a profile is that of its file"));
	for (xmlNodePtr node = root->children; node; node = node->next) {
		if (is_element(node, "title") && !profile->title)
			profile->title = take_text(node, NULL);
		else if (is_element(node, "read") && !take_read(profile, node, err))
			return false;
		else if (is_element(node, "include") && !take_include(profile, node, err))
			return false;
		else if (is_element(node, "client") && !profile->has_client &&
			 !take_client(profile, node, err))
			return false;
	}
	return true;
}

static bool load(struct profile *profile, const struct places *places, struct error *err)
{
	xmlDocPtr doc = NULL;
	bool good;

	if (!xml_load(err))
		return false;
	good = read_xml(profile->file, &doc, err) &&
	       check_schema(places, profile->file, doc, err) &&
	       take_store(profile, xml.xmlDocGetRootElement(doc), err);
	xml.xmlFreeDoc(doc);
	return good;
}

static bool fail_unknown(const struct places *places, const char *name, struct error *err)
{
	AUTO(buf) list = BUF_INIT;

	for (size_t i = 0; i < places->n; i++) {
		AUTO_FREE char *shown = quoted(span_str(places->at[i]));

		buf_addf(&list, "%s%s", i ? ", " : "", shown);
	}
	error_fail(err, STATUS_INPUT, _("there is no profile '%s'"), name);
	return error_remedy(
		err,
		_("profiles are looked for in %s; a file is named with a '/' or '.'"),
		buf_text(&list));
}

/* A word, or one with a version like 3.0 in it: never a path. */
static bool is_profile_name(const char *name)
{
	AUTO_FREE char *without_dots = str_copy(name);

	if (name[0] == '.' || strlen(name) > NAME_MAX / 2)
		return false;
	for (char *at = without_dots; *at; at++)
		if (*at == '.')
			*at = '-';
	return ref_is_bare_word(without_dots);
}

/* NAME-VERSION.xml, the version of digits and dots: where VERSION begins; NULL: another file. */
static const char *version_in(const char *file, const char *name)
{
	size_t n = strlen(name), all = strlen(file);

	if (all < n + sizeof("-.xml") || strncmp(file, name, n) != 0 || file[n] != '-' ||
	    strcmp(file + all - 4, ".xml") != 0 ||
	    strspn(file + n + 1, "0123456789.") != all - n - sizeof("-.xml") + 2)
		return NULL;
	return file + n + 1;
}

/* Keeps in *newest the file of the greater version. */
static void keep_newest(char **newest, const char *file, const char *name)
{
	const char *version = version_in(file, name);

	if (!version ||
	    (*newest && strverscmp(version, *newest + strlen(name) + 1) <= 0))
		return;
	mem_free(*newest);
	*newest = str_copy(file);
}

char *profile_newest(const char *name)
{
	AUTO(places) places = { .n = 0 };
	char *newest = NULL;

	if (!is_profile_name(name))
		return NULL;
	find_places(&places);
	for (size_t i = 0; i < places.n; i++) {
		DIR *folder = opendir(places.at[i]);
		const struct dirent *entry;

		while (folder && (entry = readdir(folder)))
			keep_newest(&newest, entry->d_name, name);
		if (folder)
			closedir(folder);
	}
	if (newest)
		newest[strlen(newest) - 4] = '\0';
	return newest;
}

bool profile_load(struct profile *profile, const char *name, struct error *err)
{
	AUTO(places) places = { .n = 0 };
	AUTO_FREE char *file_name = NULL;

	if (!is_profile_name(name)) {
		AUTO_FREE char *shown = quoted(span_str(name));

		return error_fail(err, STATUS_INPUT,
				  _("'%s' is not the name of a profile"), shown);
	}
	find_places(&places);
	file_name = str_format("%s.xml", name);
	if (!find_file(&places, 0, file_name, &profile->file, err))
		return false;
	if (!profile->file)
		return fail_unknown(&places, name, err);
	profile->name = str_copy(name);
	return load(profile, &places, err);
}

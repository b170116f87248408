/* The XML of a profile: held to the schema, and taken apart. */
#include "store/profile_parts.h"

#include "store/ref.h"
#include "base/escape.h"
#include "base/i18n.h"
#include "base/xml.h"

/* A profile is a page of text; a schema two. More is none of ours. */
#define XML_MOST   ((size_t)64 << 10)
#define PARTS_MOST 64 /* alternatives, or includes, of one profile */
#define RULES_MOST 256 /* far more than there are client rules */

static void read_clear(struct profile_read *read)
{
	mem_free(read->text);
	mem_free(read->below);
	mem_free(read->remark);
}

static void reads_clear(struct profile_reads *reads)
{
	for (size_t i = 0; i < reads->n; i++)
		read_clear(&reads->at[i]);
	mem_free(reads->at);
}

static void write_clear(struct profile_write *write)
{
	read_clear(&write->place);
	mem_free(write->where);
	mem_free(write->prefix);
	mem_free(write->suffix);
	mem_free(write->library);
	mem_free(write->profile);
	mem_free(write->reason);
	mem_free(write->remark);
}

static void run_clear(struct profile_run *run)
{
	for (size_t i = 0; i < run->n; i++)
		mem_free(run->argv[i]);
	mem_free(run->argv);
	mem_free(run->removed);
	mem_free(run->list);
	mem_free(run->mark);
}

void profile_clear(struct profile *profile)
{
	reads_clear(&profile->reads);
	reads_clear(&profile->also);
	reads_clear(&profile->known);
	for (size_t i = 0; i < profile->n_includes; i++)
		mem_free(profile->includes[i]);
	for (size_t i = 0; i < profile->n_writes; i++)
		write_clear(&profile->writes[i]);
	for (size_t i = 0; i < profile->n_runs; i++)
		run_clear(&profile->runs[i]);
	for (size_t i = 0; i < profile->n_rules; i++) {
		mem_free(profile->rules[i].name);
		mem_free(profile->rules[i].value);
	}
	mem_free(profile->rules);
	mem_free(profile->like);
	mem_free(profile->runs);
	mem_free(profile->writes);
	mem_free(profile->includes);
	mem_free(profile->name);
	mem_free(profile->title);
	mem_free(profile->file);
	*profile = (struct profile)PROFILE_INIT;
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

static bool check_schema(const char *schema_path, const char *path, xmlDocPtr doc,
			 struct error *err)
{
	xmlDocPtr schema_doc = NULL;
	xmlRelaxNGPtr schema = NULL;
	bool good = false;

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

static const struct {
	const char *attribute;
	enum read_kind kind;
} kinds[] = {
	{ "path", READ_PATH },       { "home", READ_HOME }, { "variable", READ_VARIABLE },
	{ "program", READ_PROGRAM }, { "git", READ_GIT }, { "uri", READ_URI },   { "profile", READ_PROFILE },
};

/* Says where it is; the schema lets exactly one of the words through. */
static void take_place(struct profile_read *read, xmlNodePtr node)
{
	for (size_t i = 0; i < COUNT(kinds) && !read->text; i++) {
		read->kind = kinds[i].kind;
		read->text = take_text(node, kinds[i].attribute);
	}
	read->below = take_text(node, "below");
	read->remark = take_text(node, "remark");
}

static bool take_read(struct profile *profile, struct profile_reads *reads,
		      xmlNodePtr node, struct error *err)
{
	AUTO_FREE char *format = take_text(node, "format");
	AUTO_FREE char *trust = take_text(node, "trust");
	struct profile_read read = { .trust = TRUST_UNSAID };

	if (format && !(read.format = format_find(format)))
		return fail_at(err, profile, node, _("there is no format of that name"));
	if (trust && !(trust_parse(trust, &read.trust) && trust_can_be_given(read.trust)))
		return fail_at(err, profile, node, _("there is no trust of that name"));
	if (reads->n == PARTS_MOST)
		return fail_at(err, profile, node, _("too many alternatives"));
	GROW(reads->at, reads->n, reads->cap);
	take_place(&read, node);
	reads->at[reads->n++] = read;
	return read.text || fail_at(err, profile, node, _("this names no place"));
}

static const char *const ways[] = {
	[WRITE_EXPORT] = "export",   [WRITE_REPLACE] = "replace",
	[WRITE_FILES] = "files",     [WRITE_LINK] = "link",
	[WRITE_MODULE] = "module",   [WRITE_DATABASE] = "database",
	[WRITE_PROFILE] = "profile", [WRITE_NONE] = "none",
};

const char *write_way_name(enum write_way way)
{
	return ways[way];
}

bool write_way_is_live(enum write_way way)
{
	return way == WRITE_LINK || way == WRITE_MODULE || way == WRITE_DATABASE;
}

/* The schema lets no other word through. */
static enum write_way way_of(const struct profile_write *write, xmlNodePtr node)
{
	AUTO_FREE char *way = take_text(node, "way");

	if (write->profile)
		return WRITE_PROFILE;
	if (write->reason)
		return WRITE_NONE;
	for (size_t i = 0; way && i < COUNT(ways); i++)
		if (strcmp(ways[i], way) == 0)
			return (enum write_way)i;
	return WRITE_EXPORT;
}

static bool take_write(struct profile *profile, xmlNodePtr node, struct error *err)
{
	AUTO_FREE char *format = take_text(node, "format");
	struct profile_write write = { .where = take_text(node, "where"),
				       .prefix = take_text(node, "prefix"),
				       .suffix = take_text(node, "suffix"),
				       .library = take_text(node, "library"),
				       .profile = take_text(node, "profile"),
				       .reason = take_text(node, "none"),
				       .remark = take_text(node, "remark") };

	write.way = way_of(&write, node);
	if (write.way != WRITE_PROFILE)
		take_place(&write.place, node);
	if (profile->n_writes == PARTS_MOST) {
		write_clear(&write);
		return fail_at(err, profile, node, _("too many alternatives"));
	}
	GROW(profile->writes, profile->n_writes, profile->cap_writes);
	profile->writes[profile->n_writes++] = write;
	if (!format)
		return true;
	profile->writes[profile->n_writes - 1].place.format = format_find(format);
	if (!format_find(format) || !format_is_writable(format_find(format)) ||
	    format_find(format)->folder)
		return fail_at(err, profile, node,
			       _("there is no format of that name that can be written to a "
				 "file"));
	return true;
}

static void add_argument(struct profile_run *run, char *text)
{
	GROW(run->argv, run->n, run->cap);
	run->argv[run->n] = text;
	run->n += text != NULL;
}

static bool take_run(struct profile *profile, xmlNodePtr node, struct error *err)
{
	struct profile_run *run;

	if (profile->n_runs == PARTS_MOST)
		return fail_at(err, profile, node, _("too many programs"));
	GROW(profile->runs, profile->n_runs, profile->cap_runs);
	run = &profile->runs[profile->n_runs++];
	*run = (struct profile_run){ .n = 0 };
	add_argument(run, take_text(node, "program"));
	for (xmlNodePtr child = node->children; child; child = child->next) {
		if (is_element(child, "removed")) {
			run->removed = take_text(child, "option");
			run->list = take_text(child, "list");
			run->mark = take_text(child, "mark");
		}
		if (!is_element(child, "argument"))
			continue;
		if (run->n == PARTS_MOST)
			return fail_at(err, profile, child, _("too many arguments"));
		add_argument(run, take_text(child, NULL));
	}
	add_argument(run, NULL);
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

/* The schema lets one through. */
static bool take_client(struct profile *profile, xmlNodePtr block, struct error *err)
{
	profile->has_client = true;
	profile->like = take_text(block, "like");
	for (xmlNodePtr node = block->children; node; node = node->next)
		if (is_element(node, "rule") && !take_rule(profile, node, err))
			return false;
	return true;
}

static bool take_part(struct profile *profile, xmlNodePtr node, struct error *err)
{
	if (is_element(node, "read"))
		return take_read(profile, &profile->reads, node, err);
	if (is_element(node, "also"))
		return take_read(profile, &profile->also, node, err);
	if (is_element(node, "known"))
		return take_read(profile, &profile->known, node, err);
	if (is_element(node, "include"))
		return take_include(profile, node, err);
	if (is_element(node, "write"))
		return take_write(profile, node, err);
	if (is_element(node, "run"))
		return take_run(profile, node, err);
	if (is_element(node, "client"))
		return take_client(profile, node, err);
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
		else if (!take_part(profile, node, err))
			return false;
	}
	return true;
}

bool profile_read_file(struct profile *profile, const char *schema, struct error *err)
{
	xmlDocPtr doc = NULL;
	bool good;

	if (!xml_load(err))
		return false;
	good = read_xml(profile->file, &doc, err) &&
	       check_schema(schema, profile->file, doc, err) &&
	       take_store(profile, xml.xmlDocGetRootElement(doc), err);
	xml.xmlFreeDoc(doc);
	return good;
}

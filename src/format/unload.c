/*
 * ServiceNow's unload XML, read by libxml2's SAX interface: no tree is made, and the
 * record under way is all that is kept. What libxml2 bounds by itself, as long as it is
 * not told XML_PARSE_HUGE: depth (256), names, one CDATA section and one attribute
 * (10 MB). A document type is refused when it begins, before anything in it is read.
 */
#include "format/unload.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "base/xml.h"

#include <ctype.h>

/* An instance with 100,000 certificates would export a third of this. */
#define DOCUMENT_MOST ((size_t)1 << 30)
/* A certificate has at most CERT_MOST bytes of DER; an attachment's piece has less. */
#define RECORD_MOST ((size_t)4 << 20)
/* How much of a mapped file is copied at a time; it stays in the processor's cache. */
#define PIECE ((size_t)64 << 10)
/* A table has some hundred columns at most. */
#define FIELDS_MOST 1024

/* Where libxml2 gets the bytes of a document. */
struct source {
	struct span left;        /* of the document, or of the piece of a mapped file */
	const struct file *file; /* NULL: left is all */
	size_t next;             /* where in the file the next piece begins */
	uint8_t *piece;
};

enum depth {
	DEPTH_ROOT,
	DEPTH_RECORD,
	DEPTH_FIELD,
	DEPTH_VALUE
};

struct unload_parser {
	xmlParserCtxtPtr ctxt;
	struct unload *unload;
	size_t first_line;
	size_t depth;
	bool wanted;  /* the record under way */
	bool valuing; /* text belongs to the last field */
	struct unload_record record;
	struct unload_field *fields;
	size_t cap;
	struct buf text, displays; /* displays: texts of attributes, NUL-ended */
	struct buf action;
	struct source source;
	struct error stopped; /* why we stopped it */
	size_t stopped_line;
};

/* ---- the record ---- */

const struct unload_field *unload_field(const struct unload_record *record,
					const char *name)
{
	for (size_t i = 0; i < record->n; i++) {
		if (strcmp(record->fields[i].name, name) == 0)
			return &record->fields[i];
	}
	return NULL;
}

struct span unload_value(const struct unload_record *record,
			 const struct unload_field *field)
{
	return field && field->n ? span_of(record->text->at + field->at, field->n)
				 : span_of("", 0);
}

struct span unload_get(const struct unload_record *record, const char *name)
{
	return unload_value(record, unload_field(record, name));
}

/* ---- what libxml2 tells ---- */

static size_t line_now(const struct unload_parser *parser)
{
	const xmlParserInput *input = parser->ctxt->input;
	size_t line = input && input->line > 0 ? (size_t)input->line : 1;

	return parser->first_line + line - 1;
}

static void stop(struct unload_parser *parser, const char *why)
{
	if (!parser->stopped.text) {
		error_fail(&parser->stopped, STATUS_INPUT, "%s", why);
		parser->stopped_line = line_now(parser);
	}
	xml.xmlStopParser(parser->ctxt);
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *public_id,
		       const xmlChar *system_id)
{
	(void)name;
	(void)public_id;
	(void)system_id;
	stop(ctx, _("it has a DOCTYPE, which no export has"));
}

static bool is_wanted(const struct unload *unload, const char *table)
{
	for (size_t i = 0; unload->tables[i]; i++) {
		if (strcmp(unload->tables[i], table) == 0)
			return true;
	}
	return false;
}

/* libxml2 gives five pointers for an attribute: name, prefix, URI, value, its end. */
static struct span attribute(const xmlChar **attributes, int n, const char *name)
{
	for (int i = 0; i < n; i++) {
		const xmlChar **one = attributes + 5 * (ptrdiff_t)i;

		if (strcmp((const char *)one[0], name) == 0)
			return span_of(one[3], (size_t)(one[4] - one[3]));
	}
	return span_of("", 0);
}

static void begin_root(struct unload_parser *parser, const char *name)
{
	AUTO_FREE char *shown = NULL;
	AUTO_FREE char *why = NULL;

	if (strcmp(name, "unload") == 0 || strcmp(name, "record_update") == 0)
		return;
	shown = quoted(span_str(name));
	why = str_format(_("its root is '%s', and that of an export is 'unload'"), shown);
	stop(parser, why);
}

static void begin_record(struct unload_parser *parser, const char *table,
			 struct span action)
{
	parser->unload->records++;
	parser->wanted = is_wanted(parser->unload, table);
	if (!parser->wanted)
		return;
	parser->text.n = parser->displays.n = parser->action.n = 0;
	buf_add(&parser->action, action);
	parser->record = (struct unload_record){ .table = table,
						 .action = buf_text(&parser->action),
						 .line = line_now(parser),
						 .text = &parser->text };
}

/*
 * libxml2 leaves each "&" of an attribute as a reference, for a maker of trees to
 * resolve.
 */
static void add_attribute(struct buf *out, struct span value)
{
	struct span reference = SPAN("&#38;");

	while (value.n) {
		const uint8_t *found =
			memmem(value.at, value.n, reference.at, reference.n);
		size_t n = found ? (size_t)(found - value.at) + 1 : value.n;

		buf_add(out, span_of(value.at, n));
		value = span_from(value, found ? n - 1 + reference.n : n);
	}
}

/* The displays are moved while they grow, so a field first has the place and n of its
 * own. */
static void begin_field(struct unload_parser *parser, const char *name,
			struct span display)
{
	struct unload_record *record = &parser->record;

	if (record->n == FIELDS_MOST || display.n > RECORD_MOST - parser->displays.n) {
		record->cut = true;
		return;
	}
	GROW(parser->fields, record->n, parser->cap);
	parser->fields[record->n++] =
		(struct unload_field){ name, NULL, line_now(parser), parser->text.n, 0 };
	add_attribute(&parser->displays, display);
	buf_add_byte(&parser->displays, '\0');
	parser->valuing = true;
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix,
		     const xmlChar *uri, int n_namespaces, const xmlChar **namespaces,
		     int n, int n_defaulted, const xmlChar **attributes)
{
	struct unload_parser *parser = ctx;
	enum depth depth =
		parser->depth < DEPTH_VALUE ? (enum depth)parser->depth : DEPTH_VALUE;

	(void)prefix;
	(void)uri;
	(void)n_namespaces;
	(void)namespaces;
	(void)n_defaulted;
	parser->depth++;
	if (depth == DEPTH_ROOT)
		begin_root(parser, (const char *)name);
	else if (depth == DEPTH_RECORD)
		begin_record(parser, (const char *)name,
			     attribute(attributes, n, "action"));
	else if (depth == DEPTH_FIELD && parser->wanted)
		begin_field(parser, (const char *)name,
			    n ? attribute(attributes, n, "display_value")
			      : span_of("", 0));
	else
		parser->valuing = false; /* a field of a record holds no elements */
}

/* The displays do not move any more: each field gets its own. */
static void end_record(struct unload_parser *parser)
{
	const char *at = buf_text(&parser->displays);

	for (size_t i = 0; i < parser->record.n; i++) {
		parser->fields[i].display = *at ? at : NULL;
		at += strlen(at) + 1;
	}
	parser->record.fields = parser->fields;
	parser->wanted = false;
	parser->unload->found(parser->unload->ctx, &parser->record);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix,
		   const xmlChar *uri)
{
	struct unload_parser *parser = ctx;

	(void)name;
	(void)prefix;
	(void)uri;
	parser->depth--;
	parser->valuing = false;
	if (parser->depth == DEPTH_RECORD && parser->wanted)
		end_record(parser);
}

static void on_text(void *ctx, const xmlChar *text, int n)
{
	struct unload_parser *parser = ctx;

	if (!parser->valuing)
		return;
	if ((size_t)n > RECORD_MOST - parser->text.n) {
		parser->record.cut = true;
		parser->valuing = false;
		return;
	}
	buf_add(&parser->text, span_of(text, (size_t)n));
	parser->fields[parser->record.n - 1].n += (size_t)n;
}

/* The first fault counts; what follows from it does not. */
#if LIBXML_VERSION >= 21200
static void on_error(void *ctx, const xmlError *what)
#else
static void on_error(void *ctx, xmlErrorPtr what)
#endif
{
	struct unload_parser *parser = ctx;
	size_t n = what->message ? strcspn(what->message, "\n") : 0;
	AUTO_FREE char *text = quoted(span_of(what->message, n));

	if (parser->stopped.text || what->level < XML_ERR_ERROR)
		return;
	error_fail(&parser->stopped, STATUS_INPUT, _("the XML breaks off: %s"), text);
	parser->stopped_line =
		parser->first_line + (what->line > 0 ? (size_t)what->line - 1 : 0);
}

/* ---- what libxml2 asks for ---- */

static bool next_piece(struct source *source, struct error *err)
{
	size_t n = source->file ? source->file->bytes.n - source->next : 0;

	n = n < PIECE ? n : PIECE;
	if (!n)
		return true;
	if (!source->piece)
		source->piece = mem_alloc(PIECE);
	if (!file_copy(source->file, source->next, source->piece, n, err))
		return false;
	source->next += n;
	source->left = span_of(source->piece, n);
	return true;
}

static int on_read(void *ctx, char *to, int room)
{
	struct unload_parser *parser = ctx;
	struct source *source = &parser->source;
	size_t n;

	if (!source->left.n && !next_piece(source, &parser->stopped))
		return -1;
	n = source->left.n < (size_t)room ? source->left.n : (size_t)room;
	if (n)
		memcpy(to, source->left.at, n);
	source->left = span_from(source->left, n);
	return (int)n;
}

/* ---- reading ---- */

static xmlSAXHandler handler(void)
{
	xmlSAXHandler sax;

	memset(&sax, 0, sizeof(sax));
	sax.initialized = XML_SAX2_MAGIC;
	sax.internalSubset = on_doctype;
	sax.startElementNs = on_start;
	sax.endElementNs = on_end;
	sax.characters = on_text;
	sax.ignorableWhitespace = on_text;
	sax.cdataBlock = on_text;
	sax.serror = on_error;
	return sax;
}

static bool make_parser(struct unload *unload, struct error *err)
{
	struct unload_parser *parser;

	if (unload->parser)
		return true;
	if (!xml_load(err))
		return false;
	parser = mem_zalloc(sizeof(*parser));
	parser->unload = unload;
	parser->ctxt = xml.xmlNewParserCtxt();
	unload->parser = parser;
	if (!parser->ctxt)
		return error_fail(err, STATUS_INPUT, _("libxml2 cannot make a parser"));
	*parser->ctxt->sax = handler();
	parser->ctxt->userData = parser;
	return true;
}

void unload_clear(struct unload *unload)
{
	struct unload_parser *parser = unload->parser;

	unload->parser = NULL;
	if (!parser)
		return;
	if (parser->ctxt)
		xml.xmlFreeParserCtxt(parser->ctxt);
	mem_free(parser->source.piece);
	mem_free(parser->fields);
	buf_clear(&parser->text);
	buf_clear(&parser->displays);
	buf_clear(&parser->action);
	error_clear(&parser->stopped);
	mem_free(parser);
}

/* What libxml2 or we did not like of it. */
static bool fail_broken(struct unload_parser *parser, size_t *line, struct error *err)
{
	if (!parser->stopped.text) {
		*line = parser->first_line;
		return error_fail(err, STATUS_INPUT,
				  _("this is no XML that can be read"));
	}
	*line = parser->stopped_line;
	return error_move(err, &parser->stopped);
}

/* Piece by piece only where there is more than one. */
static void begin_document(struct unload_parser *parser, struct span document,
			   const struct file *file, size_t first_line)
{
	bool pieces = file && file->map && document.n > PIECE;

	parser->first_line = first_line;
	parser->depth = 0;
	parser->wanted = parser->valuing = false;
	parser->source.file = pieces ? file : NULL;
	parser->source.left = pieces ? span_of("", 0) : document;
	parser->source.next = 0;
}

bool unload_read(struct unload *unload, struct span document, const struct file *file,
		 size_t first_line, size_t *line, struct error *err)
{
	struct unload_parser *parser;
	xmlDocPtr none;

	*line = first_line;
	if (document.n > DOCUMENT_MOST)
		return error_fail(err, STATUS_INPUT, _("it is larger than any export"));
	if (!make_parser(unload, err))
		return false;
	parser = unload->parser;
	begin_document(parser, document, file, first_line);
	none = xml.xmlCtxtReadIO(parser->ctxt, on_read, NULL, parser, NULL, NULL,
				 XML_PARSE_NONET);
	xml.xmlFreeDoc(none); /* nothing made one */
	if (parser->ctxt->wellFormed && !parser->stopped.text)
		return true;
	return fail_broken(parser, line, err);
}

/* ---- probing ---- */

/* Skips white space, comments and processing instructions before an element. */
static struct span skip_misc(struct span in)
{
	static const struct {
		const char *begin, *end;
	} miscs[] = { { "<?", "?>" }, { "<!--", "-->" } };

	for (size_t i = 0; i < COUNT(miscs);) {
		const uint8_t *end;

		while (in.n && isspace(in.at[0]))
			in = span_from(in, 1);
		if (!span_starts(in, span_str(miscs[i].begin))) {
			i++;
			continue;
		}
		end = memmem(in.at, in.n, miscs[i].end, strlen(miscs[i].end));
		if (!end)
			return span_of("", 0);
		in = span_from(in, (size_t)(end - in.at) + strlen(miscs[i].end));
		i = 0;
	}
	return in;
}

/* The name of the element that begins there, and what follows its start tag. */
static struct span element_name(struct span *in)
{
	struct span name = *in;
	const uint8_t *end;

	if (!in->n || in->at[0] != '<')
		return span_of("", 0);
	name = span_from(name, 1);
	for (size_t i = 0; i < name.n; i++) {
		if (!isalnum(name.at[i]) && name.at[i] != '_') {
			name.n = i;
			break;
		}
	}
	end = memchr(in->at, '>', in->n);
	*in = end ? span_from(*in, (size_t)(end - in->at) + 1) : span_of("", 0);
	return name;
}

/* A document type is none of an export, and reading it says so. */
static bool has_doctype(struct span head)
{
	struct span doctype = SPAN("<!DOCTYPE");

	if (!span_starts(head, doctype))
		return false;
	head = span_from(head, doctype.n);
	while (head.n && isspace(head.at[0]))
		head = span_from(head, 1);
	return span_starts(head, SPAN("unload")) ||
	       span_starts(head, SPAN("record_update"));
}

bool unload_probe(struct span head, struct span *table)
{
	struct span root;

	if (span_starts(head, SPAN("\xef\xbb\xbf")))
		head = span_from(head, 3);
	head = skip_misc(head);
	*table = span_of("", 0);
	if (has_doctype(head))
		return true;
	root = element_name(&head);
	if (!span_eq(root, SPAN("unload")) && !span_eq(root, SPAN("record_update")))
		return false;
	head = skip_misc(head);
	*table = element_name(&head);
	return true;
}

/*
 * libxml2, loaded when something is first read with it. Linked, it brings ICU and libstdc++ along and
 * doubles the time that every command takes to start, and few commands meet XML.
 */
#pragma once

#include "base/error.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>

/* What of libxml2 is used. To use more, add its name: the type comes from libxml2's own header. */
#define XML_CALLS(X)                                                                               \
	X(xmlCtxtGetLastError)                                                                     \
	X(xmlCtxtReadIO)                                                                           \
	X(xmlCtxtReadMemory)                                                                       \
	X(xmlDocGetRootElement)                                                                    \
	X(xmlFree)                                                                                 \
	X(xmlFreeDoc)                                                                              \
	X(xmlFreeParserCtxt)                                                                       \
	X(xmlGetLineNo)                                                                            \
	X(xmlGetNoNsProp)                                                                          \
	X(xmlNewParserCtxt)                                                                        \
	X(xmlNodeGetContent)                                                                       \
	X(xmlRelaxNGFree)                                                                          \
	X(xmlRelaxNGFreeParserCtxt)                                                                \
	X(xmlRelaxNGFreeValidCtxt)                                                                 \
	X(xmlRelaxNGNewDocParserCtxt)                                                              \
	X(xmlRelaxNGNewValidCtxt)                                                                  \
	X(xmlRelaxNGParse)                                                                         \
	X(xmlRelaxNGSetParserStructuredErrors)                                                     \
	X(xmlRelaxNGSetValidStructuredErrors)                                                      \
	X(xmlRelaxNGValidateDoc)                                                                   \
	X(xmlStopParser)

/* Each under its own name; a variable of libxml2 (xmlFree) as a pointer to it. */
struct xml_calls {
#define XML_MEMBER(name) __typeof__(name) *name;
	XML_CALLS(XML_MEMBER)
#undef XML_MEMBER
};

/* Good once xml_load has said so: xml.xmlFreeDoc(doc). */
extern struct xml_calls xml;
/* Loads them at the first time. STATUS_INPUT where libxml2 is not to be had. */
MUST_CHECK bool xml_load(struct error *err);

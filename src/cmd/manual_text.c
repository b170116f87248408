/* The parts of the manual that no struct holds. Texts are translated when shown. */
#include "cmd/manual_text.h"

#include "base/i18n.h"

static const struct manual_term selectors[] = {
	{ "96bcec06...", N_("The beginning of the SHA-256 of the certificate: at least "
			    "eight hex digits, with or "
			    "without colons.") },
	{ "'*Partner*'",
	  N_("A pattern with * and ? over the whole of the subject, its common name, or "
	     "the label, "
	     "whatever the case. Without * it must be the whole of one of them.") },
	{ "./ca.pem", N_("The certificates of a file.") },
	{ N_("filters"), N_("Options such as --expired, --trust or --key. All that are "
			    "given must hold; several words "
			    "are alternatives.") },
	{ NULL, NULL }
};

static const struct manual_term references[] = {
	{ N_("(nothing)"), N_("The cellar. While it is empty or absent, commands that "
			      "only look use the platform's own "
			      "roots, and say so.") },
	{ "@12", N_("A former generation of the cellar.") },
	{ "NAME",
	  N_("A profile: a description of a known store, such as system. Profiles are "
	     "XML files in "
	     "/etc/rootcellar/stores, $XDG_CONFIG_HOME/rootcellar/stores, and those that "
	     "rootcellar "
	     "brings along. A bare word is a profile; write ./NAME for a file.") },
	{ "PATH", N_("A file or folder. Its format is found from its content, never from "
		     "its name.") },
	{ "FORMAT:PATH", N_("The same with the format said. - is standard input.") },
	{ "pkcs11:...",
	  N_("Tokens, by a URI of RFC 7512: those that p11-kit knows, or of the module "
	     "that module-path names, such as pkcs11:?module-path=libnssckbi.so for "
	     "Mozilla's roots. The PIN comes from the options for passwords. A folder "
	     "with NSS's cert9.db is a PATH.") },
	{ "tls://HOST:PORT", N_("The chain that an endpoint presents; it can be read, "
				"and is trusted for nothing.") },
	{ "REF+REF", N_("The union of several. What one distrusts is distrusted.") },
	{ NULL, NULL }
};

static const struct manual_term passwords[] = {
	{ N_("to read"),
	  N_("Each password that was said is tried. Where none was, 'changeit' and the "
	     "empty one are, which are known to everybody and prove nothing: a note says "
	     "so. Then a person is asked at a terminal. Where a password was said, those "
	     "that everybody knows open no store unless they are said as well.") },
	{ N_("to write"),
	  N_("export seals with the last password that was said. Without one a jks or "
	     "jceks is sealed with 'changeit', and a pkcs12 has no password.") },
	{ NULL, NULL }
};

static const struct manual_term statuses[] = {
	{ "0", N_("Good.") },
	{ "1", N_("A finding: stores differ, a chain does not complete, an entry was "
		  "refused, or the "
		  "answer to a question was no.") },
	{ "2",
	  N_("The command line is wrong, or what it names could not be read at all.") },
	{ "3", N_("A store was read only in part; each part that was left out is named "
		  "with its line.") },
	{ "4", N_("The network gave no answer.") },
	{ "5", N_("A store could not be changed, or was left as it was because the "
		  "result would be empty "
		  "or much smaller.") },
	{ NULL, NULL }
};

const struct manual_section manual_before_findings[] = {
	{ N_("SELECTORS"), N_("A selector names entries of a store."), selectors },
	{ N_("STORE REFERENCES"),
	  N_("Wherever a store can be named, it can be any of these."), references },
	{ N_("PASSWORDS"),
	  N_("A password of a keystore never stands on the command line. "
	     "--password-file, --password-fd and --password-env say where it is, and can "
	     "be given several times; it is the first line there, in UTF-8."),
	  passwords },
	{ N_("EXIT STATUS"),
	  N_("Of several the gravest counts: 5, 2, 3, 1, 4. For validate the verdict "
	     "counts more than "
	     "junk among certificates that are not trusted anyway."),
	  statuses },
	{ NULL, NULL, NULL }
};

static const struct manual_term fields[] = {
	{ "version",
	  N_("Of the document: 1. Within a version fields are only ever added.") },
	{ "entries", N_("Of list and show: sha256 (lower-case hex), subject, issuer (RFC "
			"4514), serial (hex), "
			"not_before, not_after (RFC 3339), days_left, key (type, bits, "
			"curve), signature, ca, "
			"trust (anchor, intermediate, distrusted, inactive, unsaid), "
			"constraints, "
			"label, note, fields, origin.") },
	{ "constraints", N_("null, or alternatives of which one is enough: purposes, "
			    "issued_before (by purpose), "
			    "sct_before, dns_subtrees.") },
	{ "fields", N_("What a store says in words of its own, by store and name, such "
		       "as the sys_id of a "
		       "ServiceNow record.") },
	{ "origin", N_("A list, the newest first: kind, ref, added, mirrored.") },
	{ N_("entries of show"),
	  N_("In addition names, key_usage, purposes, path_length, subject_key_id, "
	     "authority_key_id, "
	     "ca_issuers, ocsp, crls, permitted_names, excluded_names, critical, "
	     "malformed, "
	     "signed_by and signed (sha256, subject, verified).") },
	{ "changes", N_("Of diff and of every change: change (added, removed, trust, "
			"constraints, label, reissued, "
			"cross-signed, renewed), before, after (entries or null), twin. "
			"With --summary counts "
			"instead.") },
	{ "pruned", N_("Of prune: reason (expired, duplicate, orphan, selected), twin, "
		       "and the entry.") },
	{ "stores", N_("Of stores: name, title, profile (its file), shipped, here, path, "
		       "entries, left_out, same_as, problem, enabled, write (format, path), ways "
		       "(way, live, place, profile, reason), run (lists of words).") },
	{ "installations",
	  N_("Of stores --enable, stores --disable and export --refresh: name, task "
	     "(enable, disable, refresh), profile (whose way it is), way, live, format "
	     "(of an export), anchors, intermediates, lost, changes, steps (do: keep, make, "
	     "replace, remove, restore; kind: file, link, folder; path, part, to), run (lists "
	     "of words), remark.") },
	{ "profiles", N_("Of stores --check: profile (its file), problem (null: none).") },
	{ "generations", N_("Of log: generation, at, command, anchors, intermediates, "
			    "distrusted, current, damaged.") },
	{ "validations", N_("Of validate and fetch: target, store, at, verdict "
			    "(complete, incomplete, no-answer), tls "
			    "(version, cipher, group), address, presented, path, "
			    "findings, fetched, to_add, "
			    "fetched_root, search.") },
	{ "explanations",
	  N_("Of explain TEXT: codes (of findings, the likeliest first), client, client_code, "
	     "number, says (what was recognised), times, cut, meaning, remedy (client, server), "
	     "commands, targets (endpoints that the text names).") },
	{ "codes", N_("Of explain CODE and explain --list: code, severity, meaning, remedy, "
		      "commands, clients (what each shows for it), serving (lines for servers, or "
		      "null).") },
	{ "presented, path", N_("Lists of certificates, leaf first: sha256, subject, "
				"from (server, file, store, network, "
				"cache), source, position.") },
	{ "findings",
	  N_("A list: code, severity, sha256, subject, text, remedy (client, server), clients "
	     "(what each shows for it: java, openssl, gnutls, go, curl, python, chromium ...).") },
	{ "fetched", N_("A list of what was asked for: url, kind, bytes, milliseconds, "
			"outcome, text, from_cache, "
			"certificates.") },
	{ NULL, NULL }
};

static const struct manual_term files[] = {
	{ "$XDG_DATA_HOME/rootcellar/cellar",
	  N_("The cellar (of root: /var/lib/rootcellar/cellar). It is a folder: trust/ "
	     "holds the current "
	     "state, which p11-kit, NSS and GnuTLS can load; history/ every former "
	     "generation. enabled.json says what stores --enable installed elsewhere, and "
	     "before/ holds what was there.") },
	{ "/etc/rootcellar/stores", N_("Profiles of this system.") },
	{ "$XDG_CONFIG_HOME/rootcellar/stores", N_("Profiles of the user.") },
	{ "$XDG_CACHE_HOME/rootcellar", N_("What was fetched, for a while.") },
	{ NULL, NULL }
};

static const struct manual_term environment[] = {
	{ "ROOTCELLAR_STORE", N_("The cellar, instead of the usual place.") },
	{ "XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_CACHE_HOME",
	  N_("Where the files above are.") },
	{ "http_proxy, https_proxy, all_proxy, no_proxy",
	  N_("Proxies, where --proxy is not given.") },
	{ "SOURCE_DATE_EPOCH",
	  N_("The time that is taken for now, and the date of every entry of a keystore "
	     "that is written; without it an entry has the date when it was added, or "
	     "else when its certificate became valid.") },
	{ "NO_COLOR", N_("No colour, where --color is not given.") },
	{ "LC_MESSAGES, LANGUAGE", N_("The language of messages.") },
	{ NULL, NULL }
};

const struct manual_section manual_after_findings[] = {
	{ N_("OUTPUT FOR MACHINES"),
	  N_("--format json gives one document, jsonl one line for each result as it "
	     "comes, csv a table "
	     "with a heading. A document is an object: version, and a list named for "
	     "what was asked "
	     "(entries, changes, generations, validations ...)."),
	  fields },
	{ N_("FILES"), NULL, files },
	{ N_("ENVIRONMENT"),
	  N_("Under sudo the user's environment does not choose stores."), environment },
	{ N_("SEE ALSO"),
	  "trust(1), certtool(1), openssl-verify(1), update-ca-certificates(8)", NULL },
	{ NULL, NULL, NULL }
};

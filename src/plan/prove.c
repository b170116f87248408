/*
 * Asking the real clients. They run with an environment of their own, by an absolute
 * path, without a shell, and for a bounded time; what they need stands in a folder that
 * only we may enter, and that is gone afterwards.
 */
#include "plan/prove.h"

#include "base/file.h"
#include "base/i18n.h"
#include "format/format.h"
#include "plan/export.h"
#include "plan/provers.h"
#include "x509/pem.h"

#include <assert.h>
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#define PROOF_MS 30000

const char *proof_outcome_name(enum proof_outcome outcome)
{
	static const char *const names[] = { "accepts", "refuses", "no-answer", "unable",
					     "not-installed" };

	assert(outcome < COUNT(names));
	return names[outcome];
}

const struct prover *prover_find(const char *name)
{
	for (size_t i = 0; provers[i]; i++)
		if (strcmp(provers[i]->name, name) == 0)
			return provers[i];
	return NULL;
}

const char *prover_name(const struct prover *prover)
{
	return prover->name;
}

const char *prover_client(const struct prover *prover)
{
	return prover->client;
}

/* "openssl" is predicted by openssl-3.0. */
static bool is_of(const char *rules, const char *client)
{
	size_t n = strlen(client);

	return strncmp(rules, client, n) == 0 && (!rules[n] || rules[n] == '-');
}

bool proof_predicted(const struct validation *validation,
		     const struct client_proof *proof, enum verdict *verdict)
{
	for (size_t i = 0; i < validation->n_clients; i++) {
		if (!is_of(validation->clients[i].rules->name, proof->prover->client))
			continue;
		*verdict = validation->clients[i].verdict;
		return true;
	}
	return false;
}

/* The folder, and what stands in it. */

static bool make_folder(char **folder, struct error *err)
{
	const char *parent = getenv("TMPDIR");

	*folder = str_format("%s/rootcellar-prove-XXXXXX",
			     parent && *parent == '/' ? parent : "/tmp");
	if (mkdtemp(*folder))
		return true;
	error_errno(err, STATUS_INPUT, _("cannot make a folder like '%s'"), *folder);
	(*folder)[0] = '\0';
	return false;
}

/* Files only: a client that makes a folder in its home leaves it to us, and we leave it.
 */
static void remove_folder(const char *folder)
{
	DIR *listing = *folder ? opendir(folder) : NULL;
	struct dirent *one;

	while (listing && (one = readdir(listing)))
		if (strcmp(one->d_name, ".") != 0 && strcmp(one->d_name, "..") != 0)
			unlinkat(dirfd(listing), one->d_name, 0);
	if (listing) {
		closedir(listing);
		rmdir(folder);
	}
}

struct asking {
	struct validation *validation;
	const struct validate_options *options;
	struct proof_question question;
	char *folder, *store, *trust_store, *leaf, *chain, *presented, *port, *host_port;
};

static void asking_end(struct asking *asking)
{
	if (asking->folder)
		remove_folder(asking->folder);
	mem_free(asking->folder);
	mem_free(asking->store);
	mem_free(asking->trust_store);
	mem_free(asking->leaf);
	mem_free(asking->chain);
	mem_free(asking->presented);
	mem_free(asking->port);
	mem_free(asking->host_port);
}

static bool write_store(const struct export_plan *plan, const struct format *format,
			char *path, int64_t now, struct error *err)
{
	static const struct sealing open = { NULL, TIME_NONE };
	AUTO(buf) bytes = BUF_INIT;
	bool good = format->write_sealed
			    ? format->write_sealed(&plan->set, &open, &bytes, err)
			    : format_write(format, &plan->set, now, &bytes, err);

	return good && file_replace(path, buf_span(&bytes), 0600, err);
}

/* What `export` would hand out to them. */
static bool write_stores(struct asking *asking, struct error *err)
{
	struct export_options export = { .format = &format_pem,
					 .at = asking->options->at };
	AUTO(export_plan) plan = EXPORT_PLAN_INIT;

	asking->question.folder = asking->folder;
	asking->store = str_format("%s/store.pem", asking->folder);
	asking->trust_store = str_format("%s/store.p12", asking->folder);
	asking->question.store = asking->store;
	asking->question.trust_store = asking->trust_store;
	return export_make(&plan, asking->options->store, &export, err) &&
	       write_store(&plan, &format_pem, asking->store, asking->options->at, err) &&
	       write_store(&plan, &format_pkcs12, asking->trust_store,
			   asking->options->at, err);
}

static void add_certificates(struct buf *to, const struct entry_set *set, size_t first)
{
	for (size_t i = first; i < set->n; i++)
		pem_write(to, "CERTIFICATE", cert_der(&set->at[i].cert));
}

static bool write_chain(struct asking *asking, const struct entry_set *leaf,
			const struct entry_set *untrusted, struct error *err)
{
	AUTO(buf) first = BUF_INIT, others = BUF_INIT, all = BUF_INIT;

	asking->leaf = str_format("%s/leaf.pem", asking->folder);
	asking->chain = str_format("%s/chain.pem", asking->folder);
	asking->presented = str_format("%s/presented.pem", asking->folder);
	pem_write(&first, "CERTIFICATE", cert_der(&leaf->at[0].cert));
	add_certificates(&others, leaf, 1);
	add_certificates(&others, untrusted, 0);
	buf_add(&all, buf_span(&first));
	buf_add(&all, buf_span(&others));
	/* OpenSSL takes no empty file. */
	if (!others.n)
		buf_add(&others, buf_span(&first));
	asking->question.leaf = asking->leaf;
	asking->question.chain = asking->chain;
	asking->question.presented = asking->presented;
	return file_replace(asking->leaf, buf_span(&first), 0600, err) &&
	       file_replace(asking->chain, buf_span(&others), 0600, err) &&
	       file_replace(asking->presented, buf_span(&all), 0600, err);
}

/* Asking one. */

/* The line of said that holds telling. */
static char *line_with(const char *said, const char *telling)
{
	const char *at = strstr(said, telling);

	if (!at)
		return NULL;
	while (at > said && at[-1] != '\n')
		at--;
	at += strspn(at, " \t");
	return str_of(span_of(at, strcspn(at, "\r\n")));
}

/* Its words where it says them, the most telling first; else its first line. */
static char *words_of(const struct prover *prover, const struct run_result *result)
{
	AUTO_FREE char *said = str_of(buf_span(&result->said));
	const char *first = said + strspn(said, " \t\r\n");
	char *words = NULL;

	for (size_t i = 0; !words && prover->telling[i]; i++)
		words = line_with(said, prover->telling[i]);
	return words || !*first ? words : str_of(span_of(first, strcspn(first, "\r\n")));
}

static void run_it(struct client_proof *proof, const struct asking *asking,
		   struct proof_words *words)
{
	AUTO_FREE char *home = str_format("HOME=%s", asking->folder);
	AUTO_FREE char *temporary = str_format("TMPDIR=%s", asking->folder);
	const char *const environment[] = { "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", home,
					    temporary, NULL };
	AUTO(run_result) result = RUN_RESULT_INIT;
	AUTO(error) err = ERROR_INIT;

	if (!run_program(&result, words->at, environment, PROOF_MS, &err)) {
		proof->outcome = PROOF_UNABLE;
		proof->words = str_copy(err.text);
	} else if (!result.in_time) {
		proof->outcome = PROOF_NO_ANSWER;
		proof->words = str_format(_("it did not end within %d seconds"),
					  PROOF_MS / 1000);
	} else {
		proof->outcome = proof->prover->read(&result);
		if (proof->outcome != PROOF_ACCEPTS)
			proof->words = words_of(proof->prover, &result);
	}
}

static bool arguments_of(const struct prover *prover,
			 const struct proof_question *question, struct proof_words *words,
			 struct error *err)
{
	if (question->host)
		return prover->ask_target(words, question, err);
	return prover->ask_chain(words, question, err);
}

/* Of the provers of a name the one that can be asked. */
static const struct prover *fitting(const struct prover *prover,
				    const struct proof_question *question)
{
	for (size_t i = 0; provers[i]; i++)
		if (strcmp(provers[i]->name, prover->name) == 0 &&
		    (question->host ? !!provers[i]->ask_target : !!provers[i]->ask_chain))
			return provers[i];
	return NULL;
}

/* Whose memory is the arena's where it is put together. */
static const char *program_of(const struct prover *prover, struct arena *arena)
{
	const char *home = prover->home_variable ? getenv(prover->home_variable) : NULL;
	AUTO_FREE char *in_home = NULL;

	if (home && *home == '/') {
		in_home = str_format("%s/%s", home, prover->in_home);
		if (access(in_home, X_OK) == 0)
			return arena_str(arena, in_home);
	}
	return run_find(prover->programs);
}

static void ask(struct client_proof *proof, const struct asking *asking)
{
	const struct prover *prover = fitting(proof->prover, &asking->question);
	struct proof_words words = { .n = 0 };
	AUTO(error) err = ERROR_INIT;

	if (!prover) {
		proof->outcome = PROOF_UNABLE;
		proof->words = str_copy(_("it judges endpoints alone, no files"));
		return;
	}
	proof->prover = prover;
	proof->program = program_of(prover, &asking->validation->gathered.arena);
	proof->outcome = PROOF_ABSENT;
	if (proof->program) {
		words.at[words.n++] = proof->program;
		if (arguments_of(prover, &asking->question, &words, &err)) {
			run_it(proof, asking, &words);
		} else {
			proof->outcome = PROOF_UNABLE;
			proof->words = str_copy(err.text);
		}
	}
	arena_clear(&words.arena);
}

/* None was asked: why not is the same for all. */
static void nobody_asked(struct validation *validation, const struct error *why)
{
	for (size_t i = 0; i < validation->n_proofs; i++) {
		validation->proofs[i].outcome = PROOF_UNABLE;
		validation->proofs[i].words = str_copy(why->text);
	}
}

/* What may stand in an argument list and a URL. */
static bool is_plain(const char *name)
{
	return *name && *name != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01234567"
			    "89-._:") == strlen(name);
}

static bool settle_name(struct asking *asking, struct error *err)
{
	const struct expected_name *name = &asking->validation->name;

	if (name->kind == NAME_NONE)
		return true;
	asking->question.name = name->text;
	asking->question.name_is_address = name->kind == NAME_IP;
	if (name->kind == NAME_EMAIL || !is_plain(name->text))
		return error_fail(err, STATUS_INPUT, _("no client can be asked for '%s'"),
				  name->text);
	return true;
}

static bool settle_host(struct asking *asking, const struct target *target,
			struct error *err)
{
	const char *sni = asking->options->sni ? asking->options->sni
			  : target->is_address ? ""
					       : target->host;

	asking->port = str_format("%u", (unsigned)target->port);
	asking->host_port = str_format(strchr(target->host, ':') ? "[%s]:%s" : "%s:%s",
				       target->host, asking->port);
	asking->question.host = target->host;
	asking->question.port = asking->port;
	asking->question.host_port = asking->host_port;
	asking->question.sni = *sni ? sni : NULL;
	if (asking->validation->presented.through_proxy)
		return error_fail(err, STATUS_INPUT,
				  _("the endpoint is reached through a proxy, and not "
				    "every client has one"));
	if (!is_plain(target->host) || (*sni && !is_plain(sni)))
		return error_fail(err, STATUS_INPUT, _("no client can be asked for '%s'"),
				  target->text);
	return true;
}

/* leaf: NULL for an endpoint. */
static void ask_all(struct asking *asking, const struct target *target,
		    const struct entry_set *leaf, const struct entry_set *untrusted)
{
	struct validation *validation = asking->validation;
	AUTO(error) err = ERROR_INIT;

	if (settle_name(asking, &err) && (!target || settle_host(asking, target, &err)) &&
	    make_folder(&asking->folder, &err) &&
	    (target || write_chain(asking, leaf, untrusted, &err)) &&
	    write_stores(asking, &err))
		for (size_t i = 0; i < validation->n_proofs; i++)
			ask(&validation->proofs[i], asking);
	else
		nobody_asked(validation, &err);
	asking_end(asking);
}

static void begin(struct validation *validation, const struct prover *const *these,
		  size_t n)
{
	validation->proofs = mem_array(n, sizeof(*validation->proofs));
	validation->n_proofs = n;
	for (size_t i = 0; i < n; i++)
		validation->proofs[i].prover = these[i];
}

void prove_target(struct validation *validation, const struct target *target,
		  const struct prover *const *these, size_t n,
		  const struct validate_options *options)
{
	struct asking asking = { .validation = validation, .options = options };

	begin(validation, these, n);
	ask_all(&asking, target, NULL, NULL);
}

void prove_chain(struct validation *validation, const struct entry_set *leaf,
		 const struct entry_set *untrusted, const struct prover *const *these,
		 size_t n, const struct validate_options *options)
{
	struct asking asking = { .validation = validation, .options = options };

	begin(validation, these, n);
	ask_all(&asking, NULL, leaf, untrusted);
}

/*
 * How the clients are asked. Each trusts the store that it is given and nothing else: the
 * options that switch off the platform's own are of their manuals (openssl-verify(1),
 * gnutls-cli(1), certtool(1), curl(1), Python's ssl, the JSSE reference guide).
 */
#include "plan/provers.h"

#include "base/file.h"
#include "base/i18n.h"

#include <assert.h>

static void add(struct proof_words *words, const char *word)
{
	assert(words->n < PROOF_WORDS_MOST);
	words->at[words->n++] = word;
}

static void add_all(struct proof_words *words, const char *const *these)
{
	for (; *these; these++)
		add(words, *these);
}

static void add_made(struct proof_words *words, char *word)
{
	add(words, arena_str(&words->arena, word));
	mem_free(word);
}

static bool says(const struct run_result *result, const char *text)
{
	struct span said = buf_span(&result->said);

	return said.n && memmem(said.at, said.n, text, strlen(text));
}

/* OpenSSL */

static void add_name(struct proof_words *words, const struct proof_question *question)
{
	if (!question->name)
		return;
	add(words, question->name_is_address ? "-verify_ip" : "-verify_hostname");
	add(words, question->name);
}

static bool openssl_target(struct proof_words *words,
			   const struct proof_question *question, struct error *err)
{
	(void)err;
	add_all(words, (const char *const[]){ "s_client", "-brief",
					      "-verify_return_error", "-no-CApath",
					      "-no-CAstore", "-CAfile", question->store,
					      "-connect", question->host_port, NULL });
	if (question->sni)
		add_all(words,
			(const char *const[]){ "-servername", question->sni, NULL });
	else
		add(words, "-noservername");
	add_name(words, question);
	return true;
}

static bool openssl_chain(struct proof_words *words,
			  const struct proof_question *question, struct error *err)
{
	(void)err;
	add_all(words,
		(const char *const[]){ "verify", "-no-CApath", "-no-CAstore", "-purpose",
				       "sslserver", "-CAfile", question->store,
				       "-untrusted", question->chain, NULL });
	add_name(words, question);
	add(words, question->leaf);
	return true;
}

static enum proof_outcome openssl_read(const struct run_result *result)
{
	if (says(result, "verify error:") || says(result, "verification failed"))
		return PROOF_REFUSES;
	return result->status == 0 ? PROOF_ACCEPTS : PROOF_NO_ANSWER;
}

/* GnuTLS */

static bool gnutls_target(struct proof_words *words,
			  const struct proof_question *question, struct error *err)
{
	(void)err;
	add_all(words, (const char *const[]){ "--x509cafile", question->store, "--port",
					      question->port, NULL });
	if (question->name)
		add_all(words, (const char *const[]){ "--verify-hostname", question->name,
						      NULL });
	if (question->sni)
		add_all(words,
			(const char *const[]){ "--sni-hostname", question->sni, NULL });
	else
		add(words, "--disable-sni");
	add(words, question->host);
	return true;
}

static bool gnutls_chain(struct proof_words *words, const struct proof_question *question,
			 struct error *err)
{
	(void)err;
	add_all(words,
		(const char *const[]){ "--verify", "--load-ca-certificate",
				       question->store, "--infile", question->presented,
				       "--verify-purpose", "1.3.6.1.5.5.7.3.1", NULL });
	if (question->name)
		add_all(words, (const char *const[]){ "--verify-hostname", question->name,
						      NULL });
	return true;
}

static enum proof_outcome gnutls_read(const struct run_result *result)
{
	if (says(result, "NOT trusted") || says(result, "Not verified"))
		return PROOF_REFUSES;
	return says(result, "The certificate is trusted") ? PROOF_ACCEPTS
							  : PROOF_NO_ANSWER;
}

/* curl */

static bool curl_target(struct proof_words *words, const struct proof_question *question,
			struct error *err)
{
	bool bracketed = question->name_is_address && strchr(question->name, ':');

	if (!question->sni && !question->name_is_address)
		return error_fail(err, STATUS_INPUT,
				  _("curl always sends the name that it asks for"));
	if (question->sni && strcmp(question->sni, question->name) != 0)
		return error_fail(
			err, STATUS_INPUT,
			_("curl sends the name that it asks for, and no other as SNI"));
	add_all(words,
		(const char *const[]){ "-q", "--silent", "--show-error", "--globoff",
				       "--head", "--output", "/dev/null", "--noproxy",
				       "*", "--capath", "/dev/null", "--cacert",
				       question->store, "--connect-to", NULL });
	add_made(words, str_format("::%s", question->host_port));
	add_made(words, str_format(bracketed ? "https://[%s]:%s/" : "https://%s:%s/",
				   question->name, question->port));
	return true;
}

/* libcurl-errors(3): after these the handshake was over, and what followed was no HTTPS.
 */
static enum proof_outcome curl_read(const struct run_result *result)
{
	static const int after_handshake[] = { 0, 1, 8, 18, 22, 47, 52, 55, 56, 92 };

	if (result->status == 51 || result->status == 60)
		return PROOF_REFUSES;
	for (size_t i = 0; i < COUNT(after_handshake); i++)
		if (result->status == after_handshake[i])
			return PROOF_ACCEPTS;
	return PROOF_NO_ANSWER;
}

/* Python and Java end with these where their programs, below, say so. */
#define SCRIPT_ACCEPTS 0
#define SCRIPT_REFUSES 10

static enum proof_outcome script_read(const struct run_result *result)
{
	return result->status == SCRIPT_ACCEPTS   ? PROOF_ACCEPTS
	       : result->status == SCRIPT_REFUSES ? PROOF_REFUSES
						  : PROOF_NO_ANSWER;
}

static bool python_target(struct proof_words *words,
			  const struct proof_question *question, struct error *err)
{
	static const char script[] =
		"import socket, ssl, sys\n"
		"store, host, port, name = sys.argv[1:]\n"
		"context = ssl.create_default_context(cafile=store)\n"
		"try:\n"
		"    with socket.create_connection((host, int(port)), 20) as plain:\n"
		"        with context.wrap_socket(plain, server_hostname=name):\n"
		"            pass\n"
		"except ssl.SSLCertVerificationError as problem:\n"
		"    print('ssl.SSLCertVerificationError: %s' % problem)\n"
		"    sys.exit(10)\n"
		"except OSError as problem:\n"
		"    print('%s: %s' % (type(problem).__name__, problem))\n"
		"    sys.exit(11)\n";

	if (question->sni ? strcmp(question->sni, question->name) != 0
			  : !question->name_is_address)
		return error_fail(
			err, STATUS_INPUT,
			_("Python sends the name that it asks for, and no other as SNI"));
	add_all(words, (const char *const[]){ "-I", "-c", script, question->store,
					      question->host, question->port,
					      question->name, NULL });
	return true;
}

/* Java runs a program from its source where its compiler is there (JEP 330): a JRE alone
 * cannot. */
static bool write_java(const struct proof_question *question, char **path,
		       struct error *err)
{
	static const char program[] =
		"import java.io.*;\n"
		"import java.net.*;\n"
		"import java.security.KeyStore;\n"
		"import java.security.cert.*;\n"
		"import java.util.*;\n"
		"import javax.net.ssl.*;\n"
		"public class Prove {\n"
		"    static X509TrustManager manager(String store) throws Exception {\n"
		"        KeyStore keys = KeyStore.getInstance(new File(store), "
		"\"changeit\".toCharArray());\n"
		"        TrustManagerFactory factory = "
		"TrustManagerFactory.getInstance(\"PKIX\");\n"
		"        factory.init(keys);\n"
		"        return (X509TrustManager) factory.getTrustManagers()[0];\n"
		"    }\n"
		"    static void files(String store, String chain) throws Exception {\n"
		"        CertificateFactory factory = "
		"CertificateFactory.getInstance(\"X.509\");\n"
		"        try (InputStream in = new FileInputStream(chain)) {\n"
		"            Collection<? extends java.security.cert.Certificate> all = "
		"factory.generateCertificates(in);\n"
		"            manager(store).checkServerTrusted(all.toArray(new "
		"X509Certificate[0]), \"UNKNOWN\");\n"
		"        }\n"
		"    }\n"
		"    static void endpoint(String store, String host, int port, String "
		"name, String sni) throws Exception {\n"
		"        SSLContext context = SSLContext.getInstance(\"TLS\");\n"
		"        context.init(null, new TrustManager[] { manager(store) }, "
		"null);\n"
		"        try (Socket plain = new Socket()) {\n"
		"            plain.connect(new InetSocketAddress(host, port), 20000);\n"
		"            plain.setSoTimeout(20000);\n"
		"            SSLSocket socket = (SSLSocket) "
		"context.getSocketFactory().createSocket(plain, name, port, true);\n"
		"            SSLParameters parameters = socket.getSSLParameters();\n"
		"            parameters.setEndpointIdentificationAlgorithm(\"HTTPS\");\n"
		"            parameters.setServerNames(sni.isEmpty() ? List.of() : "
		"List.of(new SNIHostName(sni)));\n"
		"            socket.setSSLParameters(parameters);\n"
		"            socket.startHandshake();\n"
		"        }\n"
		"    }\n"
		"    public static void main(String[] args) throws Exception {\n"
		"        try {\n"
		"            if (args.length == 2)\n"
		"                files(args[0], args[1]);\n"
		"            else\n"
		"                endpoint(args[0], args[1], Integer.parseInt(args[2]), "
		"args[3], args[4]);\n"
		"        } catch (Exception problem) {\n"
		"            System.out.println(problem);\n"
		"            boolean judged = false;\n"
		"            for (Throwable cause = problem; cause != null; cause = "
		"cause.getCause())\n"
		"                judged |= cause instanceof CertificateException;\n"
		"            System.exit(judged ? 10 : 11);\n"
		"        }\n"
		"    }\n"
		"}\n";

	*path = str_format("%s/Prove.java", question->folder);
	return file_replace(*path, SPAN(program), 0600, err);
}

static bool java_start(struct proof_words *words, const struct proof_question *question,
		       struct error *err)
{
	char *path;
	bool good = write_java(question, &path, err);

	/* Nobody waits for a JIT that pays after minutes. */
	add_all(words,
		(const char *const[]){ "-XX:TieredStopAtLevel=1", "-Xshare:auto", NULL });
	add_made(words, path);
	add(words, question->trust_store);
	return good;
}

static bool java_target(struct proof_words *words, const struct proof_question *question,
			struct error *err)
{
	if (!java_start(words, question, err))
		return false;
	add_all(words,
		(const char *const[]){ question->host, question->port, question->name,
				       question->sni ? question->sni : "", NULL });
	return true;
}

static bool java_chain(struct proof_words *words, const struct proof_question *question,
		       struct error *err)
{
	if (question->name)
		return error_fail(err, STATUS_INPUT,
				  _("a name is judged by Java in a handshake alone: leave it "
				    "out, or name the endpoint"));
	if (!java_start(words, question, err))
		return false;
	add(words, question->presented);
	return true;
}

static const struct prover openssl = {
	.name = "openssl",
	.client = "openssl",
	.programs = (const char *const[]){ "/usr/bin/openssl", "/usr/local/bin/openssl",
					   NULL },
	.ask_target = openssl_target,
	.ask_chain = openssl_chain,
	.read = openssl_read,
	.telling = (const char *const[]){ "verify error:", "error ", "connect", NULL },
};

static const struct prover gnutls = {
	.name = "gnutls",
	.client = "gnutls",
	.programs = (const char *const[]){ "/usr/bin/gnutls-cli",
					   "/usr/local/bin/gnutls-cli", NULL },
	.ask_target = gnutls_target,
	.read = gnutls_read,
	.telling =
		(const char *const[]){ "- Status: ", "Fatal error", "not connect", NULL },
};

/* The same library, asked about files. */
static const struct prover gnutls_files = {
	.name = "gnutls",
	.client = "gnutls",
	.programs = (const char *const[]){ "/usr/bin/certtool", "/usr/local/bin/certtool",
					   NULL },
	.ask_chain = gnutls_chain,
	.read = gnutls_read,
	.telling =
		(const char *const[]){ "Chain verification output: ", "Output: ", NULL },
};

static const struct prover curl = {
	.name = "curl",
	.client = "openssl",
	.programs = (const char *const[]){ "/usr/bin/curl", "/usr/local/bin/curl", NULL },
	.ask_target = curl_target,
	.read = curl_read,
	.telling = (const char *const[]){ "curl: ", NULL },
};

static const struct prover python = {
	.name = "python",
	/* Strict by default from 3.13 on; which one is installed is not known before it is asked. */
	.client = "openssl",
	.programs = (const char *const[]){ "/usr/bin/python3", "/usr/local/bin/python3",
					   NULL },
	.ask_target = python_target,
	.read = script_read,
	.telling = (const char *const[]){ "ssl.", "Error", NULL },
};

static const struct prover java = {
	.name = "java",
	.client = "java",
	.programs = (const char *const[]){ "/usr/bin/java", "/usr/local/bin/java", NULL },
	.home_variable = "JAVA_HOME",
	.in_home = "bin/java",
	.ask_target = java_target,
	.ask_chain = java_chain,
	.read = script_read,
	.telling = (const char *const[]){ "Exception", "error: ", NULL },
};

/* For a name the first that can be asked counts. */
const struct prover *const provers[] = { &openssl, &gnutls, &gnutls_files, &java,
					 &curl,    &python, NULL };

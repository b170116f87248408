"""The real clients, asked of a case in a folder: each says yes or no, and in which words."""
import ctypes, json, os, shutil, subprocess, sys, tempfile

SECONDS = 20


def run(*arguments):
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=SECONDS)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def host_of(folder):
    with open(os.path.join(folder, "host")) as file:
        return file.read().strip()


class OpenSsl:
    name = "openssl"
    program = "openssl"

    def command(self, folder):
        sent = folder + "/sent.pem"
        return ["openssl", "verify", "-no-CApath", "-no-CAstore", "-CAfile", folder + "/roots.pem",
                *(["-untrusted", sent] if os.path.getsize(sent) else []),
                "-purpose", "sslserver", "-verify_hostname", host_of(folder), folder + "/leaf.pem"]

    def ask(self, folder):
        status, said = run(*self.command(folder))
        return status == 0, said


class VerifyData(ctypes.Structure):
    """gnutls_typed_vdata_st"""
    _fields_ = [("type", ctypes.c_uint), ("data", ctypes.c_char_p), ("size", ctypes.c_uint)]


class GnuTls:
    """The library itself, as it verifies the peer of a session: certtool --verify takes no anchor for its own issuer."""
    name = "gnutls"
    program = "certtool"
    PEM, USE_IN_TLS, HOSTNAME, PURPOSE, PROFILE_LOW = 1, 1 << 1, 1, 2, 2 << 24
    SERVER = b"1.3.6.1.5.5.7.3.1"

    def __init__(self):
        self.library = ctypes.CDLL("libgnutls.so.30")

    def command(self, folder):
        return [sys.executable, os.path.abspath(__file__), self.name, folder]

    def status(self, trusted, folder):
        """Of the chain in the folder, in bits; what went wrong as a negative number."""
        with open(folder + "/chain.pem", "rb") as file:
            pem = file.read()
        datum = (ctypes.c_void_p * 2)(ctypes.cast(ctypes.c_char_p(pem), ctypes.c_void_p), len(pem))
        certs, n, status = ctypes.c_void_p(), ctypes.c_uint(), ctypes.c_uint()
        result = self.library.gnutls_x509_crt_list_import2(ctypes.byref(certs), ctypes.byref(n), datum, self.PEM, 0)
        if result < 0:
            return result
        asked = (VerifyData * 2)((self.HOSTNAME, host_of(folder).encode(), 0), (self.PURPOSE, self.SERVER, 0))
        result = self.library.gnutls_x509_trust_list_verify_crt2(trusted, certs, n, asked, 2, self.PROFILE_LOW,
                                                                 ctypes.byref(status), None)
        for each in ctypes.cast(certs, ctypes.POINTER(ctypes.c_void_p))[:n.value]:
            self.library.gnutls_x509_crt_deinit(ctypes.c_void_p(each))
        ctypes.CDLL(None).free(certs)
        return status.value if result >= 0 else result

    def ask(self, folder):
        trusted = ctypes.c_void_p()
        self.library.gnutls_x509_trust_list_init(ctypes.byref(trusted), 0)
        self.library.gnutls_x509_trust_list_add_trust_file(trusted, (folder + "/roots.pem").encode(), None, self.PEM,
                                                           self.USE_IN_TLS, 0)
        status = self.status(trusted, folder)
        self.library.gnutls_x509_trust_list_deinit(trusted, 1)
        return status == 0, "gnutls_certificate_status_t %#x" % status if status >= 0 else "error %d" % status


class Go:
    """Built once, and then asked line by line."""
    name = "go"
    program = os.environ.get("GO") or "go"

    def __init__(self, work):
        self.binary = os.path.join(work, "verify")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "verify.go")
        subprocess.run([self.program, "build", "-o", self.binary, source], check=True,
                       env=dict(os.environ, GO111MODULE="off", GOCACHE=os.path.join(work, "go-cache")))
        self.process = subprocess.Popen([self.binary], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def command(self, folder):
        return [sys.executable, os.path.abspath(__file__), self.name, folder]

    def ask(self, folder):
        self.process.stdin.write(folder + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline()
        return said.startswith("yes"), said


class Rootcellar:
    """What is predicted of each client, and the verdict of the default."""

    def __init__(self, tool, clients):
        self.tool, self.clients = tool, ",".join(clients)

    def command(self, folder):
        sent = folder + "/sent.pem"
        return [self.tool, "validate", "--offline", "--anchors", folder + "/roots.pem",
                *(["--untrusted", sent] if os.path.getsize(sent) else []), "--hostname", host_of(folder), "--client", self.clients, "--format", "json",
                folder + "/leaf.pem"]

    def ask(self, folder):
        """{client: (yes or no, codes)} with the default under that name; the words alone where it failed."""
        done = subprocess.run(self.command(folder), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=SECONDS)
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode not in (0, 1, 3) or "Sanitizer" in said:
            return None, "status %d: %s" % (done.returncode, said)
        try:
            judged = json.loads(done.stdout)["validations"][0]
        except (ValueError, KeyError, IndexError):
            # A leaf that cannot be read is refused by all.
            return {one: (False, ["unreadable"]) for one in self.clients.split(",") + ["default"]}, said
        verdicts = {one["client"].split("-")[0]: told(one) for one in judged["clients"]}
        verdicts["default"] = told(judged)
        return verdicts, said


def told(judged):
    return judged["verdict"] == "complete", [one["code"] for one in judged["findings"] if one["severity"] == "error"]


def installed(wanted, work):
    """Those of the wanted that are here, and what is not."""
    kinds = {kind.name: kind for kind in (OpenSsl, GnuTls, Go)}
    here = [kinds[one] for one in wanted if shutil.which(kinds[one].program)]
    return [kind(work) if kind is Go else kind() for kind in here], [one for one in wanted if kinds[one] not in here]


def main():
    """CLIENT FOLDER: what that one says of a case."""
    with tempfile.TemporaryDirectory() as work:
        for client in installed([sys.argv[1]], work)[0]:
            print(*client.ask(os.path.abspath(sys.argv[2])))


if __name__ == "__main__":
    main()

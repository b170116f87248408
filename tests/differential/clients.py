"""The real clients, asked of a case in a folder: each says yes or no, and in which words."""
import json, os, shutil, subprocess

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
        return ["openssl", "verify", "-no-CApath", "-no-CAstore", "-CAfile", folder + "/roots.pem", "-untrusted",
                folder + "/sent.pem", "-purpose", "sslserver", "-verify_hostname", host_of(folder), folder + "/leaf.pem"]

    def ask(self, folder):
        status, said = run(*self.command(folder))
        return status == 0, said


class GnuTls:
    name = "gnutls"
    program = "certtool"

    def command(self, folder):
        return ["certtool", "--verify", "--load-ca-certificate", folder + "/roots.pem", "--infile", folder + "/chain.pem",
                "--verify-hostname", host_of(folder), "--verify-purpose", "1.3.6.1.5.5.7.3.1"]

    def ask(self, folder):
        status, said = run(*self.command(folder))
        return status == 0, said


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
        return ["sh", "-c", "echo '%s' | '%s'" % (folder, self.binary)]

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
        return [self.tool, "validate", "--offline", "--anchors", folder + "/roots.pem", "--untrusted",
                folder + "/sent.pem", "--hostname", host_of(folder), "--client", self.clients, "--format", "json",
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

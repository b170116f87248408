#!/usr/bin/env python3
"""Measures the built program against its peers, in one run, and holds it to its bars.

    bench.py --tool ./rootcellar --engine PROGRAM --work FOLDER [--runs N] [--only NAME]

FOLDER keeps the generated certificates and the Go peers from one run to the next. Figures are the
median CPU time of the process, user and system, read from its CPU clock. The kernel counts this
script's own memory to a process that needs less (some 15 MiB). Last line: N bars held, N missed;
status 1 where one was missed.
"""
import argparse
import base64
import datetime
import glob
import json
import lzma
import os
import re
import shutil
import statistics
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
MOZILLA = "/usr/share/ca-certificates/mozilla"


# CertAux of an anchor for TLS servers: a trust list of id-kp-serverAuth.
SERVER_AUX = bytes.fromhex("300c300a06082b06010505070301")
# EFI_CERT_X509_GUID, and an owner.
X509_GUID = bytes.fromhex("a159c0a5e494a74a87b5ab155c2bf072")
OWNER = bytes(16)


def pem_block(label, der):
    text = base64.b64encode(der).decode()
    lines = "".join(text[i:i + 64] + "\n" for i in range(0, len(text), 64))
    return ("-----BEGIN %s-----\n%s-----END %s-----\n" % (label, lines, label)).encode()


def trusted_block(der):
    return pem_block("TRUSTED CERTIFICATE", der + SERVER_AUX)


def signature_list(der):
    return X509_GUID + struct.pack("<III", 44 + len(der), 0, 16 + len(der)) + OWNER + der


class Figure:
    """CPU and elapsed milliseconds, and the peak of memory in KiB, of one command."""

    def __init__(self, cpu, elapsed, memory):
        self.cpu, self.elapsed, self.memory = cpu, elapsed, memory


def cpu_clock_ms(pid):
    """The CPU clock of a process that has ended and is not reaped yet (see clock_getcpuclockid)."""
    return time.clock_gettime((~pid << 3) | 2) * 1e3


def run_once(command, environment):
    with open(os.devnull, "r+b") as null:
        started = time.monotonic()
        child = subprocess.Popen(command, stdin=null, stdout=null, stderr=subprocess.PIPE,
                                 env=environment)
        said = child.stderr.read()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        elapsed = (time.monotonic() - started) * 1e3
        cpu = cpu_clock_ms(child.pid)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit("bench: %s: exit status %d\n%s" % (
            " ".join(command), child.returncode, said.decode("utf-8", "replace")[-600:]))
    return Figure(cpu, elapsed, usage.ru_maxrss)


class Bench:
    def __init__(self, arguments):
        self.tool = os.path.abspath(arguments.tool)
        self.engine_program = os.path.abspath(arguments.engine)
        self.work = os.path.abspath(arguments.work)
        self.runs = arguments.runs
        self.held = self.missed = 0
        os.makedirs(self.work, exist_ok=True)
        cellar = os.path.join(self.work, "no-cellar")
        self.environment = dict(os.environ, ROOTCELLAR_STORE=cellar, LC_ALL="C.UTF-8", TZ="UTC")

    def path(self, *names):
        return os.path.join(self.work, *names)

    def go_program(self, name):
        """Builds tests/bench/NAME.go where it is newer than what was built before."""
        source, program = os.path.join(HERE, name + ".go"), self.path(name)
        go = shutil.which(os.environ.get("GO") or "go")
        if not go:
            sys.exit("bench: go is not installed (Debian: apt-get install golang-go)")
        if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
            environment = dict(os.environ, GOFLAGS="", GO111MODULE="off",
                               GOCACHE=self.path("go-cache"))
            subprocess.run([go, "build", "-o", program, source], check=True, env=environment)
        return program

    def bundle(self, n):
        """N certificates; the one of 10,000 also holds the root of a chain, kept beside it."""
        path = self.path("bundle-%d.pem" % n)
        if not os.path.exists(path):
            extra = [self.work] if n == 10000 else []
            subprocess.run([self.go_program("generate"), str(n), path] + extra, check=True)
        return path

    def converted(self, bundle, name, write):
        """The certificates of a bundle in another form, each as write gives it."""
        path = self.path(name)
        if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(bundle):
            with open(bundle) as file, open(path, "wb") as out:
                for block in re.findall("BEGIN CERTIFICATE-----(.*?)-----END", file.read(), re.S):
                    out.write(write(base64.b64decode(block)))
        return path

    def real_roots(self):
        path = self.path("mozilla.pem")
        with open(path, "w") as out:
            for name in sorted(glob.glob(MOZILLA + "/*.crt")):
                with open(name) as file:
                    out.write(file.read())
        return path

    def measure(self, title, command, runs=None):
        return self.measure_in_turn(runs or self.runs, (title, command))[0]

    def measure_in_turn(self, runs, *named):
        """The figures of each (title, command), which run one after the other in every round: what
        else the machine does then weighs on all of them alike."""
        rounds = [[run_once(command, self.environment) for _, command in named]
                  for _ in range(runs)]
        return [self.figure(title, figures) for (title, _), figures in zip(named, zip(*rounds))]

    @staticmethod
    def figure(title, figures):
        figure = Figure(*(statistics.median(getattr(f, name) for f in figures)
                          for name in ("cpu", "elapsed", "memory")))
        print("  %-38s %10.2f ms CPU %7.1f MiB  (%d runs)" % (
            title, figure.cpu, figure.memory / 1024, len(figures)))
        return figure

    def bar(self, what, value, most=None, least=None, unit=""):
        """One line that says whether a bar is held; either most or least."""
        held = value <= most if most is not None else value >= least
        wanted = "at most %g" % most if most is not None else "at least %g" % least
        self.held += held
        self.missed += not held
        print("  %-6s %s: %.2f%s, %s" % ("held" if held else "MISSED", what, value, unit, wanted))

    def list_of_10000(self):
        print("list of 10,000 certificates (subject, expiry, key, SHA-256)")
        bundle = self.bundle(10000)
        program = self.go_program("list")
        ours, go, same = self.measure_in_turn(
            2 * self.runs, ("rootcellar list --format csv", self.list_command(bundle)),
            ("Go crypto/x509, these four", [program, "-few", bundle]),
            ("Go crypto/x509, all that a row of ours has", [program, bundle]))
        openssl = self.measure("openssl storeutl -text -certs",
                               ["openssl", "storeutl", "-text", "-certs", bundle], 3)
        certtool = self.measure("certtool -i", ["certtool", "-i", "--infile", bundle], 3)
        self.bar("times less than Go", go.cpu / ours.cpu, least=10)
        self.bar("times less than openssl", openssl.cpu / ours.cpu, least=60)
        self.bar("times less than certtool", certtool.cpu / ours.cpu, least=90)
        print("  %.2f us a certificate; %.2f times less than Go where it prints all columns" % (
            ours.cpu / 10, same.cpu / ours.cpu))

    def list_of_100000(self):
        print("list of 100,000 certificates")
        small, large = self.bundle(10000), self.bundle(100000)
        first, second = self.measure_in_turn(self.runs, ("10,000", self.list_command(small)),
                                             ("100,000", self.list_command(large)))
        self.bar("time a certificate, against 10,000", second.cpu / first.cpu / 10, most=1.15)
        self.bar("memory, against the file", second.memory * 1024 / os.path.getsize(large),
                 most=1.5)

    def list_of_real_roots(self):
        print("list of the real roots in %s" % MOZILLA)
        bundle = self.real_roots()
        ours, go = self.measure_in_turn(
            5 * self.runs, ("rootcellar list --format csv", self.list_command(bundle)),
            ("Go crypto/x509", [self.go_program("list"), "-few", bundle]))
        self.bar("of the time of Go", ours.cpu / go.cpu, most=0.6)

    def list_of_formats(self):
        print("list of 10,000 certificates in other formats")
        bundle = self.bundle(10000)
        pem = self.measure("pem", self.list_command(bundle))
        for name, write in (("openssl-trusted", trusted_block), ("edk2", signature_list)):
            store = self.converted(bundle, "bundle-10000." + name, write)
            ours = self.measure(name, self.list_command(store))
            self.bar("of the time of pem, %s" % name, ours.cpu / pem.cpu, most=1.5)

    def servicenow(self):
        print("ServiceNow export of 10,000 records")
        records = self.path("records.xml")
        subprocess.run([self.tool, "export", "-q", "--yes", "--as", "servicenow", "--only", "anchors",
                        "--store", self.bundle(10000), "-o", records],
                       env=self.environment, check=True)
        ours, tree = self.measure_in_turn(
            self.runs, ("rootcellar list --format csv", self.list_command(records)),
            ("xmllint (libxml2 makes its tree)", ["xmllint", "--noout", records]))
        self.measure("xmllint --sax (and does nothing)", ["xmllint", "--sax", "--noout", records])
        self.bar("of the time of libxml2", ours.cpu / tree.cpu, most=1.3)

    def one_path(self):
        print("one path in a store of 10,000 anchors")
        anchors = self.bundle(10000)
        untrusted, leaf = self.path("untrusted.pem"), self.path("leaf.pem")
        ours, go = self.measure_in_turn(
            self.runs, ("rootcellar validate --offline", [
                self.tool, "validate", "--offline", "--anchors", anchors, "--untrusted", untrusted,
                "--hostname", "bench.example", leaf]),
            ("Go crypto/x509",
             [self.go_program("path"), anchors, untrusted, leaf, "bench.example"]))
        self.bar("of the time of Go", ours.cpu / go.cpu, most=0.1)

    def revoked(self):
        print("one path with a revocation list of 50 MiB")
        folder = self.path("revoked-50")
        if not os.path.exists(os.path.join(folder, "root.crl")):
            os.makedirs(folder, exist_ok=True)
            subprocess.run([self.go_program("revoked"), "50", folder], check=True)
        root, leaf, der, pem = (os.path.join(folder, name) for name in (
            "root.pem", "leaf.pem", "root.crl", "root.crl.pem"))
        ours = self.measure("rootcellar validate --crl, DER", [
            self.tool, "validate", "--offline", "--anchors", root, "--crl", der, leaf])
        self.measure("rootcellar validate --crl, PEM", [
            self.tool, "validate", "--offline", "--anchors", root, "--crl", pem, leaf])
        openssl = self.measure("openssl verify -crl_check", [
            "openssl", "verify", "-no-CApath", "-no-CAstore", "-CAfile", root, "-crl_check",
            "-CRLfile", pem, leaf], 1)
        self.bar("CPU", ours.cpu, most=1500, unit=" ms")
        self.bar("memory", ours.memory / 1024, most=120, unit=" MiB")
        self.bar("times less than openssl", openssl.cpu / ours.cpu, least=5)

    def keystores_of_10000(self):
        print("list of 10,000 certificates of Java's keystores")
        bundle = self.bundle(10000)
        pem = self.measure("pem", self.list_command(bundle))
        for name, most in (("jks", 1.5), ("pkcs12", 1.5)):
            store = self.path("bundle-10000." + name)
            subprocess.run([self.tool, "export", "-q", "--yes", "--as", name, "-o", store,
                            "--store", bundle], check=True, env=self.environment)
            ours = self.measure(name, self.list_command(store))
            keytool = self.measure("keytool -list", ["keytool", "-list", "-storetype", name,
                                                     "-storepass", "changeit", "-keystore", store], 3)
            self.bar("of the time of PEM", ours.cpu / pem.cpu, most=most)
            self.bar("times less than keytool", keytool.cpu / ours.cpu, least=20)

    def cases(self):
        """The cases of the suites, each in a folder: the lines that engine.c and engine.go read."""
        folder = os.environ.get("ROOTCELLAR_SUITES") or os.path.join(HERE, "../../../shared/suites")
        lines = []
        for path in sorted(glob.glob(os.path.join(folder, "*-open.json.xz"))):
            if os.path.basename(path).startswith("aia"):
                continue
            with lzma.open(path, "rt") as file:
                for case in json.load(file)["testcases"]:
                    lines.append(self.write_case(len(lines), case))
        return lines

    def write_case(self, number, case):
        folder = self.path("cases", str(number))
        os.makedirs(folder, exist_ok=True)
        for name, certificates in (("leaf", [case["peer_certificate"]]),
                                   ("anchors", case["trusted_certs"]),
                                   ("untrusted", case["untrusted_intermediates"])):
            with open(os.path.join(folder, name + ".pem"), "w") as out:
                out.write("\n".join(certificates))
        name = case.get("expected_peer_name") or {"kind": "none", "value": "-"}
        at = datetime.datetime.fromisoformat(
            (case.get("validation_time") or "2026-11-24T00:00:00Z").replace("Z", "+00:00"))
        if not at.tzinfo:
            at = at.replace(tzinfo=datetime.timezone.utc)
        purpose = case.get("x_purpose") or case["validation_kind"].lower()
        return "%s %s %s %s %d" % (folder, {"RFC822": "email"}.get(name["kind"], name["kind"].lower()),
                                   name["value"].replace(" ", "_") or "-", purpose, at.timestamp())

    def engine(self):
        print("the path engine in one process, the median case of the suites")
        lines = self.cases()
        if not lines:
            print("  left out: no suites (ROOTCELLAR_SUITES names their folder)")
            return
        given = ("\n".join(lines) + "\n").encode()
        ours, go = (subprocess.run([program], input=given, check=True,
                                   stdout=subprocess.PIPE).stdout.split()
                    for program in (self.engine_program, self.go_program("engine")))
        cold, warm, theirs = float(ours[1]), float(ours[2]), float(go[1])
        print("  rootcellar: %.1f us, %.1f us less signatures; Go: %.1f us (%s and %s cases)" % (
            cold, warm, theirs, ours[0].decode(), go[0].decode()))
        self.bar("less signatures", warm, most=40, unit=" us")
        self.bar("of the time of Go, with signatures", cold / theirs, most=1)

    def one_validate(self):
        print("one validate --offline, and what else starts")
        untrusted, leaf = self.path("untrusted.pem"), self.path("leaf.pem")
        root = self.root_of_chain()
        linked = self.linked_program()
        ours, openssl, nothing = self.measure_in_turn(
            4 * self.runs, ("rootcellar validate --offline", [
                self.tool, "validate", "--offline", "--anchors", root, "--untrusted", untrusted,
                "--hostname", "bench.example", leaf]),
            ("openssl verify", ["openssl", "verify", "-no-CApath", "-no-CAstore", "-CAfile", root,
                                "-untrusted", untrusted, leaf]),
            ("a program that links GnuTLS and ends", [linked]))
        self.bar("above the one that links GnuTLS", ours.cpu - nothing.cpu, most=2, unit=" ms")
        self.bar("of the time of openssl", ours.cpu / openssl.cpu, most=1)

    def root_of_chain(self):
        """That of untrusted.pem and leaf.pem, which the bundle holds among the others."""
        path = self.path("root.pem")
        subprocess.run([self.tool, "export", "-q", "--yes", "--as", "pem", "--store", self.bundle(10000),
                        "Bench Chain Root", "-o", path], env=self.environment, check=True)
        return path

    def linked_program(self):
        source, program = self.path("links-gnutls.c"), self.path("links-gnutls")
        if not os.path.exists(program):
            with open(source, "w") as out:
                out.write("#include <gnutls/gnutls.h>\n"
                          "int main(void) { return gnutls_check_version(NULL) == NULL; }\n")
            subprocess.run([os.environ.get("CC") or "cc", "-O2", "-o", program, source, "-lgnutls"],
                           check=True)
        return program

    def start(self):
        print("start (what any process costs on this machine, then ours)")
        self.measure("true", [shutil.which("true")], 10 * self.runs)
        ours = self.measure("rootcellar --version", [self.tool, "--version"], 10 * self.runs)
        self.bar("CPU", ours.cpu, most=6, unit=" ms")
        self.bar("elapsed", ours.elapsed, most=6, unit=" ms")

    def list_command(self, bundle):
        return [self.tool, "list", "--format", "csv", "--store", bundle]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", required=True)
    parser.add_argument("--engine", default=os.path.join(HERE, "engine"))
    parser.add_argument("--work", required=True)
    parser.add_argument("--runs", type=int, default=9)
    names = ["start", "list_of_real_roots", "list_of_10000", "list_of_100000", "list_of_formats",
             "keystores_of_10000", "servicenow", "one_path", "one_validate", "engine", "revoked"]
    parser.add_argument("--only", choices=names, action="append")
    arguments = parser.parse_args()
    bench = Bench(arguments)
    for name in arguments.only or names:
        getattr(bench, name)()
        print()
    print("%d bars held, %d missed" % (bench.held, bench.missed))
    return bench.missed > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Is the first thing that the program says of a failed validation the right one?

tests/suites/first-codes holds, for every case of the suites of other projects that must fail, the
code of the finding that must come first. It was written by reading the cases. This script asks the
program, each case in the profile that its name names (webpki, rfc5280, else none), and compares.

    ROOTCELLAR=./rootcellar ROOTCELLAR_SUITES=FOLDER tests/suites/first_codes.py [GLOB]...

Prints a line for each difference, those that the file calls open apart, and agree/run. Ends with 1
where one is new, where one that is called open has gone, or where a case has no line or a line no
case; with 77 where the suites are not there. A glob restricts the cases by their names.
"""

import concurrent.futures
import fnmatch
import json
import lzma
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.environ.get("top_srcdir", os.path.join(HERE, "..", ".."))
SUITES = (os.environ.get("ROOTCELLAR_SUITES") or os.environ.get("SUITES") or
          os.path.join(SOURCE, "..", "shared", "suites"))
PROGRAM = os.environ.get("ROOTCELLAR", os.path.join(SOURCE, "rootcellar"))
FILES = ("limbo-open.json.xz", "extra-open.json.xz", "gpl-open.json.xz")
PROFILES = ("webpki", "rfc5280")
NOW = "2026-11-24T00:00:00Z"
ANY_POLICY = "2.5.29.32.0"
SECONDS = 20
NAME_OPTIONS = {"DNS": "--hostname", "IP": "--ip", "RFC822": "--email"}
ANCHOR_CHECKS = {
    "TRUSTED_ANCHOR": "none",
    "TRUSTED_ANCHOR_WITH_CONSTRAINTS": "constraints",
    "TRUSTED_ANCHOR_WITH_EXPIRATION": "expiry",
    "TRUSTED_ANCHOR_WITH_EXPIRATION_AND_CONSTRAINTS": "all",
}


def read_answers():
    """-> {case: (codes, reason, why it is open or None)}"""
    answers = {}
    with open(os.path.join(HERE, "first-codes"), encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                case, codes, reason, *rest = line.rstrip("\n").split("\t")
                still_open = rest[0][len("open: "):] if rest else None
                answers[case] = (codes.split("|"), reason, still_open)
    return answers


def read_cases():
    """The cases of all suites that must fail."""
    cases = []
    for name in FILES:
        with lzma.open(os.path.join(SUITES, name)) as suite:
            cases += json.load(suite)["testcases"]
    return [case for case in cases if case["expected_result"] == "FAILURE"]


def write_pem(folder, name, blocks):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as pem:
        pem.write("\n".join(blocks) + "\n")
    return path


def purpose(case):
    return case.get("x_purpose") or {"CLIENT": "client"}.get(case["validation_kind"], "server")


def policy_options(case):
    policy = case.get("x_policy") or {}
    for oid in policy.get("initial") or []:
        if oid != ANY_POLICY:
            yield "--policy=" + oid
    for key, option in (("explicit", "--explicit-policy"), ("inhibit_mapping", "--inhibit-mapping"),
                        ("inhibit_any", "--inhibit-any")):
        if policy.get(key):
            yield option


def options(case, folder):
    """All of the question but the name that is asked for."""
    yield "--anchors=" + write_pem(folder, "anchors.pem", case["trusted_certs"])
    if case["untrusted_intermediates"]:
        yield "--untrusted=" + write_pem(folder, "untrusted.pem", case["untrusted_intermediates"])
    for i, crl in enumerate(case.get("crls") or []):
        yield "--crl=" + write_pem(folder, "%d.crl" % i, [crl])
    yield "--at=" + (case.get("validation_time") or NOW).replace("+00:00", "Z")
    yield "--purpose=" + purpose(case)
    if case.get("max_chain_depth") is not None:
        yield "--max-depth=%d" % case["max_chain_depth"]
    yield from policy_options(case)
    if case.get("x_lax_keys") or case.get("x_pkits"):
        yield "--allow-weak"
    if case.get("x_anchor_trust"):
        yield "--anchor-checks=" + ANCHOR_CHECKS[case["x_anchor_trust"]]
    profile = case["id"].split("::")[0]
    if profile in PROFILES:
        yield "--client=" + profile


def peer_names(case):
    """What each run asks for: every name must hold, so the first that does not is told."""
    names = [case["expected_peer_name"]] if case.get("expected_peer_name") else []
    names += case.get("expected_peer_names") or []
    return [[NAME_OPTIONS[name["kind"]] + "=" + name["value"]] for name in names] or [[]]


def ask(command):
    """-> the first code of severity error, or what came instead of one"""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return "(no answer in %d s)" % SECONDS
    if done.returncode == 0:
        return "(accepted)"
    if done.returncode != 1:
        return "(status %d)" % done.returncode
    findings = json.loads(done.stdout)["validations"][0]["findings"]
    return next((f["code"] for f in findings if f["severity"] == "error"), "(no error)")


def first_code(case):
    with tempfile.TemporaryDirectory() as folder:
        leaf = write_pem(folder, "leaf.pem", [case["peer_certificate"]])
        asked = list(options(case, folder))
        for name in peer_names(case):
            code = ask([PROGRAM, "validate", "--offline", "--format=json", *asked, *name, leaf])
            if code != "(accepted)":
                break
    return code


def compare(cases, answers, got):
    """Prints the differences; -> (how many agree, how many are open, how many lines are wrong)"""
    agree = open_ones = wrong = 0
    for case, code in zip(cases, got):
        codes, reason, still_open = answers[case["id"]]
        line = "%s: %s, wanted %s (%s)" % (case["id"], code, " or ".join(codes), reason)
        if code in codes:
            agree += 1
            if still_open is not None:
                wrong += 1
                print("no longer open: " + line)
        elif still_open is not None:
            open_ones += 1
            print("open: %s: %s" % (line, still_open))
        else:
            wrong += 1
            print("differs: " + line)
    return agree, open_ones, wrong


def main(globs):
    if not os.path.isfile(os.path.join(SUITES, FILES[0])):
        print("SKIP: no suites in %s (set ROOTCELLAR_SUITES)" % SUITES)
        return 77
    answers, cases = read_answers(), read_cases()
    strays = {case["id"] for case in cases} ^ set(answers)
    for case in sorted(strays):
        print("a line without a case or a case without a line: " + case)
    cases = [case for case in cases if case["id"] in answers and
             (not globs or any(fnmatch.fnmatchcase(case["id"], glob) for glob in globs))]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        got = list(pool.map(first_code, cases))
    agree, open_ones, wrong = compare(cases, answers, got)
    print("%d/%d agree, %d open" % (agree, len(cases), open_ones))
    return 1 if wrong or strays else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

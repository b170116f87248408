#!/usr/bin/env python3
"""Prints a file in the form of NSS's certdata.txt over the certificates of a PEM bundle:

    certdata.py plain.pem

The first is an anchor for servers and mail, with a date for servers that stands in its trust
object alone; the second one for mail, with a date in its certificate object; the third is
distrusted. The form is that of certdata.txt of NSS 3.87 (builtins 2.60); nothing is copied of it.
"""
import base64
import hashlib
import re
import sys


def octal(data):
    text = "".join("\\%03o" % byte for byte in data)
    return "".join(text[i:i + 64] + "\n" for i in range(0, len(text), 64)) + "END\n"


def element(der, at):
    """Where the content of the element at `at` begins, and where it ends."""
    n, head = der[at + 1], 2
    if n >= 128:
        head += n - 128
        n = int.from_bytes(der[at + 2:at + head], "big")
    return at + head, at + head + n


def parts(der):
    """Serial number, issuer and subject of a version 3 certificate, each a whole element."""
    at = element(der, element(der, 0)[0])[0]
    found = []
    for _ in range(6):
        end = element(der, at)[1]
        found.append(der[at:end])
        at = end
    return found[1], found[3], found[5]


def date(name, text):
    if not text:
        return name + " CK_BBOOL CK_FALSE\n"
    return name + " MULTILINE_OCTAL\n" + octal(text.encode())


def common(kind, label):
    return ("CKA_CLASS CK_OBJECT_CLASS " + kind + "\nCKA_TOKEN CK_BBOOL CK_TRUE\n"
            "CKA_PRIVATE CK_BBOOL CK_FALSE\nCKA_MODIFIABLE CK_BBOOL CK_FALSE\n"
            "CKA_LABEL UTF8 \"" + label + "\"\n")


def certificate(der, label, server="", email=""):
    serial, issuer, subject = parts(der)
    return ("\n#\n# Certificate \"" + label + "\"\n#\n" + common("CKO_CERTIFICATE", label) +
            "CKA_CERTIFICATE_TYPE CK_CERTIFICATE_TYPE CKC_X_509\nCKA_SUBJECT MULTILINE_OCTAL\n" +
            octal(subject) + "CKA_ID UTF8 \"0\"\nCKA_ISSUER MULTILINE_OCTAL\n" + octal(issuer) +
            "CKA_SERIAL_NUMBER MULTILINE_OCTAL\n" + octal(serial) +
            "CKA_VALUE MULTILINE_OCTAL\n" + octal(der) +
            "CKA_NSS_MOZILLA_CA_POLICY CK_BBOOL CK_TRUE\n" +
            date("CKA_NSS_SERVER_DISTRUST_AFTER", server) +
            date("CKA_NSS_EMAIL_DISTRUST_AFTER", email))


def trust(der, label, words, extra=""):
    serial, issuer, _ = parts(der)
    return ("\n# Trust for \"" + label + "\"\n" + common("CKO_NSS_TRUST", label) +
            "CKA_CERT_SHA1_HASH MULTILINE_OCTAL\n" + octal(hashlib.sha1(der).digest()) +
            "CKA_CERT_MD5_HASH MULTILINE_OCTAL\n" + octal(hashlib.md5(der).digest()) +
            "CKA_ISSUER MULTILINE_OCTAL\n" + octal(issuer) +
            "CKA_SERIAL_NUMBER MULTILINE_OCTAL\n" + octal(serial) + extra +
            "".join("CKA_TRUST_%s CK_TRUST CKT_NSS_%s\n" % pair for pair in zip(
                ("SERVER_AUTH", "EMAIL_PROTECTION", "CODE_SIGNING"), words)) +
            "CKA_TRUST_STEP_UP_APPROVED CK_BBOOL CK_FALSE\n")


def main():
    text = open(sys.argv[1]).read()
    one, two, three = (base64.b64decode(block) for block in re.findall(
        "-----BEGIN CERTIFICATE-----(.*?)-----END", text, re.S))
    anchor, verify, distrust = "TRUSTED_DELEGATOR", "MUST_VERIFY_TRUST", "NOT_TRUSTED"
    print("#\n# What stands before the data is for people:\n#  CKA_CLASS  CK_OBJECT_CLASS\n#\n"
          "BEGINDATA\n" + common("CKO_NSS_BUILTIN_ROOT_LIST", "Three Roots") +
          certificate(one, "Erste Wurz\u00e9l") +
          trust(one, "Erste Wurz\u00e9l", (anchor, anchor, verify),
                date("CKA_NSS_SERVER_DISTRUST_AFTER", "241130235959Z")) +
          certificate(two, "Two \\x22quoted\\x22 \\xc3\\xa9", email="20260415000000Z") +
          trust(two, "Two", (verify, anchor, verify)) +
          certificate(three, "Three") + trust(three, "Three", (distrust, distrust, verify)),
          end="")


if __name__ == "__main__":
    main()

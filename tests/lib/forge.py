"""Makes certificates for tests, good and hostile: whatever the DER can say."""
import base64, datetime, hashlib, os, subprocess
import p256

SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
UTF8 = 0x0c


def openssl(*args, feed=None):
    return subprocess.run(["openssl", *args], check=True, input=feed, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE).stdout


def tlv(tag, *parts):
    body = b"".join(parts)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + body


def sequence(*parts):
    return tlv(0x30, *parts)


def integer(number):
    return tlv(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def oid(text):
    first, second, *rest = map(int, text.split("."))
    body = bytes([first * 40 + second])
    for arc in rest:
        groups = [arc & 127]
        while arc > 127:
            arc >>= 7
            groups.append(arc & 127 | 128)
        body += bytes(reversed(groups))
    return tlv(6, body)


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


def name(text):
    """A common name and nothing else, in whatever bytes."""
    return sequence(tlv(0x31, sequence(oid("2.5.4.3"), tlv(UTF8, as_bytes(text)))))


def time(days):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return tlv(0x18, at.strftime("%Y%m%d%H%M%SZ").encode()) if at.year >= 2050 else \
        tlv(0x17, at.strftime("%y%m%d%H%M%SZ").encode())


def extension(kind, body, critical=False):
    return sequence(oid(kind), b"\x01\x01\xff" if critical else b"", tlv(4, body))


def general_name(text):
    """An IP address as 4 or 16 bytes in a tuple; else a DNS name."""
    return tlv(0x87, bytes(text)) if isinstance(text, tuple) else tlv(0x82, as_bytes(text))


def bit_string(body):
    return tlv(3, b"\x00", body)


class Key:
    """A P-256 key; PATH gets it as a PEM file (SEC 1)."""

    def __init__(self, path):
        private = int.from_bytes(os.urandom(32), "big") % (p256.N - 1) + 1
        self.private, point = private, p256.public(private)
        curve = oid("1.2.840.10045.3.1.7")
        self.spki = sequence(sequence(oid("1.2.840.10045.2.1"), curve), bit_string(point))
        self.id = hashlib.sha1(point).digest()
        write(path, armour("EC PRIVATE KEY", sequence(
            integer(1), tlv(4, private.to_bytes(32, "big")), tlv(0xa0, curve), tlv(0xa1, bit_string(point)))))

    def sign(self, digest, what):
        return sequence(*map(integer, p256.sign(self.private, what, digest)))

    def algorithm(self, digest):
        return sequence(oid({"sha1": "1.2.840.10045.4.1", "sha256": "1.2.840.10045.4.3.2"}[digest]))


class RsaKey:
    """An RSA key of openssl's making, for what is weak."""

    def __init__(self, path, bits):
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:%d" % bits, "-out", path)
        self.path = path
        self.spki = openssl("pkey", "-in", path, "-pubout", "-outform", "DER")
        self.id = hashlib.sha1(self.spki).digest()

    def sign(self, digest, what):
        return openssl("dgst", "-" + digest, "-sign", self.path, feed=what)

    def algorithm(self, digest):
        return sequence(oid({"sha1": "1.2.840.113549.1.1.5", "sha256": "1.2.840.113549.1.1.11"}[digest]), b"\x05\x00")


class Cert:
    """issuer None: self-signed; names, key identifiers and the signature are the issuer's unless said otherwise."""
    serial = 1000

    def __init__(self, subject, key, issuer=None, ca=False, aia=(), san=(), days=(-2, 300), digest="sha256",
                 issuer_name=None, usages=(SERVER_AUTH,), key_id=True, more=()):
        Cert.serial += 1
        signer = issuer.key if issuer else key
        self.subject, self.key = name(subject), key
        issued_by = name(issuer_name) if issuer_name is not None else issuer.subject if issuer else self.subject
        extensions = list(more)
        if ca:
            extensions.append(extension("2.5.29.19", sequence(b"\x01\x01\xff"), True))
            extensions.append(extension("2.5.29.15", b"\x03\x02\x01\x06", True))
        else:
            extensions.append(extension("2.5.29.15", b"\x03\x02\x07\x80", True))
            extensions.append(extension("2.5.29.37", sequence(*map(oid, usages))))
        if key_id:
            extensions.append(extension("2.5.29.14", tlv(4, key.id)))
            extensions.append(extension("2.5.29.35", sequence(tlv(0x80, signer.id))))
        if san:
            extensions.append(extension("2.5.29.17", sequence(*map(general_name, san))))
        if aia:
            extensions.append(extension("1.3.6.1.5.5.7.1.1", sequence(*(
                sequence(oid("1.3.6.1.5.5.7.48.2"), tlv(0x86, as_bytes(url))) for url in aia))))
        tbs = sequence(b"\xa0\x03\x02\x01\x02", integer(Cert.serial), signer.algorithm(digest), issued_by,
                       sequence(time(days[0]), time(days[1])), self.subject, key.spki,
                       tlv(0xa3, sequence(*extensions)))
        self.der = sequence(tbs, signer.algorithm(digest), bit_string(signer.sign(digest, tbs)))
        self.pem = armour("CERTIFICATE", self.der)


def armour(label, der):
    return "-----BEGIN %s-----\n%s-----END %s-----\n" % (label, base64.encodebytes(der).decode(), label)


def pkcs7(*certs):
    """A certs-only SignedData (RFC 5652 5.1)."""
    data = sequence(integer(1), tlv(0x31), sequence(oid("1.2.840.113549.1.7.1")),
                    tlv(0xa0, *(cert.der for cert in certs)), tlv(0x31))
    return sequence(oid("1.2.840.113549.1.7.2"), tlv(0xa0, data))


def write(path, content):
    with open(path + ".new", "wb") as out:
        out.write(as_bytes(content))
    os.rename(path + ".new", path)

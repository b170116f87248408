"""Chains drawn by chance, and what is done to them: each change is one step that can be taken away again."""
import hashlib, os, random
from forge import (Key, armour, as_bytes, bit_string, extension, integer, oid, sequence, time, tlv)

HOST = "www.a.example"
SAN, EKU, BASIC, USAGE, NC, SKI, AKI, POLICIES, POLICY_CONSTRAINTS, INHIBIT_ANY, MAPPINGS = (
    "2.5.29.17", "2.5.29.37", "2.5.29.19", "2.5.29.15", "2.5.29.30", "2.5.29.14", "2.5.29.35", "2.5.29.32",
    "2.5.29.36", "2.5.29.54", "2.5.29.33")
PURPOSES = {"server": "1.3.6.1.5.5.7.3.1", "client": "1.3.6.1.5.5.7.3.2", "email": "1.3.6.1.5.5.7.3.4",
            "code": "1.3.6.1.5.5.7.3.3", "any": "2.5.29.37.0", "gated": "2.16.840.1.113730.4.1",
            "unknown": "1.2.3.4.5"}
UTF8, PRINTABLE, IA5, BMP = 0x0c, 0x13, 0x16, 0x1e


def rdn(kind, tag, text):
    return tlv(0x31, sequence(oid(kind), tlv(tag, text.encode("utf-16-be") if tag == BMP else as_bytes(text))))


def name(text, tag=UTF8, more=b""):
    return sequence(rdn("2.5.4.3", tag, text) if text else b"", more)


def directory(text):
    return tlv(0xa4, name(text))


def general(form, text):
    """A general name; a subtree's base too, where an IP address has its mask behind it."""
    if form == "ip":
        return tlv(0x87, bytes(map(int, text.replace("/", ".").split("."))))
    if form == "dir":
        return directory(text)
    if form == "rid":
        return tlv(0x88, oid(text)[2:])
    if form == "other":
        return tlv(0xa0, oid("1.2.3.4"), tlv(0xa0, tlv(UTF8, as_bytes(text))))
    return tlv({"dns": 0x82, "email": 0x81, "uri": 0x86}[form], as_bytes(text))


def names(*pairs):
    return sequence(*(general(*pair) for pair in pairs))


def subtrees(permitted, excluded):
    parts = [tlv(tag, *(sequence(general(*base)) for base in bases))
             for tag, bases in ((0xa0, permitted), (0xa1, excluded)) if bases]
    return sequence(*parts)


class Cert:
    """What a certificate will say; forge makes it. Extensions are {OID: (critical, value)}."""

    def __init__(self, subject, issuer, ca):
        self.subject, self.issuer = name(subject), name(issuer)
        self.key, self.signer = subject, issuer
        self.serial, self.version, self.days = 1, 3, (-20, 300)
        self.digest, self.outer_digest, self.broken, self.twice = "sha256", None, False, None
        self.extensions = {BASIC: (True, sequence(b"\x01\x01\xff")), USAGE: (True, b"\x03\x02\x01\x06")} if ca else \
            {USAGE: (True, b"\x03\x02\x07\x80"), EKU: (False, sequence(oid(PURPOSES["server"]))),
             SAN: (False, names(("dns", HOST)))}
        self.key_ids = True

    def copy(self):
        other = Cert.__new__(Cert)
        other.__dict__.update(self.__dict__, extensions=dict(self.extensions))
        return other


class Workshop:
    """Keys by name, and certificates by what they say: the same text is the same bytes within a run."""

    def __init__(self, folder):
        self.folder, self.keys, self.made = folder, {}, {}

    def key(self, called):
        if called not in self.keys:
            self.keys[called] = Key(os.path.join(self.folder, "%s.key" % called))
        return self.keys[called]

    def forge(self, cert):
        fields = repr(sorted(cert.__dict__.items(), key=str))
        if fields not in self.made:
            if len(self.made) > 20000:
                self.made.clear()
            self.made[fields] = armour("CERTIFICATE", self.sign(cert))
        return self.made[fields]

    def sign(self, cert):
        key, signer = self.key(cert.key), self.key(cert.signer)
        listed = dict(cert.extensions)
        if cert.key_ids:
            listed.setdefault(SKI, (False, tlv(4, key.id)))
            listed.setdefault(AKI, (False, sequence(tlv(0x80, signer.id))))
        encoded = [extension(kind, value, critical) for kind, (critical, value) in listed.items() if value is not None]
        if cert.twice in listed:
            encoded.append(extension(cert.twice, listed[cert.twice][1], listed[cert.twice][0]))
        inside = [integer(cert.serial) if cert.serial >= 0 else tlv(2, bytes([256 + cert.serial])),
                  signer.algorithm(cert.digest), cert.issuer, sequence(*map(time, cert.days)), cert.subject, key.spki]
        if cert.version > 1:
            inside.insert(0, tlv(0xa0, integer(cert.version - 1)))
        if encoded and cert.version > 2:
            inside.append(tlv(0xa3, sequence(*encoded)))
        tbs = sequence(*inside)
        signature = signer.sign(cert.digest, tbs + b"." if cert.broken else tbs)
        return sequence(tbs, signer.algorithm(cert.outer_digest or cert.digest), bit_string(signature))


class Case:
    """certs by a short name; which of them are trusted, and which are sent after the leaf, in order."""

    def __init__(self, depth):
        self.certs = {"root": Cert("root", "root", True)}
        above = "root"
        for level in range(depth):
            below = "sub%d" % level
            self.certs[below] = Cert(below, above, True)
            above = below
        self.certs["leaf"] = Cert("leaf", above, False)
        self.host, self.roots = HOST, ["root"]
        self.sent = ["sub%d" % level for level in reversed(range(depth))]

    def write(self, folder, workshop):
        """roots.pem is never empty: nobody's root stands in for none at all."""
        os.makedirs(folder, exist_ok=True)
        self.certs.setdefault("nobody", Cert("nobody", "nobody", True))
        for file, which in (("leaf.pem", ["leaf"]), ("roots.pem", self.roots or ["nobody"]), ("sent.pem", self.sent),
                            ("chain.pem", ["leaf"] + self.sent)):
            with open(os.path.join(folder, file), "w") as out:
                out.write("".join(workshop.forge(self.certs[one]) for one in which))
        with open(os.path.join(folder, "host"), "w") as out:
            out.write(self.host + "\n")


def shown(value):
    return value.hex() if isinstance(value, bytes) else "critical %s" % shown(value[1]) if isinstance(value, tuple) and \
        value[0] is True else shown(value[1]) if isinstance(value, tuple) and value[0] is False else str(value)


def unlike(case, depth):
    """What is in the case that a good one of that depth does not have, in lines."""
    good = Case(depth)
    yield "trusted: %s; sent: %s" % (" ".join(case.roots) or "nobody", " ".join(case.sent) or "nothing")
    for one, cert in case.certs.items():
        model = good.certs.get(one) or Cert("model", "model", one != "leaf")
        for field, value in cert.__dict__.items():
            if field != "extensions" and value != model.__dict__[field]:
                yield "%s: %s %s" % (one, field, shown(value))
        for kind in sorted({**cert.extensions, **model.extensions}):
            if cert.extensions.get(kind) != model.extensions.get(kind):
                yield "%s: extension %s %s" % (one, kind, shown(cert.extensions.get(kind)))


# Changes: each takes the case and numbers of its own, so that it does the same however many others are taken away.

def authorities(case):
    return [one for one in case.certs if one != "leaf"]


def dates(case, draw):
    case.certs[draw.choice(list(case.certs))].days = draw.choice([(-20, -1), (1, 20), (-20, 30000), (20, -20)])


def purposes(case, draw):
    said = draw.choice([[], ["server"], ["client"], ["any"], ["server", "client"], ["email"], ["gated"], ["unknown"],
                        ["client", "any"], ["code", "unknown"]])
    cert = case.certs[draw.choice(list(case.certs))]
    cert.extensions[EKU] = (draw.random() < .2, sequence(*(oid(PURPOSES[one]) for one in said)))
    if draw.random() < .2:
        cert.extensions[EKU] = (False, None)


def basic(case, draw):
    true = b"\x01\x01\xff"
    value = draw.choice([None, sequence(), sequence(true), sequence(true, integer(0)), sequence(true, integer(1)),
                         sequence(integer(0)), sequence(b"\x01\x01\x00"), sequence(true, b"\x02\x01\xff")])
    case.certs[draw.choice(list(case.certs))].extensions[BASIC] = (draw.random() < .7, value)


def usage(case, draw):
    value = draw.choice([None, b"\x03\x02\x07\x80", b"\x03\x02\x05\x20", b"\x03\x02\x02\x04", b"\x03\x02\x01\x02",
                         b"\x03\x02\x00\x01", b"\x03\x02\x01\x06", b"\x03\x01\x00", b"\x03\x02\x05\xa0",
                         b"\x03\x02\x03\x08", b"\x03\x02\x02\x84"])
    case.certs[draw.choice(list(case.certs))].extensions[USAGE] = (draw.random() < .7, value)


def alternative_names(case, draw):
    pairs = draw.choice([
        [("dns", "other.example")], [("dns", "*.a.example")], [("dns", "w*.a.example")], [("dns", "*.example")],
        [("dns", "WWW.A.EXAMPLE")], [("dns", "www.a.example.")], [("dns", "*")], [("email", "me@a.example")],
        [("uri", "https://www.a.example/")], [("ip", "10.0.0.1")], [("dns", HOST), ("ip", "10.0.0.1")],
        [("dns", HOST), ("email", "me@a.example")], [("dns", HOST), ("uri", "https://b.example/x")],
        [("dns", HOST), ("dir", "b")], [("dns", HOST), ("rid", "1.2.3")], [("dns", HOST), ("other", "x")],
        [("dns", HOST), ("dns", "other.example")], [("dns", HOST), ("dns", "a_b.example")], [("dns", "*.www.a.example")],
        [("dns", HOST), ("dns", "")], [("dns", HOST), ("dns", "-x.example")], [("dns", HOST), ("dns", "a b")],
        [("dns", HOST), ("ip", "10.0.0")], [("dns", HOST), ("email", "a.example")], [], None])
    case.certs[draw.choice(["leaf", "leaf", "leaf"] + authorities(case))].extensions[SAN] = (
        draw.random() < .15, None if pairs is None else names(*pairs))


def common_name(case, draw):
    leaf = case.certs["leaf"]
    mail = rdn("1.2.840.113549.1.9.1", IA5, "me@a.example")
    leaf.subject = draw.choice([name(HOST), name(""), name("other.example"), name(HOST, PRINTABLE), name("leaf", UTF8, mail),
                                name(HOST, BMP), name("*.a.example"), name("not a host")])


BASES = [("dns", "a.example"), ("dns", ".a.example"), ("dns", "b.example"), ("dns", ""), ("dns", "www.a.example"),
         ("dns", "A.EXAMPLE"), ("dns", "a.example."), ("dns", "*.a.example"), ("dns", "example"), ("ip", "10.0.0.0/255.0.0.0"),
         ("ip", "11.0.0.0/255.0.0.0"), ("ip", "10.0.0.0"), ("ip", "10.0.0.0/255.0.255.0"), ("email", "a.example"),
         ("email", "me@a.example"), ("email", "b.example"), ("email", ".example"), ("email", ""), ("uri", "a.example"),
         ("uri", ".example"), ("uri", "b.example"), ("uri", "https://b.example"), ("dir", "leaf"), ("dir", "b"),
         ("dir", ""), ("dir", "other"), ("rid", "1.2.3"), ("other", "x")]


def constraints(case, draw):
    permitted = draw.sample(BASES, draw.choice([0, 0, 1, 1, 2]))
    excluded = draw.sample(BASES, draw.choice([0, 1, 1]) if permitted else draw.choice([1, 1, 2]))
    one = draw.choice(authorities(case) * 4 + ["leaf"])
    case.certs[one].extensions[NC] = (draw.random() < .7, draw.choice([subtrees(permitted, excluded)] * 9 + [sequence()]))


def key_ids(case, draw):
    one = draw.choice(list(case.certs))
    cert = case.certs[one]
    issuer = tlv(0xa1, tlv(0xa4, draw.choice([cert.issuer, name("elsewhere")])))
    cert.extensions[draw.choice([SKI, AKI, AKI])] = (draw.random() < .1, None)
    cert.extensions.update(draw.choice([
        {}, {SKI: (False, tlv(4, b"another"))}, {AKI: (False, sequence(tlv(0x80, b"another")))}, {AKI: (False, sequence())},
        {AKI: (False, sequence(issuer, tlv(0x82, draw.choice([b"\x01", b"\x07"]))))}, {SKI: (True, tlv(4, b"another"))}]))


def unknown_extension(case, draw):
    kind = draw.choice(["1.2.3.4.5", "2.5.29.31", "2.5.29.18", "1.3.6.1.5.5.7.1.1", "1.3.6.1.5.5.7.48.1.5", "2.5.29.9",
                        "1.3.6.1.4.1.11129.2.4.3"])
    case.certs[draw.choice(list(case.certs))].extensions[kind] = (
        draw.random() < .6, draw.choice([b"\x05\x00", sequence(), sequence(sequence())]))


def policies(case, draw):
    cert = case.certs[draw.choice(list(case.certs))]
    said = draw.choice([["1.2.3"], ["1.2.4"], ["2.5.29.32.0"], ["1.2.3", "1.2.4"], ["1.2.3", "1.2.3"], []])
    cert.extensions[POLICIES] = (draw.random() < .3, sequence(*(sequence(oid(one)) for one in said)))
    if draw.random() < .4:
        cert.extensions[POLICY_CONSTRAINTS] = (True, draw.choice([sequence(tlv(0x80, b"\x00")), sequence(tlv(0x81, b"\x00")),
                                                                  sequence()]))
    if draw.random() < .2:
        cert.extensions[INHIBIT_ANY] = (True, integer(0))
    if draw.random() < .2:
        cert.extensions[MAPPINGS] = (True, sequence(sequence(oid("1.2.3"), oid(draw.choice(["1.2.4", "2.5.29.32.0"])))))


def form(case, draw):
    cert = case.certs[draw.choice(list(case.certs))]
    field, value = draw.choice([("serial", 0), ("serial", -1), ("serial", 1 << 170), ("version", 1), ("version", 2),
                                ("digest", "sha1"), ("outer_digest", "sha1"), ("broken", True), ("key_ids", False),
                                ("twice", BASIC), ("twice", SAN), ("twice", "1.2.3.4.5")])
    setattr(cert, field, value)


def issuer_name(case, draw):
    one = draw.choice(list(case.certs))
    above = case.certs[one].signer
    case.certs[one].issuer = draw.choice([name(above.upper()), name(above, PRINTABLE), name(above + " "), name(""),
                                          name("elsewhere"), name(above, BMP)])


def cross_sign(case, draw):
    """One more certificate for an authority, by another root, which may be trusted."""
    twin = case.certs[draw.choice(authorities(case))].copy()
    twin.issuer, twin.signer, twin.serial = name("other"), "other", 2
    other = Cert("other", "other", True)
    case.certs.update(cross=twin, other=other)
    if draw.random() < .3:
        twin.days = (-20, -1)
    case.sent.insert(draw.randrange(len(case.sent) + 1), "cross")
    if draw.random() < .5:
        case.roots.insert(draw.randrange(len(case.roots) + 1), "other")
    if draw.random() < .4 and "root" in case.roots:
        case.roots.remove("root")


def twin(case, draw):
    """The same authority once more, with another date, serial or key."""
    of = draw.choice(authorities(case))
    case.certs["twin"] = again = case.certs[of].copy()
    again.serial = 3
    again.days = draw.choice([(-20, -1), (-30, 200), (1, 20)])
    if draw.random() < .4:
        again.key = "another"
    to = case.roots if of in case.roots and draw.random() < .7 else case.sent
    to.insert(draw.randrange(len(to) + 1), "twin")


def rollover(case, draw):
    """A self-issued certificate for the key of an authority, by a new key of the same name."""
    of = draw.choice(authorities(case))
    old = case.certs[of]
    case.certs["rolled"] = new = old.copy()
    new.issuer, new.signer, new.serial = new.subject, of + "new", 4
    case.certs["rollnew"] = above = old.copy()
    above.key, above.serial = of + "new", 5
    if of == "root":
        above.signer = above.key
        case.roots[:] = ["rollnew"]
    else:
        case.sent[:] = [one for one in case.sent if one != of] + ["rollnew"]
    case.sent.append("rolled")


def order(case, draw):
    draw.shuffle(case.sent)


def missing(case, draw):
    of = draw.choice([case.sent, case.sent, case.roots])
    if of:
        of.remove(draw.choice(of))


def superfluous(case, draw):
    stranger = Cert("stranger", draw.choice(["stranger", "root"]), True)
    case.certs["stranger"] = stranger
    case.sent.insert(draw.randrange(len(case.sent) + 1), draw.choice(["stranger", "root", "leaf"] + case.sent))


def trusted(case, draw):
    """What is trusted: an authority that is no root, the leaf, nothing else."""
    one = draw.choice(list(case.certs))
    if draw.random() < .6:
        case.roots[:] = [one]
    elif one not in case.roots:
        case.roots.append(one)


def self_signed(case, draw):
    leaf = case.certs["leaf"]
    leaf.issuer, leaf.signer = leaf.subject, leaf.key
    if draw.random() < .6:
        case.roots.append("leaf")


CHANGES = [dates, purposes, basic, usage, alternative_names, common_name, constraints, constraints, constraints, key_ids,
           unknown_extension, policies, form, issuer_name, cross_sign, twin, rollover, order, missing, superfluous,
           trusted, self_signed]


def drawn(draw):
    """How deep, and the changes with a seed each: all that makes a case."""
    return draw.choice([0, 1, 1, 2, 2, 3]), [(draw.choice(CHANGES), draw.randrange(1 << 30))
                                             for _ in range(draw.choice([1, 1, 2, 2, 3, 4]))]


def made(depth, changes):
    case = Case(depth)
    for change, seed in changes:
        change(case, random.Random(seed))
    return case

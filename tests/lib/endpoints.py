#!/usr/bin/env python3
"""A private PKI, its publisher for AIA, and endpoints of every kind, on loopback, for the tests of whole commands.

    endpoints.py FOLDER

Writes NAME.pem for every certificate and NAME.key for every key to FOLDER, one line "NAME PORT" a server to
FOLDER/ports, and each request that the publisher gets to FOLDER/asked. Then it makes FOLDER/ready. Ends when it
is told to (SIGTERM), or after ten minutes.
"""
import base64, os, signal, socket, ssl, sys, threading, time, types
from forge import Cert, Key, RsaKey, armour, pkcs7, write

FOLDER = sys.argv[1]
HERE, HERE6 = (127, 0, 0, 1), (0,) * 15 + (1,)
LOCAL = ("localhost", HERE, HERE6)
CAP = 1 << 20	# of one fetch
ports, certs, pages = [], {}, {}
log = open(os.path.join(FOLDER, "asked"), "a", buffering=1)
log_lock = threading.Lock()


def path(name):
    return os.path.join(FOLDER, name)


# Listening

def serve(name, handle, family=socket.AF_INET, host="127.0.0.1"):
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind((host, 0))
    listener.listen(64)
    ports.append((name, listener.getsockname()[1]))

    def run(peer):
        with peer:
            try:
                peer.settimeout(60)
                handle(peer)
            except OSError:
                pass

    def accept():
        while True:
            threading.Thread(target=run, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def wait_for_end(peer):
    while peer.recv(65536):
        pass


def read_head(peer):
    head = b""
    while b"\r\n\r\n" not in head:
        more = peer.recv(65536)
        if not more:
            raise OSError("closed")
        head += more
    return head.decode("latin-1")


# The publisher

def reply(peer, status, body=b"", **fields):
    fields = {"Content_Length": len(body), "Connection": "close", **fields}
    head = "".join("%s: %s\r\n" % (key.replace("_", "-"), value) for key, value in fields.items())
    peer.sendall(("HTTP/1.1 %s\r\n%s\r\n" % (status, head)).encode("latin-1") + body)


def redirect(where):
    return lambda peer, head: reply(peer, "302 Found", Location=where)


def stream(peer, piece, pause):
    peer.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        peer.sendall(piece)
        time.sleep(pause)


def reset(peer, head):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def tagged(body, **fields):
    def page(peer, head):
        if 'if-none-match: "one"' in head.lower():
            reply(peer, "304 Not Modified", ETag='"one"', **fields)
        else:
            reply(peer, "200 OK", body, ETag='"one"', **fields)
    return page


def publish(peer):
    head = read_head(peer)
    where = head.split(" ")[1]
    with log_lock:
        log.write("%s%s\n" % (where, " again" if "if-none-match" in head.lower() else ""))
    page = pages.get(where.split("?")[0])
    if callable(page):
        page(peer, head)
    elif page is None:
        reply(peer, "404 Not Found", b"<html>no such thing</html>")
    else:
        reply(peer, "200 OK", page, Content_Type="application/pkix-cert", Cache_Control="no-store")


# Certificates

def make(name, *how, **more):
    certs[name] = Cert(*how, **more)
    write(path(name + ".pem"), certs[name].pem)
    return certs[name]


def leaf(name, issuer, subject="localhost", aia=(), san=LOCAL, **more):
    return make(name, subject, leaf_key, issuer, aia=[site + url if url[0] == "/" else url for url in aia],
                san=san, **more)


def authority(name, subject, issuer=None, key=None, aia=(), **more):
    key = key or Key(path(name + ".key"))
    return make(name, subject, key, issuer, ca=True, aia=[site + url for url in aia],
                **{"days": (-100, 3000), **more})


def make_depot():
    """leaf <- issuing <- policy <- root, and the shorter <- ca <- root."""
    root = authority("root", "Depot Root")
    policy = authority("policy", "Depot Policy CA", root, aia=["/root.cer"])
    issuing = authority("issuing", "Depot Issuing CA", policy, aia=["/policy.p7c"])
    ca = authority("ca", "Depot CA", root, aia=["/root.cer"])
    authority("stranger", "Stranger CA")
    leaf("leaf", issuing, aia=["/issuing.cer"])
    leaf("short", ca)
    leaf("expired", ca, days=(-90, -3))
    leaf("early", ca, days=(40, 90))
    leaf("shop", ca, "shop.example", san=["shop.example"])
    leaf("soon", ca, days=(-90, 5))
    pages.update({"/root.cer": root.der, "/issuing.cer": issuing.der, "/policy.p7c": pkcs7(policy)})


def make_harbor():
    """A root that has a cross-certificate of the depot's root: the bridge."""
    root = authority("harbor-root", "Harbor Root")
    cross = authority("harbor-cross", "Harbor Root", certs["root"], root.key)
    ca = authority("harbor-ca", "Harbor CA", root, aia=["/harbor-root.p7c"])
    leaf("harbor-leaf", ca, aia=["/harbor-ca.cer"])
    pages.update({"/harbor-ca.cer": ca.der, "/harbor-root.p7c": pkcs7(certs["stranger"], root, cross)})


def make_payloads():
    """payload-NAME.pem is issued by ca, which stands at /payload/NAME in the form of that name."""
    ca, root = certs["ca"], certs["root"]
    impostor = authority("impostor", "Depot CA", certs["stranger"])
    twin = authority("impostor-root", "Depot Root")
    good = {
        "der": ca.der,
        "pem": ca.pem.encode(),
        "pem-with-text": b"Certificate of the Depot\r\n" + ca.pem.replace("\n", "\r\n").encode(),
        "p7-der": pkcs7(ca),
        "p7-pem": armour("PKCS7", pkcs7(ca)).encode(),
        "base64": base64.encodebytes(ca.der),
        "strangers": pkcs7(certs["stranger"], certs["harbor-ca"], ca, root),
        "one-name": pkcs7(impostor, twin, ca),
        "redirected": redirect("/payload/der"),
        "tagged": tagged(ca.der, Cache_Control="max-age=0"),
        "kept": lambda peer, head: reply(peer, "200 OK", ca.der, Cache_Control="max-age=600"),
        "once": ca.der, "dry": ca.der, "proxied": ca.der, "outside": ca.der, "hostile": ca.der,
    }
    bad = {
        "gone": lambda peer, head: reply(peer, "404 Not Found", b"<html>no</html>"),
        "busy": lambda peer, head: reply(peer, "503 Service Unavailable"),
        "html": b"<!DOCTYPE html><html><body>Sign in</body></html>",
        "cut": ca.der[:-40],
        "cut-short": lambda peer, head: peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + ca.der),
        "stranger": certs["stranger"].der,
        "impostor": impostor.der,
        "impostors": pkcs7(impostor, twin),
        "itself": lambda peer, head: reply(peer, "200 OK", certs["payload-itself"].der),
        "huge": ca.der + bytes(CAP),
        "said-huge": lambda peer, head: reply(peer, "200 OK", ca.der, Content_Length=1 << 30),
        "endless": lambda peer, head: stream(peer, b"x" * 65536, 0),
        "loop": redirect("/payload/loop"),
        "to-file": redirect("file://" + path("ca.pem")),
        "to-ftp": redirect("ftp://127.0.0.1/ca"),
        "to-metadata": redirect("http://169.254.169.254/latest/meta-data"),
        "reset": reset,
        "empty": b"",
        "nothing": lambda peer, head: None,
        "text": lambda peer, head: reply(peer, "404 \x1b[31mRed \x9b1m", b""),
    }
    slow = {
        "drip": lambda peer, head: stream(peer, ca.der[:1], 0.05),
        "silent": lambda peer, head: wait_for_end(peer),
    }
    for name, page in {**good, **bad, **slow}.items():
        pages["/payload/" + name] = page
        leaf("payload-" + name, ca, aia=["/payload/" + name])
    leaf("payload-first-gone", ca, aia=["/payload/gone", "/payload/der"])
    leaf("payload-both-slow", ca, aia=["/payload/drip", "/payload/silent"])
    leaf("payload-ldap", ca, aia=["ldap:///CN=Depot%20CA", "/payload/der"])
    leaf("payload-file", ca, aia=["file://" + path("ca.pem")])
    leaf("payload-twelve", ca, aia=["/payload/none-%d" % i for i in range(12)])
    leaf("payload-https", ca, aia=["https://127.0.0.1:%d/payload/der" % serve("publisher-tls", tls(
        context("stranger-served"), publish))])


def make_ladder():
    """A chain that always has one more issuer to fetch: deeper than is followed."""
    above = certs["root"]
    for i in reversed(range(12)):
        above = authority("rung%d" % i, "Rung %d" % i, above, aia=["/rung%d.cer" % (i + 1)])
        pages["/rung%d.cer" % i] = above.der
    leaf("ladder", above, aia=["/rung0.cer"])


def make_selfsame():
    """An authority that says its issuer is where it stands itself."""
    above = authority("selfsame", "Selfsame CA", certs["stranger"], aia=["/selfsame.cer"])
    pages["/selfsame.cer"] = above.der
    leaf("by-selfsame", above, aia=["/selfsame.cer"])


def make_hostile():
    """What certificates may say to terminals, shells, CSV readers and stores."""
    bait = b"\x1b[31m\xc2\x9b1m\xe2\x80\xae;$(touch pwned)`id`'\"\r\n=cmd|' /C'!A0\ntrusted: true\n"
    ca = authority("hostile-ca", bait + b"CA", certs["root"])
    leaf("hostile", ca, bait + b"leaf", san=[*LOCAL, bait], aia=[
        site.encode() + b"/hostile\x1b[31m\ntrusted: true\n", site.encode() + b"/hostile;$(id)",
        b"gopher://\xe2\x80\xae\x1b]0;x\x07"])
    # A URL reaches the cellar as the origin of what it gave.
    leaf("bait", certs["ca"], aia=[site.encode() + b"/payload/hostile?\ntrusted: true\n"])
    leaf("nul", certs["ca"], aia=[site.encode() + b"/payload/der\0.example/"])
    leaf("bait-encoded", certs["ca"], aia=[site.encode() + b"/payload/hostile?%0Atrusted:%20true%0A;$(id)"])


def make_tricks():
    """Attacks on the verdict: none of these but the twin has a path from the depot's root."""
    stranger = certs["stranger"]
    fake = authority("fake-root", "Depot Root")
    leaf("by-fake-root", fake, aia=["/fake-root.cer"])
    self_issued = authority("self-issued", "Depot Root", stranger, issuer_name="Depot Root")
    leaf("by-self-issued", self_issued)
    leaf("by-leaf", certs["short"], "below")
    old = authority("old-root", "Old Root", days=(-900, -10))
    leaf("by-old-root", old)
    weak = make("weak-ca", "Weak CA", RsaKey(path("weak-ca.key"), 1024), certs["root"], ca=True)
    leaf("by-weak-ca", weak)
    leaf("sha1", certs["ca"], digest="sha1")
    make("no-ca", "No CA", Key(path("no-ca.key")), certs["root"])
    leaf("by-no-ca", certs["no-ca"], aia=["/no-ca.cer"])
    leaf("for-clients", certs["ca"], usages=("1.3.6.1.5.5.7.3.2",))
    leaf("cn-only", certs["ca"], "localhost", san=())
    leaf("wildcard", certs["ca"], "*.example", san=["*.shop.example"])
    leaf("bad-signature", certs["ca"])
    spoilt = bytearray(certs["bad-signature"].der)
    spoilt[-5] ^= 1
    write(path("bad-signature.pem"), armour("CERTIFICATE", bytes(spoilt)))
    make("self-signed", "localhost", leaf_key, san=LOCAL)
    pages.update({"/no-ca.cer": certs["no-ca"].der, "/fake-root.cer": fake.der})
    # One key, certified by the root and, under the same name, by a stranger.
    twin = authority("ca-twin", "Depot CA", stranger, certs["ca"].key)
    leaf("by-twin", twin)


def make_unreadable():
    """A certificate with a month 99: OpenSSL sends it, and nobody can read it."""
    spoilt = bytearray(certs["stranger"].der)
    month = spoilt.index(b"\x17\x0d") + 4
    spoilt[month:month + 2] = b"99"
    certs["unreadable"] = types.SimpleNamespace(pem=armour("CERTIFICATE", bytes(spoilt)))


def make_crowd():
    """Many authorities of one name, key identifier and key: work for a careless search."""
    stranger = certs["stranger"]
    key = Key(path("crowd.key"))
    crowd = [Cert("Crowd CA", key, stranger, ca=True, days=(-100, 1000 + i)) for i in range(40)]
    leaf("crowd-leaf", crowd[0], aia=["/crowd.p7c"])
    pages["/crowd.p7c"] = pkcs7(*crowd)


# Endpoints

def context(name, least=None, most=None, client=False):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(path(name + ".chain"), path("leaf.key"))
    if least:
        made.minimum_version = least
    if most:
        made.maximum_version = most
    if client:
        made.verify_mode = ssl.CERT_REQUIRED
        made.load_verify_locations(path("root.pem"))
    return made


def hello(peer):
    read_head(peer)
    reply(peer, "200 OK", b"hello from the depot\n")


def tls(made, then=hello):
    def handle(peer):
        with made.wrap_socket(peer, server_side=True) as wrapped:
            then(wrapped)
    return handle


def chain(name, *parts):
    write(path(name + ".chain"), "".join(certs[part].pem for part in parts))
    return name


def endpoint(name, *parts, family=socket.AF_INET, host="127.0.0.1", **how):
    serve(name, tls(context(chain(name, *parts), **how)), family, host)


def by_name():
    """Picks the certificate by the server name that the client sends."""
    default, shop = context(chain("named", "short", "ca")), context(chain("named-shop", "shop", "ca"))

    def pick(wrapped, name, _):
        if name == "shop.example":
            wrapped.context = shop
    default.sni_callback = pick
    serve("named", tls(default))


def vector(content):
    return len(content).to_bytes(3, "big") + content


def first_flight(*parts, more=b""):
    """A server of TLS 1.2 that says hello, sends those certificates and then more, but has no key."""
    hello = b"\x03\x03" + bytes(32) + b"\x00\xc0\x2b\x00\x00\x05\xff\x01\x00\x01\x00"
    sent = b"".join(vector(certs[part].der) for part in parts)
    flight = b"\x02" + vector(hello) + b"\x0b" + vector(vector(sent)) + more

    def handle(peer):
        peer.recv(65536)
        peer.sendall(b"\x16\x03\x03" + len(flight).to_bytes(2, "big") + flight)
        peer.shutdown(socket.SHUT_WR)
        wait_for_end(peer)
    return handle


def answer(text):
    def handle(peer):
        peer.recv(65536)
        peer.sendall(text)
    return handle


def drip(peer):
    for byte in b"\x16\x03\x03\x40\x00\x02" + bytes(600):
        peer.sendall(bytes([byte]))
        time.sleep(0.1)


# Proxies

def copy(one, other):
    try:
        while True:
            data = one.recv(65536)
            if not data:
                break
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def join(peer, host, port, greeting=b"", first=b""):
    with socket.create_connection((host, port), 5) as other:
        peer.sendall(greeting)
        other.sendall(first)
        back = threading.Thread(target=copy, args=(other, peer), daemon=True)
        back.start()
        copy(peer, other)
        back.join(5)


def connect_proxy(peer):
    head = read_head(peer)
    method, where, _ = head.split("\r\n")[0].split(" ")
    with log_lock:
        log.write("proxy %s\n" % method)
    if method == "CONNECT":
        host, port = where.rsplit(":", 1)
        join(peer, "127.0.0.1" if host == "depot.invalid" else host.strip("[]"), int(port),
             b"HTTP/1.1 200 Connection established\r\n\r\n")
    else:
        host, port = where.split("/")[2].rsplit(":", 1)
        join(peer, host, int(port), first=head.replace("http://%s:%s" % (host, port), "", 1).encode("latin-1"))


def socks5(peer):
    peer.recv(peer.recv(2)[1])
    peer.sendall(b"\x05\x00")
    kind = peer.recv(4)[3]
    if kind == 3:
        host = peer.recv(peer.recv(1)[0]).decode()
    else:
        host = socket.inet_ntop(*((socket.AF_INET, peer.recv(4)) if kind == 1 else (socket.AF_INET6, peer.recv(16))))
    port = int.from_bytes(peer.recv(2), "big")
    with log_lock:
        log.write("socks\n")
    join(peer, host, port, b"\x05\x00\x00\x01" + bytes(6))


def start():
    tls12, tls13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
    whole = ("leaf", "issuing", "policy")
    endpoint("alone", "leaf")
    endpoint("whole", *whole)
    endpoint("short-alone", "short")
    endpoint("disorder", "leaf", "policy", "issuing")
    endpoint("superfluous", *whole, "stranger")
    endpoint("unreadable", "short", "ca", "unreadable")
    endpoint("duplicate", "leaf", "issuing", "issuing", "policy")
    endpoint("root-sent", *whole, "root")
    endpoint("expired", "expired", "ca")
    endpoint("early", "early", "ca")
    endpoint("soon", "soon", "ca")
    endpoint("shop", "shop", "ca")
    endpoint("cn-only", "cn-only", "ca")
    endpoint("self-signed", "self-signed")
    endpoint("tls12", *whole, most=tls12)
    endpoint("tls13", *whole, least=tls13)
    endpoint("client12", *whole, most=tls12, client=True)
    endpoint("client13", *whole, least=tls13, client=True)
    endpoint("hostile", "hostile")
    endpoint("harbor", "harbor-leaf", "harbor-ca", "harbor-root")
    endpoint("harbor-alone", "harbor-leaf")
    endpoint("hundred", "leaf", "issuing", "policy", *["stranger"] * 97)
    endpoint("six", *whole, family=socket.AF_INET6, host="::1")
    by_name()
    serve("no-certificate", first_flight())
    # A request for a client certificate (RFC 5246 7.4.4): ecdsa_sign, ecdsa_secp256r1_sha256, any authority.
    request = b"\x0d" + vector(b"\x01\x40\x00\x02\x04\x03\x00\x00")
    serve("keyless", first_flight(*whole))
    serve("keyless-asking", first_flight(*whole, more=request + b"\x0e\x00\x00\x00"))
    serve("http", answer(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    serve("closing", lambda peer: peer.recv(1))
    serve("silent", wait_for_end)
    serve("drip", drip)
    serve("proxy", connect_proxy)
    serve("proxy-407", answer(b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=x\r\n"
                              b"Content-Length: 0\r\n\r\n"))
    serve("proxy-html", answer(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Sign in</html>"))
    serve("socks", socks5)


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
signal.alarm(600)
leaf_key = Key(path("leaf.key"))
site = "http://127.0.0.1:%d" % serve("publisher", publish)
make("stranger-served", "localhost", leaf_key, san=LOCAL)
chain("stranger-served", "stranger-served")
make_depot()
make_harbor()
make_payloads()
make_ladder()
make_selfsame()
make_hostile()
make_tricks()
make_crowd()
make_unreadable()
start()
refused = socket.socket()
refused.bind(("127.0.0.1", 0))
ports.append(("refused", refused.getsockname()[1]))
write(path("ports"), "".join("%s %d\n" % pair for pair in ports))
write(path("ready"), "")
while True:
    signal.pause()

#!/usr/bin/env python3
"""Servers on loopback for the tests of net/: good ones, odd ones, and bad ones.

    servers.py FOLDER

Makes keys and certificates in FOLDER with openssl, listens on ports that the system chooses, prints one line
"name port" for each server and then "ready", and ends when its standard input is closed.
"""
import collections, os, socket, ssl, subprocess, sys, threading, time

FOLDER = sys.argv[1]
HITS = collections.Counter()


def path(name):
    return os.path.join(FOLDER, name)


def openssl(*args):
    subprocess.run(["openssl", *args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def make_certificate(name, *extensions):
    add = [word for text in extensions for word in ("-addext", text)]
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=" + name, "-keyout", path(name + ".key"), "-out", path(name + ".pem"), *add)
    with open(path(name + ".pem")) as f:
        return f.read()


def make_certificates():
    leaf = make_certificate("leaf", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    other = make_certificate("other")
    with open(path("big.conf"), "w") as f:
        f.write("[req]\ndistinguished_name=dn\nx509_extensions=ext\n[dn]\n[ext]\nnsComment=" + "x" * 60000 + "\n")
    openssl("req", "-x509", "-config", path("big.conf"), "-new", "-key", path("other.key"), "-days", "30",
            "-subj", "/CN=big", "-out", path("big.pem"))
    with open(path("big.pem")) as f:
        big = f.read()
    for name, chain in (("chain100", leaf + other * 99), ("chain150", leaf + other * 149), ("huge", leaf + big * 18)):
        with open(path(name + ".pem"), "w") as f:
            f.write(chain)


def context(chain="leaf", least=None, most=None, client=False):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if least and least < ssl.TLSVersion.TLSv1_2:
        made.set_ciphers("ALL:@SECLEVEL=0")
    made.load_cert_chain(path(chain + ".pem"), path("leaf.key"))
    if least:
        made.minimum_version = least
    if most:
        made.maximum_version = most
    if client:
        made.verify_mode = ssl.CERT_REQUIRED
        made.load_verify_locations(path("other.pem"))
    return made


def serve(name, handle, family=socket.AF_INET, host="127.0.0.1"):
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.bind((host, 0))
    except OSError:
        print(name, 0)
        return
    listener.listen(64)

    def run(peer):
        with peer:
            try:
                handle(peer)
            except OSError:
                pass

    def accept():
        while True:
            peer, _ = listener.accept()
            threading.Thread(target=run, args=(peer,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(name, listener.getsockname()[1])


def wait_for_end(peer):
    while peer.recv(65536):
        pass


def tls(made, then=wait_for_end):
    def handle(peer):
        with made.wrap_socket(peer, server_side=True) as wrapped:
            then(wrapped)
    return handle


def say(text):
    def handle(peer):
        peer.sendall(text)
        wait_for_end(peer)
    return handle


def answer(text):
    def handle(peer):
        peer.recv(65536)
        peer.sendall(text)
    return handle


def drip(peer):
    for byte in b"\x16\x03\x03\x40\x00\x02" + bytes(100):
        peer.sendall(bytes([byte]))
        time.sleep(0.1)


def no_certificate(peer):
    """A TLS 1.2 server hello and an empty list of certificates."""
    hello = b"\x03\x03" + bytes(32) + b"\x00" + b"\xc0\x2f" + b"\x00" + b"\x00\x05\xff\x01\x00\x01\x00"
    certificate = b"\x00\x00\x00"
    flight = b"\x02" + len(hello).to_bytes(3, "big") + hello + b"\x0b" + len(certificate).to_bytes(3, "big") + certificate
    peer.recv(65536)
    peer.sendall(b"\x16\x03\x03" + len(flight).to_bytes(2, "big") + flight)
    wait_for_end(peer)


# Proxies

def copy(one, other):
    try:
        while True:
            data = one.recv(65536)
            if not data:
                break
            other.sendall(data)
    except OSError:
        pass
    try:
        other.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def join(one, other):
    back = threading.Thread(target=copy, args=(other, one), daemon=True)
    back.start()
    copy(one, other)
    back.join(5)


def read_head(peer):
    head = b""
    while b"\r\n\r\n" not in head:
        data = peer.recv(65536)
        if not data:
            raise OSError("closed")
        head += data
    return head


def connect_proxy(credentials=None):
    def handle(peer):
        head = read_head(peer).decode("latin-1")
        method, where, _ = head.split("\r\n")[0].split(" ")
        if credentials and "proxy-authorization: basic " + credentials not in head.lower():
            peer.sendall(b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")
            return
        HITS["proxy " + method] += 1
        if method != "CONNECT":
            where = where.split("/")[2]
        host, port = where.rsplit(":", 1)
        with socket.create_connection((host.strip("[]"), int(port)), 5) as other:
            if method == "CONNECT":
                peer.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                other.sendall(head.encode("latin-1").replace(b"GET http://" + where.encode(), b"GET ", 1))
            join(peer, other)
    return handle


def socks5(peer):
    count = peer.recv(2)[1]
    peer.recv(count)
    peer.sendall(b"\x05\x00")
    _, _, _, kind = peer.recv(4)
    if kind == 3:
        host = peer.recv(peer.recv(1)[0]).decode()
        HITS["socks name"] += 1
    else:
        host = socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, peer.recv(4 if kind == 1 else 16))
        HITS["socks address"] += 1
    port = int.from_bytes(peer.recv(2), "big")
    with socket.create_connection((host, port), 5) as other:
        peer.sendall(b"\x05\x00\x00\x01" + bytes(6))
        join(peer, other)


# What a certificate authority's web server might do

def reply(peer, status, body=b"", **fields):
    head = "HTTP/1.1 %s\r\n" % status
    fields = {"Content_Length": len(body), "Connection": "close", **fields}
    head += "".join("%s: %s\r\n" % (key.replace("_", "-"), value) for key, value in fields.items() if value is not None)
    peer.sendall(head.encode("latin-1") + b"\r\n" + body)


def stream(peer, piece, pause):
    peer.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
    while True:
        peer.sendall(piece)
        time.sleep(pause)


def endless_head(peer):
    peer.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        peer.sendall(b"X-More: " + b"x" * 8000 + b"\r\n")


def revalidate(peer, head):
    if 'if-none-match: "v1"' in head.lower():
        reply(peer, "304 Not Modified", ETag='"v1"', Cache_Control="max-age=0", Content_Length=None)
    else:
        reply(peer, "200 OK", b"tagged", ETag='"v1"', Cache_Control="max-age=0")


def redirect(where, status="302 Found"):
    return lambda peer, head: reply(peer, status, Location=where)


PAGES = {
    "/plain": lambda peer, head: reply(peer, "200 OK", b"certificate"),
    "/fresh": lambda peer, head: reply(peer, "200 OK", b"fresh", Cache_Control="public, max-age=600"),
    "/no-store": lambda peer, head: reply(peer, "200 OK", b"once", Cache_Control="no-store"),
    "/tagged": revalidate,
    "/gone": lambda peer, head: reply(peer, "404 Not Found", b"<html>no</html>"),
    "/empty": lambda peer, head: reply(peer, "200 OK"),
    "/echo": lambda peer, head: reply(peer, "200 OK", head.encode("latin-1")),
    "/loop": redirect("/loop"),
    "/to-plain": redirect("plain", "301 Moved Permanently"),
    "/to-file": redirect("file:///etc/passwd"),
    "/to-ftp": redirect("ftp://127.0.0.1/x"),
    "/to-link-local": redirect("http://169.254.169.254/latest/meta-data"),
    "/to-credentials": redirect("http://user:word@127.0.0.1/"),
    "/to-nowhere": lambda peer, head: reply(peer, "302 Found"),
    "/endless": lambda peer, head: stream(peer, b"x" * 65536, 0),
    "/said-huge": lambda peer, head: reply(peer, "200 OK", b"x", Content_Length=1 << 30),
    "/drip": lambda peer, head: stream(peer, b"x", 0.05),
    "/endless-head": lambda peer, head: endless_head(peer),
    "/cut": lambda peer, head: reply(peer, "200 OK", b"half", Content_Length=100),
    "/nothing": lambda peer, head: None,
    "/silent": lambda peer, head: wait_for_end(peer),
}


def web(peer):
    head = read_head(peer).decode("latin-1")
    page = head.split(" ")[1]
    if page.startswith("/hits/"):
        reply(peer, "200 OK", str(HITS[page[5:]]).encode(), Cache_Control="no-store")
        return
    if page.startswith("/proxied/"):
        reply(peer, "200 OK", str(HITS[page[9:].replace("-", " ")]).encode(), Cache_Control="no-store")
        return
    HITS[page] += 1
    PAGES.get(page, PAGES["/gone"])(peer, head)


def start():
    old, tls12, tls13 = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
    serve("leaf", tls(context()))
    serve("leaf6", tls(context()), socket.AF_INET6, "::1")
    serve("tls12", tls(context(least=tls12, most=tls12)))
    serve("tls13", tls(context(least=tls13, most=tls13)))
    serve("old", tls(context(least=old, most=old)))
    serve("chain100", tls(context("chain100")))
    serve("chain150", tls(context("chain150")))
    serve("huge", tls(context("huge")))
    serve("client12", tls(context(most=tls12, client=True)))
    serve("client13", tls(context(least=tls13, client=True)))
    serve("no-certificate", no_certificate)
    serve("silent", wait_for_end)
    serve("drip", drip)
    serve("http", answer(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    serve("ssh", say(b"SSH-2.0-OpenSSH_9.2\r\n"))
    serve("smtp", say(b"220 mail.example ESMTP\r\n"))
    serve("closing", lambda peer: peer.recv(1))
    serve("proxy", connect_proxy())
    serve("proxy-tls", tls(context(), connect_proxy()))
    serve("proxy-password", connect_proxy("bwu6d29yza=="))
    serve("proxy-407", connect_proxy("nobody"))
    serve("proxy-html", answer(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Sign in</html>"))
    serve("proxy-nonsense", answer(b"hello, who is there?\r\n"))
    serve("socks5", socks5)
    serve("web", web)
    serve("web-tls", tls(context(), web))
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    print("refused", bound.getsockname()[1])
    return bound


make_certificates()
kept = start()
print("ready", 1, flush=True)
sys.stdin.read()

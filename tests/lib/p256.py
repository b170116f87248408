"""ECDSA on P-256 (FIPS 186-4) for test certificates: a hundred of them in no time, where a process each takes seconds.

Not constant in time, and its nonces come from the message: for tests alone.
"""
import hashlib

P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551
G = (0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296,
     0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5)


def add(a, b):
    if not a or not b:
        return a or b
    (ax, ay), (bx, by) = a, b
    if ax == bx:
        if (ay + by) % P == 0:
            return None
        slope = (3 * ax * ax - 3) * pow(2 * ay, -1, P) % P
    else:
        slope = (by - ay) * pow(bx - ax, -1, P) % P
    x = (slope * slope - ax - bx) % P
    return x, (slope * (ax - x) - ay) % P


def powers_of_two():
    points = [G]
    while len(points) < 256:
        points.append(add(points[-1], points[-1]))
    return points


DOUBLED = powers_of_two()


def times_base(number):
    point = None
    for i in range(256):
        if number >> i & 1:
            point = add(point, DOUBLED[i])
    return point


def public(private):
    x, y = times_base(private)
    return b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


def sign(private, message, digest="sha256"):
    """r and s."""
    hashed = int.from_bytes(hashlib.new(digest, message).digest(), "big")
    nonce = int.from_bytes(hashlib.sha512(private.to_bytes(32, "big") + message).digest(), "big") % (N - 1) + 1
    r = times_base(nonce)[0] % N
    return r, pow(nonce, -1, N) * (hashed + r * private) % N

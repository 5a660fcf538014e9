"""Opens a backup of Dure by its description: prints path, size and digest of every file in it.

A second implementation for the tests: scrypt and HMAC from Python's standard library, ChaCha20 and Poly1305 written out from
RFC 8439. Slow, and for tests only.
"""
import hashlib
import hmac
import json
import struct
import sys


def quarter(s, a, b, c, d):
    for x, y, z, r in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
        s[x] = (s[x] + s[y]) & 0xFFFFFFFF
        s[z] ^= s[x]
        s[z] = ((s[z] << r) | (s[z] >> (32 - r))) & 0xFFFFFFFF


def block(key, counter, nonce):
    state = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574] + list(struct.unpack("<8I", key)) + [counter]
    state += list(struct.unpack("<3I", nonce))
    work = state[:]
    for _ in range(10):
        for i in ((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)):
            quarter(work, *i)
    return struct.pack("<16I", *((w + s) & 0xFFFFFFFF for w, s in zip(work, state)))


def poly1305(key, message):
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for i in range(0, len(message), 16):
        total = (total + int.from_bytes(message[i : i + 16] + b"\x01", "little")) * r % ((1 << 130) - 5)
    return ((total + int.from_bytes(key[16:32], "little")) & ((1 << 128) - 1)).to_bytes(16, "little")


def opened(key, nonce, sealed):
    text, tag = sealed[:-16], sealed[-16:]
    padded = text + bytes(-len(text) % 16)
    assert poly1305(block(key, 0, nonce)[:32], padded + struct.pack("<QQ", 0, len(text))) == tag, "a piece does not hold"
    stream = b"".join(block(key, 1 + i, nonce) for i in range((len(text) + 63) // 64))
    return (int.from_bytes(text, "big") ^ int.from_bytes(stream[: len(text)], "big")).to_bytes(len(text), "big")


def main(path, passphrase):
    data = open(path, "rb").read()
    assert data[:8] == b"DUREBKP1"
    (length,) = struct.unpack(">I", data[8:12])
    header, rest = data[12 : 12 + length], data[12 + length :]
    fields = json.loads(header)
    key = hashlib.scrypt(
        passphrase.encode(), salt=bytes.fromhex(fields["salt"]), n=fields["rounds"], r=fields["blockSize"],
        p=fields["parallelism"], dklen=32, maxmem=1 << 29)
    # HKDF-SHA256, one block.
    prk = hmac.new(hashlib.sha256(header).digest(), key, hashlib.sha256).digest()
    key = hmac.new(prk, b"dure/backup/pieces/1\x01", hashlib.sha256).digest()
    plain, number = b"", 0
    while rest:
        (length,) = struct.unpack(">I", rest[:4])
        piece, rest = rest[4 : 4 + length], rest[4 + length :]
        plain += opened(key, bytes(3) + struct.pack(">QB", number, 0 if rest else 1), piece)
        number += 1
    (length,) = struct.unpack(">I", plain[:4])
    manifest, place = json.loads(plain[4 : 4 + length]), 4 + length
    for file in manifest["files"]:
        body = plain[place : place + file["size"]]
        place += file["size"]
        print(file["path"], len(body), "sha256:" + hashlib.sha256(body).hexdigest())
    assert place == len(plain)


main(sys.argv[1], sys.argv[2])

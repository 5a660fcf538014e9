#!/usr/bin/env python3
"""Makes secure-total.json beside it, independently of the Swift code: Python, and the primitives of the package `cryptography`.

    pip install cryptography && python3 make-total-vectors.py

HPKE is written out here after RFC 9180 (DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, base mode), with fixed
ephemeral keys, so that the file does not change.
"""
import hashlib
import hmac
import json
import pathlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = pathlib.Path(__file__).parent


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(data):
    return "sha256:" + hashlib.sha256(data if isinstance(data, bytes) else data.encode()).hexdigest()


def raw(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


# HKDF (RFC 5869)
def extract(salt, ikm):
    return hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()


def expand(prk, info, length):
    out, block, counter = b"", b"", 1
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([counter]), hashlib.sha256).digest()
        out, counter = out + block, counter + 1
    return out[:length]


# HPKE (RFC 9180), base mode
KEM, KDF, AEAD = 0x0020, 0x0001, 0x0003
KEM_SUITE = b"KEM" + KEM.to_bytes(2, "big")
SUITE = b"HPKE" + KEM.to_bytes(2, "big") + KDF.to_bytes(2, "big") + AEAD.to_bytes(2, "big")


def labeled_extract(suite, salt, label, ikm):
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, length):
    return expand(prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info, length)


def seal(public, message, info, ephemeral):
    dh = ephemeral.exchange(X25519PublicKey.from_public_bytes(public))
    enc = raw(ephemeral)
    secret = labeled_expand(KEM_SUITE, labeled_extract(KEM_SUITE, b"", b"eae_prk", dh), b"shared_secret", enc + public, 32)
    context = b"\0" + labeled_extract(SUITE, b"", b"psk_id_hash", b"") + labeled_extract(SUITE, b"", b"info_hash", info)
    prk = labeled_extract(SUITE, secret, b"secret", b"")
    key = labeled_expand(SUITE, prk, b"key", context, 32)
    nonce = labeled_expand(SUITE, prk, b"base_nonce", context, 12)
    return enc, ChaCha20Poly1305(key).encrypt(nonce, message, b"")


def mask(seed, count):
    key = expand(extract(b"", seed), b"dure.total-mask/1", 32)
    stream = Cipher(algorithms.AES(key), modes.CTR(bytes(16))).encryptor().update(bytes(8 * count))
    return [int.from_bytes(stream[8 * i:8 * i + 8], "big") for i in range(count)]


def vector_bytes(words):
    return b"".join((w % 2**64).to_bytes(8, "big") for w in words)


def signed(payload, key):
    message = f"dure.signed/1\n{payload['schema']}\n{canonical(payload)}".encode()
    short = "ed25519:" + hashlib.sha256(raw(key)).hexdigest()[:16]
    return {"schema": "dure.signed/1", "type": payload["schema"], "key": short, "payload": payload,
            "signature": key.sign(message).hex()}


def key(label):
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"dure test key " + label.encode()).digest())


def seed(label):
    return hashlib.sha256(b"dure test seed " + label.encode()).digest()


guardian_signing = key("guardian")
guardian_sealing = X25519PrivateKey.from_private_bytes(seed("sealing"))
hospitals = [f"KR-H-000{n}" for n in range(1, 6)]
nodes = {h: key(h) for h in hospitals}
officers = [key("officer 1"), key("officer 2")]
roster = {
    "schema": "dure.totals-roster/1", "consortium": "C-TEST", "version": 1, "issued": "2026-11-22T00:00:00Z", "minimum": 5,
    "writtenMinimum": False, "members": [{"hospital": h, "key": raw(nodes[h]).hex()} for h in hospitals],
    "guardian": {"id": "G-TEST", "key": raw(guardian_signing).hex(), "sealingKey": raw(guardian_sealing).hex()},
}
cosigned = {"schema": "dure.cosigned-roster/1", "roster": roster,
            "signatures": [{k: signed(roster, o)[k] for k in ("key", "signature")} for o in officers]}
subject = {"schema": "dure.total-subject/1", "query": "Q-7F3K-92QD", "questionHash": digest("question"),
           "cohort": digest("cohort"), "roster": digest(canonical(roster))}
layout = {"steps": ["entry events", "cohort"], "dimensions": [{"name": "sex", "categories": ["female", "male"]}]}
shares = [[11, 40, 11, 0, 11], [0, 35, 0, 11, 0], [11, 120, 11, 11, 0], [15, 60, 15, 0, 11], [0, 11, 0, 0, 0]]

documents, vectors, seeds = [], [], []
for number, (hospital, share) in enumerate(zip(hospitals, shares)):
    s = seed(hospital)
    vector = [(a + b) % 2**64 for a, b in zip(share, mask(s, len(share)))]
    ticket = f"T-0000-0000-0000-0000-000{number + 1}"
    vector_digest = digest(vector_bytes(vector))
    info = "\n".join(["dure.total-seed/1", digest(canonical(subject)), hospital, ticket, vector_digest]).encode()
    enc, sealed = seal(raw(guardian_sealing), s, info, X25519PrivateKey.from_private_bytes(seed("ephemeral " + hospital)))
    documents.append(signed({
        "schema": "dure.total-share/1", "subject": digest(canonical(subject)), "node": hospital, "ticket": ticket,
        "vector": vector_digest, "layout": digest(canonical(layout)), "count": len(share),
        "terms": {"threshold": 11, "roundTo": 5}, "encapsulated": enc.hex(), "sealedSeed": sealed.hex()}, nodes[hospital]))
    vectors.append(vector_bytes(vector).hex())
    seeds.append({"seed": s.hex(), "mask": vector_bytes(mask(s, len(share))).hex()})

coordinator = key("coordinator")
request = signed({"schema": "dure.opening-request/1", "subject": subject, "roster": cosigned, "shares": documents}, coordinator)
masks = [sum(column) % 2**64 for column in zip(*(mask(seed(h), 5) for h in hospitals))]
opening = signed({
    "schema": "dure.opening/1", "subject": digest(canonical(subject)), "query": subject["query"],
    "request": digest(canonical(request)), "guardian": "G-TEST", "hospitals": hospitals, "masks": vector_bytes(masks).hex()},
    guardian_signing)
opened = [sum(column) for column in zip(*shares)]
(HERE / "secure-total.json").write_text(json.dumps({
    "comment": "Made by make-total-vectors.py.",
    "guardian": {"signingSeed": hashlib.sha256(b"dure test key guardian").hexdigest(), "sealingSeed": seed("sealing").hex()},
    "coordinator": raw(coordinator).hex(), "officers": [raw(o).hex() for o in officers],
    "masks": seeds, "subjectDigest": digest(canonical(subject)), "layout": layout, "vectors": vectors, "request": request,
    "opening": opening, "opened": opened,
}, indent=2) + "\n")

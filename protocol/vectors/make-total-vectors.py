#!/usr/bin/env python3
"""Makes secure-total.json, distinct-total.json and peer-total.json beside it, independently of the Swift code: Python, and the primitives of the package `cryptography`.

    pip install cryptography && python3 make-total-vectors.py

HPKE is written out here after RFC 9180 (DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, base mode), with fixed
ephemeral keys, so that the file does not change.
"""
import hashlib
import hmac
import json
import math
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


# The de-duplicated total: five hospitals whose patients overlap; the fifth has fewer than k and puts in k made-up ones.
PRECISION = 14
linkage_key = seed("linkage")
salt = "\n".join(["dure.sketch-salt/1", subject["cohort"], subject["roster"]]).encode()


def sketch_hash(identity):
    pseudonym = hmac.new(linkage_key, identity, hashlib.sha256).digest()
    return hmac.new(pseudonym, salt, hashlib.sha256).digest()[:8]


def made_up(hospital, number):
    return b"\0" + hospital.encode() + b"\n" + seed(f"made up {number}")[:8].hex().encode()


def registers(identities):
    """The longest run of noughts after the first 14 bits of a hash, and one, for each of the 16,384 values of these bits."""
    longest = [0] * 2**PRECISION
    for identity in identities:
        bits = "".join(f"{byte:08b}" for byte in sketch_hash(identity))
        place, rest = int(bits[:PRECISION], 2), bits[PRECISION:]
        longest[place] = max(longest[place], len(rest) - len(rest.lstrip("0")) + 1)
    return longest


def pack(values):
    bits = "".join(f"{value:06b}" for value in values)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def estimate(values):
    """Flajolet and others 2007, with linear counting while it is small."""
    m = len(values)
    raw_estimate = 0.7213 / (1 + 1.079 / m) * m * m / sum(2.0**-v for v in values)
    empty = values.count(0)
    return m * math.log(m / empty) if raw_estimate <= 2.5 * m and empty else raw_estimate


members = {h: [f"PERSON-{n:05d}" for n in range(2_000 * i, 2_000 * i + 3_000)] for i, h in enumerate(hospitals[:4])}
identities = {h: [p.encode() for p in people] for h, people in members.items()}
identities[hospitals[4]] = [made_up(hospitals[4], n) for n in range(11)]
sketches = {h: registers(who) for h, who in identities.items()}
union = [max(column) for column in zip(*sketches.values())]
shown = max(11, 5 * round(estimate(union) / 5))
error = math.sqrt((1.04 / math.sqrt(2**PRECISION) * shown)**2 + 5**2 / 4 + 5 * 11**2 / 4)
reach = math.ceil(1.96 * error)
first = dict(documents[0]["payload"])
sketch_info = "\n".join(["dure.total-sketch/1", first["subject"], first["node"], first["ticket"], first["vector"]]).encode()
enc, sealed = seal(raw(guardian_sealing), pack(sketches[hospitals[0]]), sketch_info,
                   X25519PrivateKey.from_private_bytes(seed("ephemeral sketch")))
key_name = hmac.new(linkage_key, b"dure.linkage-key/1", hashlib.sha256).digest()[:8].hex()
first["distinct"] = {"sketch": {"key": key_name, "encapsulated": enc.hex(), "ciphertext": sealed.hex()}}
(HERE / "distinct-total.json").write_text(json.dumps({
    "comment": "Made by make-total-vectors.py. Hospital i of the first four has the persons PERSON-n for n from 2000 i to 2000 i + 2999.",
    "linkageKey": linkage_key.hex(), "linkageKeyName": key_name, "subject": subject, "sealingSeed": seed("sealing").hex(),
    "hashes": [{"identifier": p, "hash": sketch_hash(p.encode()).hex()} for p in ("PERSON-00000", "990101-1******", "가나다")],
    "madeUp": [seed(f"made up {n}")[:8].hex() for n in range(11)],
    "madeUpHash": sketch_hash(made_up(hospitals[4], 0)).hex(),
    "sketches": [{"hospital": h, "digest": digest(pack(sketches[h]))} for h in hospitals],
    "union": {"digest": digest(pack(union)), "persons": 9_011, "estimate": estimate(union)},
    "count": {"value": shown, "standardError": math.ceil(error * 10) / 10, "low": max(0, shown - reach), "high": shown + reach},
    "share": signed(first, nodes[hospitals[0]]), "key": raw(nodes[hospitals[0]]).hex(),
}, indent=1, ensure_ascii=False) + "\n")


# A total without a guardian: six hospitals on the roster, of which the last does not answer.
PRIME = 2**61 - 1


def key_seed(label):
    return hashlib.sha256(b"dure test key " + label.encode()).digest()


def limbs(secret):
    return [int.from_bytes(secret[i:i + 7], "little") for i in range(0, len(secret), 7)]


def shamir(secret, count, threshold, label):
    """Shares 1 to count of each limb; the coefficients are fixed, so that the file does not change."""
    polynomials = [[limb] + [int.from_bytes(seed(f"{label} {number} {power}")[:8], "big") % PRIME for power in range(1, threshold)]
                   for number, limb in enumerate(limbs(secret))]
    return [[sum(c * pow(x, e, PRIME) for e, c in enumerate(p)) % PRIME for p in polynomials] for x in range(1, count + 1)]


def join(shares, length):
    """The secret of shares {x: limbs}, by Lagrange's formula at 0."""
    out = b""
    for number in range((length + 6) // 7):
        value = 0
        for x, share in shares.items():
            top, bottom = 1, 1
            for other in shares:
                if other != x:
                    top, bottom = top * other % PRIME, bottom * (other - x) % PRIME
            value = (value + share[number] * top * pow(bottom, -1, PRIME)) % PRIME
        out += value.to_bytes(8, "little")[:7]
    return out[:length]


peer_hospitals = hospitals + ["KR-H-0006"]
peer_seeds = {h: key_seed(h) for h in peer_hospitals}
peer_nodes = {h: key(h) for h in peer_hospitals}
sealing = {h: X25519PrivateKey.from_private_bytes(expand(extract(b"", peer_seeds[h]), b"dure.sealing-key/1", 32))
           for h in peer_hospitals}
fewest = max(5, 2 * len(peer_hospitals) // 3 + 1)
peer_roster = {
    "schema": "dure.totals-roster/1", "consortium": "C-TEST", "version": 2, "issued": "2026-11-22T00:00:00Z", "minimum": 5,
    "writtenMinimum": False, "members": [
        {"hospital": h, "key": raw(peer_nodes[h]).hex(), "sealingKey": raw(sealing[h]).hex()} for h in peer_hospitals],
}
peer_cosigned = {"schema": "dure.cosigned-roster/1", "roster": peer_roster,
                 "signatures": [{k: signed(peer_roster, o)[k] for k in ("key", "signature")} for o in officers]}
peer_subject = {"schema": "dure.total-subject/1", "query": "Q-7F3K-92QE", "questionHash": digest("question"),
                "cohort": digest("cohort"), "roster": digest(canonical(peer_roster))}
subject_digest = digest(canonical(peer_subject))


def pair_seed(one, other):
    first, second = sorted([one, other])
    shared = sealing[one].exchange(sealing[other].public_key())
    return expand(extract(b"", shared), "\n".join(["dure.total-pair/1", subject_digest, first, second]).encode(), 32)


def packed(share):
    return b"".join(limb.to_bytes(8, "big") for limb in share)


peer_documents, peer_answers, packages, dealt = [], [], {}, {}
for number, (hospital, share) in enumerate(zip(hospitals, shares)):
    others = [h for h in peer_hospitals if h != hospital]
    own = seed("own " + hospital)
    vector = [a + b for a, b in zip(share, mask(own, 5))]
    for other in others:
        sign = 1 if hospital < other else -1
        vector = [a + sign * b for a, b in zip(vector, mask(pair_seed(hospital, other), 5))]
    vector = [v % 2**64 for v in vector]
    vector_digest, ticket = digest(vector_bytes(vector)), f"T-0000-0000-0000-0000-001{number + 1}"
    secrets = [("own", own)] + [(other, pair_seed(hospital, other)) for other in others]
    dealt[hospital] = {name: shamir(s, len(peer_hospitals), fewest, f"{hospital} {name}") for name, s in secrets}
    for place, to in enumerate(peer_hospitals):
        info = "\n".join(["dure.total-package/1", subject_digest, hospital, to, ticket, vector_digest]).encode()
        plain = b"".join(packed(dealt[hospital][name][place]) for name, _ in secrets)
        enc, sealed = seal(raw(sealing[to]), plain, info, X25519PrivateKey.from_private_bytes(seed(f"e {hospital} {to}")))
        packages[hospital, to] = {"from": hospital, "to": to, "encapsulated": enc.hex(), "ciphertext": sealed.hex()}
    document = signed({
        "schema": "dure.total-share/1", "subject": subject_digest, "node": hospital, "ticket": ticket, "vector": vector_digest,
        "layout": digest(canonical(layout)), "count": 5, "terms": {"threshold": 11, "roundTo": 5},
        "peers": {"packages": [digest(canonical(packages[hospital, to])) for to in peer_hospitals], "own": digest(own),
                  "pairs": [digest(s) for _, s in secrets[1:]]}}, peer_nodes[hospital])
    peer_documents.append(document)
    peer_answers.append({"layout": layout, "vector": vector_bytes(vector).hex(), "share": document,
                         "packages": [packages[hospital, to] for to in peer_hospitals]})

peer_request = signed({"schema": "dure.opening-request/1", "subject": peer_subject, "roster": peer_cosigned,
                       "shares": peer_documents}, coordinator)
request_digest = digest(canonical(peer_request))
agreements = [signed({"schema": "dure.agreement/1", "subject": subject_digest, "query": peer_subject["query"], "node": h,
                      "request": request_digest, "hospitals": hospitals}, peer_nodes[h]) for h in hospitals]
reveal_requests = [signed({"schema": "dure.reveal-request/1", "audience": h, "request": peer_request, "agreements": agreements,
                           "packages": [packages[u, h] for u in hospitals]}, coordinator) for h in hospitals]
dropped = [h for h in peer_hospitals if h not in hospitals]
reveals = [signed({"schema": "dure.reveal/1", "subject": subject_digest, "query": peer_subject["query"], "node": h,
                   "request": request_digest, "parts": [
                       {"of": u, "own": packed(dealt[u]["own"][place]).hex(),
                        "pairs": [packed(dealt[u][v][place]).hex() for v in dropped]} for u in hospitals]}, peer_nodes[h])
           for place, h in enumerate(peer_hospitals) if h in hospitals]
total = [sum(int.from_bytes(bytes.fromhex(a["vector"])[8 * i:8 * i + 8], "big") for a in peer_answers) for i in range(5)]
for u in hospitals:
    own = join({place + 1: dealt[u]["own"][place] for place in range(fewest)}, 32)
    total = [t - m for t, m in zip(total, mask(own, 5))]
    for v in dropped:
        pair = join({place + 1: dealt[u][v][place] for place in range(fewest)}, 32)
        total = [t - (1 if u < v else -1) * m for t, m in zip(total, mask(pair, 5))]
assert [t % 2**64 for t in total] == opened
peer_opening = {"schema": "dure.peer-opening/1", "query": peer_subject["query"], "request": request_digest,
                "agreements": agreements, "reveals": reveals}
(HERE / "peer-total.json").write_text(json.dumps({
    "comment": "Made by make-total-vectors.py.", "coordinator": raw(coordinator).hex(),
    "officers": [raw(o).hex() for o in officers], "signingSeeds": {h: peer_seeds[h].hex() for h in peer_hospitals},
    "answers": peer_answers, "request": peer_request, "agreements": agreements, "revealRequest": reveal_requests[0],
    "reveals": reveals, "opening": signed(peer_opening, coordinator), "opened": opened,
}, indent=1) + "\n")

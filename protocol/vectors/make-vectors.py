#!/usr/bin/env python3
"""Makes the test vectors beside it, independently of the Swift code: Python's json and hashlib, and the package `cryptography`.

    pip install cryptography && python3 make-vectors.py

Canonical JSON here is json.dumps with sorted keys: for the values used (ASCII keys, integers, one decimal) that is RFC 8785.
"""
import hashlib
import json
import pathlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = pathlib.Path(__file__).parent
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(data):
    if isinstance(data, str):
        data = data.encode()
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Key:
    def __init__(self, name, seed):
        self.name, self.seed = name, seed
        self.private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        self.short = "ed25519:" + hashlib.sha256(bytes.fromhex(self.public)).hexdigest()[:16]

    def json(self):
        return {"name": self.name, "seed": self.seed, "public": self.public, "shortName": self.short}


COORDINATOR = Key("coordinator", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")  # RFC 8032, 7.1, test 1
NODE = Key("node KR-H-0017", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")  # RFC 8032, 7.1, test 2


def signed(name, payload, key):
    text = canonical(payload)
    message = f"dure.signed/1\n{payload['schema']}\n{text}".encode()
    signature = key.private.sign(message).hex()
    document = {"schema": "dure.signed/1", "type": payload["schema"], "key": key.short, "payload": payload, "signature": signature}
    return {
        "name": name, "key": key.name, "payload": payload, "canonical": text, "signedBytesSHA256": digest(message),
        "signature": signature, "document": document, "documentSHA256": digest(canonical(document)),
    }


COHORT = {
    "ConceptSets": [{
        "id": 0, "name": "type 2 diabetes",
        "expression": {"items": [{"concept": {"CONCEPT_ID": 201826, "CONCEPT_NAME": "type 2 diabetes"}, "includeDescendants": True}]},
    }],
    "PrimaryCriteria": {
        "CriteriaList": [{"ConditionOccurrence": {"CodesetId": 0}}],
        "ObservationWindow": {"PriorDays": 365, "PostDays": 0},
        "PrimaryCriteriaLimit": {"Type": "First"},
    },
    "QualifiedLimit": {"Type": "First"},
    "ExpressionLimit": {"Type": "First"},
    "InclusionRules": [{
        "name": "Adults",
        "expression": {
            "Type": "ALL", "CriteriaList": [], "DemographicCriteriaList": [{"Age": {"Value": 18, "Op": "gte"}}], "Groups": [],
        },
    }],
    "CensoringCriteria": [],
    "CollapseSettings": {"CollapseType": "ERA", "EraPad": 0},
    "CensorWindow": {},
}
QUESTION = {
    "schema": "dure.question/1",
    "title": {"en": "Type 2 diabetes", "ko": "제2형 당뇨병"},
    "cohort": COHORT,
    "outputs": {"attrition": True, "breakdown": ["sex"]},
}
QUESTION_HASH = digest(canonical({k: v for k, v in QUESTION.items() if k != "title"}))
ROSTER = digest("roster")
POLICY = digest("policy")

TICKET = {
    "schema": "dure.ticket/1", "id": "T-0000-1111-2222-3333-4444", "query": "Q-7F3K-92QD", "audience": "KR-H-0017",
    "issued": "2026-11-22T00:00:00Z", "expires": "2026-11-29T00:00:00Z",
    "project": {
        "id": "P-0042", "title": {"en": "A sample project", "ko": "예시 과제"}, "purpose": "How many patients fit.",
        "purposeClass": "protocol-feasibility", "organisation": "ORG-0007",
    },
    "requesterRole": "researcher", "question": QUESTION, "questionHash": QUESTION_HASH, "mode": "named", "wish": {},
    "roster": ROSTER,
}
ANSWER = {
    "schema": "dure.answer/1", "ticket": TICKET["id"], "query": TICKET["query"], "node": "KR-H-0017",
    "questionHash": QUESTION_HASH, "answered": "2026-11-22T00:00:05Z",
    "provenance": {
        "store": "omop-main", "dataRelease": "2026-11", "dataThrough": "2026-10-31", "cdmVersion": "5.4",
        "vocabulary": "v20260228", "semantics": "circe-2026.09", "software": "dure-node 1.0.0", "synthetic": True,
    },
    "policy": POLICY,
    "outcome": {"kind": "answered", "answer": {
        "total": {"kind": "rounded", "value": 1240, "base": 5, "low": 1236, "high": 1244},
        "attrition": [{"name": "Adults", "count": {"kind": "rounded", "value": 1240, "base": 5, "low": 1236, "high": 1244}}],
        "breakdown": {"dimensions": ["sex"], "cells": [
            {"key": ["female"], "count": {"kind": "rounded", "value": 600, "base": 5, "low": 596, "high": 604}},
            {"key": ["unknown"], "count": {"kind": "hidden", "low": 0, "high": 14, "why": "small"}},
            {"key": ["*"], "count": {"kind": "rounded", "value": 1240, "base": 5, "low": 1236, "high": 1244}},
        ]},
    }},
}
DECLINED = dict(ANSWER, outcome={"kind": "declined", "code": "PURPOSE_SCOPE", "at": ["/cohort/ConceptSets/0"]})


def crockford(data):
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return "".join(CROCKFORD[int(bits[i:i + 5], 2)] for i in range(0, len(bits), 5))


def enrolment_code(secret, authority):
    body = bytes([1]) + bytes.fromhex(secret) + bytes.fromhex(authority[7:])[:16]
    body += hashlib.sha256(body).digest()[:1]
    text = crockford(body)
    return "DURE-" + "-".join(text[i:i + 4] for i in range(0, len(text), 4))


def chain(entries):
    head, lines = digest(""), []
    for sequence, entry in enumerate(entries):
        line = canonical({"schema": "dure.audit/1", "sequence": sequence, **entry, "previous": head})
        head = digest(line)
        lines.append(line)
    return {"lines": lines, "head": head}


def write(name, value):
    (HERE / name).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


receipt = {"schema": "dure.receipt/1", "ticket": TICKET["id"], "answer": digest("answer"), "received": "2026-11-22T00:00:06Z"}
write("signed-documents.json", {
    "about": "Ed25519 over 'dure.signed/1', LF, the payload's schema, LF and the payload's RFC 8785 form.",
    "keys": [COORDINATOR.json(), NODE.json()],
    "documents": [
        signed("ticket", TICKET, COORDINATOR), signed("answer", ANSWER, NODE), signed("declined", DECLINED, NODE),
        signed("receipt", receipt, COORDINATOR),
    ],
})
authority = digest("authority certificate")
write("enrolment-codes.json", {
    "about": "Version byte 1, ten bytes of secret, sixteen of the CA certificate's SHA-256, one check byte; Crockford base 32.",
    "codes": [
        {"secret": secret, "authority": authority, "code": enrolment_code(secret, authority)}
        for secret in ("00010203040506070809", "ffffffffffffffffffff", "9d61b19deffd5a60ba84")
    ],
})
write("audit-chain.json", {
    "about": "Each line is canonical JSON and carries the SHA-256 of the line before; the first that of the empty text.",
    **chain([
        {"at": "2026-11-22T00:00:00Z", "actor": "system", "action": "node.start", "object": "KR-H-0017", "outcome": "ok"},
        {"at": "2026-11-22T00:00:05Z", "actor": "node:KR-H-0017", "action": "answer.released", "object": TICKET["id"],
         "outcome": "ok", "content": digest("answer")},
        {"at": "2026-11-22T00:00:09Z", "actor": "person:lead", "action": "query.show", "object": "Q-7F3K-92QD",
         "outcome": "FORBIDDEN"},
    ]),
})

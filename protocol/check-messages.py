#!/usr/bin/env python3
"""Checks messages against the schemas beside this file.

Usage: check-messages.py FOLDER
Each *.json file in FOLDER is one message, or an array of messages. A message names its schema in "schema"; a signed message is
checked together with its payload, and objects inside it that name a schema are checked too. Prints what does not hold and ends
with 1, or ends with 0 and prints how many messages of which kind were checked.
Needs the jsonschema package (Debian: python3-jsonschema).
"""
import collections
import json
import pathlib
import sys
import warnings

warnings.simplefilter("ignore", DeprecationWarning)
import jsonschema  # noqa: E402

here = pathlib.Path(__file__).resolve().parent / "schemas"
schemas = [json.loads(path.read_text()) for path in sorted(here.glob("*.schema.json"))]
by_title = {schema["title"]: schema for schema in schemas}
store = {schema["$id"]: schema for schema in schemas}
checked: collections.Counter = collections.Counter()
problems = 0


def check(value, where):
    """Checks `value`, and whatever it holds that names a schema of its own."""
    global problems
    if isinstance(value, dict):
        name = value.get("schema")
        if isinstance(name, str) and name.startswith("dure."):
            schema = by_title.get(name)
            if schema is None:
                problems += 1
                print(f"{where}: there is no schema {name}")
            else:
                resolver = jsonschema.RefResolver(schema["$id"], schema, store=store)
                validator = jsonschema.Draft202012Validator(schema, resolver=resolver)
                for error in validator.iter_errors(value):
                    problems += 1
                    place = "/".join(str(step) for step in error.absolute_path)
                    print(f"{where}: {name} at /{place}: {error.message[:300]}")
                checked[name] += 1
        for key, inner in value.items():
            check(inner, f"{where}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            check(inner, f"{where}/{index}")


for schema in schemas:
    jsonschema.Draft202012Validator.check_schema(schema)
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    check(json.loads(path.read_text()), path.name)
print(", ".join(f"{name}: {count}" for name, count in sorted(checked.items())) or "no message")
sys.exit(1 if problems or not checked else 0)

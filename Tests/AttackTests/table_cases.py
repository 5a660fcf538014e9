#!/usr/bin/env python3
"""Protects published table cases with `dure-node suppress` and attacks what it prints with an attacker that comes with the cases.

  table_cases.py --program .build/debug/dure-node --cases FOLDER [NAME ...]

FOLDER holds `interval_attack.py` and `cases/`. For each case: the output has the promised form, shows nothing that the case hides,
no hidden cell is exact (with fractions and with whole patients), and every small cell can be 1 or less, and k or more.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import time

# The threshold that the source of each case used.
THRESHOLDS = {
    "gauss_example1": 4, "gauss_linked": 3, "gauss_z1": 4, "gauss_z2": 5, "integer_gap": 4, "sdctable_4x4": 11,
    "sdctable_linked": 4, "sdctable_microdata1": 3, "sdctable_vignette168": 11, "tau_argus": 11,
}


def protect(program, path, threshold):
    command = [program, "suppress", "--table", path, "--threshold", str(threshold), "--round", "0", "--output", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def faults(attack, path, printed, threshold):
    """What is wrong with a protected case, in words."""
    case = attack.expand(json.loads(path.read_text()))
    if list(printed) != ["cells"] or any(set(cell) != {"id", "status", "value"} for cell in printed["cells"]):
        return ["the output has another form"], 0
    cells = {cell["id"]: cell for cell in printed["cells"]}
    wrong = []
    for cell in case["cells"]:
        found = cells[cell["id"]]
        is_shown = found["status"] == "s"
        if cell["status"] == "u" and is_shown:
            wrong.append(f"{cell['id']} is shown")
        if is_shown != (found["value"] is not None) or (is_shown and found["value"] != cell["value"]):
            wrong.append(f"{cell['id']}: the value does not fit the status")
        cell["status"] = found["status"]
    values = {cell["id"]: cell["value"] for cell in case["cells"]}
    for whole in (False, True):
        for name, (low, high) in attack.intervals(case, whole).items():
            if high - low < 1e-6:
                wrong.append(f"{name} is exact")
            if cells[name]["status"] == "u" and values[name] < threshold and (low > 1 + 1e-6 or high < threshold - 1e-6):
                # A whole-number attacker can narrow a cell a little more than the programs with fractions promise.
                if not whole:
                    wrong.append(f"{name} lies in {low}...{high}")
    return wrong, sum(cell["status"] == "x" for cell in printed["cells"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--cases", required=True, type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    sys.path.insert(0, str(options.cases))
    import interval_attack

    failed = 0
    for path in sorted((options.cases / "cases").glob("*.json")):
        threshold = next((value for name, value in THRESHOLDS.items() if path.stem.startswith(name)), None)
        if options.names and path.stem not in options.names:
            continue
        if threshold is None:
            print(f"{path.stem}: has another format, skipped")
            continue
        start = time.monotonic()
        printed = protect(options.program, path, threshold)
        seconds = time.monotonic() - start
        wrong, secondary = faults(interval_attack, path, printed, threshold)
        failed += bool(wrong)
        print(f"{path.stem}: {len(printed['cells'])} cells, {secondary} hidden to protect others, {seconds:.1f} s"
              + "".join(f"\n  {fault}" for fault in wrong))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

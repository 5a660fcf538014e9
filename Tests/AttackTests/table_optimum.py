#!/usr/bin/env python3
"""What secondary suppression costs in a table, against the exact optimum.

  table_optimum.py --node .build/debug/dure-node --threshold 11 TABLE.json...
  table_optimum.py --store STORE.sqlite Tests/Workloads/*.breakdown.sql

A table is in the format of `dure-node suppress` ("atoms" and "cells"), or what a store answers to the SQL of a sample question, every
category of its dimensions with all sums. For each one it prints how many cells, and patients in them,
the node hides to protect the small ones (zeros count as small), and the fewest patients that any pattern could hide so that every
small cell can be 0 and can be the threshold: a mixed-integer program (HiGHS), which shares no code with the node.

Needs: numpy, scipy >= 1.9.
"""
import argparse
import itertools
import json
import sqlite3
import subprocess
import tempfile

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix


# The fixed categories of each dimension, whether somebody is in them or not.
AGES = [0, 1, 5, 10, 20, 30, 40, 50, 60, 70, 80]
CATEGORIES = {
    "sex": ["female", "male", "unknown"],
    "ageBand": [str(low) if high == low + 1 else f"{low}-{high - 1}" for low, high in zip(AGES, AGES[1:])] + ["80+", "unknown"],
    "indexYear": ["before-2000"] + [str(year) for year in range(2000, 2031)] + ["after-2030"],
}


def counted(store, path):
    """The table that a store answers to a question's SQL."""
    with open(path, encoding="utf-8") as file, sqlite3.connect(f"file:{store}?mode=ro", uri=True) as connection:
        rows = connection.execute(file.read())
        names = [column[0] for column in rows.description][:-1]
        counts = {tuple(row[:-1]): row[-1] for row in rows}
    keys = list(itertools.product(*(CATEGORIES[name] for name in names)))
    if missing := set(counts) - set(keys):
        raise SystemExit(f"{path}: no such category: {sorted(missing)}")
    cells = []
    for key in itertools.product(*(CATEGORIES[name] + ["*"] for name in names)):
        atoms = [place for place, inner in enumerate(keys) if all(one in ("*", other) for one, other in zip(key, inner))]
        cells.append({"id": "|".join(key), "atoms": atoms, "value": sum(counts.get(keys[atom], 0) for atom in atoms)})
    return {"atoms": [counts.get(key, 0) for key in keys], "cells": cells}


def suppressed(node, path, threshold):
    """The node's secondary cells."""
    command = [node, "suppress", "--table", path, "--threshold", str(threshold), "--zero", "merge", "--output", "json"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {cell["id"] for cell in json.loads(output)["cells"] if cell["status"] == "x"}


def optimum(table, threshold, seconds):
    """Secondary cells of a pattern that loses fewest patients, and the bound that the solver has proved."""
    atoms, cells = len(table["atoms"]), table["cells"]
    primary = [index for index, cell in enumerate(cells) if cell["value"] < threshold]
    # A witness is a whole table that fits the release; each primary needs one in which it is the threshold, one in which it is 0.
    witnesses = [(cell, threshold) for cell in primary] + [(cell, 0) for cell in primary if cells[cell]["value"] > 0]
    large = 10 * max(cell["value"] for cell in cells) + 100
    variables = len(cells) + len(witnesses) * atoms
    rows = lil_matrix((len(witnesses) * (2 * len(cells) + 1), variables))
    low, high, row = [], [], 0
    for number, (target, goal) in enumerate(witnesses):
        offset = len(cells) + number * atoms
        for index, cell in enumerate(cells):
            # Equal to the true value where the cell is published.
            for slack, bounds in ((-large, (-np.inf, cell["value"])), (min(large, cell["value"]), (cell["value"], np.inf))):
                for atom in cell["atoms"]:
                    rows[row, offset + atom] = 1
                rows[row, index] = slack
                low.append(bounds[0])
                high.append(bounds[1])
                row += 1
        for atom in cells[target]["atoms"]:
            rows[row, offset + atom] = 1
        low.append(goal)
        high.append(np.inf if goal else 0)
        row += 1
    cost = np.zeros(variables)
    lower, upper = np.zeros(variables), np.full(variables, np.inf)
    upper[: len(cells)] = 1
    for index, cell in enumerate(cells):
        cost[index] = max(1, cell["value"])
    for index in primary:
        cost[index], lower[index] = 0, 1
    whole = np.zeros(variables)
    whole[: len(cells)] = 1
    found = milp(cost, constraints=LinearConstraint(rows.tocsr(), low, high), bounds=Bounds(lower, upper), integrality=whole,
                 options={"time_limit": seconds, "mip_rel_gap": 0})
    if found.x is None:
        return None, None
    hidden = [index for index in range(len(cells)) if found.x[index] > 0.5 and index not in primary]
    return hidden, found.mip_dual_bound


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--node", default=".build/debug/dure-node")
    parser.add_argument("--threshold", type=int, default=11)
    parser.add_argument("--seconds", type=int, default=240, help="for each table")
    parser.add_argument("--store", help="a SQLite store; the tables are then SQL files")
    parser.add_argument("tables", nargs="+")
    options = parser.parse_args()
    for path in options.tables:
        if options.store:
            table = counted(options.store, path)
        else:
            with open(path, encoding="utf-8") as file:
                table = json.load(file)
        values = {cell["id"]: cell["value"] for cell in table["cells"]}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(table, file)
            file.flush()
            mine = suppressed(options.node, file.name, options.threshold)
        hidden, bound = optimum(table, options.threshold, options.seconds)
        best = "not found" if hidden is None else (
            f"{len(hidden)} cells, {sum(table['cells'][index]['value'] for index in hidden)} patients (bound {bound:.0f})")
        small = sum(cell["value"] < options.threshold for cell in table["cells"])
        print(f"{path}: {len(table['cells'])} cells, {small} small; hidden {len(mine)} cells, {sum(values[cell] for cell in mine)} patients; optimum {best}")


main()

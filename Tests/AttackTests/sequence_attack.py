#!/usr/bin/env python3
"""Attack on everything that one hospital has said in a sequence of questions (attack 26). Shares no code with the gate.

Input: JSON lines, one sequence a line: "sizes" (patients of each smallest group that the questions tell apart; unknown to the
attacker, used to say which groups are small and to check that the truth fits what is deduced), "k", "d", "base",
"smallestShown", and "replies": {"atoms": [...], "kind", "value", "low", "high"}.

The attacker takes every reply for what it states. With --new it is told more than anybody outside can know for certain, other
people's questions being answered by the same node: of each number whether it is new, or is that of a group that differs by a few
patients, and of each hidden one why it is hidden. Then it deduces

  new         the group has value - base + 1 ... value + base - 1 patients; the smallest number shown stands for k and more
  known       what is stated; with --told (which is --new and more) also: the patients by which the group differs from one shown
              group, or from the sum or difference of two, with that number are at most k + d - 1 (of several such combinations
              the true one is told)
  hidden      at most k + d - 1 patients, unless it is hidden because its patients were in many shown groups
  hiddenCell  what is stated (it may be hidden to protect another cell)

It looks, for each group of fewer than k patients, for the smallest and the largest number that fit all of it, by mixed-integer
programs: whole patients, so at least as strong as linear programs with fractions (scipy's HiGHS). A group is exact where one number
is left, narrow where none of at least k is left, or fewer than k + 1 numbers are.

  sequence_attack.py [--new | --told] [--most N] FILE
"""
import argparse
import itertools
import json

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import bmat, csr_matrix, eye

TOLERANCE = 1e-6


def deductions(sequence, knows):
    """Rows (coefficients over groups of patients, low, high) that an attacker knows to hold."""
    sizes = np.array(sequence["sizes"], float)
    k, most, base = sequence["k"], sequence["k"] + sequence["d"] - 1, sequence["base"]
    least = sequence["smallestShown"]
    rows, shown = {}, []

    def add(vector, low, high):
        key = vector.tobytes()
        before = rows.get(key, (vector, -np.inf, np.inf))
        rows[key] = (vector, max(before[1], low), min(before[2], high))

    for reply in sequence["replies"]:
        vector = np.zeros(len(sizes))
        vector[reply["atoms"]] = 1
        low, high = reply["low"], reply["high"]
        if knows == "stated":
            pass
        elif reply["kind"] == "new" and "value" in reply and reply["value"] > 0:
            value = reply["value"]
            low, high = (k if value <= least else value - base + 1), value + base - 1
            shown.append((vector, value))
        elif reply["kind"] == "known" and knows == "told":
            difference = nearest(vector, reply["value"], shown, sizes, most, base, least)
            if difference is not None:
                add(difference, 0, most)
        elif reply["kind"] == "hidden" and sizes @ vector <= most:
            high = min(high, most)
        add(vector, low, high)
    return sizes, list(rows.values())


def nearest(vector, value, shown, sizes, most, base, least):
    """Who makes the difference to the combination of shown groups of which this is the number: the smallest of all."""
    best = None
    for first, (one, number) in enumerate(shown):
        choices = [(one, number)]
        for two, other in shown[:first]:
            choices += [(one + two, number + other), (one - two, number - other), (two - one, other - number)]
        for group, total in choices:
            if max(least, base * round(total / base)) != value:
                continue
            difference = (np.abs(vector - group) > 0).astype(float)
            count = sizes @ difference
            if count <= most and (best is None or count < best[0]):
                best = (count, difference)
    return best[1] if best else None


class Tables:
    """All tables that fit; each one found is a witness for every group."""

    def __init__(self, sizes, rows):
        self.count = len(sizes)
        self.matrix = csr_matrix(np.array([row[0] for row in rows])) if rows else None
        self.low = np.array([row[1] for row in rows])
        self.high = np.array([row[2] for row in rows])
        if rows:
            truth = self.matrix @ sizes
            if (truth < self.low - TOLERANCE).any() or (truth > self.high + TOLERANCE).any():
                raise SystemExit("the truth does not fit: the attacker deduces what is not so")
        self.smallest, self.largest = sizes.copy(), sizes.copy()

    def stretch(self, cost, extra=None):
        """Solves one program; what it finds is recorded. Returns nothing where it has no bound."""
        if self.matrix is None:
            return None
        matrix, low, high, upper = self.matrix, self.low, self.high, np.inf
        if extra is not None:
            # One more unknown for each wanted group: as much of it as counts, at most `extra`.
            wanted, cap = extra
            size = len(wanted)
            more = csr_matrix((np.ones(size), (range(size), wanted)), shape=(size, self.count))
            matrix = bmat([[matrix, None], [more, -eye(size)]]).tocsr()
            low, high = np.concatenate([low, np.zeros(size)]), np.concatenate([high, np.full(size, np.inf)])
            cost = np.concatenate([np.zeros(self.count), -np.ones(size)])
            upper = np.concatenate([np.full(self.count, np.inf), cap])
        result = milp(
            cost, constraints=[LinearConstraint(matrix, low, high)], bounds=Bounds(0, upper),
            integrality=np.ones(len(cost)))
        if result.status == 3 or result.x is None:
            return None
        found = np.round(result.x[: self.count])
        self.smallest = np.minimum(self.smallest, found)
        self.largest = np.maximum(self.largest, found)
        return result.fun


def attack(sequence, knows):
    """The small groups that are exact, and those that are narrow."""
    sizes, rows = deductions(sequence, knows)
    k = sequence["k"]
    tables = Tables(sizes, rows)
    small = [group for group in range(len(sizes)) if sizes[group] < k]
    # Groups that no deduction holds from above can be as large as one likes.
    bounded = {group for vector, _, high in rows if high < np.inf for group in np.flatnonzero(vector)}

    def width(group):
        return tables.largest[group] - tables.smallest[group]

    def is_open(group):
        return tables.largest[group] < k - TOLERANCE or width(group) < k - TOLERANCE

    for _ in range(6):
        wanted = [group for group in small if group in bounded and is_open(group)]
        before = len(wanted)
        if before < 2:
            break
        tables.stretch(None, (wanted, np.maximum(k, tables.smallest[wanted] + k)))
        if len([group for group in wanted if is_open(group)]) == before:
            break
    exact, narrow = [], []
    for group in small:
        if group not in bounded or not is_open(group):
            continue
        for sign in (-1, 1):
            cost = np.zeros(len(sizes))
            cost[group] = sign
            if is_open(group):
                tables.stretch(cost)
        if width(group) < TOLERANCE:
            exact.append(group)
        if is_open(group):
            narrow.append(group)
    return exact, narrow


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--new", dest="knows", action="store_const", const="new", default="stated")
    parser.add_argument("--told", dest="knows", action="store_const", const="told")
    parser.add_argument("--most", type=int, default=10**9)
    options = parser.parse_args()
    count, exact, narrow = 0, 0, 0
    with open(options.file) as lines:
        for line in itertools.islice(lines, options.most):
            sequence = json.loads(line)
            count += 1
            found = attack(sequence, options.knows)
            exact += bool(found[0])
            narrow += bool(found[1])
            if found[0] or found[1]:
                print(f"sequence {sequence['sequence']}: exact {found[0]}, narrow {found[1]}", flush=True)
    print(f"{count} sequences, {exact} with an exact small group, {narrow} with a narrow one")


if __name__ == "__main__":
    main()

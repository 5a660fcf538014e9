#!/usr/bin/env python3
"""Runs every decoder under libFuzzer for a given time and prints one line a decoder; fails where one of them broke."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Inputs that broke a decoder once, as the tests read them again.
FINDINGS = HERE.parent / "DecoderTests" / "Findings"
STATISTICS = ("number_of_executed_units", "average_exec_per_sec", "peak_rss_mb")


def run(program, arguments, **options):
    # Swift's own backtracer takes the crash before libFuzzer can write the input down; and what the runtime and Foundation keep
    # for the whole of a process is no leak. Of freed memory the address sanitizer holds back 16 MB: its standard of 256 would
    # look like growth.
    sanitizer = "detect_leaks=0:quarantine_size_mb=16"
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", ASAN_OPTIONS=sanitizer, **options)
    return subprocess.run(
        [program, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )


def dictionary(seeds, path):
    """Words and punctuation of the seeds, for libFuzzer to put in where it likes."""
    words = set()
    for seed in seeds.iterdir():
        words.update(re.findall(rb"[A-Za-z_][A-Za-z0-9_.-]{1,31}|-?\d{1,19}", seed.read_bytes()))
    words = sorted(words, key=lambda word: (len(word), word))[:400]
    fixed = [rb"\x00", rb"\xff", "null", "true", "1e308", "-0", "9223372036854775807", "-9223372036854775808", r"\\ud800", "&a", "*a"]
    fixed = [word if isinstance(word, str) else word.decode() for word in fixed]
    lines = [f'"{word}"' for word in [word.decode() for word in words] + fixed]
    path.write_text("\n".join(lines) + "\n")


def number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def fuzz(program, name, work, options):
    corpus, words = work / "corpus" / name, work / "words" / name
    for folder in (corpus, work / "findings", words.parent):
        folder.mkdir(parents=True, exist_ok=True)
    dictionary(work / "seeds" / name, words)
    known = [str(FINDINGS / name)] if (FINDINGS / name).is_dir() else []
    flags = [
        f"-max_total_time={options.seconds}", f"-timeout={options.hang}", f"-rss_limit_mb={options.memory}",
        f"-artifact_prefix={work}/findings/{name}-", f"-dict={words}", "-print_final_stats=1", "-reload=0",
    ]
    done = run(program, [*flags, str(corpus), str(work / "seeds" / name), *known], DURE_FUZZ_DECODER=name)
    (work / "logs").mkdir(exist_ok=True)
    (work / "logs" / name).write_text(done.stdout)
    written = re.findall(r"Test unit written to (\S+)", done.stdout)
    what = "none"
    if done.returncode != 0:
        what = ", ".join(written) or f"exit {done.returncode}, see {work}/logs/{name}"
    statistics = {word: number(rf"stat::{word}:\s+(\d+)", done.stdout) for word in STATISTICS}
    executions, rate, memory = statistics.values()
    edges, features = number(r"cov: (\d+)", done.stdout), number(r"ft: (\d+)", done.stdout)
    print(f"{name:24} {executions:11,} {rate:8,} {edges:7,} {features:8,} {memory:6,}  {what}", flush=True)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="dure-fuzz, built with -sanitize=fuzzer")
    parser.add_argument("--work", type=Path, default=Path(".build/fuzz-work"), help="seeds, corpus, logs and findings go here")
    parser.add_argument("--seconds", type=int, default=60, help="for each decoder")
    parser.add_argument("--decoder", help="only this one: its name with hyphens for spaces; several with commas")
    parser.add_argument("--hang", type=int, default=60, help="seconds that one input may take")
    parser.add_argument("--memory", type=int, default=1024, help="MB that the process may have")
    options = parser.parse_args()
    work = options.work.resolve()
    listed = run(options.program, ["--seeds", str(work / "seeds")])
    if listed.returncode != 0:
        sys.exit(f"{options.program} does not write its seeds:\n{listed.stdout}")
    names = listed.stdout.split()
    asked = options.decoder.split(",") if options.decoder else names
    unknown = [name for name in asked if name not in names]
    if unknown:
        sys.exit(f"There is no decoder {', '.join(unknown)}. There are: {', '.join(names)}")
    print(f"{'decoder':24} {'executions':>11} {'a second':>8} {'edges':>7} {'features':>8} {'MB':>6}  findings")
    results = [fuzz(options.program, name, work, options) for name in asked]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()

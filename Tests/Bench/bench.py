"""The ten questions on a node's index, PostgreSQL, DuckDB, SQLite, and as Circe's own SQL on PostgreSQL.

    python3 bench.py --program PATH --persons 20000,100000 [--events 65] [--folder DIR] [--variants c,r] [--skip postgres]

Every engine reads the same rows. A ratio is printed only where the counts agree. What is compared is processor time, of all
threads and of the server's process: on a shared machine the clock says little.
"""

import argparse
import json
import math
import os
import platform
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

import questions

CSV = {
    "person": "person_id, gender_concept_id, year_of_birth, race_concept_id, ethnicity_concept_id",
    "observation_period": "observation_period_id, person_id, observation_period_start_date, observation_period_end_date, "
                          "period_type_concept_id",
    "visit_occurrence": "visit_occurrence_id, person_id, visit_concept_id, visit_start_date, visit_end_date, visit_type_concept_id",
    "condition_occurrence": "condition_occurrence_id, person_id, condition_concept_id, condition_start_date, condition_end_date, "
                            "condition_type_concept_id, visit_occurrence_id",
    "drug_exposure": "drug_exposure_id, person_id, drug_concept_id, drug_exposure_start_date, drug_exposure_end_date, "
                     "drug_type_concept_id, visit_occurrence_id",
    "measurement": "measurement_id, person_id, measurement_concept_id, measurement_date, measurement_type_concept_id, "
                   "value_as_number, unit_concept_id, visit_occurrence_id",
    "procedure_occurrence": "procedure_occurrence_id, person_id, procedure_concept_id, procedure_date, procedure_type_concept_id, "
                            "visit_occurrence_id",
    "death": "person_id, death_date, death_type_concept_id",
    "concept": "concept_id, concept_name, domain_id, standard_concept, invalid_reason",
    "concept_ancestor": "ancestor_concept_id, descendant_concept_id, min_levels_of_separation, max_levels_of_separation",
    "concept_relationship": "concept_id_1, concept_id_2, relationship_id, invalid_reason",
    "vocabulary": "vocabulary_id, vocabulary_name, vocabulary_version",
}
# As OHDSI's scripts: by person, by concept, the key; and by visit where one is joined.
INDICES = [
    ("person", "person_id"), ("observation_period", "person_id"), ("visit_occurrence", "person_id"),
    ("visit_occurrence", "visit_concept_id"), ("visit_occurrence", "visit_occurrence_id"),
    ("condition_occurrence", "person_id"), ("condition_occurrence", "condition_concept_id"),
    ("condition_occurrence", "visit_occurrence_id"), ("drug_exposure", "person_id"), ("drug_exposure", "drug_concept_id"),
    ("drug_exposure", "visit_occurrence_id"), ("measurement", "person_id"), ("measurement", "measurement_concept_id"),
    ("procedure_occurrence", "person_id"), ("procedure_occurrence", "procedure_concept_id"), ("concept", "concept_id"),
    ("concept_ancestor", "ancestor_concept_id"), ("concept_ancestor", "descendant_concept_id"),
]


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def program(*arguments):
    """Runs the benchmark's program; its lines of JSON."""
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def repeated(run, cpu, least=0.4, most=5):
    """Median processor milliseconds of a run that gives a count, and the count. The first run is not counted."""
    count = run()
    costs, begun = [], time.monotonic()
    while len(costs) < 2 or (len(costs) < most and time.monotonic() - begun < least):
        # A clock that ticks every 10 ms needs many runs of something short.
        runs, before, started = 0, cpu(), time.monotonic()
        while runs == 0 or (cpu() - before < 0.1 and time.monotonic() - started < 2):
            run()
            runs += 1
        costs.append((cpu() - before) * 1_000 / runs)
    return {"persons": count, "cpu": statistics.median(costs)}


class SQLite:
    name = "SQLite"

    def __init__(self, folder, store):
        self.connection = sqlite3.connect("file:%s?mode=ro" % store, uri=True)
        self.connection.execute("pragma cache_size = -2000000")
        self.connection.execute("pragma temp_store = memory")

    def ask(self, variant):
        return {name: repeated(lambda: sum(row[0] for row in self.connection.execute(text)), time.process_time)
                for name, text in questions.sql(variant, "sqlite").items()}

    def close(self):
        self.connection.close()


class DuckDB:
    name = "DuckDB"

    def __init__(self, folder, store):
        import duckdb
        from duckcdm.omop import cdm_fields
        for left in ("/store.duckdb", "/store.duckdb.wal"):
            if os.path.exists(folder + left):
                os.remove(folder + left)
        self.connection = duckdb.connect(folder + "/store.duckdb")
        self.connection.execute("set threads = 2")
        fields = cdm_fields(versions=("5.4",))
        for table, columns in CSV.items():
            self.connection.execute("create table %s (%s)" % (table, ", ".join('"%s" %s' % field for field in fields[table])))
            if os.path.getsize("%s/csv/%s.csv" % (folder, table)):
                self.connection.execute(
                    "copy %s (%s) from '%s/csv/%s.csv' (header false, nullstr '')" % (table, columns, folder, table))

    def ask(self, variant):
        return {name: repeated(lambda: sum(row[0] for row in self.connection.execute(text).fetchall()), time.process_time)
                for name, text in questions.sql(variant, "duckdb").items()}

    def close(self):
        self.connection.close()


class PostgreSQL:
    name = "PostgreSQL"
    binaries = "/usr/lib/postgresql/15/bin"

    def __init__(self, folder, store):
        import psycopg2
        self.home = tempfile.mkdtemp(prefix="dure-bench-pg-")
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres", "postgres")
        self.run("initdb", "-D", self.home + "/data", "-E", "UTF8", "--locale=C", "-A", "trust")
        settings = ("-c listen_addresses= -c unix_socket_directories=%s -c fsync=off -c full_page_writes=off -c max_wal_size=8GB "
                    "-c synchronous_commit=off -c shared_buffers=2GB -c work_mem=256MB -c maintenance_work_mem=1GB "
                    "-c effective_cache_size=10GB -c random_page_cost=1.1 -c jit=off -c max_parallel_workers_per_gather=0"
                    % self.home)
        self.run("pg_ctl", "-D", self.home + "/data", "-o", settings, "-w", "-l", self.home + "/log", "start")
        self.connection = psycopg2.connect(host=self.home, user="postgres", dbname="postgres")
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.load(folder)

    def run(self, name, *arguments):
        # The server refuses to run as root.
        who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*who, "%s/%s" % (self.binaries, name), *arguments], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, cwd=self.home)

    def load(self, folder):
        from duckcdm.omop import cdm_fields
        for table, fields in cdm_fields(versions=("5.4",)).items():
            if table in ("cohort", "cohort_definition"):
                continue
            columns = ", ".join('"%s" %s' % (name, "double precision" if kind == "DOUBLE" else kind) for name, kind in fields)
            self.cursor.execute("create table %s (%s)" % (table, columns))
        self.cursor.execute(STATISTICS)
        for table, columns in CSV.items():
            with open("%s/csv/%s.csv" % (folder, table), encoding="utf-8") as file:
                self.cursor.copy_expert("copy %s (%s) from stdin (format csv)" % (table, columns), file)
        for table, column in INDICES:
            self.cursor.execute("create index on %s (%s)" % (table, column))
        self.cursor.execute("vacuum analyze")

    def cpu(self):
        """Processor time of the session's own process; it has no workers."""
        with open("/proc/%d/stat" % self.connection.get_backend_pid(), encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def count(self, text):
        self.cursor.execute(text)
        return sum(row[0] for row in self.cursor.fetchall())

    def ask(self, variant):
        return {name: repeated(lambda: self.count(text), self.cpu) for name, text in questions.sql(variant, "postgres").items()}

    def ask_as_circe(self, variant):
        """What ATLAS would run: the statements that circe-be writes, temporary tables and all."""
        from duckcdm.circe import build_cohort_query
        from duckcdm.sqlrender import render, split_sql, translate
        answers = {}
        for name, made in questions.definitions(variant).items():
            text = build_cohort_query(json.dumps(made), cdm_schema="public", vocabulary_schema="public", result_schema="public",
                                      target_table="public.cohort", cohort_id=1, generate_stats=True)
            statements = [one for one in split_sql(translate(render(text), "postgresql")) if one.strip()]

            def run():
                for statement in statements:
                    self.cursor.execute(statement)
                return self.count("select count(distinct subject_id) from cohort")

            answers[name] = repeated(run, self.cpu, most=3)
        return answers

    def close(self):
        self.connection.close()
        self.run("pg_ctl", "-D", self.home + "/data", "-m", "immediate", "stop")
        shutil.rmtree(self.home)


STATISTICS = """
create table cohort (cohort_definition_id int, subject_id bigint, cohort_start_date date, cohort_end_date date);
create table cohort_inclusion (cohort_definition_id int, design_hash int, rule_sequence int, name varchar, description varchar);
create table cohort_inclusion_result (cohort_definition_id int, inclusion_rule_mask bigint, person_count bigint, mode_id int);
create table cohort_inclusion_stats (cohort_definition_id int, rule_sequence int, person_count bigint, gain_count bigint,
    person_total bigint, mode_id int);
create table cohort_summary_stats (cohort_definition_id int, base_count bigint, final_count bigint, mode_id int);
create table cohort_censor_stats (cohort_definition_id int, lost_count bigint);
"""
ENGINES = {"sqlite": SQLite, "duckdb": DuckDB, "postgres": PostgreSQL}


def measure(options, persons):
    """Everything at one size."""
    folder = "%s/%d" % (options.folder, persons)
    os.makedirs(folder + "/definitions", exist_ok=True)
    store, index = folder + "/store.sqlite", folder + "/store.index"
    made = stored(options, folder, store, persons)
    say("%d persons: the index" % persons)
    result = {"persons": persons, "events": made["events"], "store": os.path.getsize(store), "answers": {}, "engines": ["node"]}
    result["scan"] = program(options.program, "scan", store)[0]
    result["build"] = program(options.program, "build", store, index)[0]
    result["refresh"] = refreshed(options, folder, store, index, persons)
    for variant in options.variants:
        paths = questions.write(variant, folder + "/definitions")
        lines = program(options.program, "query", index, *paths)
        for line in lines[1:]:
            result["answers"][line["question"][:3], variant] = {"node": line}
        result["open"] = lines[0]["wall"]
        result["cold", variant] = program(options.program, "cold", index, *paths)
        result["release", variant] = program(options.program, "release", index, *paths)
        result["rates", variant] = program(options.program, "rates", index, *paths)[0]
    for key, engine in ENGINES.items():
        if key in options.skip or remembered(result, folder, engine):
            continue
        say("%d persons: %s" % (persons, engine.name))
        began = time.monotonic()
        try:
            opened = engine(folder, store)
        except (ImportError, OSError, LookupError, subprocess.CalledProcessError) as error:
            say("left out: %s (%s)" % (engine.name, error))
            continue
        say("loaded in %.0f s" % (time.monotonic() - began))
        try:
            for variant in options.variants:
                keep(result, engine.name, variant, opened.ask(variant))
                if hasattr(opened, "ask_as_circe"):
                    keep(result, "Circe", variant, opened.ask_as_circe(variant))
        finally:
            opened.close()
        remember(result, folder, engine)
    return result


def names(engine):
    return [engine.name] + (["Circe"] if hasattr(engine, "ask_as_circe") else [])


def remember(result, folder, engine):
    """Keeps what an engine answered, so that a run that was ended goes on with the next engine."""
    kept = [[*key, name, answers[name]] for key, answers in result["answers"].items() for name in names(engine) if name in answers]
    with open("%s/%s.json" % (folder, engine.name), "w", encoding="utf-8") as file:
        json.dump(kept, file)


def remembered(result, folder, engine):
    """Takes what an earlier run in the same folder kept of an engine, if it has all that is asked now."""
    try:
        with open("%s/%s.json" % (folder, engine.name), encoding="utf-8") as file:
            kept = json.load(file)
    except FileNotFoundError:
        return False
    if {key[1] for key in result["answers"]} - {variant for _, variant, _, _ in kept}:
        return False
    for question, variant, name, answer in kept:
        if (question, variant) in result["answers"]:
            keep(result, name, variant, {question: answer})
    return True


def stored(options, folder, store, persons):
    """Makes the store, or takes the one that an earlier run left in the folder; how many persons and events it has."""
    note = folder + "/made.json"
    if not os.path.exists(note):
        say("%d persons: the store" % persons)
        made = program(options.program, "generate", "--persons", str(persons), "--events", str(options.events), "--csv",
                       folder + "/csv", store)[0]
        with open(note, "w", encoding="utf-8") as file:
            json.dump(made, file)
    with open(note, encoding="utf-8") as file:
        return json.load(file)


def refreshed(options, folder, store, index, persons):
    """A night in which every two-hundredth person changed, on a copy of the index."""
    connection = sqlite3.connect(store)
    with open(folder + "/changed", "w", encoding="utf-8") as file:
        for (person,) in connection.execute("select person_id from person where rowid % 200 = 0"):
            file.write("%d\n" % person)
    connection.close()
    for ending in ("", ".persons"):
        shutil.copyfile(index + ending, folder + "/refreshed.index" + ending)
    return program(options.program, "refresh", "--changed", folder + "/changed", store, folder + "/refreshed.index")[0]


def keep(result, engine, variant, answers):
    if engine not in result["engines"]:
        result["engines"].append(engine)
    for name, answer in answers.items():
        result["answers"][name, variant][engine] = answer


def mean(values):
    return math.exp(sum(map(math.log, values)) / len(values)) if values else float("nan")


def table(result, variant):
    peers = result["engines"][1:]
    print("\n### %s persons, variant %s\n" % (format(result["persons"], ","), variant))
    print("| question | persons | node, ms | of the scatter time | general way, ms | "
          + " | ".join("%s, ms (ratio)" % peer for peer in peers) + " |")
    print("|---|---|---|---|---|" + "---|" * len(peers))
    ratios = {peer: [] for peer in peers}
    for (name, own), answers in sorted(result["answers"].items()):
        if own != variant:
            continue
        node, cells = answers["node"], []
        for peer in peers:
            answer = answers.get(peer)
            if answer is None:
                cells.append("-")
            elif answer["persons"] != node["persons"]:
                cells.append("differs: %d" % answer["persons"])
            else:
                ratio = answer["cpu"] / node["cpu"]
                ratios[peer].append(ratio)
                cells.append("%.3g (%.0f)" % (answer["cpu"], ratio))
        print("| %s | %d | %.3f | %.2f | %.3g | %s |" % (
            name, node["persons"], node["cpu"], node["cpu"] / node["scatter"], node["general"], " | ".join(cells)))
    print("| geometric mean (least) | | | | | "
          + " | ".join("%.0f (%.0f)" % (mean(ratios[peer]), min(ratios[peer], default=math.nan)) for peer in peers) + " |")
    rates = result["rates", variant]
    print("\nThe machine over these postings, ns a posting, in C (Swift): "
          + ", ".join("%s %.2f (%.2f)" % (loop, cost, rates["swift"][loop]) for loop, cost in sorted(rates["c"].items()))
          + "; Swift costs %.2f of C (geometric mean). Memory is read at %.1f GB/s." % (
              mean([rates["swift"][loop] / cost for loop, cost in rates["c"].items()]), rates["readGB"]))


def report(options, results):
    print("Machine: %s, %d processors, %s, load %.1f at the end. %s UTC. Command: %s" % (
        model(), os.cpu_count(), platform.platform(), os.getloadavg()[0], time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        options.command))
    print("\n| | " + " | ".join("%s persons" % format(result["persons"], ",") for result in results) + " |")
    print("|---|" + "---|" * len(results))
    rows = [
        ("clinical events (without visits)", lambda r: format(r["events"], ",")),
        ("rows indexed, all tables", lambda r: format(r["build"]["events"], ",")),
        ("SQLite file, MB", lambda r: "%.0f" % (r["store"] / 1e6)),
        ("index, bytes a row", lambda r: "%.2f" % r["build"]["bytesPerEvent"]),
        ("index, part of the SQLite file", lambda r: "%.1f %%" % (100 * r["build"]["bytes"] / r["store"])),
        ("build, million rows a processor second", lambda r: "%.2f" % r["build"]["eventsPerMicrosecond"]),
        ("build, of a bare walk over the columns it reads",
         lambda r: "%.2f" % (r["build"]["cpu"] / r["scan"]["walkCPU"])),
        ("build, of SQLite's own sums over them", lambda r: "%.2f" % (r["build"]["cpu"] / r["scan"]["sumCPU"])),
        ("build, peak memory, MB", lambda r: "%d" % r["build"]["peakMB"]),
        ("refresh of every 200th person, part of the build", lambda r: "%.0f %%" % (100 * r["refresh"]["cpu"] / r["build"]["cpu"])),
        ("open, ms", lambda r: "%.1f" % r["open"]),
        ("first answer after a cold start, the slowest question, ms",
         lambda r: "%.0f" % max(one["wall"] for variant in options.variants for one in r["cold", variant])),
        ("definition to released count, the median and the slowest question, ms", lambda r: "%.1f, %.1f" % (
            statistics.median(one["wall"] for variant in options.variants for one in r["release", variant]),
            max(one["wall"] for variant in options.variants for one in r["release", variant]))),
        ("answering, memory beside the mapped index, MB", lambda r: "%.0f" % max(a["node"]["ownMB"] for a in r["answers"].values())),
        ("answering, peak memory with the mapped index, MB", lambda r: "%d" % max(a["node"]["peakMB"] for a in r["answers"].values())),
    ]
    for name, value in rows:
        print("| %s | %s |" % (name, " | ".join(value(result) for result in results)))
    for result in results:
        for variant in options.variants:
            table(result, variant)
    if len(results) > 1:
        small, large = results[0], results[-1]
        factor = math.log(large["persons"] / small["persons"])
        print("\nGrowth from %s to %s persons (exponent of processor time, geometric mean over the questions):\n" % (
            format(small["persons"], ","), format(large["persons"], ",")))
        for engine in large["engines"]:
            pairs = [math.log(large["answers"][key][engine]["cpu"] / small["answers"][key][engine]["cpu"]) / factor
                     for key in large["answers"] if engine in large["answers"][key] and engine in small["answers"].get(key, {})]
            print("- %s: %.2f" % (engine, statistics.mean(pairs)))


def model():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown processor")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--program", required=True, help="dure-bench")
    parser.add_argument("--persons", default="20000,100000", help="sizes of the stores")
    parser.add_argument("--events", type=int, default=65, help="clinical events a person, on average")
    parser.add_argument("--folder", help="where stores and the other engines' answers are made and kept for the next run (default: a temporary folder)")
    parser.add_argument("--variants", default="c,r")
    parser.add_argument("--skip", default="", help="engines to leave out: " + ", ".join(ENGINES))
    options = parser.parse_args()
    options.command = " ".join(["bench.py", "--persons", options.persons, "--events", str(options.events), "--variants",
                                options.variants])
    options.variants = options.variants.split(",")
    options.skip = set(options.skip.split(","))
    # Ended from outside, it still stops its server and removes its folder.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    kept = options.folder is not None
    options.folder = options.folder or tempfile.mkdtemp(prefix="dure-bench-")
    os.chmod(options.folder, 0o755) if not kept else None
    try:
        report(options, [measure(options, int(persons)) for persons in options.persons.split(",")])
    finally:
        if not kept:
            shutil.rmtree(options.folder)


if __name__ == "__main__":
    main()

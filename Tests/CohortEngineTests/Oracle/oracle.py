"""Runs cohort definitions as official OHDSI SQL on DuckDB and writes down what came out.

    python3 oracle.py FOLDER

FOLDER/job.json holds {"stores": [{"name", "tables": {table: {"columns": [...], "rows": [[...]]}},
"definitions": [{"name", "definition"}]}]}; FOLDER/result.json gets one entry for each (store, definition).

The SQL is duckcdm's translation of the definition (the text that circe-be writes), run statement by statement. Three
orders that upstream leaves to the database are closed with the event number, as the engine closes them: without that the
answer to such a definition is whatever the database feels like.
"""

import functools
import json
import sys

import duckdb
from duckcdm.circe import build_cohort_query
from duckcdm.omop import cdm_fields
from duckcdm.sqlrender import render, split_sql, translate

TIES = [
    ("row_number() over (partition by pe.person_id order by pe.start_date %s)",
     "row_number() over (partition by pe.person_id order by pe.start_date %s, pe.event_id)"),
    ("row_number() over (partition by person_id order by start_date %s)",
     "row_number() over (partition by person_id order by start_date %s, event_id)"),
]
BEST = ("R.start_date ASC)", "R.start_date ASC, R.event_id ASC)")
PERIODS = [
    ("ORDER BY op.observation_period_start_date)", "ORDER BY op.observation_period_start_date, op.observation_period_id)"),
    ("ORDER BY ppp.payer_plan_period_start_date)", "ORDER BY ppp.payer_plan_period_start_date, ppp.payer_plan_period_id)"),
]
KEPT = ["qualified_events", "inclusion_events"]
STATISTICS = """
create table cohort (cohort_definition_id int, subject_id bigint, cohort_start_date date, cohort_end_date date);
create table cohort_inclusion_result (cohort_definition_id int, inclusion_rule_mask bigint, person_count bigint, mode_id int);
create table cohort_inclusion_stats (cohort_definition_id int, rule_sequence int, person_count bigint, gain_count bigint,
    person_total bigint, mode_id int);
create table cohort_summary_stats (cohort_definition_id int, base_count bigint, final_count bigint, mode_id int);
create table cohort_censor_stats (cohort_definition_id int, lost_count bigint);
"""


def build(store):
    """A DuckDB database with every table of the data model, filled with the store's rows."""
    connection = duckdb.connect()
    connection.execute("set threads = 1")
    for table, fields in cdm_fields(versions=("5.4",)).items():
        if table in ("cohort", "cohort_definition"):
            continue
        connection.execute("create table %s (%s)" % (table, ", ".join('"%s" %s' % field for field in fields)))
    for statement in STATISTICS.split(";"):
        if statement.strip():
            connection.execute(statement)
    for table, content in store["tables"].items():
        if content["rows"]:
            names = ", ".join('"%s"' % column for column in content["columns"])
            marks = ", ".join("?" for _ in content["columns"])
            connection.executemany("insert into %s (%s) values (%s)" % (table, names, marks), content["rows"])
    return connection


@functools.cache
def official_sql(definition):
    """The statements of a definition (JSON text), with ties closed and the tables that attrition needs left standing."""
    sql = build_cohort_query(definition, cdm_schema="main", vocabulary_schema="main", result_schema="main",
                             target_table="main.cohort", cohort_id=1, generate_stats=True)
    for before, after in TIES:
        for order in ("ASC", "DESC"):
            sql = sql.replace(before % order, after % order)
    sql = sql.replace(*BEST)
    for before, after in PERIODS:
        sql = sql.replace(before, after)
    for table in KEPT:
        sql = sql.replace("TRUNCATE TABLE #%s;" % table, "").replace("DROP TABLE #%s;" % table, "")
    return [statement for statement in split_sql(translate(render(sql), "duckdb")) if statement.strip()]


def clean(connection):
    for (table,) in connection.execute(
            "select table_name from information_schema.tables where table_type = 'LOCAL TEMPORARY'").fetchall():
        connection.execute('drop table if exists "%s"' % table)
    for table in ("cohort", "cohort_inclusion_result", "cohort_inclusion_stats", "cohort_summary_stats", "cohort_censor_stats"):
        connection.execute("delete from %s" % table)


def run(connection, definition):
    """Rows, persons and rule results of one definition."""
    clean(connection)
    for statement in official_sql(json.dumps(definition)):
        connection.execute(statement)
    rows = connection.execute(
        "select distinct subject_id, cast(cohort_start_date - date '1970-01-01' as int), "
        "cast(cohort_end_date - date '1970-01-01' as int) from cohort").fetchall()
    rules = len(definition.get("InclusionRules") or [])
    events = connection.execute(
        "select q.person_id, q.event_id, coalesce(sum(cast(power(2, i.inclusion_rule_id) as bigint)), 0) from qualified_events q "
        "left join inclusion_events i on i.person_id = q.person_id and i.event_id = q.event_id group by 1, 2").fetchall()
    masks = dict(connection.execute(
        "select inclusion_rule_mask, person_count from cohort_inclusion_result where mode_id = 1").fetchall())
    steps = [sorted({person for person, _, mask in events if int(mask) % (1 << step) == (1 << step) - 1})
             for step in range(rules + 1)]
    return {
        "rows": sorted([int(value) for value in row] for row in rows),
        "qualifiedEvents": len(events),
        "anyEvent": [[int(person) for person in step] for step in steps],
        "byEvent": counted(int(mask) for _, _, mask in events),
        "byPerson": {str(mask): count for mask, count in masks.items()} if rules else None,
    }


def counted(masks):
    found = {}
    for mask in masks:
        found[str(mask)] = found.get(str(mask), 0) + 1
    return found


def main(folder):
    with open(folder + "/job.json", encoding="utf-8") as file:
        job = json.load(file)
    results = []
    for store in job["stores"]:
        connection = build(store)
        for item in store["definitions"]:
            try:
                answer = run(connection, item["definition"])
            except Exception as error:  # a definition that upstream cannot run is a finding, not a failure of the run
                answer = {"error": "%s: %s" % (type(error).__name__, str(error)[:300])}
            results.append({"store": store["name"], "name": item["name"], **answer})
        connection.close()
    with open(folder + "/result.json", "w", encoding="utf-8") as file:
        json.dump(results, file)


if __name__ == "__main__":
    main(sys.argv[1])

"""Five counts of persons by plain SQL over a store with the GiBleed data (SQLite file), as a JSON list.

    python3 gibleed.py STORE.sqlite

Written for this data alone: ISO dates as text, no concept below another that occurs. Each statement counts what the
definition of the same place in `GiBleedTests.swift` asks for.
"""

import json
import sqlite3
import sys

DURING = """join observation_period op on op.person_id = e.person_id
    and e.start between op.observation_period_start_date and op.observation_period_end_date"""

QUESTIONS = [
    # 1. New users of either painkiller who bleed within a year, inside the same observation period.
    """with e as (select person_id, start from (
          select person_id, drug_exposure_start_date start,
                 row_number() over (partition by person_id order by drug_exposure_start_date, drug_exposure_id) n
          from drug_exposure where drug_concept_id in (1118084, 1124300)) where n = 1)
       select count(distinct e.person_id) from e {during}
       where exists (select 1 from condition_occurrence c where c.person_id = e.person_id and c.condition_concept_id = 192671
         and julianday(c.condition_start_date) - julianday(e.start) between 0 and 365
         and c.condition_start_date between op.observation_period_start_date and op.observation_period_end_date)""",
    # 2. First bronchitis ever, at 40 or older by calendar year.
    """with e as (select person_id, start from (
          select person_id, condition_start_date start,
                 row_number() over (partition by person_id order by condition_start_date, condition_occurrence_id) n
          from condition_occurrence where condition_concept_id = 260139) where n = 1)
       select count(distinct e.person_id) from e {during}
       join person p on p.person_id = e.person_id
       where cast(substr(e.start, 1, 4) as int) - p.year_of_birth >= 40""",
    # 3. Women with at least three sinusitis records in one observation period.
    """with e as (select c.person_id, op.observation_period_id, count(*) n from condition_occurrence c
          join observation_period op on op.person_id = c.person_id
            and c.condition_start_date between op.observation_period_start_date and op.observation_period_end_date
          where c.condition_concept_id = 40481087 group by 1, 2)
       select count(distinct e.person_id) from e join person p on p.person_id = e.person_id
       where e.n >= 3 and p.gender_concept_id = 8532""",
    # 4. Pharyngitis after at least 180 days of observation, without bronchitis in the year before.
    """with e as (select person_id, condition_start_date start from condition_occurrence where condition_concept_id = 4112343)
       select count(distinct e.person_id) from e {during}
       where julianday(e.start) - julianday(op.observation_period_start_date) >= 180
       and not exists (select 1 from condition_occurrence c where c.person_id = e.person_id and c.condition_concept_id = 260139
         and julianday(e.start) - julianday(c.condition_start_date) between 1 and 365
         and c.condition_start_date between op.observation_period_start_date and op.observation_period_end_date)""",
    # 5. Hospital stays during which some condition began.
    """with e as (select person_id, visit_start_date start, visit_end_date finish from visit_occurrence where visit_concept_id = 9201)
       select count(distinct e.person_id) from e {during}
       where exists (select 1 from condition_occurrence c where c.person_id = e.person_id
         and c.condition_start_date between e.start and e.finish
         and c.condition_start_date between op.observation_period_start_date and op.observation_period_end_date)""",
]


def main(path):
    connection = sqlite3.connect(":memory:", uri=True)
    connection.execute("attach 'file:%s?mode=ro' as store" % path)
    for table in ("person", "observation_period", "condition_occurrence", "drug_exposure", "visit_occurrence"):
        connection.execute("create table %s as select * from store.%s" % (table, table))
        connection.execute("create index %s_person on %s (person_id)" % (table, table))
    print(json.dumps([connection.execute(question.replace("{during}", DURING)).fetchone()[0] for question in QUESTIONS]))


if __name__ == "__main__":
    main(sys.argv[1])

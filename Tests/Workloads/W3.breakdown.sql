-- W3, broken down: the persons of the cohort by their index event, the first that meets every rule.
-- Rows: indexYear, sex, persons. Cells without a person have no row.
WITH breast_cancer AS (
    SELECT concept_id FROM concept WHERE concept_id IN (4112853)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (4112853) AND c.invalid_reason IS NULL
),
receptor AS (
    SELECT concept_id FROM concept WHERE concept_id IN (2000000031, 2000000032, 2000000033)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (2000000031, 2000000032, 2000000033) AND c.invalid_reason IS NULL
),
ranked AS (
    SELECT person_id, condition_start_date, row_number() OVER (PARTITION BY person_id ORDER BY condition_start_date, condition_occurrence_id) AS n
    FROM condition_occurrence WHERE condition_concept_id IN (SELECT concept_id FROM breast_cancer)
),
entry AS (
    -- The first record ever, which must also lie in a period of observation.
    SELECT v.person_id, v.condition_start_date AS d,
        op.observation_period_start_date AS op_start, op.observation_period_end_date AS op_end
    FROM ranked v JOIN observation_period op ON op.person_id = v.person_id
        AND v.condition_start_date BETWEEN op.observation_period_start_date AND op.observation_period_end_date
    WHERE v.n = 1
),
result AS (
    SELECT person_id, measurement_date AS d FROM measurement
    WHERE measurement_concept_id IN (SELECT concept_id FROM receptor) AND value_as_concept_id IN (9191, 9189)
    UNION ALL
    SELECT person_id, observation_date FROM observation
    WHERE observation_concept_id IN (SELECT concept_id FROM receptor) AND value_as_concept_id IN (9191, 9189)
),
flags AS (
    SELECT e.person_id, e.d,
        EXISTS (SELECT 1 FROM person p WHERE p.person_id = e.person_id
            AND CAST(strftime('%Y', e.d) AS INTEGER) - p.year_of_birth >= 18) AS r1,
        EXISTS (SELECT 1 FROM result r WHERE r.person_id = e.person_id AND r.d BETWEEN e.op_start AND e.op_end
            AND r.d BETWEEN date(e.d, '-90 days') AND date(e.d, '+90 days')) AS r2,
        e.op_end >= date(e.d, '+365 days') AS r3
    FROM entry e
),
first_event AS (
    SELECT person_id, min(d) AS d FROM flags WHERE r1 AND r2 AND r3 GROUP BY person_id
),
patient AS (
    SELECT p.gender_concept_id AS gender, strftime('%Y', f.d) AS year,
        CAST(strftime('%Y', f.d) AS INTEGER) - p.year_of_birth AS age
    FROM first_event f JOIN person p ON p.person_id = f.person_id
)
SELECT year AS indexYear,
    CASE gender WHEN 8532 THEN 'female' WHEN 8507 THEN 'male' ELSE 'unknown' END AS sex,
    count(*) AS persons
FROM patient
GROUP BY 1, 2
ORDER BY 1, 2;

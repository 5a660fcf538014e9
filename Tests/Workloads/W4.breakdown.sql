-- W4, broken down: the persons of the cohort by their index event, the first that meets every rule.
-- Rows: sex, persons. Cells without a person have no row.
WITH first_cancer AS (
    SELECT concept_id FROM concept WHERE concept_id IN (443392)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (443392) AND c.invalid_reason IS NULL
    EXCEPT SELECT * FROM (
    SELECT concept_id FROM concept WHERE concept_id IN (432851, 2000000041)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (432851, 2000000041) AND c.invalid_reason IS NULL)
),
earlier AS (
    SELECT concept_id FROM concept WHERE concept_id IN (2000000042)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (2000000042) AND c.invalid_reason IS NULL
),
metformin AS (
    SELECT concept_id FROM concept WHERE concept_id IN (1503297)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (1503297) AND c.invalid_reason IS NULL
),
recurrence AS (
    SELECT concept_id FROM concept WHERE concept_id IN (432851, 2000000041)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (432851, 2000000041) AND c.invalid_reason IS NULL
),
ranked AS (
    SELECT person_id, condition_start_date, row_number() OVER (PARTITION BY person_id ORDER BY condition_start_date, condition_occurrence_id) AS n
    FROM condition_occurrence WHERE condition_concept_id IN (SELECT concept_id FROM first_cancer)
),
entry AS (
    -- The first record ever, which must also lie in a period of observation.
    SELECT v.person_id, v.condition_start_date AS d,
        op.observation_period_start_date AS op_start, op.observation_period_end_date AS op_end
    FROM ranked v JOIN observation_period op ON op.person_id = v.person_id
        AND v.condition_start_date BETWEEN op.observation_period_start_date AND op.observation_period_end_date
    WHERE v.n = 1
),
flags AS (
    SELECT e.person_id, e.d,
        EXISTS (SELECT 1 FROM person p WHERE p.person_id = e.person_id
            AND CAST(strftime('%Y', e.d) AS INTEGER) - p.year_of_birth >= 18) AS r1,
        e.op_start <= date(e.d, '-365 days') AS r2,
        NOT EXISTS (SELECT 1 FROM observation o WHERE o.person_id = e.person_id
            AND o.observation_concept_id IN (SELECT concept_id FROM earlier) AND o.observation_date <= e.d) AS r3,
        EXISTS (SELECT 1 FROM drug_era a WHERE a.person_id = e.person_id
            AND a.drug_concept_id IN (SELECT concept_id FROM metformin)
            AND julianday(a.drug_era_end_date) - julianday(a.drug_era_start_date) >= 90
            AND a.drug_era_start_date BETWEEN e.op_start AND date(e.d, '-90 days')) AS r4,
        (EXISTS (SELECT 1 FROM condition_occurrence c WHERE c.person_id = e.person_id
                AND c.condition_concept_id IN (SELECT concept_id FROM recurrence)
                AND c.condition_start_date BETWEEN e.op_start AND e.op_end
                AND c.condition_start_date BETWEEN date(e.d, '+1 day') AND date(e.d, '+1825 days'))
            OR EXISTS (SELECT 1 FROM death x WHERE x.person_id = e.person_id
                AND x.death_date BETWEEN e.op_start AND e.op_end AND x.death_date BETWEEN e.d AND date(e.d, '+1825 days'))) AS r5
    FROM entry e
),
first_event AS (
    SELECT person_id, min(d) AS d FROM flags WHERE r1 AND r2 AND r3 AND r4 AND r5 GROUP BY person_id
),
patient AS (
    SELECT p.gender_concept_id AS gender, strftime('%Y', f.d) AS year,
        CAST(strftime('%Y', f.d) AS INTEGER) - p.year_of_birth AS age
    FROM first_event f JOIN person p ON p.person_id = f.person_id
)
SELECT CASE gender WHEN 8532 THEN 'female' WHEN 8507 THEN 'male' ELSE 'unknown' END AS sex,
    count(*) AS persons
FROM patient
GROUP BY 1
ORDER BY 1;

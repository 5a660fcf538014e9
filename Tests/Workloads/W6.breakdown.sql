-- W6, broken down: the persons of the cohort by their index event, the first that meets every rule.
-- Rows: sex, ageBand, persons. Cells without a person have no row.
WITH diabetes AS (
    SELECT concept_id FROM concept WHERE concept_id IN (201826)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (201826) AND c.invalid_reason IS NULL
),
sugar AS (
    SELECT concept_id FROM concept WHERE concept_id IN (3004410)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (3004410) AND c.invalid_reason IS NULL
),
metformin AS (
    SELECT concept_id FROM concept WHERE concept_id IN (1503297)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (1503297) AND c.invalid_reason IS NULL
),
insulin AS (
    SELECT concept_id FROM concept WHERE concept_id IN (1502905, 1567198, 1550023, 1596977)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (1502905, 1567198, 1550023, 1596977) AND c.invalid_reason IS NULL
),
entry AS (
    SELECT v.person_id, v.condition_start_date AS d,
        op.observation_period_start_date AS op_start, op.observation_period_end_date AS op_end
    FROM condition_occurrence v JOIN observation_period op ON op.person_id = v.person_id
        AND v.condition_start_date BETWEEN op.observation_period_start_date AND op.observation_period_end_date
    WHERE v.condition_concept_id IN (SELECT concept_id FROM diabetes) AND v.condition_start_date BETWEEN '2021-10-01' AND '2026-09-30'
),
flags AS (
    SELECT e.person_id, e.d,
        EXISTS (SELECT 1 FROM person p WHERE p.person_id = e.person_id
            AND CAST(strftime('%Y', e.d) AS INTEGER) - p.year_of_birth >= 18) AS r1,
        (SELECT count(*) FROM measurement m WHERE m.person_id = e.person_id
            AND m.measurement_concept_id IN (SELECT concept_id FROM sugar)
            AND m.measurement_date BETWEEN e.op_start AND e.op_end
            AND m.measurement_date >= date(e.d, '-365 days')
            AND m.measurement_date <= date(e.d, '+90 days')
            AND m.value_as_number >= 7 AND m.unit_concept_id = 8554) >= 1 AS r2,
        (SELECT count(*) FROM drug_exposure x WHERE x.person_id = e.person_id
            AND x.drug_concept_id IN (SELECT concept_id FROM metformin)
            AND x.drug_exposure_start_date BETWEEN e.op_start AND e.op_end
            AND x.drug_exposure_start_date >= date(e.d, '-365 days')
            AND x.drug_exposure_start_date <= date(e.d, '+365 days')) >= 1 AS r3,
        (SELECT count(*) FROM drug_exposure x WHERE x.person_id = e.person_id
            AND x.drug_concept_id IN (SELECT concept_id FROM insulin)
            AND x.drug_exposure_start_date BETWEEN e.op_start AND e.op_end
            AND x.drug_exposure_start_date <= date(e.d, '+0 days')) = 0 AS r4
    FROM entry e
),
first_event AS (
    SELECT person_id, min(d) AS d FROM flags WHERE r1 AND r2 AND r3 AND r4 GROUP BY person_id
),
patient AS (
    SELECT p.gender_concept_id AS gender, strftime('%Y', f.d) AS year,
        CAST(strftime('%Y', f.d) AS INTEGER) - p.year_of_birth AS age
    FROM first_event f JOIN person p ON p.person_id = f.person_id
)
SELECT CASE gender WHEN 8532 THEN 'female' WHEN 8507 THEN 'male' ELSE 'unknown' END AS sex,
    CASE WHEN age < 1 THEN '0' WHEN age < 5 THEN '1-4' WHEN age < 10 THEN '5-9' WHEN age >= 80 THEN '80+'
        ELSE (age / 10 * 10) || '-' || (age / 10 * 10 + 9) END AS ageBand,
    count(*) AS persons
FROM patient
GROUP BY 1, 2
ORDER BY 1, 2;

-- W6: the answer by plain SQL, written by hand from the question and from the CDM, without the engine.
-- Rows: step -1 is the cohort's persons, 0 those with an entry event, 1, 2, ... those with some entry event that meets
-- the rules up to there (attrition_any_event).
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
    SELECT e.person_id,
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
)
SELECT -1 AS step, 'total' AS name, count(DISTINCT person_id) AS persons FROM flags WHERE r1 AND r2 AND r3 AND r4
UNION ALL
SELECT 0, 'entry', count(DISTINCT person_id) FROM flags
UNION ALL
SELECT 1, 'Aged 18 or older', count(DISTINCT person_id) FROM flags WHERE r1
UNION ALL
SELECT 2, 'HbA1c of 7 % or more, 365 days before to 90 days after', count(DISTINCT person_id) FROM flags WHERE r1 AND r2
UNION ALL
SELECT 3, 'Metformin within 365 days before or after', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3
UNION ALL
SELECT 4, 'No insulin before or on the day', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3 AND r4
ORDER BY step;

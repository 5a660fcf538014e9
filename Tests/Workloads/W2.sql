-- W2: the answer by plain SQL, written by hand from the question and from the CDM, without the engine.
-- Rows: step -1 is the cohort's persons, 0 those with an entry event, 1, 2, ... those with some entry event that meets
-- the rules up to there (attrition_any_event).
WITH admission AS (
    SELECT concept_id FROM concept WHERE concept_id IN (9201, 262)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (9201, 262) AND c.invalid_reason IS NULL
),
weight AS (
    SELECT concept_id FROM concept WHERE concept_id IN (4264825)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (4264825) AND c.invalid_reason IS NULL
),
pregnancy AS (
    SELECT concept_id FROM concept WHERE concept_id IN (2000000021)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (2000000021) AND c.invalid_reason IS NULL
),
severe AS (
    SELECT concept_id FROM concept WHERE concept_id IN (36716544, 4283942, 2000000022, 2000000023)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (36716544, 4283942, 2000000022, 2000000023) AND c.invalid_reason IS NULL
),
entry AS (
    SELECT v.person_id, v.visit_start_date AS d, v.visit_end_date AS discharged,
        op.observation_period_start_date AS op_start, op.observation_period_end_date AS op_end
    FROM visit_occurrence v JOIN observation_period op ON op.person_id = v.person_id
        AND v.visit_start_date BETWEEN op.observation_period_start_date AND op.observation_period_end_date
    WHERE v.visit_concept_id IN (SELECT concept_id FROM admission) AND 1
),
flags AS (
    SELECT e.person_id,
        EXISTS (SELECT 1 FROM person p WHERE p.person_id = e.person_id
            AND CAST(strftime('%Y', e.op_start) AS INTEGER) = p.year_of_birth AND e.op_start >= date(e.d, '-7 days')) AS r1,
        EXISTS (SELECT 1 FROM measurement m WHERE m.person_id = e.person_id
            AND m.measurement_date BETWEEN e.op_start AND e.op_end
            AND m.measurement_date BETWEEN date(e.d, '-7 days') AND date(e.d, '+7 days')
            AND (m.measurement_concept_id IN (SELECT concept_id FROM weight)
                    AND (m.unit_concept_id = 8504 AND m.value_as_number < 1500
                        OR m.unit_concept_id = 9529 AND m.value_as_number < 1.5)
                OR m.measurement_concept_id IN (SELECT concept_id FROM pregnancy)
                    AND (m.unit_concept_id = 8511 AND m.value_as_number < 32
                        OR m.unit_concept_id = 8512 AND m.value_as_number < 224))) AS r2,
        (EXISTS (SELECT 1 FROM condition_occurrence c WHERE c.person_id = e.person_id
                AND c.condition_concept_id IN (SELECT concept_id FROM severe)
                AND c.condition_start_date BETWEEN e.op_start AND e.op_end
                AND c.condition_start_date BETWEEN e.d AND e.discharged)
            OR EXISTS (SELECT 1 FROM death x WHERE x.person_id = e.person_id
                AND x.death_date BETWEEN e.op_start AND e.op_end AND x.death_date BETWEEN e.d AND e.discharged)) AS r3
    FROM entry e
)
SELECT -1 AS step, 'total' AS name, count(DISTINCT person_id) AS persons FROM flags WHERE r1 AND r2 AND r3
UNION ALL
SELECT 0, 'entry', count(DISTINCT person_id) FROM flags
UNION ALL
SELECT 1, 'Admitted within 7 days of birth', count(DISTINCT person_id) FROM flags WHERE r1
UNION ALL
SELECT 2, 'Birth weight under 1,500 g or pregnancy under 32 weeks', count(DISTINCT person_id) FROM flags WHERE r1 AND r2
UNION ALL
SELECT 3, 'Severe disease or death before discharge', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3
ORDER BY step;

-- W7: the answer by plain SQL, written by hand from the question and from the CDM, without the engine.
-- Rows: step -1 is the cohort's persons, 0 those with an entry event, 1, 2, ... those with some entry event that meets
-- the rules up to there (attrition_any_event).
-- At a hospital without mapped procedures step 10 can exclude nobody: the count is then not an answer.
WITH heart_failure AS (
    SELECT concept_id FROM concept WHERE concept_id IN (316139)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (316139) AND c.invalid_reason IS NULL
),
visits AS (
    SELECT concept_id FROM concept WHERE concept_id IN (9201, 9202, 262)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (9201, 9202, 262) AND c.invalid_reason IS NULL
),
beta_blocker AS (
    SELECT concept_id FROM concept WHERE concept_id IN (1338005, 1346823, 1307046)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (1338005, 1346823, 1307046) AND c.invalid_reason IS NULL
),
peptide AS (
    SELECT concept_id FROM concept WHERE concept_id IN (3029187)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (3029187) AND c.invalid_reason IS NULL
),
potassium AS (
    SELECT concept_id FROM concept WHERE concept_id IN (3023103)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (3023103) AND c.invalid_reason IS NULL
),
filtration AS (
    SELECT concept_id FROM concept WHERE concept_id IN (3049187)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (3049187) AND c.invalid_reason IS NULL
),
pressure AS (
    SELECT concept_id FROM concept WHERE concept_id IN (3004249)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (3004249) AND c.invalid_reason IS NULL
),
attack AS (
    SELECT concept_id FROM concept WHERE concept_id IN (4329847, 381316)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (4329847, 381316) AND c.invalid_reason IS NULL
),
replaced AS (
    SELECT concept_id FROM concept WHERE concept_id IN (4032243, 2000000201)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (4032243, 2000000201) AND c.invalid_reason IS NULL
),
defibrillator AS (
    SELECT concept_id FROM concept WHERE concept_id IN (2000000211)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (2000000211) AND c.invalid_reason IS NULL
),
palliative AS (
    SELECT concept_id FROM concept WHERE concept_id IN (2000000222)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (2000000222) AND c.invalid_reason IS NULL
),
cancer AS (
    SELECT concept_id FROM concept WHERE concept_id IN (443392)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (443392) AND c.invalid_reason IS NULL
),
entry AS (
    SELECT v.person_id, v.condition_start_date AS d,
        op.observation_period_start_date AS op_start, op.observation_period_end_date AS op_end
    FROM condition_occurrence v JOIN observation_period op ON op.person_id = v.person_id
        AND v.condition_start_date BETWEEN op.observation_period_start_date AND op.observation_period_end_date
    WHERE v.condition_concept_id IN (SELECT concept_id FROM heart_failure) AND 1
),
flags AS (
    SELECT e.person_id,
        EXISTS (SELECT 1 FROM person p WHERE p.person_id = e.person_id
            AND CAST(strftime('%Y', e.d) AS INTEGER) - p.year_of_birth BETWEEN 40 AND 85) AS r1,
        e.op_start <= date(e.d, '-365 days') AS r2,
        (SELECT count(*) FROM visit_occurrence v WHERE v.person_id = e.person_id
            AND v.visit_concept_id IN (SELECT concept_id FROM visits)
            AND v.visit_start_date BETWEEN e.op_start AND e.op_end
            AND v.visit_start_date >= date(e.d, '-180 days')
            AND v.visit_start_date <= date(e.d, '-1 days')) >= 2 AS r3,
        (SELECT count(*) FROM drug_exposure x WHERE x.person_id = e.person_id
            AND x.drug_concept_id IN (SELECT concept_id FROM beta_blocker)
            AND x.drug_exposure_start_date BETWEEN e.op_start AND e.op_end
            AND x.drug_exposure_start_date >= date(e.d, '-90 days')
            AND x.drug_exposure_start_date <= date(e.d, '+0 days')) >= 1 AS r4,
        (SELECT count(*) FROM measurement m WHERE m.person_id = e.person_id
            AND m.measurement_concept_id IN (SELECT concept_id FROM peptide)
            AND m.measurement_date BETWEEN e.op_start AND e.op_end
            AND m.measurement_date >= date(e.d, '-30 days')
            AND m.measurement_date <= date(e.d, '+30 days')
            AND m.unit_concept_id = 8845 AND m.value_as_number >= 600) >= 1 AS r5,
        (SELECT count(*) FROM measurement m WHERE m.person_id = e.person_id
            AND m.measurement_concept_id IN (SELECT concept_id FROM potassium)
            AND m.measurement_date BETWEEN e.op_start AND e.op_end
            AND m.measurement_date >= date(e.d, '-30 days')
            AND m.measurement_date <= date(e.d, '+30 days')
            AND m.unit_concept_id = 8753 AND m.value_as_number BETWEEN 3.5 AND 5.2) >= 1 AS r6,
        (SELECT count(*) FROM measurement m WHERE m.person_id = e.person_id
            AND m.measurement_concept_id IN (SELECT concept_id FROM filtration)
            AND m.measurement_date BETWEEN e.op_start AND e.op_end
            AND m.measurement_date >= date(e.d, '-90 days')
            AND m.measurement_date <= date(e.d, '+30 days')
            AND m.unit_concept_id = 9117 AND m.value_as_number >= 30) >= 1 AS r7,
        (SELECT count(*) FROM measurement m WHERE m.person_id = e.person_id
            AND m.measurement_concept_id IN (SELECT concept_id FROM pressure)
            AND m.measurement_date BETWEEN e.op_start AND e.op_end
            AND m.measurement_date >= date(e.d, '-30 days')
            AND m.measurement_date <= date(e.d, '+30 days')
            AND m.unit_concept_id = 8876 AND m.value_as_number >= 100) >= 1 AS r8,
        (SELECT count(*) FROM condition_occurrence c WHERE c.person_id = e.person_id
            AND c.condition_concept_id IN (SELECT concept_id FROM attack)
            AND c.condition_start_date BETWEEN e.op_start AND e.op_end
            AND c.condition_start_date >= date(e.d, '-90 days')
            AND c.condition_start_date <= date(e.d, '+0 days')) = 0 AS r9,
        (SELECT count(*) FROM procedure_occurrence q WHERE q.person_id = e.person_id
            AND q.procedure_concept_id IN (SELECT concept_id FROM replaced)
            AND q.procedure_date BETWEEN e.op_start AND e.op_end
            AND q.procedure_date <= date(e.d, '+0 days')) = 0 AS r10,
        (SELECT count(*) FROM device_exposure y WHERE y.person_id = e.person_id
            AND y.device_concept_id IN (SELECT concept_id FROM defibrillator)
            AND y.device_exposure_start_date BETWEEN e.op_start AND e.op_end
            AND y.device_exposure_start_date <= date(e.d, '+0 days')) = 0 AS r11,
        ((SELECT count(*) FROM observation o WHERE o.person_id = e.person_id
            AND o.observation_concept_id IN (SELECT concept_id FROM palliative)
            AND o.observation_date BETWEEN e.op_start AND e.op_end
            AND o.observation_date <= date(e.d, '+0 days')) = 0
            AND (SELECT count(*) FROM condition_occurrence c WHERE c.person_id = e.person_id
            AND c.condition_concept_id IN (SELECT concept_id FROM cancer)
            AND c.condition_start_date BETWEEN e.op_start AND e.op_end
            AND c.condition_start_date >= date(e.d, '-1825 days')
            AND c.condition_start_date <= date(e.d, '+0 days')) = 0) AS r12
    FROM entry e
)
SELECT -1 AS step, 'total' AS name, count(DISTINCT person_id) AS persons FROM flags WHERE r1 AND r2 AND r3 AND r4 AND r5 AND r6 AND r7 AND r8 AND r9 AND r10 AND r11 AND r12
UNION ALL
SELECT 0, 'entry', count(DISTINCT person_id) FROM flags
UNION ALL
SELECT 1, '1. Aged 40 to 85', count(DISTINCT person_id) FROM flags WHERE r1
UNION ALL
SELECT 2, '2. Known for at least 365 days', count(DISTINCT person_id) FROM flags WHERE r1 AND r2
UNION ALL
SELECT 3, '3. At least 2 visits in the 180 days before', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3
UNION ALL
SELECT 4, '4. Beta blocker in the 90 days before', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3 AND r4
UNION ALL
SELECT 5, '5. Heart strain peptide of 600 pg/ml or more within 30 days', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3 AND r4 AND r5
UNION ALL
SELECT 6, '6. Potassium of 3.5 to 5.2 mmol/l within 30 days', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3 AND r4 AND r5 AND r6
UNION ALL
SELECT 7, '7. Kidney filtration of 30 or more, 90 days before to 30 after', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3 AND r4 AND r5 AND r6 AND r7
UNION ALL
SELECT 8, '8. Upper blood pressure of 100 mmHg or more within 30 days', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3 AND r4 AND r5 AND r6 AND r7 AND r8
UNION ALL
SELECT 9, '9. No heart attack or stroke in the 90 days before', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3 AND r4 AND r5 AND r6 AND r7 AND r8 AND r9
UNION ALL
SELECT 10, '10. Never dialysis or heart transplant before', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3 AND r4 AND r5 AND r6 AND r7 AND r8 AND r9 AND r10
UNION ALL
SELECT 11, '11. No implanted defibrillator', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3 AND r4 AND r5 AND r6 AND r7 AND r8 AND r9 AND r10 AND r11
UNION ALL
SELECT 12, '12. No palliative care ever before, no cancer in the 5 years before', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3 AND r4 AND r5 AND r6 AND r7 AND r8 AND r9 AND r10 AND r11 AND r12
ORDER BY step;

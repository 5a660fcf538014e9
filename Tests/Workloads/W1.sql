-- W1: the answer by plain SQL, written by hand from the question and from the CDM, without the engine.
-- Rows: step -1 is the cohort's persons, 0 those with an entry event, 1, 2, ... those with some entry event that meets
-- the rules up to there (attrition_any_event).
-- Hours: moments are compared to the minute; both ends count.
WITH icu AS (
    SELECT concept_id FROM concept WHERE concept_id IN (32037)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (32037) AND c.invalid_reason IS NULL
),
vital AS (
    SELECT concept_id FROM concept WHERE concept_id IN (3027018)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (3027018) AND c.invalid_reason IS NULL
),
arrest AS (
    SELECT concept_id FROM concept WHERE concept_id IN (321042)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (321042) AND c.invalid_reason IS NULL
),
transfer AS (
    SELECT concept_id FROM concept WHERE concept_id IN (2000000221)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (2000000221) AND c.invalid_reason IS NULL
),
entry AS (
    SELECT v.person_id, v.visit_detail_start_date AS d, v.visit_detail_start_datetime AS t, v.visit_occurrence_id AS visit,
        op.observation_period_start_date AS op_start, op.observation_period_end_date AS op_end
    FROM visit_detail v JOIN observation_period op ON op.person_id = v.person_id
        AND v.visit_detail_start_date BETWEEN op.observation_period_start_date AND op.observation_period_end_date
    WHERE v.visit_detail_concept_id IN (SELECT concept_id FROM icu) AND 1
),
bad AS (
    -- What must not happen, with the moment and the hospital stay.
    SELECT person_id, visit_occurrence_id AS visit, condition_start_date AS d, condition_start_datetime AS t
    FROM condition_occurrence WHERE condition_concept_id IN (SELECT concept_id FROM arrest)
    UNION ALL
    SELECT person_id, visit_occurrence_id, observation_date, observation_datetime
    FROM observation WHERE observation_concept_id IN (SELECT concept_id FROM transfer)
),
warned AS (
    -- Sets of vital signs that were followed by it after 1 to 24 hours in the same stay.
    SELECT m.person_id, m.visit_occurrence_id AS visit, m.measurement_date AS d, m.measurement_datetime AS t
    FROM bad b JOIN measurement m ON m.person_id = b.person_id AND m.visit_occurrence_id = b.visit
    JOIN observation_period op ON op.person_id = m.person_id
        AND m.measurement_date BETWEEN op.observation_period_start_date AND op.observation_period_end_date
        AND b.d BETWEEN op.observation_period_start_date AND op.observation_period_end_date
    WHERE m.measurement_concept_id IN (SELECT concept_id FROM vital)
        AND b.t >= datetime(m.measurement_datetime, '+1 hour') AND b.t <= datetime(m.measurement_datetime, '+24 hours')
),
flags AS (
    SELECT e.person_id,
        EXISTS (SELECT 1 FROM person p WHERE p.person_id = e.person_id
            AND CAST(strftime('%Y', e.d) AS INTEGER) - p.year_of_birth < 18) AS r1,
        (SELECT count(*) FROM measurement m WHERE m.person_id = e.person_id
            AND m.measurement_concept_id IN (SELECT concept_id FROM vital) AND m.measurement_date BETWEEN e.op_start AND e.op_end
            AND m.measurement_datetime >= e.t AND m.measurement_datetime <= datetime(e.t, '+24 hours')) >= 4 AS r2,
        EXISTS (SELECT 1 FROM warned w WHERE w.person_id = e.person_id AND w.visit = e.visit AND w.t >= e.t
            AND w.d BETWEEN e.op_start AND e.op_end) AS r3
    FROM entry e
)
SELECT -1 AS step, 'total' AS name, count(DISTINCT person_id) AS persons FROM flags WHERE r1 AND r2 AND r3
UNION ALL
SELECT 0, 'entry', count(DISTINCT person_id) FROM flags
UNION ALL
SELECT 1, 'Under 18 on admission to intensive care', count(DISTINCT person_id) FROM flags WHERE r1
UNION ALL
SELECT 2, 'At least 4 sets of vital signs in the first 24 hours', count(DISTINCT person_id) FROM flags WHERE r1 AND r2
UNION ALL
SELECT 3, 'Arrest or unplanned transfer 1 to 24 hours after a set, in the same hospital stay', count(DISTINCT person_id) FROM flags WHERE r1 AND r2 AND r3
ORDER BY step;

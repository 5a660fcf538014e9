-- W5: the answer by plain SQL, written by hand from the question and from the CDM, without the engine.
-- Rows: step -1 is the cohort's persons, 0 those with an entry event, 1, 2, ... those with some entry event that meets
-- the rules up to there (attrition_any_event).
WITH storage_disease AS (
    SELECT concept_id FROM concept WHERE concept_id IN (2000000051)
    UNION SELECT c.concept_id FROM concept_ancestor a JOIN concept c ON c.concept_id = a.descendant_concept_id
        WHERE a.ancestor_concept_id IN (2000000051) AND c.invalid_reason IS NULL
),
entry AS (
    SELECT v.person_id, v.condition_start_date AS d,
        op.observation_period_start_date AS op_start, op.observation_period_end_date AS op_end
    FROM condition_occurrence v JOIN observation_period op ON op.person_id = v.person_id
        AND v.condition_start_date BETWEEN op.observation_period_start_date AND op.observation_period_end_date
    WHERE v.condition_concept_id IN (SELECT concept_id FROM storage_disease) AND 1
),
flags AS (SELECT person_id FROM entry)
SELECT -1 AS step, 'total' AS name, count(DISTINCT person_id) AS persons FROM flags WHERE 1
UNION ALL
SELECT 0, 'entry', count(DISTINCT person_id) FROM flags
ORDER BY step;

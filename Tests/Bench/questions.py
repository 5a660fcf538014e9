"""The ten questions: as cohort definitions for the node and for Circe, and as hand-written SQL.

A question speaks of four concept sets: a condition A, a drug B, a measurement M and a condition X. A variant says which:
`c` common (31 concepts each), `r` rare (6 concepts each), `h` very frequent (156 concepts each).
"""

import json

FIRST = {"condition": 2_000_100_000, "drug": 2_000_200_000, "measurement": 2_000_300_000}
SIZE = {"condition": 3_000, "drug": 2_000, "measurement": 1_000}
VARIANTS = {
    "c": {"A": ("condition", 31), "B": ("drug", 31), "M": ("measurement", 35), "X": ("condition", 40)},
    "r": {"A": ("condition", 200), "B": ("drug", 200), "M": ("measurement", 190), "X": ("condition", 300)},
    "h": {"A": ("condition", 6), "B": ("drug", 6), "M": ("measurement", 7), "X": ("condition", 8)},
}
SETS = {"A": 0, "B": 1, "M": 2, "X": 3}


def concepts(variant, name):
    """A concept and everything below it in the tree."""
    domain, root = VARIANTS[variant][name]
    found, level = [], [root]
    while level:
        level = [node for node in level if node < SIZE[domain]]
        found += level
        level = [5 * node + child for node in level for child in range(1, 6)]
    return [FIRST[domain] + node for node in found]


# As cohort definitions.

def before(days=None):
    return {"Coeff": -1} if days is None else {"Days": days, "Coeff": -1}


def after(days=None):
    return {"Coeff": 1} if days is None else {"Days": days, "Coeff": 1}


def counted(criterion, kind, count, start, end):
    return {"Criteria": criterion, "StartWindow": {"Start": start, "End": end, "UseEventEnd": False},
            "Occurrence": {"Type": kind, "Count": count}, "IgnoreObservationPeriod": True}


def criterion(domain, name, **more):
    return {domain: {"CodesetId": SETS[name], **more}}


A = criterion("ConditionOccurrence", "A")
B = criterion("DrugExposure", "B")
M = criterion("Measurement", "M")
X = criterion("ConditionOccurrence", "X")
EVER = (before(), after())


def definition(variant, primary, rules=(), limit="First", additional=None, prior=0):
    sets = [{"id": number, "name": name, "expression": {"items": [
        {"concept": {"CONCEPT_ID": FIRST[VARIANTS[variant][name][0]] + VARIANTS[variant][name][1]}, "includeDescendants": True}]}}
        for name, number in SETS.items()]
    group = lambda member: {"Type": "ALL", "CriteriaList": [member], "DemographicCriteriaList": [], "Groups": []}
    made = {
        "ConceptSets": sets,
        "PrimaryCriteria": {"CriteriaList": [primary], "ObservationWindow": {"PriorDays": prior, "PostDays": 0},
                            "PrimaryCriteriaLimit": {"Type": limit}},
        "QualifiedLimit": {"Type": "First"}, "ExpressionLimit": {"Type": "First"},
        "InclusionRules": [{"name": "rule %d" % number, "expression": group(member)} for number, member in enumerate(rules, 1)],
        "CensoringCriteria": [], "CollapseSettings": {"CollapseType": "ERA", "EraPad": 0}, "CensorWindow": {},
    }
    if additional:
        made["AdditionalCriteria"] = group(additional)
    return made


def definitions(variant):
    return {
        "Q01": definition(variant, A),
        "Q02": definition(variant, A, [counted(B, 2, 1, *EVER), counted(M, 2, 1, *EVER)]),
        "Q03": definition(variant, A, [counted(B, 0, 0, *EVER)]),
        "Q04": definition(variant, A, [counted(A, 2, 2, *EVER)]),
        "Q05": definition(variant, criterion("Measurement", "M", ValueAsNumber={"Value": 65, "Op": "gt"})),
        "Q06": definition(variant, criterion(
            "ConditionOccurrence", "A", First=True, Age={"Value": 40, "Extent": 64, "Op": "bt"},
            Gender=[{"CONCEPT_ID": 8532}])),
        "Q07": definition(variant, A, limit="All", additional=counted(B, 2, 1, before(0), after(30))),
        "Q08": definition(variant, criterion("ConditionOccurrence", "A", First=True),
                          [counted(X, 0, 0, before(365), before(1)), counted(B, 2, 1, before(0), after(90))], prior=365),
        "Q09": definition(variant, criterion("ConditionOccurrence", "A", VisitType=[{"CONCEPT_ID": 9201}])),
        "Q10": definition(variant, A, [counted(B, 2, 1, *EVER)]),
    }


def write(variant, folder):
    """Definitions as files; their paths."""
    paths = []
    for name, made in definitions(variant).items():
        path = "%s/%s-%s.json" % (folder, name, variant)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(made, file)
        paths.append(path)
    return paths


# As SQL.

def sql(variant, engine):
    """Each question by hand; every statement's first column of its only row (or the sum over rows) is the count."""
    sets = {name: ",".join(map(str, concepts(variant, name))) for name in SETS}
    condition = "SELECT person_id, condition_start_date d FROM condition_occurrence WHERE condition_concept_id IN (%s)"
    a, x = condition % sets["A"], condition % sets["X"]
    b = "SELECT person_id, drug_exposure_start_date d FROM drug_exposure WHERE drug_concept_id IN (%s)" % sets["B"]
    m = "SELECT person_id FROM measurement WHERE measurement_concept_id IN (%s)" % sets["M"]
    plus = (lambda day, days: "date(%s, '%+d days')" % (day, days)) if engine == "sqlite" else (
        lambda day, days: "CAST(%s + (%d) AS date)" % (day, days))
    year = (lambda day: "CAST(substr(%s, 1, 4) AS integer)" % day) if engine == "sqlite" else (
        lambda day: "CAST(extract(year FROM %s) AS integer)" % day)
    first = "SELECT person_id, min(d) d FROM (%s) e GROUP BY person_id" % a
    return {
        "Q01": "SELECT count(DISTINCT person_id) FROM (%s) e" % a,
        "Q02": "SELECT count(*) FROM (SELECT person_id FROM (%s) a INTERSECT SELECT person_id FROM (%s) b INTERSECT %s) p" % (a, b, m),
        "Q03": "SELECT count(*) FROM (SELECT person_id FROM (%s) a EXCEPT SELECT person_id FROM (%s) b) p" % (a, b),
        "Q04": "SELECT count(*) FROM (SELECT person_id FROM (%s) a GROUP BY person_id HAVING count(*) >= 2) p" % a,
        "Q05": "SELECT count(DISTINCT person_id) FROM measurement WHERE measurement_concept_id IN (%s) AND value_as_number > 65"
               % sets["M"],
        "Q06": "SELECT count(*) FROM (%s) f JOIN person p ON p.person_id = f.person_id WHERE p.gender_concept_id = 8532 "
               "AND %s - p.year_of_birth BETWEEN 40 AND 64" % (first, year("f.d")),
        "Q07": "SELECT count(DISTINCT a.person_id) FROM (%s) a JOIN (%s) b ON b.person_id = a.person_id "
               "AND b.d BETWEEN a.d AND %s" % (a, b, plus("a.d", 30)),
        "Q08": "WITH f AS (%s) SELECT count(*) FROM f WHERE EXISTS (SELECT 1 FROM observation_period o "
               "WHERE o.person_id = f.person_id AND f.d BETWEEN %s AND o.observation_period_end_date) "
               "AND NOT EXISTS (SELECT 1 FROM (%s) x WHERE x.person_id = f.person_id AND x.d BETWEEN %s AND %s) "
               "AND EXISTS (SELECT 1 FROM (%s) b WHERE b.person_id = f.person_id AND b.d BETWEEN f.d AND %s)"
               % (first, plus("o.observation_period_start_date", 365), x, plus("f.d", -365), plus("f.d", -1), b, plus("f.d", 90)),
        "Q09": "SELECT count(DISTINCT c.person_id) FROM condition_occurrence c JOIN visit_occurrence v "
               "ON v.visit_occurrence_id = c.visit_occurrence_id AND v.person_id = c.person_id "
               "WHERE c.condition_concept_id IN (%s) AND v.visit_concept_id = 9201" % sets["A"],
        "Q10": "WITH f AS (%s) SELECT count(*), (%s - p.year_of_birth) / 10 band, p.gender_concept_id sex, %s y FROM f "
               "JOIN person p ON p.person_id = f.person_id WHERE f.person_id IN (SELECT person_id FROM (%s) b) GROUP BY 2, 3, 4"
               % (first, year("f.d"), year("f.d"), b),
    }

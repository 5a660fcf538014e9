// Cohorts: what a researcher asks, as values.
//
// What lives here: the OHDSI Circe cohort expression (`CohortExpression` and the types of `Model/`, named as in the JSON),
// reading it with every problem found (`Reading/`), writing it (`Writing/`), checking it before it is run (`Lint/`), saying it
// in a person's language (`Sentences/`), and the feasibility question that wraps it (`Question/`).
//
// What may not: evaluation (that is `CohortEngine`), stores, files, networks, clocks. Everything here is a pure function of the
// text that was read, so its tests need no set-up.
//
// The semantics that the names refer to are those of OHDSI's circe-be (https://github.com/OHDSI/circe-be), called "upstream" in
// comments; where its SQL does something surprising, the comment at the attribute says so.

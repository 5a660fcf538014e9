// OMOPStore: reading a hospital's standardised store.
//
// What lives here: the catalogue of OMOP CDM v5.4 (`Catalogue/`), what every store can be asked (`ClinicalStore`,
// `CDMCursor`, `CDMRow`, `StoreProfile`), the adapters that answer (`SQLite/`; a new one is one folder), the import of
// CSV folders (`Import/`) and the generator of synthetic stores (`Synthesis/`).
//
// What may not live here: anything that counts, decides or sends. A store is read as it is; what its rows mean for a
// cohort is the engine's business, and no value read here may reach a log or an error message: messages name
// files, tables, columns, line numbers and shapes of values, never the values of patients.

/// Which reading of the cohort language this engine implements.
///
/// Upstream is OHDSI's circe-be (https://github.com/OHDSI/circe-be). It changed the meaning of a few attributes over the
/// years; a count is only comparable with another one made under the same reading, so every evaluation records it.
public enum CohortSemantics {
    /// The upstream release whose generated SQL this engine reproduces, and our own revision of it.
    ///
    /// circe-be 1.13 with the corrections that followed it: the race and ethnicity concept sets test race and ethnicity
    /// (OHDSI/circe-be issue 227), the gap days of a drug era test the gap days (OHDSI/circe-be pull request 232), and the
    /// criteria types `Episode` and `CustomEra` of September 2026 (OHDSI/circe-be issues 235 and 237).
    ///
    /// Some orders upstream leaves to the database; here they are settled, and a definition whose answer depends on one of
    /// them can differ from a database's answer on the same data:
    ///
    /// - entry events of one person on one day with one id in two domains: by their place in the criteria list;
    /// - qualified and included events of one person on one day: by event number;
    /// - the best event of a person, when rules and start agree: by event number;
    /// - the first observation or payer plan period among several that start on one day: by period id;
    /// - custom eras of one person that start and end on one day: one era.
    public static let version = "circe-1.13+227+232+235+237/dure-1"
}

import CanonicalJSON

/// How a person leaves the cohort, besides the end of observation and censoring.
public enum EndStrategy: Sendable, Hashable {
    /// A fixed number of days after a date of the event; the end of observation caps it and is no candidate of its own.
    case dateOffset(DateOffset)
    /// The end of the era of continuous drug exposure that contains the event's start.
    case customEra(DrugEraExit)

    /// An exit at a fixed distance.
    public struct DateOffset: Sendable, Hashable {
        /// Which date of the event counts.
        public var field: Window.EventDate
        /// Days after it.
        public var offset: Int

        /// An exit so many days after a date of the event.
        public init(_ field: Window.EventDate, offset: Int) {
            self.field = field
            self.offset = offset
        }
    }

    /// An exit by drug exposure.
    public struct DrugEraExit: Sendable, Hashable {
        /// The drugs: exposures whose standard or source concept is in this set.
        public var drugCodesetID: Int
        /// Days without exposure that do not end an era.
        public var gapDays: Int
        /// Days added to the end of the era.
        public var offset: Int
        /// How long each exposure lasts, in place of what the row says.
        public var daysSupplyOverride: Int?

        /// An exit at the end of exposure.
        public init(drugCodesetID: Int, gapDays: Int = 0, offset: Int = 0, daysSupplyOverride: Int? = nil) {
            self.drugCodesetID = drugCodesetID
            self.gapDays = gapDays
            self.offset = offset
            self.daysSupplyOverride = daysSupplyOverride
        }
    }
}

/// How the cohort periods of a person are joined.
public struct CollapseSettings: Sendable, Hashable {
    /// Days between periods that do not separate them; periods that touch are joined in any case.
    public var eraPad: Int

    /// Joins periods that overlap, touch or lie at most so many days apart.
    public init(eraPad: Int = 0) {
        self.eraPad = eraPad
    }
}

/// An attribute of an event that a cohort definition can ask for, beside the ones that ``EventRows`` always carries.
///
/// The raw value is the column's number in the file and never changes.
public enum EventColumn: UInt8, CaseIterable, Sendable, Hashable {
    /// `..._source_concept_id`; concepts
    case sourceConcept = 32
    /// `..._type_concept_id`, `period_type_concept_id`; concepts
    case typeConcept
    /// `condition_status_concept_id`; concepts
    case statusConcept
    /// `value_as_number`, `dose_value`; numbers
    case valueNumber
    /// `value_as_concept_id`; concepts
    case valueConcept
    /// `value_as_string`; texts
    case valueText
    /// `unit_concept_id`; concepts
    case unitConcept
    /// `operator_concept_id`; concepts
    case operatorConcept
    /// `qualifier_concept_id`; concepts
    case qualifierConcept
    /// `range_low`; numbers
    case rangeLow
    /// `range_high`; numbers
    case rangeHigh
    /// `quantity`; numbers
    case quantity
    /// `days_supply`; integers
    case daysSupply
    /// `refills`; integers
    case refills
    /// `route_concept_id`; concepts
    case routeConcept
    /// `modifier_concept_id`; concepts
    case modifierConcept
    /// `stop_reason`; texts
    case stopReason
    /// `lot_number`; texts
    case lotNumber
    /// `unique_device_id`; texts
    case uniqueDeviceID
    /// `specimen_source_id`; texts
    case sourceID
    /// `anatomic_site_concept_id`; concepts
    case anatomicSite
    /// `disease_status_concept_id`; concepts
    case diseaseStatus
    /// `condition_occurrence_count`, `drug_exposure_count`; integers
    case occurrenceCount
    /// `gap_days`; integers
    case gapDays
    /// `episode_number`; integers
    case episodeNumber
    /// `episode_object_concept_id`; concepts
    case episodeObject
    /// `payer_concept_id`; concepts
    case payerConcept
    /// `payer_source_concept_id`; concepts
    case payerSourceConcept
    /// `plan_concept_id`; concepts
    case planConcept
    /// `plan_source_concept_id`; concepts
    case planSourceConcept
    /// `sponsor_concept_id`; concepts
    case sponsorConcept
    /// `sponsor_source_concept_id`; concepts
    case sponsorSourceConcept
    /// `stop_reason_concept_id`; concepts
    case stopReasonConcept
    /// `stop_reason_source_concept_id`; concepts
    case stopReasonSourceConcept
    /// The specialty of the row's PROVIDER; concepts. NULL where the row has no provider, the provider no row, or the
    /// row no specialty (the official SQL joins PROVIDER from the left).
    case providerSpecialty
    /// `place_of_service_concept_id` of the visit's CARE_SITE; concepts. ``EventRows/absentRow`` where no CARE_SITE row
    /// exists (the official SQL drops such rows), NULL where the row exists without a place of service.
    case placeOfService
    /// `visit_concept_id` of the row's visit, if that visit exists **and belongs to the same person**; concepts.
    /// ``EventRows/absentRow`` where it does not, NULL where the visit has no concept. For a visit: its own concept.
    case visitType
    /// Minutes since 1970-01-01T00:00 of the start; integers. NULL where the store knows no time of day.
    case startMinute
    /// Minutes since 1970-01-01T00:00 of the end; integers. NULL where the store knows no time of day.
    case endMinute

    /// What kind of values the column has.
    public enum Kind: Sendable, Hashable {
        /// Concept ids: `ColumnValues.concepts`.
        case concepts
        /// Whole numbers: `ColumnValues.integers`.
        case integers
        /// Decimal numbers: `ColumnValues.numbers`.
        case numbers
        /// Text: `ColumnValues.texts`.
        case texts
    }

    /// What kind of values the column has.
    public var kind: Kind {
        switch self {
        case .valueNumber, .rangeLow, .rangeHigh, .quantity: .numbers
        case .daysSupply, .refills, .occurrenceCount, .gapDays, .episodeNumber, .startMinute, .endMinute: .integers
        case .valueText, .stopReason, .lotNumber, .uniqueDeviceID, .sourceID: .texts
        default: .concepts
        }
    }
}

/// The values of one column, one for each row of the ``EventRows`` that holds them.
public enum ColumnValues: Sendable, Hashable {
    /// Concept ids; ``EventRows/nullConcept`` stands for NULL (see also ``EventRows/absentRow``).
    case concepts([Int32])
    /// Whole numbers; ``EventRows/nullInteger`` stands for NULL.
    case integers([Int64])
    /// Decimal numbers; NaN stands for NULL.
    case numbers([Double])
    /// Text: row i has `dictionary[codes[i]]`, or NULL where the code is negative. The dictionary is sorted and without
    /// doubles, so a text filter is evaluated once a distinct text.
    case texts(codes: [Int32], dictionary: [String])
}

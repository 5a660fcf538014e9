import OMOPStore

/// Runs a step that may fail in the store's words and says it in the index's.
@discardableResult
func translated<T>(_ what: String, _ step: () throws -> T) throws(EventIndexError) -> T {
    do {
        return try step()
    } catch let error as EventIndexError {
        throw error
    } catch let error as OMOPStoreError {
        if error.code == .cancelled {
            throw EventIndexError(.cancelled, "The build was stopped", advice: "The old index, if any, is still in place.")
        }
        throw EventIndexError(.unusableStore, "\(what) cannot be read: \(error.message)", advice: error.advice)
    } catch {
        throw EventIndexError(
            .unusableStore, "\(what) cannot be read: \(error)", advice: "Check the store with 'dure-node doctor'.")
    }
}

/// Rows left out, by table and reason, kept while the store is read.
struct SkippedRows {
    /// Why a row is not in the index.
    enum Reason: String, CaseIterable {
        case noPerson = "no person_id"
        case unknownPerson = "the person has neither a PERSON row nor an observation period, so no cohort can hold it"
        case noDate = "no readable start date"
        case noID = "no readable id"
        case impossibleConcept = "a concept id outside the range of 32-bit numbers"
        case repeated = "a second row with the same id"
    }

    private var counts: [String: [Reason: Int]] = [:]

    mutating func count(_ table: String, _ reason: Reason) {
        counts[table, default: [:]][reason, default: 0] += 1
    }

    mutating func add(_ other: SkippedRows) {
        for (table, reasons) in other.counts {
            counts[table, default: [:]].merge(reasons, uniquingKeysWith: +)
        }
    }

    mutating func forget(_ table: String) { counts[table] = nil }

    /// By table, then reason.
    var list: [BuildReport.Skipped] {
        counts.keys.sorted().flatMap { table in
            Reason.allCases.compactMap { reason in
                counts[table]?[reason].map { BuildReport.Skipped(table: table, reason: reason.rawValue, rows: $0) }
            }
        }
    }
}

import CanonicalJSON

/// Where a total without a guardian stands at the coordinator, once the set of hospitals is fixed: a value that is told who said
/// what, and says what each hospital is to be asked next.
public struct PeerRounds: Sendable, Hashable {
    /// What a hospital can be asked.
    public enum Step: String, Sendable, Hashable, CaseIterable {
        /// To agree to the set.
        case agree
        /// To give its shares.
        case reveal
    }

    /// What a hospital said.
    public enum Event: Sendable, Hashable {
        /// It agreed.
        case agreed(HospitalID)
        /// It did not agree.
        case refused(HospitalID, OpeningRefusal)
        /// It gave its shares.
        case revealed(HospitalID)
    }

    /// What is to be done with the whole.
    public enum Standing: Sendable, Hashable {
        /// Wait for hospitals.
        case waiting
        /// Try to open it: enough hospitals gave their shares. Where they do not fit, wait for more, if there are more.
        case openable(isLast: Bool)
        /// It cannot be opened any more.
        case closed(OpeningRefusal)
    }

    private let hospitals: Set<HospitalID>
    private let fewest: Int
    private var agreed: Set<HospitalID> = []
    private var revealed: Set<HospitalID> = []
    private var refused: [HospitalID: OpeningRefusal] = [:]

    /// Nobody has said anything.
    ///
    /// - Parameters:
    ///   - hospitals: those in the total.
    ///   - fewest: so many must agree, and give their shares.
    public init(_ hospitals: some Sequence<HospitalID>, fewest: Int) {
        self.hospitals = Set(hospitals)
        self.fewest = fewest
    }

    /// Takes note. What a hospital says out of turn, twice or from outside the total changes nothing.
    ///
    /// - Returns: whether anything changed.
    public mutating func take(_ event: Event) -> Bool {
        let before = self
        switch event {
        case .agreed(let hospital):
            if hospitals.contains(hospital), refused[hospital] == nil { agreed.insert(hospital) }
        case .refused(let hospital, let code):
            if hospitals.contains(hospital), !agreed.contains(hospital), refused[hospital] == nil { refused[hospital] = code }
        case .revealed(let hospital):
            if agreed.contains(hospital), agreed.count >= fewest { revealed.insert(hospital) }
        }
        return self != before
    }

    /// What a hospital is to be asked, or nil.
    ///
    /// Who has not agreed is still asked once enough have: it can then give its shares in the place of one that fell silent.
    public func step(of hospital: HospitalID) -> Step? {
        if case .closed = standing { return nil }
        guard hospitals.contains(hospital), refused[hospital] == nil, !revealed.contains(hospital) else { return nil }
        guard agreed.contains(hospital) else { return .agree }
        return agreed.count >= fewest ? .reveal : nil
    }

    /// What is to be done with the whole.
    public var standing: Standing {
        if hospitals.count - refused.count < fewest {
            let first = refused.min { $0.key < $1.key }?.value ?? .tooFew
            return .closed(first)
        }
        guard revealed.count >= fewest else { return .waiting }
        return .openable(isLast: revealed.count == hospitals.count - refused.count)
    }
}

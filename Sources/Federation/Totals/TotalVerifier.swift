import Disclosure

/// Checks the consortium total of an export: that the hospitals' signed masked answers, less the masks that the guardian signed,
/// are what the result shows, and that the guardian was asked about these answers and no others.
struct TotalVerifier {
    let export: ResultExport

    /// - Throws: `FederationError` that names what does not hold.
    func check() throws(FederationError) {
        let told = export.result.total
        guard (export.result.mode == .secureTotal) == (told != nil) else {
            throw FederationError(
                .totalMismatch, "The result shows a total under another release mode, or none under secure-total.")
        }
        guard let told, told.state == .opened || export.total != nil else { return }
        guard let evidence = export.total else {
            throw FederationError(.totalMismatch, "The result shows a total that no signed opening stands for.")
        }
        let request = try evidence.request.verified(as: OpeningRequest.self, by: export.coordinatorKey)
        let roster = try request.roster.content()
        let shares = try request.checkedShares(roster)
        guard request.subject.query == export.result.query, request.subject.questionHash == export.result.questionHash,
            roster.guardian.id == told.guardian
        else { throw FederationError(.totalMismatch, "The guardian was asked about another query.") }
        let opening = try evidence.opening.verified(as: Opening.self, by: roster.guardian.key)
        guard opening.request == evidence.request.digest, opening.subject == request.subject.digest else {
            throw FederationError(.totalMismatch, "The guardian's opening is for another request.")
        }
        try check(told, opening, request, shares)
    }

    private func check(
        _ told: SecureTotal, _ opening: Opening, _ request: OpeningRequest, _ shares: [TotalShare]
    ) throws(FederationError) {
        let answers = try masked()
        guard answers.map(\.share) == request.shares else {
            throw FederationError(.totalMismatch, "The guardian was asked about other answers than the hospitals'.")
        }
        switch opening.outcome {
        case .refused(let code):
            guard told.state == .closed, told.code == code else {
                throw FederationError(.totalMismatch, "The guardian did not open the total that the result shows.")
            }
        case .opened:
            var pairs: [(answer: MaskedAnswer, share: TotalShare)] = []
            for (answer, share) in zip(answers, shares) { pairs.append((answer, share)) }
            guard try TotalOpener.answer(pairs, opening: opening) == told.answer, told.hospitals == shares.count else {
                throw FederationError(.totalMismatch, "The total is not what the hospitals' answers and the masks add up to.")
            }
        }
    }

    /// The masked answers of the evidence, whose signatures were checked with the rows, by hospital.
    private func masked() throws(FederationError) -> [MaskedAnswer] {
        var found: [MaskedAnswer] = []
        for evidence in export.evidence.sorted(by: { $0.node < $1.node }) {
            guard let document = evidence.answer, let key = evidence.nodeKey else { continue }
            if case .masked(let answer) = try document.verified(as: NodeAnswer.self, by: key).outcome { found.append(answer) }
        }
        return found
    }
}

import Disclosure

/// Checks the consortium total of an export: that the hospitals' signed masked answers, less the masks that the guardian or the
/// hospitals signed, are what the result shows, and that they were asked about these answers and no others.
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
            roster.guardian?.id == told.guardian
        else { throw FederationError(.totalMismatch, "The request to open the total is about another query.") }
        guard let guardian = roster.guardian else {
            return try checkPeers(told, evidence, request, try paired(request, shares), roster)
        }
        let opening = try evidence.opening.verified(as: Opening.self, by: guardian.key)
        guard opening.request == evidence.request.digest, opening.subject == request.subject.digest else {
            throw FederationError(.totalMismatch, "The guardian's opening is for another request.")
        }
        try check(told, opening, try paired(request, shares))
    }

    /// Without a guardian: the hospitals' own signatures are what counts; the coordinator's only keeps them together.
    private func checkPeers(
        _ told: SecureTotal, _ evidence: ResultExport.TotalEvidence, _ request: OpeningRequest,
        _ pairs: [(answer: MaskedAnswer, share: TotalShare)], _ roster: TotalsRoster
    ) throws(FederationError) {
        let opening = try evidence.opening.verified(as: PeerOpening.self, by: export.coordinatorKey)
        guard opening.refused == nil else {
            guard told.state == .closed, told.code == opening.refused, opening.request == evidence.request.digest else {
                throw FederationError(.totalMismatch, "The hospitals did not open the total that the result shows.")
            }
            return
        }
        let answer = try TotalOpener.answer(
            pairs, opening: opening, request: evidence.request, subject: request.subject, roster: roster)
        guard answer == told.answer, told.hospitals == pairs.count, told.distinct == nil else {
            throw Self.otherTotal
        }
    }

    private static var otherTotal: FederationError {
        FederationError(.totalMismatch, "The total is not what the hospitals' answers and the masks add up to.")
    }

    /// The masked answers with their shares: those, and no others, that the opening was asked about.
    private func paired(
        _ request: OpeningRequest, _ shares: [TotalShare]
    ) throws(FederationError) -> [(answer: MaskedAnswer, share: TotalShare)] {
        let answers = try masked()
        guard answers.map(\.share) == request.shares else {
            throw FederationError(.totalMismatch, "The opening was asked about other answers than the hospitals'.")
        }
        return zip(answers, shares).map { (answer: $0, share: $1) }
    }

    private func check(
        _ told: SecureTotal, _ opening: Opening, _ pairs: [(answer: MaskedAnswer, share: TotalShare)]
    ) throws(FederationError) {
        switch opening.outcome {
        case .refused(let code):
            guard told.state == .closed, told.code == code else {
                throw FederationError(.totalMismatch, "The guardian did not open the total that the result shows.")
            }
        case .opened:
            guard try TotalOpener.answer(pairs, opening: opening) == told.answer, told.hospitals == pairs.count,
                told.distinct == opening.distinct
            else { throw Self.otherTotal }
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

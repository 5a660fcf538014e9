import Federation
import Foundation

@testable import Guardian

extension Decoder {
    /// What a guardian keeps in its folder.
    static let guardianState: [Decoder] = [
        message("guardian.json", GuardianConfiguration.self) {
            let sample = try Sample.shared.get()
            return [
                GuardianConfiguration(
                    id: GuardianID(unchecked: "G-PNUH"), coordinatorURL: "https://localhost:7444", authority: "pem",
                    coordinatorKey: sample.coordinator.verificationKey, officers: sample.officers.map(\.verificationKey))
            ]
        },
        Decoder("guardian's key") {
            [Array((Hex.encode(SigningKey().seed) + "\n").utf8)]
        } read: { bytes in
            try? ScratchFile.withFolder { folder in
                for name in ["signing.key", "sealing.key"] {
                    try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
                }
                _ = try GuardianFolder(path: folder).keys()
            }
        },
        Decoder("guardian.sqlite", isSlow: true) {
            [try OpeningFile.make()]
        } read: { bytes in
            try? ScratchFile.withFolder { folder in
                try Data(bytes).write(to: URL(fileURLWithPath: OpeningFile.path(in: folder)))
                try OpeningFile.read(folder)
            }
        },
    ]
}

/// The guardian's database, as a file.
private enum OpeningFile {
    static func path(in folder: String) -> String { "\(folder)/guardian.sqlite" }

    static func make() throws -> [UInt8] {
        let sample = try Sample.shared.get()
        let (subject, roster) = (try sample.subject(), try sample.cosigned().content())
        let opening = Opening(
            subject: subject, request: Digest256(of: [1]), guardian: sample.guardian.id, hospitals: [sample.hospital],
            outcome: .refused(.tooFew))
        let document = try sample.signed(opening)
        var made: [UInt8] = []
        try ScratchFile.withFolder { folder in
            try keepOne(OpeningStore(path: path(in: folder)), subject, document, roster)
            made = Array(try Data(contentsOf: URL(fileURLWithPath: path(in: folder))))
        }
        return made
    }

    private static func keepOne(
        _ store: OpeningStore, _ subject: TotalSubject, _ document: SignedDocument, _ roster: TotalsRoster
    ) throws {
        let sample = try Sample.shared.get()
        _ = try store.settle(subject) { _ in
            (
                document,
                .init(
                    request: Digest256(of: [1]), hospitals: [sample.hospital.rawValue], isOpened: true, roster: roster,
                    outcome: "ok", at: sample.now, guardian: sample.guardian.id)
            )
        }
    }

    static func read(_ folder: String) throws {
        let store = try OpeningStore(path: path(in: folder))
        _ = try? AuditChain.verify(try store.auditLines())
        let sample = try Sample.shared.get()
        let document = try sample.signed(try sample.grant())
        _ = try store.settle(try sample.subject()) { known in
            _ = known.opening.flatMap { try? SignedDocument(parsing: $0.document) }
            return (document, nil)
        }
    }
}

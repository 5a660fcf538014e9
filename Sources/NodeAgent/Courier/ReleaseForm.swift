import CanonicalJSON
import Federation

/// The form that is signed when a file leaves: plain text, to be printed.
public struct ReleaseForm: Sendable {
    private let exported: CourierDesk.Exported

    /// The form of a file.
    public init(_ exported: CourierDesk.Exported) { self.exported = exported }

    /// Its lines, Korean first, as the hospital's own papers are.
    public var lines: [String] {
        let file = exported.file
        var lines = [
            "반출 승인서 (Release form)", "",
            "파일 (file)            \(exported.id)",
            "지문 (fingerprint)     \(file.fingerprint)",
            "파일 SHA-256           \(Digest256(of: Array(file.text.utf8)).text)",
            "크기 (size)            \(file.text.utf8.count) bytes, \(file.pages) pages",
            "응답 수 (answers)      \(exported.tickets.count)",
            "승인 (approvals)       \(exported.approvals)/\(exported.needed)", "",
        ]
        if let bundle = try? file.document.claimed(CourierBundle.self) { lines += bundle.readme.ko }
        lines += [
            "", "승인자 1 (approver)  이름 ____________________  서명 ____________________  일시 ____________________", "",
            "승인자 2 (approver)  이름 ____________________  서명 ____________________  일시 ____________________", "",
            "전달자 (carrier)     이름 ____________________  서명 ____________________  일시 ____________________",
        ]
        return lines
    }
}

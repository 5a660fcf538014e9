import Cohorts
import Disclosure

extension CourierBundle.Readme {
    /// What a hospital reads about the tickets that a coordinator sends.
    public static func questions(_ tickets: [QueryTicket], receipts: Int, id: BundleID, notAfter: Timestamp) -> Self {
        var ko = [
            "두레 전달 파일 \(id): 조정 서버가 병원으로 보내는 조회 \(tickets.count)건, 수령 확인 \(receipts)건.",
            "이 파일에는 실행 파일이나 압축 파일이 없으며, 환자 자료도 들어 있지 않습니다. \(notAfter.day)까지 사용할 수 있습니다.",
            "병원은 자체 정책에 따라 응답, 보류 또는 거절하며, 공개 기준값 이상의 집계 수치만 응답합니다.",
        ]
        var en = [
            "Dure courier file \(id): \(tickets.count) questions and \(receipts) receipts from the coordinator to the hospital.",
            "It holds no program, no archive and no patient data. It can be used until \(notAfter.day).",
            "The hospital answers, holds or declines under its own policy, with counts above its threshold only.",
        ]
        for ticket in tickets {
            ko.append(
                "— \(ticket.id) · 과제 \(ticket.project.id) (\(ticket.project.title.text("ko"))) · 기관 \(ticket.project.organisation) · 목적 \(ticket.project.purposeClass.rawValue) · 기한 \(ticket.expires)"
            )
            ko.append("  활용 목적: \(ticket.project.purpose)")
            en.append(
                "- \(ticket.id) · project \(ticket.project.id) (\(ticket.project.title.text("en"))) · organisation \(ticket.project.organisation) · purpose \(ticket.project.purposeClass.rawValue) · until \(ticket.expires)"
            )
            ko += ticket.question.sentences(.korean).map { "  " + String(repeating: "  ", count: $0.level) + $0.text }
            en += ticket.question.sentences(.english).map { "  " + String(repeating: "  ", count: $0.level) + $0.text }
        }
        return Self(ko: ko.map(Self.short), en: en.map(Self.short))
    }

    /// What a gateway's officer reads about the answers that leave a hospital: every number, each hidden one marked.
    public static func answers(_ answers: [NodeAnswer], others: Int, hospital: HospitalID, id: BundleID) -> Self {
        var ko = [
            "두레 전달 파일 \(id): 병원 \(hospital)에서 나가는 응답 \(answers.count)건, 그 밖의 서명 문서 \(others)건.",
            "환자 단위 자료는 포함되지 않습니다. 모든 수치는 반올림되었거나 비공개 처리되었습니다.",
        ]
        var en = [
            "Dure courier file \(id): \(answers.count) answers and \(others) other signed documents leave \(hospital).",
            "No patient-level rows are included. Every number is rounded or hidden.",
        ]
        for answer in answers {
            ko.append("— \(answer.ticket) · \(answer.provenance.dataRelease) · " + words(answer.outcome, korean: true))
            en.append("- \(answer.ticket) · \(answer.provenance.dataRelease) · " + words(answer.outcome, korean: false))
            guard case .answered(let disclosed) = answer.outcome else { continue }
            let cells =
                disclosed.attrition.map { ($0.name, $0.count) }
                + (disclosed.breakdown?.cells ?? []).map { ($0.key.joined(separator: "/"), $0.count) }
            for (name, count) in cells {
                ko.append("  \(name): \(words(count, korean: true))")
                en.append("  \(name): \(words(count, korean: false))")
            }
        }
        return Self(ko: ko.map(Self.short), en: en.map(Self.short))
    }

    /// What stands in a file that only asks for, or brings, a certificate.
    public static func identity(_ ko: String, _ en: String) -> Self { Self(ko: [ko], en: [en]) }

    private static func words(_ outcome: AnswerOutcome, korean: Bool) -> String {
        switch outcome {
        case .answered(let answer): (korean ? "합계 " : "total ") + words(answer.total, korean: korean)
        case .masked: korean ? "보안 합산용 가림값(개별 해석 불가)" : "masked, for a consortium total"
        case .declined(let code, _): (korean ? "거절 " : "declined ") + code.rawValue
        case .unavailable(let why, _): (korean ? "데이터 없음 " : "no data ") + why.rawValue
        case .failed(let why): (korean ? "실패 " : "failed ") + why.rawValue
        }
    }

    private static func words(_ count: DisclosedCount, korean: Bool) -> String {
        switch count {
        case .exact(let value): "\(value)"
        case .rounded(let value, _, _, _): korean ? "약 \(value)" : "about \(value)"
        case .hidden(let low, let high, _): (korean ? "비공개 " : "HIDDEN ") + "\(low)-\(high)"
        case .masked, .unavailable, .refused, .waiting, .failed: "-"
        }
    }

    private static func short(_ line: String) -> String { String(line.prefix(1_000)) }
}

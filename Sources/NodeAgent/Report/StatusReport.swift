import CanonicalJSON
import Federation
import Foundation

/// What `dure-node status` says: what the daemon last wrote, whether it still runs, and what is in the spool.
public struct StatusReport: Sendable {
    private let status: NodeStatus?
    private let counts: [TicketState: Int]
    private let pause: String?
    private let free: Int64?
    private let isStoppedByHand: Bool
    private let stopOrder: StopSwitch.Order?
    /// Whether the daemon runs now.
    public let isRunning: Bool

    /// Looks into the state directory.
    public init(state: StateDirectory) async throws(NodeError) {
        status = NodeStatus.read(in: state)
        pause = state.pauseMessage
        free = state.freeBytes
        let stop = StopSwitch(state)
        (isStoppedByHand, stopOrder) = (stop.isStopped, stop.order)
        // The lock is the truth about a running daemon: a process id may have been given to somebody else.
        isRunning = StateLock.isHeld(state)
        let hospital = status?.hospital ?? HospitalID(unchecked: HospitalID.example)
        counts = Files.exists(state.database) ? try await Spool(state, hospital: hospital, readOnly: true).counts() : [:]
    }

    /// Whether the coordinator keeps this node out.
    public var isShutOut: Bool { isRunning && status?.connection == PollMachine.Standing.quarantined.rawValue }

    private var word: String {
        if isStoppedByHand { return StandStill.word }
        if !isRunning { return "stopped" }
        return pause != nil ? "paused" : status?.connection ?? "starting"
    }

    private func count(_ duty: TicketState.Duty) -> Int { counts.filter { $0.key.duty == duty }.map(\.value).reduce(0, +) }

    /// `dure.node-status-report/1`
    public var json: JSONValue {
        var object: JSONObject = [
            "schema": "dure.node-status-report/1", "running": .bool(isRunning), "state": .string(word),
            "tickets": .object(
                JSONObject(TicketState.allCases.map { ($0.rawValue, .int(counts[$0] ?? 0)) })),
        ]
        if let pause { object["pauseMessage"] = .string(pause) }
        object["stoppedByHand"] = .bool(isStoppedByHand)
        if let status { object["daemon"] = status.json }
        if let free { object["freeBytes"] = .int(Int(free)) }
        return .object(object)
    }

    /// The same for a person.
    public func lines(korean: Bool) -> [String] {
        func say(_ english: String, _ koreanText: String) -> String { korean ? koreanText : english }
        guard let status else { return [say("The node has never run here.", "이 노드는 아직 실행된 적이 없습니다.")] }
        var lines = [
            "\(status.hospital)  \(stateWord(korean))",
            say("last contact", "마지막 연결") + "   \(status.lastContact?.description ?? "-")",
            say("waiting", "대기") + "        \(count(.acknowledge) + count(.evaluate))",
            say("on the desk", "승인 대기") + "    \(count(.decide))",
            say("to send", "전송 대기") + "        \(count(.send))",
            say("sent", "전송 완료") + "           \(counts[.sent] ?? 0)",
            say("policy", "정책") + "         v\(status.policyVersion) \(status.policy.short)",
            say("data", "데이터") + "           \(status.provenance.store), \(status.provenance.dataRelease)"
                + (status.provenance.synthetic ? say(" (synthetic)", " (합성데이터)") : ""),
            say("certificate", "인증서") + "    " + say("until", "만료") + " \(status.certificateExpires.day)",
        ]
        if let offset = status.clockOffset {
            lines.append(say("clock", "시각 차이") + "          \(offset) s" + (status.isClockOff ? say(": set it", ": 조정 필요") : ""))
        }
        if let problem = status.problem { lines.append("\(problem.code): \(problem.message) \(problem.advice)") }
        if isStoppedByHand {
            lines.append(
                say(
                    "Everything is stopped. Two persons lift it, each with: dure-node lift",
                    "모든 처리가 중단되었습니다. 두 사람이 각각 실행하여 해제: dure-node lift"))
            if let stopOrder { lines.append(say("stopped ", "중단 ") + "\(stopOrder.at): \(stopOrder.reason)") }
        }
        if let pause, !pause.isEmpty { lines.append(say("pause: ", "일시 중지 사유: ") + pause) }
        return lines
    }

    private func stateWord(_ korean: Bool) -> String {
        guard korean else { return word }
        return switch word {
        case "connected": "연결됨"
        case "paused": "일시 중지"
        case StandStill.word: "긴급 차단"
        case "stopped": "중지됨"
        case "quarantined": "격리됨"
        case "not connected": "연결 안 됨"
        default: "시작 중"
        }
    }
}

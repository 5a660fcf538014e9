import CanonicalJSON
import Disclosure
import Federation
import Foundation
import Outbound

/// Looks at everything that a node needs and says what to do about what is wrong. Its report holds no secret and no number
/// of patients: it is safe to paste into a ticket.
public struct Doctor: Sendable {
    /// One thing that was looked at.
    public struct Finding: Sendable, Hashable {
        /// How it is.
        public enum State: String, Sendable, Hashable, CaseIterable {
            case ok
            case warning
            case failed
            /// Something before it has to be put right first.
            case notRun = "not-run"
        }

        /// A stable name: `configuration`, `store`, `proxy`, ...
        public var check: String
        /// How it is.
        public var state: State
        /// What was found.
        public var message: String
        /// What to do; empty where there is nothing to do.
        public var advice: String
    }

    private let configurationFile: String
    private let policyFile: String
    private let stateDirectory: String
    private let environment: [String: String]
    private let clock: NodeClock

    /// A doctor for the node that these files describe.
    public init(
        configurationFile: String, policyFile: String, stateDirectory: String,
        environment: [String: String] = ProcessInfo.processInfo.environment, clock: NodeClock = .system
    ) {
        self.configurationFile = configurationFile
        self.policyFile = policyFile
        self.stateDirectory = stateDirectory
        self.environment = environment
        self.clock = clock
    }

    /// Looks at everything, in the order in which one thing needs the other.
    public func examine() async -> [Finding] {
        var findings: [Finding] = []
        let configuration = look("configuration", &findings) { () throws(NodeError) in
            (try NodeConfiguration(file: configurationFile, environment: environment), "\(configurationFile) is well formed")
        }
        let policy = look("policy", &findings) { () throws(NodeError) in
            let policy = try Policy(file: policyFile)
            return (policy, "version \(policy.version), \(policy.hash.short), threshold \(policy.disclosure.threshold)")
        }
        let state = look("state", &findings) { () throws(NodeError) in
            (try StateDirectory(stateDirectory), "\(stateDirectory) is private and writable")
        }
        if let state { findings.append(disk(state)) }
        if let configuration { findings.append(NodeStore.examine(configuration)) }
        if let configuration, let state { findings.append(index(configuration, state)) }
        if let state { findings.append(await audit(state, configuration)) }
        let guards = DoctorGuards(environment: environment)
        if let state { findings.append(guards.secrets(state, configurationFile, policyFile)) }
        findings.append(guards.credentials())
        if let finding = configuration.flatMap(guards.metrics) { findings.append(finding) }
        if let configuration, let policy, let finding = guards.linkage(configuration, policy) { findings.append(finding) }
        let identity = state.flatMap { state in
            look("certificate", &findings) { () throws(NodeError) in
                let identity = try NodeIdentity(in: state)
                return (identity, try certificate(identity))
            }
        }
        if let state, identity != nil { findings.append(await guards.signatures(state)) }
        if let configuration {
            findings.append(proxy(configuration))
            findings += await coordinator(configuration, identity)
        } else {
            findings.append(Finding(check: "coordinator", state: .notRun, message: "the configuration comes first", advice: ""))
        }
        return findings
    }

    // MARK: checks

    private func look<Value>(
        _ check: String, _ findings: inout [Finding], _ body: () throws(NodeError) -> (Value, String)
    ) -> Value? {
        do throws(NodeError) {
            let (value, words) = try body()
            findings.append(Finding(check: check, state: .ok, message: words, advice: ""))
            return value
        } catch {
            findings.append(Self.failed(check, error))
            return nil
        }
    }

    private static func failed(_ check: String, _ error: NodeError) -> Finding {
        let places = error.problems.map { "\n  \($0)" }.joined()
        return Finding(check: check, state: .failed, message: error.message + places, advice: error.advice)
    }

    private func disk(_ state: StateDirectory) -> Finding {
        guard let free = state.freeBytes else {
            return Finding(
                check: "disk", state: .warning, message: "free space is unknown", advice: "Look with: df \(state.path)")
        }
        let gibibytes = Double(free) / Double(1 << 30)
        let words = String(format: "%.1f GiB free at %@", gibibytes, state.path)
        if free < 100 << 20 {
            return Finding(check: "disk", state: .failed, message: words, advice: "Free some: answers cannot be stored without.")
        }
        if free < 2 << 30 {
            return Finding(
                check: "disk", state: .warning, message: words,
                advice: "An index is rebuilt beside the old one: leave room for two.")
        }
        return Finding(check: "disk", state: .ok, message: words, advice: "")
    }

    private func index(_ configuration: NodeConfiguration, _ state: StateDirectory) -> Finding {
        let path = state.index(of: configuration.source.id)
        guard Files.exists(path) else {
            return Finding(
                check: "index", state: .warning, message: "there is none yet",
                advice: "It is built at the first start; `dure-node index build` does it beforehand.")
        }
        do throws(NodeError) {
            let source = try NodeStore.open(configuration, path: path)
            return Finding(check: "index", state: .ok, message: "release \(source.provenance.dataRelease), \(path)", advice: "")
        } catch {
            return Self.failed("index", error)
        }
    }

    private func audit(_ state: StateDirectory, _ configuration: NodeConfiguration?) async -> Finding {
        guard Files.exists(state.database), let configuration else {
            return Finding(check: "audit", state: .ok, message: "nothing is logged yet", advice: "")
        }
        do throws(NodeError) {
            let chain = try await Spool(state, hospital: configuration.hospital, readOnly: true).verifyAudit()
            return Finding(
                check: "audit", state: .ok, message: "\(chain.count) lines, every one follows the one before", advice: "")
        } catch {
            return Self.failed("audit", error)
        }
    }

    private func certificate(_ identity: NodeIdentity) throws(NodeError) -> String {
        let days = (identity.certificate.expires.seconds - clock.now()) / 86_400
        guard days >= 0 else {
            throw NodeError(
                .enrolment, "The certificate of \(identity.grant.node) ended on \(identity.certificate.expires.day).",
                advice: "Ask the coordinator's operator for a new code and run: dure-node enrol --code CODE --replace")
        }
        return "\(identity.grant.node), by \(identity.certificate.issuerName), ends in \(days) days (renewed by itself before)"
    }

    private func proxy(_ configuration: NodeConfiguration) -> Finding {
        Finding(check: "proxy", state: .ok, message: configuration.transport.proxy.description, advice: "")
    }

    /// Name, connection, TLS, certificate and clock, by one request that changes nothing.
    private func coordinator(_ configuration: NodeConfiguration, _ identity: NodeIdentity?) async -> [Finding] {
        guard let identity else {
            return [await stranger(configuration)]
        }
        let url = identity.grant.nodesURL
        do {
            let client = try OutboundClient(try configuration.outbound(identity))
            defer { client.close() }
            do throws(OutboundError) {
                let response = try await client.send(OutboundRequest(.get, "\(url)/v1/ca", timeout: .seconds(20)))
                return [reached(url, response), clockFinding(response)]
            } catch {
                return [await unreached(url, error, client)]
            }
        } catch let error as NodeError {
            return [Self.failed("coordinator", error)]
        } catch {
            return [Finding(check: "coordinator", state: .failed, message: "\(error)", advice: "")]
        }
    }

    private func reached(_ url: String, _ response: OutboundResponse) -> Finding {
        switch response.status {
        case 401, 403:
            return Finding(
                check: "coordinator", state: .failed,
                message: "\(url) answers, but does not know our certificate (\(response.status))",
                advice: "Ask the coordinator's operator whether this hospital's certificate was revoked.")
        case 500...:
            return Finding(
                check: "coordinator", state: .warning, message: "\(url) answers with an error of its own (\(response.status))",
                advice: "Tell the coordinator's operator if it goes on.")
        default:
            return Finding(
                check: "coordinator", state: .ok, message: "\(url) answers, and both certificates were accepted", advice: "")
        }
    }

    private func unreached(_ url: String, _ error: OutboundError, _ client: OutboundClient) async -> Finding {
        var message = error.message
        if error.code == .untrustedCertificate, let shown = try? await client.presentedCertificate(of: url) {
            message += " It was issued by \"\(shown.issuerName)\"."
        }
        return Finding(check: "coordinator", state: .failed, message: message, advice: error.advice)
    }

    /// Before enrolment there is nobody to trust yet: only whether the way is open is looked at.
    private func stranger(_ configuration: NodeConfiguration) async -> Finding {
        do throws(OutboundError) {
            let client = try OutboundClient(
                OutboundConfiguration(
                    trust: .unverified, proxy: configuration.transport.proxy, minimumTLS: configuration.transport.minimumTLS))
            defer { client.close() }
            let response = try await client.send(
                OutboundRequest(.get, "\(configuration.coordinatorURL)/v1/ca", timeout: .seconds(20)))
            return Finding(
                check: "coordinator", state: .ok,
                message: "\(configuration.coordinatorURL) answers (\(response.status)); who it is, enrolment will check",
                advice: "")
        } catch {
            return Finding(check: "coordinator", state: .failed, message: error.message, advice: error.advice)
        }
    }

    private func clockFinding(_ response: OutboundResponse) -> Finding {
        guard let text = response.headers["date"], let date = HTTPDate.seconds(text) else {
            return Finding(check: "clock", state: .notRun, message: "the coordinator did not say its time", advice: "")
        }
        let offset = date - clock.now()
        let words = "\(abs(offset)) s \(offset < 0 ? "ahead of" : "behind") the coordinator"
        guard abs(offset) <= FederationProtocol.clockTolerance else {
            return Finding(
                check: "clock", state: .failed, message: words,
                advice:
                    "Set this machine's clock, by NTP where there is one; \(FederationProtocol.clockTolerance / 60) minutes are tolerated."
            )
        }
        return Finding(check: "clock", state: .ok, message: words, advice: "")
    }
}

extension Doctor.Finding: JSONEncodable {
    /// `{"check": …, "state": …, "message": …, "advice": …}`
    public var json: JSONValue {
        ["check": .string(check), "state": .string(state.rawValue), "message": .string(message), "advice": .string(advice)]
    }
}

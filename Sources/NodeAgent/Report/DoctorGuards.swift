import Daemon
import Federation
import Foundation

/// What the doctor looks at besides what the node needs to run: who else can read its secrets, and how it was started.
struct DoctorGuards: Sendable {
    let environment: [String: String]

    /// Everything that must be its owner's alone.
    func secrets(_ state: StateDirectory, _ configurationFile: String, _ policyFile: String) -> Doctor.Finding {
        let open =
            secretFiles(state).filter { isReadableByOthers($0, mask: 0o077) }
            // root's, and the group's to read: whoever may write it decides what leaves.
            + [configurationFile, policyFile].filter { isReadableByOthers($0, mask: 0o022) }
        guard open.isEmpty else {
            return Doctor.Finding(
                check: "permissions", state: .failed, message: "others may read or change \(open.joined(separator: ", "))",
                advice: "chmod 600 for keys, secrets and the database; chmod 640 for node.yaml and policy.yaml.")
        }
        return Doctor.Finding(
            check: "permissions", state: .ok, message: "keys, secrets and database are the owner's alone", advice: "")
    }

    private func secretFiles(_ state: StateDirectory) -> [String] {
        ["state.sqlite", "node-secret", "identity/signing-key", "identity/tls-key.pem"].map(state.file).filter(Files.exists)
    }

    private func isReadableByOthers(_ path: String, mask: Int) -> Bool {
        let facts = try? FileManager.default.attributesOfItem(atPath: (path as NSString).resolvingSymlinksInPath)
        return ((facts?[.posixPermissions] as? NSNumber)?.intValue ?? 0) & mask != 0
    }

    /// What the service manager hands over: the names, never what is in them.
    func credentials() -> Doctor.Finding {
        let folder = CredentialFolder(environment)
        guard folder.path != nil else {
            return Doctor.Finding(
                check: "credentials", state: .ok, message: "none: started by hand, or the unit loads none", advice: "")
        }
        let names = folder.names
        let unreadable = names.filter { name in folder.file(name).map { !Files.isReadable($0) } ?? true }
        guard unreadable.isEmpty else {
            return Doctor.Finding(
                check: "credentials", state: .failed, message: "\(unreadable.joined(separator: ", ")) cannot be read",
                advice: "Look at LoadCredential= of the unit: systemctl cat dure-node")
        }
        return Doctor.Finding(
            check: "credentials", state: .ok, message: names.isEmpty ? "none" : names.joined(separator: ", "), advice: "")
    }

    /// Whether the node can sign as whom the coordinator enrolled, and what it signed about its log holds.
    func signatures(_ state: StateDirectory) async -> Doctor.Finding {
        do throws(NodeError) {
            let identity = try NodeIdentity(in: state)
            let report = try await AuditReport(state: state)
            _ = try report.verify()
            return Doctor.Finding(
                check: "signatures", state: .ok,
                message:
                    "key \(identity.keys.signing.verificationKey.name) is the enrolled one; what it signed about the log holds",
                advice: "")
        } catch {
            return Doctor.Finding(check: "signatures", state: .failed, message: error.message, advice: error.advice)
        }
    }

    /// What a de-duplicated total needs, where the policy allows one.
    func linkage(_ configuration: NodeConfiguration, _ policy: Policy) -> Doctor.Finding? {
        guard policy.totals?.isDistinctAllowed == true || configuration.linkage != nil else { return nil }
        guard let linkage = configuration.linkage else {
            return Doctor.Finding(
                check: "linkage", state: .warning, message: "totals.distinct is allowed, and there is no linkage key",
                advice: "Name the key's file and the identifiers' file under linkage in node.yaml.")
        }
        do throws(NodeError) {
            let key = try linkage.key()
            _ = try linkage.identifiers { _ in false }
            guard !isReadableByOthers(linkage.keyFile, mask: 0o077),
                !isReadableByOthers(linkage.identifiersFile, mask: 0o007)
            else {
                return Doctor.Finding(
                    check: "linkage", state: .failed, message: "others may read \(linkage.keyFile) or \(linkage.identifiersFile)",
                    advice: "chmod 600 for the key, 640 for the identifiers.")
            }
            return Doctor.Finding(
                check: "linkage", state: .ok, message: "key \(key.name) (the same at all hospitals), identifiers are well formed",
                advice: "")
        } catch {
            return Doctor.Finding(check: "linkage", state: .failed, message: error.message, advice: error.advice)
        }
    }

    /// The metrics' file, where there is to be one.
    func metrics(_ configuration: NodeConfiguration) -> Doctor.Finding? {
        guard let file = configuration.metricsFile else { return nil }
        guard access(Files.folder(of: file), W_OK | X_OK) == 0 else {
            return Doctor.Finding(
                check: "metrics", state: .warning, message: "\(file) cannot be written",
                advice: "Make the folder writable for the node's user, and name it in ReadWritePaths= of the unit.")
        }
        return Doctor.Finding(check: "metrics", state: .ok, message: file, advice: "")
    }
}

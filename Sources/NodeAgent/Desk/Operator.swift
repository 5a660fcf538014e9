import Foundation

/// The person at the keyboard, as this machine knows them: by a user's number, which is all that the audit log keeps.
///
/// Where the machine keeps a login user (`/proc/self/loginuid`, set once by PAM at sign-in), it is that one: `sudo`, `su` and
/// `runuser` do not change it, so two persons who both work as the node's user are still two. Elsewhere it is whom `sudo`
/// names, and last the user of the process. Whoever is root can pretend to be anybody; what is signed elsewhere shows it.
public struct Operator: Sendable, Hashable {
    /// The user's number.
    public let uid: UInt32
    /// The user's name on this machine, for the screen and for the policy's list; nil where the number has none.
    public let name: String?

    /// A person by number.
    public init(uid: UInt32) {
        self.uid = uid
        name = getpwuid(uid).flatMap { $0.pointee.pw_name }.map { String(cString: $0) }
    }

    init(uid: UInt32, name: String?) {
        self.uid = uid
        self.name = name
    }

    /// Who runs this process.
    public static func current(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> Operator {
        let login = FileManager.default.contents(atPath: "/proc/self/loginuid").map { String(decoding: $0, as: UTF8.self) }
        return Operator(uid: number(login: login, sudo: environment["SUDO_UID"], process: getuid()))
    }

    /// The first of these that names somebody.
    static func number(login: String?, sudo: String?, process: UInt32) -> UInt32 {
        // 4294967295 is "nobody signed in": a service, or a container.
        if let login = login.flatMap({ UInt32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }), login != .max {
            return login
        }
        return sudo.flatMap { UInt32($0) } ?? process
    }

    /// As the audit log has it.
    public var actor: String { "person:uid-\(uid)" }

    /// For the screen.
    public var words: String { name.map { "\($0) (uid \(uid))" } ?? "uid \(uid)" }

    /// Lets a command of root write into the state directory as its owner: files of root's there would lock the daemon out.
    /// - Throws: `STATE` where the process is neither root nor the owner.
    public static func becomeOwner(of folder: String) throws(NodeError) {
        let facts = try? FileManager.default.attributesOfItem(atPath: folder)
        guard let owner = (facts?[.ownerAccountID] as? NSNumber)?.uint32Value, owner != geteuid() else { return }
        let group = (facts?[.groupOwnerAccountID] as? NSNumber)?.uint32Value ?? owner
        guard geteuid() == 0, setgroups(0, nil) == 0, setgid(group) == 0, setuid(owner) == 0 else {
            throw NodeError(
                .state, "\(folder) belongs to \(Operator(uid: owner).words), and you work as uid \(geteuid()).",
                advice: "Run it as that user, or with sudo.")
        }
    }
}

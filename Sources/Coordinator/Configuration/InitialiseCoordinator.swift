public import Federation
import GRDB

/// Makes a new coordinator in an empty folder: configuration, CA, signing key, server certificate, state file, and the first
/// administrator.
public struct InitialiseCoordinator: Sendable {
    /// What was made.
    public struct Outcome: Sendable {
        /// The digest of the CA's certificate, to be read to hospitals by telephone.
        public let authorityFingerprint: Digest256
        /// The key that signs tickets.
        public let signingKey: VerificationKey
        /// The first administrator.
        public let administrator: Person
    }

    let directory: StateDirectory
    let configuration: CoordinatorConfiguration
    let clock: CoordinatorClock
    let passwords: PasswordDesk

    /// A new coordinator in `directory`.
    public init(directory: StateDirectory, configuration: CoordinatorConfiguration, clock: CoordinatorClock = .system) {
        self.init(directory: directory, configuration: configuration, clock: clock, passwords: PasswordDesk())
    }

    init(
        directory: StateDirectory, configuration: CoordinatorConfiguration, clock: CoordinatorClock, passwords: PasswordDesk
    ) {
        self.directory = directory
        self.configuration = configuration
        self.clock = clock
        self.passwords = passwords
    }

    /// Makes it.
    ///
    /// - Throws: `CoordinatorError` (`ALREADY_EXISTS`) where there is one already: nothing is ever overwritten.
    public func run(administrator login: String, password: String, by actor: AuditActor) async throws -> Outcome {
        guard !directory.isInitialised else {
            throw CoordinatorError(
                .alreadyExists, "\(directory.path) holds a coordinator already.",
                advice: "Choose another folder, or run that one.")
        }
        try PasswordHash.check(password, login: login)
        try directory.create()
        let name = "\(configuration.consortiumName.text("en")) CA"
        let keys = try ConsortiumKeys.make(in: directory, name: String(name.prefix(64)), now: clock.now)
        _ = try ServerCertificate(
            directory: directory, authority: keys.authority, hosts: configuration.hosts, clock: clock)
        let database = try CoordinatorDatabase(path: directory.databaseFile)
        defer { database.close() }
        let now = clock.now
        try await database.write { db in
            try AuditLog.append(db, .initialised, by: actor, on: .none, at: now, content: keys.authorityFingerprint)
        }
        let people = PeopleRegister(database: database, clock: clock, passwords: passwords)
        let administrator = try await people.add(
            login: login, displayName: login, organisation: "", role: .administrator, password: password, by: actor)
        // Last: the configuration is what marks the folder as complete.
        try StateDirectory.write(ConfigurationTemplate.text(configuration), to: directory.configurationFile)
        return Outcome(
            authorityFingerprint: keys.authorityFingerprint, signingKey: keys.signing.verificationKey,
            administrator: administrator)
    }
}

import Federation
import Foundation
import NIOSSL

/// The server certificate of the consortium's CA: made at the first start, made anew at two thirds of its life, while the process
/// runs too, so that a coordinator that is never restarted does not end with its certificate.
final class ServerCertificate: Sendable {
    /// What handshakes present.
    struct Material: Sendable {
        let chain: [NIOSSLCertificateSource]
        let key: NIOSSLPrivateKeySource
        let facts: CertificateFacts
    }

    private let directory: StateDirectory
    private let authority: ConsortiumCA
    private let hosts: [String]
    private let clock: CoordinatorClock
    private let current: Locked<Material>

    /// Reads the certificate of a state directory, or makes one where there is none for these hosts, or it is getting old.
    init(directory: StateDirectory, authority: ConsortiumCA, hosts: [String], clock: CoordinatorClock) throws {
        self.directory = directory
        self.authority = authority
        self.hosts = hosts
        self.clock = clock
        let stored = try Self.stored(directory, hosts)
        if let stored, clock.now < stored.facts.renewFrom {
            current = Locked(stored)
        } else {
            current = Locked(try Self.make(directory, authority, hosts, clock.now))
        }
    }

    /// What the next handshake presents.
    var material: Material { current.withLock { $0 } }

    /// Makes a new certificate where the present one is getting old.
    ///
    /// - Returns: whether it did.
    func renewIfDue() throws -> Bool {
        guard clock.now >= material.facts.renewFrom else { return false }
        let made = try Self.make(directory, authority, hosts, clock.now)
        current.withLock { $0 = made }
        return true
    }

    private static func stored(_ directory: StateDirectory, _ hosts: [String]) throws -> Material? {
        guard FileManager.default.fileExists(atPath: directory.serverCertificateFile),
            try StateDirectory.read(hostsFile(directory)) == hosts.joined(separator: "\n")
        else { return nil }
        return try material(
            certificate: StateDirectory.read(directory.serverCertificateFile), key: StateDirectory.read(directory.serverKeyFile))
    }

    private static func make(
        _ directory: StateDirectory, _ authority: ConsortiumCA, _ hosts: [String], _ now: Timestamp
    ) throws -> Material {
        let (certificate, key) = try authority.issueServerCertificate(hosts: hosts, now: now)
        try StateDirectory.write(key, to: directory.serverKeyFile)
        try StateDirectory.write(certificate, to: directory.serverCertificateFile)
        try StateDirectory.write(hosts.joined(separator: "\n"), to: hostsFile(directory))
        return try material(certificate: certificate, key: key)
    }

    private static func hostsFile(_ directory: StateDirectory) -> String { directory.serverCertificateFile + ".hosts" }

    private static func material(certificate: String, key: String) throws -> Material {
        Material(
            chain: try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map { .certificate($0) },
            key: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)),
            facts: try CertificateFacts(pem: certificate))
    }
}

/// A value that several threads share. NSLock, because the thread sanitizer understands it.
final class Locked<Value: Sendable>: @unchecked Sendable {
    // @unchecked: `value` is touched with the lock held, and nowhere else.
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func withLock<T>(_ body: (inout Value) throws -> T) rethrows -> T {
        lock.lock()
        defer { lock.unlock() }
        return try body(&value)
    }
}

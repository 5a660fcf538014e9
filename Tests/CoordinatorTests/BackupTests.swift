import Daemon
import Federation
import Foundation
import Testing

@testable import Coordinator

@Suite struct BackupTests {
    // A key, because deriving one from a passphrase takes seconds in a debug build.
    private let key = BackupPrivateKey()

    private func make(_ coordinator: TestCoordinator) async throws -> (path: String, manifest: BackupManifest) {
        let folder = coordinator.directory.path + "/out-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return try await CoordinatorBackup(coordinator.directory).create(
            in: folder, sealedWith: .recipient(key.recipient), of: coordinator.office, by: .operatorAccount("test"))
    }

    @Test func aRestoredCoordinatorIsTheSameOneWithOneLog() async throws {
        let coordinator = try await TestCoordinator.make()
        let made = try await make(coordinator)
        #expect(made.manifest.files.map(\.path).contains("keys/ca.key") && made.manifest.name == "C-PNUH")
        #expect(try CoordinatorBackup.check(made.path, .key(key)) == made.manifest)
        let new = StateDirectory(path: coordinator.directory.path + "/restored")
        _ = try await CoordinatorBackup(new).restore(
            made.path, .key(key), by: .operatorAccount("test"), clock: coordinator.time.clock)
        let restored = try TestCoordinator(new, coordinator.office.configuration, coordinator.time, isOwner: true)
        #expect(restored.office.keys.authorityFingerprint == coordinator.office.keys.authorityFingerprint)
        #expect(try await restored.office.people.list().map(\.login) == ["admin"])
        #expect(try await restored.office.audit.verify().count == made.manifest.audit.count + 1)
        #expect(try await restored.office.audit.entries(action: "state.restore").count == 1)
    }

    @Test func nothingIsRestoredOverAFolderThatIsNotEmpty() async throws {
        let coordinator = try await TestCoordinator.make()
        let made = try await make(coordinator)
        let error = await #expect(throws: CoordinatorError.self) {
            try await CoordinatorBackup(coordinator.directory).restore(
                made.path, .key(key), by: .operatorAccount("test"))
        }
        #expect(error?.code == .alreadyExists)
        #expect(FileManager.default.fileExists(atPath: coordinator.directory.configurationFile))
    }

    @Test func anotherKeyLeavesNothingBehind() async throws {
        let coordinator = try await TestCoordinator.make()
        let made = try await make(coordinator)
        let new = StateDirectory(path: coordinator.directory.path + "/restored")
        await #expect(throws: CoordinatorError.self) {
            try await CoordinatorBackup(new).restore(made.path, .key(BackupPrivateKey()), by: .operatorAccount("test"))
        }
        #expect(!FileManager.default.fileExists(atPath: new.path))
    }
}

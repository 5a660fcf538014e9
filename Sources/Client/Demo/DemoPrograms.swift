import Foundation

/// Runs the other three programs for the demo: short commands to their end, daemons until they are stopped.
///
/// A child gets its output in a file of the demo's folder and its own process group is not made, so that a terminal's Ctrl-C reaches it
/// too; `stopAll` ends what is left.
public final class DemoPrograms: Sendable {
    private let folder: String
    private let running = RunningDaemons()

    /// The programs beside this one, working in `folder`.
    public init(folder: String) { self.folder = folder }

    /// The path of the program `name`: beside the running executable.
    static func path(of name: String) throws(ClientError) -> String {
        let executable =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let path = URL(fileURLWithPath: executable).deletingLastPathComponent().appending(path: name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw ClientError(
                .configuration, code: "PROGRAM_MISSING", "\(name) is not beside dure (\(path)).",
                advice: "Build or install all four programs into one folder.")
        }
        return path
    }

    /// Runs a command to its end and returns its standard output.
    ///
    /// - Throws: `ClientError` with what it wrote to standard error, where it does not end with 0.
    @discardableResult
    public func run(_ name: String, _ arguments: [String]) throws(ClientError) -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Self.path(of: name))
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        let errors = "\(folder)/logs/\(name)-\(UUID().uuidString).err"
        let output = "\(folder)/logs/\(name)-\(UUID().uuidString).out"
        defer { for file in [errors, output] { try? FileManager.default.removeItem(atPath: file) } }
        do {
            process.standardOutput = try Self.file(output)
            process.standardError = try Self.file(errors)
            try process.run()
        } catch {
            throw ClientError(.failed, code: "PROGRAM_START", "\(name) could not be started: \(error).")
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let said = FileManager.default.contents(atPath: errors).map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw ClientError(
                .failed, code: "PROGRAM_FAILED",
                "\(name) \(arguments.first ?? "") ended with \(process.terminationStatus): \(said.trimmingCharacters(in: .whitespacesAndNewlines))"
            )
        }
        return FileManager.default.contents(atPath: output).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Starts a daemon that runs until `stopAll`.
    ///
    /// - Parameters:
    ///   - log: the file under `logs` that its output goes to.
    ///   - environment: variables beside those of this process.
    public func start(
        _ name: String, _ arguments: [String], log: String, environment: [String: String] = [:]
    ) throws(ClientError) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Self.path(of: name))
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        if !environment.isEmpty {
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        }
        do {
            let file = try Self.file("\(folder)/logs/\(log).log")
            process.standardOutput = file
            process.standardError = file
            try process.run()
        } catch {
            throw ClientError(.failed, code: "PROGRAM_START", "\(name) could not be started: \(error).")
        }
        running.add(process, as: log)
    }

    /// The process ids of the daemons that still run.
    public var processIDs: [Int32] { running.processes.filter(\.isRunning).map(\.processIdentifier) }

    /// Whether the daemon that was started as `log` still runs.
    public func isRunning(_ log: String) -> Bool { running.isRunning(log) }

    /// Ends one daemon at once, as a power cut would, and waits until it is gone.
    ///
    /// - Parameter log: the name that it was started with.
    public func pullThePlug(_ log: String) {
        guard let process = running.take(log), process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Leaves the daemons to themselves: `stopAll` will not end them.
    public func letGo() { running.clear() }

    /// Ends every daemon that was started: asks first, and after ten seconds does not ask.
    public func stopAll() {
        let processes = running.processes
        for process in processes where process.isRunning { process.terminate() }
        let deadline = Date(timeIntervalSinceNow: 10)
        while processes.contains(where: \.isRunning), Date() < deadline { usleep(50_000) }
        for process in processes where process.isRunning { kill(process.processIdentifier, SIGKILL) }
        running.clear()
    }

    private static func file(_ path: String) throws -> FileHandle {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path) else {
            throw CocoaError(.fileWriteUnknown)
        }
        return handle
    }
}

/// The started processes, behind a lock: a signal handler's queue reads them while the demo adds some.
private final class RunningDaemons: @unchecked Sendable {
    // @unchecked because Process is not Sendable; every access to the list is under the lock, and Process's own methods used here
    // (terminate, isRunning, processIdentifier) are safe from any thread.
    private let lock = NSLock()
    private var daemons: [(name: String, process: Process)] = []

    var processes: [Process] { lock.withLock { daemons.map(\.process) } }
    func add(_ process: Process, as name: String) { lock.withLock { daemons.append((name, process)) } }
    func clear() { lock.withLock { daemons.removeAll() } }
    func isRunning(_ name: String) -> Bool {
        lock.withLock { daemons.contains { $0.name == name && $0.process.isRunning } }
    }
    func take(_ name: String) -> Process? {
        lock.withLock {
            guard let index = daemons.firstIndex(where: { $0.name == name }) else { return nil }
            return daemons.remove(at: index).process
        }
    }
}

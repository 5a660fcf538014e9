import Foundation

/// The link between the nodes and the coordinator: a relay on loopback, a process of its own, that a test cuts.
final class Relay: @unchecked Sendable {
    // @unchecked: used by one test at a time.
    private let from: Int
    private let to: Int
    private var process: Process?
    /// Its standard input; it ends when this is closed, however the test run ends.
    private var life = Pipe()

    init(from: Int, to: Int) throws {
        (self.from, self.to) = (from, to)
        try mend()
    }

    deinit { cut() }

    /// Breaks every connection; new ones are refused.
    func cut() {
        guard let process, process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Lets connections through again.
    func mend() throws {
        let relay = Process()
        relay.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        relay.arguments = ["python3", "-u", "-c", Self.script, "\(from)", "\(to)"]
        life = Pipe()
        let output = Pipe()
        relay.standardInput = life
        relay.standardOutput = output
        try relay.run()
        guard !output.fileHandleForReading.availableData.isEmpty else { throw CocoaError(.fileReadUnknown) }
        process = relay
    }

    private static let script = """
        import os, socket, sys, threading
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
        def pump(a, b):
            try:
                while (d := a.recv(65536)): b.sendall(d)
            except OSError: pass
            for s in (a, b):
                try: s.shutdown(socket.SHUT_RDWR)
                except OSError: pass
        l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        l.bind(("127.0.0.1", int(sys.argv[1]))); l.listen(50)
        print("relaying", flush=True)
        while True:
            c, _ = l.accept()
            try: u = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
            except OSError: c.close(); continue
            threading.Thread(target=pump, args=(c, u), daemon=True).start()
            threading.Thread(target=pump, args=(u, c), daemon=True).start()
        """
}

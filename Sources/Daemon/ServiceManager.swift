import Foundation

/// Tells systemd (or whoever started us with `NOTIFY_SOCKET`) about our state; does nothing elsewhere.
/// The protocol is a stable, documented datagram (sd_notify(3)), so no libsystemd is needed.
public enum ServiceManager {
    /// The service answers; `status` is what `systemctl status` shows.
    public static func ready(_ status: String) { notify("READY=1\nSTATUS=\(status)") }

    /// The service reads its configuration anew; `ready` ends that.
    public static func reloading() {
        // CLOCK_MONOTONIC, which tells the manager this reload from an earlier one.
        let microseconds = Int64(ProcessInfo.processInfo.systemUptime * 1_000_000)
        notify("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    /// The service is ending.
    public static func stopping() { notify("STOPPING=1") }

    /// The service is alive.
    public static func alive() { notify("WATCHDOG=1") }

    /// The service needs longer to start than its unit says, by `seconds`; `status` is what it does meanwhile.
    public static func extendStart(seconds: Int, _ status: String) {
        notify("EXTEND_TIMEOUT_USEC=\(seconds * 1_000_000)\nSTATUS=\(status)")
    }

    /// How often `alive` is wanted: half of what the manager waits for; nil where it does not watch.
    public static func watchdogInterval(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> Duration? {
        guard let text = environment["WATCHDOG_USEC"], let microseconds = Int64(text), microseconds > 0 else { return nil }
        if let pid = environment["WATCHDOG_PID"], pid != "\(getpid())" { return nil }
        return .microseconds(microseconds / 2)
    }

    static func notify(_ state: String, path: String? = ProcessInfo.processInfo.environment["NOTIFY_SOCKET"]) {
        guard let path, path.first == "/" || path.first == "@" else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }  // abstract namespace
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, state, state.utf8.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }
}

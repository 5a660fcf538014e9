import Foundation

/// The addresses at which a process listens, as the kernel has them: what `ss -ltunp` shows.
struct Listeners {
    /// As they stand in `/proc/net`: `0100007F:1D13`, the address in the machine's byte order.
    let addresses: [String]

    init(of process: Int32) throws {
        let folder = "/proc/\(process)/fd"
        let sockets = Set(
            try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { name in
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(name)")
                return target.flatMap { $0.hasPrefix("socket:[") ? String($0.dropFirst(8).dropLast()) : nil }
            })
        var found: [String] = []
        for (table, state) in [("tcp", "0A"), ("tcp6", "0A"), ("udp", "07"), ("udp6", "07")] {
            let text = (try? String(contentsOfFile: "/proc/\(process)/net/\(table)", encoding: .utf8)) ?? ""
            for line in text.split(separator: "\n").dropFirst() {
                let words = line.split(separator: " ")
                if words.count > 9, words[3] == state, sockets.contains(String(words[9])) { found.append(String(words[1])) }
            }
        }
        addresses = found
    }

    /// 127.0.0.1 or ::1.
    static func isLoopback(_ address: String) -> Bool {
        let host = address.prefix { $0 != ":" }
        return host == "0100007F" || host == "00000000000000000000000001000000"
    }
}

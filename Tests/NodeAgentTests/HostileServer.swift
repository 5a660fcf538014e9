import Foundation

@testable import NodeAgent

/// A server of raw bytes on loopback that a test scripts: as hostile as one likes, and gone with the test.
final class HostileServer: Sendable {
    /// One connection, after the head of a request was read.
    struct Peer: Sendable {
        let descriptor: Int32
        let sent: Locked<Int>

        /// False once the other side has hung up.
        @discardableResult
        func send(_ bytes: [UInt8]) -> Bool {
            var start = 0
            while start < bytes.count {
                let count = bytes[start...].withUnsafeBytes { bytes in
                    Foundation.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                start += count
                sent.withLock { $0 += count }
            }
            return true
        }

        @discardableResult
        func send(_ text: String) -> Bool { send(Array(text.utf8)) }
    }

    let port: Int
    private let listening: Int32
    private let count = Locked(0)
    private let bytes = Locked(0)

    /// Requests that came.
    var requests: Int { count.withLock { $0 } }
    /// Bytes that went out, into the system's buffers at least.
    var sent: Int { bytes.withLock { $0 } }

    /// - Parameter serve: is called in a thread of its own for each connection, which is closed when it returns.
    init(_ serve: @escaping @Sendable (Peer) -> Void) throws {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listening, address, length) == 0 && listen(listening, 16) == 0
                    && getsockname(listening, address, &length) == 0
            }
        }
        guard isBound else { throw TooLate() }
        self.listening = listening
        port = Int(UInt16(bigEndian: address.sin_port))
        let (count, bytes) = (count, bytes)
        Thread.detachNewThread {
            while true {
                let descriptor = accept(listening, nil, nil)
                guard descriptor >= 0 else { return }
                Thread.detachNewThread {
                    defer { close(descriptor) }
                    guard Self.readHead(descriptor) else { return }
                    count.withLock { $0 += 1 }
                    serve(Peer(descriptor: descriptor, sent: bytes))
                }
            }
        }
    }

    deinit {
        shutdown(listening, Int32(SHUT_RDWR))
        close(listening)
    }

    private static func readHead(_ descriptor: Int32) -> Bool {
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while head.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0, head.count < 1 << 20 else { return false }
            head += buffer[..<count]
        }
        return true
    }
}

import CanonicalJSON
import Federation
import HTTPTypes
import Hummingbird
import NIOCore

/// What goes out: always JSON, never kept by anybody on the way.
enum JSONResponse {
    /// A response with a value; signed documents go out in the very bytes that were signed and stored.
    static func make(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.canonicalBytes())))
    }

    /// Nothing to say.
    static let noContent = Response(status: .noContent, headers: [.cacheControl: "no-store"])
}

/// What comes in: read within limits of size and time, parsed strictly.
struct JSONBody: Sendable {
    /// The largest body, in bytes.
    let maxBytes: Int
    /// The longest time to send it.
    let time: Duration

    /// The value of a request's body.
    ///
    /// - Throws: `CoordinatorError` (`BODY_TOO_LARGE`, `BODY_TOO_SLOW`) or `JSONError`.
    func value(of request: Request) async throws -> JSONValue {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > maxBytes { throw tooLarge }
        let buffer = try await collect(request.body)
        return try JSONValue(parsing: buffer.readableBytesView, limits: JSONLimits(maxBytes: maxBytes))
    }

    /// The body as a message of ours.
    func message<T: JSONDecodable & Sendable>(_: T.Type, of request: Request) async throws -> T {
        try T(from: JSONReader(try await value(of: request)))
    }

    private func collect(_ body: RequestBody) async throws -> ByteBuffer {
        try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            group.addTask {
                do {
                    return try await body.collect(upTo: maxBytes)
                } catch is NIOTooManyBytesError {
                    throw tooLarge
                }
            }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let buffer = first else {
                throw CoordinatorError(
                    .bodyTooSlow, "The body did not arrive within \(time.components.seconds) seconds.", advice: "Try again.")
            }
            return buffer
        }
    }

    private var tooLarge: CoordinatorError {
        CoordinatorError(.bodyTooLarge, "The body is larger than \(maxBytes) bytes.", advice: "Send less in one request.")
    }
}

extension Request {
    /// A number of the query string, held within a range; `standard` where it is absent.
    func number(_ name: String, in range: ClosedRange<Int>, standard: Int) throws(CoordinatorError) -> Int {
        guard let text = uri.queryParameters[name[...]] else { return standard }
        guard let number = Int(text) else {
            throw CoordinatorError(.badRequest, "The parameter \(name) is not a whole number.")
        }
        return min(max(number, range.lowerBound), range.upperBound)
    }

    /// An identifier of the query string, or nil where it is absent.
    func identifier<ID: Identifier>(_ name: String, _: ID.Type) throws(CoordinatorError) -> ID? {
        guard let text = uri.queryParameters[name[...]] else { return nil }
        guard let id = ID(rawValue: String(text)) else {
            throw CoordinatorError(.badRequest, "The parameter \(name) is not an identifier like \(ID.example).")
        }
        return id
    }
}

extension Parameters {
    /// The identifier in the path. One of the wrong shape names nothing.
    func identifier<ID: Identifier>(_: ID.Type) throws(CoordinatorError) -> ID {
        let text = String(self["id"] ?? "")
        guard let id = ID(rawValue: text) else {
            throw CoordinatorError(.notFound, "There is nothing by that identifier; one looks like \(ID.example).")
        }
        return id
    }
}

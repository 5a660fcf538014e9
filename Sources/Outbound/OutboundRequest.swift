/// One HTTPS request, whole: nothing is streamed, because everything that crosses is small.
public struct OutboundRequest: Sendable, Hashable {
    /// The methods in use.
    public enum Method: String, Sendable, Hashable {
        /// Read.
        case get = "GET"
        /// Send.
        case post = "POST"
        /// Replace.
        case put = "PUT"
        /// Change.
        case patch = "PATCH"
        /// Remove.
        case delete = "DELETE"
    }

    /// GET, POST, ...
    public var method: Method
    /// The whole address: `https://host:port/path?query`.
    public var url: String
    /// Header fields, in order. Values may not hold line breaks.
    public var headers: [(name: String, value: String)] {
        get { fields.map { ($0.name, $0.value) } }
        set { fields = newValue.map(Field.init) }
    }
    /// The body; nil for none.
    public var body: [UInt8]?
    /// Time allowed from start to last byte, connecting included.
    public var timeout: Duration
    /// The largest answer accepted, in bytes.
    public var responseLimit: Int

    struct Field: Sendable, Hashable {
        var name: String
        var value: String
    }
    var fields: [Field]

    /// A request; by default 60 seconds and at most 8 MiB of answer.
    public init(
        _ method: Method = .get, _ url: String, headers: [(name: String, value: String)] = [], body: [UInt8]? = nil,
        timeout: Duration = .seconds(60), responseLimit: Int = 8 << 20
    ) {
        self.method = method
        self.url = url
        self.body = body
        self.timeout = timeout
        self.responseLimit = responseLimit
        fields = headers.map(Field.init)
    }
}

/// What came back.
public struct OutboundResponse: Sendable, Hashable {
    /// The HTTP status.
    public var status: Int
    /// Header fields by lower-case name; of a repeated one, the last.
    public var headers: [String: String]
    /// The body, whole.
    public var body: [UInt8]

    /// A response from its parts (tests answer with these).
    public init(status: Int, headers: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

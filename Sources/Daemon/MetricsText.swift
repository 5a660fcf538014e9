import Foundation

/// Metrics in Prometheus' text format (version 0.0.4), in the order in which they were added.
///
/// Names, helps and label names are constants of the program; only label values come from elsewhere, and they are escaped.
public struct MetricsText: Sendable {
    /// What a family of numbers is.
    public enum Kind: String, Sendable { case gauge, counter }

    /// One number of a family.
    public struct Sample: Sendable, Hashable {
        /// What tells it from the others of its family.
        public var labels: [String: String]
        /// The number.
        public var value: Int64

        /// Creates a sample.
        public init(_ value: Int64, _ labels: [String: String] = [:]) {
            self.value = value
            self.labels = labels
        }
    }

    /// The media type of `text`.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// The text so far.
    public private(set) var text = ""

    /// No metrics.
    public init() {}

    /// Adds a family. Without samples nothing is written: an unknown number is absent, never 0.
    public mutating func add(_ name: StaticString, _ help: StaticString, _ samples: [Sample], as kind: Kind = .gauge) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }
            text += "\(name)\(labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}") \(sample.value)\n"
        }
    }

    /// Adds a family of one number, where it is known.
    public mutating func add(_ name: StaticString, _ help: StaticString, _ value: Int64?, as kind: Kind = .gauge) {
        add(name, help, value.map { [Sample($0)] } ?? [], as: kind)
    }

    /// Puts the text in the place of the file `path`, whole or not at all, readable for everybody: for the textfile collector of
    /// node_exporter, which reads every file there that ends in `.prom`.
    /// - Throws: the system's error, where the folder cannot be written.
    public func write(to path: String) throws {
        let beside = "\(path).\(getpid()).tmp"
        try Data(text.utf8).write(to: URL(fileURLWithPath: beside))
        guard chmod(beside, 0o644) == 0, rename(beside, path) == 0 else {
            let code = POSIXErrorCode(rawValue: errno) ?? .EIO
            unlink(beside)
            throw POSIXError(code)
        }
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

import Foundation

/// Certificates made by the openssl command: an authority, a server, a client, and the same by a stranger.
struct Certificates: Sendable {
    static let shared: Certificates = {
        do { return try Certificates() } catch { fatalError("openssl could not make certificates: \(error)") }
    }()

    let folder: String
    var authority: String { (try? String(contentsOfFile: "\(folder)/ca.pem", encoding: .utf8)) ?? "" }

    private init() throws {
        folder = NSTemporaryDirectory() + "dure-outbound-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = """
            set -e; cd '\(folder)'
            ca() { openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $1.key -out $1.pem -days 30 -subj "/O=Test/CN=$2"; }
            leaf() { # name, authority, subject, names, days
              openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $1.key -out $1.csr -subj "/CN=$3"
              printf 'subjectAltName=%s\\n' "$4" > $1.ext
              openssl x509 -req -in $1.csr -CA $2.pem -CAkey $2.key -CAcreateserial -out $1.pem $5 -extfile $1.ext; }
            ca ca "Our Consortium CA"; ca inspector "Hospital Inspection CA"
            leaf server ca localhost DNS:localhost,IP:127.0.0.1 "-days 10"
            leaf inspected inspector localhost DNS:localhost,IP:127.0.0.1 "-days 10"
            leaf elsewhere ca elsewhere DNS:elsewhere.example "-days 10"
            leaf client ca KR-H-0009 DNS:client.example "-days 10"
            leaf stranger inspector KR-H-0009 DNS:client.example "-days 10"
            leaf expired ca localhost DNS:localhost,IP:127.0.0.1 "-days -1"
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileNoSuchFile) }
    }
}

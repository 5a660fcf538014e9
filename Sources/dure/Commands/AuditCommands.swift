import ArgumentParser
import CanonicalJSON
import Client
import Federation
import Foundation

/// `dure audit`: a hospital's log held against what it had signed, without a network.
struct AuditCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Hold a hospital's audit log against what its node had signed before.",
        subcommands: [Verify.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Follow a log's chain and hold it against the heads that the coordinator kept.",
            discussion: """
                LOG is what `dure-node log export` prints, HEADS what `dure-coordinator audit heads` prints, KEY the node's signing \
                key as `dure-coordinator node show` names it (64 hexadecimal digits), or left out to check the chain alone. What \
                was cut off, changed or reordered is named by its line.

                Exit codes: 0 everything holds; 11 something does not.
                """)

        @Argument(help: "The hospital's log, one line of JSON each.") var log: String
        @Option(help: "A file with older lines (dure-node log archive); once for each, the oldest first.") var archive: [String] =
            []
        @Option(help: "What the coordinator kept of the node's word on its log.") var heads: String?
        @Option(help: "The node's signing key, 64 hexadecimal digits; without it, signatures are not checked.") var key: String?

        func run() throws {
            let lines = try (archive + [log]).flatMap(Self.lines)
            do throws(FederationError) {
                let points = try points()
                let comparison = try AuditComparison(lines, from: try AuditComparison.start(of: lines, vouchedFor: points))
                for point in points { try check(point, comparison, points) }
                print("\(comparison.count) lines hold; \(points.count) signed heads agree.")
            } catch {
                FileHandle.standardError.write(Data("dure: \(error)\n".utf8))
                throw ExitCode(11)
            }
        }

        private func check(
            _ point: AuditPoint, _ comparison: AuditComparison, _ all: [AuditPoint]
        ) throws(FederationError) {
            do throws(FederationError) {
                try comparison.check(point)
            } catch {
                let last = comparison.lastAgreeing(all)?.count ?? 0
                throw FederationError(
                    error.code, "\(error.message) Both sides agree up to line \(last).", advice: error.advice)
            }
        }

        private func points() throws(FederationError) -> [AuditPoint] {
            guard let heads, let lines = try? Self.lines(heads) else { return [] }
            let signer = key.flatMap(Hex.decode).flatMap(VerificationKey.init(bytes:))
            var points: [AuditPoint] = []
            for line in lines {
                let document = try SignedDocument(parsing: Array(line.utf8))
                if let signer {
                    points.append(try document.verified(as: AuditHead.self, by: signer).point)
                } else {
                    do throws(JSONError) {
                        points.append(try AuditHead(from: JSONReader(document.payload)).point)
                    } catch {
                        throw FederationError(error)
                    }
                }
            }
            return points
        }

        private static func lines(_ path: String) throws -> [String] {
            guard let data = FileManager.default.contents(atPath: path) else { throw ValidationError("\(path) cannot be read.") }
            return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }
}

/// `dure bundle`: a carried file looked at without a network.
struct BundleCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: "Look at a file that is carried to or from a hospital without a network.",
        subcommands: [Verify.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what a file claims to be and its fingerprint, and check its signature where the key is given.",
            discussion: """
                `dure-coordinator bundle export` and `import` are the coordinator's half of the courier, `dure-node courier` the \
                hospital's. Exit codes: 0 read, and signed by --key where given; 11 not.
                """)

        @Argument(help: "The file.") var file: String
        @Option(help: "The sender's signing key, 64 hexadecimal digits.") var key: String?

        func run() throws {
            guard let data = FileManager.default.contents(atPath: file) else { throw ValidationError("\(file) cannot be read.") }
            do {
                let carried = try CourierFile(parsing: data)
                let bundle: CourierBundle
                if let key {
                    guard let signer = Hex.decode(key).flatMap(VerificationKey.init(bytes:)) else {
                        throw ValidationError("--key is 64 hexadecimal digits.")
                    }
                    bundle = try carried.document.verified(as: CourierBundle.self, by: signer)
                } else {
                    bundle = try CourierBundle(from: JSONReader(carried.document.payload))
                }
                print("\(bundle.id)  \(bundle.sender.text) -> \(bundle.recipient.text)  until \(bundle.notAfter)")
                print(
                    "\(carried.fingerprint)  \(key == nil ? "signature not checked" : "signature holds")  \(carried.pages) pages")
                for document in bundle.documents { print("  \(document.type)  \(document.digest.short)") }
            } catch let error as FederationError {
                FileHandle.standardError.write(Data("dure: \(error)\n".utf8))
                throw ExitCode(11)
            }
        }
    }
}

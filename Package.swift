// swift-tools-version: 6.2
import PackageDescription

// One package, read from the ground up: a room may only import rooms listed before it.
// `DURE_ROOMS=Cohorts,Disclosure swift test` builds those rooms and their tests alone
// (with what they stand on), which takes seconds where the whole house takes minutes:
// TLS, X.509 and the HTTP server are most of a cold build.

struct Room {
    enum Kind { case system(link: String?, apt: String), room, executable, c }
    let name: String
    let kind: Kind
    var on: [String] = []
    var packages: [String] = []
    /// The name of its test target's folder, if it has one.
    var tests: String? = nil
    /// Files in the tests' folder that are no sources.
    var testExcludes: [String] = []
    /// Rooms that only the tests need.
    var testsOn: [String] = []
    /// Its folder, where that is not `Sources/` and its name; such a room is no part of what is shipped, and built only when
    /// it is asked for or tests need it.
    var folder: String? = nil
    var excludes: [String] = []
    var testPackages: [String] = []
}

let rooms: [Room] = [
    // Floor 0: system libraries (a module map and inline shims over Debian's packages) and text.
    Room(name: "CCurl", kind: .system(link: "libcurl", apt: "libcurl4-openssl-dev")),
    Room(name: "CClp", kind: .system(link: nil, apt: "coinor-libclp-dev")),
    Room(name: "CPostgres", kind: .system(link: "libpq", apt: "libpq-dev")),
    Room(name: "CODBC", kind: .system(link: "odbc", apt: "unixodbc-dev")),
    Room(name: "CanonicalJSON", kind: .room, tests: "CanonicalJSONTests"),
    Room(name: "TerminalText", kind: .room, tests: "TerminalTextTests"),
    Room(name: "FaultPoints", kind: .room),
    // Floor 1: pure values. No clock, no file, no network.
    Room(name: "Cohorts", kind: .room, on: ["CanonicalJSON"], tests: "CohortsTests"),
    Room(name: "Disclosure", kind: .room, on: ["CanonicalJSON", "CClp"], tests: "DisclosureTests"),
    // Floor 2: what is read in a hospital, and what crosses the wire.
    Room(
        name: "OMOPStore", kind: .room, on: ["Cohorts", "CPostgres", "CODBC"], packages: ["GRDB", "GRDBSQLite", "Logging"],
        tests: "OMOPStoreTests", testsOn: ["EventIndex", "StoreServers"]),
    // Database servers for tests: part of nothing that is shipped.
    Room(name: "StoreServers", kind: .room, on: ["OMOPStore"], folder: "Tests/StoreServers"),
    Room(name: "EventIndex", kind: .room, on: ["OMOPStore"], tests: "EventIndexTests"),
    Room(
        name: "Federation", kind: .room, on: ["CanonicalJSON", "Cohorts", "Disclosure"],
        packages: ["Crypto", "CryptoExtras", "X509", "SwiftASN1"], tests: "FederationTests"),
    Room(name: "Outbound", kind: .room, on: ["CCurl"], tests: "OutboundTests"),
    // What every long-running program does: service manager, credentials, metrics, backups.
    Room(
        name: "Daemon", kind: .room, on: ["CanonicalJSON", "Federation"], packages: ["Crypto", "CryptoExtras", "Logging"],
        tests: "DaemonTests", testExcludes: ["open_backup.py"]),
    // Floor 3: evaluation.
    Room(
        name: "CohortEngine", kind: .room, on: ["Cohorts", "Disclosure", "EventIndex", "OMOPStore"],
        tests: "CohortEngineTests", testExcludes: ["Oracle/oracle.py", "Oracle/gibleed.py"]),
    // Floor 4: the two sides. They never import each other.
    Room(
        name: "NodeAgent", kind: .room,
        on: [
            "CanonicalJSON", "TerminalText", "FaultPoints", "Cohorts", "Disclosure", "OMOPStore", "EventIndex", "CohortEngine",
            "Federation", "Outbound", "Daemon",
        ],
        packages: ["GRDB", "Crypto", "X509", "Logging", "ServiceLifecycle", "Yams"], tests: "NodeAgentTests",
        testsOn: ["StoreServers"]),
    Room(
        name: "Coordinator", kind: .room,
        on: ["CanonicalJSON", "FaultPoints", "Cohorts", "Disclosure", "Federation", "Daemon"],
        packages: [
            "GRDB", "Crypto", "CryptoExtras", "X509", "SwiftASN1", "Logging", "ServiceLifecycle", "Yams", "Hummingbird",
            "HummingbirdCore", "HummingbirdTLS", "HTTPTypes", "NIOCore", "NIOSSL",
        ], tests: "CoordinatorTests", testsOn: ["Decoders"], testPackages: ["HummingbirdTesting", "NIOEmbedded"]),
    Room(
        name: "Client", kind: .room,
        on: ["CanonicalJSON", "TerminalText", "Cohorts", "Disclosure", "Federation", "Outbound"],
        packages: ["Crypto"], tests: "ClientTests"),
    Room(
        name: "Guardian", kind: .room, on: ["CanonicalJSON", "FaultPoints", "Disclosure", "Federation", "Outbound", "Daemon"],
        packages: ["GRDB", "Logging", "ServiceLifecycle"], tests: "GuardianTests", testsOn: ["Cohorts"]),
    // The hospital's desk in a browser: apart from the node, which has no server in it.
    Room(
        name: "NodeConsole", kind: .room, on: ["CanonicalJSON", "Cohorts", "Disclosure", "Federation", "NodeAgent"],
        packages: ["Hummingbird", "HTTPTypes", "NIOCore", "Logging"], tests: "NodeConsoleTests",
        testPackages: ["HummingbirdTesting"]),
    // Floor 5: the executables.
    Room(
        name: "dure-node", kind: .executable,
        on: [
            "CanonicalJSON", "Cohorts", "Disclosure", "OMOPStore", "EventIndex", "CohortEngine", "Federation", "Daemon",
            "NodeAgent",
        ],
        packages: ["ArgumentParser", "Logging", "ServiceLifecycle", "UnixSignals"]),
    Room(
        name: "dure-node-console", kind: .executable, on: ["NodeAgent", "NodeConsole"], packages: ["ArgumentParser"]),
    Room(
        name: "dure-guardian", kind: .executable, on: ["CanonicalJSON", "Federation", "Daemon", "Guardian"],
        packages: ["ArgumentParser", "Logging", "ServiceLifecycle", "UnixSignals"]),
    Room(
        name: "dure-coordinator", kind: .executable,
        on: ["CanonicalJSON", "TerminalText", "Coordinator", "Daemon", "Federation"],
        packages: ["ArgumentParser", "Logging", "ServiceLifecycle", "UnixSignals"]),
    Room(
        name: "dure", kind: .executable,
        on: ["CanonicalJSON", "TerminalText", "Cohorts", "Disclosure", "Federation", "Outbound", "Client"],
        packages: ["ArgumentParser"], tests: "EndToEndTests",
        testsOn: [
            "FaultPoints", "NodeAgent", "Coordinator", "Guardian", "Client", "Federation", "OMOPStore", "EventIndex",
            "CohortEngine",
        ],
        testPackages: ["GRDB", "Logging", "ServiceLifecycle"]),
    // The benchmark's program (`make bench`), and the engine's loops in C that it measures Swift against.
    Room(name: "BenchLoops", kind: .c, folder: "Tests/BenchLoops"),
    Room(
        name: "dure-bench", kind: .executable,
        on: ["CanonicalJSON", "Cohorts", "Disclosure", "OMOPStore", "EventIndex", "CohortEngine", "BenchLoops"],
        packages: ["ArgumentParser", "GRDBSQLite"], folder: "Tests/Bench", excludes: ["README.md", "bench.py", "questions.py"]),
    // Every reader of bytes from outside, for the mutations in its tests.
    Room(
        name: "Decoders", kind: .room,
        on: [
            "CanonicalJSON", "Cohorts", "Disclosure", "OMOPStore", "EventIndex", "Federation", "Daemon", "NodeAgent", "Guardian",
            "Client",
        ],
        tests: "DecoderTests", folder: "Tests/Decoders"),
    // The same readers under libFuzzer (`make fuzz`).
    Room(name: "dure-fuzz", kind: .executable, on: ["Decoders"], folder: "Tests/Fuzz", excludes: ["README.md", "fuzz.py"]),
    // The attacker: a hospital's policy held against every attack that is known. It plays both sides.
    Room(
        name: "dure-attack", kind: .executable,
        on: ["CanonicalJSON", "CClp", "Cohorts", "Disclosure", "Federation", "CohortEngine", "NodeAgent"],
        packages: ["ArgumentParser"], tests: "AttackTests",
        testExcludes: ["README.md", "sequence_attack.py", "table_cases.py", "table_optimum.py"],
        testsOn: ["dure-attack"]),
]

let products: [String: Target.Dependency] = [
    "GRDB": .product(name: "GRDB", package: "GRDB.swift"),
    "GRDBSQLite": .product(name: "GRDBSQLite", package: "GRDB.swift"),
    "Crypto": .product(name: "Crypto", package: "swift-crypto"),
    "CryptoExtras": .product(name: "CryptoExtras", package: "swift-crypto"),
    "X509": .product(name: "X509", package: "swift-certificates"),
    "SwiftASN1": .product(name: "SwiftASN1", package: "swift-asn1"),
    "Logging": .product(name: "Logging", package: "swift-log"),
    "UnixSignals": .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    "ServiceLifecycle": .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
    "Yams": .product(name: "Yams", package: "Yams"),
    "Hummingbird": .product(name: "Hummingbird", package: "hummingbird"),
    "HummingbirdCore": .product(name: "HummingbirdCore", package: "hummingbird"),
    "HTTPTypes": .product(name: "HTTPTypes", package: "swift-http-types"),
    "HummingbirdTLS": .product(name: "HummingbirdTLS", package: "hummingbird"),
    "HummingbirdTesting": .product(name: "HummingbirdTesting", package: "hummingbird"),
    "NIOCore": .product(name: "NIOCore", package: "swift-nio"),
    "NIOEmbedded": .product(name: "NIOEmbedded", package: "swift-nio"),
    "NIOSSL": .product(name: "NIOSSL", package: "swift-nio-ssl"),
    "ArgumentParser": .product(name: "ArgumentParser", package: "swift-argument-parser"),
]

let asked: Set<String>? = Context.environment["DURE_ROOMS"].map {
    Set($0.split(separator: ",").map(String.init))
}

/// The rooms to build: all of them, or the asked ones with everything under them and their tests.
let built: Set<String> = {
    guard let asked else {
        let shippedOrTested = rooms.filter { $0.folder == nil || $0.tests != nil }
        return Set(shippedOrTested.flatMap { [$0.name] + $0.testsOn })
    }
    var found = Set<String>()
    var open = rooms.filter { asked.contains($0.name) }.flatMap { [$0.name] + $0.testsOn }
    while let name = open.popLast() {
        guard found.insert(name).inserted, let room = rooms.first(where: { $0.name == name }) else { continue }
        open += room.on
    }
    return found
}()

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Where the fuzzer is asked for, the rooms under it are instrumented, and nothing that comes from elsewhere: what is counted as
/// covered is this house. A scratch path of its own keeps these builds from the others (`make fuzz`).
let isFuzzed = asked?.contains("dure-fuzz") ?? false

/// Rooms that touch memory by address; the address sanitizer looks on.
let withPointers: Set = ["OMOPStore", "EventIndex", "Decoders"]

/// LLVM's linker, because gold stumbles over these objects; and libFuzzer's own `main` gives way to the room's.
let fuzzLinking: [LinkerSetting] = [
    .unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld", "-Xlinker", "-zmuldefs"])
]

func fuzzSettings(of room: Room) -> [SwiftSetting] {
    guard isFuzzed else { return [] }
    // One flag: of two, the compiler takes the last.
    return [.unsafeFlags([withPointers.contains(room.name) ? "-sanitize=fuzzer,address" : "-sanitize=fuzzer"])]
}

func dependencies(_ names: [String], _ packages: [String]) -> [Target.Dependency] {
    names.map { .target(name: $0) } + packages.compactMap { products[$0] }
}

func targets(of room: Room) -> [Target] {
    var made: [Target] = []
    switch room.kind {
    case .system(let link, let apt):
        made.append(.systemLibrary(name: room.name, pkgConfig: link, providers: [.apt([apt])]))
    case .room:
        made.append(
            .target(
                name: room.name, dependencies: dependencies(room.on, room.packages), path: room.folder, exclude: room.excludes,
                swiftSettings: settings + fuzzSettings(of: room)))
    case .c:
        made.append(.target(name: room.name, path: room.folder))
    case .executable:
        made.append(
            .executableTarget(
                name: room.name, dependencies: dependencies(room.on, room.packages), path: room.folder, exclude: room.excludes,
                swiftSettings: settings + fuzzSettings(of: room),
                linkerSettings: room.name == "dure-fuzz" ? fuzzLinking : []))
    }
    if let tests = room.tests, asked?.contains(room.name) ?? true {
        var on = room.on
        if case .room = room.kind { on.append(room.name) }
        on += room.testsOn.filter { !on.contains($0) }
        let testPackages = room.packages + room.testPackages.filter { !room.packages.contains($0) }
        made.append(
            .testTarget(
                name: tests, dependencies: dependencies(on, testPackages), exclude: room.testExcludes, swiftSettings: settings))
    }
    return made
}

let needsPackages = rooms.contains { built.contains($0.name) && !$0.packages.isEmpty }

let package = Package(
    name: "dure",
    products: [],
    dependencies: needsPackages
        ? [
            .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMinor(from: "1.8.2")),
            .package(url: "https://github.com/apple/swift-asn1", .upToNextMinor(from: "1.7.4")),
            .package(url: "https://github.com/apple/swift-certificates", .upToNextMinor(from: "1.21.1")),
            .package(url: "https://github.com/apple/swift-crypto", .upToNextMinor(from: "4.5.2")),
            .package(url: "https://github.com/apple/swift-http-types", .upToNextMinor(from: "1.8.0")),
            .package(url: "https://github.com/apple/swift-log", .upToNextMinor(from: "1.16.2")),
            .package(url: "https://github.com/apple/swift-nio", .upToNextMinor(from: "2.101.2")),
            .package(url: "https://github.com/apple/swift-nio-ssl", .upToNextMinor(from: "2.37.6")),
            .package(url: "https://github.com/groue/GRDB.swift", .upToNextMinor(from: "7.10.0")),
            .package(url: "https://github.com/hummingbird-project/hummingbird", .upToNextMinor(from: "2.28.1")),
            .package(url: "https://github.com/jpsim/Yams", .upToNextMinor(from: "6.2.2")),
            .package(url: "https://github.com/swift-server/swift-service-lifecycle", .upToNextMinor(from: "2.13.0")),
        ] : [],
    targets: rooms.filter { built.contains($0.name) }.flatMap(targets(of:)),
    swiftLanguageModes: [.v6]
)

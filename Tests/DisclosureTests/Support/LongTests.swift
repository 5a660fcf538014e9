import Foundation

/// Whether the long tests were asked for (`DURE_LONG_TESTS=1`).
let longTests = ProcessInfo.processInfo.environment["DURE_LONG_TESTS"] == "1"

import Foundation
import Synchronization

/// Ctrl-C and SIGTERM, as a question that long work asks now and then: what is unfinished is removed before the program ends.
enum Interrupt {
    /// Begins to listen.
    static func listen() {
        for number in [SIGINT, SIGTERM] { signal(number) { _ in isAsked.store(true, ordering: .relaxed) } }
    }

    /// Whether the person asked to stop.
    static var wasAsked: Bool { isAsked.load(ordering: .relaxed) }
}

private let isAsked = Atomic<Bool>(false)

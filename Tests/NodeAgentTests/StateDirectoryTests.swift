import Foundation
import Testing

@testable import NodeAgent

@Suite struct `A pause` {
    private let folder: TemporaryFolder
    private let state: StateDirectory

    init() throws {
        folder = try TemporaryFolder()
        state = try folder.state
    }

    @Test func `Is the message until it is ended`() throws {
        #expect(state.pauseMessage == nil)
        try state.pause("maintenance")
        #expect(state.pauseMessage == "maintenance")
        #expect(try state.resume())
        #expect(state.pauseMessage == nil)
        #expect(try !state.resume())
    }

    /// A folder in the file's place is unreadable as a file to everybody, root included.
    @Test func `Holds where its file is there and cannot be read`() throws {
        #expect(mkdir(state.file("PAUSED"), 0o700) == 0)
        #expect(state.pauseMessage == "")
    }

    /// As root's `dure-node pause` leaves it for the daemon's user.
    @Test func `Holds where its file belongs to somebody else, and can be ended by the folder's owner`() throws {
        try state.pause("maintenance")
        #expect(chmod(state.file("PAUSED"), 0) == 0)
        #expect(state.pauseMessage == (getuid() == 0 ? "maintenance" : ""))
        #expect(try state.resume())
        #expect(state.pauseMessage == nil)
    }
}

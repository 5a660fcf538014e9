import Testing

@testable import CanonicalJSON

@Suite("Pointers (RFC 6901)")
struct JSONPointerTests {
    @Test("The examples of section 5 lead where it says")
    func examples() throws {
        let document = try JSONValue(
            parsing: #"""
                {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8}
                """#)
        let expected: [(String, JSONValue)] = [
            ("", document), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3),
            ("/g|h", 4), ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8),
        ]
        for (text, value) in expected {
            let pointer = try #require(JSONPointer(text))
            #expect(document[pointer] == value, "\(text)")
            #expect(pointer.description == text)
        }
    }

    @Test("Building a pointer escapes what must be, and its tokens are what went in")
    func building() {
        let pointer = JSONPointer.root.appending("a/b").appending(3).appending("~1").appending("")
        #expect(pointer.description == "/a~1b/3/~01/")
        #expect(pointer.tokens == ["a/b", "3", "~1", ""])
        #expect(JSONPointer.root.tokens.isEmpty)
    }

    @Test("What is no pointer is refused", arguments: ["a", "#/a", "/~", "/~2", "/a~"])
    func invalid(text: String) {
        #expect(JSONPointer(text) == nil)
    }

    @Test("A pointer that breaks off leads nowhere", arguments: ["/a/2", "/a/00", "/a/-", "/a/x", "/b/c", "/c"])
    func nowhere(text: String) throws {
        let document: JSONValue = ["a": [1, 2], "b": "text"]
        #expect(document[try #require(JSONPointer(text))] == nil)
    }

    @Test("A place lies within itself and what is above it, not within a neighbour with the same start")
    func within() throws {
        let place = try #require(JSONPointer("/rules/10/a"))
        #expect(place.isWithin(.root))
        #expect(place.isWithin(try #require(JSONPointer("/rules/10"))))
        #expect(place.isWithin(place))
        #expect(!place.isWithin(try #require(JSONPointer("/rules/1"))))
    }
}

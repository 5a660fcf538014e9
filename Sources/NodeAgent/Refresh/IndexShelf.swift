import Foundation

/// Where the indices of one store lie: each in a numbered folder of its own, and a link, `current`, to the one that is answered
/// from. A new index is complete and checked before the link is put in its place, in one step that a crash cannot halve.
///
///     index/omop/current -> 12
///     index/omop/12/{index,index.persons,release.json}
///     index/omop/11/...                                  the one before, to go back to
///     index/omop/last                                    the largest number that was ever given
struct IndexShelf: Sendable, Hashable {
    let folder: String

    init(_ state: StateDirectory, source: String) { folder = state.file("index/\(source)") }

    /// The shelf of the one source that a state directory has indices of; for commands that do not read node.yaml.
    static func only(in state: StateDirectory) -> IndexShelf? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: state.file("index"))) ?? []
        return names.sorted().map { IndexShelf(state, source: $0) }.first { $0.current != nil }
    }

    /// One index.
    struct Place: Sendable, Hashable {
        /// Its number, which is its generation as well; never given twice.
        let number: Int
        let folder: String
        /// The index file.
        var index: String { "\(folder)/\(IndexShelf.indexName)" }
        /// What is known of it.
        var record: String { "\(folder)/release.json" }
    }

    static let indexName = "index"
    private var link: String { "\(folder)/current" }
    private var counter: String { "\(folder)/last" }

    private func place(_ number: Int) -> Place { Place(number: number, folder: "\(folder)/\(number)") }

    /// The index that is answered from; nil where there is none yet.
    var current: Place? {
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: link), let number = Int(target), number > 0
        else { return nil }
        return place(number)
    }

    /// A complete index with that number, if it is still here.
    func complete(_ number: Int) -> Place? {
        let place = place(number)
        return Files.exists(place.record) && Files.exists(place.index) ? place : nil
    }

    /// Gives a number and makes its folder.
    func make() throws(NodeError) -> Place {
        if !Files.exists(folder), mkdir(folder, 0o700) != 0, errno != EEXIST { throw Files.failure("make", folder) }
        let noted = FileManager.default.contents(atPath: counter).flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
        let place = place(max(noted, numbers.max() ?? 0, current?.number ?? 0) + 1)
        try Files.write("\(place.number)", to: counter)
        guard mkdir(place.folder, 0o700) == 0 else { throw Files.failure("make", place.folder) }
        return place
    }

    /// Answers are given from this index from now on.
    func take(_ place: Place) throws(NodeError) {
        let beside = "\(link).new"
        unlink(beside)
        guard symlink("\(place.number)", beside) == 0 else { throw Files.failure("make", beside) }
        guard rename(beside, link) == 0 else { throw Files.failure("replace", link) }
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            close(descriptor)
        }
    }

    /// Removes every index but the current one and `kept`: unfinished ones, and those that nobody goes back to.
    func clear(except kept: Int? = nil) {
        let current = current?.number
        for number in numbers where number != current && number != kept {
            try? FileManager.default.removeItem(atPath: place(number).folder)
        }
    }

    private var numbers: [Int] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap { Int($0) }
    }

    /// Bytes that the current index takes.
    var currentBytes: Int64 {
        guard let current else { return 0 }
        return [current.index, current.index + ".persons"].reduce(0) { sum, path in
            let facts = try? FileManager.default.attributesOfItem(atPath: path)
            return sum + ((facts?[.size] as? NSNumber)?.int64Value ?? 0)
        }
    }
}

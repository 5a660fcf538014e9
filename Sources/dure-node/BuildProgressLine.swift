import EventIndex
import Foundation

/// How far a build is: a moving line on a terminal, nothing elsewhere.
final class BuildProgressLine {
    private let isSilent: Bool
    private var last = ""

    init(isSilent: Bool) { self.isSilent = isSilent || !Terminal.isWatched }

    func show(_ progress: BuildProgress) {
        guard !isSilent else { return }
        let share = progress.expectedRows.map { $0 > 0 ? " (\(min(100, progress.rows * 100 / $0)) %)" : "" } ?? ""
        let text = "\(progress.stage): \(progress.rows / 1_000) thousand rows\(share)"
        guard text != last else { return }
        last = text
        write("\r\u{1B}[K" + text)
    }

    func clear() {
        if !isSilent { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

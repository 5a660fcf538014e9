import Foundation

/// Text for a terminal: how wide it is, tables, and comma-separated values. The programs print with it.
public enum TerminalText {
    /// The columns of the terminal that standard output is, between 40 and 120; 80 where it is none.
    public static var width: Int {
        var size = winsize()
        guard isatty(STDOUT_FILENO) == 1, ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col >= 40 else { return 80 }
        return min(Int(size.ws_col), 120)
    }
}

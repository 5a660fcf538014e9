import Cohorts

/// The language of what a person reads.
public typealias Language = SentenceLanguage

extension SentenceLanguage {
    /// The language that `environment` asks for, by `LC_ALL`, `LC_MESSAGES` and `LANG` in this order (POSIX.1-2017, 8.2).
    public init(environment: [String: String]) {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        self = locale.hasPrefix("ko") ? .korean : .english
    }

    /// `english` or `korean`.
    public func choose(_ english: String, _ korean: String) -> String { self == .korean ? korean : english }
}

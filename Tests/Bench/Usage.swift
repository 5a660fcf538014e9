import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What the process has used so far.
struct Usage {
    /// Processor time in seconds.
    var cpu: Double
    /// Seconds on the clock.
    var wall: Double

    static var now: Usage {
        Usage(cpu: seconds(CLOCK_PROCESS_CPUTIME_ID), wall: seconds(CLOCK_MONOTONIC))
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    func since(_ before: Usage) -> Usage { Usage(cpu: cpu - before.cpu, wall: wall - before.wall) }

    /// The memory that is the process's own, without the mapped index, in MB; nil where the system does not tell.
    static var ownMB: Double? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") }),
            let number = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Double($0) })
        else { return nil }
        return number / 1_024
    }

    /// The most memory that the process ever had, in MB.
    static var peakMB: Int {
        var usage = rusage()
        #if canImport(Glibc)
            // Imported with another type than getrusage takes.
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return Int(usage.ru_maxrss) / 1_024
        #else
            getrusage(RUSAGE_SELF, &usage)
            return Int(usage.ru_maxrss) / 1_048_576
        #endif
    }
}

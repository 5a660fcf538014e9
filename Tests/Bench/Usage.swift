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

import Daemon
import Federation
import Logging
import ServiceLifecycle

/// Lets time pass for the queue: once a second it looks for leases that ran out and tickets past their time, and wakes nodes for
/// which an administration command in another process has left something.
struct QueueSweeper: Service {
    let database: CoordinatorDatabase
    let clock: CoordinatorClock
    let nodesWaiting: WaitingRoom<HospitalID>
    let readersWaiting: WaitingRoom<QueryID>
    let totalsWaiting: WaitingRoom<TotalsBell>
    let peers: PeerDesk
    let interval: Duration
    let pulse: Pulse
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var isUp = false
            while !Task.isCancelled {
                await pulse.promise("sweeper", within: interval + .seconds(60))
                do {
                    if !isUp { try await peers.comeUp() }
                    isUp = true
                    try await sweep()
                } catch is CancellationError {
                    return
                } catch let error as CoordinatorError {
                    // A full disk today may be an empty one in a minute: go on.
                    logger.error("The queue could not be swept.", metadata: ["code": "\(error.wireCode)"])
                } catch {
                    logger.error("The queue could not be swept.")
                }
                try? await Task.sleep(for: interval)
            }
        }
    }

    /// One round.
    func sweep() async throws {
        let now = clock.now
        let isDue = try await database.read { db in try TicketQueue.isSweepDue(db, now: now) }
        let swept = isDue ? try await database.write { db in try TicketQueue.sweep(db, now: now) } : TicketQueue.Swept()
        try await peers.fixDue()
        let waiting = try await database.read { db in
            try TicketQueue.hospitalsWithWork(db, now: now) + PeerQueue.hospitalsWithWork(db, now: now)
        }
        for hospital in swept.hospitals.union(waiting) { await nodesWaiting.ring(hospital) }
        for query in swept.queries { await readersWaiting.ring(query) }
        if !swept.queries.isEmpty { await totalsWaiting.ring(TotalsBell()) }
    }
}

/// Answers every parked poll when the process is told to stop, so that connections close cleanly. Listed after the listeners: a
/// group stops its last service first.
struct WaitingRoomCloser: Service {
    let nodesWaiting: WaitingRoom<HospitalID>
    let readersWaiting: WaitingRoom<QueryID>
    let totalsWaiting: WaitingRoom<TotalsBell>

    func run() async throws {
        try? await gracefulShutdown()
        await nodesWaiting.close()
        await readersWaiting.close()
        await totalsWaiting.close()
    }
}

import Daemon
import Logging
import ServiceLifecycle

/// Tells the service manager that both listeners listen, that the process lives while it does, and that it ends.
struct Watch: Service {
    let database: CoordinatorDatabase
    let ports: PortBoard
    let pulse: Pulse
    let logger: Logger

    func run() async throws {
        await withGracefulShutdownHandler {
            await cancelWhenGracefulShutdown {
                // A port that is taken ends the whole group, and this look with it; nothing is ready then.
                while ports.known(.nodes) == nil || ports.known(.people) == nil {
                    if Task.isCancelled { return }
                    try? await Task.sleep(for: .milliseconds(50))
                }
                ServiceManager.ready("serving nodes and people")
                // Fed only while the state can be read and the queue is swept.
                await pulse.feedWatchdog(isSound: { await database.isReadable() }) { loops in
                    logger.error("A loop hangs; the watchdog is no longer fed.", metadata: ["error": "\(loops)"])
                }
                await wait()
            }
        } onGracefulShutdown: {
            ServiceManager.stopping()
        }
    }

    /// A service that returns ends its group.
    private func wait() async { try? await gracefulShutdown() }
}

import CCurl
import Foundation

/// libcurl's multi interface on one thread of its own. Everybody else talks to it through the inbox.
final class CurlLoop: @unchecked Sendable {
    // @unchecked: `multi` never changes and is used by the loop's thread alone, but for curl_multi_wakeup, which libcurl
    // documents as safe from any thread; `running` belongs to the loop's thread; the rest is behind locks.
    private enum Command {
        case start(Transfer)
        case cancel(Transfer)
        case stop
    }
    private struct Inbox {
        var commands: [Command] = []
        var isClosed = false
    }

    /// Once a process, before any other call. True if it worked.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private let multi: UnsafeMutableRawPointer
    private let inbox = Locked(Inbox())
    private let ended = DispatchSemaphore(value: 0)
    private var running: [UnsafeMutableRawPointer: Transfer] = [:]

    init() throws(OutboundError) {
        guard CurlLoop.isReady, let multi = curl_multi_init() else {
            throw OutboundError(.other, "libcurl could not start.", advice: "Is the machine out of memory?")
        }
        self.multi = multi
        shim_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, 8)
        // No multiplexing to plan for, and one connection a host and identity is what a firewall likes to see.
        shim_multi_setopt_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
        let thread = Thread { self.run() }
        thread.name = "outbound"
        thread.start()
    }

    deinit { curl_multi_cleanup(multi) }

    /// Whether it was taken: false once stopped.
    func start(_ transfer: Transfer) -> Bool { post(.start(transfer)) }

    func cancel(_ transfer: Transfer) { _ = post(.cancel(transfer)) }

    /// Ends everything under way and waits for the thread (LeakSanitizer would rightly complain otherwise).
    func stop() {
        guard post(.stop) else { return }
        ended.wait()
    }

    private func post(_ command: Command) -> Bool {
        let taken = inbox.withLock { inbox in
            guard !inbox.isClosed else { return false }
            if case .stop = command { inbox.isClosed = true }
            inbox.commands.append(command)
            return true
        }
        if taken { curl_multi_wakeup(multi) }
        return taken
    }

    // MARK: the thread

    private func run() {
        var goesOn = true
        while goesOn {
            goesOn = obey()
            var active: Int32 = 0
            curl_multi_perform(multi, &active)
            collect()
            if goesOn { curl_multi_poll(multi, nil, 0, 1000, nil) }
        }
        for transfer in running.values {
            curl_multi_remove_handle(multi, transfer.handle)
            transfer.fail(OutboundError(.closed, "The client was closed.", advice: "Nothing to do: the program is ending."))
        }
        running = [:]
        ended.signal()
    }

    /// Does what the inbox says; false when told to stop.
    private func obey() -> Bool {
        let commands = inbox.withLock { inbox in
            defer { inbox.commands = [] }
            return inbox.commands
        }
        var goesOn = true
        for command in commands {
            switch command {
            case .start(let transfer):
                running[transfer.handle] = transfer
                curl_multi_add_handle(multi, transfer.handle)
            case .cancel(let transfer):
                guard running.removeValue(forKey: transfer.handle) != nil else { continue }
                curl_multi_remove_handle(multi, transfer.handle)
                transfer.fail(OutboundError(.cancelled, "The request was cancelled.", advice: "Nothing to do."))
            case .stop:
                goesOn = false
            }
        }
        return goesOn
    }

    private func collect() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            let result = message.pointee.data.result
            // The handle leaves the multi before its owner is told, since the owner may free it.
            let transfer = running.removeValue(forKey: handle)
            transfer?.finish(result)
            curl_multi_remove_handle(multi, handle)
        }
    }
}

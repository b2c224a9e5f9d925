import CCurl
import Glibc
import Synchronization

/// The thread that drives curl's multi interface, and the inbox by which others give it work.
///
/// A thread of its own, because `curl_multi_poll` blocks and Swift's pool has one thread a core.
/// `@unchecked Sendable`: `multi` and `running` are touched by that thread only, but for `curl_multi_wakeup`, which
/// libcurl allows from any; all else is in a `Mutex`.
final class CurlLoop: @unchecked Sendable {
    private struct Inbox {
        var waiting: [Transfer] = []
        var isStopping = false
        /// Set when the thread has given up; what comes later fails with it at once.
        var failure: HTTPError?
    }

    private let inbox = Mutex(Inbox())
    private let multi: MultiHandle
    private var running: [UnsafeMutableRawPointer: Transfer] = [:]

    init() throws(HTTPError) {
        guard let multi = MultiHandle() else {
            throw HTTPError(.other, host: "", message: "libcurl has no memory")
        }
        self.multi = multi
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(
            &thread, &attributes,
            { context in
                if let context { Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, context)
        guard code == 0 else {
            Unmanaged<CurlLoop>.fromOpaque(context).release()
            throw HTTPError(.other, host: "", message: "no thread for the network: \(String(cString: strerror(code)))")
        }
    }

    func start(_ transfer: Transfer) {
        let failure = inbox.withLock { inbox in
            if inbox.failure == nil { inbox.waiting.append(transfer) }
            return inbox.failure
        }
        if let failure { transfer.finish(.failure(failure)) } else { wake() }
    }

    /// Looks at the transfers' `isCancelled` soon.
    func wake() { curl_multi_wakeup(multi.pointer) }

    /// Ends the thread; what still runs is cancelled.
    func stop() {
        inbox.withLock { $0.isStopping = true }
        wake()
    }

    private func run() {
        blockSignals()
        while true {
            let (starting, isStopping) = inbox.withLock { inbox in
                defer { inbox.waiting = [] }
                return (inbox.waiting, inbox.isStopping)
            }
            if isStopping { return giveUp(.cancelled, "the transport was closed", waiting: starting) }
            starting.forEach(add)
            for transfer in running.values where transfer.isCancelled.load(ordering: .relaxed) {
                end(
                    transfer,
                    with: .failure(
                        HTTPError(.cancelled, host: transfer.request.url.host, message: "the request was cancelled")))
            }
            var count: Int32 = 0
            var code = curl_multi_perform(multi.pointer, &count)
            finishCompleted()
            // An hour, or sooner when curl has a timer of its own; work and cancellation wake it.
            if code == CURLM_OK { code = curl_multi_poll(multi.pointer, nil, 0, 3_600_000, nil) }
            if code != CURLM_OK {
                return giveUp(.other, "libcurl: \(String(cString: curl_multi_strerror(code)))", waiting: [])
            }
        }
    }

    private func add(_ transfer: Transfer) {
        let code = curl_multi_add_handle(multi.pointer, transfer.easy.pointer)
        guard code == CURLM_OK else {
            let message = "libcurl: \(String(cString: curl_multi_strerror(code)))"
            return transfer.finish(.failure(HTTPError(.other, host: transfer.request.url.host, message: message)))
        }
        running[transfer.easy.pointer] = transfer
    }

    private func finishCompleted() {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi.pointer, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let transfer = running[easy]
            else { continue }
            end(transfer, with: transfer.result(of: keybaton_curl_message_result(message)))
        }
    }

    private func end(_ transfer: Transfer, with result: Result<HTTPResponse, HTTPError>) {
        running[transfer.easy.pointer] = nil
        curl_multi_remove_handle(multi.pointer, transfer.easy.pointer)
        transfer.finish(result)
    }

    private func giveUp(_ code: HTTPError.Code, _ message: String, waiting: [Transfer]) {
        let failure = HTTPError(code, host: "", message: message)
        let late = inbox.withLock { inbox in
            defer { inbox.waiting = [] }
            inbox.failure = failure
            return inbox.waiting
        }
        for transfer in running.values { end(transfer, with: .failure(failure)) }
        for transfer in waiting + late { transfer.finish(.failure(failure)) }
    }

    /// Signals are the program's, on its other threads.
    ///
    /// SIGPIPE too stays away: before curl 7.87 OpenSSL writes to the socket by itself, where a server that hangs up
    /// raises it. Ignoring it in the whole process instead would be inherited by hooks.
    private func blockSignals() {
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
    }
}

package import FoundationEssentials
package import Rotation

/// What was told of one user's rotation, and to whom: one object in the bucket, without secrets.
///
/// It is a memory and no state: without it, notices are told once more.
package struct NoticeBook: Hashable, Sendable, Codable {
    package static let format = 1
    /// Nothing that happened longer ago is news to anybody, and nothing is tried for longer.
    package static let patience: Duration = .days(7)
    /// A state that comes back sooner is the same news.
    static let recurrence: Duration = .days(1)

    struct Standing: Hashable, Codable {
        enum State: String, Codable {
            /// About to be told. Whoever finds this tells it again: nobody knows how far the run came.
            case sending
            case told
            case failing
            /// Failing for longer than `patience`.
            case givenUp = "given-up"
        }

        var state: State
        var since: Date
        var problem: String?
        /// When it was tried first; nil for what is told, and for what waits behind another that failed.
        var tried: Date?
        /// When it was given up.
        var ended: Date?
    }

    struct Entry: Hashable, Codable {
        var event: Notice.Event
        /// When the first run met it.
        var since: Date
        /// When it was first found to be true no more.
        var over: Date?
        /// By notifier.
        var notifiers: [String: Standing] = [:]
    }

    var format = NoticeBook.format
    /// By the key of the notice.
    var entries: [String: Entry] = [:]

    package init() {}

    /// Takes in what is true now; returns what is to be told to each subscriber, in order.
    package mutating func meet(
        _ notices: [Notice], subscriptions: [Subscription], now: Date
    ) -> [String: [Notice]] {
        forgetWhoIsToldNoMore(subscriptions)
        let keys = Set(notices.map(\.key))
        for (key, entry) in entries where !keys.contains(key) {
            if let over = entry.over, over < now - Self.recurrence {
                entries[key] = nil
            } else if entry.over == nil {
                entries[key]?.over = now
            }
        }
        var pending: [String: [Notice]] = [:]
        for notice in notices {
            let isOld = !notice.event.isState && notice.at < now - Self.patience
            guard entries[notice.key] != nil || !isOld else { continue }
            var entry = entries[notice.key] ?? Entry(event: notice.event, since: now)
            entry.over = nil
            for subscription in subscriptions where subscription.events.contains(notice.event) {
                let name = subscription.notifier.name
                switch entry.notifiers[name]?.state {
                case nil where isOld, .told, .givenUp: continue
                case nil, .sending: entry.notifiers[name] = Standing(state: .sending, since: now)
                case .failing where (entry.notifiers[name]?.tried ?? now) < now - Self.patience:
                    entry.notifiers[name]?.state = .givenUp
                    entry.notifiers[name]?.ended = now
                    continue
                case .failing: break
                }
                pending[name, default: []].append(notice)
            }
            entries[notice.key] = entry
        }
        return pending
    }

    /// What nobody is to be told any more is not undelivered; what was told stays, as the notifier may come back.
    private mutating func forgetWhoIsToldNoMore(_ subscriptions: [Subscription]) {
        for (key, entry) in entries {
            let names = Set(subscriptions.filter { $0.events.contains(entry.event) }.map(\.notifier.name))
            entries[key]?.notifiers = entry.notifiers.filter { names.contains($0.key) || $0.value.state == .told }
        }
    }

    /// - Parameter isTried: false for what only waits behind another that failed with this problem.
    mutating func record(
        _ problem: NotifierProblem?, of notice: Notice, to notifier: String, isTried: Bool, now: Date
    ) {
        guard let problem else {
            entries[notice.key]?.notifiers[notifier] = Standing(state: .told, since: now)
            return
        }
        let earlier = entries[notice.key]?.notifiers[notifier]
        let since = earlier?.state == .failing ? earlier?.since ?? now : now
        entries[notice.key]?.notifiers[notifier] = Standing(
            state: .failing, since: since, problem: problem.description.onOneLine(limit: 300),
            tried: earlier?.tried ?? (isTried ? now : nil))
    }

    /// What could not be told so far, or was given up within `patience`, oldest first.
    package func undelivered(now: Date) -> [StatusReport.Undelivered] {
        let all = entries.flatMap { key, entry in
            entry.notifiers.compactMap { name, standing -> StatusReport.Undelivered? in
                switch standing.state {
                case .sending, .told: return nil
                case .givenUp where (standing.ended ?? standing.since) < now - Self.patience: return nil
                case .failing, .givenUp: break
                }
                return .init(
                    notifier: name, event: entry.event.rawValue, problem: standing.problem ?? "",
                    since: standing.since, isTriedAgain: standing.state == .failing && entry.over == nil)
            }
        }
        return Array(all.sorted { ($0.since, $0.notifier, $0.event) < ($1.since, $1.notifier, $1.event) }.prefix(50))
    }
}

extension NoticeBook {
    package func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    /// An empty one for anything that is not a book of this format.
    package init(decoding bytes: [UInt8]) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let book = try? decoder.decode(NoticeBook.self, from: Data(bytes))
        self = book.flatMap { $0.format == Self.format ? $0 : nil } ?? NoticeBook()
    }
}

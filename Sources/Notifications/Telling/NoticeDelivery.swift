package import FoundationEssentials
package import Handover
package import Rotation
import Synchronization

/// Tells notices to whoever wants them, each once, and remembers it. What fails is reported and changes nothing else.
///
/// One for a run over all users: a notifier that does not answer is not waited for once more a user.
package final class NoticeDelivery: Sendable {
    /// What came of it.
    package struct Outcome: Sendable {
        /// As `<event> to <notifier>`, in order.
        package var told: [String] = []
        /// Sentences for the log.
        package var problems: [String] = []
        package var undelivered: [StatusReport.Undelivered] = []
    }

    package let subscriptions: [Subscription]
    private let templates: Templates
    private let books: any NoticeBooks
    private let unreachable = Mutex<[String: NotifierProblem]>([:])

    package init(_ subscriptions: [Subscription], templates: Templates, books: any NoticeBooks) {
        self.subscriptions = subscriptions
        self.templates = templates
        self.books = books
    }

    package func tell(
        _ notices: [Notice], of user: UserName, now: Date, tags: @escaping UserTags
    ) async -> Outcome {
        var outcome = Outcome()
        var isDelivered = false
        do {
            let before = try await books.read(of: user)
            var book = before
            let pending = book.meet(notices, subscriptions: subscriptions, now: now)
            // Before anything is told: where the book cannot be written, every run would tell the same again.
            if book != before { try await books.write(book, of: user) }
            let announced = book
            for result in await deliver(pending, tags) {
                for notice in result.notices {
                    book.record(result.problem, of: notice, to: result.notifier, isTried: result.isTried, now: now)
                }
                let events = result.notices[0].event.rawValue
                if let problem = result.problem {
                    outcome.problems.append("\(events) was not told to \(result.notifier): \(problem)")
                } else {
                    outcome.told.append("\(events) to \(result.notifier)")
                }
            }
            isDelivered = true
            outcome.undelivered = book.undelivered(now: now)
            if book != announced { try await books.write(book, of: user) }
        } catch {
            let problem =
                isDelivered
                ? "what was told could not be remembered, so the next run tells it again: \(error)"
                : "nobody was told anything, as what was told before cannot be read or remembered: \(error)"
            outcome.problems.append(problem)
            outcome.undelivered.append(
                .init(
                    notifier: "the book of notices", event: "any", problem: problem.onOneLine(limit: 300), since: now,
                    isTriedAgain: true))
        }
        return outcome
    }

    /// What could not be told so far.
    package func undelivered(of user: UserName, now: Date) async throws -> [StatusReport.Undelivered] {
        try await books.read(of: user).undelivered(now: now)
    }

    /// Sends one test to everybody, and remembers nothing.
    ///
    /// - Parameters:
    ///   - host: where the rotator runs.
    ///   - user: whose own address is to be tried; nil: nobody's.
    package func sendTest(
        from host: String, at date: Date, of user: UserName?, tags: @escaping UserTags
    ) async -> [(notifier: String, problem: NotifierProblem?)] {
        let message = templates.test(from: host, at: date, of: user)
        var results: [(notifier: String, problem: NotifierProblem?)] = []
        for subscription in subscriptions {
            results.append((subscription.notifier.name, await deliver(message, to: subscription.notifier, tags)))
        }
        return results
    }

    private struct Result: Sendable {
        var notifier: String
        var notices: [Notice]
        var problem: NotifierProblem?
        var isTried: Bool
    }

    /// To all notifiers at once, to each in order. What comes after a failure waits for the next run, so that nobody hears of
    /// the end of something before its beginning; unless it was the message that was refused, which may be so for ever.
    private func deliver(_ pending: [String: [Notice]], _ tags: @escaping UserTags) async -> [Result] {
        await withTaskGroup(of: (Int, [Result]).self) { group in
            for (index, subscription) in subscriptions.enumerated() {
                guard let notices = pending[subscription.notifier.name] else { continue }
                group.addTask { (index, await self.deliver(notices, to: subscription.notifier, tags)) }
            }
            var results: [(Int, [Result])] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    private func deliver(
        _ notices: [Notice], to notifier: any Notifier, _ tags: @escaping UserTags
    ) async -> [Result] {
        var results: [Result] = []
        var obstacle: NotifierProblem?
        for alike in Self.grouped(notices) {
            if let obstacle {
                results.append(Result(notifier: notifier.name, notices: alike, problem: obstacle, isTried: false))
                continue
            }
            let problem = await deliver(templates.message(for: alike), to: notifier, tags)
            if let problem, problem.reach != .message { obstacle = problem }
            results.append(Result(notifier: notifier.name, notices: alike, problem: problem, isTried: true))
        }
        return results
    }

    private func deliver(
        _ message: Message, to notifier: any Notifier, _ tags: @escaping UserTags
    ) async -> NotifierProblem? {
        if let problem = unreachable.withLock({ $0[notifier.name] }) { return problem }
        do throws(NotifierProblem) {
            try await notifier.deliver(message, tags: tags)
            return nil
        } catch {
            if error.reach == .run { unreachable.withLock { $0[notifier.name] = error } }
            return error
        }
    }

    /// Neighbours of one kind become one message: twenty repositories whose token has expired are one piece of news.
    private static func grouped(_ notices: [Notice]) -> [[Notice]] {
        notices.reduce(into: []) { groups, notice in
            if let last = groups.last?.first, last.template == notice.template {
                groups[groups.count - 1].append(notice)
            } else {
                groups.append([notice])
            }
        }
    }
}

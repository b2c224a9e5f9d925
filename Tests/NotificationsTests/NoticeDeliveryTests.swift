import FoundationEssentials
import Handover
import Notifications
import Rotation
import Testing

/// Who is told what, over many runs.
struct NoticeDeliveryTests {
    private let books = MemoryBooks()
    private let recorder = Recorder()
    private let user: UserName

    init() throws { user = try World.user() }

    private func notice(
        _ event: Notice.Event, _ key: String, at date: Date = World.now, user: String = "backup"
    ) throws -> Notice {
        var facts = ["new": "AKIANEW", "version": "1", "destination": "file /a", "problem": "full", "reason": "why"]
        facts["user"] = user
        return Notice(event: event, user: try #require(UserName(user)), key: key, at: date, facts: facts)
    }

    /// One run.
    @discardableResult
    private func run(
        _ notices: [Notice], _ notifiers: [any Notifier]? = nil, events: Set<Notice.Event>? = nil,
        at now: Date = World.now
    ) async -> NoticeDelivery.Outcome {
        let subscriptions = (notifiers ?? [recorder]).map {
            Subscription($0, events: events ?? Set(Notice.Event.allCases))
        }
        return await NoticeDelivery(subscriptions, templates: Templates(.english), books: books).tell(
            notices, of: user, now: now, tags: { _ in nil })
    }

    @Test func `Each is told once, in order, however many runs see it`() async throws {
        let notices = [try notice(.rotationBegun, "a"), try notice(.published, "b")]
        let first = await run(notices)
        #expect(first.told == ["rotation-begun to recorder", "published to recorder"])
        #expect(first.problems.isEmpty && first.undelivered.isEmpty)
        await run(notices + [try notice(.hold, "c")], at: World.now + .seconds(3600))
        await run(notices, at: World.now + .seconds(7200))
        #expect(recorder.events == ["rotation-begun", "published", "hold"])
    }

    @Test func `A run that has nothing to tell writes nothing`() async throws {
        let notices = [try notice(.published, "b")]
        await run(notices)
        let writes = books.writes
        await run(notices, at: World.now + .seconds(3600))
        #expect(books.writes == writes)
        await run([])
        await run([], at: World.now + .seconds(60))
        #expect(books.writes == writes + 1)
    }

    @Test func `What failed is tried by every run, visible meanwhile, and written only when it changes`() async throws {
        let notices = [try notice(.rotationBegun, "a"), try notice(.published, "b")]
        recorder.fail(with: NotifierProblem("ntfy.lan answered 500: it has a problem"))
        let failed = await run(notices)
        #expect(failed.told.isEmpty)
        #expect(
            failed.problems.first == "rotation-begun was not told to recorder: ntfy.lan answered 500: it has a problem")
        #expect(failed.undelivered.map(\.event).sorted() == ["published", "rotation-begun"])
        #expect(failed.undelivered.allSatisfy { $0.since == World.now && $0.problem.contains("500") })
        #expect(recorder.attempts == 1, "what comes after a failure waits, so that the order stays")
        let writes = books.writes
        let again = await run(notices, at: World.now + .days(1))
        #expect(again.undelivered == failed.undelivered)
        #expect(books.writes == writes)
        recorder.fail(with: nil)
        let healed = await run(notices, at: World.now + .days(2))
        #expect(healed.undelivered.isEmpty)
        #expect(recorder.events == ["rotation-begun", "published"])
    }

    @Test func `After a week it is given up, and stays visible for another`() async throws {
        let hold = [try notice(.hold, "h")]
        recorder.fail(with: NotifierProblem("no"))
        await run(hold)
        await run(hold, at: World.now + .days(6))
        #expect(recorder.attempts == 2)
        let late = await run(hold, at: World.now + .days(8))
        #expect(recorder.attempts == 2)
        #expect(late.undelivered.map(\.event) == ["hold"] && late.undelivered.map(\.isTriedAgain) == [false])
        recorder.fail(with: nil)
        #expect(await run(hold, at: World.now + .days(14)).undelivered.count == 1)
        #expect(await run(hold, at: World.now + .days(16)).undelivered == [])
        #expect(recorder.messages.isEmpty)
    }

    @Test func `Who is told no more, of anything or of this event, leaves nothing undelivered`() async throws {
        let notices = [try notice(.hold, "h"), try notice(.published, "p")]
        recorder.fail(with: NotifierProblem("no"))
        #expect(await run(notices).undelivered.count == 2)
        #expect(await run(notices, events: [.hold], at: World.now + .days(1)).undelivered.map(\.event) == ["hold"])
        #expect(await run(notices, [Recorder("other")], at: World.now + .days(2)).undelivered == [])
    }

    @Test func `What is true no more is shown for a day as not tried any more`() async throws {
        recorder.fail(with: NotifierProblem("no"))
        #expect(await run([try notice(.hold, "h")]).undelivered.map(\.isTriedAgain) == [true])
        #expect(await run([], at: World.now + .seconds(3600)).undelivered.map(\.isTriedAgain) == [false])
        #expect(await run([], at: World.now + .days(2)).undelivered == [])
    }

    @Test func `A message that is refused for what it is keeps no later one from being told`() async throws {
        recorder.fail(with: NotifierProblem("too long", reach: .message), only: "published")
        let outcome = await run([try notice(.published, "p"), try notice(.hold, "h")])
        #expect(recorder.events == ["hold"] && outcome.told == ["hold to recorder"])
        #expect(outcome.undelivered.map(\.event) == ["published"])
    }

    @Test func `A notice that only waited is not given up with the one before it`() async throws {
        let notices = [try notice(.hold, "h"), try notice(.destinationFailing, "d")]
        recorder.fail(with: NotifierProblem("answered 500"))
        await run(notices)
        // The first is given up; the second has never been tried.
        #expect(await run(notices, at: World.now + .days(8)).undelivered.map(\.isTriedAgain) == [true, false])
        #expect(recorder.attempts == 2)
        recorder.fail(with: nil)
        await run(notices, at: World.now + .days(9))
        #expect(recorder.events == ["destination-failing"])
    }

    @Test func `One notifier's failure keeps no other from being told`() async throws {
        let other = Recorder("other")
        recorder.fail(with: NotifierProblem("no"))
        let outcome = await run([try notice(.hold, "h")], [recorder, other])
        #expect(other.events == ["hold"])
        #expect(outcome.undelivered.map(\.notifier) == ["recorder"])
    }

    @Test func `One that gives no answer is asked once a run over all users`() async throws {
        recorder.fail(with: NotifierProblem("was not reached", reach: .run))
        let delivery = NoticeDelivery([Subscription(recorder)], templates: Templates(.english), books: books)
        for name in ["backup", "media", "ci"] {
            let outcome = await delivery.tell(
                [try notice(.hold, "h", user: name)], of: try #require(UserName(name)), now: World.now,
                tags: { _ in nil })
            #expect(outcome.undelivered.map(\.problem) == ["was not reached"])
        }
        #expect(recorder.attempts == 1)
    }

    @Test func `Nothing that happened more than a week ago is told by a first run, but a state is`() async throws {
        let old = World.now - .days(8)
        await run(
            [
                try notice(.published, "p", at: old), try notice(.retired, "r", at: World.now - .days(6)),
                try notice(.hold, "h"),
            ].map { notice in
                var notice = notice
                if notice.event == .retired { notice.step = "delete"; notice.facts["old"] = "AKIAOLD" }
                return notice
            })
        #expect(recorder.events == ["retired", "hold"])
    }

    @Test(arguments: ["", "{}", "not JSON", #"{"format":2,"entries":{}}"#])
    func `A lost or damaged book tells again what is younger than a week`(_ damage: String) async throws {
        let notices = [
            try notice(.rotationBegun, "a", at: World.now - .days(5)), try notice(.published, "b", at: World.now),
        ]
        await run(notices)
        books.put(damage, of: user)
        await run(notices, at: World.now + .days(3))
        #expect(recorder.events == ["rotation-begun", "published", "published"])
        await run(notices, at: World.now + .days(3))
        #expect(recorder.events.count == 3)
    }

    @Test func `A state that comes back within a day is no news, and after it is`() async throws {
        let failing = [try notice(.destinationFailing, "d")]
        await run(failing)
        await run([], at: World.now + .seconds(3600))
        await run(failing, at: World.now + .seconds(7200))
        #expect(recorder.events.count == 1)
        await run([], at: World.now + .days(1))
        await run([], at: World.now + .days(3))
        await run(failing, at: World.now + .days(3))
        #expect(recorder.events.count == 2)
    }

    @Test func `A run that died while telling is made up for`() async throws {
        books.breakAfter(writes: 1)
        let outcome = await run([try notice(.hold, "h")])
        #expect(outcome.problems.contains { $0.contains("tells it again") && $0.contains("the bucket is gone") })
        #expect(outcome.undelivered.map(\.notifier) == ["the book of notices"])
        books.breakAfter(writes: .max)
        await run([try notice(.hold, "h")])
        // The first run told it, and could not remember so.
        #expect(recorder.events == ["hold", "hold"])
        await run([try notice(.hold, "h")])
        #expect(recorder.events.count == 2)
    }

    @Test func `Where the book cannot be read or written nobody is told, lest every run tell the same`() async throws {
        books.set(readable: false)
        let unread = await run([try notice(.hold, "h")])
        books.set(readable: true)
        books.breakAfter(writes: 0)
        let unwritten = await run([try notice(.hold, "h")])
        for outcome in [unread, unwritten] {
            #expect(outcome.problems.count == 1 && outcome.told.isEmpty)
            #expect(outcome.problems.first?.contains("nobody was told anything") == true)
            #expect(outcome.undelivered.map(\.notifier) == ["the book of notices"], "or the dashboard shows none")
            #expect(outcome.undelivered.first?.problem.contains("the bucket is gone") == true)
        }
        #expect(recorder.attempts == 0)
    }

    @Test func `A notifier hears of its events only, and one that is added later of what is young`() async throws {
        let notices = [
            try notice(.published, "old", at: World.now - .days(6)), try notice(.rotationBegun, "b"),
            try notice(.hold, "h", at: World.now - .days(30)),
        ]
        await run(notices, events: [.hold])
        #expect(recorder.events == ["hold"])
        let added = Recorder("added")
        await run(notices, [recorder, added], at: World.now + .days(2))
        #expect(added.events == ["rotation-begun", "hold"])
    }

    @Test func `The book holds no text but problems, each cut short and on one line`() async throws {
        recorder.fail(with: NotifierProblem("line\nbreak " + String(repeating: "x", count: 5000)))
        await run([try notice(.hold, "h")])
        let text = try #require(books.text(of: user))
        #expect(text.utf8.count < 1000 && text.contains("line break") && !text.contains("AKIANEW"))
    }

    @Test func `A test goes to everybody and is remembered nowhere`() async throws {
        let other = Recorder("other")
        other.fail(with: NotifierProblem("no"))
        let delivery = NoticeDelivery(
            [Subscription(recorder, events: []), Subscription(other)], templates: Templates(.spanish), books: books)
        let results = await delivery.sendTest(from: "nas", at: World.now, of: nil, tags: { _ in nil })
        #expect(results.map(\.notifier) == ["recorder", "other"])
        #expect(results.map { $0.problem?.description } == [nil, "no"])
        #expect(recorder.messages.first?.text.contains("nas") == true)
        #expect(books.writes == 0)
    }
}

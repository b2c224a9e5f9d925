import FoundationEssentials
import Handover
import Testing

@testable import Notifications
@testable import Rotation

struct TemplatesTests {
    private static let steps: [Notice.Event: [String]] = [
        .retired: ["deactivate", "delete"], .ahead: ["rotate", "deactivate", "delete"],
    ]

    /// Every section that can be asked for.
    private static let names =
        ["test"]
        + Notice.Event.allCases.flatMap { event in
            steps[event].map { steps in steps.map { "\(event.rawValue).\($0)" } } ?? [event.rawValue]
        }

    private func placeholders(_ text: String) -> Set<String> {
        var names: Set<String> = []
        _ = fill(text) {
            names.insert($0)
            return ""
        }
        return names
    }

    @Test(arguments: Language.allCases)
    func `Every language words every event, with the same facts, and nothing else`(_ language: Language) {
        let english = Templates(.english).sections
        let sections = Templates(language).sections
        #expect(sections.keys.sorted() == Self.names.sorted())
        for (name, section) in sections {
            let theirs = english[name]
            #expect(placeholders(section.subject) == placeholders(theirs?.subject ?? ""), "\(name)")
            #expect(
                section.lines.map(placeholders) == theirs?.lines.map(placeholders),
                "\(name): the same facts in the same lines, as lines are left out by facts")
            #expect(!section.subject.isEmpty && !section.lines.isEmpty, "\(name)")
        }
    }

    @Test func `Every subject fits into one of SNS, with a user of the longest name`() throws {
        for language in Language.allCases {
            for (name, section) in Templates(language).sections {
                let subject = try #require(
                    fill(section.subject) { $0 == "user" ? "backup-of-the-nas" : "2027-01-22 08:00 UTC" })
                #expect(subject.plainASCII(limit: 99) == subject.plainASCII(limit: 200), "\(language) \(name)")
                #expect(!subject.plainASCII(limit: 200).contains("?"), "\(language) \(name)")
            }
        }
    }

    /// Every fact that a template names is one that notices have.
    @Test func `The facts that texts name are those that notices can have`() throws {
        var world = try World(Policy(retirement: .scheduled, quietPeriod: .zero))
        try world.publish(at: World.now - .days(4))
        var known: [String: Set<String>] = ["test": ["host"]]
        func learn(_ world: World) throws {
            for notice in try world.notices { known[notice.template, default: []].formUnion(notice.facts.keys) }
        }
        world.observation.keys[try World.id("A")]?.lastUse = .init(at: World.now, service: "s3", region: "x")
        try learn(world)
        try world.deactivate(at: World.now - .days(5))
        try learn(world)
        world.policy = Policy()
        try learn(world)
        world.observation.destinations = ["file /a": .failing("x")]
        try learn(world)
        var waiting = try World(made: 40)
        try waiting.publish(at: World.now - .days(8))
        try waiting.checkIn("nas", "A", version: 1, at: World.now, problem: .init(code: "a", message: "b"))
        try learn(waiting)
        try waiting.publish(at: World.now - .days(20))
        try learn(waiting)
        var back = try World(made: 1)
        try back.publish(at: World.now - .days(2))
        back.observation.keys[try World.id("B")]?.createdAt = World.now - .days(300)
        try learn(back)
        try back.deactivate(at: World.now - .days(2))
        try learn(back)
        try learn(try World(made: 25))
        var gone = try World()
        gone.journal.history = [.init(at: World.now, by: "", what: "delete \(try World.id("C"))")]
        try learn(gone)
        for (name, section) in Templates(.english).sections {
            let named = section.lines.reduce(into: placeholders(section.subject)) { $0.formUnion(placeholders($1)) }
            #expect(named.isSubset(of: known[name] ?? []), "\(name): \(named.subtracting(known[name] ?? []))")
        }
    }

    @Test func `A line whose fact is missing is left out, and what is filled in is not filled in again`() throws {
        let notice = Notice(
            event: .hold, user: try World.user(), key: "k", at: World.now,
            facts: ["user": "backup", "reason": "{user} {old}\nSubject: x\u{202E}"])
        let message = Templates(.english).message(for: [notice])
        #expect(message.subject == "backup: the rotation holds and needs a decision")
        #expect(message.text.hasPrefix("{user} {old} Subject: x \n"))
        let published = Notice(
            event: .published, user: try World.user(), key: "k", at: World.now,
            facts: ["user": "backup", "new": "AKIANEW", "version": "1"])
        #expect(
            Templates(.english).message(for: [published]).text == "AKIANEW is published as version 1 of the parameter.")
    }

    @Test func `Twenty of a kind are one message that names ten`() throws {
        let user = try World.user()
        let notices = (1...20).map {
            Notice(
                event: .destinationFailing, user: user, key: "\($0)", at: World.now,
                facts: ["user": "backup", "destination": "bitbucket acme/site\($0)", "problem": "401"])
        }
        let message = Templates(.spanish).message(for: notices)
        #expect(message.subject == "backup: no se puede entregar la clave a un destino (+19)")
        #expect(message.text.contains("acme/site10 ") && !message.text.contains("acme/site11 "))
        #expect(message.text.hasSuffix("+10"))
    }

    @Test(
        arguments: [
            ("", ""), ("{", "{"), ("{}", "{}"), ("{a", "{a"), ("{{a}}", "{1}"), ("{A}", "{A}"), ("x{a}y{a}", "x1y1"),
        ])
    func `Only names in braces are replaced`(_ text: String, _ filled: String) {
        #expect(fill(text) { $0 == "a" ? "1" : nil } == filled)
    }
}

import FoundationEssentials
import Handover
import Notifications
import Secrets
import Testing

@testable import Rotation

/// What there is to tell at each point of a rotation, whatever run looks.
struct NoticeTests {
    @Test func `Events have the names that the configuration uses`() {
        #expect(
            Notice.Event.allCases.map(\.rawValue) == [
                "rotation-begun", "published", "host-late", "hold", "retired", "rolled-back", "destination-failing",
                "ahead",
            ])
    }

    @Test func `An adopted key is no news, and neither is a journal that was built anew`() throws {
        var world = try World(made: 400)
        world.journal.current?.publishedAt = World.now - .days(1)
        world.policy.rotateAfter = .days(500)
        #expect(try world.told == [])
        var young = try World(made: 1)
        young.journal.reactivatedAt = young.journal.current?.publishedAt
        #expect(try young.told == [])
    }

    @Test func `A creation is told before it is published, and is the same news afterwards`() throws {
        var world = try World()
        let made = try World.id("B")
        world.journal.unresolved = .init(kind: .create, since: World.now - .seconds(60), keyID: made)
        let before = try #require(try world.notices.first)
        world.journal.unresolved = nil
        try world.publish(at: World.now - .seconds(60))
        let after = try world.notices
        #expect(before.event == .rotationBegun)
        #expect(after.first?.key == before.key)
        #expect(try world.told == ["rotation-begun", "published"])
        #expect(after[1].facts["awaited"] == "nas, pi")
    }

    @Test func `A creation whose answer was lost is not told, as it is made again`() throws {
        var world = try World(made: 1)
        world.journal.unresolved = .init(kind: .create, since: World.now, keyID: nil)
        #expect(try world.told.contains("rotation-begun") == true)
        world.journal.current?.publishedAt = World.now - .days(20)
        world.observation.keys[try World.id("A")]?.createdAt = World.now - .days(300)
        #expect(try world.told.contains("rotation-begun") == false)
    }

    @Test func `What replaces a leaked key names those who have no other, and keeps no promise of the old one`() throws
    {
        var world = try World()
        try world.publish(at: World.now - .seconds(60))
        try world.checkIn("pi", "B", version: 2, at: World.now)
        for isListed in [true, false] {
            if isListed {
                try world.deactivate(at: World.now - .seconds(90))
            } else {
                world.observation.keys[try World.id("A")] = nil
            }
            let published = try #require(try world.notices.first { $0.event == .published })
            #expect(published.facts["old"] == nil && published.facts["without"] == "nas")
            let text = Templates(.english).message(for: [published]).text
            #expect(text.contains("have no access until they have it: nas") && !text.contains("still works"))
        }
    }

    @Test func `It is published when every destination holds it, and a failing one is named until then`() throws {
        var world = try World()
        try world.publish(at: World.now - .seconds(60))
        world.observation.destinations = [
            "file /srv/a": .holds(try World.id("B")), "file /srv/b": .failing("full disk"),
        ]
        #expect(try world.told == ["rotation-begun", "destination-failing"])
        let failing = try #require(try world.notices.last)
        #expect(failing.facts["destination"] == "file /srv/b")
        #expect(failing.facts["problem"] == "full disk")
        world.observation.destinations["file /srv/b"] = .holds(try World.id("B"))
        #expect(try world.told == ["rotation-begun", "published"])
    }

    @Test func `The same publication under a later version is no news`() throws {
        var world = try World()
        try world.publish(at: World.now - .seconds(60))
        let keys = try world.notices.map(\.key)
        world.journal.current?.version = 3
        world.observation.parameter = .published(
            PublishedIDs(new: try World.id("B"), old: try World.id("A")), version: 3)
        #expect(try world.notices.map(\.key) == keys)
    }

    @Test func `Hosts are late from half of their time on, and at its end it is a hold`() throws {
        var world = try World()
        try world.publish(at: World.now - .days(6))
        try world.checkIn(
            "nas", "A", version: 2, at: World.now - .days(1),
            problem: CheckIn.Problem(code: "target-unwritable", message: "read-only"))
        try world.checkIn("pi", "B", version: 2, at: World.now - .days(5))
        #expect(try world.told == ["rotation-begun", "published"])
        world.now = World.now + .days(1)
        #expect(try world.told == ["rotation-begun", "published", "host-late"])
        let late = try #require(try world.notices.last)
        #expect(late.facts["hosts"] == "nas")
        #expect(late.facts["count"] == "1")
        #expect(late.facts["total"] == "2")
        #expect(late.facts["problems"]?.contains("read-only") == true)
        world.now = World.now + .days(8)
        #expect(try world.told == ["rotation-begun", "published", "hold"])
        #expect(try world.notices.last?.facts["reason"]?.contains("keybaton waive backup --host nas") == true)
    }

    @Test func `A laptop that took the new key and sleeps since is not late, and one that is waived is not either`()
        throws
    {
        var world = try World()
        try world.publish(at: World.now - .days(8))
        try world.checkIn("nas", "B", version: 2, at: World.now - .days(7))
        world.journal.waivers = [
            .init(subject: .host(try World.host("pi")), version: 2, reason: "gone", by: "test", at: World.now)
        ]
        #expect(try !world.told.contains("host-late"))
    }

    @Test func `A hold stays the same news while only names and numbers in it change`() throws {
        var world = try World(made: 60)
        try world.publish(at: World.now - .days(20))
        let hold = try #require(try world.notices.last)
        #expect(hold.event == .hold)
        try world.checkIn("pi", "B", version: 2, at: World.now)
        let fewer = try #require(try world.notices.last)
        #expect(fewer.facts["reason"] != hold.facts["reason"])
        #expect(fewer.key == hold.key)
        world.observation.keys[try World.id("C")] = .init(status: .active, createdAt: World.now)
        let other = try #require(try world.notices.last)
        #expect(other.event == .hold)
        #expect(other.key != hold.key)
    }

    @Test func `Deactivated, then deleted: each is told, the second by the history`() throws {
        var world = try World(made: 60)
        try world.publish(at: World.now - .days(30))
        for name in ["nas", "pi"] { try world.checkIn(name, "B", version: 2, at: World.now - .days(1)) }
        try world.deactivate(at: World.now - .days(2))
        let deactivated = try #require(try world.notices.first { $0.event == .retired })
        #expect(deactivated.step == "deactivate")
        #expect(deactivated.at == World.now - .days(2))
        #expect(deactivated.facts["old"] == "\(try World.id("A"))")
        world.journal.previous?.state = .deleted
        world.observation.keys[try World.id("A")] = nil
        world.journal.history = [
            .init(at: World.now - .days(3), by: "test", what: "\(Action.deactivate(try World.id("A")))"),
            .init(at: World.now, by: "test", what: "\(Action.delete(try World.id("A")))"),
            .init(at: World.now, by: "test", what: "\(Action.deleteUnpublished(try World.id("C")))"),
        ]
        let deleted = try world.notices.filter { $0.event == .retired }
        #expect(deleted.map(\.step) == ["delete"])
        #expect(deleted.first?.at == World.now)
    }

    @Test func `A key that is brought back and deactivated again is told again`() throws {
        var world = try World(made: 60)
        try world.publish(at: World.now - .days(30))
        try world.deactivate(at: World.now - .days(2))
        let first = try world.notices.first { $0.event == .retired }
        try world.deactivate(at: World.now - .days(1))
        let second = try world.notices.first { $0.event == .retired }
        #expect(first != nil && second != nil && first?.key != second?.key)
    }

    @Test func `A roll-back is told as such, not as a new rotation`() throws {
        var world = try World()
        try world.publish(at: World.now - .days(1))
        let ids = PublishedIDs(new: try World.id("A"), old: try World.id("B"))
        world.journal.current = .init(id: ids.new, version: 3, publishedAt: World.now)
        world.journal.previous = .init(id: try World.id("B"), state: .active)
        world.observation.parameter = .published(ids, version: 3)
        #expect(try world.told == ["rolled-back"])
        #expect(try world.notices.first?.facts["new"] == "\(ids.new)")
    }

    @Test func `The next rotation is told a week ahead, under the same key on each of its days`() throws {
        var world = try World(made: 22)
        #expect(try !world.told.contains("ahead.rotate"))
        world.now = World.now + .days(2)
        let first = try #require(try world.notices.last)
        #expect(first.step == "rotate")
        #expect(first.facts["date"] == "2027-01-23 08:00 UTC")
        world.now = World.now + .days(4)
        #expect(try world.notices.last?.key == first.key)
        world.now = World.now + .days(9)
        #expect(try !world.told.contains("ahead.rotate"))
    }

    @Test func `Where hosts prove what they hold, the end of the old key is not warned of`() throws {
        var world = try World()
        try world.publish(at: World.now - .days(5))
        for name in ["nas", "pi"] { try world.checkIn(name, "B", version: 2, at: World.now - .days(1)) }
        #expect(try world.told.allSatisfy { !$0.hasPrefix("ahead") })
    }

    @Test func `By schedule the old key's end is warned of, with who still holds and who uses it`() throws {
        var world = try World(Policy(retirement: .scheduled, quietPeriod: .zero))
        try world.publish(at: World.now - .days(4))
        world.observation.keys[try World.id("A")]?.lastUse = .init(
            at: World.now - .days(1), service: "s3", region: "eu-west-1")
        try world.checkIn("pi", "B", version: 2, at: World.now - .days(1))
        #expect(try world.told == ["rotation-begun", "published", "ahead.deactivate"])
        let ahead = try #require(try world.notices.last)
        #expect(ahead.facts["holders"] == "nas")
        #expect(ahead.facts["use"]?.hasPrefix("s3, eu-west-1, ") == true)
        #expect(ahead.facts["key"] == "\(try World.id("A"))")
        #expect(ahead.facts["inactive"] == nil)
        #expect(try world.notices[1].facts["deactivates"] != nil)
        #expect(try world.notices[1].facts["awaited"] == nil)
        try world.deactivate(at: World.now - .days(5))
        let deletion = try #require(try world.notices.last)
        #expect(deletion.step == "delete")
        #expect(deletion.facts["inactive"] == deletion.facts["key"])
    }

    @Test func `With two keys in turn the older one's deletion is warned of together with the next rotation`() throws {
        var world = try World(Policy(retirement: .nextRotation), made: 60)
        try world.publish(at: World.now - .days(25))
        let ahead = try world.notices.filter { $0.event == .ahead }
        #expect(ahead.map(\.step) == ["delete", "rotate"])
        #expect(ahead.first?.facts["key"] == "\(try World.id("A"))")
        #expect(ahead.first?.facts["holders"] == "nas, pi")
        #expect(ahead.last?.facts["key"] == "\(try World.id("B"))")
    }
}

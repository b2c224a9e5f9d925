import Dashboard
import FoundationEssentials
import Handover
import Rotation
import Secrets
import Testing

/// What stands on the pages, and what can not.
@Suite struct PageTests {
    private let script = "<script>alert('x')</script><img src=x onerror=y>\"'`\u{202E}"

    private func text(_ html: HTML?) throws -> String { String(decoding: try #require(html).bytes, as: UTF8.self) }

    private func name(_ text: String) throws -> UserName { try #require(UserName(text)) }

    /// Every field that a host, a destination's service or an operator fills.
    private func hostile() throws -> Snapshot {
        var user = try PageSamples.held("backup")
        user.decision.reason = script
        var host = try PageSamples.host(
            "nas", .problem, problem: .init(code: script, message: script), verified: false)
        var details = try PageSamples.details(of: host.host, key: PageSamples.key("OLD"), target: script)
        details.agentVersion = script
        details.operatingSystem = script
        details.architecture = script
        details.clockSkew = .greatestFiniteMagnitude
        details.nextRunDue = .distantFuture
        details.targets[0].profile = script
        details.targets[0].format = script
        details.targets[0].problem = .init(code: script, message: script)
        host.details = details
        user.hosts = [host]
        user.old = .init(
            id: try PageSamples.key("OLD"), status: script,
            lastUsed: .init(at: .distantPast, service: script, region: script))
        user.destinations = [.init(name: script, holdsNew: false, problem: script)]
        user.undelivered = [.init(notifier: script, event: script, problem: script, since: PageSamples.now)]
        user.upcoming = [.init(step: script, at: PageSamples.now)]
        user.waivers?[0].reason = script
        user.waivers?[0].by = script
        user.revocation = try PageSamples.revocation(of: "OLD", .deactivated)
        user.revocation?.reason = script
        user.revocation?.by = script
        user.history = [try PageSamples.event(at: PageSamples.now, by: script, what: script)]
        return PageSamples.snapshot([user], problem: script)
    }

    @Test func aRevocationIsOfferedNothingThatTheRotatorRefuses() throws {
        var user = try PageSamples.user(
            "backup", .observing, hosts: [PageSamples.host("nas", .current), PageSamples.host("pi", .behind)])
        #expect(try text(Page.user(name("backup"), PageSamples.snapshot([user]))).contains("keybaton reactivate"))
        user.revocation = try PageSamples.revocation(of: "OLD", .deactivated)
        let page = try text(Page.user(name("backup"), PageSamples.snapshot([user])))
        for verb in ["rotate", "rollback", "reactivate", "waive", "retire"] {
            #expect(!page.contains("keybaton \(verb)"))
        }
        #expect(page.contains("keybaton run backup") && !page.contains("can be brought back"))
        let overview = try text(Page.overview(PageSamples.snapshot([user])))
        #expect(overview.contains("has leaked and is revoked: found in a paste"))
    }

    @Test func whoLacksTheOnlyKeyIsNamedWithWhatHelps() throws {
        let user = try PageSamples.user("backup", .steady, hosts: [PageSamples.host("nas", .behind)])
        let page = try text(Page.user(name("backup"), PageSamples.snapshot([user])))
        #expect(page.contains("keybaton retire nas backup"))
        #expect(!page.contains("How far the rotation has come"))
        #expect(
            try text(Page.overview(PageSamples.snapshot([user]))).contains(
                "nas does not hold the current key, and no old one is kept"))
    }

    @Test func nothingThatAHostSaysIsMarkup() throws {
        let snapshot = try hostile()
        let query = UserQuery(search: script)
        for page in [
            try text(Page.overview(snapshot, query: OverviewQuery(search: script))),
            try text(Page.user(name("backup"), snapshot, query: query)),
            try text(Page.user(name("backup"), snapshot, site: .exported)),
            try text(Page.message(script, script, depth: 3)),
        ] {
            #expect(!page.contains("<script>alert"))
            #expect(!page.contains("<img"))
            #expect(!page.contains("onerror=y>\""))
            #expect(!page.contains("\u{202E}"))
            #expect(page.components(separatedBy: "<script").count == 2, "ours alone")
            // A policy without 'unsafe-inline' would break them.
            #expect(!page.contains(" style=") && !page.contains("<style"))
        }
    }

    @Test func theTitleAndTheIconCarryTheCount() throws {
        let page = try text(Page.overview(PageSamples.snapshot(PageSamples.all())))
        #expect(page.contains("<title>(5) Keybaton – need attention</title>"))
        let calm = try text(Page.overview(PageSamples.snapshot([PageSamples.user("media", .steady)])))
        #expect(calm.contains("<title>Keybaton</title>"))
        let icon = { (page: String) in page.split(separator: "rel=\"icon\"")[1].prefix(80) }
        #expect(icon(page) != icon(calm))
    }

    @Test func whatAPageNamesIsThere() throws {
        let snapshot = PageSamples.snapshot(try PageSamples.all())
        let pages = [
            (try text(Page.overview(snapshot)), ""), (try text(Page.user(name("photos"), snapshot)), "../"),
            (try text(Page.message("Not found", "Nothing.", depth: 2)), "../../"),
        ]
        for (page, root) in pages {
            let links = page.components(separatedBy: "\"\(root)assets/").dropFirst().map { $0.prefix { $0 != "\"" } }
            #expect(links.count == 3)
            for link in links { #expect(Asset.named(link) != nil, "\(link)") }
        }
        #expect(Asset.named("keybaton.css") == nil)
        #expect(Asset.named("../keybaton.css") == nil)
    }

    @Test func holdsStandOnTop() throws {
        let page = try text(Page.overview(PageSamples.snapshot(PageSamples.all())))
        let photos = try #require(page.firstRange(of: "id=\"user-photos\"")).lowerBound
        let backup = try #require(page.firstRange(of: "id=\"user-backup\"")).lowerBound
        let media = try #require(page.firstRange(of: "id=\"user-media\"")).lowerBound
        #expect(photos < backup && backup < media)
    }

    @Test(arguments: [
        ("acknowledged", ["Published", "Acknowledged", "Old key quiet", "Old key switched off", "Old key deleted"]),
        ("scheduled", ["Published", "Both keys work", "Old key switched off", "Old key deleted"]),
        ("next-rotation", ["Published", "Both keys work", "Old key deleted"]),
    ])
    func theStepsAreThoseOfTheStrategy(retirement: String, titles: [String]) throws {
        var user = try PageSamples.user("backup", .distributing, hosts: [PageSamples.host("nas", .behind)])
        user.retirement = retirement
        let page = try text(Page.user(user.user, PageSamples.snapshot([user])))
        let steps = page.components(separatedBy: "<span class=\"step\">").dropFirst().map { $0.prefix { $0 != "<" } }
        #expect(steps.map(String.init) == titles)
        let present = try #require(page.components(separatedBy: "aria-current=\"step\"").last)
        #expect(present.contains("<span class=\"step\">\(titles[1])"))
    }

    @Test func whatIsOnlyReportedIsShownAsSuch() throws {
        let user = try PageSamples.distributing()
        let page = try text(Page.user(user.user, PageSamples.snapshot([user])))
        #expect(page.components(separatedBy: "Reported, not verified yet").count == 2, "the laptop alone")
    }

    @Test func aBucketThatCannotBeReadLeavesTheLastState() throws {
        let snapshot = PageSamples.snapshot(try PageSamples.all(), problem: "503 Slow Down")
        for page in [try text(Page.overview(snapshot)), try text(Page.user(name("photos"), snapshot))] {
            #expect(page.contains("The bucket cannot be read since 2026-09-21 09:13 UTC: 503 Slow Down."))
            #expect(page.contains("on hold") || page.contains("On hold"))
        }
    }

    @Test func tenThousandHostsAreAHundredPages() throws {
        let hosts = try (1...10_000).map { try PageSamples.host("h-\($0)", $0 == 5000 ? .behind : .current) }
        let user = try PageSamples.user("backup", .distributing, hosts: hosts)
        let snapshot = PageSamples.snapshot([user])
        let page = try text(Page.user(user.user, snapshot))
        #expect(page.components(separatedBy: "<tr id=\"host-").count == 101)
        #expect(page.contains("id=\"host-h-5000\""), "who is behind comes first")
        #expect(page.contains("Page 1 of 100") && page.contains("href=\"../users/backup?page=2\""))
        #expect(page.utf8.count < 200_000)
        let last = try text(Page.user(user.user, snapshot, query: UserQuery(page: 100), site: .exported))
        #expect(last.contains("href=\"../users/backup~99.html\"") && !last.contains("rel=\"next\""))
    }

    @Test func namesArePercentEncodedInLinks() throws {
        let user = try PageSamples.user("a+b=c@d,e", .steady)
        let page = try text(Page.overview(PageSamples.snapshot([user])))
        #expect(page.contains("href=\"users/a%2Bb%3Dc%40d%2Ce\""))
        #expect(Links.path(ofUser: user.user, page: 2, site: .exported) == "users/a+b=c@d,e~2.html")
    }

    @Test func anExportedPageNeedsNoServer() throws {
        let snapshot = PageSamples.snapshot(try PageSamples.all())
        for page in [
            try text(Page.overview(snapshot, site: .exported)),
            try text(Page.user(name("photos"), snapshot, site: .exported)),
        ] {
            #expect(!page.contains("<form") && !page.contains("data-live"))
            let links = page.components(separatedBy: "href=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
            for link in links { #expect(!link.contains("?") && !link.hasPrefix("/") && !link.contains(":"), "\(link)") }
        }
    }

    @Test func nobodyIsFoundUnderAnotherName() throws {
        #expect(Page.user(try name("nobody"), PageSamples.snapshot(try PageSamples.all())) == nil)
    }

    @Test func everyKnownProblemHasItsAdvice() throws {
        let user = try name("backup")
        let common = Mending.advice(for: .init(code: "of-a-later-version", message: ""), of: user)
        for code in ["unknown-key", "keys-refused", "target-unwritable", "hook-failed", "clock", "check-in-refused"] {
            #expect(Mending.advice(for: .init(code: code, message: ""), of: user) != common)
        }
        #expect(common == "Run `keybaton-agent doctor` on it.")
    }
}

import Dashboard
import FoundationEssentials
import Testing

@Suite struct MomentTests {
    private let now = Date(timeIntervalSince1970: 1_790_000_000)

    @Test(
        arguments: [
            (0, "just now"), (-59, "just now"), (59, "in a moment"), (-60, "1 min ago"), (-5399, "90 min ago"),
            (-5400, "2 h ago"), (7 * 3600, "in 7 h"), (-172_799, "48 h ago"), (-172_800, "2 d ago"),
            (13 * 86_400, "in 13 d"),
            (-400 * 86_400, "400 d ago"),
        ] as [(Int, String)])
    func theLargestUnitIsTold(seconds: Int, text: String) {
        #expect(Moment(now.addingTimeInterval(Double(seconds)), now: now).relative == text)
    }

    @Test func theDateItselfStandsBesideIt() {
        let html = String(decoding: Moment(now.addingTimeInterval(-7200), now: now).html.bytes, as: UTF8.self)
        #expect(
            html == "<time datetime=\"2026-09-21T12:13:20Z\" title=\"2026-09-21 12:13 UTC\">2 h ago</time>")
    }
}

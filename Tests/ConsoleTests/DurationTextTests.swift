import Console
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: [("30d", 2_592_000), ("0s", 0), ("90m", 5400), ("24h", 86_400), ("2w", 1_209_600)])
    func readsANumberAndAUnit(text: String, seconds: Int) {
        #expect(DurationText(text)?.duration == .seconds(seconds))
    }

    @Test(arguments: [
        "", "d", "30", "30 d", "-1d", "+1d", "1.5h", "1D", "30days", "٣d", "99999999999999999999d", "9999999w",
    ])
    func refusesAnythingElse(text: String) {
        #expect(DurationText(text) == nil)
    }

    @Test(arguments: [
        (0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min 59 s"), (3600, "1 h"), (90_000, "1 d 1 h"),
        (86_400, "1 d"), (86_430, "1 d"), (-120, "2 min"),
    ])
    func isToldInItsTwoLargestUnits(seconds: Int, words: String) {
        #expect(Duration.seconds(seconds).inWords == words)
    }
}

import AWS
import FoundationEssentials
import Testing

@Suite struct UTCTimestampTests {
    /// Values of `date -u -d @SECONDS +%Y%m%dT%H%M%SZ`.
    @Test(arguments: [
        (0, "19700101T000000Z"), (-1, "19691231T235959Z"), (1_440_938_160, "20150830T123600Z"),
        (951_782_399, "20000228T235959Z"), (951_782_400, "20000229T000000Z"), (951_868_800, "20000301T000000Z"),
        (1_709_164_800, "20240229T000000Z"), (1_735_689_599, "20241231T235959Z"), (1_735_689_600, "20250101T000000Z"),
        (4_107_542_399, "21000228T235959Z"), (4_107_542_400, "21000301T000000Z"), (2_147_483_648, "20380119T031408Z"),
        (-2_203_891_200, "19000301T000000Z"), (253_402_300_799, "99991231T235959Z"),
    ])
    func edges(seconds: Int, text: String) {
        #expect(UTCTimestamp(Date(timeIntervalSince1970: Double(seconds))).text == text)
        #expect(UTCTimestamp(Date(timeIntervalSince1970: Double(seconds) + 0.75)).text == text)
    }

    @Test func theDateIsTheFirstPart() {
        #expect(UTCTimestamp(Date(timeIntervalSince1970: 1_440_938_160)).date == "20150830")
    }

    @Test func agreesWithFoundationOnEveryDayOfFourHundredYears() {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        for day in 0..<146_097 {
            let time = Date(timeIntervalSince1970: Double(day) * 86_400 + Double(day % 86_400))
            guard UTCTimestamp(time).text != time.formatted(style) else { continue }
            Issue.record("day \(day): \(UTCTimestamp(time).text), not \(time.formatted(style))")
            return
        }
    }
}

import Notifications
import Testing

@Suite struct NoticeTests {
    @Test func `events have the names that the configuration uses`() {
        #expect(Notice.Event(rawValue: "host-late") == .hostLate)
    }
}

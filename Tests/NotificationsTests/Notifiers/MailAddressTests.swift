import Notifications
import Testing

struct MailAddressTests {
    @Test(arguments: ["a@b", "ana.maria+aws@example.org", "x_y=z@mail-1.example.co.uk"])
    func `One address is one`(_ text: String) {
        #expect(MailAddress(text)?.description == text)
    }

    @Test(
        arguments: [
            "", "a", "@b", "a@", "a@b@c", "a b@c", "a@b c", "a@b,c@d", "a@b;c@d", "Ana <a@b>", "a@b\r\nBcc: c@d",
            "a@b\n", "añ@b", "a@ñ", "\"a\"@b", "a@.b", "a@-b", "a@[127.0.0.1]", "a:b@c",
            String(repeating: "a", count: 65) + "@b", "a@" + String(repeating: "b", count: 260),
        ])
    func `What would be two addresses, a name or a header is none`(_ text: String) {
        #expect(MailAddress(text) == nil)
    }
}

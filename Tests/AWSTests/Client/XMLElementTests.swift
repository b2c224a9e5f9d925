@testable import AWS
import Testing

@Suite struct XMLElementTests {
    @Test func readsElementsTextAndReferences() throws {
        let text = "<?xml version=\"1.0\"?><a xmlns=\"x\"><b>1 &lt; 2</b><b><![CDATA[<3>]]></b><c/></a>"
        let root = try XMLElement.parse(Array(text.utf8))
        #expect(root.name == "a" && root.children(named: "b").map(\.text) == ["1 < 2", "<3>"])
        #expect(root["c"]?.text == "" && root["c", "d"] == nil && root["b"]?.text == "1 < 2")
    }

    @Test func keepsTextThatArrivesInPieces() throws {
        let long = String(repeating: "å\n&amp;", count: 50_000)
        #expect(try XMLElement.parse(Array("<a>\(long)</a>".utf8)).text.count == 150_000)
    }

    @Test(
        "anything but one plain document is refused",
        arguments: [
            "", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&nbsp;</a>", "<a b=1/>", "\u{0}",
            "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
            String(repeating: "<a>", count: 33) + String(repeating: "</a>", count: 33),
        ])
    func refuses(text: String) {
        #expect(throws: XMLError.self) { try XMLElement.parse(Array(text.utf8)) }
    }

    @Test func saysWhy() {
        #expect(throws: XMLError(message: "line 2: a document type is not allowed")) {
            try XMLElement.parse(Array("\n<!DOCTYPE a><a/>".utf8))
        }
    }
}

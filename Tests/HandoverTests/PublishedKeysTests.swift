import Handover
import Secrets
import Testing

@Suite("The published text") struct PublishedKeysTests {
    static let newBlock = "NEW\naws_access_key_id = \(Example.newID)\naws_secret_access_key = \(Example.newSecret)"
    static let oldBlock = "OLD\naws_access_key_id = \(Example.oldID)\naws_secret_access_key = \(Example.oldSecret)"
    static let both = newBlock + "\n" + oldBlock

    @Test("is written with one space each side, OLD after NEW, and no final newline")
    func writing() throws {
        let first = try Example.first()
        #expect(first.text.reveal() == Self.newBlock)
        let second = try Example.pair()
        #expect(second.text.reveal() == Self.both)
    }

    static let accepted: [String] = [
        both,
        both + "\n",
        both + "\r\n",
        both.replacing("\n", with: "\r\n"),
        newBlock + "\n\n\n" + oldBlock,  // what the older Lambda leaves after a few rotations
        "\n\n" + both + "\n\n",
        newBlock + "\n \t \n" + oldBlock,
        newBlock + "\r\n\r\n" + oldBlock,
        both.replacing("\n", with: "\n\n"),
    ]

    @Test("is read with blank lines, CRLF and a final newline anywhere", arguments: accepted)
    func reading(_ text: String) throws {
        let published = try PublishedKeys(parsing: Secret(text))
        #expect(try published == Example.pair())
    }

    @Test("holds NEW alone before the first rotation", arguments: [newBlock, newBlock + "\n", newBlock + "\n\n\r\n"])
    func readingTheFirst(_ text: String) throws {
        let published = try PublishedKeys(parsing: Secret(text))
        #expect(try published.new == Example.new())
        #expect(published.old == nil)
    }

    @Test("keeps markers inside ids and secrets apart from markers")
    func markersInsideKeys() throws {
        let new = try Example.key("OLDNEWOLDNEWOLDN", "NEWOLDNEWOLDNEWOLDNEWOLDNEWOLDNEWOLDNEWO")
        let old = try Example.key("NEWOLDNEWOLDNEWO", "OLDNEWOLDNEWOLDNEWOLDNEWOLDNEWOLDNEWOLDN")
        let published = try #require(PublishedKeys(new: new, old: old))
        #expect(try PublishedKeys(parsing: published.text) == published)
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        var why: String
        var text: String
        var line: Int?
        var problem: String

        init(_ why: String, _ text: String, line: Int?, _ problem: String) {
            self.why = why
            self.text = text
            self.line = line
            self.problem = problem
        }

        var testDescription: String { why }
    }

    private static func with(_ part: String, _ replacement: String) -> String {
        both.replacing(part, with: replacement)
    }

    static let refused: [Refusal] = [
        Refusal("an empty value", "", line: nil, "the marker NEW is missing"),
        Refusal("blank lines only", "\n \n\r\n", line: nil, "the marker NEW is missing"),
        Refusal("a byte order mark", "\u{feff}" + both, line: 1, "the marker NEW"),
        Refusal("OLD alone", oldBlock, line: 1, "the marker NEW"),
        Refusal("OLD before NEW", oldBlock + "\n" + newBlock, line: 1, "the marker NEW"),
        Refusal("a lower-case marker", with("NEW\na", "new\na"), line: 1, "the marker NEW"),
        Refusal("a marker after a space", " " + both, line: 1, "the marker NEW"),
        Refusal("a marker before a space", with("NEW\na", "NEW \na"), line: 1, "the marker NEW"),
        Refusal("a marker before a tab", with("OLD\na", "OLD\t\na"), line: 4, "the marker OLD"),
        Refusal("NEW twice", newBlock + "\n" + newBlock, line: 4, "the marker OLD"),
        Refusal("a third block", both + "\n" + oldBlock, line: 7, "unexpected line"),
        Refusal("trailing text", both + "\nregion = eu-west-1", line: 7, "unexpected line"),
        Refusal("trailing text after blank lines", both + "\n\n\nx", line: 9, "unexpected line"),
        Refusal("one id twice", with(Example.oldID, Example.newID), line: nil, "same id"),
        Refusal("the marker alone", "NEW", line: nil, "aws_access_key_id of NEW is missing"),
        Refusal(
            "no secret", "NEW\naws_access_key_id = \(Example.newID)", line: nil,
            "aws_secret_access_key of NEW is missing"),
        Refusal("an OLD without fields", newBlock + "\nOLD", line: nil, "aws_access_key_id of OLD is missing"),
        Refusal("no spaces around =", with("_id = A", "_id=A"), line: 2, "expected `aws_access_key_id = …`"),
        Refusal("tabs around =", with("_id = A", "_id\t=\tA"), line: 2, "expected `aws_access_key_id = …`"),
        Refusal("an indented field", with("\naws_access", "\n  aws_access"), line: 2, "expected `aws_access_key_id"),
        Refusal("a field in capitals", with("aws_a", "AWS_A"), line: 2, "expected `aws_access_key_id = …`"),
        Refusal(
            "the fields swapped",
            "NEW\naws_secret_access_key = \(Example.newSecret)\naws_access_key_id = \(Example.newID)", line: 2,
            "expected `aws_access_key_id = …`"),
        Refusal(
            "the id twice", with("\naws_secret_access_key = wJ", "\naws_access_key_id = \(Example.newID)\naws_s = wJ"),
            line: 3, "expected `aws_secret_access_key = …`"),
        Refusal(
            "the secret twice", with("\nOLD\n", "\naws_secret_access_key = \(Example.newSecret)\nOLD\n"), line: 4,
            "the marker OLD"),
        Refusal("an id in lower case", with(Example.newID, Example.newID.lowercased()), line: 2, "access key id"),
        Refusal("an id of 15 characters", with(Example.newID, "AKIAEXAMPLENEW0"), line: 2, "access key id"),
        Refusal(
            "an id of 129 characters", with(Example.newID, String(repeating: "A", count: 129)), line: 2,
            "access key id"),
        Refusal("an id after two spaces", with("_id = A", "_id =  A"), line: 2, "access key id"),
        Refusal("an id before a space", with(Example.newID, Example.newID + " "), line: 2, "access key id"),
        Refusal("an id in full-width letters", with(Example.newID, "ＡＫＩＡＥＸＡＭＰＬＥ"), line: 2, "access key id"),
        Refusal("an empty id", with(Example.newID, ""), line: 2, "access key id"),
        Refusal("an empty secret", with(Example.newSecret, ""), line: 3, "secret access key"),
        Refusal("a secret of 15 characters", with(Example.newSecret, "abcdefghijklmno"), line: 3, "secret access"),
        Refusal(
            "a secret of 129 characters", with(Example.newSecret, String(repeating: "a", count: 129)), line: 3,
            "secret access key"),
        Refusal("a huge secret", with(Example.newSecret, String(repeating: "a", count: 1 << 20)), line: 3, "secret"),
        Refusal("a secret with a quote", with("OLDe8", "OLD\"8"), line: 6, "secret access key"),
        Refusal("a secret with an apostrophe", with("OLDe8", "OLD'8"), line: 6, "secret access key"),
        Refusal("a secret with a space", with("OLDe8", "OLD 8"), line: 6, "secret access key"),
        Refusal("a secret with a tab", with("OLDe8", "OLD\t8"), line: 6, "secret access key"),
        Refusal("a secret before a space", both + " ", line: 6, "secret access key"),
        Refusal("a secret with a control character", with("OLDe8", "OLD\u{1b}8"), line: 6, "secret access key"),
        Refusal("a secret with NUL", with("OLDe8", "OLD\u{0}8"), line: 6, "secret access key"),
        Refusal("a secret with DEL", with("OLDe8", "OLD\u{7f}8"), line: 6, "secret access key"),
        Refusal("a secret with a lone CR", with("OLDe8", "OLD\r8"), line: 6, "secret access key"),
        Refusal("CR CR LF", with("\nOLD", "\r\r\nOLD"), line: 3, "secret access key"),
        Refusal("a secret with a letter outside ASCII", with("OLDe8", "OLDé8"), line: 6, "secret access key"),
        Refusal("a secret with a combining accent", with("OLDe8", "OLDe\u{301}8"), line: 6, "secret access key"),
        Refusal("a secret with #", with("OLDe8", "OLD#8"), line: 6, "secret access key"),
        Refusal("a secret with %", with("OLDe8", "OLD%8"), line: 6, "secret access key"),
        Refusal("a second profile inside a secret", with("OLDe8", "OLDe\n[x]\ne8"), line: 6, "secret access key"),
        Refusal("lone CRs as line ends", both.replacing("\n", with: "\r"), line: 1, "the marker NEW"),
        Refusal("a line separator as a line end", both.replacing("\n", with: "\u{2028}"), line: 1, "the marker NEW"),
        Refusal("a NUL after the keys", both + "\n\u{0}", line: 7, "unexpected line"),
        Refusal("a huge line after the keys", both + "\n" + String(repeating: "x", count: 1 << 20), line: 7, "line"),
    ]

    @Test("is refused with the line and the reason", arguments: refused)
    func refusals(_ refusal: Refusal) throws {
        let error = try #require(throws: PublishedTextError.self) {
            try PublishedKeys(parsing: Secret(refusal.text))
        }
        #expect(error.line == refusal.line)
        #expect(error.problem.contains(refusal.problem), "\(error)")
        #expect("\(error)".contains("parameter's value"))
    }

    @Test("never shows a part of the value in its error", arguments: refused)
    func refusalsAreSilent(_ refusal: Refusal) throws {
        let error = try #require(throws: PublishedTextError.self) {
            try PublishedKeys(parsing: Secret(refusal.text))
        }
        let shown = "\(error) \(String(reflecting: error)) \(rendering(error))"
        // Six characters of any id or secret in a row; the field's own names and the markers are no part of it.
        for word in [Example.newID, Example.oldID, Example.newSecret, Example.oldSecret] {
            for start in word.indices where word.distance(from: start, to: word.endIndex) >= 6 {
                let piece = word[start...].prefix(6)
                #expect(!shown.contains(piece), "\(shown)")
            }
        }
        #expect(shown.utf8.count < 600)
    }

    @Test("is refused when it is not UTF-8")
    func invalidUTF8() {
        var bytes = Array(Self.both.utf8)
        bytes[bytes.count - 3] = 0xff
        let value = Secret(bytes)
        #expect(throws: PublishedTextError.self) { try PublishedKeys(parsing: value) }
    }

    @Test("two keys of one id are no pair") func oneIDTwice() throws {
        let again = try Example.key(Example.newID, Example.oldSecret)
        #expect(PublishedKeys(new: try Example.new(), old: again) == nil)
    }

    @Test func findsAKeyByItsID() throws {
        let published = try Example.pair()
        #expect(try published.key(Example.new().id) == Example.new())
        #expect(try published.key(Example.old().id) == Example.old())
        #expect(published.key(try Example.keyID("AKIAEXAMPLEOTHER0003")) == nil)
        #expect(try published.ids == PublishedIDs(new: Example.new().id, old: Example.old().id))
    }
}

/// What `dump` shows.
func rendering(_ value: some Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text
}

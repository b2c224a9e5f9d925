import FoundationEssentials
import HostTestSupport
import Secrets
import Testing

@testable import Destinations

@Suite struct SecretDocumentTests {
    private let first = ExampleKeys.first
    private var id: String { "\(first.id)" }
    private var secret: String { first.secret.reveal() }

    private func installed(_ text: String, _ fields: SecretFields = .standard) throws -> String {
        let document = try SecretDocument(Secret(text), fields).installing(first)
        #expect(document.key == first)
        return document.text.reveal()
    }

    @Test("an empty object gets both fields")
    func fillsAnEmptyObject() throws {
        for text in ["{}", "{ }", " {\n}\n"] {
            let decoded = try JSONDecoder().decode([String: String].self, from: Data(try installed(text).utf8))
            #expect(decoded == ["AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": secret])
        }
    }

    @Test("all other bytes stay: the order, numbers as they were written, escapes, white space, nested names alike")
    func keepsTheRest() throws {
        let text = #"""
            { "z": 1.50, "AWS_ACCESS_KEY_ID" :"OLD",
              "nested": {"AWS_ACCESS_KEY_ID": ["}", "\"{", 1e400000, null]}, "AWS_SECRET_ACCESS_KEY": null,
              "u\u00fc\/": "\ud83d\ude00", "a": [[],[{}]], "last": true }
            """#
            .replacing("1e400000", with: "1E+2")
        let expected = text.replacing(#":"OLD""#, with: ":\"\(id)\"")
            .replacing(#""AWS_SECRET_ACCESS_KEY": null"#, with: "\"AWS_SECRET_ACCESS_KEY\": \"\(secret)\"")
        #expect(try installed(text) == expected)
    }

    @Test("a missing field is added behind the last one, written as the others are")
    func addsFields() throws {
        #expect(
            try installed("{\n  \"region\": \"eu-west-1\"\n}\n")
                == """
                {
                  "region": "eu-west-1",
                  "AWS_ACCESS_KEY_ID": "\(id)",
                  "AWS_SECRET_ACCESS_KEY": "\(secret)"
                }

                """)
        #expect(
            try installed(#"{"n":3}"#)
                == #"{"n":3, "AWS_ACCESS_KEY_ID": "\#(id)", "AWS_SECRET_ACCESS_KEY": "\#(secret)"}"#)
    }

    @Test("the fields' names may be anything that JSON can write")
    func namesFields() throws {
        let fields = try #require(SecretFields(id: "user \"name\"", secret: "päss/word"))
        let text = try installed(#"{"päss\/word": "x"}"#, fields)
        let decoded = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(decoded == ["user \"name\"": id, "päss/word": secret])
    }

    @Test(
        "half a key, or what is no key of AWS, is none",
        arguments: [
            "{}", #"{"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEFIRST0001"}"#,
            #"{"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEFIRST0001", "AWS_SECRET_ACCESS_KEY": ""}"#,
            #"{"AWS_ACCESS_KEY_ID": "minio", "AWS_SECRET_ACCESS_KEY": "abcdefghijklmnopqrstuvwxyz"}"#,
        ])
    func isNoKey(_ text: String) throws {
        #expect(try SecretDocument(Secret(text), .standard).key == nil)
    }

    @Test(
        "what cannot be edited without a loss is refused",
        arguments: [
            ("", SecretDocument.Problem.noObject), ("AKIA:secret", .noObject), ("[]", .noObject), ("\"{}\"", .noObject),
            ("{\"a\": 1", .noObject), ("{} {}", .noObject), ("{'a': 1}", .noObject), ("{\"a\": 1,}", .noObject),
            ("{\0\"\0a\0\"\0:\01\0}\0", .noObject), ("{}\0", .noObject),
            ("\u{FEFF}{}", .noObject), (#"{"a": 1, "b": 2, "a": 1}"#, .doubledNames),
            (#"{"a": 1, "\u0061": 1}"#, .doubledNames),
            (#"{"AWS_ACCESS_KEY_ID": 5}"#, .noText(field: "AWS_ACCESS_KEY_ID")),
            (#"{"AWS_SECRET_ACCESS_KEY": {}}"#, .noText(field: "AWS_SECRET_ACCESS_KEY")),
        ])
    func refuses(_ text: String, _ problem: SecretDocument.Problem) {
        #expect(throws: problem) { try SecretDocument(Secret(text), .standard) }
    }

    @Test("more than the service takes is refused before it is sent")
    func isTooLarge() throws {
        let size = SecretDocument.sizeLimit
        let room = try installed(#"{"a": ""}"#).utf8.count
        let text = { (count: Int) in "{\"a\": \"\(String(repeating: "x", count: count))\"}" }
        #expect(try installed(text(size - room)).utf8.count == size)
        #expect(throws: SecretDocument.Problem.tooLarge) { try installed(text(size - room + 1)) }
    }

    @Test("documents of every shape keep what they hold", arguments: 0..<200)
    func keepsAnything(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let members = (0..<Int.random(in: 0...5, using: &generator)).map { number in
            (name: "f\(number)", value: Self.value(depth: 3, &generator))
        }
        let space = ["", " ", "\n  ", "\t"].randomElement(using: &generator) ?? ""
        var parts = members.map { "\"\($0.name)\"\(space):\(space)\($0.value)" }
        if Bool.random(using: &generator) {
            parts.insert(
                "\"AWS_ACCESS_KEY_ID\":\(space)\"OLDOLDOLDOLDOLDOLD\"",
                at: Int.random(in: 0...parts.count, using: &generator))
        }
        let text = "{\(space)\(parts.joined(separator: "\(space),\(space)"))\(space)}"
        let edited = try installed(text)
        let members2 = try #require(JSONMembers(Array(edited.utf8)))
        for member in members {
            let found = try #require(members2[member.name])
            #expect(String(decoding: members2.text[found.value], as: UTF8.self) == member.value)
        }
        #expect(members2.members.count == members.count + 2 && members2.areDistinct)
    }

    private static func value(depth: Int, _ generator: inout SeededGenerator) -> String {
        let leaves = ["1", "-0.50", "2E+7", "true", "null", "\"\"", #""a\"b{[,:]}\\""#, #""\u00e9\/""#, "\"é 😀\""]
        guard depth > 0, Int.random(in: 0..<3, using: &generator) == 0 else {
            return leaves.randomElement(using: &generator) ?? "1"
        }
        let inner = (0..<Int.random(in: 0...3, using: &generator)).map { _ in value(depth: depth - 1, &generator) }
        return Bool.random(using: &generator)
            ? "[\(inner.joined(separator: ", "))]"
            : "{\(inner.enumerated().map { "\"\($0.offset)\": \($0.element)" }.joined(separator: ","))}"
    }
}

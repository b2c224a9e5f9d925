import Secrets
import Testing

@testable import CredentialsFile

struct Refusal: Sendable, CustomTestStringConvertible {
    let text: String
    let line: Int
    let reason: DocumentProblem.Reason

    init(_ text: String, _ line: Int, _ reason: DocumentProblem.Reason) {
        (self.text, self.line, self.reason) = (text, line, reason)
    }

    var testDescription: String { String(reflecting: text) }
}

@Suite struct RefusalTests {
    @Test(
        "what botocore refuses, or the SDKs read differently, is not edited",
        arguments: [
            Refusal("region = x\n[default]\n", 1, .outsideSection),
            Refusal("\n# c\n  x\n[default]\n", 3, .outsideSection),
            Refusal("[default]\nregion\n", 2, .noDelimiter),
            Refusal("[default]\n[]\n", 2, .noDelimiter),
            Refusal("[default\n", 1, .outsideSection),
            Refusal("[default]\n= x\n", 2, .emptyKey),
            Refusal("[default]\n[a]\nk = 1\n[a]\n", 4, .duplicateSection(firstLine: 2)),
            Refusal("[default]\r\r[default]\r\n", 3, .duplicateSection(firstLine: 1)),
            Refusal("[a]\nK = 1\nk = 2\n[default]\n", 3, .duplicateKey(firstLine: 2)),
            Refusal("[default]\naws_access_key_id = A\nAWS_ACCESS_KEY_ID = B\n", 3, .duplicateKey(firstLine: 2)),
            Refusal("[DEFAULT]\nk = 1\n[a]\n[DEFAULT]\nK = 2\n[default]\n", 5, .duplicateKey(firstLine: 2)),
            Refusal("[default]\ns3 =\n  x\n", 3, .nestedWithoutEquals),
            Refusal("[default]\naws_secret_access_key =\n  wJalr\n", 3, .nestedWithoutEquals),
            Refusal("[default]\n[ default ]\n", 2, .otherSpellingOfProfile),
            Refusal("[profile default]\n", 1, .otherSpellingOfProfile),
            Refusal("[profile \"default\"]\n", 1, .otherSpellingOfProfile),
            Refusal("['default']\n", 1, .otherSpellingOfProfile),
            Refusal("[default]x\n", 1, .otherSpellingOfProfile),
            Refusal("[default] # see [x]\n", 1, .otherSpellingOfProfile),
            Refusal("[a]\nk = 1\n  [default]\n", 3, .otherSpellingOfProfile),
            Refusal("[default]\naws_access_key_id = A # mine\n", 2, .commentBehindValue),
            Refusal("[default]\naws_secret_access_key = o ;\n", 2, .commentBehindValue),
            Refusal("[default]\nregion = x\n  aws_access_key_id = A\n", 3, .keyInContinuation),
            Refusal("[default]\naws_session_token = T\n\n # c\n  more\n", 5, .valueInSeveralLines),
            Refusal("[DEFAULT]\naws_session_token = T\n[default]\n", 2, .inherited),
            Refusal("[default]\nclé = 1\n", 2, .keyOutsideASCII),
        ])
    func refuses(_ refusal: Refusal) throws {
        let document = try INIDocument(text: refusal.text)
        #expect(throws: DocumentProblem(line: refusal.line, reason: refusal.reason)) {
            try document.installing(accessKey())
        }
        #expect(document.text == refusal.text)
    }

    @Test func bytesThatAreNoUTF8AreRefusedWithTheirLine() throws {
        let document = INIDocument(
            Secret(Array("[default]\nk = ".utf8) + [0xE9, 0x0A]), section: .default, dialect: .awsCredentials)
        #expect(throws: DocumentProblem(line: 2, reason: .notUTF8)) {
            try document.installing(accessKey())
        }
    }

    @Test(
        "a name that could be anything but a name is no profile",
        arguments: [
            "", "a b", "a]", "[a", "a\nb", "a\rb", "a\0", "\"a\"", "a#", "a;b", "é", "DEFAULT",
            String(repeating: "a", count: 129),
        ])
    func refusesProfile(_ name: String) {
        #expect(throws: InvalidProfileName.self) { try ProfileName(name) }
    }

    @Test func theShortestAndTheLongestAreAccepted() throws {
        for count in [1, 128] { _ = try ProfileName(String(repeating: "a", count: count)) }
    }
}

import Secrets
import Testing

@testable import CredentialsFile

@Suite struct HeldKeyTests {
    private func held(_ text: String, _ profile: String = "default") throws -> HeldKey? {
        try INIDocument(text: text, profile).heldKey()
    }

    @Test func theKeyOfTheProfileIsRead() throws {
        let text =
            "[a]\naws_access_key_id=\(newID)\naws_secret_access_key=\(newSecret)\n[default]\n"
            + " aws_secret_access_key : \(oldSecret)\r aws_access_key_id =\t\(oldID)  \r\nAWS_SESSION_TOKEN = x\n"
        #expect(try held(text) == HeldKey(key: accessKey(oldID, oldSecret), hasSessionToken: true))
        #expect(try held(text, "a") == HeldKey(key: accessKey(), hasSessionToken: false))
    }

    @Test func whereThereIsNoKeyThereIsNil() throws {
        #expect(try held("") == nil)
        #expect(try held("[default]\nregion = x\n") == nil)
        #expect(try held("[other]\naws_access_key_id = \(newID)\n") == nil)
    }

    @Test func whatIsNoKeyOfAWSIsToldApartFromNoKey() {
        for (text, problem) in [
            ("aws_access_key_id = \(newID)\n", DocumentProblem(line: 2, reason: .idWithoutSecret)),
            ("aws_secret_access_key = \(newSecret)\n", DocumentProblem(line: 2, reason: .secretWithoutID)),
            (
                "aws_access_key_id = minioadmin\naws_secret_access_key = minioadmin\n",
                DocumentProblem(line: 2, reason: .notAnAccessKeyID)
            ),
            (
                "aws_access_key_id = \(newID)\naws_secret_access_key = a b c d e f g h i j\n",
                DocumentProblem(line: 3, reason: .notASecretAccessKey)
            ),
        ] {
            #expect(throws: problem) { try held("[default]\n" + text) }
        }
    }

    @Test func faultsElsewhereInTheFileDoNotMatter() throws {
        let text = "garbage\n[default]\naws_access_key_id=\(newID)\naws_secret_access_key=\(newSecret)\n[a]\n[a]\nx\n"
        #expect(try held(text) == HeldKey(key: accessKey(), hasSessionToken: false))
    }

    @Test("no rendering of a document, a key, an error or a result shows a secret")
    func redaction() throws {
        let text =
            "[default]\naws_access_key_id=\(oldID)\naws_secret_access_key=\(oldSecret)\naws_session_token = \(newSecret)\n"
        let document = try INIDocument(text: text)
        let held = try #require(try document.heldKey())
        let edited = try document.installing(accessKey())
        let broken = try INIDocument(text: "[default]\n\(oldSecret)\n\(oldSecret)= x\n")
        let problem = #expect(throws: DocumentProblem.self) {
            try broken.installing(accessKey())
        }
        let values: [Any] = [
            document, edited, try document.credentials(), held, held.key, broken, problem as Any,
            CredentialsStoreError(path: "/x", reason: .problem(try #require(problem))),
            CredentialsStore.Version.self, document.lines, Piece.secret(held.key.secret),
        ]
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for rendering in ["\(value)", String(reflecting: value), dumped] {
                #expect(!rendering.contains("OLDsecret") && !rendering.contains("NEWsecret"))
            }
        }
    }
}

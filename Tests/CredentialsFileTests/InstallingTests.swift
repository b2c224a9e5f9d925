import Secrets
import Testing

@testable import CredentialsFile

/// One file before and after the edit of one profile. `<ID>` and `<SECRET>` stand for the new key.
struct Edit: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let profile: String
    let before: String
    let after: String

    init(_ description: String, _ before: String, _ after: String, in profile: String = "default") {
        (testDescription, self.profile, self.before) = (description, profile, before)
        self.after = after.replacing("<ID>", with: newID).replacing("<SECRET>", with: newSecret)
    }
}

extension String {
    fileprivate func replacing(_ word: String, with other: String) -> String {
        split(separator: word, omittingEmptySubsequences: false).joined(separator: other)
    }
}

@Suite struct InstallingTests {
    static let edits: [Edit] = [
        Edit("an empty file", "", "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n"),
        Edit(
            "one profile", "[default]\naws_access_key_id = AKIA\naws_secret_access_key = x/y+z=\n",
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n"),
        Edit(
            "one of three, with comments and other keys",
            "# mine\n[a]\naws_access_key_id = A\n\n[b]\n; c\nregion=x\naws_secret_access_key=o\naws_access_key_id=A\n[c]\nk = 1\n",
            "# mine\n[a]\naws_access_key_id = A\n\n[b]\n; c\nregion=x\naws_secret_access_key=<SECRET>\naws_access_key_id=<ID>\n[c]\nk = 1\n",
            in: "b"),
        Edit(
            "spacing, indentation, case and colon",
            "[default]\n  AWS_ACCESS_KEY_ID  =\tA\n  aws_Secret_access_key: o  \n",
            "[default]\n  AWS_ACCESS_KEY_ID  =\t<ID>\n  aws_Secret_access_key: <SECRET>\n"),
        Edit(
            "CR LF", "[default]\r\naws_access_key_id = A\r\naws_secret_access_key = o\r\n",
            "[default]\r\naws_access_key_id = <ID>\r\naws_secret_access_key = <SECRET>\r\n"),
        Edit(
            "mixed line ends", "[default]\r\naws_access_key_id = A\naws_secret_access_key = o\r[x]\n",
            "[default]\r\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\r[x]\n"),
        Edit(
            "a missing key with CR LF", "[default]\r\nregion = x\r\n",
            "[default]\r\naws_access_key_id = <ID>\r\naws_secret_access_key = <SECRET>\r\nregion = x\r\n"),
        Edit(
            "no final line end", "[default]\naws_access_key_id = A\naws_secret_access_key = o",
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>"),
        Edit(
            "a missing profile and no final line end", "[default]\r\nk = 1",
            "[default]\r\nk = 1\r\n[new]\r\naws_access_key_id = <ID>\r\naws_secret_access_key = <SECRET>\r\n", in: "new"
        ),
        Edit(
            "a header at the end without line end", "[default]",
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n"),
        Edit(
            "a byte order mark", "\u{FEFF}[default]\naws_access_key_id = A\naws_secret_access_key = o\n",
            "\u{FEFF}[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n"),
        Edit(
            "a session token that is left",
            "[default]\naws_session_token = T\naws_access_key_id = A\naws_security_token = T\n"
                + "aws_secret_access_key = o\n# end\naws_session_token_x = 1\n",
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n# end\naws_session_token_x = 1\n"),
        Edit(
            "a session token in the last line",
            "[default]\naws_access_key_id = A\naws_secret_access_key = o\naws_session_token = T",
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n"),
        Edit(
            "only the id is there", "[default]\nregion = x\naws_access_key_id = A\n",
            "[default]\naws_secret_access_key = <SECRET>\nregion = x\naws_access_key_id = <ID>\n"),
        Edit(
            "values that are empty", "[default]\naws_access_key_id =\naws_secret_access_key=\n",
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key=<SECRET>\n"),
        Edit(
            "nested keys",
            "[default]\ns3 =\n  max = 1\n\n  # c\n  use = 2\naws_access_key_id = A\naws_secret_access_key = o\n",
            "[default]\ns3 =\n  max = 1\n\n  # c\n  use = 2\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n"
        ),
        Edit(
            "what is added does not swallow what is indented below it", "[default]\n\n  region = x\n  [other]\n",
            "[default]\n  aws_access_key_id = <ID>\n  aws_secret_access_key = <SECRET>\n\n  region = x\n  [other]\n"),
        Edit(
            "nor an indented header", "[default]\n  [other]\n",
            "[default]\n  aws_access_key_id = <ID>\n  aws_secret_access_key = <SECRET>\n  [other]\n"),
        Edit(
            "a comment behind the header", "[default] # [mine\naws_access_key_id = A\naws_secret_access_key = o\n",
            "[default] # [mine\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n"),
        Edit(
            "names that contain the profile's", "[aa]\nk=1\n[a.a]\n[profilea]\n",
            "[aa]\nk=1\n[a.a]\n[profilea]\n[a]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n", in: "a"),
    ]

    @Test("the key is put in and everything else stays", arguments: edits)
    func installs(_ edit: Edit) throws {
        let document = try INIDocument(text: edit.before, edit.profile)
        let edited = try document.installing(accessKey())
        #expect(edited.text == edit.after)
        #expect(document.text == edit.before)
    }

    @Test("what is installed already is left as it is, whatever it looks like", arguments: edits)
    func isIdempotent(_ edit: Edit) throws {
        let document = try INIDocument(text: edit.after, edit.profile)
        #expect(try document.installing(accessKey()) == document)
    }

    @Test func aKeyThatIsThereButWithATokenIsEdited() throws {
        let text = "[default]\naws_access_key_id = \(newID)\naws_secret_access_key = \(newSecret)\n"
        let document = try INIDocument(text: text + "aws_session_token = T\n")
        #expect(try document.installing(accessKey()).text == text)
    }

    @Test(
        "the check of the result notices every kind of foreign change",
        arguments: [
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n[b]\nk = 2\n",
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n[b]\n",
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\nk = 1\n[b]\n",
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n[b]\nk = 1\nj = 1\n",
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n  [b]\nk = 1\n",
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>x\n[b]\nk = 1\n",
            "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\naws_session_token = T\n[b]\nk = 1\n",
            "[default]\naws_access_key_id = <ID>\n[b]\nk = 1\n",
        ])
    func checks(_ result: String) throws {
        let original = try INIDocument(
            text: "[default]\naws_access_key_id = A\naws_secret_access_key = o\n[b]\nk = 1\n")
        let text = result.replacing("<ID>", with: newID).replacing("<SECRET>", with: newSecret)
        let error = #expect(throws: DocumentProblem.self) {
            try INIDocument(text: text).checkInstalled(accessKey(), from: original, at: original.locate())
        }
        #expect(error?.reason == .editFailed)
    }
}

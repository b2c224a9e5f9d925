import Secrets
import Testing

@testable import CredentialsFile

/// What the programs that read a format would not read alike, and what cannot be edited.
@Suite struct FormatRefusalTests {
    private func check(_ slot: KeySlot, _ refusals: [Refusal]) {
        for refusal in refusals {
            let document = slot.document(Secret(refusal.text))
            let problem = DocumentProblem.of { _ = try document.installing(accessKey()) }
            #expect(
                problem == DocumentProblem(line: refusal.line, reason: refusal.reason), "\(refusal.testDescription)")
        }
    }

    @Test func config() {
        check(
            .awsConfig(profile("nas")),
            [
                Refusal("[nas]\n", 1, .otherSpellingOfProfile),
                Refusal("[profile nas]\n[profile  nas]\n", 2, .otherSpellingOfProfile),
                Refusal("[profile \"nas\"]\n", 1, .otherSpellingOfProfile),
                Refusal("[profile nas]\n[profile nas]\n", 2, .duplicateSection(firstLine: 1)),
                Refusal("[DEFAULT]\naws_session_token = T\n", 2, .inherited),
            ])
        check(.awsConfig(.default), [Refusal("[profile default]\n", 1, .otherSpellingOfProfile)])
    }

    @Test func rclone() {
        let remote = "[nas]\ntype = s3\n"
        check(
            .rclone(remote: profile("nas")),
            [
                Refusal("# c\n\nRCLONE_ENCRYPT_V0:\nabc\n", 3, .encrypted),
                Refusal("[other]\ntype = s3\n", 3, .missingRemote),
                Refusal("[nas]\ntype = drive\n", 2, .notAnS3Remote),
                Refusal("[nas]\nprovider = AWS\n", 1, .notAnS3Remote),
                Refusal(remote + "Access_Key_ID = A\n", 3, .otherSpellingOfKey),
                Refusal(remote + "\"secret_access_key\" = x\n", 3, .notPlain),
                Refusal(remote + "region = `x`\n", 3, .notPlain),
                Refusal(remote + "region = x\n  access_key_id = A\n", 4, .indented),
                Refusal("[other]\nregion = x\n  more\n" + remote, 3, .indented),
                Refusal("[other] # [x\n" + remote, 1, .textBehindHeader),
                Refusal("[nas] # mine\ntype = s3\n", 1, .textBehindHeader),
                Refusal(remote + "# a\rb = c\n", 3, .loneCarriageReturn),
                Refusal(remote + "a\u{1F} = c\n", 3, .controlCharacter),
                Refusal("[nas]\ntype = s3\n[nas]\n", 3, .duplicateSection(firstLine: 1)),
            ])
        check(
            .rclone(remote: profile("nas.eu")),
            [Refusal("[nas]\nsession_token = x\n[nas.eu]\ntype = s3\n", 2, .inherited)])
        // Neither is read as if there were no key, or one that rclone sees.
        for (text, reason) in [
            ("RCLONE_ENCRYPT_V0:\nabc\n", DocumentProblem.Reason.encrypted),
            ("[nas] # mine\ntype = s3\n", .otherSpellingOfProfile),
        ] {
            let document = KeySlot.rclone(remote: profile("nas")).document(Secret(text))
            #expect(throws: DocumentProblem(line: 1, reason: reason)) { try document.heldKey() }
        }
    }

    @Test func s3cfg() {
        check(
            .s3cfg,
            [
                Refusal("access_key = A\n[default]\n", 1, .outsideSection),
                Refusal("[default]\n[other]\nsecret_key = x\n", 3, .inherited),
                Refusal("[default]\naccess_key = \"A\"\n", 2, .notPlain),
                Refusal("[default]\nsecret_key = $HOME\n", 2, .notPlain),
                Refusal("[default]\naccess_key: A\n", 2, .otherSpellingOfKey),
                Refusal("[default]\nACCESS_KEY = A\n", 2, .otherSpellingOfKey),
                Refusal("[other]\nk = 1\n  access_key = x\n[default]\n", 3, .keyInContinuation),
            ])
    }

    @Test func aTokenWithoutAValueIsLeftWhereProgramsWriteOne() throws {
        let text = "[default]\naccess_key = \naccess_token = \nsecret_key = \n"
        let edited = try KeySlot.s3cfg.document(Secret(text)).installing(accessKey())
        #expect(edited.text == "[default]\naccess_key = \(newID)\naccess_token = \nsecret_key = \(newSecret)\n")
    }

    @Test func environment() {
        let key = "AWS_ACCESS_KEY_ID=\(oldID)\nAWS_SECRET_ACCESS_KEY=\(oldSecret)\n"
        check(
            .environment(id: .accessKeyID, secret: .secretAccessKey),
            [
                Refusal(key + "AWS_ACCESS_KEY_ID = x\n", 3, .notAnAssignment),
                Refusal(key + "AWS_ACCESS_KEY_ID\n", 3, .notAnAssignment),
                Refusal(key + "unset AWS_ACCESS_KEY_ID\n", 3, .notAnAssignment),
                Refusal(key + "declare -x AWS_ACCESS_KEY_ID=x\n", 3, .notAnAssignment),
                Refusal(key + ". /etc/other\n", 3, .notAnAssignment),
                Refusal(key + "A=1; AWS_ACCESS_KEY_ID=x\n", 3, .mentionedElsewhere),
                Refusal(key + "export A=1 AWS_SECRET_ACCESS_KEY=x\n", 3, .mentionedElsewhere),
                Refusal(key + "; AWS_SECRET_ACCESS_KEY=x\n", 3, .mentionedElsewhere),
                Refusal(key + "A=b\\\n", 3, .continuedLine),
                Refusal(key + "# c \\\n", 3, .continuedLine),
                Refusal(key + "A=b # c \\\n", 3, .continuedLine),
                Refusal(key + "A=it's\n", 3, .openQuote),
                Refusal(key + "A=\"\nB=\"\n", 3, .openQuote),
                Refusal(key + "A=$(cat\n)\n", 3, .openQuote),
                Refusal(key + "A=`cat\n`\n", 3, .openQuote),
                Refusal(key + "A=${B:-\n}\n", 3, .openQuote),
                Refusal(key + "A=x cat <<E\nE\n", 3, .openQuote),
                Refusal("# x\rAWS_ACCESS_KEY_ID=x\n", 1, .loneCarriageReturn),
                Refusal("A=\u{0}\n", 1, .controlCharacter),
                Refusal("\u{FEFF}A=1\n", 1, .byteOrderMark),
                Refusal("AWS_ACCESS_KEY_ID=$OTHER\n", 1, .notPlain),
                Refusal("AWS_ACCESS_KEY_ID=\"${OTHER}\"\n", 1, .notPlain),
                Refusal("AWS_ACCESS_KEY_ID=$(pass x)\n", 1, .notPlain),
                Refusal("AWS_ACCESS_KEY_ID=A\"B\"\n", 1, .notPlain),
                Refusal("AWS_ACCESS_KEY_ID= A\n", 1, .notPlain),
                Refusal("AWS_ACCESS_KEY_ID=A;B\n", 1, .notPlain),
                Refusal("AWS_ACCESS_KEY_ID=A # mine\n", 1, .commentBehindValue),
                Refusal("AWS_SESSION_TOKEN=$T\n", 1, .notPlain),
            ])
        let latin = EnvironmentDocument(Secret(Array("A=".utf8) + [0xE9]), id: .accessKeyID, secret: .secretAccessKey)
        #expect(throws: DocumentProblem(line: 1, reason: .notUTF8)) { try latin.heldKey() }
    }

    @Test(
        "what every reader reads over stays",
        arguments: [
            "A=it\\'s\n", "A=\"it's\" # it's\n", "A='\\'\n", "A=#it\n",
            "A=$AWS_ACCESS_KEY_ID:${AWS_SECRET_ACCESS_KEY}\n",
            "export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY\n", "; systemd's own comment\n", "my.setting-x=a b\n",
            "\t\n", "A=\n",
        ])
    func environmentKeeps(_ line: String) throws {
        let slot = KeySlot.environment(id: .accessKeyID, secret: .secretAccessKey)
        let key = "AWS_ACCESS_KEY_ID=\(newID)\nAWS_SECRET_ACCESS_KEY=\(newSecret)\n"
        #expect(try slot.document(Secret(line)).installing(accessKey()).text == line + key)
    }

    @Test func whatIsAddedIsExportedWhereAllTheOthersAre() throws {
        let slot = KeySlot.environment(id: .accessKeyID, secret: .secretAccessKey)
        let text = "# c\r\nexport A=1"
        let key = "export AWS_ACCESS_KEY_ID=\(newID)\r\nexport AWS_SECRET_ACCESS_KEY=\(newSecret)\r\n"
        #expect(try slot.document(Secret(text)).installing(accessKey()).text == text + "\r\n" + key)
    }

    @Test func json() {
        let key = "\"AccessKeyId\": \"\(oldID)\", \"SecretAccessKey\": \"\(oldSecret)\""
        check(
            .json,
            [
                Refusal("{}", 1, .notCredentialsJSON),
                Refusal("[]", 1, .notCredentialsJSON),
                Refusal("x", 1, .notCredentialsJSON),
                Refusal("{\(key)}", 1, .notCredentialsJSON),
                Refusal("{\"Version\": 2, \(key)}", 1, .notCredentialsJSON),
                Refusal("{\"Version\": \"1\", \(key)}", 1, .notCredentialsJSON),
                Refusal("{\"Version\": 1, \(key)} x", 1, .notCredentialsJSON),
                Refusal("{\"Version\": 1, \(key), \"Note\": \"x\"}", 1, .otherMembers),
                Refusal("{\"Version\": 1, \(key), \(key)}", 1, .otherMembers),
                Refusal("{\"Version\": 1, \(key), \"Expiration\": {\"a\": 1}}", 1, .notCredentialsJSON),
                Refusal("\u{FEFF}{\"Version\": 1, \(key)}", 1, .byteOrderMark),
            ])
    }

    @Test func jsonInAnotherShapeIsRead() throws {
        let text =
            "{\n  \"SecretAccessKey\": \"\(newSecret.split(separator: "/").joined(separator: "\\/"))\",\n"
            + "  \"AccessKeyId\": \"\(newID)\", \"SessionToken\": null,\n  \"Version\": 1\n}"
        let document = KeySlot.json.document(Secret(text))
        #expect(try document.heldKey() == HeldKey(key: accessKey(), hasSessionToken: false))
        #expect(try document.installing(accessKey()).text == text)
    }
}

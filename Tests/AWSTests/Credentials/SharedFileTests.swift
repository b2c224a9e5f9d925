import AWS
import Testing

@Suite struct SharedFileTests {
    private func parse(config: String = "", credentials: String = "") throws -> SharedConfiguration {
        try SharedConfiguration(configFile: Array(config.utf8), credentialsFile: Array(credentials.utf8))
    }

    @Test(
        "Lines end in LF, CRLF or CR, and a byte order mark is no setting",
        arguments: [
            "[default]\nregion = a\n[x]\n", "[default]\r\nregion = a\r\n", "[default]\rregion = a",
            "\u{feff}[default]\nregion=a",
        ])
    func lineEnds(text: String) throws {
        #expect(try parse(credentials: text).profiles["default"]?["region"] == "a")
    }

    @Test func commentsNeedWhiteSpaceBeforeThem() throws {
        let profile = try parse(config: "# one\n; two\n  # three\n[default] # four\na = b#c ; d\n\te = f\n").profiles[
            "default"]
        #expect(profile?["a"] == "b#c\ne = f")
    }

    @Test func anIndentedLineContinuesTheOneBefore() throws {
        let profile = try parse(config: "[default]\n  a = b\nc = d\n  e\n\n  f = g\n").profiles["default"]
        #expect(profile?["a"] == "b" && profile?["c"] == "d\ne\nf = g")
    }

    @Test func namesAreCaseInsensitiveAndValuesMayHoldEqualsSigns() throws {
        let profile = try parse(credentials: "[default]\nAWS_Secret_Access_Key = a=b==\n").profiles["default"]
        #expect(profile?["aws_secret_access_key"] == "a=b==")
    }

    @Test func theCredentialsFileWinsAndEqualSectionsAreJoined() throws {
        let configuration = try parse(
            config: "[profile p]\na = 1\nb = 1\n[profile p]\nc = 1\n[q]\na = 1\n[profile \"my p\"]\na = 5\n",
            credentials: "[p]\nb = 2\n[profile p]\nb = 3\n")
        #expect(configuration.profiles["p"] == ["a": "1", "b": "2", "c": "1"])
        #expect(configuration.profiles["q"] == nil && configuration.profiles["my p"]?["a"] == "5")
    }

    @Test func theLongNameOfTheDefaultProfileWins() throws {
        let configuration = try parse(config: "[default]\na = 1\nb = 1\n[profile default]\na = 2\n")
        #expect(configuration.profiles["default"] == ["a": "2"])
    }

    @Test(
        "An unreadable line is named by its number, without its content",
        arguments: [
            ("[default]\nsecretvalue\n", 2), ("[default\n", 1), ("a = secretvalue\n", 1),
            ("[default]\n\n = secretvalue", 3),
        ])
    func errors(text: String, line: Int) {
        #expect {
            try parse(credentials: text)
        } throws: { error in
            (error as? SharedFileError)?.line == line && !"\(error)".contains("secretvalue")
        }
    }

    @Test func anyBytesAreParsedOrRefused() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array("[]=#; \t\r\n\"'ab\u{fe}".utf8) + [0, 0xff, 0xc3]
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator) ?? 0
            }
            do {
                _ = try SharedConfiguration(configFile: bytes, credentialsFile: bytes)
            } catch {
                #expect(error is SharedFileError)
            }
        }
    }
}

import HostTestSupport
import Secrets
import Testing

@testable import CredentialsFile

let newID = "AKIANEWNEWNEWNEW2222"
let newSecret = "NEWsecretNEWsecret/NEWsecret+NEWsecret12"
let oldID = "AKIAOLDOLDOLDOLD1111"
let oldSecret = "OLDsecretOLDsecret/OLDsecret+OLDsecret12"

func accessKey(_ id: String = newID, _ secret: String = newSecret) throws -> AccessKey {
    try #require(AccessKeyID(id).flatMap { AccessKey(id: $0, secret: Secret(secret)) })
}

extension INIDocument {
    init(text: String, _ profile: String = "default") throws {
        self.init(Secret(text), section: try ProfileName(profile), dialect: .awsCredentials)
    }

    init(_ random: RandomDocument) throws {
        self.init(Secret(random.bytes), section: try ProfileName(random.profile), dialect: random.dialect)
    }

    /// All lines, one after the other: what would be lost is what no line holds.
    var serialized: [UInt8] { content.withBytes { bytes in lines.flatMap { bytes[$0.range] } } }
}

extension KeyDocument {
    var text: String { content.reveal() }

    var bytes: [UInt8] { content.withBytes { Array($0) } }
}

extension KeySlot {
    /// The profile `default` of a credentials file.
    static let standard = KeySlot.awsCredentials(.default)
}

extension Tag {
    @Tag static var slow: Self
}

/// Documents made of all that is hard about them, some of it in most of them.
struct RandomDocument {
    let bytes: [UInt8]
    let profile: String
    let dialect: Dialect

    init(seed: UInt64, _ dialect: Dialect = .awsCredentials) {
        self.dialect = dialect
        var random = SeededGenerator(seed: seed)
        let ending = ["\n", "\n", "\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
        // From tidy to wild, so that many documents are edited and many are refused.
        let wildness = [0, 2, 10, 40].randomElement(using: &random) ?? 0
        profile = ["default", "backup", "a/b"].randomElement(using: &random) ?? "default"
        var text = Int.random(in: 0..<30, using: &random) == 0 ? "\u{FEFF}" : ""
        var isFirst = true
        var names = ["default", "backup", "a/b", "other", "nas.2", "É"].shuffled(using: &random)
        for _ in 0..<Int.random(in: 0..<5, using: &random) {
            let name = names.popLast() ?? "last"
            if Int.random(in: 0..<100, using: &random) < wildness {
                text += Self.oddLine(name, &random) + ending
            }
            let header = dialect == .awsConfig && name != "default" ? "profile \(name)" : name
            text += Self.header(header, wildness, &random) + ending
            var keys = Self.keys.shuffled(using: &random)
            let indentation = isFirst ? "" : ["", "", "  ", "\t"].randomElement(using: &random) ?? ""
            isFirst = false
            for _ in 0..<Int.random(in: 0..<8, using: &random) {
                let isOdd = Int.random(in: 0..<100, using: &random) < wildness
                let key = isOdd ? Self.keys.randomElement(using: &random) ?? "k" : keys.popLast() ?? "last"
                text += isOdd ? Self.oddLine(name, &random) : Self.line(key, indentation, &random)
                text += Int.random(in: 0..<200, using: &random) < wildness ? "\n" : ending
            }
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
            let doubtful = [
                "[ \(profile) ]", "[profile \(profile)]", "[DEFAULT]\naws_session_token = T", "['\(profile)']",
            ]
            text += (doubtful.randomElement(using: &random) ?? "") + ending
        }
        if Int.random(in: 0..<4, using: &random) == 0, !text.isEmpty { text.unicodeScalars.removeLast() }
        var bytes = Array(text.utf8)
        if Int.random(in: 0..<300, using: &random) < wildness {
            let index = Int.random(in: 0...bytes.count, using: &random)
            bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
        }
        self.bytes = bytes
    }

    private static let keys = [
        "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token", "region", "output",
        "s3",
        "AWS_Access_Key_ID", "Region", "cli_pager", "aws_account_id", "x",
    ]

    private static func header(_ name: String, _ wildness: Int, _ random: inout SeededGenerator) -> String {
        guard Int.random(in: 0..<150, using: &random) < wildness else {
            return ["[\(name)]", "[\(name)]", "[\(name)] ", "[\(name)] # c"].randomElement(using: &random) ?? ""
        }
        return [
            "[ \(name) ]", "[profile \(name)]", "[\"\(name)\"]", "[\(name)]x", " [\(name)]", "[DEFAULT]", "[]",
            "[\(name)", "[\(name)] ; [x]", "[[\(name)]]", "\u{A0}[\(name)]",
        ].randomElement(using: &random) ?? ""
    }

    private static func line(_ key: String, _ indentation: String, _ random: inout SeededGenerator) -> String {
        if key == "s3", Bool.random(using: &random) {
            return "\(indentation)s3 =\n\(indentation)   use = 1\n\(indentation)   # c\n\(indentation)   max_queue = 2"
        }
        let delimiter = ["=", " = ", " = ", " : ", "= ", "  =  "].randomElement(using: &random) ?? "="
        let value = ["AKIAEXAMPLE123456789", oldSecret, "eu-west-1", "", "a b", "x=y:z", "päss", "v  "].randomElement(
            using: &random)
        return "\(indentation)\(key)\(delimiter)\(value ?? "")"
    }

    private static func oddLine(_ name: String, _ random: inout SeededGenerator) -> String {
        [
            "", "  ", "# comment", "; comment", "   # indented", "garbage", "= value", ": v", "key", "clé = 1",
            "    continued", "    aws_access_key_id = AKIANESTED1234567890", "[\(name)]", "[DEFAULT]", "\u{A0}nbsp = 1",
            "aws_secret_access_key = \(oldSecret) # comment", "region = a", "\u{2003}wide = 1", "\u{C}ff = 1", "\u{B}",
            "s3 =\n   nested\n", "s3 =\n   a = 1\u{2028}b\n", "s3 =\n\n\n   a = 1\u{85}b = 2\n", "v = \u{85} x",
            "x\u{1F} = 1", "aws_session_token = T\n   more", "  [\(name)]", "k = 1\n   [\(name)]", "\u{2029}",
        ].randomElement(using: &random) ?? ""
    }
}

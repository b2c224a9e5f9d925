import HostTestSupport
import Secrets
import Testing

@testable import CredentialsFile

/// A format with a file of it that holds more than the key: with the old key and a session token, and with the new one.
struct FormatExample: Sendable, CustomTestStringConvertible {
    let slot: KeySlot
    let before: String
    let after: String
    /// What is made where there is no file; nil where none can be.
    let made: String?

    var testDescription: String { "\(slot.format) \(slot.name)" }

    /// `<ID>`, `<SECRET>` and `<TOKEN LINE>` stand for the key and for a line that goes.
    private init(_ slot: KeySlot, token: String, _ text: String, made: String?) {
        self.slot = slot
        before = Self.fill(text, id: oldID, secret: oldSecret, token: token)
        after = Self.fill(text, id: newID, secret: newSecret, token: "")
        self.made = made.map { Self.fill($0, id: newID, secret: newSecret, token: "") }
    }

    private static func fill(_ text: String, id: String, secret: String, token: String) -> String {
        [("<ID>", id), ("<SECRET>", secret), ("<TOKEN LINE>", token)].reduce(text) { text, pair in
            text.split(separator: pair.0, omittingEmptySubsequences: false).joined(separator: pair.1)
        }
    }

    static let all: [FormatExample] = [
        FormatExample(
            .awsCredentials(.default), token: "aws_session_token = TOKENtoken\n",
            "# mine\n[a]\nregion = x\n[default]\naws_access_key_id=<ID>\n<TOKEN LINE>\n; c\naws_secret_access_key = <SECRET>\n[b]\nk = päss\n",
            made: "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n"),
        FormatExample(
            .awsConfig(.default), token: "aws_session_token = TOKENtoken\n",
            "[sso-session default]\nsso_region = x\n[default]\nregion = y\ns3 =\n  max = 1\naws_access_key_id = <ID>\n<TOKEN LINE>aws_secret_access_key = <SECRET>\n[services default]\ns3 =\n  endpoint_url = http://x\n",
            made: "[default]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n"),
        FormatExample(
            .awsConfig(profile("nas")), token: "aws_session_token = TOKENtoken\n",
            "[default]\nregion = x\n[profile nas]\nregion = y\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n<TOKEN LINE>[sso-session nas]\nsso_region = z\n[profile nas2]\nregion = y\n",
            made: "[profile nas]\naws_access_key_id = <ID>\naws_secret_access_key = <SECRET>\n"),
        FormatExample(
            .rclone(remote: profile("nas")), token: "session_token = TOKENtoken\n",
            "[gdrive]\ntype = drive\ntoken = {\"access_token\":\"x\"}\n\n[nas]\ntype = s3\nprovider = AWS\naccess_key_id = <ID>\nsecret_access_key = <SECRET>\n<TOKEN LINE>region = eu-west-1\n\n[nas-crypt]\ntype = crypt\nremote = nas:b\npassword = abc\n",
            made: nil),
        FormatExample(
            .s3cfg, token: "access_token = TOKENtoken\n",
            "[default]\naccess_key = <ID>\n<TOKEN LINE>add_headers = \ngpg_command = /usr/bin/gpg\nsecret_key = <SECRET>\nwebsite_index = index.html\n",
            made: "[default]\naccess_key = <ID>\nsecret_key = <SECRET>\n"),
        FormatExample(
            .environment(id: .accessKeyID, secret: .secretAccessKey), token: "AWS_SESSION_TOKEN=TOKENtoken\n",
            "# restic\nRESTIC_REPOSITORY=s3:s3.amazonaws.com/b\nAWS_ACCESS_KEY_ID=<ID>\n<TOKEN LINE>\nRESTIC_PASSWORD='a \"b\" $c'\nAWS_SECRET_ACCESS_KEY=<SECRET>\nLAST=x y\n",
            made: "AWS_ACCESS_KEY_ID=<ID>\nAWS_SECRET_ACCESS_KEY=<SECRET>\n"),
        FormatExample(
            .environment(id: variable("S3_ID"), secret: variable("S3_SECRET")), token: "",
            "export S3_ID=\"<ID>\"\nexport OTHER=$S3_ID\nexport AWS_ACCESS_KEY_ID=theirs\n\texport S3_SECRET='<SECRET>'\n",
            made: "S3_ID=<ID>\nS3_SECRET=<SECRET>\n"),
        FormatExample(
            .json, token: ", \"SessionToken\": \"TOKENtoken\", \"Expiration\": \"2026-01-01T00:00:00Z\"",
            "{\"Version\": 1, \"AccessKeyId\": \"<ID>\", \"SecretAccessKey\": \"<SECRET>\"<TOKEN LINE>}\n",
            made: "{\"Version\": 1, \"AccessKeyId\": \"<ID>\", \"SecretAccessKey\": \"<SECRET>\"}\n"),
    ]

    /// The formats whose files hold more than the key.
    static let edited = all.filter { $0.slot != .json }

    func document(_ text: String) -> any KeyDocument { slot.document(Secret(text)) }
}

extension FormatExample {
    /// The file with up to three changes of the kinds that people and programs make.
    func mutated(seed: UInt64) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        let odd = [
            "\"", "'", "\\", "\\\n", "\r", "\u{FEFF}", "$", "`", "[", "]", "=", " ", "#", ";", "\n", "\u{85}",
            "export ",
        ]
        var lines = (seed % 2 == 0 ? before : after).split(separator: "\n", omittingEmptySubsequences: false)
            .map { Array($0.utf8) }
        for _ in 0..<Int.random(in: 0...3, using: &random) where !lines.isEmpty {
            let index = Int.random(in: 0..<lines.count, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: lines.remove(at: index)
            case 1: lines.insert(lines[Int.random(in: 0..<lines.count, using: &random)], at: index)
            case 2: lines.swapAt(index, Int.random(in: 0..<lines.count, using: &random))
            case 3:
                let text = odd.randomElement(using: &random) ?? ""
                lines[index].insert(
                    contentsOf: Array(text.utf8), at: Int.random(in: 0...lines[index].count, using: &random))
            case 4 where !lines[index].isEmpty:
                lines[index].remove(at: Int.random(in: 0..<lines[index].count, using: &random))
            default: lines[index].append(contentsOf: " ".utf8)
            }
        }
        return Array(lines.joined(separator: [0x0A]))
    }
}

func profile(_ name: String) -> ProfileName {
    guard let profile = try? ProfileName(name) else { preconditionFailure("an example that is no profile") }
    return profile
}

func variable(_ name: String) -> VariableName {
    guard let variable = VariableName(name) else { preconditionFailure("an example that is no variable") }
    return variable
}

extension DocumentProblem {
    /// The reason for which a body throws; nil when it does not.
    static func of(_ body: () throws -> Void) -> DocumentProblem? {
        do {
            try body()
            return nil
        } catch {
            return error as? DocumentProblem
        }
    }
}

import AWS
import FoundationEssentials
import HTTPTransport
import SSM
import Secrets
import Testing

@Suite struct SSMClientTests {
    static let parameter =
        "{\"Parameter\":{\"ARN\":\"a\",\"Name\":\"/keybaton/backup\",\"Type\":\"SecureString\",\"Value\":\"NEW\\nhunter2\","
        + "\"Version\":7,\"LastModifiedDate\":1.795248647123E9,\"DataType\":\"text\"}}"

    @Test("reads the newest version decrypted, or the one asked for")
    func get() async throws {
        let bench = Bench(.http(200, Self.parameter), .http(200, Self.parameter))
        let ssm = SSMClient(bench.client)
        let parameter = try await ssm.getParameter("/keybaton/backup")
        _ = try await ssm.getParameter("/keybaton/backup", version: 3)
        #expect(parameter.value == Secret("NEW\nhunter2") && parameter.version == 7)
        #expect(parameter.type == "SecureString")
        #expect(parameter.lastModified.map { abs($0.timeIntervalSince(StoppedClock.time) - 0.123) < 0.001 } == true)

        let request = bench.sender.requests[0]
        #expect(request.method == "POST" && request.url.description == "https://ssm.eu-west-1.amazonaws.com/")
        #expect(request.header("X-Amz-Target") == "AmazonSSM.GetParameter")
        #expect(request.header("Content-Type") == "application/x-amz-json-1.1")
        #expect(try fields(request) == ["Name": "/keybaton/backup", "WithDecryption": "true"])
        #expect(try fields(bench.sender.requests[1])["Name"] == "/keybaton/backup:3")
    }

    @Test func writesWithAFixedSigningTime() async throws {
        let bench = Bench(.http(200, "{\"Tier\":\"Standard\",\"Version\":8}"))
        let version = try await SSMClient(bench.client).putParameter(
            "/keybaton/backup", value: Secret("NEW\n\"é\""), keyID: "alias/keybaton", overwrite: true,
            signedAt: StoppedClock.time - 60)
        #expect(version == 8)
        let request = bench.sender.requests[0]
        #expect(request.header("X-Amz-Target") == "AmazonSSM.PutParameter" && request.signingDate == "20261121T080947Z")
        #expect(
            try fields(request) == [
                "Name": "/keybaton/backup", "Value": "NEW\n\"é\"", "Type": "SecureString", "KeyId": "alias/keybaton",
                "Overwrite": "true",
            ])
    }

    @Test("a description is looked for on every page, by the whole name")
    func describe() async throws {
        let bench = Bench(
            .http(200, "{\"Parameters\":[],\"NextToken\":\"t\"}"),
            .http(
                200,
                "{\"Parameters\":[{\"Name\":\"/keybaton/backup\",\"Type\":\"SecureString\",\"KeyId\":\"alias/aws/ssm\"}]}"
            ),
            .http(200, "{\"Parameters\":[]}"))
        let ssm = SSMClient(bench.client)
        let found = try #require(try await ssm.describeParameter("/keybaton/backup"))
        #expect(found.type == "SecureString" && found.keyID == "alias/aws/ssm")
        let asked = String(decoding: bench.sender.requests[0].body, as: UTF8.self)
        #expect(asked.contains("\"Option\":\"Equals\"") && asked.contains("keybaton"))
        #expect(String(decoding: bench.sender.requests[1].body, as: UTF8.self).contains("\"NextToken\":\"t\""))
        #expect(try await ssm.describeParameter("/keybaton/none") == nil)
    }

    @Test("a value can be asked to match a pattern; where it does not, that is told")
    func pattern() async throws {
        let bench = Bench(.http(400, "{\"__type\":\"ParameterPatternMismatchException\"}"))
        let error = await bench.failure {
            try await SSMClient($0).putParameter(
                "/p", value: Secret("x"), type: "String", overwrite: false, allowedPattern: "^y$")
        }
        #expect(error?.code == "ParameterPatternMismatchException")
        #expect(try fields(bench.sender.requests[0])["AllowedPattern"] == "^y$")
    }

    @Test(
        "an answer that cannot be read is an error that does not show it",
        arguments: [
            "", "[]", "{\"Parameter\":{\"Value\":\"hunter2\",\"Version\":\"x\",\"Type\":\"String\"}}", "<html/>hunter2",
        ])
    func malformed(body: String) async {
        let error = await Bench(.http(200, body)).failure { try await SSMClient($0).getParameter("/p") }
        #expect(error?.kind == .malformedAnswer && !"\(error as Any)".contains("hunter2"))
    }

    @Test func noRenderingShowsTheValue() async throws {
        let parameter = try await SSMClient(Bench(.http(200, Self.parameter)).client).getParameter("/p")
        var dumped = "\(parameter)"
        dump(parameter, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }

    private func fields(_ request: HTTPRequest) throws -> [String: String] {
        struct Value: Decodable {
            let text: String
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                text = try (try? container.decode(String.self)) ?? "\(container.decode(Bool.self))"
            }
        }
        return try JSONDecoder().decode([String: Value].self, from: Data(request.body)).mapValues(\.text)
    }
}

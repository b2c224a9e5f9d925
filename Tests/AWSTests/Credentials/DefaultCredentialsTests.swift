import AWS
import FoundationEssentials
import HTTPTransport
import Secrets
import Testing

@Suite struct DefaultCredentialsTests {
    private static let silence = ScriptedSender { request throws(HTTPError) in
        throw HTTPError(.timeout, host: request.url.host, message: "no answer")
    }

    private func find(
        _ environment: [String: String], files: [String: String] = [:], profile: String? = nil,
        sender: any HTTPSender = NoNetwork()
    ) async throws -> AWSCredentials {
        try await DefaultCredentialsProvider(
            context: .scripted(environment: environment, files: files, sender: sender), profile: profile
        ).credentials()
    }

    @Test func withoutAnySourceTheErrorListsAllAndSaysWhatToDo() async {
        await #expect {
            try await find(["HOME": "/home"], sender: Self.silence)
        } throws: { error in
            let parts = [
                "Set AWS_PROFILE", "environment: AWS_ACCESS_KEY_ID is not set",
                "profile: No profiles were defined (looked in /home/.aws/config and /home/.aws/credentials)",
                "web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set",
                "container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set",
                "EC2 instance: this is not an EC2 instance",
            ]
            return (error as? CredentialsError)?.code == .notConfigured && parts.allSatisfy { "\(error)".contains($0) }
        }
    }

    @Test(
        "Half a pair of keys in the environment stops the search",
        arguments: [["AWS_ACCESS_KEY_ID": "AKIA"], ["AWS_SECRET_ACCESS_KEY": "s", "AWS_ACCESS_KEY_ID": " "]])
    func halfAPair(environment: [String: String]) async {
        await #expect {
            try await find(environment)
        } throws: {
            ($0 as? CredentialsError)?.code == .invalidConfiguration
        }
    }

    @Test func aProfileThatWasAskedForMustExist() async {
        for (environment, profile) in [(["AWS_PROFILE": "backpu"], nil), ([:], "backpu")]
            as [([String: String], String?)]
        {
            await #expect {
                try await find(
                    environment.merging(["HOME": "/h"]) { $1 }, files: ["/h/.aws/credentials": "[backup]\na = b\n"],
                    profile: profile, sender: Self.silence)
            } throws: {
                ($0 as? CredentialsError)?.code == .invalidConfiguration && "\($0)".contains("no profile backpu")
            }
        }
    }

    @Test func aProfileGivenAsArgumentWinsOverTheEnvironment() async throws {
        let environment = [
            "AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "s", "AWS_PROFILE": "other", "HOME": "/h",
        ]
        let files = ["/h/.aws/credentials": "[backup]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = s\n"]
        let found = try await find(environment, files: files, profile: "backup")
        #expect(found.accessKeyID == "AKIAPROFILE" && found.source == "profile backup")
        #expect(try await find(environment, files: files).accessKeyID == "AKIAENVIRONMENT")
    }

    @Test(
        "Keys that could break out of a header are refused, and not shown",
        arguments: ["AKIA\r\nX-Evil: 1", "AKIA EXAMPLE", "AKIÄ", "AKIA\u{0}"])
    func injection(id: String) async {
        await #expect {
            try await find(["AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": "s"])
        } throws: {
            ($0 as? CredentialsError)?.code == .invalidConfiguration && !"\($0)".contains("AKI")
        }
    }

    @Test func anMFARoleIsRefusedWithTheWayOut() async {
        let config = "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = b\nmfa_serial = x\n[profile b]\n"
        await #expect {
            try await find(["HOME": "/h"], files: ["/h/.aws/config": config])
        } throws: {
            ($0 as? CredentialsError)?.code == .unsupported && "\($0)".contains("credential_process")
        }
    }

    @Test(arguments: ["899", "43201", "an hour", "3600s"])
    func aDurationThatSTSRefusesIsRefusedHere(duration: String) async {
        let config =
            "[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = b\nduration_seconds = \(duration)\n[profile b]\n"
        await #expect {
            try await find(["HOME": "/h"], files: ["/h/.aws/config": config])
        } throws: {
            "\($0)".contains("duration_seconds")
        }
    }

    @Test func webIdentityUsesTheRegionOfTheProfile() async {
        let environment = ["HOME": "/h", "AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:aws:iam::1:role/r"]
        await #expect {
            try await find(
                environment, files: ["/h/.aws/config": "[default]\nregion = eu-north-1\n", "/t": "token"],
                sender: Self.silence)
        } throws: {
            "\($0)".contains("sts.eu-north-1.amazonaws.com")
        }
    }

    @Test(arguments: ["../../user-data", "..", "a b", "<html>", ""])
    func aRoleNameFromInstanceMetadataCannotChangeThePath(name: String) async {
        let sender = ScriptedSender { request throws(HTTPError) in
            HTTPResponse(status: 200, body: Array((request.method == "PUT" ? "token" : name).utf8))
        }
        await #expect {
            try await find(["HOME": "/h"], sender: sender)
        } throws: {
            ($0 as? CredentialsError)?.code == .unavailable && "\($0)".contains("not the name of a role")
        }
    }
}

import Console
import Handover
import Rotation
import Testing

@testable import RotatorCommands

/// Who a `[[user]]` with a path or tags stands for.
struct UserSelectionTests {
    /// IAM's users by name, with their path and tags.
    struct Directory: UserDirectory {
        struct Failure: Error {}

        var members: [String: (path: String, tags: [String: String])] = [
            "web": ("/ci/", ["team": "web", "stage": "live"]), "api": ("/ci/", ["team": "api"]),
            "deploy": ("/ci/live/", ["Team": "web"]), "alice": ("/people/", [:]),
        ]
        var failsFor: String?
        var gone: String?

        func users(below path: String?) async throws -> [String] {
            if failsFor == "*" { throw Failure() }
            return members.filter { $0.value.path.hasPrefix(path ?? "/") }.map(\.key)
        }

        func tags(of user: UserName) async throws -> [String: String]? {
            if gone == user.description { return nil }
            if failsFor == user.description { throw Failure() }
            return members["\(user)"]?.tags ?? [:]
        }
    }

    static func selection(_ settings: String) throws -> UserSelection {
        let configuration = try ConfigurationFile.decode(
            RotatorConfiguration.self, from: "region = \"r\"\nbucket = \"b\"\n[[user]]\n" + settings,
            path: "rotator.toml")
        return try #require(try configuration.entries(path: "rotator.toml").first?.selection)
    }

    private func names(_ settings: String) async throws -> [String] {
        try await Self.selection(settings).find(in: Directory()).names.map(\.description)
    }

    @Test(arguments: [
        ("path = \"/\"", ["alice", "api", "deploy", "web"]),
        ("path = \"/ci/\"", ["api", "deploy", "web"]),
        ("path = \"/ci/live/\"", ["deploy"]),
        ("path = \"/nowhere/\"", []),
        ("path = \"/ci/\"\nexclude = [\"api\"]", ["deploy", "web"]),
        ("path = \"/ci/\"\ninclude = [\"api\", \"alice\"]", ["api"]),
        ("path = \"/ci/\"\ninclude = [\"api\", \"web\"]\nexclude = [\"web\"]", ["api"]),
        // IAM itself tells the keys of tags apart without regard to their case.
        ("tags = { team = \"web\" }", ["deploy", "web"]),
        ("tags = { team = \"Web\" }", []),
        ("tags = { team = \"web\", stage = \"live\" }", ["web"]),
        ("path = \"/ci/live/\"\ntags = { team = \"web\" }", ["deploy"]),
    ])
    func `Users are found by path and tags, and chosen by include and exclude`(
        _ settings: String, _ expected: [String]
    ) async throws {
        #expect(try await names(settings) == expected)
    }

    @Test func `A name in include or exclude that is nobody's is told of`() async throws {
        let selection = try Self.selection(
            "path = \"/ci/\"\ninclude = [\"api\", \"appi\"]\nexclude = [\"gone\", \"web\"]")
        #expect(try await selection.find(in: Directory()).absent.map(\.description) == ["appi", "gone"])
    }

    @Test func `A name that no user of IAM can have is kept apart`() async throws {
        var directory = Directory()
        directory.members["../state"] = ("/ci/", [:])
        let found = try await Self.selection("path = \"/ci/\"").find(in: directory)
        #expect(found.unusable == ["../state"] && found.names.map(\.description) == ["api", "deploy", "web"])
    }

    @Test func `What is refused for everybody fails the selection`() async throws {
        let selection = try Self.selection("tags = { team = \"web\" }")
        await #expect(throws: Directory.Failure.self) { try await selection.find(in: Directory(failsFor: "*")) }
        var directory = Directory(failsFor: "web")
        directory.members = directory.members.filter { $0.key == "web" }
        await #expect(throws: Directory.Failure.self) { try await selection.find(in: directory) }
    }

    @Test func `A user whose tags cannot be read is told of, and the others are found`() async throws {
        let found = try await Self.selection("tags = { team = \"web\" }").find(in: Directory(failsFor: "web"))
        #expect(found.names.map(\.description) == ["deploy"] && found.untold.map(\.name.description) == ["web"])
    }

    @Test func `A user deleted since it was listed is not there`() async throws {
        let found = try await Self.selection("tags = { team = \"web\" }").find(in: Directory(gone: "web"))
        #expect(found.names.map(\.description) == ["deploy"] && found.untold.isEmpty)
    }

    @Test func `Settings are those of each user, with its name in the parameter`() throws {
        let selection = try Self.selection("path = \"/ci/\"\nparameter = \"/keys/{user}/key\"\nhosts = [\"nas\"]")
        let user = try selection.user(#require(UserName("web")))
        #expect(user.parameter == "/keys/web/key" && user.policy.hosts.map(\.description) == ["nas"])
        let refused = #expect(throws: InvalidSetting.self) { try selection.user(#require(UserName("a+b"))) }
        #expect(refused?.description.contains("`parameter` must begin with /") == true)
    }

    @Test func `A name that a program would take for an option is refused`() throws {
        let program = "path = \"/ci/\"\n[[user.program]]\ncommand = [\"/bin/push\", "
        let (odd, usual) = (try #require(UserName("-rf")), try #require(UserName("rf")))
        let selection = try Self.selection(program + "\"{user}\"]")
        let refused = #expect(throws: InvalidSetting.self) { try selection.user(odd) }
        #expect(refused?.description.contains("would be an option") == true)
        _ = try selection.user(usual)
        _ = try Self.selection(program + "\"--user={user}\"]").user(odd)
    }

    @Test(arguments: [
        ("path = \"/ci/\"", "path /ci/"), ("tags = { team = \"web\" }", "tag team = web"),
        ("path = \"/ci/\"\ntags = { b = \"2\", a = \"1\" }", "path /ci/ and tag a = 1, b = 2"),
    ])
    func `A selection is called by what it looks for`(_ settings: String, _ name: String) throws {
        #expect(try Self.selection(settings).description == name)
    }
}

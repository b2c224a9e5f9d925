import Console
import Handover
import Rotation
import Testing

@testable import RotatorCommands

/// Whose settings a user has where several could be meant.
struct RosterTests {
    private static let role = "role_arn = \"arn:aws:iam::210987654321:role/keybaton\"\n"

    /// - Parameter answers: whom each selection finds, in the order of the file.
    private func roster(_ users: String..., answers: [Roster.Answer] = []) throws -> Roster {
        let text = "region = \"r\"\nbucket = \"b\"\n" + users.map { "[[user]]\n\($0)\n" }.joined()
        let configuration = try ConfigurationFile.decode(RotatorConfiguration.self, from: text, path: "rotator.toml")
        return Roster(try configuration.entries(path: "rotator.toml"), answers: answers)
    }

    private func found(_ names: String...) -> Roster.Answer {
        .success(UserSelection.Found(names: names.sorted().compactMap { UserName($0) }))
    }

    private func names(_ roster: Roster) -> [String] { roster.users.map(\.name.description) }

    @Test func `Users stand in the order of the file, and those of a selection by name`() throws {
        let roster = try roster(
            "name = \"z\"", "path = \"/ci/\"", "name = \"a\"", answers: [found("web", "api")])
        #expect(names(roster) == ["z", "api", "web", "a"] && roster.problems.isEmpty)
    }

    @Test func `A user that the file names has its own settings, also where a selection finds it`() throws {
        let roster = try roster(
            "path = \"/ci/\"\nhosts = [\"pi\"]", "name = \"web\"\nhosts = [\"nas\"]", answers: [found("web", "api")])
        #expect(names(roster) == ["api", "web"] && roster.problems.isEmpty)
        #expect(roster.users.map { $0.policy.hosts.map(\.description) } == [["pi"], ["nas"]])
    }

    @Test func `Of a user that two selections find neither has a say: both are named, and the others go on`() throws {
        let roster = try roster(
            "path = \"/ci/\"", "tags = { team = \"web\" }", answers: [found("web", "api"), found("web", "site")])
        #expect(names(roster) == ["api", "site"] && roster.status == .configuration)
        let problem = try #require(roster.problems.first)
        #expect(problem.user?.description == "web" && "\(problem)".contains("path /ci/ and by tag team = web"))
    }

    @Test(arguments: [true, false])
    func `A name in two accounts is refused: journals and check-ins would be the same objects`(
        _ isNamed: Bool
    ) throws {
        let roster = try roster(
            "path = \"/ci/\"\n\(Self.role)", isNamed ? "name = \"web\"" : "path = \"/web/\"",
            answers: [found("web", "api"), found("web")])
        #expect(names(roster) == (isNamed ? ["api", "web"] : ["api"]))
        #expect("\(roster.problems)".contains("two accounts") && roster.status == .configuration)
        let failure = #expect(throws: CommandFailure.self) {
            try self.roster("name = \"a\"\n\(Self.role)", "name = \"a\"")
        }
        #expect(failure?.description.contains("two accounts") == true)
    }

    @Test func `Below a path are users of the account that was asked, not others of the same name`() throws {
        let roster = try roster("name = \"web\"\n\(Self.role)", "name = \"api\"")
        let role = try #require(roster.users.first?.role)
        let (web, api) = (try #require(UserName("web")), try #require(UserName("api")))
        let (chosen, others) = roster.users(below: [nil: [web, api], role: [api]])
        #expect(chosen.map(\.name) == [api] && others == [web])
        #expect(roster.users(below: [nil: [], role: [web]]).chosen.map(\.name) == [web])
    }

    @Test func `A parameter is one user's: whom a selection gives another one's is left alone`() throws {
        let roster = try roster(
            "name = \"b\"\nparameter = \"/keybaton/web\"", "path = \"/ci/\"", answers: [found("web", "api")])
        #expect(names(roster) == ["b", "api"] && "\(roster.problems)".contains("/keybaton/web"))
    }

    @Test func `A name that no parameter can have is an error that names the user, and the others go on`() throws {
        let roster = try roster("path = \"/ci/\"", answers: [found("a@b", "api")])
        #expect(names(roster) == ["api"] && roster.status == .configuration)
        #expect("\(roster.problems)".contains("a@b: found by path /ci/, but name a `parameter`"))
    }

    @Test func `Whose tags cannot be read is left alone, also where another selection finds it`() throws {
        var answer = UserSelection.Found(names: try ["api"].map { try #require(UserName($0)) })
        answer.untold = [(try #require(UserName("web")), CommandFailure(.permission, "AccessDenied"))]
        let roster = try roster(
            "tags = { team = \"web\" }", "path = \"/ci/\"", answers: [.success(answer), found("web", "site")])
        #expect(names(roster) == ["api", "site"] && roster.status == .permission)
        #expect("\(roster.problems)".contains("web: its tags cannot be read, so it is left alone: AccessDenied"))
    }

    @Test func `A selection that cannot be asked for fails itself, not the other users`() throws {
        let roster = try roster(
            "name = \"a\"", "path = \"/ci/\"", "path = \"/web/\"",
            answers: [.failure(CommandFailure(.permission, "AccessDenied")), found("site")])
        #expect(names(roster) == ["a", "site"] && roster.status == .permission)
        #expect("\(roster.problems)".contains("users of path /ci/ cannot be listed: AccessDenied"))
    }

    @Test func `Who finds nobody, and names that are nobody's, are warnings`() throws {
        var answer = UserSelection.Found()
        answer.absent = [try #require(UserName("gone"))]
        let roster = try roster("path = \"/ci/\"\nexclude = [\"gone\"]", answers: [.success(answer)])
        #expect(roster.users.isEmpty && roster.status == .success)
        #expect(
            roster.problems.map(\.description) == [
                "users of path /ci/: there is no gone, which `include` or `exclude` names",
                "nobody is found by path /ci/",
            ])
    }

    @Test func `Only those that somebody names, and the reason where one of them is not managed`() throws {
        let roster = try roster(
            "path = \"/ci/\"", "path = \"/web/\"", answers: [found("web", "api"), found("web", "site")])
        #expect(names(try roster.only(["site"])) == ["site"])
        #expect(throws: CommandFailure.self) { try roster.only(["web"]) }
        let failure = #expect(throws: CommandFailure.self) { try roster.only(["nobody"]) }
        #expect(failure?.status == .usage && failure?.description.contains("there is api, site") == true)
    }
}

import AWS
import Console
import HTTPTransport
import Handover
import Testing

@testable import RotatorCommands

/// One place holds one key.
struct FedPlacesTests {
    private func entries(_ users: String...) throws -> [UserEntry] {
        let text = "region = \"eu-west-1\"\nbucket = \"b\"\n" + users.map { "[[user]]\n\($0)\n" }.joined()
        return try ConfigurationFile.decode(RotatorConfiguration.self, from: text, path: "x").entries(path: "x")
    }

    private func places(of user: ManagedUser) -> Set<FedPlace> {
        let sender = Nobody()
        return user.fedPlaces(
            DestinationServices(
                sender: sender,
                client: AWSClient(
                    sender: sender, endpoints: EndpointResolver(region: "eu-west-1"), credentials: NoCredentials()),
                forges: ForgeClients()))
    }

    private static let secret = "[[user.secrets_manager]]\nname = \"ci/key\""
    private static let project = "[[user.gitlab]]\nprojects = [\"a/b\"]\ntoken_file = \"/t\""

    @Test(arguments: [
        ["name = \"a\"\n\(FedPlacesTests.secret)", "name = \"b\"\n\(FedPlacesTests.secret)"],
        ["path = \"/ci/\"\n\(FedPlacesTests.secret)"],
        ["name = \"a\"\n\(FedPlacesTests.project)", "name = \"b\"\n\(FedPlacesTests.project)"],
        ["path = \"/ci/\"\n[[user.file]]\npath = \"/srv/key\""],
    ])
    func `A place that several users would be fed to is refused`(_ users: [String]) throws {
        let entries = try users.flatMap { try self.entries($0) }
        let error = #expect(throws: InvalidSetting.self) { try entries.checkFedPlaces(places) }
        #expect(error?.description.contains("which holds one key") == true)
    }

    @Test(arguments: [
        ["name = \"a\"\n\(FedPlacesTests.secret)", "name = \"b\"\n[[user.secrets_manager]]\nname = \"{user}/key\""],
        [
            "name = \"a\"\n\(FedPlacesTests.secret)",
            "name = \"b\"\nrole_arn = \"arn:aws:iam::210987654321:role/keybaton\"\n\(FedPlacesTests.secret)",
        ],
        [
            "name = \"a\"\n\(FedPlacesTests.project)",
            "name = \"b\"\n\(FedPlacesTests.project)\nurl = \"https://git.example/api/v4\"",
        ],
        ["path = \"/ci/\"\n[[user.program]]\ncommand = [\"/bin/push\"]"],
        ["path = \"/ci/\"\ninclude = [\"web\"]\n\(FedPlacesTests.secret)"],
        ["path = \"/ci/\"\n[[user.file]]\npath = \"/srv/{user}\""],
    ])
    func `Places of their own, and programs, are not`(_ users: [String]) throws {
        try users.flatMap { try self.entries($0) }.checkFedPlaces(places)
    }

    @Test func `Whom a selection finds in another user's place is left alone, and the others go on`() throws {
        let entries = try entries(
            "name = \"a\"\n[[user.secrets_manager]]\nname = \"ci/web\"",
            "path = \"/ci/\"\n[[user.secrets_manager]]\nname = \"ci/{user}\"")
        let names = ["api", "web"].compactMap { UserName($0) }
        var roster = Roster(entries, answers: [.success(UserSelection.Found(names: names))])
        roster.leaveOutSharers(of: places, named: Set(entries.compactMap(\.named?.name)))
        #expect(roster.users.map(\.name.description) == ["a", "api"] && roster.status == .configuration)
        #expect(
            roster.problems.first?.description
                == "web: secrets-manager ci/web, which holds one key, is fed by a as well: give each its own")
    }
}

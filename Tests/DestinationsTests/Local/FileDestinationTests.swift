import CredentialsFile
import Destinations
import Glibc
import HostSystem
import HostTestSupport
import Rotation
import Secrets
import Testing

/// What the contract does not say of every place: whose a file is, and what else stands in it.
@Suite struct FileDestinationTests {
    private let directory = ScratchDirectory()
    private let first = ExampleKeys.first

    private func destination(
        _ name: String = "file", _ slot: KeySlot = .awsCredentials(.default), owner: UserAccount? = nil,
        creation: CredentialsStore.Creation = .init()
    ) -> FileDestination {
        FileDestination(path: directory.path(name), slot: slot, owner: owner, creation: creation)
    }

    private func sentence(_ destination: FileDestination) async -> String {
        guard case .failing(let sentence) = await destination.observe() else { return "it does not fail" }
        await #expect(throws: EffectError.self) { try await destination.feed(first) }
        return sentence
    }

    @Test("comments and other profiles stay, byte for byte")
    func keepsTheRest() async throws {
        directory.write("file", "# mine\n[other]\naws_access_key_id = X\n\n[default]\r\nregion=eu-west-1\r\n")
        try await destination().feed(first)
        let text = try #require(directory.text("file"))
        #expect(text.hasPrefix("# mine\n[other]\naws_access_key_id = X\n\n[default]\r\n"))
        #expect(text.contains("region=eu-west-1\r\n") && text.contains("\(first.id)"))
    }

    @Test("a file that is made is its owner's alone, or has the mode of the configuration")
    func makesFiles() async throws {
        try await destination("a/b/credentials").feed(first)
        try await destination("wide", creation: .init(permissions: 0o640)).feed(first)
        for (name, mode) in [("a/b/credentials", 0o600), ("wide", 0o640)] as [(String, mode_t)] {
            var status = stat()
            #expect(stat(directory.path(name), &status) == 0 && status.st_mode & 0o777 == mode)
        }
    }

    @Test("what is no key of AWS may be the only copy of something: it stays, and a person is told")
    func leavesForeignText() async throws {
        let text = "[default]\naws_access_key_id = minioadmin\naws_secret_access_key = do-not-lose-me\n"
        directory.write("file", text)
        let sentence = await sentence(destination())
        #expect(sentence.contains("left as it is") && !sentence.contains("do-not-lose-me"), "\(sentence)")
        #expect(directory.text("file") == text)
    }

    @Test("beside a session token no key is held, and feeding takes the token away")
    func takesTokensAway() async throws {
        directory.write(
            "file",
            "[default]\naws_access_key_id = \(first.id)\naws_secret_access_key = \(first.secret.reveal())\n"
                + "aws_session_token = abc\n")
        #expect(await destination().observe() == .needsFeeding)
        try await destination().feed(first)
        #expect(await destination().observe() == .holds(first.id))
        #expect(directory.text("file")?.contains("abc") == false)
    }

    @Test("several places of one file have several names")
    func isNamed() throws {
        let work = try ProfileName("work")
        #expect(destination().name == "file \(directory.path("file"))")
        #expect(destination("file", .awsCredentials(work)).name == "file \(directory.path("file")) work")
    }

    @Test(
        "root writes nothing where another user decides what is there, and says who can",
        .enabled(if: isAvailable(geteuid() == 0, "root", for: "root and other users' homes")))
    func keepsOutOfHomes() async throws {
        let nobody = try #require(try UserAccount.named("nobody"))
        #expect(mkdir(directory.path("home"), 0o755) == 0 && chown(directory.path("home"), nobody.userID, 0) == 0)
        let sentence = await sentence(destination("home/.aws/credentials", owner: nobody))
        #expect(sentence.contains("belongs to user \(nobody.userID)") && sentence.contains("keybaton-agent"))
        #expect(mkdir(directory.path("shared"), 0o700) == 0 && chmod(directory.path("shared"), 0o777) == 0)
        #expect(await self.sentence(destination("shared/key")).contains("others than root can write"))
        // In root's own directory a file may be another user's.
        try await destination("for-nobody", owner: nobody).feed(first)
        var status = stat()
        #expect(stat(directory.path("for-nobody"), &status) == 0)
        #expect(status.st_uid == nobody.userID && status.st_gid == nobody.groupID)
        #expect(await destination("for-nobody").observe() == .holds(first.id))
    }
}

import Destinations
import FoundationEssentials
import Glibc
import Handover
import HostTestSupport
import Rotation
import Secrets
import Synchronization
import Testing

@Suite struct OutfileTests {
    private let directory = ScratchDirectory()
    private let first = ExampleKeys.first
    private let second = ExampleKeys.second

    private func user(_ name: String) throws -> UserName { try #require(UserName(name)) }

    private func feed(_ outfile: Outfile, _ name: String, _ key: AccessKey) async throws {
        try await OutfileDestination(outfile, user: user(name)).feed(key)
    }

    private func file(_ name: String = "keys.json") -> Outfile { Outfile(directory.path(name)) { _ in } }

    private func decoded(_ text: String) throws -> [String: [String: String]] {
        try JSONDecoder().decode([String: [String: String]].self, from: Data(text.utf8))
    }

    private func expected(_ key: AccessKey) -> [String: String] {
        ["AccessKeyId": "\(key.id)", "SecretAccessKey": key.secret.reveal()]
    }

    @Test("a file has every user in order of name, indented by two, and is its owner's alone")
    func writesFiles() async throws {
        let outfile = file()
        try await outfile.check()
        #expect(directory.names.isEmpty)
        try await feed(outfile, "ci.deploy+x@example", first)
        try await feed(outfile, "backup", second)
        #expect(
            directory.text("keys.json") == """
                {
                  "backup": {
                    "AccessKeyId": "AKIAEXAMPLESECOND002",
                    "SecretAccessKey": "sEcOnD/SecretAccess+Key/Example000000002"
                  },
                  "ci.deploy+x@example": {
                    "AccessKeyId": "AKIAEXAMPLEFIRST0001",
                    "SecretAccessKey": "fIrSt/SecretAccess+Key/Example0000000001"
                  }
                }

                """)
        var status = stat()
        #expect(stat(directory.path("keys.json"), &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(directory.names == ["keys.json"])
    }

    @Test("users who are in the file already stay, also an empty file is one")
    func keepsOthers() async throws {
        directory.write("keys.json", "")
        try await feed(file(), "a", first)
        try await feed(file(), "b", second)
        try await feed(file(), "a", second)
        #expect(
            try decoded(directory.text("keys.json") ?? "") == ["a": expected(second), "b": expected(second)])
    }

    @Test("many users at once lose none")
    func isFedSideBySide() async throws {
        let (path, key) = (directory.path("keys.json"), first)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<40 {
                let user = try user("user\(number)")
                // Two processes would have two of these.
                let outfile = Outfile(path) { _ in }
                group.addTask { try await OutfileDestination(outfile, user: user).feed(key) }
            }
            try await group.waitForAll()
        }
        #expect(try decoded(directory.text("keys.json") ?? "").count == 40)
    }

    @Test(
        "a file with anything else in it is left as it is",
        arguments: [
            "text", "[]", "{", #"{"a": {}}"#, #"{"a": {"AccessKeyId": "AKIAEXAMPLEFIRST0001"}}"#,
            #"{"a": {"AccessKeyId": "x", "SecretAccessKey": "abcdefghijklmnopqrst"}}"#,
            #"{"a": {"AccessKeyId": "AKIAEXAMPLEFIRST0001", "SecretAccessKey": "abcdefghijklmnopqrst", "Note": 1}}"#,
            #"{"a b": {"AccessKeyId": "AKIAEXAMPLEFIRST0001", "SecretAccessKey": "abcdefghijklmnopqrst"}}"#,
            #"{"Version": 1, "AccessKeyId": "AKIAEXAMPLEFIRST0001"}"#,
        ])
    func refusesOtherDocuments(_ text: String) async throws {
        directory.write("keys.json", text)
        try await expectRefusal(file(), "would be lost")
        #expect(directory.text("keys.json") == text)
    }

    private func expectRefusal(
        _ outfile: Outfile, _ part: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let error = await #expect(throws: DestinationProblem.self, sourceLocation: sourceLocation) {
            try await outfile.check()
        }
        #expect(
            error?.description.contains(part) == true, "\(String(describing: error))", sourceLocation: sourceLocation)
        await #expect(throws: EffectError.self, sourceLocation: sourceLocation) { try await feed(outfile, "a", first) }
    }

    @Test("a doubled user, a link, a directory, a file that others read: each is refused before any user is touched")
    func refusesOtherThings() async throws {
        let entry = #"{"AccessKeyId": "AKIAEXAMPLEFIRST0001", "SecretAccessKey": "abcdefghijklmnopqrst"}"#
        directory.write("doubled", "{\"a\": \(entry), \"a\": \(entry)}")
        try await expectRefusal(file("doubled"), "would be lost")
        directory.write("real", "{}")
        #expect(symlink("real", directory.path("link")) == 0)
        try await expectRefusal(file("link"), "a link")
        #expect(directory.text("real") == "{}")
        directory.write("read-by-others", "{}", mode: 0o644)
        try await expectRefusal(file("read-by-others"), "chmod 600")
        try await expectRefusal(Outfile(directory.path) { _ in }, "not a file")
        try await expectRefusal(file("none/keys.json"), "make it first")
        #expect(mkdir(directory.path("shared"), 0o700) == 0 && chmod(directory.path("shared"), 0o777) == 0)
        try await expectRefusal(file("shared/keys.json"), "others can write")
    }

    /// What was printed.
    private final class Printed: Sendable {
        private let text = Mutex("")
        var value: String { text.withLock { $0 } }
        func append(_ part: String) { text.withLock { $0 += part } }
    }

    @Test("what is printed is one document, each user once, with the newest key, also when a later user fails")
    func prints() async throws {
        let printed = Printed()
        let outfile = Outfile("-", print: printed.append)
        try await outfile.check()
        // The key of the beginning, then the one that the rotation made.
        try await feed(outfile, "a", first)
        #expect(printed.value.isEmpty)
        try await feed(outfile, "a", second)
        #expect(await OutfileDestination(outfile, user: try user("a")).observe() == .holds(second.id))
        try await outfile.completed(try user("a"))
        let afterOne = printed.value
        #expect(afterOne.contains(second.secret.reveal()))
        try await feed(outfile, "a", second)
        await #expect(throws: EffectError.self) { try await feed(outfile, "a", first) }
        // It failed before it had a key.
        try await outfile.completed(try user("b"))
        #expect(printed.value == afterOne)
        try await feed(outfile, "c", first)
        for _ in 1...2 { try await outfile.finish() }
        #expect(try decoded(printed.value) == ["a": expected(second), "c": expected(first)])
        #expect(printed.value.hasPrefix("{\n  \"a\": {\n    \"AccessKeyId\"") && printed.value.hasSuffix("}\n}\n"))
    }

    @Test("what cannot be printed is an error, and nothing is printed after it")
    func failsToPrint() async throws {
        struct Full: Error {}
        let printed = Printed()
        let room = Mutex(1)
        let outfile = Outfile("-") { text in
            guard
                room.withLock({
                    $0 -= 1; return $0 >= 0
                })
            else { throw Full() }
            printed.append(text)
        }
        try await feed(outfile, "a", first)
        try await outfile.completed(try user("a"))
        try await feed(outfile, "b", second)
        let problem = await #expect(throws: DestinationProblem.self) { try await outfile.completed(try user("b")) }
        #expect(problem?.description.contains("standard output could not be written") == true)
        room.withLock { $0 = 9 }
        try await outfile.finish()
        #expect(!printed.value.contains("\"b\"") && !printed.value.contains("}\n}"))
    }

    @Test("without any key an empty document is printed")
    func printsNothing() async throws {
        let printed = Printed()
        let outfile = Outfile("-", print: printed.append)
        #expect(await OutfileDestination(outfile, user: try user("a")).observe() == .needsFeeding)
        try await outfile.finish()
        #expect(printed.value == "{}\n")
    }
}

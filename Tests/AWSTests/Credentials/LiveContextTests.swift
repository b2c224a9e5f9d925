import AWS
import CredentialProcess
import FoundationEssentials
import Testing

/// Files and names of this machine.
@Suite struct LiveContextTests {
    private let context = CredentialsContext.live(environment: [:], sender: NoNetwork())

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "keybaton-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func filesAreReadWholeAndMissingOnesAreNil() throws {
        try withFolder { folder in
            let file = folder.appending(path: "file")
            let bytes = (0..<40_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try Data(bytes).write(to: file)
            #expect(try context.readFile(file.path) == bytes)
            #expect(try context.readFile(folder.appending(path: "missing").path) == nil)
            #expect(try context.readFile(file.appending(path: "below").path) == nil)
        }
    }

    @Test func whatIsNoReadableFileIsAnErrorThatNamesIt() throws {
        try withFolder { folder in
            let large = folder.appending(path: "large")
            try Data(repeating: 0, count: (1 << 20) + 1).write(to: large)
            for path in [folder.path, large.path] {
                #expect {
                    try context.readFile(path)
                } throws: { error in
                    (error as? CredentialsError)?.code == .invalidConfiguration && "\(error)".contains(path)
                }
            }
        }
    }

    @Test func namesResolveToAddresses() async throws {
        let addresses = try await context.resolve("localhost")
        #expect(!addresses.isEmpty && addresses.allSatisfy { $0 == "127.0.0.1" || $0 == "::1" })
        #expect(Set(try await context.resolve("::1")) == ["::1"])
    }
}

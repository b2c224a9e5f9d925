import Glibc
import HostTestSupport
import RotationServices
import Secrets
import Testing

@Suite struct FileTokenTests {
    let directory = ScratchDirectory()

    private func problem(_ path: String) async -> String {
        do {
            _ = try await FileToken(path: path).token()
            return "a token"
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "a token is what the file holds, without the line end behind it",
        arguments: ["ATCTT3xFfGN0=", "ATCTT3xFfGN0=\n", "ATCTT3xFfGN0=\r\n"])
    func reads(_ text: String) async throws {
        #expect(try await FileToken(path: directory.write("token", text)).token() == Secret("ATCTT3xFfGN0="))
    }

    @Test("it is read each time, because it may have been replaced")
    func isReadAnew() async throws {
        let token = FileToken(path: directory.write("token", "first"))
        #expect(try await token.token() == Secret("first"))
        directory.write("token", "second")
        #expect(try await token.token() == Secret("second"))
    }

    @Test("a link to a token is followed, as where secrets are mounted")
    func followsLinks() async throws {
        directory.write("data", "token")
        #expect(symlink("data", directory.path("link")) == 0)
        #expect(try await FileToken(path: directory.path("link")).token() == Secret("token"))
    }

    @Test(
        "what others could read or write is refused, with what to do",
        arguments: [0o640, 0o604, 0o620, 0o644] as [mode_t])
    func refusesOthers(_ mode: mode_t) async {
        let problem = await problem(directory.write("token", "a-secret-token", mode: mode))
        #expect(problem.contains("chmod 600") && !problem.contains("a-secret-token"), "\(problem)")
    }

    @Test(
        "what is no token is refused, and not repeated",
        arguments: ["", "\n", "two\nlines", "two words", "nul\0byte", "escape\u{1B}", "ümlaut"])
    func refusesOtherText(_ text: String) async {
        let problem = await problem(directory.write("token", text))
        #expect(problem.contains("put the token there"), "\(problem)")
        for word in ["two", "lines", "nul", "escape", "mlaut"] { #expect(!problem.contains(word)) }
    }

    @Test("no file, a directory, and a disk are each told apart")
    func refusesOtherThings() async {
        #expect(await problem(directory.path("none")).contains("does not exist: write the token into it"))
        #expect(await problem(directory.path).contains("is not a file"))
        #expect(await problem(directory.write("large", String(repeating: "a", count: 70_000))).contains("larger"))
    }
}

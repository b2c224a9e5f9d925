import Destinations
import FoundationEssentials
import Glibc
import Handover
import HostTestSupport
import Rotation
import Secrets

/// A program that keeps what it is given in a file, and tells everything when it fails.
final class ProgramPlace: DestinationPlace {
    static let kinds: [PlaceKind] = [
        PlaceKind(testDescription: "program with a check") { ProgramPlace(isReadable: true) },
        PlaceKind(testDescription: "program", isReadable: false) { ProgramPlace(isReadable: false) },
    ]

    private let directory = ScratchDirectory()
    private let isReadable: Bool

    init(isReadable: Bool) {
        self.isReadable = isReadable
        let path = directory.path
        directory.write(
            "push",
            """
            #!/bin/sh
            given=$(cat)
            if [ -e \(path)/broken ]; then echo "cannot store $given" | fold -w 30 >&2; exit 3; fi
            # The halves one after the other, the id last.
            printf '%s\\n' "$given" | sed -n 's/.*"secret_access_key": "\\([^"]*\\)".*/\\1/p' > \(path)/secret
            printf '%s\\n' "$given" | sed -n 's/.*"access_key_id": "\\([^"]*\\)".*/\\1/p' > \(path)/id
            if [ -e \(path)/lost ]; then rm \(path)/lost; echo "stored $given, or not?"; exit 1; fi
            """, mode: 0o755)
        directory.write(
            "check",
            """
            #!/bin/sh
            [ -e \(path)/broken ] && { echo "no connection" >&2; exit 1; }
            [ -s \(path)/secret ] && cat \(path)/id
            exit 0
            """, mode: 0o755)
    }

    func destination() throws -> any Destination {
        ProgramDestination(
            command: [directory.path("push"), "--quiet"], check: isReadable ? [directory.path("check")] : nil,
            user: try UserName("backup").orThrow("no user's name"), timeLimit: .seconds(30))
    }

    func contents() async throws -> PlaceContents {
        func line(_ name: String) -> String? {
            directory.text(name).map { String($0.prefix { $0 != "\n" }) }.flatMap { $0.isEmpty ? nil : $0 }
        }
        return PlaceContents(id: line("id"), secret: line("secret").map { Secret($0) })
    }

    func put(_ contents: PlaceContents) async throws {
        directory.write("id", contents.id.map { "\($0)\n" } ?? "")
        directory.write("secret", contents.secret.map { "\($0.reveal())\n" } ?? "")
    }

    func breakDown() async throws { directory.write("broken", "") }

    func mend() async throws { unlink(directory.path("broken")) }

    func loseNextAnswer() async throws { directory.write("lost", "") }

    /// A program is started each time, whatever it then does.
    func fingerprint() async throws -> String? { nil }
}

import CredentialsFile
import Destinations
import Glibc
import Handover
import HostTestSupport
import Rotation
import Secrets

/// A file of this machine: in two formats, and as an outfile.
final class FilePlace: DestinationPlace {
    enum Form {
        case profile, variables, outfile
    }

    static let kinds: [PlaceKind] = [
        PlaceKind(testDescription: "file, a profile", canLoseAnswers: false) { FilePlace(.profile) },
        PlaceKind(testDescription: "file, variables", canLoseAnswers: false) { FilePlace(.variables) },
        PlaceKind(testDescription: "outfile", canHoldHalves: false, canLoseAnswers: false) { FilePlace(.outfile) },
    ]

    private let directory = ScratchDirectory()
    private let form: Form
    private var path: String { directory.path("file") }

    init(_ form: Form) { self.form = form }

    func destination() throws -> any Destination {
        switch form {
        case .profile:
            FileDestination(path: path, slot: .awsCredentials(.default), owner: nil, creation: .init())
        case .variables:
            FileDestination(
                path: path, slot: .environment(id: .accessKeyID, secret: .secretAccessKey), owner: nil,
                creation: .init())
        case .outfile:
            OutfileDestination(
                Outfile(path, print: { _ in }), user: try UserName("backup").orThrow("no user's name"))
        }
    }

    func contents() async throws -> PlaceContents {
        let text = directory.text("file") ?? ""
        func value(_ names: [String]) -> String? {
            for line in text.split(separator: "\n") {
                let line = line.filter { !" \",".contains($0) }
                for name in names where line.hasPrefix(name) { return String(line.dropFirst(name.count)) }
            }
            return nil
        }
        return PlaceContents(
            id: value(["aws_access_key_id=", "AWS_ACCESS_KEY_ID=", "AccessKeyId:"]),
            secret: value(["aws_secret_access_key=", "AWS_SECRET_ACCESS_KEY=", "SecretAccessKey:"]).map { Secret($0) })
    }

    func put(_ contents: PlaceContents) async throws {
        let (id, secret) = (contents.id, contents.secret?.reveal())
        switch form {
        case .profile:
            directory.write(
                "file",
                "[default]\n" + (id.map { "aws_access_key_id = \($0)\n" } ?? "")
                    + (secret.map { "aws_secret_access_key = \($0)\n" } ?? ""))
        case .variables:
            directory.write(
                "file",
                (id.map { "AWS_ACCESS_KEY_ID=\($0)\n" } ?? "") + (secret.map { "AWS_SECRET_ACCESS_KEY=\($0)\n" } ?? ""))
        case .outfile:
            directory.write(
                "file",
                "{\"backup\":\n{\"AccessKeyId\": \"\(id ?? "")\",\n\"SecretAccessKey\": \"\(secret ?? "")\"\n}}")
        }
    }

    /// Another kind of thing stands at the path.
    func breakDown() async throws {
        guard rename(path, directory.path("aside")) == 0, mkdir(path, 0o700) == 0 else {
            throw Missing("errno \(errno)")
        }
    }

    func mend() async throws {
        guard rmdir(path) == 0, rename(directory.path("aside"), path) == 0 else { throw Missing("errno \(errno)") }
    }

    func loseNextAnswer() async throws { throw Missing("a file's answers are not lost") }

    /// A file is replaced whenever it is written.
    func fingerprint() async throws -> String? {
        var status = stat()
        return stat(path, &status) == 0 ? "\(status.st_ino) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)" : nil
    }
}

/// Something that a test needs and does not have.
struct Missing: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

extension Optional {
    func orThrow(_ problem: String) throws -> Wrapped {
        guard let self else { throw Missing(problem) }
        return self
    }
}

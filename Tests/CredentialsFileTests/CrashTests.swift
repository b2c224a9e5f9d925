import Glibc
import HostTestSupport
import Testing

@testable import CredentialsFile

/// The edit, killed before each of its system calls, and each of them failing in every way a disk can fail.
///
/// strace counts the calls of each name on its own (`when=`), so a place is a name and an occurrence.
@Suite struct CrashTests {
    private static let oldText =
        "[a]\nk = 1\n[default]\naws_access_key_id = \(oldID)\naws_secret_access_key = \(oldSecret)\naws_session_token = T\n"
    private static let newText =
        "[a]\nk = 1\n[default]\naws_access_key_id = \(newID)\naws_secret_access_key = \(newSecret)\n"

    /// A file of a format, or none, before and after the edit.
    struct Subject: Sendable, CustomTestStringConvertible {
        /// As the probe knows it.
        let slot: String
        let name: String
        let old: String?
        let new: String

        var testDescription: String { "\(slot), \(old == nil ? "no file" : "a file")" }

        static let credentials = Subject(slot: "default", name: "home/credentials", old: oldText, new: newText)

        static let all: [Subject] = [
            credentials,
            Subject(
                slot: "default", name: "home/.aws/credentials", old: nil,
                new: "[default]\naws_access_key_id = \(newID)\naws_secret_access_key = \(newSecret)\n"),
            Subject(
                slot: "env", name: "home/credentials",
                old: "AWS_ACCESS_KEY_ID=\(oldID)\nAWS_SECRET_ACCESS_KEY=\(oldSecret)\nAWS_SESSION_TOKEN=T\n",
                new: "AWS_ACCESS_KEY_ID=\(newID)\nAWS_SECRET_ACCESS_KEY=\(newSecret)\n"),
            Subject(
                slot: "json", name: "home/.aws/keybaton/backup.json", old: nil,
                new: "{\"Version\": 1, \"AccessKeyId\": \"\(newID)\", \"SecretAccessKey\": \"\(newSecret)\"}\n"),
        ]
    }

    private static let stale = ".keybaton-0123456789abcdef.tmp"

    /// The calls by which a file system can refuse.
    private static let fileCalls: Set<Substring> = [
        "open", "openat", "fstat", "newfstatat", "stat", "lstat", "pread64", "pwrite64", "fchown", "fchmod",
        "flistxattr",
        "fgetxattr", "fsetxattr", "fremovexattr", "fsync", "rename", "renameat", "unlink", "unlinkat", "flock",
        "getdents64", "mkdirat", "lseek", "fcntl", "close", "readlinkat",
    ]

    struct Place: Hashable, CustomStringConvertible {
        let call: Substring
        let occurrence: Int

        var description: String { "\(call) \(occurrence)" }
    }

    private func canTrace(_ test: String) -> Bool {
        isAvailable(Command.run(["strace", "-o", "/dev/null", "true"]).status == 0, "strace", for: test)
    }

    private func probe(_ path: String, _ slot: String = "default", under strace: [String] = []) -> Command.Result {
        Command.run(strace + [Probe.path, path, slot, newID], input: newSecret)
    }

    /// The lines of the trace from the moment that the program has read the secret: before it, nothing of ours happens.
    private func trace(
        _ path: String, _ slot: String = "default", in scratch: ScratchDirectory
    ) -> (all: [Substring], ours: ArraySlice<Substring>) {
        let log = scratch.path("trace")
        _ = probe(path, slot, under: ["strace", "-f", "-s", "4096", "-o", log])
        defer { unlink(log) }
        let all = String(decoding: contents(log) ?? [], as: UTF8.self).split(separator: "\n")
        let start = all.firstIndex { $0.contains("read(0, ") } ?? all.endIndex
        return (all, all[start...].dropFirst())
    }

    private func places(of trace: (all: [Substring], ours: ArraySlice<Substring>)) -> [Place] {
        var counts: [Substring: Int] = [:]
        var places: [Place] = []
        for (index, line) in trace.all.enumerated() {
            guard let call = call(of: line) else { continue }
            counts[call, default: 0] += 1
            if index >= trace.ours.startIndex, call != "exit_group" {
                places.append(Place(call: call, occurrence: counts[call] ?? 0))
            }
        }
        return places
    }

    /// Of a line like `1234  fsync(3) = 0`, where the number of spaces depends on the process id.
    private func call(of line: Substring) -> Substring? {
        let text = line.drop(while: \.isNumber).drop { $0 == " " }
        guard text.startIndex != line.startIndex, let bracket = text.firstIndex(of: "(") else { return nil }
        return text[..<bracket]
    }

    /// A new directory with the old file, and what a run killed earlier left.
    private func scene(_ subject: Subject = .credentials, stale: Bool = true) -> ScratchDirectory {
        let scratch = ScratchDirectory()
        mkdir(scratch.path("home"), 0o700)
        guard let old = subject.old else { return scratch }
        let path = scratch.write(subject.name, old, mode: 0o640)
        // Where the file system has them: one more call to die at.
        _ = Command.run(["setfattr", "-n", "user.origin", "-v", "nas", path])
        if stale { scratch.write("home/\(Self.stale)", "x") }
        return scratch
    }

    private func names(_ path: String) -> [String] {
        Command.run(["ls", "-A", path]).output.split(separator: "\n").map(String.init)
    }

    @Test(
        "killed before any system call, it leaves the old file or the new one, and the next run no litter",
        .tags(.slow), arguments: Subject.all)
    func killed(_ subject: Subject) throws {
        guard canTrace("killed") else { return }
        let first = scene(subject)
        let places = places(of: trace(first.path(subject.name), subject.slot, in: first))
        #expect(first.text(subject.name) == subject.new && places.count > 20)
        var outcomes: [String?: Int] = [:]
        for place in places {
            let scratch = scene(subject)
            let path = scratch.path(subject.name)
            let result = probe(
                path, subject.slot,
                under: [
                    "strace", "-f", "-o", "/dev/null", "-e",
                    "inject=\(place.call):signal=SIGKILL:when=\(place.occurrence)",
                ])
            #expect(result.status == 128 + SIGKILL, "killed before \(place): \(result)")
            let text = scratch.text(subject.name)
            #expect(text == subject.old || text == subject.new, "killed before \(place)")
            outcomes[text, default: 0] += 1
            let next = probe(path, subject.slot)
            #expect(next.status == (text == subject.new ? 3 : 0), "after \(place): \(next)")
            #expect(scratch.text(subject.name) == subject.new, "after \(place)")
            let folder = path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
            #expect(names(folder).count == 1, "after \(place)")
        }
        // Both must occur, or the kills were not where the work is.
        #expect(outcomes[subject.old, default: 0] > 10 && outcomes[subject.new, default: 0] > 2, "\(outcomes.values)")
    }

    @Test(
        "a system call that fails is reported or survived; the file is the old one or the new one, without litter",
        .tags(.slow), arguments: ["ENOSPC", "EIO", "EROFS", "EDQUOT", "EACCES", "EINTR"])
    func failing(error: String) throws {
        guard canTrace("failing") else { return }
        let first = scene(stale: false)
        let places = places(of: trace(first.path("home/credentials"), in: first)).filter {
            Self.fileCalls.contains($0.call)
        }
        #expect(places.count > 20)
        var reported = 0
        for place in places {
            let scratch = scene(stale: false)
            let result = probe(
                scratch.path("home/credentials"),
                under: [
                    "strace", "-f", "-o", "/dev/null", "-e",
                    "inject=\(place.call):error=\(error):when=\(place.occurrence)",
                ])
            let text = scratch.text("home/credentials")
            switch result.status {
            case 0: #expect(text == Self.newText, "\(place)")
            case 1:
                reported += 1
                #expect(text == Self.oldText || text == Self.newText, "\(place): \(result)")
                #expect(result.output.contains("credentials: ") && !result.output.contains("secret"), "\(place)")
            default: Issue.record("\(place): \(result)")
            }
            if error == "EINTR" { #expect(result.status == 0, "\(place): \(result)") }
            #expect(names(scratch.path("home")) == ["credentials"], "\(place)")
        }
        #expect(error == "EINTR" || reported > 10)
    }

    @Test("a file system without locks is edited with a warning", arguments: ["ENOLCK", "EBADF", "EOPNOTSUPP"])
    func unlocked(error: String) {
        guard canTrace("unlocked") else { return }
        let scratch = scene(stale: false)
        let result = probe(
            scratch.path("home/credentials"),
            under: ["strace", "-f", "-o", "/dev/null", "-e", "inject=flock:error=\(error)"])
        #expect(result.status == 0 && result.output.contains("warning: the file system has no locks"), "\(result)")
        #expect(scratch.text("home/credentials") == Self.newText && names(scratch.path("home")) == ["credentials"])
    }

    @Test("an attribute that the system keeps to itself is warned of, one of the user's is not given up")
    func attributes() {
        guard canTrace("attributes") else { return }
        for (name, status, text) in [("security.keybaton", 0, Self.newText), ("user.keybaton", 1, Self.oldText)] {
            let scratch = ScratchDirectory()
            mkdir(scratch.path("home"), 0o700)
            let path = scratch.write("home/credentials", Self.oldText)
            let set = Command.run(["setfattr", "-n", name, "-v", "x", path])
            guard isAvailable(set.status == 0, "root, setfattr and \(name)", for: "attributes") else { continue }
            let result = probe(
                path, under: ["strace", "-f", "-o", "/dev/null", "-e", "inject=fsetxattr:error=EPERM"])
            #expect(result.status == status && result.output.contains(name), "\(result)")
            #expect(scratch.text("home/credentials") == text && names(scratch.path("home")) == ["credentials"])
        }
    }

    @Test("a write of nothing is an error, not an endless loop")
    func emptyWrite() {
        guard canTrace("emptyWrite") else { return }
        let scratch = scene()
        let result = probe(
            scratch.path("home/credentials"),
            under: ["strace", "-f", "-o", "/dev/null", "-e", "inject=pwrite64:retval=0:when=1"])
        #expect(result.status == 1 && scratch.text("home/credentials") == Self.oldText)
        #expect(names(scratch.path("home")) == ["credentials"])
    }

    @Test("a power cut finds durable contents under a durable name: write, fsync, rename, fsync of the directory")
    func order() throws {
        guard canTrace("order") else { return }
        let scratch = scene()
        let trace = trace(scratch.path("home/credentials"), in: scratch)
        let calls = trace.ours.compactMap(call(of:))
        let renamed = try #require(calls.firstIndex { $0.hasPrefix("rename") })
        let written = try #require(calls.lastIndex(of: "pwrite64"))
        #expect(calls.filter { $0 == "fsync" }.count == 2)
        let changes: Set<Substring> = ["pwrite64", "fsync", "fchmod", "fchown", "fsetxattr", "renameat", "rename"]
        let order = calls[written...].filter(changes.contains)
        #expect(written < renamed && order.first == "pwrite64")
        #expect(order.suffix(3) == ["fsync", calls[renamed], "fsync"], "\(order)")
        // The secret is in what is read and written, and in no path, no name, no message.
        for line in trace.all where line.contains(newSecret) || line.contains(oldSecret) {
            #expect(["read", "pread64", "pwrite64"].contains(call(of: line) ?? ""), "\(call(of: line) ?? line)")
        }
    }
}

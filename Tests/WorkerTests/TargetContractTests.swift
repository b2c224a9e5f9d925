import CredentialsFile
import Glibc
import HostTestSupport
import Refresher
import Secrets
import Testing
import Worker

/// What every target does, whoever touches the file: this process with its own rights, or a worker with its owner's.
@Suite(.enabled(if: isRoot(for: "targets of workers")), .serialized)
struct TargetContractTests {
    enum Editor: CaseIterable {
        case thisProcess, worker
    }

    private func make(_ editor: Editor) throws -> (Home, any KeyTarget) {
        switch editor {
        case .thisProcess:
            let home = Home(of: 0)
            return (home, try home.target(patience: .milliseconds(200)).open())
        case .worker:
            let home = Home(of: 61001)
            return (home, WorkerTarget(try home.target(patience: .milliseconds(200)), by: home.worker()))
        }
    }

    private func refusal(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: Editor.allCases)
    func `It says where it is`(_ editor: Editor) throws {
        let (home, target) = try make(editor)
        #expect(target.path == home.file)
        #expect(target.profile == "default")
        #expect(target.format == "aws-credentials")
    }

    @Test(arguments: Editor.allCases)
    func `A file that is missing is empty, and is made for its owner only`(_ editor: Editor) throws {
        let (home, target) = try make(editor)
        rmdir("\(home.path)/.aws")
        #expect(try target.read() == .empty)
        #expect(try target.install(key("A"), replacing: .empty).changed)
        #expect(try target.read() == .key(key("A")))
        for (path, mode) in [("\(home.path)/.aws", 0o700), (home.file, 0o600)] {
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_uid == home.user && status.st_gid == home.user && status.st_mode & 0o7777 == mode)
        }
    }

    @Test(arguments: Editor.allCases)
    func `NEW takes OLD's place and nothing else, once`(_ editor: Editor) throws {
        let (home, target) = try make(editor)
        home.write(text(key("A")))
        let held = try target.read()
        #expect(held == .key(key("A")))
        #expect(try target.install(key("B"), replacing: held).changed)
        #expect(home.text == text(key("B")))
        #expect(try target.install(key("B"), replacing: .key(key("B"))).changed == false)
    }

    @Test(arguments: Editor.allCases)
    func `A token beside the key is told and taken away; a warning comes through`(_ editor: Editor) throws {
        let (home, target) = try make(editor)
        home.write(text(key("A")) + "aws_session_token = x\n")
        chmod(home.file, 0o644)
        let held = try target.read()
        #expect(held == .keyWithSessionToken(key("A")))
        let installation = try target.install(key("A"), replacing: held)
        #expect(installation.changed && installation.warnings == [.readableByOthers(permissions: 0o644)])
        #expect(try target.read() == .key(key("A")))
    }

    @Test(arguments: Editor.allCases)
    func `What is no key of AWS is foreign, and is replaced only if it was seen`(_ editor: Editor) throws {
        let (home, target) = try make(editor)
        home.write("[default]\naws_access_key_id = minio\naws_secret_access_key = minio123\n")
        let held = try target.read()
        guard case .foreign(let description) = held else {
            Issue.record("\(held)")
            return
        }
        #expect(!description.contains("minio123"))
        #expect(try target.install(key("A"), replacing: held).changed)
    }

    @Test(arguments: Editor.allCases)
    func `A preview and a check tell what would be, change nothing and show no secret`(_ editor: Editor) throws {
        let (home, target) = try make(editor)
        home.write(text(key("A")))
        chmod(home.file, 0o640)
        let preview = try target.preview(key("B"))
        #expect(preview.changes.first == "- aws_access_key_id = \(key("A").id)")
        #expect(preview.changes.contains("+ aws_access_key_id = \(key("B").id)"))
        #expect(!preview.changes.joined().contains("secret/"))
        #expect(preview.warnings == [.readableByOthers(permissions: 0o640)])
        #expect(try target.check() == [.readableByOthers(permissions: 0o640)])
        #expect(home.text == text(key("A")))
        #expect(Command.run(["ls", "-A", "\(home.path)/.aws"]).output == "credentials\n")
        home.write("damaged\n")
        #expect(refusal { _ = try target.preview(key("B")) }.hasPrefix("\(home.file): line 1"))
        #expect(refusal { _ = try target.check() }.hasPrefix("\(home.file): line 1"))
    }

    @Test(arguments: Editor.allCases)
    func `A key that somebody put there meanwhile stays`(_ editor: Editor) throws {
        let (home, target) = try make(editor)
        home.write(text(key("C")))
        let text = refusal { _ = try target.install(key("B"), replacing: .key(key("A"))) }
        #expect(
            text
                == "\(home.file): somebody put another key there a moment ago; nothing was changed: look at it, and run again"
        )
        #expect(home.text == WorkerTests.text(key("C")))
    }

    @Test(arguments: Editor.allCases)
    func `A file of somebody else, a directory, a damaged file and a lock are refused in one and the same words`(
        _ editor: Editor
    ) throws {
        let (home, target) = try make(editor)
        home.write("x", as: 61999)
        #expect(
            refusal { _ = try target.read() }.hasPrefix("\(home.file): belongs to user 61999, not to user \(home.user)")
        )
        home.write("damaged\n")
        #expect(refusal { _ = try target.install(key("A"), replacing: .empty) }.hasPrefix("\(home.file): line 1"))
        unlink(home.file)
        mkdir(home.file, 0o700)
        #expect(
            refusal { _ = try target.read() } == "\(home.file): not a regular file; remove it or configure another path"
        )
        rmdir(home.file)
        let holder = Command(["flock", "\(home.path)/.aws", "sh", "-c", "touch \(home.scratch.path("held")); sleep 60"])
        for _ in 1...3000 where home.scratch.bytes("held") == nil { usleep(10_000) }
        #expect(
            refusal { _ = try target.install(key("A"), replacing: .empty) }.contains(
                "locked by another run (waited 0.2 seconds)"))
        holder.signal(SIGKILL)
        #expect(holder.finish().status == 128 + SIGKILL)
    }
}

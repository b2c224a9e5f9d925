import CredentialsFile
import Glibc
import HostSystem
import HostTestSupport
import Refresher
import Secrets
import Testing

@testable import Worker

/// The process that becomes another user, and what happens when it does not answer.
@Suite(.enabled(if: isRoot(for: "workers")))
struct WorkerProcessTests {
    /// The worker's process id: the child of ours that is this user's.
    private func processID(of user: uid_t) -> String {
        Command.run(["pgrep", "-P", "\(getpid())", "-u", "\(user)"]).output.split(separator: "\n").joined(
            separator: ",")
    }

    private func refusal(_ target: any KeyTarget) -> String {
        do {
            return "no error, but \(try target.read())"
        } catch {
            return "\(error)"
        }
    }

    /// A program in the worker's place.
    private func script(_ home: Home, _ text: String) -> String {
        home.scratch.write("script", "#!/bin/sh\n\(text)\n", mode: 0o755)
    }

    @Test
    func
        `It has the user's rights and no others, no way back, no secrets around it, and ends with its parent's interest`()
        throws
    {
        let home = Home(of: 61011)
        let identity = ProcessIdentity(userID: 61011, groupID: 61012, groups: [61012, 61013])
        var worker: WorkerProcess? = WorkerProcess(
            identity, user: "user 61011", executable: builtProgram("keybaton-agent"))
        #expect(throws: WorkerFailure.self) {
            try WorkerTarget(try home.target(), by: #require(worker)).install(key("A"), replacing: .key(key("B")))
        }
        let id = processID(of: 61011)
        let status = String(decoding: contents("/proc/\(id)/status") ?? [], as: UTF8.self)
        func line(_ name: String) -> String {
            status.split(separator: "\n").first { $0.hasPrefix("\(name):") }?.split(whereSeparator: \.isWhitespace)
                .dropFirst().joined(separator: " ") ?? ""
        }
        #expect(line("Uid") == "61011 61011 61011 61011")
        #expect(line("Gid") == "61012 61012 61012 61012")
        #expect(line("Groups") == "61012 61013")
        #expect(line("NoNewPrivs") == "1")
        for set in ["CapPrm", "CapEff", "CapAmb"] { #expect(line(set) == "0000000000000000", "\(set)") }
        // All threads, not only the one that made the calls.
        let tasks = Command.run(["sh", "-c", "cat /proc/\(id)/task/*/status | grep -c '^Uid:.61011.61011.61011.61011'"])
        #expect(tasks.output == line("Threads") + "\n")
        // Not dumpable: its memory is root's alone.
        #expect(Command.run(["stat", "-c", "%u", "/proc/\(id)/mem"]).output == "0\n")
        #expect(contents("/proc/\(id)/environ") == [])
        #expect(Command.run(["readlink", "/proc/\(id)/cwd"]).output == "/\n")
        #expect(
            Command.run([
                "sh", "-c", "ls /proc/\(id)/fd | xargs -I{} readlink /proc/\(id)/fd/{} | grep -cE '^(socket|pipe):'",
            ])
            .output == "3\n")
        let command = String(decoding: contents("/proc/\(id)/cmdline") ?? [], as: UTF8.self)
        #expect(command == "keybaton-agent\0worker\0")
        worker = nil
        #expect(processID(of: 61011) == "")
    }

    @Test func `An account's groups are those of its login`() throws {
        let nobody = try #require(try UserAccount.named("nobody"))
        let identity = try ProcessIdentity(of: nobody)
        #expect(identity.userID == nobody.userID && identity.groupID == nobody.groupID)
        #expect(
            Set(identity.groups.map(String.init))
                == Set(
                    Command.run(["id", "-G", "nobody"]).output.split(whereSeparator: \.isWhitespace).map(String.init)))
    }

    @Test func `Nobody becomes root`() throws {
        #expect(throws: SystemCallError.self) { try ProcessIdentity(userID: 0, groupID: 0, groups: []).become() }
        let home = Home(of: 0)
        #expect(refusal(WorkerTarget(try home.target(), by: home.worker())).contains("no process could be started"))
    }

    @Test func `One that hangs is stopped at the limit, once for a path; the owner's other files are still served`()
        throws
    {
        let home = Home(of: 61014)
        home.write(text(key("A")))
        let worker = home.worker(limit: .seconds(4))
        // A lock held by somebody else, with more patience than the limit, and not by what flock starts.
        let holder = Command([
            "flock", "--close", "\(home.path)/.aws", "sh", "-c", "touch \(home.scratch.path("held")); sleep 60",
        ])
        for _ in 1...3000 where home.scratch.bytes("held") == nil { usleep(10_000) }
        let locked = WorkerTarget(try home.target(patience: .seconds(30)), by: worker)
        for isAgain in [false, true] {
            // Again it would succeed.
            if isAgain { holder.signal(SIGKILL) }
            let text = #expect(throws: WorkerFailure.self) { try locked.install(key("B"), replacing: .key(key("A"))) }
            #expect(text?.reason == .silent(for: .seconds(4)))
            #expect(text?.description.contains("look whether its file system is there") == true)
        }
        #expect(processID(of: 61014) == "")
        var other = try home.target()
        other.path = "\(home.path)/other"
        #expect(try WorkerTarget(other, by: worker).read() == .empty)
        #expect(home.text == text(key("A")))
        #expect(holder.finish().status == 128 + SIGKILL)
    }

    @Test func `One that its user kills is an error of that moment; the next request starts another`() throws {
        let home = Home(of: 61015)
        home.write(text(key("A")))
        let target = WorkerTarget(try home.target(), by: home.worker())
        #expect(try target.read() == .key(key("A")))
        let killed = Command.run(
            ["setpriv", "--reuid=61015", "--regid=61015", "--clear-groups", "kill", "-9", processID(of: 61015)])
        #expect(killed.status == 0, "\(killed.output)")
        #expect(
            refusal(target)
                == "\(home.file): the process that edits it as user 61015 ended unexpectedly (signal 9); run again, and look into the system's log if it stays so"
        )
        #expect(try target.read() == .key(key("A")))
    }

    @Test func `What another program in its place says is not believed, whatever it is`() throws {
        let home = Home(of: 61016)
        func refusal(_ text: String, limit: Duration = .seconds(10)) throws -> String {
            self.refusal(WorkerTarget(try home.target(), by: home.worker(limit: limit, executable: script(home, text))))
        }
        #expect(try refusal("echo went wrong >&2; exit 3").contains("ended unexpectedly (exit code 3: went wrong)"))
        #expect(try refusal("printf '\\377\\377\\377\\377x'; sleep 9").contains("makes no sense"))
        #expect(try refusal("printf '\\0\\0\\0\\2{}'; sleep 9").contains("makes no sense"))
        #expect(try refusal("head -c 1000000 /dev/zero | tr '\\0' x >&2; exit 1").contains("exit code 1: xxx"))
        #expect(try refusal("sleep 9", limit: .milliseconds(100)).contains("did not answer for 0.1 seconds"))
        let none = WorkerTarget(try home.target(), by: home.worker(executable: home.scratch.path("none")))
        #expect(self.refusal(none).contains("No such file or directory); the agent must run as root with CAP_SETUID"))
    }

    @Test func `A home that a group can write to is served with a warning`() throws {
        let home = Home(of: 61017)
        home.write(text(key("A")))
        chmod(home.path, 0o775)
        let target = WorkerTarget(try home.target(), by: home.worker())
        #expect(try target.check() == [.directoryWritableByOthers(home.path)])
        #expect(try target.preview(key("B")).warnings == [.directoryWritableByOthers(home.path)])
        #expect(
            try target.install(key("B"), replacing: .key(key("A"))).warnings == [.directoryWritableByOthers(home.path)])
        #expect(home.text == text(key("B")))
    }

    @Test func `No secret is in its command line, its messages or what prints a request`() throws {
        let operation = WorkerMessage.Operation.install(KeyText(key("A")), replacing: ContentText(.key(key("B"))))
        #expect(!"\(operation)".contains("secret/"))
        #expect("\(operation)".contains("\(key("A").id)"))
    }
}

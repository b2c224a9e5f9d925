import Glibc
import HostTestSupport
import SandboxSupport
import Secrets
import Testing

/// Root's agent, and homes whose owners try to make it write or tell what is not theirs.
///
/// Whatever is planted: what lies outside the home stays as it is to the byte, no secret gets there, root's own process
/// touches no name in a home, the other users of the run are served, and the log says what to do.
@Suite(
    .serialized, .tags(.sandbox),
    .enabled(
        if: Sandbox.isAvailable(for: "attacks from a home")
            && isAvailable(
                geteuid() == 0 && hasCommand("strace") && Command.run(["unshare", "-m", "true"]).status == 0,
                "root, strace and unshare -m", for: "attacks from a home")
    ))
struct HomeAttackTests {
    static let sandbox = Result { try Sandbox() }

    struct Attack: Sendable, CustomTestStringConvertible {
        let name: String
        /// Run by a shell in the directory of the homes; `as_alice` runs a command as she can.
        let plant: String
        /// What the log must say.
        let advice: String
        /// Run in the name space of the agent, as root.
        var preparation = "true"
        /// Whether Alice's file is still the old one afterwards, where it is one at all.
        var keepsOld = false

        var testDescription: String { name }
    }

    static let attacks = [
        Attack(
            name: "the file is a link to root's secret",
            plant: "as_alice ln -sf $PWD/outside/shadow alice/.aws/credentials",
            advice: "outside/shadow, which belongs to user 0, not to user 61021; remove the link"),
        Attack(
            name: "the file is a link to a readable credentials file of root",
            plant: "as_alice ln -sf $PWD/outside/credentials alice/.aws/credentials",
            advice: "outside/credentials, which belongs to user 0, not to user 61021; remove the link"),
        Attack(
            name: "the file is a link into another user's home",
            plant: "as_alice ln -sf ../../carol/.aws/credentials alice/.aws/credentials",
            advice: "carol belongs to user 61023, who decides what is there"),
        Attack(
            name: "the directory is a link into another user's home",
            plant: "rm -r alice/.aws; as_alice ln -s $PWD/carol/.aws alice/.aws",
            advice: "carol belongs to user 61023, who decides what is there"),
        Attack(
            name: "the directory is a link to a directory of root",
            plant: "rm -r alice/.aws; as_alice ln -s $PWD/outside alice/.aws",
            advice: "outside/credentials, which belongs to user 0, not to user 61021; remove the link"),
        Attack(
            name: "the file is a FIFO", plant: "rm alice/.aws/credentials; as_alice mkfifo alice/.aws/credentials",
            advice: "not a regular file; remove it"),
        Attack(
            name: "the file is a device",
            plant: "rm alice/.aws/credentials; mknod alice/.aws/credentials c 1 5; chown 61021 alice/.aws/credentials",
            advice: "not a regular file; remove it"),
        Attack(
            name: "the file is another name of root's",
            plant: "ln -f outside/credentials alice/.aws/credentials",
            advice: "another name (a hard link) of a file that belongs to user 0, not to user 61021; remove this name"),
        Attack(
            name: "the file has 100 MB", plant: "as_alice truncate -s 100M alice/.aws/credentials",
            advice: "larger than 1048576 bytes, so hardly a credentials file"),
        Attack(
            name: "a member of the home's group has put a link to a directory of his own there",
            plant: """
                chmod 0775 alice; rm -r alice/.aws; mkdir -m 0777 carol/trap; chmod 0777 carol/trap; chmod 0755 carol
                ln -s $PWD/carol/trap alice/.aws; chown -h 61023 alice/.aws
                """,
            advice: "alice/.aws belongs to user 61023, who decides what is there"),
        Attack(
            name: "a member of the home's group has put a directory of his own there",
            plant:
                "chmod 0775 alice; rm -r alice/.aws; mkdir alice/.aws; chmod 0777 alice/.aws; chown 61023 alice/.aws",
            advice: "alice/.aws belongs to user 61023, who decides what is there"),
        Attack(
            name: "the disk is full", plant: "true", advice: "No space left on device; make space and try again",
            preparation: """
                cp -a alice/.aws spare && mount -t tmpfs -o size=16k,mode=700,uid=61021 none alice && cp -a spare alice/.aws \
                && { head -c 1000000 /dev/zero > alice/fill 2>/dev/null || true; }
                """),
        Attack(
            name: "the directory is locked and stays so", plant: "true", advice: "locked by another run (waited 30",
            preparation: """
                { setpriv --reuid=61021 --regid=61021 --clear-groups flock alice/.aws sh -c 'touch alice/held; sleep 40' & } \
                && for turn in $(seq 100); do [ -e alice/held ] || sleep 0.1; done
                """, keepsOld: true),
        Attack(
            name: "the home is mounted read-only", plant: "true",
            advice: "Read-only file system; mount it for writing",
            preparation: "mount --bind alice alice && mount -o remount,bind,ro alice", keepsOld: true),
    ]

    @Test(arguments: attacks)
    func `It hurts nobody but the home's owner`(_ attack: Attack) async throws {
        let sandbox = try Self.sandbox.get()
        let house = try await Household("attack", in: sandbox)
        let shell = """
            set -eu; cd \(house.relay.home.path)
            as_alice() { setpriv --reuid=61021 --regid=61021 --clear-groups "$@"; }
            """
        let planted = Command.run(["sh", "-c", "\(shell)\n\(attack.plant)"])
        try #require(planted.status == 0, "\(planted.output)")
        let before = house.outside
        let (result, trace) = house.run(
            preparation: "cd \(house.relay.home.path) && \(attack.preparation)",
            afterwards: "cat alice/.aws/credentials > after 2>/dev/null </dev/null & sleep 0.2; kill $! 2>/dev/null")
        #expect(house.outside == before)
        #expect(result.status == 65, "\(result.output)")
        #expect(result.output.contains(attack.advice), "\(result.output)")
        #expect(house.relay.home.text("bob/.aws/credentials") == Relay.credentials(house.new))
        if attack.keepsOld { #expect(house.relay.home.text("after") == Relay.credentials(house.relay.first)) }
        try check(house, trace, result)
        try await sandbox.reset()
    }

    /// What holds after every run.
    private func check(_ house: Household, _ trace: String, _ result: Command.Result) throws {
        #expect(trace.contains("agent.toml"), "strace saw nothing")
        #expect(house.touches("alice", in: trace) == [])
        #expect(house.touches("bob", in: trace) == [])
        for key in [house.new, house.relay.first] { #expect(!result.output.contains(key.secret.reveal())) }
        // The new secret is in Bob's home and nowhere else, whatever Alice did.
        let found = Command.run([
            "grep", "--recursive", "--files-with-matches", "--fixed-strings", "--devices=skip",
            house.new.secret.reveal(),
            house.relay.home.path,
        ]).output.split(separator: "\n").map(String.init)
        #expect(found.filter { !$0.hasPrefix(house.path("alice/")) } == [house.path("bob/.aws/credentials")])
    }

    @Test(arguments: ["", "setpriv --bounding-set=-all,+setuid,+setgid --inh-caps=-all"])
    func `Homes that are as they should be are served by their owners, who keep the file; two capabilities are enough`(
        _ rights: String
    ) async throws {
        let sandbox = try Self.sandbox.get()
        let house = try await Household("served", in: sandbox)
        chmod(house.path("alice/.aws/credentials"), 0o640)
        let (result, trace) = house.run(with: rights)
        #expect(result.status == 0, "\(result.output)")
        for (home, user, mode) in [("alice", Household.alice, 0o640), ("bob", Household.bob, 0o600)] {
            let file = house.path("\(home)/.aws/credentials")
            #expect(house.relay.home.text("\(home)/.aws/credentials") == Relay.credentials(house.new))
            var status = stat()
            #expect(stat(file, &status) == 0 && status.st_uid == user && status.st_mode & 0o7777 == mode)
            #expect(house.touches(home, in: trace) == [])
        }
        // status looks with the owners' rights, too.
        let text = house.relay.run("status")
        #expect(text.status == 0 && text.output.contains("current"), "\(text.output)")
        #expect(!text.output.contains("behind"))
        try await sandbox.reset()
    }

    @Test func `Root without the right to become another user says so, and does not do it as root`() async throws {
        let sandbox = try Self.sandbox.get()
        let house = try await Household("powerless", in: sandbox)
        let (result, trace) = house.run(with: "setpriv --bounding-set=-all --inh-caps=-all")
        #expect(
            result.output.contains("(setgroups: Operation not permitted); the agent must run as root with CAP_SETUID"),
            "\(result.output)")
        #expect(house.touches("alice", in: trace) == [])
        #expect(house.relay.home.text("alice/.aws/credentials") == Relay.credentials(house.relay.first))
        try await sandbox.reset()
    }

    @Test func `A directory that is swapped all the time leads root nowhere`() async throws {
        let sandbox = try Self.sandbox.get()
        let house = try await Household("swap", in: sandbox)
        let before = house.outside
        let swapper = Command([
            "setpriv", "--reuid=61021", "--regid=61021", "--clear-groups", "sh", "-c",
            """
            cd \(house.path("alice")) && ln -s \(house.path("carol/.aws")) link
            turns=0
            while [ -e \(house.path("agent.toml")) ] && [ $turns -lt 100000 ]; do
                turns=$((turns + 1))
                mv .aws real && mv link .aws; mv .aws link && mv real .aws
            done
            """,
        ])
        var served = 0
        for _ in 1...8 {
            let (result, trace) = house.run()
            #expect([0, 10, 65].contains(result.status), "\(result.output)")
            #expect(house.relay.home.text("bob/.aws/credentials") == Relay.credentials(house.new))
            #expect(house.outside == before)
            try check(house, trace, result)
            served += result.status == 0 ? 1 : 0
        }
        unlink(house.path("agent.toml"))
        #expect(swapper.finish().status == 0)
        let names = Command.run(["find", house.path("alice"), "-name", "credentials"]).output
        #expect(names.hasSuffix("/credentials\n"), "\(names), served \(served) times")
        try await sandbox.reset()
    }

    @Test func `An immutable file is left alone, and the log says how to change that`() async throws {
        let sandbox = try Self.sandbox.get()
        let house = try await Household("immutable", in: sandbox)
        let file = house.path("alice/.aws/credentials")
        let canProtect = Command.run(["chattr", "+i", file]).status == 0
        defer { _ = Command.run(["chattr", "-i", file]) }
        guard isAvailable(canProtect, "a file system with chattr", for: "an immutable file") else { return }
        let before = house.outside
        let (result, trace) = house.run()
        #expect(result.status == 65)
        #expect(
            result.output.contains("it may be immutable: look with lsattr, change with chattr -i"), "\(result.output)")
        #expect(house.relay.home.text("alice/.aws/credentials") == Relay.credentials(house.relay.first))
        #expect(house.relay.home.text("bob/.aws/credentials") == Relay.credentials(house.new))
        #expect(house.outside == before)
        try check(house, trace, result)
        try await sandbox.reset()
    }

    @Test func `A place that anybody can write to needs an owner by name`() async throws {
        let sandbox = try Self.sandbox.get()
        let house = try await Household("shared", in: sandbox)
        chown(house.path("alice"), 0, 0)
        chmod(house.path("alice"), 0o1777)
        let refused = house.run().result
        #expect(refused.status == 65)
        #expect(refused.output.contains("say with owner = \"NAME\" whose it is"), "\(refused.output)")
        #expect(house.relay.home.text("bob/.aws/credentials") == Relay.credentials(house.new))
        try await sandbox.reset()
    }

    @Test
    func `A file that only root can replace is root's to edit and keeps its owner; a new one gets what is configured`()
        async throws
    {
        let sandbox = try Self.sandbox.get()
        let house = try await Household(
            "service", in: sandbox, target: "owner = \"nobody\"\ngroup = \"nogroup\"\nmode = \"0640\"")
        chown(house.path("alice"), 0, 0)
        chown(house.path("alice/.aws"), 0, 0)
        chmod(house.path("alice"), 0o755)
        chmod(house.path("alice/.aws"), 0o755)
        let file = house.path("alice/.aws/credentials")
        unlink(file)
        #expect(house.run().result.status == 0)
        var status = stat()
        #expect(stat(file, &status) == 0 && status.st_uid == 65534 && status.st_gid == 65534)
        #expect(status.st_mode & 0o7777 == 0o640)
        // What exists keeps what it has.
        house.write("alice/.aws/credentials", Relay.credentials(house.relay.first), of: 65534, mode: 0o600)
        #expect(house.run().result.status == 0)
        #expect(stat(file, &status) == 0 && status.st_uid == 65534 && status.st_mode & 0o7777 == 0o600)
        #expect(house.relay.home.text("alice/.aws/credentials") == Relay.credentials(house.new))
        try await sandbox.reset()
    }
}

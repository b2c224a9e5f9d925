import ArgumentParser
import Testing

@testable import RotatorCommands

/// What can be typed.
struct CommandLineTests {
    @Test(arguments: [
        "run", "run a b --quiet --json", "run -n", "plan --json", "status a b", "log backup --json", "rotate",
        "rotate backup --dry-run", "rotate --path /ci/ --json",
        "rotate --path /ci/ --outfile keys.json", "rotate backup --outfile -", "rollback backup -n --json",
        "reactivate",
        "waive backup --host nas --reason gone", "waive --unknown-use --reason why -n",
        "wait backup --until retired --json", "init backup --profile p --dry-run --json",
        "revoke backup --key AKIAIOSFODNN7EXAMPLE", "revoke --key AKIAIOSFODNN7EXAMPLE --fall-back --confirm --json",
        "revoke backup --key AKIAIOSFODNN7EXAMPLE --make-room --confirm --reason git",
        "retire nas --reason sold", "retire nas-1a2b3c4d backup photos --reason sold -n --json",
    ])
    func `These are commands`(_ line: String) throws {
        _ = try RotatorCommand.parseAsRoot(line.split(separator: " ").map(String.init))
    }

    @Test(arguments: [
        ("rotate backup --path /ci/", "a user or --path"), ("rotate --path ci", "begins and ends with /"),
        ("rotate --path /ci/ --outfile - --json", "would both be printed"),
        ("waive backup --reason why", "--host or --unknown-use"),
        ("waive backup --host nas --unknown-use --reason why", "--host or --unknown-use"),
        ("waive backup --host nas", "--reason"), ("waive backup --host -rf --reason why", ""),
        ("revoke backup", "--key"), ("revoke backup --key hello", "is not the id of an access key"),
        ("revoke backup --key AKIAIOSFODNN7EXAMPLE --fall-back --make-room", "--make-room"),
        ("retire nas", "--reason"), ("retire .. --reason sold", "is not the id of a host"),
        ("retire nas --reason \u{A0}", "--reason must say why"),
        ("retire nas --reason \(String(repeating: "x", count: 501))", "in 500 characters"),
        ("revoke a --key AKIAIOSFODNN7EXAMPLE --reason \(String(repeating: "x", count: 501))", "in 500 characters"),
        ("log a b", "Unexpected argument"), ("rotate a b", "Unexpected argument"),
    ])
    func `These are refused, with a sentence that says why`(_ line: String, _ part: String) {
        let error = #expect(throws: (any Error).self) {
            try RotatorCommand.parseAsRoot(line.split(separator: " ").map(String.init))
        }
        let message = error.map { RotatorCommand.fullMessage(for: $0) } ?? ""
        #expect(message.contains(part), "\(message)")
    }
}

import Glibc
import HostTestSupport
import Secrets
import Testing

@testable import CredentialsFile

/// botocore is the strictest reader of the file: what it says is what counts.
@Suite struct BotocoreTests {
    let scratch = ScratchDirectory()

    private func hasBotocore(_ test: String) -> Bool {
        isAvailable(
            Command.run(["python3", "-c", "import botocore.credentials"]).status == 0, "python3 with botocore",
            for: test)
    }

    private func script(_ name: String) -> String {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return (folder + ["Scripts", Substring(name)]).joined(separator: "/")
    }

    @Test(
        "botocore refuses what we call unreadable, and sees exactly the edit in what we edit", .tags(.slow),
        arguments: [Dialect.awsCredentials, .awsConfig])
    func verdicts(_ dialect: Dialect) throws {
        guard hasBotocore("verdicts") else { return }
        for seed in 0..<3000 as Range<UInt64> {
            let random = RandomDocument(seed: seed, dialect)
            let document = try INIDocument(random)
            let verdict: String
            do throws(DocumentProblem) {
                let edited = try document.installing(key())
                scratch.write("\(seed).after", edited.bytes)
                verdict = "edited"
            } catch {
                #expect(error.reason != .editFailed, "seed \(seed)")
                verdict = error.isUnreadable ? "unreadable" : "doubtful"
                // What comes after the first problem is not looked at.
                if error.reason == .keyOutsideASCII { continue }
            }
            scratch.write("\(seed).before", random.bytes)
            scratch.write("\(seed).profile", dialect.header(of: document.section))
            scratch.write("\(seed).verdict", verdict)
        }
        let result = Command.run(
            ["python3", script("verdicts.py"), scratch.path, newID], input: newSecret, environment: ["PYTHONUTF8": "1"])
        #expect(result.status == 0, "\(result.output)")
        // Were the documents all of one kind, the comparison would say little.
        for verdict in ["doubtful=", "edited=", "unreadable="] {
            let count = result.output.split(whereSeparator: \.isWhitespace).last { $0.hasPrefix(verdict) }
            #expect((count.flatMap { Int($0.dropFirst(verdict.count)) } ?? 0) > 200, "\(result.output)")
        }
    }

    private func key() -> AccessKey {
        guard let key = try? accessKey() else { preconditionFailure("an example that is no key") }
        return key
    }

    @Test("a reader that never pauses sees one key or the other, whole, during 1,000 rewrites", .tags(.slow))
    func reader() throws {
        guard hasBotocore("reader") else { return }
        let path = scratch.write(
            "credentials", "[a]\nk = 1\n[default]\naws_access_key_id = \(oldID)\naws_secret_access_key = \(oldSecret)\n"
        )
        let stop = scratch.path("stop")
        let reader = Command(
            ["python3", script("reader.py"), path, "default", stop],
            input: "\(oldID) \(oldSecret)\n\(newID) \(newSecret)\n")
        // Python takes its time to start; the bound is for a machine that has none to give.
        for _ in 0..<3000 {
            if access("\(stop).ready", F_OK) == 0 { break }
            usleep(10_000)
        }
        let store = CredentialsStore(path: path)
        let keys = try [accessKey(), accessKey(oldID, oldSecret)]
        for round in 0..<1000 {
            let changed = try store.install(
                keys[round % 2], in: .standard,
                replacing: .held(HeldKey(key: keys[(round + 1) % 2], hasSessionToken: false))
            ).changed
            #expect(changed)
        }
        scratch.write("stop", "")
        let result = reader.finish()
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains(oldID) && result.output.contains(newID), "\(result.output)")
    }
}

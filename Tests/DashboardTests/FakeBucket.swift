import Dashboard
import FoundationEssentials
import Handover
import Rotation
import Secrets
import Synchronization

/// A bucket in memory that counts what it is asked, and fails on demand.
final class FakeBucket: Bucket {
    struct Failure: Error, CustomStringConvertible {
        var description = "the bucket does not answer"
    }

    private struct Object {
        var body: [UInt8]
        var etag: String
        var lastModified: Date
    }

    private struct State {
        var objects: [String: Object] = [:]
        var writes = 0
        var lists: [String] = []
        var reads: [String] = []
        /// Names that cannot be read or listed, by their beginning.
        var failing: String?
    }

    private let state = Mutex(State())

    var lists: [String] { state.withLock(\.lists) }
    var reads: [String] { state.withLock(\.reads) }

    func forgetCounts() { state.withLock { ($0.lists, $0.reads) = ([], []) } }

    func fail(below prefix: String?) { state.withLock { $0.failing = prefix } }

    func put(_ name: String, _ body: [UInt8], at lastModified: Date) {
        state.withLock {
            $0.writes += 1
            $0.objects[name] = Object(body: body, etag: "\"\($0.writes)\"", lastModified: lastModified)
        }
    }

    func remove(_ name: String) { state.withLock { $0.objects[name] = nil } }

    func list(_ prefix: String, _ take: (ArraySlice<ListedObject>) -> Bool) async throws {
        let objects = try state.withLock { state in
            state.lists.append(prefix)
            if let failing = state.failing, prefix.hasPrefix(failing) { throw Failure() }
            return state.objects.filter { $0.key.hasPrefix(prefix) }.map { name, object in
                ListedObject(
                    name: name, etag: object.etag, lastModified: object.lastModified, size: object.body.count)
            }.sorted { $0.name < $1.name }
        }
        var rest = objects[...]
        repeat {
            let page = rest.prefix(1000)
            rest = rest.dropFirst(1000)
            guard take(page) else { return }
        } while !rest.isEmpty
    }

    func read(_ name: String, atMost size: Int) async throws -> ReadObject? {
        try state.withLock { state in
            state.reads.append(name)
            if let failing = state.failing, name.hasPrefix(failing) { throw Failure() }
            return state.objects[name].map { $0.body.count > size ? .tooLarge : .body($0.body, etag: $0.etag) }
        }
    }
}

extension FakeBucket {
    /// What a rotator leaves behind of one user.
    func putView(_ user: StatusReport.User, at date: Date) throws {
        put(ObjectName.view(of: user.user), try StatusReport(generatedAt: date, users: [user]).json(), at: date)
    }

    /// What an agent writes, changed as a test needs it.
    func putCheckIn(
        of host: HostID, user: UserName, key: AccessKeyID, at date: Date, change: (inout CheckIn) -> Void = { _ in }
    ) throws {
        var checkIn = CheckIn(
            host: host, hostName: host.description, user: user, parameter: "/keybaton/\(user)", parameterVersion: 7,
            keyID: key, problem: nil, startedAt: date, finishedAt: date, targets: [], agentVersion: "0.1.0",
            operatingSystem: "Debian GNU/Linux 12", architecture: "x86_64", clockSkew: 0, nextRunDue: nil)
        change(&checkIn)
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        put(ObjectName.checkIn(of: host, user: user, key: key), Array(try encoder.encode(checkIn)), at: date)
    }
}

import Glibc
import HostSystem

/// A process of this machine, as far as it tells what key it uses: proc(5).
struct RunningProcess: Sendable, Equatable {
    /// More are not looked at: a machine with so many is no place for guesses.
    private static let mostLookedAt = 4096
    private static let sizeLimit = 1 << 16
    /// Nothing else of an environment is kept: it may hold secrets.
    private static let variables: Set<Substring> = [
        "HOME", "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE", "RCLONE_CONFIG", "AWS_ACCESS_KEY_ID",
    ]

    let id: Int
    let name: String
    let age: Duration
    let arguments: [String]
    /// Nil where this user may not read it.
    let environment: [String: String]?

    /// Those of one user, or of all; without this process and the kernel's own.
    static func all(of owner: UInt32?, in path: String = "/proc") -> [RunningProcess] {
        guard let names = try? Directory(path: path).names() else { return [] }
        let uptime = SystemClock.sinceBoot()
        return names.compactMap { Int($0) }.sorted().prefix(mostLookedAt).compactMap { id in
            guard id != Int(getpid()), let status = try? Directory(path: "\(path)/\(id)").status(),
                owner == nil || status.owner == owner
            else { return nil }
            return RunningProcess(id: id, in: path, uptime: uptime)
        }
    }

    init(id: Int, name: String, age: Duration, arguments: [String], environment: [String: String]?) {
        self.id = id
        self.name = name
        self.age = age
        self.arguments = arguments
        self.environment = environment
    }

    private init?(id: Int, in path: String, uptime: Duration) {
        guard let stat = smallFile("\(path)/\(id)/stat"), let start = Self.start(of: stat),
            let arguments = Self.strings(of: "\(path)/\(id)/cmdline"), let program = arguments.first
        else { return nil }
        self.id = id
        // Not `comm`, which is cut after fifteen bytes.
        name = program.split(separator: "/").last.map(String.init) ?? program
        age = uptime - start
        self.arguments = arguments
        environment = Self.strings(of: "\(path)/\(id)/environ").map { variables in
            Dictionary(
                variables.compactMap { variable in
                    let parts = variable.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    guard parts.count == 2, Self.variables.contains(parts[0]) else { return nil }
                    return (String(parts[0]), String(parts[1]))
                }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// When it began, since the machine did: the 22nd field. The second one, in parentheses, may hold anything.
    private static func start(of stat: String) -> Duration? {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[end...].dropFirst().split(separator: " ")
        let ticks = sysconf(Int32(_SC_CLK_TCK))
        guard fields.count > 19, let start = Int(fields[19]), ticks > 0 else { return nil }
        return .milliseconds(start * 1000 / ticks)
    }

    /// Nil when it cannot be read; a kernel thread has none.
    private static func strings(of path: String) -> [String]? {
        smallFile(path, limit: sizeLimit)?.split(separator: "\0").map(String.init)
    }
}

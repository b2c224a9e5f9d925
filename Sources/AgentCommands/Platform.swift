import Glibc
import HostSystem

/// What runs the agent, for its check-ins.
package struct Platform: Sendable, Equatable {
    /// As os-release(5) names it; `Linux` where it does not.
    package let operatingSystem: String
    package let architecture: String

    package static func current() -> Platform {
        var names = utsname()
        let machine =
            uname(&names) == 0
            ? withUnsafeBytes(of: &names.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) } : "unknown"
        let release = try? Directory(path: "/usr/lib").openFile("os-release").withContents(limit: 65_536) {
            String(decoding: $0, as: UTF8.self)
        }
        return Platform(operatingSystem: release.flatMap(prettyName) ?? "Linux", architecture: machine)
    }

    /// https://www.freedesktop.org/software/systemd/man/latest/os-release.html
    static func prettyName(_ release: String) -> String? {
        release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
            .map { String($0.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" }.prefix(128)) }
    }
}

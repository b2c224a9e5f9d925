import Glibc
import HostTestSupport

/// The program that makes one edit, built beside the tests.
enum Probe {
    static let path: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let own = buffer[..<max(count, 0)].map { UInt8(bitPattern: $0) }
        let folder = String(decoding: own, as: UTF8.self).split(separator: "/").dropLast().joined(separator: "/")
        return "/\(folder)/CredentialsFileProbe"
    }()
}

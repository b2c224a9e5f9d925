import Glibc
import HostSystem

extension ConfigurationFile {
    /// More than any configuration has; so no wrong path makes us read a disk into memory.
    private static let sizeLimit = 1 << 20

    /// Reads and decodes a file.
    ///
    /// Throws as well when somebody else could have written it: who writes a configuration chooses whose keys are made,
    /// where they are sent, and which files are overwritten.
    package static func load<Value: Decodable>(_ type: Value.Type, path: String) throws(CommandFailure) -> Value {
        try decode(type, from: try read(path), path: path)
    }

    /// Follows links, which configuration files often are; each target is judged, not the link.
    ///
    /// - Parameter advice: what to do where there is none.
    package static func read(
        _ path: String, whenMissing advice: String = "make it, or give --config FILE; the README shows a short one"
    ) throws(CommandFailure) -> String {
        let problem: String
        do {
            return try withTrustedFile(path, limit: sizeLimit) { String(decoding: $0, as: UTF8.self) }
        } catch {
            problem =
                switch error {
                case .tooManyLinks: "\(path): too many links; give --config FILE"
                case .notAFile(let place): "\(place): not a file; give --config FILE"
                case .exposed(let place, let owner, let permissions):
                    "\(place): others could have written it (owner \(owner), mode 0\(String(permissions, radix: 8))); "
                        + "look at it, then chown it and chmod 644"
                case .untrusted(let distrust): "\(path): \(distrust.problem)"
                case .failed(let error): "\(error); \(Self.advice(for: error, whenMissing: advice))"
                }
        }
        throw CommandFailure(.configuration, problem)
    }

    private static func advice(for error: SystemCallError, whenMissing advice: String) -> String {
        switch error.code {
        case ENOENT, ENOTDIR: advice
        case EFBIG: "larger than any configuration; give --config FILE"
        default: "make it readable for this user"
        }
    }
}

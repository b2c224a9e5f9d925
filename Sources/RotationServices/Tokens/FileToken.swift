import Glibc
import HostSystem
package import Secrets

/// A token in a file, which nobody else may read or write.
package struct FileToken: TokenProvider {
    /// Far above any token; so no wrong path makes us read a disk into memory.
    private static let sizeLimit = 1 << 16

    private let path: String

    /// - Parameter path: absolute.
    package init(path: String) { self.path = path }

    package func token() async throws -> Secret {
        let content: Secret
        do {
            content = try withTrustedFile(path, limit: Self.sizeLimit, forbidding: 0o077) { Secret($0) }
        } catch {
            throw TokenProblem(description: "the token's file \(sentence(for: error))")
        }
        return try content.token(from: "the token's file \(path)")
    }

    private func sentence(for error: TrustedFileError) -> String {
        switch error {
        case .tooManyLinks: "\(path) is a link that leads to itself: correct it"
        case .notAFile(let place): "\(place) is not a file: name the file in token_file"
        case .exposed(let place, let owner, let permissions):
            "\(place) is not for this user alone (owner \(owner), mode 0\(String(permissions, radix: 8))): look who could "
                + "have read it, then chown it and chmod 600"
        case .untrusted(let distrust): "\(distrust)"
        case .failed(let error):
            switch error.code {
            case ENOENT, ENOTDIR: "\(path) does not exist: write the token into it, with chmod 600"
            case EFBIG: "\(path) is larger than any token: name the right file in token_file"
            default: "cannot be read (\(error)): make it readable for this user"
            }
        }
    }
}

/// Why root must not rely on what stands at a path; the sentence says what to do.
package struct UntrustedPath: Error, Equatable, CustomStringConvertible {
    package let path: String
    package let problem: String

    package var description: String { "\(path): \(problem)" }
}

/// Throws unless the path leads to a file or directory that nobody but root could have written, replaced or removed:
/// a program that root may run, a configuration that root may follow.
///
/// - Parameter mayBeMissing: whether it is enough that nobody but root could make it.
package func requireOnlyRootCanChange(_ path: String, mayBeMissing: Bool = false) throws(UntrustedPath) {
    let owner: PathOwner
    do {
        owner = try PathOwner(of: path)
    } catch {
        throw UntrustedPath(path: path, problem: "\(error); make it accessible for root, or choose another path")
    }
    func fail(_ problem: String) -> UntrustedPath { UntrustedPath(path: path, problem: problem) }
    switch owner {
    case .nobody(let status?):
        guard status.kind == .regular || status.kind == .directory else { throw fail("neither a file nor a directory") }
        guard status.owner == 0 else {
            throw fail("belongs to user \(status.owner), not to root; look at it, then: chown root: \(path)")
        }
        // The way to a directory ends inside it: a shared one has passed as far as that.
        guard status.permissions & 0o022 == 0 else {
            throw fail("others than root can write to it; look at it, then: chmod go-w \(path)")
        }
    case .nobody(nil), .missing:
        guard mayBeMissing else { throw fail("does not exist") }
    case .user(let user, _, let place):
        throw fail("user \(user), to whom \(place) belongs, could replace it; move it to where only root can write")
    case .several(let place):
        throw fail("others than root can write to \(place), and could replace it; move it to where only root can write")
    }
}

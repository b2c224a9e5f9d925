/// Why a file was not read as one that nobody else could have written.
package enum TrustedFileError: Error, Equatable {
    case tooManyLinks
    case notAFile(path: String)
    /// Its owner is somebody else, or others may do with it what they must not.
    case exposed(path: String, owner: UInt32, permissions: UInt32)
    /// Somebody else decides what root's path leads to.
    case untrusted(UntrustedPath)
    case failed(SystemCallError)
}

/// Lends the bytes of a file that decides what this program does, or that is a secret of it.
///
/// It must be this user's or root's. Links are followed, as such files often are one; each target is judged, not the
/// link. Root also wants that nobody else could replace anything on the way.
/// - Parameters:
///   - limit: throws EFBIG when there are more bytes.
///   - permissions: those that the file must not have: as a rule, that others can write to it.
package func withTrustedFile<Result>(
    _ given: String, limit: Int, forbidding permissions: UInt32 = 0o022, _ body: (UnsafeRawBufferPointer) -> Result
) throws(TrustedFileError) -> Result {
    var path = given
    for _ in 1...8 {
        let (folder, name) = splitPath(path)
        let directory = try reading { () throws(SystemCallError) in try Directory(path: folder) }
        let status = try reading { () throws(SystemCallError) in try directory.status(of: name) }
        if status?.kind == .symbolicLink {
            let destination = try reading { () throws(SystemCallError) in try directory.destination(ofLink: name) }
            path = destination.hasPrefix("/") ? destination : "\(folder)/\(destination)"
            continue
        }
        let file = try reading { () throws(SystemCallError) in try directory.openFile(name) }
        try check(try reading { () throws(SystemCallError) in try file.status() }, path, forbidding: permissions)
        if UserAccount.effectiveUserID == 0 {
            do {
                try requireOnlyRootCanChange(given)
            } catch {
                throw .untrusted(error)
            }
        }
        return try reading { () throws(SystemCallError) in try file.withContents(limit: limit, body) }
    }
    throw .tooManyLinks
}

private func check(_ status: FileStatus, _ path: String, forbidding permissions: UInt32) throws(TrustedFileError) {
    guard status.kind == .regular else { throw .notAFile(path: path) }
    guard status.owner == UserAccount.effectiveUserID || status.owner == 0, status.permissions & permissions == 0 else {
        throw .exposed(path: path, owner: status.owner, permissions: status.permissions)
    }
}

private func reading<Result: ~Copyable>(
    _ body: () throws(SystemCallError) -> Result
) throws(TrustedFileError) -> Result {
    do {
        return try body()
    } catch {
        throw .failed(error)
    }
}

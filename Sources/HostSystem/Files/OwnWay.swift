/// Throws when somebody besides root and this user decides what the path leads to: a link or directory on the way is
/// another's, as a group's member may put one into a home that the group can write to; or the file is.
///
/// - Returns: the directories on the way that others can write to. Between this look and what follows they could still
///   put something else there.
package func requireOwnWay(to path: String, of user: UInt32) throws(UntrustedPath) -> [String] {
    let problem: String?
    let shared: [String]
    do {
        (problem, shared) = try look(at: path, as: user)
    } catch {
        throw UntrustedPath(path: path, problem: "\(error); look at each part of the path, as this user")
    }
    if let problem { throw UntrustedPath(path: path, problem: problem) }
    return shared
}

private func look(
    at path: String, as user: UInt32
) throws(SystemCallError) -> (problem: String?, shared: [String]) {
    var walk = try PathWalk(path, trusting: [0, user], passesShared: true)
    switch try walk.end() {
    case .nobody(let status?) where status.owner != user && status.kind == .regular:
        let owners = "belongs to user \(status.owner), not to user \(user)"
        // Never the advice to give the file away: whoever did, as root, would give what the link leads to.
        if walk.links > 0 { return ("a link to \(walk.place), which \(owners); remove the link", []) }
        if status.linkCount > 1 {
            return ("another name (a hard link) of a file that \(owners); remove this name", [])
        }
        return ("\(owners); remove it, or: chown -h \(user) \(path)", [])
    case .nobody, .missing: return (nil, walk.shared)
    case .user(let stranger, _, let place):
        let problem =
            "\(place) belongs to user \(stranger), who decides what is there; remove it, or choose another path"
        return (problem, [])
    case .several(let place): return ("others can write to \(place)", [])
    }
}

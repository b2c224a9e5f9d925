/// Who, besides root, decides what a path leads to.
///
/// What root does at a path that somebody else can change, somebody else decides: a link is enough to make it write or
/// reveal any file of the machine (CVE-2018-6954). Nothing that belongs to a user is opened to find this out, and no
/// link is followed that a user could have made.
package enum PathOwner: Sendable, Equatable {
    /// Nobody. The status of what stands there; nil when nothing does. A file may still be another user's to write to.
    case nobody(FileStatus?)
    /// Nobody, but the directory of this path, in which the rest would be, does not exist.
    case missing(directory: String)
    /// This user: the directory of this path is the first on the way that is not root's. What lies below was not looked at.
    case user(UInt32, group: UInt32, at: String)
    /// Whoever comes first: this directory can be written to by others than its owner, as /tmp can.
    case several(at: String)

    /// Walks along the path from `/`, following links, as far as everything is root's.
    package init(of path: String) throws(SystemCallError) {
        var walk = try PathWalk(path, trusting: [0])
        self = try walk.end()
    }
}

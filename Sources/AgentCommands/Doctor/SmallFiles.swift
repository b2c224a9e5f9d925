import HostSystem

/// The text of a small file that the system or an administrator wrote; nil when it is not there or cannot be read.
///
/// For looking around: whoever needs to know why opens it himself.
func smallFile(_ path: String, limit: Int = 1 << 18) -> String? {
    guard let slash = path.lastIndex(of: "/"),
        let directory = try? Directory(path: slash == path.startIndex ? "/" : String(path[..<slash])),
        let file = try? directory.openFile(String(path[path.index(after: slash)...]))
    else { return nil }
    return try? file.withContents(limit: limit) { String(decoding: $0, as: UTF8.self) }
}

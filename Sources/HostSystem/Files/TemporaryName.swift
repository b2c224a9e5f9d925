/// Names of temporary files, recognisable so that what a killed run left behind can be removed.
package enum TemporaryName {
    private static let prefix = ".keybaton-"
    private static let suffix = ".tmp"
    private static let digits = 16

    package static func random() -> String {
        let hexadecimal = String(UInt64.random(in: .min ... .max), radix: 16)
        return prefix + String(repeating: "0", count: digits - hexadecimal.count) + hexadecimal + suffix
    }

    /// Whether the name is one that `random()` makes.
    package static func matches(_ name: String) -> Bool {
        let middle = name.dropFirst(prefix.count).dropLast(suffix.count)
        return name.hasPrefix(prefix) && name.hasSuffix(suffix) && middle.utf8.count == digits
            && middle.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}

extension Directory {
    /// Removes the temporary files of runs that were killed: regular files of one of `owners` with such a name.
    ///
    /// Only for the holder of the directory's lock: everybody else's are in use.
    package func removeStaleTemporaries(of owners: Set<UInt32>) throws(SystemCallError) {
        for name in try names() where TemporaryName.matches(name) {
            guard let status = try status(of: name), status.kind == .regular, owners.contains(status.owner) else {
                continue
            }
            try removeFile(name)
        }
    }
}

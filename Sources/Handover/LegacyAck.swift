package import Secrets
/// The acknowledgement of a host that runs the older shell script: an object at the bucket's root, written only when
/// the script changed a file, one line a changed file, without a proof.
package enum LegacyAck {
    package static let prefix = "param-update.sh."
    private static let suffix = ".txt"

    /// The host that an object's name speaks of; nil for any other object.
    package static func host(fromName name: String) -> HostID? {
        guard name.hasPrefix(prefix), name.hasSuffix(suffix), name.utf8.count > prefix.utf8.count + suffix.utf8.count
        else { return nil }
        return HostID(name.dropFirst(prefix.count).dropLast(suffix.count))
    }

    /// The key that the last well-formed line about this parameter says was installed; nil when there is none.
    ///
    /// A line reads `Param <parameter> updated to <key id> in <file>`.
    package static func keyID(fromBody body: [UInt8], parameter: String) -> AccessKeyID? {
        String(decoding: body, as: UTF8.self).split(whereSeparator: \.isNewline).reversed().lazy
            .compactMap { line -> AccessKeyID? in
                let words = line.split(separator: " ", maxSplits: 6)
                guard words.count == 7, words[0] == "Param", words[1] == parameter, words[2] == "updated",
                    words[3] == "to", words[5] == "in"
                else { return nil }
                return AccessKeyID(words[4])
            }.first
    }
}

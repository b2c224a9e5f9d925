import Secrets

/// What a hold is about, told by the words of its reason.
enum HoldReason {
    /// The same for as long as only names and numbers change: "1 of 3 hosts" is the same news as "2 of 3 hosts".
    ///
    /// - Parameter names: hosts and others that may stand in a reason.
    static func fingerprint(_ reason: String, without names: Set<String>) -> String {
        let words = reason.split { " ,;:.`'\"()".contains($0) }.filter { word in
            // Short words change with the number of hosts: "it", "them", "has", "have".
            word.count > 4 && !names.contains(String(word)) && !word.contains { $0.isNumber || $0.isUppercase }
                && word != "report" && word != "reports"
        }
        return SHA256.hash(Array(Set(words).sorted().joined(separator: " ").utf8)).prefix(8).hexadecimal
    }
}

import Glibc

/// A literal IP address in its binary form, so that every spelling of one address is equal.
package struct IPAddress: Hashable, Sendable {
    /// Four or sixteen bytes, in network order.
    let bytes: [UInt8]

    /// Reads dotted IPv4 or IPv6 without brackets; nil for names and for abbreviations such as `127.1`.
    package init?(_ text: some StringProtocol) {
        let text = String(text)
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 {
                self.bytes = bytes
                return
            }
        }
        return nil
    }

    package var isVersion6: Bool { bytes.count == 16 }

    package var isLoopback: Bool {
        isVersion6 ? bytes == [UInt8](repeating: 0, count: 15) + [1] : bytes.first == 127
    }
}

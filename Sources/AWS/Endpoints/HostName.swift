import Glibc

/// What the rules for endpoints ask about a host's name.
enum HostName {
    /// `localhost`, or an address of the machine itself.
    static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1" || isIPv4Address(host) && host.hasPrefix("127.")
    }

    /// Dotted decimal or IPv6; the forms that only `inet_aton` takes (`127.1`) are names.
    static func isAddress(_ host: String) -> Bool {
        var address = in6_addr()
        return isIPv4Address(host) || inet_pton(AF_INET6, host, &address) == 1
    }

    static func isIPv4Address(_ host: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, host, &address) == 1
    }

    /// Letters, digits and hyphens, not at an end; dots in between where `allowingDots`.
    static func isValid(_ name: String, allowingDots: Bool) -> Bool {
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return (allowingDots || labels.count == 1)
            && labels.allSatisfy { label in
                guard let first = label.first, let last = label.last else { return false }
                return label.count <= 63 && first.isLetterOrDigit && last.isLetterOrDigit
                    && label.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
            }
    }
}

extension UInt8 {
    var isLetterOrDigit: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: false
        }
    }
}

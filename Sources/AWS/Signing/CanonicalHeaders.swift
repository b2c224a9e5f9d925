import HTTPTransport

/// The headers that a signature covers: names in lower case and sorted, values trimmed, equal names joined by commas.
struct CanonicalHeaders {
    /// Joined by ";".
    let names: String
    /// `name:value` lines, each with its end of line.
    let lines: [UInt8]

    /// Left out because transports and proxies add or change them.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "keep-alive", "proxy-authorization", "te", "trailer",
        "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]

    init(_ headers: [HTTPHeader]) {
        var entries = headers.map { (name: $0.name.lowercased(), value: $0.value) }
        entries.removeAll { Self.unsigned.contains($0.name) }
        // Stable: the values of one name keep their order, which `sort` alone does not promise.
        let order = entries.indices.sorted {
            entries[$0].name == entries[$1].name ? $0 < $1 : entries[$0].name < entries[$1].name
        }
        var names = ""
        var lines: [UInt8] = []
        var previous: String?
        for entry in order.lazy.map({ entries[$0] }) {
            if entry.name == previous {
                lines.append(UInt8(ascii: ","))
            } else {
                if previous != nil {
                    names += ";"
                    lines.append(newline)
                }
                names += entry.name
                lines += entry.name.utf8
                lines.append(UInt8(ascii: ":"))
            }
            Self.append(value: entry.value, to: &lines)
            previous = entry.name
        }
        if previous != nil { lines.append(newline) }
        self.names = names
        self.lines = lines
    }

    /// Without white space at the ends; each run of it inside, quoted or not, is one space.
    private static func append(value: String, to lines: inout [UInt8]) {
        var isFirst = true
        for word in value.utf8.split(whereSeparator: { $0 == 0x20 || 0x09...0x0d ~= $0 }) {
            if !isFirst { lines.append(0x20) }
            lines += word
            isFirst = false
        }
    }
}

import Console

/// Markup. What is written as a literal in our sources is markup; everything interpolated into it is text and escaped.
///
///     let cell: HTML = "<td title=\"\(host.hostName)\">\(problem.message)</td>"
///
/// There is no way to make markup of a string that is known only when the program runs: literals are `StaticString`.
/// Attributes must be quoted, as HTML's own rules for unquoted ones cannot be kept by escaping.
package struct HTML: Hashable, Sendable {
    /// UTF-8.
    package private(set) var bytes: [UInt8] = []

    package static let nothing: HTML = ""

    fileprivate mutating func append(markup: StaticString) {
        markup.withUTF8Buffer { bytes += $0 }
    }

    /// Control characters are errors in HTML, and marks of writing direction turn around what stands beside them: they are
    /// replaced, as in a terminal.
    fileprivate mutating func append(text: String) {
        let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        for byte in isPlain
            ? text.utf8 : text.split(whereSeparator: \.isWhitespace).joined(separator: " ").printable.utf8
        {
            switch byte {
            case UInt8(ascii: "&"): append(markup: "&amp;")
            case UInt8(ascii: "<"): append(markup: "&lt;")
            case UInt8(ascii: ">"): append(markup: "&gt;")
            case UInt8(ascii: "\""): append(markup: "&quot;")
            case UInt8(ascii: "'"): append(markup: "&#39;")
            default: bytes.append(byte)
            }
        }
    }
}

extension HTML: ExpressibleByStringInterpolation {
    package init(stringLiteral literal: StaticString) {
        append(markup: literal)
    }

    package init(stringInterpolation: Interpolation) {
        self = stringInterpolation.html
    }

    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var html = HTML(stringLiteral: "")

        package init(literalCapacity: Int, interpolationCount: Int) {
            html.bytes.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        package mutating func appendLiteral(_ literal: StaticString) { html.append(markup: literal) }

        package mutating func appendInterpolation(_ markup: HTML) { html.bytes += markup.bytes }

        /// Nothing for nil.
        package mutating func appendInterpolation(_ markup: HTML?) { html.bytes += markup?.bytes ?? [] }

        package mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { html.bytes += part.bytes }
        }

        package mutating func appendInterpolation(_ text: some CustomStringConvertible) {
            html.append(text: text.description)
        }
    }
}

extension HTML {
    /// A sentence of ours or of a host, in which commands stand between backticks.
    package init(prose text: String) {
        let parts = text.split(separator: "`", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            // The last backtick of an odd number has no partner.
            let isCode = index % 2 == 1 && index < parts.count - 1
            self = isCode ? "\(self)<code>\(part)</code>" : "\(self)\(index % 2 == 1 ? "`" : "")\(part)"
        }
    }
}

extension [HTML] {
    func joined(by separator: HTML) -> HTML {
        var sum = HTML.nothing
        for (index, part) in enumerated() { sum = index == 0 ? part : "\(sum)\(separator)\(part)" }
        return sum
    }
}

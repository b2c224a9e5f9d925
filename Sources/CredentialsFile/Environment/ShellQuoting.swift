/// Whether a value ends at the end of its line for a shell, whatever is in it.
struct ShellQuoting {
    private var quote: UInt8?
    private var isEscaped = false
    /// Of `$(` and `${`.
    private var depth = 0
    private var isInBackquotes = false
    private var isInComment = false
    private var last = UInt8(ascii: "=")
    private var isHereDocument = false

    mutating func read(_ byte: UInt8) {
        defer { last = byte }
        if isEscaped {
            isEscaped = false
            return
        }
        if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'"), !isInComment {
            isEscaped = true
        } else if let open = quote, open == UInt8(ascii: "'") || byte == open {
            if byte == open { quote = nil }
        } else if isInComment {
            return
        } else {
            readPlain(byte)
        }
    }

    private mutating func readPlain(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "'") where quote == nil, UInt8(ascii: "\"") where quote == nil: quote = byte
        case UInt8(ascii: "`"): isInBackquotes.toggle()
        case UInt8(ascii: "(") where last == UInt8(ascii: "$"), UInt8(ascii: "{") where last == UInt8(ascii: "$"):
            depth += 1
        case UInt8(ascii: ")") where depth > 0, UInt8(ascii: "}") where depth > 0: depth -= 1
        case UInt8(ascii: "<") where quote == nil && last == byte: isHereDocument = true
        case UInt8(ascii: "#") where quote == nil && (last == 0x20 || last == 0x09): isInComment = true
        default: break
        }
    }

    /// What a reader would go on reading for; nil when all agree that the line is over.
    var problem: DocumentProblem.Reason? {
        if isEscaped || (isInComment && last == UInt8(ascii: "\\")) { return .continuedLine }
        return quote != nil || depth > 0 || isInBackquotes || isHereDocument ? .openQuote : nil
    }
}

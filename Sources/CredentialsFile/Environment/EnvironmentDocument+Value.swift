import Secrets

extension EnvironmentDocument {
    /// What every reader that accepts the line takes for the value, but for quotes; nil when there is no such thing.
    ///
    /// Bare, or in quotes from end to end, of letters that no reader interprets. docker keeps quotes as a part of the value.
    func plainValue(_ value: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        var inner = value
        if let first = value.first, let last = value.last, value.count > 1, bytes[first] == bytes[last],
            bytes[first] == UInt8(ascii: "\"") || bytes[first] == UInt8(ascii: "'")
        {
            inner = value.dropFirst().dropLast()
        }
        return inner.allSatisfy { isPlain(bytes[$0]) } ? inner : nil
    }

    /// Whether a name stands in the text as a word of its own, other than to use its value (`$NAME`, `${NAME}`).
    func mentions(_ names: [VariableName], _ text: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Bool {
        text.contains { index in
            names.contains { name in
                let end = index + name.text.utf8.count
                guard end <= text.upperBound, bytes[index..<end].elementsEqual(name.text.utf8) else { return false }
                if end < text.upperBound, isWordByte(bytes[end]) { return false }
                guard index > text.lowerBound else { return true }
                let before = bytes[index - 1]
                return !isWordByte(before) && before != UInt8(ascii: "$") && before != UInt8(ascii: "{")
            }
        }
    }
}

private func isWordByte(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || byte == UInt8(ascii: "_") }

private func isPlain(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || "/+=._:@%,-".utf8.contains(byte)
}

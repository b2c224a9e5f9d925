import Secrets

extension INIDocument {
    /// The first reason, from the top, for which botocore refuses the file (but for a byte order mark); nil when it reads it.
    ///
    /// One more is added: a key with letters outside ASCII, of which no two programs agree whether it is a duplicate; and
    /// what the dialect's own reader would read otherwise than botocore.
    var firstProblem: DocumentProblem? {
        content.withBytes { bytes in
            var sections = FirstSeen()
            var keys = FirstSeen()
            // The one section that may come again; its keys may not.
            var keysOfDefault = FirstSeen()
            var section: Range<Int>?
            var awaitsNested = false
            for (index, line) in lines.enumerated() {
                let reason: DocumentProblem.Reason?
                switch line.kind {
                case _ where !isUTF8(bytes[line.range]): reason = .notUTF8
                case .blank, .comment: reason = nil
                case .malformed: reason = malformedReason(bytes[line.content], isBelowHeader: section != nil)
                case .header(let name):
                    if let section, isDefault(section, bytes) { keysOfDefault = keys }
                    section = name
                    keys = isDefault(name, bytes) ? keysOfDefault : FirstSeen()
                    reason = duplicateSection(name, index, bytes, &sections)
                case .property(let key, _, let value):
                    awaitsNested = value.isEmpty
                    reason =
                        bytes[key].allSatisfy { $0 < 0x80 }
                        ? keys.insert(index, bytes[key]) { firstKey($0, equals: key, bytes) }
                            .map { .duplicateKey(firstLine: $0 + 1) }
                        : .keyOutsideASCII
                case .continuation:
                    // Below a key without a value, botocore wants a block of its own kind, as in "s3 =".
                    reason = awaitsNested && !isNested(line.content, bytes) ? .nestedWithoutEquals : nil
                }
                if let reason = reason ?? dialect.objection(to: line, bytes) {
                    return DocumentProblem(line: index + 1, reason: reason)
                }
            }
            return nil
        }
    }

    private func firstKey(_ index: Int, equals key: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard case .property(let other, _, _) = lines[index].kind else { return false }
        return bytes[other].elementsEqual(bytes[key]) { lowercased($0) == lowercased($1) }
    }

    private func duplicateSection(
        _ name: Range<Int>, _ index: Int, _ bytes: UnsafeRawBufferPointer, _ sections: inout FirstSeen
    ) -> DocumentProblem.Reason? {
        if isDefault(name, bytes) { return nil }
        let first = sections.insert(index, bytes[name]) { other in
            guard case .header(let otherName) = lines[other].kind else { return false }
            return bytes[otherName].elementsEqual(bytes[name])
        }
        return first.map { .duplicateSection(firstLine: $0 + 1) }
    }
}

/// Whether this is the section whose keys `configparser` lends to all others.
func isDefault(_ name: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes[name].elementsEqual("DEFAULT".utf8)
}

private func malformedReason(_ content: Slice<UnsafeRawBufferPointer>, isBelowHeader: Bool) -> DocumentProblem.Reason {
    if !isBelowHeader { return .outsideSection }
    return content.first == UInt8(ascii: "=") || content.first == UInt8(ascii: ":") ? .emptyKey : .noDelimiter
}

/// Whether every part is `key = value`; botocore splits nested lines at more characters than others.
private func isNested(_ content: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Bool {
    var hasText = false
    var hasEquals = false
    var index = content.lowerBound
    while index < content.upperBound {
        if WhiteSpace.lineBreakLength(at: index, in: bytes) > 0 {
            if hasText, !hasEquals { return false }
            (hasText, hasEquals) = (false, false)
        }
        let space = WhiteSpace.length(at: index, in: bytes)
        if space == 0 { hasText = true }
        if bytes[index] == UInt8(ascii: "=") { hasEquals = true }
        index += max(space, 1)
    }
    return !hasText || hasEquals
}

func isUTF8(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    while true {
        switch parser.parseScalar(from: &iterator) {
        case .valid: continue
        case .emptyInput: return true
        case .error: return false
        }
    }
}

/// Where a name was seen first. It keeps hashes and indices, not the names: in a broken file they may be anything.
private struct FirstSeen {
    private var indices: [Int: [Int]] = [:]

    /// The index of an equal one inserted before; nil when this one is the first.
    mutating func insert(
        _ index: Int, _ name: Slice<UnsafeRawBufferPointer>, isEqual: (Int) -> Bool
    ) -> Int? {
        var hasher = Hasher()
        for byte in name { hasher.combine(lowercased(byte)) }
        let hash = hasher.finalize()
        if let first = indices[hash]?.first(where: isEqual) { return first }
        indices[hash, default: []].append(index)
        return nil
    }
}

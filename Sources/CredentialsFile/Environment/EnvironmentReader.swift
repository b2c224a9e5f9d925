/// Splits an environment file into lines and tells what each is, where its readers agree.
///
/// The readers are systemd (`EnvironmentFile=`), docker (`--env-file`) and a shell (`. file`, as restic's users do).
/// docker knows no quotes and no `export`; the shell runs what is no assignment; systemd ends lines at a CR alone and,
/// before its version 254, read on behind a comment that ends with a backslash.
///
/// https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html#EnvironmentFile=
/// https://docs.docker.com/reference/cli/docker/container/run/#env
struct EnvironmentReader {
    private let bytes: UnsafeRawBufferPointer

    static func lines(of bytes: UnsafeRawBufferPointer) -> [EnvironmentLine] {
        let reader = EnvironmentReader(bytes: bytes)
        var lines: [EnvironmentLine] = []
        var position = 0
        while position < bytes.count {
            let line = reader.line(at: position)
            lines.append(line)
            position = line.range.upperBound
        }
        return lines
    }

    private func line(at start: Int) -> EnvironmentLine {
        var end = start
        while end < bytes.count, bytes[end] != 0x0A { end += 1 }
        let next = min(end + 1, bytes.count)
        if end > start, bytes[end - 1] == 0x0D, end < bytes.count { end -= 1 }
        let content = trimmed(start..<end)
        return EnvironmentLine(
            kind: kind(of: content, in: start..<end), range: start..<next, content: content, ending: end..<next)
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var range = range
        while let first = range.first, isBlank(bytes[first]) { range.removeFirst() }
        while let last = range.last, isBlank(bytes[last]) { range.removeLast() }
        return range
    }

    private func kind(of content: Range<Int>, in line: Range<Int>) -> EnvironmentLine.Kind {
        guard isUTF8(bytes[line]) else { return .problem(.notUTF8) }
        if bytes[line].contains(0x0D) { return .problem(.loneCarriageReturn) }
        if bytes[line].contains(where: { $0 < 0x20 && $0 != 0x09 }) { return .problem(.controlCharacter) }
        guard let first = content.first else { return .blank }
        // To systemd, a line is also a comment behind a semicolon; whoever writes one there has no other reader.
        if bytes[first] == UInt8(ascii: "#") || bytes[first] == UInt8(ascii: ";") {
            return bytes[line].last == UInt8(ascii: "\\") ? .problem(.continuedLine) : .comment
        }
        let isExported = bytes[content].starts(with: "export ".utf8) || bytes[content].starts(with: "export\t".utf8)
        let rest = isExported ? trimmed(content.lowerBound + 6..<content.upperBound) : content
        guard let equals = rest.first(where: { bytes[$0] == UInt8(ascii: "=") }) else {
            let isNames = rest.allSatisfy { isNameByte(bytes[$0]) || isBlank(bytes[$0]) }
            return isExported && isNames ? .export : .problem(.notAnAssignment)
        }
        let name = rest.lowerBound..<equals
        guard !name.isEmpty, name.allSatisfy({ isNameByte(bytes[$0]) }) else { return .problem(.notAnAssignment) }
        var quoting = ShellQuoting()
        for index in equals + 1..<line.upperBound { quoting.read(bytes[index]) }
        if let reason = quoting.problem { return .problem(reason) }
        return .assignment(name: name, value: equals + 1..<content.upperBound, isExported: isExported)
    }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

/// docker takes names that a shell does not.
func isNameByte(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
}

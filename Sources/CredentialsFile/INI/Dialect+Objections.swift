import Secrets

extension Dialect {
    /// Why a line is read otherwise by the dialect's own program than by botocore; nil when both agree.
    func objection(to line: Line, _ bytes: UnsafeRawBufferPointer) -> DocumentProblem.Reason? {
        guard self == .rclone else { return nil }
        // Python takes these for white space, Go does not.
        if bytes[line.range].contains(where: { (0x1C...0x1F).contains($0) }) { return .controlCharacter }
        if line.ending.count == 1, bytes[line.ending.lowerBound] == 0x0D, line.ending.upperBound < bytes.count {
            return .loneCarriageReturn
        }
        switch line.kind {
        case .continuation: return .indented
        case .header(let name): return name.upperBound + 1 < line.content.upperBound ? .textBehindHeader : nil
        // goconfig takes quotes and backquotes off, and reads on in the next lines.
        case .property(let key, _, let value):
            let isQuoted =
                bytes[key].first.map(isQuote) == true || bytes[value].first == UInt8(ascii: "`")
                || bytes[value].starts(with: "\"\"\"".utf8)
            return isQuoted ? .notPlain : nil
        case .blank, .comment, .malformed: return nil
        }
    }

    /// Why a credential is not one, or not this one, for a reader that compares letters or takes quotes off.
    func objection(
        to key: CredentialKey, _ name: Slice<UnsafeRawBufferPointer>, _ delimiter: UInt8,
        _ value: Slice<UnsafeRawBufferPointer>
    ) -> DocumentProblem.Reason? {
        if isExact, self.name(of: key)?.utf8.elementsEqual(name) != true { return .otherSpellingOfKey }
        guard self == .s3cfg else { return nil }
        if delimiter != UInt8(ascii: "=") { return .otherSpellingOfKey }
        // s3cmd takes quotes off, and looks for $NAME in its environment; s4cmd does neither.
        return value.first.map { isQuote($0) || $0 == UInt8(ascii: "$") } == true ? .notPlain : nil
    }
}

extension INIDocument {
    /// Throws when rclone encrypted the whole file with a password, as its first line says.
    ///
    /// https://rclone.org/docs/#configuration-encryption
    func refuseEncryption() throws(DocumentProblem) {
        guard dialect == .rclone, let index = lines.firstIndex(where: { $0.kind != .blank && $0.kind != .comment }),
            content.withBytes({ $0[lines[index].content].starts(with: "RCLONE_ENCRYPT_V".utf8) })
        else { return }
        throw DocumentProblem(line: index + 1, reason: .encrypted)
    }
}

private func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: "`")
}

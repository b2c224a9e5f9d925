import Secrets

extension INIDocument {
    /// Where the section and its credentials are.
    struct Location {
        /// The line of the header.
        let header: Int
        /// The lines below it up to the next header.
        let body: Range<Int>
        /// The line of each credential key that is there.
        let keys: [CredentialKey: Int]
    }

    /// Throws when the file does not say clearly what stands in the section. Faults elsewhere in the file, for which
    /// botocore would refuse it, do not matter here: other SDKs read over them.
    package func credentials() throws(DocumentProblem) -> Credentials {
        try refuseEncryption()
        guard let location = try locate() else { return Credentials() }
        return Credentials(
            header: "[\(dialect.header(of: section))]", id: value(of: .accessKeyID, at: location),
            secret: value(of: .secretAccessKey, at: location),
            tokens: [.sessionToken, .securityToken].compactMap { value(of: $0, at: location) })
    }

    private func value(of key: CredentialKey, at location: Location) -> Credentials.Value? {
        guard let line = location.keys[key] else { return nil }
        guard case .property(_, _, let value) = lines[line].kind else { preconditionFailure("not a property") }
        return content.withBytes { bytes in
            Credentials.Value(label: "\(name(of: key)) = ", line: line + 1, text: Secret(bytes[value]))
        }
    }

    func name(of key: CredentialKey) -> String {
        guard let name = dialect.name(of: key) else { preconditionFailure("found without a name") }
        return name
    }

    /// Where the section is; nil when the file has none. Throws what makes that a matter of opinion.
    func locate() throws(DocumentProblem) -> Location? {
        let problem: DocumentProblem
        switch content.withBytes({ locate(in: $0) }) {
        case .success(let location): return location
        case .failure(let failure): problem = failure
        }
        throw problem
    }

    private func locate(in bytes: UnsafeRawBufferPointer) -> Result<Location?, DocumentProblem> {
        func failure(_ index: Int, _ reason: DocumentProblem.Reason) -> Result<Location?, DocumentProblem> {
            .failure(DocumentProblem(line: index + 1, reason: reason))
        }
        var header: Int?
        var body = 0..<0
        var keys: [CredentialKey: Int] = [:]
        var lastKey: CredentialKey?
        var isInSection = false
        var isLending = false
        var hasType = false
        for (index, line) in lines.enumerated() {
            switch SectionSpelling(line, of: section, dialect, in: bytes) {
            case .unmistakable:
                if let header { return failure(index, .duplicateSection(firstLine: header + 1)) }
                header = index
            case .doubtful: return failure(index, .otherSpellingOfProfile)
            case .other: break
            }
            switch line.kind {
            case .header(let name):
                isInSection = header == index
                isLending = dialect.lends(bytes[name], to: section)
                lastKey = nil
                if isInSection { body = index + 1..<index + 1 }
            case .property(let name, let delimiter, let value):
                lastKey = CredentialKey(bytes[name], in: dialect)
                if dialect == .rclone, isInSection, bytes[name].elementsEqual("type".utf8) {
                    guard bytes[value].elementsEqual("s3".utf8) else { return failure(index, .notAnS3Remote) }
                    hasType = true
                }
                guard let key = lastKey, isInSection || isLending else { break }
                if isLending { return failure(index, .inherited) }
                if let reason = dialect.objection(to: key, bytes[name], bytes[delimiter], bytes[value]) {
                    return failure(index, reason)
                }
                if dialect.ignoresEmptyTokens, key == .sessionToken, value.isEmpty { break }
                if let first = keys[key] { return failure(index, .duplicateKey(firstLine: first + 1)) }
                if hasComment(value, bytes) { return failure(index, .commentBehindValue) }
                keys[key] = index
            case .continuation:
                guard isInSection || isLending else { break }
                if lastKey != nil { return failure(index, .valueInSeveralLines) }
                let name = bytes[line.content].prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ":") }
                let bare = name.reversed().drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
                if CredentialKey(name.prefix(bare), in: dialect) != nil { return failure(index, .keyInContinuation) }
            case .blank, .comment, .malformed: break
            }
            if isInSection { body = body.lowerBound..<index + 1 }
        }
        if dialect == .rclone, let header, !hasType { return failure(header, .notAnS3Remote) }
        return .success(header.map { Location(header: $0, body: body, keys: keys) })
    }
}

/// Whether a comment sign begins the value, or follows white space in it: most SDKs end the value there.
func hasComment(_ value: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Bool {
    value.contains { index in
        (bytes[index] == UInt8(ascii: "#") || bytes[index] == UInt8(ascii: ";"))
            && (index == value.lowerBound || WhiteSpace.length(before: index, in: bytes) > 0)
    }
}

import Secrets

extension CredentialsDocument {
    /// Where a profile and its credentials are.
    struct Location {
        /// The line of the header.
        let header: Int
        /// The lines below it up to the next header.
        let body: Range<Int>
        /// The line of each credential key that is there.
        let keys: [CredentialKey: Int]
    }

    /// The key that the profile holds; nil when it has none, or is not there.
    ///
    /// Throws when the file does not say clearly which key that is, or what is there is no key of AWS. Faults elsewhere
    /// in the file, for which botocore would refuse it, do not matter here: other SDKs read over them.
    package func heldKey(of profile: ProfileName) throws(DocumentProblem) -> HeldKey? {
        guard let location = try locate(profile) else { return nil }
        switch (location.keys[.accessKeyID], location.keys[.secretAccessKey]) {
        case (nil, nil): return nil
        case (let id?, nil): throw DocumentProblem(line: id + 1, reason: .idWithoutSecret)
        case (nil, let secret?): throw DocumentProblem(line: secret + 1, reason: .secretWithoutID)
        case (let idLine?, let secretLine?):
            let (id, secret) = content.withBytes { bytes in
                (
                    AccessKeyID(String(decoding: bytes[value(of: idLine)], as: UTF8.self)),
                    Secret(bytes[value(of: secretLine)])
                )
            }
            guard let id else { throw DocumentProblem(line: idLine + 1, reason: .notAnAccessKeyID) }
            guard let key = AccessKey(id: id, secret: secret) else {
                throw DocumentProblem(line: secretLine + 1, reason: .notASecretAccessKey)
            }
            let hasToken = location.keys[.sessionToken] != nil || location.keys[.securityToken] != nil
            return HeldKey(key: key, hasSessionToken: hasToken)
        }
    }

    /// Where the profile is; nil when the file has no such section. Throws what makes that a matter of opinion.
    func locate(_ profile: ProfileName) throws(DocumentProblem) -> Location? {
        let problem: DocumentProblem
        switch content.withBytes({ locate(profile, in: $0) }) {
        case .success(let location): return location
        case .failure(let failure): problem = failure
        }
        throw problem
    }

    private func value(of line: Int) -> Range<Int> {
        guard case .property(_, _, let value) = lines[line].kind else { preconditionFailure("not a property") }
        return value
    }

    private func locate(
        _ profile: ProfileName, in bytes: UnsafeRawBufferPointer
    ) -> Result<Location?, DocumentProblem> {
        func failure(_ index: Int, _ reason: DocumentProblem.Reason) -> Result<Location?, DocumentProblem> {
            .failure(DocumentProblem(line: index + 1, reason: reason))
        }
        var header: Int?
        var body = 0..<0
        var keys: [CredentialKey: Int] = [:]
        var lastKey: CredentialKey?
        var isInProfile = false
        var isInDefault = false
        for (index, line) in lines.enumerated() {
            switch SectionSpelling(line, of: profile, in: bytes) {
            case .unmistakable:
                if let header { return failure(index, .duplicateSection(firstLine: header + 1)) }
                header = index
            case .doubtful: return failure(index, .otherSpellingOfProfile)
            case .other: break
            }
            switch line.kind {
            case .header(let name):
                isInProfile = header == index
                isInDefault = isDefault(name, bytes)
                lastKey = nil
                if isInProfile { body = index + 1..<index + 1 }
            case .property(let keyRange, _, let value):
                lastKey = CredentialKey(bytes[keyRange])
                guard let key = lastKey else { break }
                if isInDefault { return failure(index, .inheritedFromDefault) }
                guard isInProfile else { break }
                if let first = keys[key] { return failure(index, .duplicateKey(firstLine: first + 1)) }
                if hasComment(value, bytes) { return failure(index, .commentBehindValue) }
                keys[key] = index
            case .continuation:
                guard isInProfile else { break }
                if lastKey != nil { return failure(index, .valueInSeveralLines) }
                let name = bytes[line.content].prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ":") }
                let bare = name.reversed().drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.count
                if CredentialKey(name.prefix(bare)) != nil { return failure(index, .keyInContinuation) }
            case .blank, .comment, .malformed: break
            }
            if isInProfile { body = body.lowerBound..<index + 1 }
        }
        return .success(header.map { Location(header: $0, body: body, keys: keys) })
    }
}

/// Whether a comment sign begins the value, or follows white space in it: most SDKs end the value there.
private func hasComment(_ value: Range<Int>, _ bytes: UnsafeRawBufferPointer) -> Bool {
    value.contains { index in
        (bytes[index] == UInt8(ascii: "#") || bytes[index] == UInt8(ascii: ";"))
            && (index == value.lowerBound || WhiteSpace.length(before: index, in: bytes) > 0)
    }
}

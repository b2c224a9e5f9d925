package import Secrets

extension CredentialsDocument {
    /// The document with this key, and no session token, in the profile; everything else stays as it is.
    ///
    /// A line that is there keeps its indentation, the spelling of its key, its delimiter and line end. What is missing
    /// is added right below the header, a missing profile at the end of the file. Returns the same document when there
    /// is nothing to change.
    ///
    /// Throws when botocore refuses the file as it is, when the SDKs would not agree on what the profile is, and
    /// `.editFailed` when the result is not exactly what was asked for.
    package func installing(
        _ key: AccessKey, in profile: ProfileName
    ) throws(DocumentProblem) -> CredentialsDocument {
        if let problem = firstProblem { throw problem }
        let location = try locate(profile)
        if let location, try isInstalled(key, at: location, of: profile) { return self }

        let edited: CredentialsDocument
        if let location {
            edited = CredentialsDocument(rewriting(replacements(installing: key, at: location)))
        } else {
            edited = CredentialsDocument(rewriting([:], appending: newSection(profile, key)))
        }
        try edited.checkInstalled(key, in: profile, from: self, at: location)
        return edited
    }

    /// False also when what stands there is no complete key.
    private func isInstalled(
        _ key: AccessKey, at location: Location, of profile: ProfileName
    ) throws(DocumentProblem) -> Bool {
        guard location.keys[.accessKeyID] != nil, location.keys[.secretAccessKey] != nil else { return false }
        guard let held = try? heldKey(of: profile) else { return false }
        return held.key == key && !held.hasSessionToken
    }

    private func replacements(installing key: AccessKey, at location: Location) -> [Int: [Piece]] {
        var replacements: [Int: [Piece]] = [:]
        var missing: [(String, Piece)] = []
        for (name, value) in [
            (CredentialKey.accessKeyID, Piece.text("\(key.id)")), (.secretAccessKey, .secret(key.secret)),
        ] {
            if let index = location.keys[name] {
                replacements[index] = beforeValue(of: lines[index]) + [value, .original(lines[index].ending)]
            } else {
                missing.append((name.rawValue, value))
            }
        }
        for token in [CredentialKey.sessionToken, .securityToken] {
            if let index = location.keys[token] { replacements[index] = [] }
        }
        if !missing.isEmpty {
            let header = lines[location.header]
            let ending = header.ending.isEmpty ? commonEnding : .original(header.ending)
            let indentation = indentation(below: location)
            replacements[location.header] =
                [.original(header.range.lowerBound..<header.ending.lowerBound), ending]
                + missing.flatMap { [indentation, .text("\($0) = "), $1, ending] }
        }
        return replacements
    }

    /// Everything up to the value; white space behind the value is not kept, as some programs take it for a part of it.
    private func beforeValue(of line: Line) -> [Piece] {
        guard case .property(let key, let delimiter, let value) = line.kind else {
            preconditionFailure("a credential is a property")
        }
        if !value.isEmpty { return [.original(line.range.lowerBound..<value.lowerBound)] }
        let space = delimiter > key.upperBound ? " " : ""
        return [.original(line.range.lowerBound..<delimiter + 1), .text(space)]
    }

    /// The indentation of what follows the header: were it deeper than ours, it would continue our value.
    private func indentation(below location: Location) -> Piece {
        let next = lines[(location.header + 1)...].first { $0.kind != .blank && $0.kind != .comment }
        return next.map { .original($0.range.lowerBound..<$0.content.lowerBound) } ?? .text("")
    }

    private func newSection(_ profile: ProfileName, _ key: AccessKey) -> [Piece] {
        let ending = commonEnding
        let isOpen = lines.last.map { $0.ending.isEmpty && $0.range.count > 0 } ?? false
        return (isOpen ? [ending] : []) + [
            .text("[\(profile.text)]"), ending,
            .text("\(CredentialKey.accessKeyID.rawValue) = \(key.id)"), ending,
            .text("\(CredentialKey.secretAccessKey.rawValue) = "), .secret(key.secret), ending,
        ]
    }

    /// The line end of the first line that has one.
    private var commonEnding: Piece {
        lines.first { !$0.ending.isEmpty }.map { .original($0.ending) } ?? .text("\n")
    }
}

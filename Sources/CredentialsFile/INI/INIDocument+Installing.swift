package import Secrets

extension INIDocument {
    /// A line that is there keeps its indentation, the spelling of its key, its delimiter and line end. What is missing
    /// is added right below the header, a missing section at the end of the file.
    package func installing(_ key: AccessKey) throws(DocumentProblem) -> INIDocument {
        try refuseEncryption()
        if let problem = firstProblem { throw problem }
        let location = try locate()
        // What is no complete key of AWS is replaced, too: whether it may be is for the caller to say.
        if let held = try? heldKey(), held == HeldKey(key: key, hasSessionToken: false) { return self }

        let edited: INIDocument
        if let location {
            edited = with(rewriting(replacements(installing: key, at: location)))
        } else if dialect == .rclone {
            throw DocumentProblem(line: lines.count + 1, reason: .missingRemote)
        } else {
            edited = with(rewriting([:], appending: newSection(key)))
        }
        try edited.checkInstalled(key, from: self, at: location)
        return edited
    }

    private func rewriting(_ replacements: [Int: [Piece]], appending end: [Piece] = []) -> Secret {
        Secret(lines.indices.flatMap { replacements[$0] ?? [.original(lines[$0].range)] } + end, from: content)
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
                missing.append((self.name(of: name), value))
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

    private func newSection(_ key: AccessKey) -> [Piece] {
        let ending = commonEnding
        let isOpen = lines.last.map { $0.ending.isEmpty && $0.range.count > 0 } ?? false
        return (isOpen ? [ending] : []) + [
            .text("[\(dialect.header(of: section))]"), ending,
            .text("\(name(of: .accessKeyID)) = \(key.id)"), ending,
            .text("\(name(of: .secretAccessKey)) = "), .secret(key.secret), ending,
        ]
    }

    /// The line end of the first line that has one.
    private var commonEnding: Piece {
        lines.first { !$0.ending.isEmpty }.map { .original($0.ending) } ?? .text("\n")
    }
}

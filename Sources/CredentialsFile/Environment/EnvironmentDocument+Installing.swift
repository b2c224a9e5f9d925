package import Secrets

extension EnvironmentDocument {
    /// A line that is there keeps its indentation, `export`, quotes and line end. What is missing is added at the end of
    /// the file, behind `export` where all other variables are.
    package func installing(_ key: AccessKey) throws(DocumentProblem) -> EnvironmentDocument {
        let location = try locate()
        let wanted = HeldKey(key: key, hasSessionToken: false)
        // What is no complete key of AWS is replaced, too: whether it may be is for the caller to say.
        if (try? heldKey()) == wanted { return self }

        var replacements: [Int: [Piece]] = [:]
        var added: [Piece] = []
        for (name, variable, value) in [
            (id, location.id, Piece.text("\(key.id)")), (secret, location.secret, .secret(key.secret)),
        ] {
            if let variable {
                replacements[variable.line] = assignment(of: variable, value)
            } else {
                added += [.text("\(prefix)\(name)="), value, commonEnding]
            }
        }
        for token in location.tokens { replacements[token.line] = [] }
        if !added.isEmpty, let last = lines.last, last.ending.isEmpty { added.insert(commonEnding, at: 0) }
        let pieces = lines.indices.flatMap { replacements[$0] ?? [.original(lines[$0].range)] } + added

        let edited = EnvironmentDocument(Secret(pieces, from: content), id: id, secret: secret)
        guard (try? edited.heldKey()) == wanted, edited.hasSameOthers(as: self) else {
            throw DocumentProblem(line: (location.lines.min() ?? lines.count) + 1, reason: .editFailed)
        }
        return edited
    }

    /// Blanks behind the value are not kept, as docker takes them for a part of it.
    private func assignment(of variable: Variable, _ value: Piece) -> [Piece] {
        let line = lines[variable.line]
        return [
            .original(line.range.lowerBound..<variable.value.lowerBound), value,
            .original(variable.value.upperBound..<line.content.upperBound), .original(line.ending),
        ]
    }

    /// A file that is sourced without `set -a` gives a program only what is exported.
    private var prefix: String {
        let exported = lines.compactMap { line -> Bool? in
            guard case .assignment(_, _, let isExported) = line.kind else { return nil }
            return isExported
        }
        return !exported.isEmpty && exported.allSatisfy(\.self) ? "export " : ""
    }

    /// The line end of the first line that has one.
    private var commonEnding: Piece {
        lines.first { !$0.ending.isEmpty }.map { .original($0.ending) } ?? .text("\n")
    }

    /// Whether the lines but those of the key are the same bytes; the last one may have been given a line end.
    private func hasSameOthers(as original: EnvironmentDocument) -> Bool {
        guard let new = others(), var old = original.others() else { return false }
        if let last = original.lines.last, last.ending.isEmpty, new.count > old.count {
            old = Secret([.original(0..<old.count), .secret(ending)], from: old)
        }
        return new == old
    }

    private func others() -> Secret? {
        guard let taken = try? locate().lines else { return nil }
        return Secret(lines.indices.filter { !taken.contains($0) }.map { .original(lines[$0].range) }, from: content)
    }

    private var ending: Secret { Secret([commonEnding], from: content) }
}

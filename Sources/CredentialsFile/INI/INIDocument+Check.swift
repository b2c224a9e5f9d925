import Secrets

extension INIDocument {
    /// Throws `.editFailed` unless this document is `original` with this key in the section and nothing else changed.
    ///
    /// It knows nothing of how the edit was made: it reads the result as if it came from a stranger.
    func checkInstalled(
        _ key: AccessKey, from original: INIDocument, at oldLocation: Location?
    ) throws(DocumentProblem) {
        let failure = DocumentProblem(line: (oldLocation?.header ?? original.lines.count) + 1, reason: .editFailed)
        guard firstProblem == nil, let location = try? locate(), let held = try? heldKey(),
            held == HeldKey(key: key, hasSessionToken: false)
        else { throw failure }

        var added = Set(location.keys.values)
        if oldLocation == nil {
            added.insert(location.header)
            // Nobody else's lines may have come below a new header.
            guard location.body.upperBound == lines.count, location.body.allSatisfy(added.contains) else {
                throw failure
            }
        }
        let taken = Set(oldLocation.map { Array($0.keys.values) } ?? [])
        let kept = original.lines.indices.filter { !taken.contains($0) }.map { original.lines[$0] }
        let others = lines.indices.filter { !added.contains($0) }.map { lines[$0] }
        let isSame = original.content.withBytes { old in
            content.withBytes { new in
                kept.count == others.count
                    && zip(kept, others).allSatisfy { kept, other in
                        isSameLine(kept, old, other, new)
                    }
            }
        }
        guard isSame else { throw failure }
    }
}

/// Whether both lines mean the same and consist of the same bytes; the last line may have been given a line end.
private func isSameLine(
    _ line: Line, _ bytes: UnsafeRawBufferPointer, _ other: Line, _ otherBytes: UnsafeRawBufferPointer
) -> Bool {
    let isSameKind =
        switch (line.kind, other.kind) {
        case (.blank, .blank), (.comment, .comment), (.header, .header), (.property, .property),
            (.continuation, .continuation):
            true
        default: false
        }
    let text = bytes[line.range.lowerBound..<line.ending.lowerBound]
    let otherText = otherBytes[other.range.lowerBound..<other.ending.lowerBound]
    return isSameKind && text.elementsEqual(otherText)
        && (line.ending.isEmpty || bytes[line.ending].elementsEqual(otherBytes[other.ending]))
}

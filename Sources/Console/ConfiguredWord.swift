/// A setting that is one of a few words. A wrong one is refused with those that there are.
package protocol ConfiguredWord: RawRepresentable<String>, CaseIterable, Decodable {}

extension ConfiguredWord {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let word = Self(rawValue: text) else {
            let words = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "`\(text.printable)` is not one of \(words)"))
        }
        self = word
    }
}

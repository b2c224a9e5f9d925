/// A duration as it is written in a configuration: a number and one of `s m h d w`.
package struct DurationText: Hashable, Sendable {
    package let duration: Duration

    private static let units: [(letter: Character, seconds: Int)] = [
        ("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]

    /// Nil for anything else, for signs, and for more than a hundred years.
    package init?(_ text: some StringProtocol) {
        guard let letter = text.last, let unit = Self.units.first(where: { $0.letter == letter }),
            text.dropLast().allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(text.dropLast()),
            number <= 36_525 * 86_400 / unit.seconds
        else { return nil }
        duration = .seconds(number * unit.seconds)
    }
}

extension DurationText: Decodable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let duration = DurationText(text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "`\(text)` is not a duration: write a number and one of s m h d w, as in \"30d\"")
            )
        }
        self = duration
    }
}

extension Duration {
    /// For people: the two largest units, as in `3 d 4 h`; `0 s` for less than a second.
    package var inWords: String {
        var rest = Int(components.seconds.magnitude)
        var parts: [String] = []
        for (letter, seconds) in [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)] {
            if rest >= seconds { parts.append("\(rest / seconds) \(letter)") } else if !parts.isEmpty { break }
            rest %= seconds
            if parts.count == 2 || rest == 0 { break }
        }
        return parts.isEmpty ? "0 s" : parts.joined(separator: " ")
    }
}

import HostTestSupport
import Secrets
import Testing

@testable import CredentialsFile

@Suite struct LosslessTests {
    @Test("any bytes come back as they were")
    func anyBytes() {
        // Few letters, so that line ends, signs and white space meet often.
        let letters = Array("\r\n[]=:#; \tak\u{FEFF}\u{85}\u{2028}".utf8) + [0, 0xC2, 0xE2, 0xFF]
        for seed in 0..<5000 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let bytes = (0..<Int.random(in: 0..<80, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? 0
            }
            let document = INIDocument(Secret(bytes), section: .default, dialect: .awsCredentials)
            #expect(document.serialized == bytes, "seed \(seed)")
        }
    }

    @Test("any document comes back as it was, and editing it changes the lines of the key and no other byte")
    func anyDocument() throws {
        var edits = 0
        for seed in 0..<5000 as Range<UInt64> {
            let random = RandomDocument(seed: seed)
            let document = try INIDocument(random)
            #expect(document.serialized == random.bytes, "seed \(seed)")
            guard let edited = try? document.installing(accessKey()) else { continue }
            edits += 1
            try check(edited, from: document, "seed \(seed)")
        }
        #expect(edits > 1000)
    }

    private func check(
        _ edited: INIDocument, from document: INIDocument, _ seed: Comment
    ) throws {
        #expect(try edited.heldKey() == HeldKey(key: accessKey(), hasSessionToken: false), seed)
        #expect(try edited.installing(accessKey()) == edited, seed)
        var before = rest(of: document)
        let after = rest(of: edited)
        // Only a section or a key at the end of a file without a line end may give it one.
        if before != after, let last = before.last, last != 0x0A, last != 0x0D {
            before += after.dropFirst(before.count).prefix(2)
        }
        #expect(before == after, seed)
    }

    /// The bytes without the lines of the profile's credentials, told apart by means simpler than the product's; without
    /// the header, too, when the section has nothing else, as one that was added.
    private func rest(of document: INIDocument) -> [UInt8] {
        guard let location = try? document.locate() else { return document.bytes }
        let isBare =
            location.body.allSatisfy { location.keys.values.contains($0) }
            && location.body.upperBound == document.lines.count
        return document.lines.indices
            .filter { !location.keys.values.contains($0) && !(isBare && $0 == location.header) }
            .flatMap { document.bytes[document.lines[$0].range] }
    }
}

import Handover
import Secrets
import Testing

@Suite("The published text, over random keys") struct PublishedKeysPropertyTests {
    private static let idBytes = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
    private static let secretBytes = idBytes + Array("abcdefghijklmnopqrstuvwxyz/+=".utf8)

    private func key(_ random: inout SeededGenerator) throws -> AccessKey {
        func word(_ alphabet: [UInt8], _ count: Int) -> [UInt8] {
            (0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
        }
        let id = String(decoding: word(Self.idBytes, Int.random(in: 16...128, using: &random)), as: UTF8.self)
        let secret = Secret(word(Self.secretBytes, Int.random(in: 16...128, using: &random)))
        let keyID = try Example.keyID(id)
        return try #require(AccessKey(id: keyID, secret: secret))
    }

    @Test("what was written is read again", arguments: 1...4 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<250 {
            let old = Bool.random(using: &random) ? try key(&random) : nil
            let new = try key(&random)
            let published = try #require(PublishedKeys(new: new, old: old))
            #expect(try PublishedKeys(parsing: published.text) == published)
        }
    }

    @Test(
        "whatever happens to a text, no key with a forbidden byte comes out of it",
        arguments: 1...4 as ClosedRange<UInt64>)
    func mutations(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let original = try Example.pair()
        let text = original.text.withBytes { Array($0) }
        let telling = Array("\n\r\t \0\"'=NEWOLD#\u{7f}".utf8) + [0x80, 0xc3, 0xff]
        var refusals = 0
        for _ in 0..<1000 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let byte = telling[Int.random(in: 0..<telling.count, using: &random)]
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                case 2: bytes.remove(at: place)
                default: bytes.removeSubrange(place..<min(place + 30, bytes.count))
                }
                if bytes.isEmpty { bytes = [byte] }
            }
            guard let read = try? PublishedKeys(parsing: Secret(bytes)) else {
                refusals += 1
                continue
            }
            for key in [read.new, read.old].compactMap(\.self) {
                #expect((16...128).contains(key.id.description.utf8.count))
                #expect(key.id.description.utf8.allSatisfy(Self.idBytes.contains))
                #expect((16...128).contains(key.secret.count))
                #expect(key.secret.withBytes { $0.allSatisfy(Self.secretBytes.contains) })
            }
            #expect(read.new.id != read.old?.id)
        }
        #expect(refusals > 500, "most mutations break something")
    }
}

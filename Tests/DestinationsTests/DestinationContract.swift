import FoundationEssentials
import Rotation
import Secrets
import Testing

/// What the planner relies on, whatever the place.
@Suite struct DestinationContract {
    private let first = ExampleKeys.first
    private let second = ExampleKeys.second

    /// What a look must say of a place that holds this id.
    private func holding(_ key: AccessKey, _ kind: PlaceKind) -> Observation.Destination {
        kind.isReadable ? .holds(key.id) : .cannotTell
    }

    private func expectNoSecret(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        for key in ExampleKeys.all {
            let secret = key.secret.reveal()
            #expect(!text.contains(secret), "a secret in: \(text)", sourceLocation: sourceLocation)
            #expect(!text.contains(secret.suffix(12)), "a part of a secret", sourceLocation: sourceLocation)
        }
    }

    /// The failure, or nil.
    private func failure(feeding key: AccessKey, _ place: any DestinationPlace) async throws -> EffectError? {
        do {
            try await place.destination().feed(key)
            return nil
        } catch let error as EffectError {
            expectNoSecret("\(error)")
            return error
        }
    }

    @Test("an empty place is made, and then both halves are there", arguments: PlaceKind.all)
    func isMade(_ kind: PlaceKind) async throws {
        let place = try await kind.make()
        let showsAbsence = kind.isReadable || kind.showsAbsence
        #expect(try await place.destination().observe() == (showsAbsence ? .needsFeeding : .cannotTell))
        try await place.destination().feed(first)
        #expect(try await place.contents() == PlaceContents(first))
        #expect(try await place.destination().observe() == holding(first, kind))
    }

    @Test("fed the same key again, nothing is written", arguments: PlaceKind.all)
    func isIdempotent(_ kind: PlaceKind) async throws {
        let place = try await kind.make()
        try await place.destination().feed(first)
        let fingerprint = try await place.fingerprint()
        for _ in 1...2 { try await place.destination().feed(first) }
        #expect(try await place.fingerprint() == fingerprint)
        #expect(try await place.contents() == PlaceContents(first))
    }

    @Test("fed another key it holds that one, and the first one again when it is rolled back", arguments: PlaceKind.all)
    func follows(_ kind: PlaceKind) async throws {
        let place = try await kind.make()
        for key in [first, second, first, second] {
            try await place.destination().feed(key)
            #expect(try await place.contents() == PlaceContents(key))
            #expect(try await place.destination().observe() == holding(key, kind))
        }
    }

    @Test("a key that somebody else put there is seen as it is, and replaced", arguments: PlaceKind.all)
    func replaces(_ kind: PlaceKind) async throws {
        let place = try await kind.make()
        try await place.put(PlaceContents(ExampleKeys.strange))
        #expect(try await place.destination().observe() == holding(ExampleKeys.strange, kind))
        try await place.destination().feed(first)
        #expect(try await place.contents() == PlaceContents(first))
    }

    @Test("half a key is not held", arguments: PlaceKind.all.filter { $0.canHoldHalves })
    func halves(_ kind: PlaceKind) async throws {
        for half in [PlaceContents(id: "\(first.id)"), PlaceContents(secret: first.secret)] {
            let place = try await kind.make()
            try await place.put(half)
            let seen = try await place.destination().observe()
            #expect(seen != .holds(first.id))
            expectNoSecret("\(seen)")
            // Either it is healed, or it is left to a person who is told so.
            if let error = try await failure(feeding: first, place) {
                guard case .failing = seen, case .refused = error else {
                    Issue.record("\(seen), and then \(error)")
                    return
                }
                #expect(try await place.contents() == half)
            } else {
                #expect(try await place.contents() == PlaceContents(first))
                #expect(try await place.destination().observe() == holding(first, kind))
            }
        }
    }

    @Test(
        "a broken place says so without a secret, keeps what it holds, and is fed once it is mended",
        arguments: PlaceKind.all)
    func isBroken(_ kind: PlaceKind) async throws {
        let place = try await kind.make()
        try await place.destination().feed(first)
        try await place.breakDown()
        switch try await place.destination().observe() {
        case .failing(let sentence):
            #expect(sentence.count > 20 && !sentence.contains("\n"), "\(sentence)")
            expectNoSecret(sentence)
        case .cannotTell: #expect(!kind.isReadable)
        case let other: Issue.record("\(other)")
        }
        #expect(try await failure(feeding: second, place) != nil)
        try await place.mend()
        #expect(try await place.contents() == PlaceContents(first))
        #expect(try await place.destination().observe() == holding(first, kind))
        try await place.destination().feed(second)
        #expect(try await place.contents() == PlaceContents(second))
    }

    @Test(
        "a lost answer is never taken for a refusal, and feeding again heals it",
        arguments: PlaceKind.all.filter { $0.canLoseAnswers })
    func losesAnswers(_ kind: PlaceKind) async throws {
        for held in [nil, first] {
            let place = try await kind.make()
            if let held { try await place.destination().feed(held) }
            try await place.loseNextAnswer()
            switch try await failure(feeding: second, place) {
            case .uncertain: break
            // It was asked once more, by the transport or by the destination itself.
            case nil: #expect(try await place.contents() == PlaceContents(second))
            case .refused(let cause): Issue.record("called a refusal: \(cause)")
            }
            try await place.destination().feed(second)
            #expect(try await place.contents() == PlaceContents(second))
            #expect(try await place.destination().observe() == holding(second, kind))
        }
    }

    @Test("a place has one name, which fits into a line and tells no secret", arguments: PlaceKind.all)
    func isNamed(_ kind: PlaceKind) async throws {
        let place = try await kind.make()
        let name = try place.destination().name
        try await place.destination().feed(first)
        #expect(try place.destination().name == name && name.contains(" ") && !name.contains("\n"))
        expectNoSecret(name)
        expectNoSecret(String(reflecting: try place.destination()))
        var dumped = ""
        dump(try place.destination(), to: &dumped)
        expectNoSecret(dumped)
    }
}

import Destinations
import Rotation
import Testing

@Suite struct DistinctDestinationsTests {
    private func place(_ name: String) -> any Destination {
        UnusableDestination(name: name, because: DestinationProblem("its own"))
    }

    @Test("two of one name are one that fails and says so; the others stay, in their order")
    func refusesTwins() async {
        let places = distinct(["a", "b", "c", "b", "d"].map(place))
        #expect(places.map(\.name) == ["a", "b", "c", "d"])
        for place in places {
            guard case .failing(let sentence) = await place.observe() else { continue }
            #expect(sentence.hasPrefix("2 destinations of this user are called b") == (place.name == "b"))
        }
    }
}

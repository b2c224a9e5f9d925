import Destinations
import Rotation
import Testing

@Suite struct DestinationProblemTests {
    @Test func `an observation that came to nothing carries the sentence`() {
        #expect(Observation.Destination.failing(DestinationProblem("renew the token")) == .failing("renew the token"))
    }
}

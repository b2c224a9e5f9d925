import FoundationEssentials
import HostSystem
import Testing

struct ProcessEnvironmentTests {
    @Test func `It is the environment that Foundation sees`() {
        let environment = processEnvironment()
        #expect(environment["PATH"]?.isEmpty == false)
        #expect(environment == ProcessInfo.processInfo.environment)
    }
}

import AgentCommands
import Console
import Handover
import HostSystem
import HostTestSupport
import Testing

/// Two hosts of one name must not overwrite each other's check-ins; one host must always be itself.
struct HostIdentityTests {
    let root = ScratchDirectory()

    private func facts(_ name: String?, machineID: String? = "0123456789abcdef0123456789abcdef", serial: String? = nil)
        -> HostFacts
    {
        _ = Command.run(["mkdir", "-p", root.path("etc"), root.path("proc/device-tree")])
        if let machineID { root.write("etc/machine-id", machineID + "\n") }
        if let serial { root.write("proc/device-tree/serial-number", serial + "\0") }
        return HostFacts(hostName: name, root: root.path)
    }

    @Test func `The id is the host name and eight digits, the same each time`() throws {
        let id = try HostIdentity.derive(from: facts("nas.example.org"))
        #expect(id == (try HostIdentity.derive(from: facts("nas.example.org"))))
        #expect(id.description.hasPrefix("nas-"))
        #expect(id.description.utf8.count == "nas-".utf8.count + 8)
        #expect(!id.description.contains("01234567"))
    }

    @Test func `A copied SD card in another board is another host`() throws {
        let first = try HostIdentity.derive(from: facts("pi", serial: "10000000aaaaaaaa"))
        let second = try HostIdentity.derive(from: facts("pi", serial: "10000000bbbbbbbb"))
        #expect(first != second)
    }

    @Test func `Two machines of one name differ`() throws {
        let first = try HostIdentity.derive(from: facts("pi"))
        let second = try HostIdentity.derive(from: facts("pi", machineID: "fedcba9876543210fedcba9876543210"))
        #expect(first != second)
    }

    @Test(arguments: [
        ("my nas!", "my-nas--"), ("-x", "x-"), (nil, "host-"), ("…", "host-"),
        (String(repeating: "n", count: 80), String(repeating: "n", count: 55) + "-"),
    ])
    func `A host name becomes a part of an id`(_ name: String?, _ prefix: String) throws {
        let id = try HostIdentity.derive(from: facts(name)).description
        #expect(id.dropLast(8) == prefix)
    }

    @Test func `Without a machine id the configuration must say`() {
        let failure = #expect(throws: CommandFailure.self) {
            try HostIdentity.derive(from: facts("nas", machineID: nil))
        }
        #expect(failure?.status == .configuration)
        #expect(failure?.description.contains("set host =") == true)
    }
}

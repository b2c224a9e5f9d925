import Glibc
import HostTestSupport
import Testing

@testable import HostSystem

@Suite struct HostTests {
    let scratch = ScratchDirectory()

    @Test func anAccountIsFoundByNameAndByID() throws {
        let root = try #require(try UserAccount.named("root"))
        #expect(root.userID == 0 && root.groupID == 0 && root.home == "/root")
        #expect(try UserAccount.withID(0) == root)
    }

    @Test func whoDoesNotExistIsNil() throws {
        #expect(try UserAccount.named("nobody-of-this-name") == nil)
        #expect(try UserAccount.withID(3_999_999_999) == nil)
    }

    private func host(_ files: [String: String], name: String? = "nas.home.arpa") -> HostFacts {
        for (path, text) in files {
            let directory = path.split(separator: "/").dropLast().joined(separator: "/")
            _ = Command.run(["mkdir", "-p", scratch.path(directory)])
            scratch.write(path, text)
        }
        return HostFacts(hostName: name, root: scratch.path)
    }

    @Test func theFactsAreReadWhereTheyAre() {
        let facts = host([
            "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
            "sys/class/dmi/id/product_uuid": "4C4C4544-0000-2010-8020-80C04F202020\n",
            "proc/device-tree/serial-number": "10000000deadbeef\0",
            "sys/class/net/br0/address": "02:00:00:00:00:01\n",
            "sys/class/net/br0/addr_assign_type": "3\n",
            "sys/class/net/eth0/address": "b8:27:eb:00:00:01\n",
            "sys/class/net/eth0/addr_assign_type": "0\n",
            "sys/class/net/eth0/device/vendor": "",
        ])
        #expect(facts.hostName == "nas")
        #expect(facts.machineID == "0123456789abcdef0123456789abcdef")
        #expect(facts.productUUID == "4c4c4544-0000-2010-8020-80c04f202020")
        #expect(facts.deviceTreeSerial == "10000000deadbeef")
        #expect(facts.hardwareAddress == "b8:27:eb:00:00:01")
    }

    @Test func whatIsNoFactIsNil() {
        let facts = host(
            [
                "etc/machine-id": "uninitialized\n",
                "sys/class/dmi/id/product_uuid": "00000000-0000-0000-0000-000000000000\n",
                "sys/class/net/lo/address": "00:00:00:00:00:00\n",
                "sys/class/net/lo/addr_assign_type": "0\n",
            ], name: "localhost")
        #expect(facts.hostName == nil && facts.machineID == nil && facts.productUUID == nil)
        #expect(facts.deviceTreeSerial == nil && facts.hardwareAddress == nil)
    }

    @Test func thisMachineHasAName() {
        #expect(HostFacts.current().hostName.map { !$0.isEmpty && !$0.contains(".") } ?? true)
    }

    @Test func theTimeSinceTheStartNeverGoesBack() {
        let first = SystemClock.sinceBoot()
        #expect(first > .zero && SystemClock.sinceBoot() >= first)
    }

    @Test func afterwardsThereAreNoCoreFiles() throws {
        try disableCoreDumps()
        var limit = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0)
        #expect(limit.rlim_cur == 0 && limit.rlim_max == 0 && coreDumpsAreDisabled)
    }
}

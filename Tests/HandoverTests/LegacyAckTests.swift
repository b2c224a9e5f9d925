import Secrets
import Handover
import Testing

@Suite("The shell script's acknowledgement") struct LegacyAckTests {
    @Test func namesItsHost() {
        #expect(LegacyAck.host(fromName: "param-update.sh.raspberrypi.txt")?.description == "raspberrypi")
        #expect(LegacyAck.host(fromName: "param-update.sh.nas.lan.txt")?.description == "nas.lan")
    }

    @Test(arguments: [
        "param-update.sh..txt", "param-update.sh.txt", "param-update.sh.nas", "param-update.sh.nas.txt.bak",
        "x/param-update.sh.nas.txt", "param-update.sh.a b.txt", "param-update.sh.-rf.txt", "param-update.sh.$(x).txt",
        "param-update.sh.../x.txt", "Param-update.sh.nas.txt", "",
    ])
    func otherObjectsAreIgnored(_ name: String) {
        #expect(LegacyAck.host(fromName: name) == nil)
    }

    static let line = "Param /keybaton/backup updated to \(Example.newID) in /home/pi/.aws/credentials"

    @Test(arguments: [
        line, line + "\n", line + "\r\n", "\n\n" + line,
        "Param /keybaton/backup updated to \(Example.oldID) in /home/pi/.aws/config\n" + line,
        line + "\nParam /other updated to \(Example.oldID) in /x\n",
        "Param /keybaton/backup updated to \(Example.newID) in /home/my name/.aws/credentials",
        line + "\nParam /keybaton/backup updated to rubbish in /x\n", "\u{0}\u{1b}[2J\n" + line,
    ])
    func saysWhichKeyWasInstalledLast(_ body: String) {
        let id = LegacyAck.keyID(fromBody: Array(body.utf8), parameter: "/keybaton/backup")
        #expect(id?.description == Example.newID)
    }

    @Test(arguments: [
        "", "\n", "Param /keybaton/backup updated to \(Example.newID)",
        "Param /keybaton/backup updated to \(Example.newID) in ",
        "param /keybaton/backup updated to \(Example.newID) in /x",
        "Param /keybaton/backup2 updated to \(Example.newID) in /x",
        "Param keybaton/backup updated to \(Example.newID) in /x",
        "Param /keybaton/backup updated to \(Example.newID.lowercased()) in /x",
        "Param /keybaton/backup not updated to \(Example.newID) in /x", "\u{feff}" + line,
    ])
    func otherTextSaysNothing(_ body: String) {
        #expect(LegacyAck.keyID(fromBody: Array(body.utf8), parameter: "/keybaton/backup") == nil)
    }

    @Test func bytesThatAreNotTextSayNothing() {
        #expect(LegacyAck.keyID(fromBody: [0xff, 0xfe, 0x0a, 0xc3], parameter: "/keybaton/backup") == nil)
    }
}

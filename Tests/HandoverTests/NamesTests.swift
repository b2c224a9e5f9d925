import FoundationEssentials
import Handover
import Secrets
import Testing

@Suite("Names") struct NamesTests {
    @Test(arguments: ["a", "backup", "Back-Up_1", "x+y=z,w.v@example", "-", String(repeating: "u", count: 64)])
    func userNamesThatIAMAccepts(_ text: String) {
        #expect(UserName(text)?.description == text)
    }

    @Test(arguments: [
        "", String(repeating: "u", count: 65), "a b", "a/b", "a\nb", "a\0", "ü", "a\u{301}", "Ａ", "a:b", "a*", "💾",
    ])
    func userNamesThatIAMRefuses(_ text: String) {
        #expect(UserName(text) == nil)
    }

    @Test("the default parameter exists only for names that a parameter may have")
    func defaultParameters() {
        #expect(UserName("back.up-1_x")?.defaultParameter == "/keybaton/back.up-1_x")
        for name in ["a+b", "a=b", "a,b", "a@b"] { #expect(UserName(name)?.defaultParameter == nil) }
    }

    @Test(arguments: ["a", "nas", "NAS-1", "nas_2.lan", "9", "_x", String(repeating: "h", count: 64)])
    func hostIDsThatAreAccepted(_ text: String) {
        #expect(HostID(text)?.description == text)
    }

    @Test(arguments: [
        "", String(repeating: "h", count: 65), "-rf", "--help", ".", "..", ".ssh", "a b", "a/b", "../x", "a;b", "$(x)",
        "`x`", "a'b", "a\"b", "a\nb", "a\r", "a\0b", "a\u{1b}[2J", "ñas", "nas\u{301}", "ｎａｓ", "a@b", "a+b", "a=b",
    ])
    func hostIDsThatAreRefused(_ text: String) {
        #expect(HostID(text) == nil)
    }

    @Test(
        "a declared name is met by itself and by name-suffix, no more",
        arguments: [
            ("nas", "nas", true), ("nas-1a2b3c4d", "nas", true), ("nas-00000000", "nas", true),
            ("nas-1a2b3c4", "nas", false), ("nas-1a2b3c4d5", "nas", false), ("nas-1A2B3C4D", "nas", false),
            ("nas-1a2b3c4g", "nas", false), ("nas1a2b3c4d", "nas", false), ("nas-backup", "nas", false),
            ("nas-2-1a2b3c4d", "nas", false), ("nas-2-1a2b3c4d", "nas-2", true), ("nas", "nas-1a2b3c4d", false),
            ("NAS-1a2b3c4d", "nas", false), ("nas-1a2b3c4d-1a2b3c4d", "nas", false),
        ] as [(String, String, Bool)])
    func meeting(_ id: String, _ declared: String, _ meets: Bool) throws {
        #expect(try Example.host(id).meets(declared: Example.host(declared)) == meets)
    }

    @Test(arguments: ["AKIAEXAMPLEKEY01", "0123456789ABCDEF", String(repeating: "Z", count: 128)])
    func keyIDsThatAreAccepted(_ text: String) {
        #expect(AccessKeyID(text)?.description == text)
    }

    @Test(arguments: [
        "", "AKIAEXAMPLEKEY0", String(repeating: "Z", count: 129), "akiaexamplekey01", "AKIAEXAMPLEKEY0_",
        "AKIAEXAMPLEKEY01\n", "AKIAEXAMPLE/../X", "ＡＫＩＡＥＸＡＭＰＬＥＫ", "AKIAEXAMPLEKEY0É",
    ])
    func keyIDsThatAreRefused(_ text: String) {
        #expect(AccessKeyID(text) == nil)
    }

    @Test("names are checked where JSON brings them in, and the error does not repeat them")
    func decoding() throws {
        let decoder = JSONDecoder()
        for bad in [#"["-rf; touch x"]"#, #"[""]"#, #"["a\u0000b"]"#] {
            #expect(throws: DecodingError.self) { try decoder.decode([HostID].self, from: Data(bad.utf8)) }
            #expect(throws: DecodingError.self) { try decoder.decode([AccessKeyID].self, from: Data(bad.utf8)) }
        }
        #expect(throws: DecodingError.self) { try decoder.decode([UserName].self, from: Data(#"["a b"]"#.utf8)) }
        #expect(throws: DecodingError.self) { try decoder.decode([HostID: Int].self, from: Data(#"{"-rf":1}"#.utf8)) }
        let error = #expect(throws: (any Error).self) {
            try decoder.decode([AccessKeyID].self, from: Data(#"["touch-x-here-please"]"#.utf8))
        }
        #expect(!String(reflecting: error).contains("touch-x"))
    }

    @Test("a dictionary by host is a JSON object") func objectByHost() throws {
        let hosts = [try Example.host("nas"): 1, try Example.host("NAS-1a2b3c4d"): 2]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = try encoder.encode(hosts)
        #expect(String(decoding: json, as: UTF8.self) == #"{"NAS-1a2b3c4d":2,"nas":1}"#)
        #expect(try JSONDecoder().decode([HostID: Int].self, from: json) == hosts)
    }
}

@Suite("Object names") struct ObjectNameTests {
    @Test("begin with the user's name, so that one policy serves every user") func golden() throws {
        let user = try Example.user()
        let name = try ObjectName.checkIn(of: Example.host("nas-1a2b3c4d"), user: user, key: Example.new().id)
        #expect(name == "acks/backup/AKIAEXAMPLENEW000001/nas-1a2b3c4d.json")
        #expect(name.hasPrefix(ObjectName.checkIns(of: user)))
        #expect(ObjectName.journal(of: user) == "state/backup.json")
        #expect(ObjectName.view(of: user) == "view/backup.json")
    }

    @Test("parsing is the inverse of making", arguments: ["nas", "nas.json", "a.b-c_d", "json", "x.json.json"])
    func inverse(_ host: String) throws {
        let user = try Example.user("a+b@c")
        let id = try Example.host(host)
        let key = try Example.new().id
        let name = ObjectName.checkIn(of: id, user: user, key: key)
        let parsed = try #require(ObjectName.parseCheckIn(name, user: user))
        #expect(parsed.key == key && parsed.host == id)
    }

    @Test(
        "any other object is ignored",
        arguments: [
            "", "acks/backup/", "acks/backup/AKIAEXAMPLENEW000001/", "acks/backup/AKIAEXAMPLENEW000001/.json",
            "acks/backup/AKIAEXAMPLENEW000001/nas", "acks/backup/AKIAEXAMPLENEW000001/nas.JSON",
            "acks/backup/AKIAEXAMPLENEW000001/nas.txt", "acks/backup/AKIAEXAMPLENEW000001//nas.json",
            "acks/backup/AKIAEXAMPLENEW000001/x/nas.json", "acks/backup//nas.json", "acks/backup/nas.json",
            "acks/other/AKIAEXAMPLENEW000001/nas.json", "acks/backup2/AKIAEXAMPLENEW000001/nas.json",
            "/acks/backup/AKIAEXAMPLENEW000001/nas.json", "acks/backup/akiaexamplenew000001/nas.json",
            "acks/backup/AKIAEXAMPLENEW000001/../../x.json", "acks/backup/AKIAEXAMPLENEW000001/-rf.json",
            "acks/backup/AKIAEXAMPLENEW000001/..json", "acks/backup/AKIAEXAMPLENEW000001/a b.json",
            "acks/backup/AKIAEXAMPLENEW000001/$(reboot).json", "acks/backup/AKIAEXAMPLENEW000001/n\u{1b}[31m.json",
            "acks/backup/AKIAEXAMPLENEW000001/nas\n.json", "state/backup.json", "param-update.sh.nas.txt",
        ])
    func hostile(_ name: String) throws {
        #expect(try ObjectName.parseCheckIn(name, user: Example.user()) == nil)
    }
}

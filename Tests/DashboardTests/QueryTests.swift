import Dashboard
import FoundationEssentials
import Handover
import Rotation
import Testing

/// An address is read into what it asks for, and written back as short as it can be.
@Suite struct QueryTests {
    @Test(arguments: [
        ("", ""),
        ("show=behind&sort=seen&page=3", "?show=behind&sort=seen&page=3"),
        ("show=all&sort=state&page=1&search=", ""),
        ("show=everything&sort=&page=-4", ""),
        ("page=99999999999999999999", ""),
        ("search=nas+1%2F%26", "?search=nas%201%2F%26"),
        ("search=%zz%", "?search=%25zz%25"),
        ("unknown=1&show", ""),
        ("&&&=&==", ""),
    ])
    func whatIsNotUnderstoodIsLeftOut(text: String, canonical: String) {
        #expect(UserQuery(parsing: text).text == canonical)
    }

    @Test func aLongAddressIsCut() {
        let query = UserQuery(parsing: "search=" + String(repeating: "a", count: 5000))
        #expect(query.search == String(repeating: "a", count: 64))
        let many = UserQuery(parsing: String(repeating: "x=1&", count: 100) + "page=2")
        #expect(many.page == 1)
    }

    @Test func aListIsCutIntoPagesAndTheLastOneIsTheFurthest() throws {
        let hosts = try (0..<250).map { try host("h\($0)", .current) }
        let first = UserQuery().select(from: hosts)
        #expect(first.elements.count == 100 && first.pages == 3 && first.count == 250)
        let last = UserQuery(page: 9).select(from: hosts)
        #expect(last.page == 3 && last.elements.count == 50)
        #expect(UserQuery(search: "nobody").select(from: hosts).pages == 1)
    }

    @Test func whatNeedsAPersonComesFirstAndEqualsKeepTheirOrder() throws {
        let hosts = [
            try host("a", .current), try host("b", .problem), try host("c", .behind), try host("d", .problem),
        ]
        #expect(UserQuery().select(from: hosts).elements.map(\.host.description) == ["b", "d", "c", "a"])
        #expect(UserQuery(sort: .name).select(from: hosts).elements.map(\.host.description) == ["a", "b", "c", "d"])
        #expect(UserQuery(filter: .attention).select(from: hosts).count == 3)
        #expect(UserQuery(search: "B").select(from: hosts).elements.map(\.host.description) == ["b"])
    }

    @Test(arguments: [
        ("", 3), ("nas", 2), ("NAS", 2), ("s-2", 1), ("nas-2", 1), ("nas-22", 0), ("i", 1), ("ı", 0), ("pi ", 0),
    ])
    func aSearchFindsAPartOfANameWhateverItsCase(text: String, count: Int) throws {
        let hosts = try ["nas-1", "Nas-2", "pi"].map { try host($0, .current) }
        #expect(UserQuery(search: text).select(from: hosts).count == count)
    }

    private func host(_ name: String, _ state: StatusReport.Host.State) throws -> StatusReport.Host {
        StatusReport.Host(host: try #require(HostID(name)), expected: true, state: state)
    }
}

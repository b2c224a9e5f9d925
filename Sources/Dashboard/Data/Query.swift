import AWS

/// What a page's address says beside its path: filter, search, order, page.
///
/// Whatever is not understood is left out, so that an old or mistyped link still shows something.
package struct Query<Filter: QueryOption, Sort: QueryOption>: Hashable, Sendable {
    /// Longer searches are cut: no name is longer.
    package static var searchLimit: Int { 64 }

    package var filter: Filter
    /// Matched against names, whatever the case; empty: everything.
    package var search: String
    package var sort: Sort
    /// From 1.
    package var page: Int

    package init(filter: Filter = .standard, search: String = "", sort: Sort = .standard, page: Int = 1) {
        self.filter = filter
        self.search = search
        self.sort = sort
        self.page = page
    }

    /// - Parameter text: what follows the `?` of an address, percent-encoded, as a form sends it.
    package init(parsing text: some StringProtocol) {
        self.init()
        for part in text.utf8.prefix(1024).split(separator: UInt8(ascii: "&")).prefix(16) {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            let value = String(
                decoding: PercentEncoding.decode(pair[1].map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }),
                as: UTF8.self)
            switch String(decoding: pair[0], as: UTF8.self) {
            case "show": filter = Filter(rawValue: value) ?? filter
            case "search": search = String(value.prefix(Self.searchLimit))
            case "sort": sort = Sort(rawValue: value) ?? sort
            case "page": page = max(1, min(Int(value) ?? 1, 1_000_000))
            default: break
            }
        }
    }

    /// The address's part from the `?`, without what is as it would be anyway; empty where everything is.
    package var text: String {
        var parts: [String] = []
        if filter != .standard { parts.append("show=\(filter.rawValue)") }
        if !search.isEmpty { parts.append("search=\(PercentEncoding.encode(search))") }
        if sort != .standard { parts.append("sort=\(sort.rawValue)") }
        if page != 1 { parts.append("page=\(page)") }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    /// The same list from its beginning, with something changed: what links of filters and orders lead to.
    package func with(_ change: (inout Self) -> Void) -> Self {
        var query = self
        query.page = 1
        change(&query)
        return query
    }
}

/// A choice that is named in an address.
package protocol QueryOption: RawRepresentable<String>, CaseIterable, Hashable, Sendable {
    /// What holds when the address says nothing.
    static var standard: Self { get }
}

package typealias OverviewQuery = Query<UserFilter, UserOrder>
package typealias UserQuery = Query<HostFilter, HostOrder>

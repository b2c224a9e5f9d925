/// A listing, one page of the service after the other: memory holds one page at a time.
package struct Pages<Item: Sendable>: AsyncSequence, Sendable {
    package typealias Element = [Item]
    package typealias Page = (items: [Item], next: String?)

    private let fetch: @Sendable (_ token: String?) async throws -> Page

    package init(fetch: @escaping @Sendable (_ token: String?) async throws -> Page) { self.fetch = fetch }

    package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(fetch: fetch) }

    /// All pages in one array, for listings that are known to be short.
    package func all() async throws -> [Item] {
        var items: [Item] = []
        for try await page in self { items += page }
        return items
    }

    package struct AsyncIterator: AsyncIteratorProtocol {
        private let fetch: @Sendable (String?) async throws -> Page
        private var token: String?
        private var isAtEnd = false

        fileprivate init(fetch: @escaping @Sendable (String?) async throws -> Page) { self.fetch = fetch }

        package mutating func next() async throws -> [Item]? {
            guard !isAtEnd else { return nil }
            let page = try await fetch(token)
            // A server that repeats its token would keep us here for ever.
            guard page.next == nil || page.next != token else { throw RepeatedPageError() }
            token = page.next
            isAtEnd = token == nil
            return page.items
        }
    }
}

package struct RepeatedPageError: Error, Equatable, CustomStringConvertible {
    package var description: String { "the service answered with the same page of a listing again; check the endpoint" }
}

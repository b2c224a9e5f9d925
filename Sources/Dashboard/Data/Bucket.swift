package import FoundationEssentials

/// The update bucket, as far as the dashboard may look into it.
package protocol Bucket: Sendable {
    /// All objects whose names begin so, in pages.
    ///
    /// - Parameter take: called with each page; false ends the listing.
    func list(_ prefix: String, _ take: (ArraySlice<ListedObject>) -> Bool) async throws

    /// Nil when there is no such object.
    func read(_ name: String, atMost size: Int) async throws -> ReadObject?
}

package struct ListedObject: Hashable, Sendable {
    package var name: String
    package var etag: String
    /// On the bucket's clock.
    package var lastModified: Date
    /// In bytes.
    package var size: Int

    package init(name: String, etag: String, lastModified: Date, size: Int) {
        self.name = name
        self.etag = etag
        self.lastModified = lastModified
        self.size = size
    }
}

package enum ReadObject: Hashable, Sendable {
    case body([UInt8], etag: String)
    case tooLarge
}

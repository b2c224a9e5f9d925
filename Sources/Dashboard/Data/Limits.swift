import Rotation

/// How much of the bucket is taken in: whoever holds a key can write there without end.
package struct Limits: Hashable, Sendable {
    /// Views, each of one user.
    package var users = 2000
    /// Bytes of one view: those of a user with ten thousand hosts take a quarter of it.
    package var view = 16 << 20
    /// Check-ins of one user that are listed, of all generations.
    package var checkIns = 50_000
    /// Hosts of one user that are shown.
    package var hosts = 2 * Journal.hostLimit
    /// Bodies of check-ins that one reading fetches; the rest comes with the next ones.
    package var fetched = 256
    /// Bodies whose content is remembered.
    package var remembered = 8192
    /// Targets of one host that are shown.
    package var targets = 32
    /// Characters of one text.
    package var text = 500
    /// Requests that are under way at one time.
    package var width = 8

    package init() {}
}

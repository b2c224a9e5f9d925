import Handover
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
    /// Bytes of them, as `CheckInReport.size` counts: a host that writes what it likes must not take the machine's memory.
    package var rememberedBytes = 64 << 20
    /// Bytes that are kept free for one that is not read yet: the texts of a whole body, whose worst characters are replaced
    /// by longer ones.
    var largestReport: Int { 2 * CheckIn.maximumSize }
    /// Targets of one host that are shown.
    package var targets = 32
    /// Characters of one text, as Unicode counts them: what a reader takes for one may have thousands.
    package var text = 500
    /// The same of a text in a target, of which a host may have many.
    package var targetText = 200
    /// Requests that are under way at one time.
    package var width = 8

    package init() {}
}

package import FoundationEssentials
import Handover
package import Secrets

extension Journal {
    /// Leaked keys on their way out. While the journal names one, nothing else is decided, so that whoever finds it
    /// carries it on; and none of its keys is ever published, rolled back to or reactivated again.
    package struct Revocation: Hashable, Sendable, Codable {
        package enum State: String, Hashable, Sendable, Codable {
            case named, deactivated
            /// AWS has refused it.
            case dead
            case deleted
        }

        package struct Key: Hashable, Sendable, Codable {
            package var id: AccessKeyID
            package var state: State
            /// Since when, on S3's clock.
            package var since: Date

            package init(id: AccessKeyID, state: State, since: Date) {
                self.id = id
                self.state = state
                self.since = since
            }
        }

        package var keys: [Key]
        package var reason: String
        package var by: String

        package init(keys: [Key], reason: String, by: String) {
            self.keys = keys
            self.reason = reason
            self.by = by
        }

        package func names(_ id: AccessKeyID) -> Bool { keys.contains { $0.id == id } }
    }

    /// The OLD of the next publication: the present NEW, unless it is being revoked. A revoked key is not published
    /// even as OLD; a host that still holds it is recognised by the parameter's earlier versions.
    var oldOfNextPublication: AccessKeyID? {
        guard let current, revocation?.names(current.id) != true else { return nil }
        return current.id
    }

    /// The journal with a revoked key in this state.
    func revoking(_ id: AccessKeyID, to state: Revocation.State, at date: Date) -> Journal {
        var journal = self
        guard let index = revocation?.keys.firstIndex(where: { $0.id == id }) else { return journal }
        journal.revocation?.keys[index].state = state
        journal.revocation?.keys[index].since = date
        return journal
    }

    func beginningRevocation(of ids: [AccessKeyID], reason: String, by: String, at date: Date) -> Journal {
        var journal = self
        // A further key may be named while the first is on its way out.
        let known = revocation?.keys ?? []
        let added = ids.filter { id in !known.contains { $0.id == id } }
        journal.revocation = Revocation(
            keys: known + added.map { Revocation.Key(id: $0, state: .named, since: date) }, reason: reason, by: by)
        return journal
    }

    func endingRevocation() -> Journal {
        var journal = self
        // Their check-ins go with the next generation: until then they tell who was cut off.
        journal.retired += (revocation?.keys.map(\.id) ?? []).filter { $0 != current?.id && $0 != previous?.id }
        journal.retired.removeFirst(max(0, journal.retired.count - Self.historyLimit))
        journal.revocation = nil
        return journal
    }
}

import Console
import Handover
import Rotation

/// A place that holds one key, so that it can be one user's only: of two each would undo what the other one was fed.
struct FedPlace: Hashable {
    var name: String
    var realm: String
}

extension ManagedUser {
    /// Where its keys are fed to, as far as it must be the only one there.
    func fedPlaces(_ services: DestinationServices) -> Set<FedPlace> {
        Set(
            destinations.flatMap { table -> [FedPlace] in
                guard let realm = table.realm(assuming: role) else { return [] }
                return table.destinations(for: name, services).map { FedPlace(name: $0.name, realm: realm) }
            })
    }
}

extension [UserEntry] {
    /// Throws where the file names two users for one place, or gives a place to all whom a `[[user]]` finds.
    func checkFedPlaces(_ places: (ManagedUser) -> Set<FedPlace>) throws(InvalidSetting) {
        var owners: [FedPlace: UserName] = [:]
        for user in compactMap(\.named) {
            for place in places(user).sorted(by: { $0.name < $1.name }) {
                if let other = owners.updateValue(user.name, forKey: place) {
                    throw InvalidSetting(
                        "users \(other) and \(user.name) are both fed to \(place.name), which holds one key: give each its own"
                    )
                }
            }
        }
        for selection in compactMap(\.selection) where selection.include?.count != 1 {
            guard let first = UserName("example"), let second = UserName("other"),
                let one = try? selection.user(first), let two = try? selection.user(second),
                let shared = places(one).intersection(places(two)).min(by: { $0.name < $1.name })
            else { continue }
            throw InvalidSetting(
                "users of \(selection) would all be fed to \(shared.name), which holds one key: write {user} in its name"
            )
        }
    }
}

extension Roster {
    /// Leaves alone whom only a selection has found and who shares a place with another user.
    mutating func leaveOutSharers(of places: (ManagedUser) -> Set<FedPlace>, named: Set<UserName>) {
        var owners: [FedPlace: [UserName]] = [:]
        for user in users { for place in places(user) { owners[place, default: []].append(user.name) } }
        var clashes: [UserName: (place: FedPlace, others: [UserName])] = [:]
        for (place, names) in owners.sorted(by: { $0.key.name > $1.key.name }) where names.count > 1 {
            for name in names where !named.contains(name) { clashes[name] = (place, names.filter { $0 != name }) }
        }
        for (name, clash) in clashes.sorted(by: { $0.key < $1.key }) {
            leaveOut(
                name,
                because:
                    "\(clash.place.name), which holds one key, is fed by \(shortList(clash.others)) as well: give each its own"
            )
        }
    }
}

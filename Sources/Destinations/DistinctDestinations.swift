package import Rotation

/// Destinations of which no two have one name: what is observed, fed and remembered goes by names, so of two with one name
/// the second would never be fed, and nobody would miss it.
///
/// Those that share one become one that fails, and says so.
package func distinct(_ destinations: [any Destination]) -> [any Destination] {
    var counts: [String: Int] = [:]
    for destination in destinations { counts[destination.name, default: 0] += 1 }
    var said: Set<String> = []
    return destinations.compactMap { destination in
        guard let count = counts[destination.name], count > 1 else { return destination }
        guard said.insert(destination.name).inserted else { return nil }
        return UnusableDestination(
            name: destination.name,
            because: DestinationProblem(
                "\(count) destinations of this user are called \(destination.name): remove those that are too many, or give "
                    + "each its own `name` where it may have one"))
    }
}

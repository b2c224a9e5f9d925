/// How a statement is meant; shown by a shape, a colour and its own words.
package enum Tone: String, Hashable, Sendable {
    /// Nothing to do.
    case good
    /// Something is under way, by itself.
    case working
    /// A person should look.
    case attention

    var shape: Shape {
        switch self {
        case .good: .current
        case .working: .working
        case .attention: .problem
        }
    }
}

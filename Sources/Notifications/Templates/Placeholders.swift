/// Replaces `{name}` in a text once, so that what was filled in is never taken for a placeholder.
///
/// Other braces stay as they are. Nil when `value` is nil for one of the names.
func fill(_ text: some StringProtocol, _ value: (String) -> String?) -> String? {
    var filled = ""
    var rest = text[...]
    while let brace = rest.firstIndex(of: "{") {
        filled += rest[..<brace]
        let inside = rest[rest.index(after: brace)...]
        let name = inside.prefix { $0 == "_" || $0.isASCII && $0.isLowercase }
        if !name.isEmpty, inside[name.endIndex...].first == "}" {
            guard let value = value(String(name)) else { return nil }
            filled += value
            rest = inside[name.endIndex...].dropFirst()
        } else {
            filled += "{"
            rest = inside
        }
    }
    return filled + rest
}

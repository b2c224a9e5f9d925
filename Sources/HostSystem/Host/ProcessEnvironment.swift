import CHostSystem

/// The environment of this process, as it is at this moment.
///
/// Foundation's would do, at fifteen times the cost. Of two variables of one name the first counts, as for `getenv`;
/// what has no `=` is no variable.
package func processEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var next = keybaton_environment()
    while let text = next?.pointee {
        let variable = String(cString: text)
        if let sign = variable.utf8.firstIndex(of: UInt8(ascii: "=")) {
            let name = String(variable[..<sign])
            if variables[name] == nil { variables[name] = String(variable[variable.utf8.index(after: sign)...]) }
        }
        next = next.map { $0 + 1 }
    }
    return variables
}

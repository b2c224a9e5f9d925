import Secrets

/// Why there is no token: a sentence that names where it should be and says what to do.
package struct TokenProblem: Error, Hashable, CustomStringConvertible {
    package let description: String
}

extension Secret {
    /// The token that a file or a secret holds, without a line end behind it.
    ///
    /// Tokens go into headers: anything but visible ASCII is no token, or two, and would be sent as something else.
    func token(from place: String) throws(TokenProblem) -> Secret {
        let token = withBytes { bytes in
            let last = bytes.lastIndex { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            return Secret(bytes.prefix(last.map { $0 + 1 } ?? 0))
        }
        guard token.count > 0 else {
            throw TokenProblem(description: "\(place) is empty: put the token there")
        }
        guard token.withBytes({ $0.allSatisfy { (0x21...0x7E).contains($0) } }) else {
            throw TokenProblem(
                description: "\(place) holds more than a token, such as a second line, a space or a control character: "
                    + "put the token there and nothing else")
        }
        return token
    }
}

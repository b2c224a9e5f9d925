/// The name of a profile that can be written into a section header and is read back the same by every SDK.
package struct ProfileName: Sendable, Hashable, CustomStringConvertible {
    package static let `default` = ProfileName(unchecked: "default")

    package let text: String

    /// Throws when the name is anything but 1 to 128 of `A-Z a-z 0-9 _ - . / % @ : +`.
    ///
    /// Brackets, quotes, comment signs and line ends would end the name early; a space makes `profile x` of it, and
    /// the SDKs differ about names with spaces. `DEFAULT` is no profile: botocore lends its keys to all the others.
    package init(_ text: String) throws(InvalidProfileName) {
        guard (1...128).contains(text.utf8.count), text.utf8.allSatisfy(isAllowed), text != "DEFAULT" else {
            throw InvalidProfileName()
        }
        self.text = text
    }

    private init(unchecked text: String) { self.text = text }

    package var description: String { text }
}

/// A text that is no profile's name. The text is not part of the error: it may be a secret in the wrong place.
package struct InvalidProfileName: Error, Equatable, CustomStringConvertible {
    package var description: String {
        "the profile name must be 1 to 128 of A-Z a-z 0-9 _ - . / % @ : + and not DEFAULT"
    }
}

private func isAllowed(_ byte: UInt8) -> Bool {
    isLetterOrDigit(byte) || "_-./%@:+".utf8.contains(byte)
}

func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        true
    default: false
    }
}

/// The keys of a section that an edit is about; all others are left alone.
enum CredentialKey: CaseIterable {
    case accessKeyID
    case secretAccessKey
    case sessionToken
    /// The session token's first name, which botocore still reads.
    case securityToken

    /// The key of this spelling in any letters, as no SDK of AWS tells them apart.
    init?(_ name: Slice<UnsafeRawBufferPointer>, in dialect: Dialect) {
        let match = Self.allCases.first { key in
            guard let text = dialect.name(of: key)?.utf8 else { return false }
            return name.count == text.count && zip(name, text).allSatisfy { lowercased($0) == $1 }
        }
        guard let match else { return nil }
        self = match
    }
}

/// ASCII only; keys with other letters are refused before anything compares them.
func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
}

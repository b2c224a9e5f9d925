/// The keys of a profile that an edit is about; all others are left alone.
enum CredentialKey: String, CaseIterable {
    case accessKeyID = "aws_access_key_id"
    case secretAccessKey = "aws_secret_access_key"
    case sessionToken = "aws_session_token"
    /// The session token's first name, which botocore still reads.
    case securityToken = "aws_security_token"

    /// The key of this spelling; the case of the letters does not matter to any SDK.
    init?(_ name: Slice<UnsafeRawBufferPointer>) {
        let match = Self.allCases.first { key in
            let text = key.rawValue.utf8
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

/// Why a document is not edited, or a key not read from it. Contains no byte of the document.
package struct DocumentProblem: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        /// The reasons for which botocore, and so the AWS CLI, refuses the whole file.
        case notUTF8, outsideSection, noDelimiter, emptyKey, nestedWithoutEquals
        case duplicateSection(firstLine: Int)
        case duplicateKey(firstLine: Int)

        /// The programs that read the file do not agree on what it says.
        case otherSpellingOfProfile, commentBehindValue, keyInContinuation, valueInSeveralLines, inherited
        case keyOutsideASCII, otherSpellingOfKey, notPlain, indented, textBehindHeader
        case controlCharacter, loneCarriageReturn, byteOrderMark
        case notAnAssignment, openQuote, continuedLine, mentionedElsewhere

        /// It cannot be edited by us.
        case encrypted, missingRemote, notAnS3Remote, notCredentialsJSON, otherMembers

        /// It says clearly what is not a key of AWS.
        case idWithoutSecret, secretWithoutID, notAnAccessKeyID, notASecretAccessKey

        /// The edit came out wrong. The check is for faults of ours; the file has not been touched.
        case editFailed
    }

    /// From 1; lines end where Python ends them, at LF, CR LF or CR.
    package let line: Int
    package let reason: Reason

    /// Whether botocore refuses the whole file for it.
    package var isUnreadable: Bool {
        switch reason {
        case .notUTF8, .outsideSection, .noDelimiter, .emptyKey, .nestedWithoutEquals, .duplicateSection,
            .duplicateKey:
            true
        default: false
        }
    }

    package var description: String { "line \(line): \(sentence)" }

    private var sentence: String {
        switch reason {
        case .notUTF8: "not UTF-8; save the file as UTF-8"
        case .outsideSection: "stands before the first [section]; move it below one, or remove it"
        case .noDelimiter: "neither a [section], nor key = value, nor a comment; correct or remove it"
        case .emptyKey: "no key before the =; correct or remove it"
        case .nestedWithoutEquals: "indented below a key without a value, but not key = value itself"
        case .duplicateSection(let first): "the section of line \(first) again; merge the two"
        case .duplicateKey(let first): "the key of line \(first) again; keep one of the two"
        case .otherSpellingOfProfile:
            "some programs read this as the section and others do not; write [NAME], in ~/.aws/config [profile NAME], on a "
                + "line of its own"
        case .commentBehindValue:
            "a comment behind the value, which some programs take for a part of it; put it on a line of its own"
        case .keyInContinuation:
            "indented deeper than the key above, so some programs take it for a part of that value; align it"
        case .valueInSeveralLines: "the value goes on in this line; put it on one line"
        case .inherited:
            "a credential in a section that counts for the others as well; move it to the section it belongs to"
        case .keyOutsideASCII: "a key with letters outside ASCII, which programs compare differently; rename it"
        case .otherSpellingOfKey:
            "some programs take this for a credential and others do not; write its name in small letters, then = and value"
        case .notPlain:
            "quotes or references that not every program resolves; write the name and the value as they are"
        case .indented: "indented, which some programs take for more of the value above; align it"
        case .textBehindHeader: "text behind the [section], which hides it from rclone; put it on a line of its own"
        case .controlCharacter: "a control character; remove it"
        case .loneCarriageReturn: "a carriage return in the middle, where some programs end the line; remove it"
        case .byteOrderMark:
            "a byte order mark, which most programs take for a part of the text; save the file without it"
        case .notAnAssignment:
            "neither NAME=value, without spaces around the =, nor a comment; correct it, or keep the key in another file"
        case .openQuote: "a quote or bracket without its end, so a shell reads on in the next line; close or escape it"
        case .continuedLine: "ends with a backslash, so some programs read on in the next line; put it on one line"
        case .mentionedElsewhere:
            "a variable of the key in another place than NAME=value, so a program may see another value; remove it"
        case .encrypted:
            "encrypted with a password; remove it with rclone config (s, then u) and protect the file by its mode, or "
                + "give the remote env_auth = true and the key in a target of another format"
        case .missingRemote:
            "the end, and no such remote; make it with rclone config (type = s3, provider, region), then run again"
        case .notAnS3Remote: "not a remote of type = s3; configure another remote, or make this one with rclone config"
        case .notCredentialsJSON:
            "not the JSON of a credential_process (Version 1, AccessKeyId, SecretAccessKey); correct or remove the file"
        case .otherMembers:
            "more than the members of a credential_process, each once; nothing of it is overwritten: configure another path"
        case .idWithoutSecret: "an access key id without a secret access key in the same place"
        case .secretWithoutID: "a secret access key without an access key id in the same place"
        case .notAnAccessKeyID: "the value is not an access key id of AWS"
        case .notASecretAccessKey: "the value is not a secret access key of AWS"
        case .editFailed: "editing would have changed more than the key, so nothing was written; please report this"
        }
    }
}

/// Why a document is not edited, or a key not read from it. Contains no byte of the document.
package struct DocumentProblem: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        /// The reasons for which botocore, and so the AWS CLI, refuses the whole file.
        case notUTF8, outsideSection, noDelimiter, emptyKey, nestedWithoutEquals
        case duplicateSection(firstLine: Int)
        case duplicateKey(firstLine: Int)

        /// The SDKs do not agree on what the file says about this profile.
        case otherSpellingOfProfile, commentBehindValue, keyInContinuation, valueInSeveralLines, inheritedFromDefault
        case keyOutsideASCII

        /// The profile says clearly what is not a key of AWS.
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
        case .outsideSection: "stands before the first [profile]; move it below one, or remove it"
        case .noDelimiter: "neither a [profile], nor key = value, nor a comment; correct or remove it"
        case .emptyKey: "no key before the =; correct or remove it"
        case .nestedWithoutEquals: "indented below a key without a value, but not key = value itself"
        case .duplicateSection(let first): "the section of line \(first) again; merge the two"
        case .duplicateKey(let first): "the key of line \(first) again; keep one of the two"
        case .otherSpellingOfProfile:
            "some programs read this as the profile's section and others do not; write [NAME] on a line of its own"
        case .commentBehindValue:
            "a comment behind the value, which botocore takes for a part of it; put it on a line of its own"
        case .keyInContinuation:
            "indented deeper than the key above, so botocore takes it for a part of that value; align it"
        case .valueInSeveralLines: "the value goes on in this line; put it on one line"
        case .inheritedFromDefault:
            "a credential in [DEFAULT], which botocore lends to every profile; move it to the profile it belongs to"
        case .keyOutsideASCII: "a key with letters outside ASCII, which programs compare differently; rename it"
        case .idWithoutSecret: "an access key id without a secret access key in the same profile"
        case .secretWithoutID: "a secret access key without an access key id in the same profile"
        case .notAnAccessKeyID: "the value is not an access key id of AWS"
        case .notASecretAccessKey: "the value is not a secret access key of AWS"
        case .editFailed: "editing would have changed more than the key, so nothing was written; please report this"
        }
    }
}

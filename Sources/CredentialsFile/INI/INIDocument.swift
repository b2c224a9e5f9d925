package import Secrets

/// The text of an INI file, with what its lines mean to botocore, and the section that holds the key.
///
/// A byte order mark is kept, and what is behind it is edited as if it were not there; botocore refuses such a file, so
/// `hasByteOrderMark` is there to warn of it.
package struct INIDocument: KeyDocument, Equatable {
    package let content: Secret
    let lines: [Line]
    let section: ProfileName
    let dialect: Dialect

    init(_ content: Secret, section: ProfileName, dialect: Dialect) {
        self.content = content
        self.section = section
        self.dialect = dialect
        lines = content.withBytes { LineReader.lines(of: $0) }
    }

    /// The same place in another text.
    func with(_ content: Secret) -> INIDocument {
        INIDocument(content, section: section, dialect: dialect)
    }
}

package import Secrets

/// The text of an environment file, with the two variables that hold the key.
///
/// An edit keeps what only some readers know, `export` and quotes, as it keeps those readers working; what it writes
/// itself is what all of them read alike: `NAME=value`, nothing quoted, as an access key needs no quotes.
package struct EnvironmentDocument: KeyDocument, Equatable {
    package let content: Secret
    let lines: [EnvironmentLine]
    let id: VariableName
    let secret: VariableName

    init(_ content: Secret, id: VariableName, secret: VariableName) {
        self.content = content
        self.id = id
        self.secret = secret
        lines = content.withBytes { EnvironmentReader.lines(of: $0) }
    }

    /// Where the variables are.
    struct Location {
        var id: Variable?
        var secret: Variable?
        var tokens: [Variable] = []

        var lines: Set<Int> { Set(([id, secret].compactMap(\.self) + tokens).map(\.line)) }
    }

    struct Variable {
        let name: VariableName
        /// Its index in the lines.
        let line: Int
        /// Without quotes.
        let value: Range<Int>
    }

    /// The variables of a session token; their names are only known beside the standard names of a key.
    private var tokenNames: [VariableName] {
        id == .accessKeyID && secret == .secretAccessKey ? [.sessionToken, .securityToken] : []
    }

    package func credentials() throws(DocumentProblem) -> Credentials {
        let location = try locate()
        return Credentials(
            id: location.id.map(value), secret: location.secret.map(value), tokens: location.tokens.map(value))
    }

    private func value(of variable: Variable) -> Credentials.Value {
        content.withBytes { bytes in
            Credentials.Value(
                label: "\(variable.name)=", line: variable.line + 1, text: Secret(bytes[variable.value]))
        }
    }

    /// Throws what is not the same to every reader, wherever it is: it may hide the key, or another value of it.
    func locate() throws(DocumentProblem) -> Location {
        if hasByteOrderMark { throw DocumentProblem(line: 1, reason: .byteOrderMark) }
        var variables: [VariableName: Variable] = [:]
        for (index, line) in lines.enumerated() {
            let found = content.withBytes { variable(in: line, index, $0) }
            switch found {
            case .success(let variable?):
                if let first = variables.updateValue(variable, forKey: variable.name) {
                    throw DocumentProblem(line: index + 1, reason: .duplicateKey(firstLine: first.line + 1))
                }
            case .success(nil): break
            case .failure(let problem): throw problem
            }
        }
        return Location(
            id: variables[id], secret: variables[secret], tokens: tokenNames.compactMap { variables[$0] })
    }

    private func variable(
        in line: EnvironmentLine, _ index: Int, _ bytes: UnsafeRawBufferPointer
    ) -> Result<Variable?, DocumentProblem> {
        func failure(_ reason: DocumentProblem.Reason) -> Result<Variable?, DocumentProblem> {
            .failure(DocumentProblem(line: index + 1, reason: reason))
        }
        let names = [id, secret] + tokenNames
        switch line.kind {
        case .problem(let reason): return failure(reason)
        case .blank, .export: return .success(nil)
        case .comment:
            // A shell and docker know no comment behind a semicolon.
            let isDoubtful = bytes[line.content].first == UInt8(ascii: ";") && mentions(names, line.content, bytes)
            return isDoubtful ? failure(.mentionedElsewhere) : .success(nil)
        case .assignment(let range, let value, _):
            guard let name = names.first(where: { bytes[range].elementsEqual($0.text.utf8) }) else {
                return mentions(names, value, bytes) ? failure(.mentionedElsewhere) : .success(nil)
            }
            guard let inner = plainValue(value, bytes) else {
                return failure(hasComment(value, bytes) ? .commentBehindValue : .notPlain)
            }
            return .success(Variable(name: name, line: index, value: inner))
        }
    }
}

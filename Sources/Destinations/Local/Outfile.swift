package import Handover
package import Rotation
package import Secrets

/// Where the keys of many users are handed over at once: a file, or standard output.
///
/// A file is durable after each key. What is printed cannot be taken back: a user's key is printed when the user's run is
/// over, once, and the document ends by `finish()`, whatever happened to later users.
package actor Outfile {
    private enum Place {
        case file(OutfileFile)
        case print(@Sendable (String) throws -> Void)
    }

    /// As it was given.
    package nonisolated let description: String
    private let place: Place
    private var given: [UserName: AccessKey] = [:]
    private var printed: [UserName] = []
    private var isFinished = false

    /// - Parameters:
    ///   - path: a file's, or `-` for standard output.
    ///   - print: writes to standard output, without a line end of its own; throws when not all was written.
    package init(_ path: String, print: @escaping @Sendable (String) throws -> Void) {
        description = path == "-" ? "standard output" : path
        place = path == "-" ? .print(print) : .file(OutfileFile(path: path))
    }

    /// Throws what would keep a key from being stored: to be called before any user is touched.
    package func check() throws(DestinationProblem) {
        if case .file(let file) = place { try file.check() }
    }

    /// The id that is there for the user; nil when there is none.
    func keyID(of user: UserName) throws(DestinationProblem) -> AccessKeyID? {
        switch place {
        case .file(let file): try file.read().keys[user]?.id
        case .print: given[user]?.id
        }
    }

    func store(_ key: AccessKey, of user: UserName) throws(EffectError) {
        switch place {
        case .file(let file): try file.store(key, of: user)
        case .print:
            guard given[user] != key else { return }
            guard !printed.contains(user), !isFinished else {
                throw .refused(DestinationProblem("the key of \(user) was printed already: run again"))
            }
            given[user] = key
        }
    }

    /// Says that the user's run is over: its key, if there is one, is printed now.
    ///
    /// Throws when it could not be: nothing is printed afterwards, since what stands there is no document any more.
    package func completed(_ user: UserName) throws(DestinationProblem) {
        guard !isFinished, let key = given[user], !printed.contains(user) else { return }
        try print((printed.isEmpty ? "{\n" : ",\n") + OutfileDocument.member(user, key))
        printed.append(user)
    }

    /// Ends what is printed. Nothing is printed afterwards.
    package func finish() throws(DestinationProblem) {
        guard case .print = place, !isFinished else { return }
        for user in given.keys.sorted() { try completed(user) }
        try print(printed.isEmpty ? "{}\n" : "\n}\n")
        isFinished = true
    }

    private func print(_ text: String) throws(DestinationProblem) {
        guard case .print(let print) = place else { return }
        do {
            try print(text)
        } catch {
            isFinished = true
            throw DestinationProblem(
                "\(description) could not be written, so that the document is not complete: \(error)")
        }
    }
}

/// One user's place in an outfile.
package struct OutfileDestination: Destination {
    private let outfile: Outfile
    private let user: UserName

    package init(_ outfile: Outfile, user: UserName) {
        self.outfile = outfile
        self.user = user
    }

    package var name: String { "outfile \(outfile.description)" }

    package func observe() async -> Observation.Destination {
        do {
            return try await outfile.keyID(of: user).map { .holds($0) } ?? .needsFeeding
        } catch {
            return .failing("\(error)")
        }
    }

    package func feed(_ key: AccessKey) async throws(EffectError) {
        try await outfile.store(key, of: user)
    }
}

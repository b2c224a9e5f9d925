import Glibc

/// Why a file was not replaced; in every case but `.notDurable` it is what it was before.
package enum ReplacementError: Error, Equatable, CustomStringConvertible {
    /// Somebody wrote, replaced or removed the file since the status that was given was taken.
    case changedMeanwhile
    /// The new file could not be given the owner, group, permissions, ACL or `user.` attributes of the old one.
    case attributesNotKept(SystemCallError)
    /// The file is replaced, but may be the old one again after a power cut.
    case notDurable(SystemCallError)
    case failed(SystemCallError)

    package var description: String {
        switch self {
        case .changedMeanwhile: "another program has changed it meanwhile"
        case .attributesNotKept(let cause): "its owner, permissions and attributes could not be kept: \(cause)"
        case .notDurable(let cause): "it is written, but may not be after a power cut: \(cause)"
        case .failed(let cause): "\(cause)"
        }
    }
}

extension Directory {
    /// Replaces the file, or makes it, so that every reader at every moment sees the old contents or the new ones.
    ///
    /// Everything is written to a temporary file in the same directory and made durable, and then takes the name over.
    /// Between the last look at the old file and that moment lies no lock that other programs would respect: what one
    /// of them writes between those two system calls is lost.
    ///
    /// - Parameter expected: the status of the file that the contents were derived from; nil when there was none.
    /// - Returns: the names of extended attributes that belong to the system and were not kept.
    package func replaceFile(
        _ name: String, with contents: UnsafeRawBufferPointer, attributes: FileAttributes, ifStill expected: FileStatus?
    ) throws(ReplacementError) -> [String] {
        let temporary = TemporaryName.random()
        let skipped: [String]
        do throws(ReplacementError) {
            skipped = try fill(temporary, with: contents, attributes: attributes)
            let current = try wrapping(as: ReplacementError.failed) { () throws(SystemCallError) in
                try status(of: name)
            }
            guard isSameVersion(expected, current) else { throw .changedMeanwhile }
            try wrapping(as: ReplacementError.failed) { () throws(SystemCallError) in
                try rename(temporary, to: name)
            }
        } catch {
            // The error at hand is the one to report; what cannot be removed now, the next run removes.
            try? removeFile(temporary)
            throw error
        }
        try wrapping(as: ReplacementError.notDurable) { () throws(SystemCallError) in try sync() }
        return skipped
    }

    private func fill(
        _ temporary: String, with contents: UnsafeRawBufferPointer, attributes: FileAttributes
    ) throws(ReplacementError) -> [String] {
        let file = try wrapping(as: ReplacementError.failed) { () throws(SystemCallError) in
            let file = try createFile(temporary)
            try file.writeAll(contents)
            return file
        }
        let skipped = try wrapping(as: ReplacementError.attributesNotKept) { () throws(SystemCallError) in
            try file.apply(attributes)
        }
        try wrapping(as: ReplacementError.failed) { () throws(SystemCallError) in try file.sync() }
        return skipped
    }
}

private func isSameVersion(_ expected: FileStatus?, _ current: FileStatus?) -> Bool {
    switch (expected, current) {
    case (nil, nil): true
    case (let expected?, let current?): expected.isSameVersion(as: current)
    default: false
    }
}

/// Says by its type what an error of the body means for the file.
func wrapping<Result: ~Copyable>(
    as wrap: (SystemCallError) -> ReplacementError, _ body: () throws(SystemCallError) -> Result
) throws(ReplacementError) -> Result {
    do {
        return try body()
    } catch {
        throw wrap(error)
    }
}

import HostSystem

/// A file of metrics, which Prometheus's node exporter reads with its textfile collector.
struct MetricsFile: RunObserver {
    private static let sizeLimit = 1 << 20

    let path: String

    /// The last run's figures hold until this one's are known.
    func runWillStart() {}

    func runDidEnd(_ summary: RunSummary) throws {
        do {
            try write(summary)
        } catch {
            throw MetricsFileError(path: path, cause: error)
        }
    }

    /// Never follows a link at the path's end: others than root may write to the exporter's directory.
    private func write(_ summary: RunSummary) throws {
        let (folder, name) = splitPath(path)
        let directory = try Directory(path: folder)
        // The exporter's directory may be its user's. But nobody may lead root on into somebody else's.
        if UserAccount.effectiveUserID == 0 { _ = try requireOwnWay(to: folder, of: directory.status().owner) }
        let text = metrics(summary, lastSuccess: previousSuccess(directory, name))
        let current = try directory.status(of: name)
        _ = try Array(text.utf8).withUnsafeBytes { bytes throws(ReplacementError) in
            try directory.replaceFile(
                name, with: bytes, attributes: .made(group: nil, permissions: 0o644), ifStill: current)
        }
    }

    /// Kept in the file itself, as whoever removes it wants to begin anew. Nil when it does not say.
    private func previousSuccess(_ directory: borrowing Directory, _ name: String) -> Int? {
        let text = try? directory.openFile(name).withContents(limit: Self.sizeLimit) {
            String(decoding: $0, as: UTF8.self)
        }
        return text.flatMap(lastSuccess(in:))
    }
}

struct MetricsFileError: Error, CustomStringConvertible {
    let path: String
    let cause: any Error

    var description: String {
        "textfile \(path): the metrics were not written: \(cause); make its directory writable for this user"
    }
}

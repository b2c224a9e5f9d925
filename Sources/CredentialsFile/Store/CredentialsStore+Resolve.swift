import Glibc
import HostSystem

extension CredentialsStore {
    /// Where the file really is, at the end of all symbolic links: replacing a link would leave the old key behind it.
    struct Place: Equatable {
        let directory: String
        let name: String
    }

    /// Follows the links of the last part of the path; those before it are followed by the kernel.
    ///
    /// Nil when the directory does not exist and is not to be made. A link must belong to the expected owner or to
    /// root, so that nobody else decides where a secret is written. A link to nothing is refused, rather than that a
    /// file is made on the wrong side of a file system that is not mounted.
    func resolve(makingDirectory: Bool) throws(CredentialsStoreError) -> Place? {
        var place = try place(of: path)
        var link: String?
        // The kernel's own limit (path_resolution(7)).
        for _ in 0...40 {
            guard let directory = try openDirectory(place, link: link, makingIt: makingDirectory) else { return nil }
            guard let status = try refusing({ () throws(SystemCallError) in try directory.status(of: place.name) })
            else {
                if let link { throw failure(.danglingLink(destination: link)) }
                return place
            }
            guard status.kind == .symbolicLink else { return place }
            guard status.owner == options.owner || status.owner == 0 else {
                throw failure(.foreignOwner(status.owner, expected: options.owner))
            }
            let destination = try refusing { () throws(SystemCallError) in
                try directory.destination(ofLink: place.name)
            }
            place = try self.place(
                of: destination.hasPrefix("/") ? destination : "\(place.directory)/\(destination)")
            link = destination
        }
        throw failure(.tooManyLinks)
    }

    private func place(of path: String) throws(CredentialsStoreError) -> Place {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
        guard !["", ".", ".."].contains(name), !path.utf8.contains(0) else { throw failure(.unusablePath) }
        return Place(directory: slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".", name: name)
    }

    private func openDirectory(
        _ place: Place, link: String?, makingIt: Bool
    ) throws(CredentialsStoreError) -> Directory? {
        do {
            return try Directory(path: place.directory)
        } catch {
            guard error.code == ENOENT else { throw failure(.refused(error)) }
            if let link { throw failure(.danglingLink(destination: link)) }
            if !makingIt { return nil }
        }
        var above = try missingDirectory(above: place.directory)
        for name in above.names {
            try refusing { () throws(SystemCallError) in try Directory(path: above.existing).createDirectory(name) }
            above.existing += "/\(name)"
        }
        return try refusing { () throws(SystemCallError) in try Directory(path: place.directory) }
    }

    /// Throws unless the directories that are missing could be made.
    func checkMakingDirectory() throws(CredentialsStoreError) {
        let above = try missingDirectory(above: place(of: path).directory)
        try refusing { () throws(SystemCallError) in try Directory(path: above.existing).checkCreation() }
    }

    /// The first directory upwards that exists, and the names that are missing below it.
    ///
    /// Throws when it is not the owner's: whoever owns a directory decides what the names in it lead to.
    private func missingDirectory(
        above path: String
    ) throws(CredentialsStoreError) -> (existing: String, names: [String]) {
        var existing = path
        var names: [String] = []
        while true {
            let status: FileStatus
            do {
                status = try Directory(path: existing).status()
            } catch {
                guard error.code == ENOENT else { throw failure(.refused(error)) }
                let place = try place(of: existing)
                names.insert(place.name, at: 0)
                existing = place.directory
                continue
            }
            guard status.owner == options.owner else {
                throw failure(.foreignDirectory(existing, owner: status.owner, expected: options.owner))
            }
            return (existing, names)
        }
    }
}

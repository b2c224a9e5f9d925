import FoundationEssentials
import Testing

/// The vectors of others, which are not part of this repository.
enum Vectors {
    /// Nil, after a loud line, where the folder is absent.
    static func folder(_ name: String) -> URL? {
        let root = ProcessInfo.processInfo.environment["KEYBATON_SUITES"].map { URL(filePath: $0) } ?? besideThePackage
        let folder = root.appending(path: name)
        if FileManager.default.fileExists(atPath: folder.path) { return folder }
        print("SKIPPED: no vectors in \(folder.path); set KEYBATON_SUITES to the folder of the suites")
        return nil
    }

    private static var besideThePackage: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../shared/suites").standardized
    }

    static func text(_ file: URL) throws -> String {
        String(decoding: try Data(contentsOf: file), as: UTF8.self)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, from file: URL) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: file))
    }

    /// Names of the folders in a folder, sorted.
    static func subfolders(of folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { name in
            var isFolder = false
            return FileManager.default.fileExists(atPath: folder.appending(path: name).path, isDirectory: &isFolder)
                && isFolder
        }.sorted()
    }
}

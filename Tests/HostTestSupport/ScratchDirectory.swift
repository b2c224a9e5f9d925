package import Glibc

/// A new directory of its own for each test; removed, with all that is in it, when the value goes.
package final class ScratchDirectory: Sendable {
    package let path: String

    package init() {
        var template = Array("/tmp/keybaton-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { fatalError("mkdtemp: errno \(errno)") }
        path = String(cString: made)
    }

    deinit {
        _ = Command.run(["rm", "-rf", path])
    }

    package func path(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file as careless programs do.
    @discardableResult
    package func write(_ name: String, _ bytes: some Collection<UInt8>, mode: mode_t = 0o600) -> String {
        let path = path(name)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        precondition(descriptor >= 0, "open \(path): errno \(errno)")
        let array = Array(bytes)
        precondition(Glibc.write(descriptor, array, array.count) == array.count)
        close(descriptor)
        chmod(path, mode)
        return path
    }

    @discardableResult
    package func write(_ name: String, _ text: String, mode: mode_t = 0o600) -> String {
        write(name, Array(text.utf8), mode: mode)
    }

    /// The bytes of a file; nil when there is none.
    package func bytes(_ name: String) -> [UInt8]? { contents(path(name)) }

    package func text(_ name: String) -> String? { bytes(name).map { String(decoding: $0, as: UTF8.self) } }

    /// The names in the directory, sorted.
    package var names: [String] {
        Command.run(["ls", "-A", path]).output.split(separator: "\n").map(String.init)
    }
}

package func contents(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count <= 0 { return result }
        result.append(contentsOf: buffer[..<count])
    }
}

/// A command to copy into a shell. The page itself changes nothing.
package struct CommandLine: Hashable, Sendable, CustomStringConvertible {
    /// An option stands together with its value.
    private let words: [String]

    package var description: String { words.joined(separator: " ") }

    /// `keybaton VERB NAMES OPTIONS`. Words are quoted for a POSIX shell where they need it; names of users can need it,
    /// as IAM allows `=` and a leading `-` in them.
    package init(_ verb: String, _ names: any CustomStringConvertible..., options: [String]...) {
        let names = names.map { $0.description }
        // Whatever stands after `--` is no option.
        let words = names.map { [$0] }
        let arguments = names.contains { $0.hasPrefix("-") } ? options + [["--"]] + words : words + options
        self.words = ([["keybaton"], [verb]] + arguments).map { $0.map(Self.quoted).joined(separator: " ") }
    }

    private static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")) ~= byte | 0x20 && byte < 0x80
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte || "+,.@_-/".utf8.contains(byte)
            }
        // No name contains a quote; the rule holds for whatever else comes here.
        return isPlain
            ? word : "'\(word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
    }

    /// The button works with the script only, and is shown by it.
    package var html: HTML {
        // A line is not to be broken at the hyphens of its options.
        let code = words.map { word -> HTML in "<span class=\"word\">\(word)</span>" }
        return """
            <span class="command"><code>\(code.joined(by: " "))</code><button type="button" class="copy" \
            data-copy="\(self)">Copy<span class="unseen"> the command \(self)</span></button></span>
            """
    }
}

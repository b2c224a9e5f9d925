/// A command to copy into a shell. The page itself changes nothing.
package struct CommandLine: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// `keybaton VERB NAMES OPTIONS`. Words are quoted for a POSIX shell where they need it; names of users can need it,
    /// as IAM allows `=` and a leading `-` in them.
    package init(_ verb: String, _ names: any CustomStringConvertible..., options: [String] = []) {
        let names = names.map { $0.description }
        // Whatever stands after `--` is no option.
        let arguments = names.contains { $0.hasPrefix("-") } ? options + ["--"] + names : names + options
        description = (["keybaton", verb] + arguments).map(Self.quoted).joined(separator: " ")
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
        """
        <span class="command"><code>\(self)</code><button type="button" class="copy" data-copy="\(self)">Copy<span \
        class="unseen"> the command \(self)</span></button></span>
        """
    }
}

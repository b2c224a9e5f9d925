import HostTestSupport
import Secrets
import Testing

@testable import CredentialsFile

/// What holds for a document of every format.
@Suite struct DocumentContractTests {
    @Test("the key is put in, the token is taken away, and everything else stays", arguments: FormatExample.all)
    func installs(_ example: FormatExample) throws {
        let document = example.document(example.before)
        #expect(try document.heldKey()?.key == accessKey(oldID, oldSecret))
        let edited = try document.installing(accessKey())
        #expect(edited.text == example.after)
        #expect(try edited.heldKey() == HeldKey(key: accessKey(), hasSessionToken: false))
        #expect(document.text == example.before)
    }

    @Test("a token is told", arguments: FormatExample.all.filter { $0.before.contains("TOKENtoken") })
    func token(_ example: FormatExample) throws {
        #expect(try example.document(example.before).heldKey()?.hasSessionToken == true)
        let text = example.before.split(separator: oldID).joined(separator: newID).split(separator: oldSecret)
            .joined(separator: newSecret)
        #expect(try example.document(text).installing(accessKey()).text == example.after)
    }

    @Test("what is installed already stays as it is", arguments: FormatExample.all)
    func isIdempotent(_ example: FormatExample) throws {
        let document = example.document(example.after)
        #expect(try document.installing(accessKey()).text == example.after)
    }

    @Test("an empty file is made whole, or refused with what to do", arguments: FormatExample.all)
    func empty(_ example: FormatExample) throws {
        let document = example.document("")
        #expect(try document.heldKey() == nil)
        if let made = example.made {
            #expect(try document.installing(accessKey()).text == made)
        } else {
            #expect(throws: DocumentProblem(line: 1, reason: .missingRemote)) { try document.installing(accessKey()) }
        }
    }

    @Test("CR LF is kept", arguments: FormatExample.all)
    func carriageReturns(_ example: FormatExample) throws {
        let edited = try example.document(withCarriageReturns(example.before)).installing(accessKey())
        // A file that is written anew has the line end of its format.
        #expect(edited.text == (example.slot == .json ? example.after : withCarriageReturns(example.after)))
    }

    private func withCarriageReturns(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    }

    @Test("so is the lack of a final line end", arguments: FormatExample.edited)
    func openEnd(_ example: FormatExample) throws {
        let edited = try example.document(String(example.before.dropLast())).installing(accessKey())
        #expect(edited.text == String(example.after.dropLast()))
    }

    @Test("a file to be filled in holds no key, and is filled in", arguments: FormatExample.all)
    func template(_ example: FormatExample) throws {
        let text = [oldID, oldSecret, "TOKENtoken"].reduce(example.after.split(separator: newID).joined()) {
            $0.split(separator: $1).joined()
        }.split(separator: newSecret).joined()
        let document = example.document(text)
        #expect(try document.heldKey() == nil)
        #expect(try document.installing(accessKey()).heldKey()?.key == accessKey())
    }

    @Test("credentials of another system are told apart from none", arguments: FormatExample.all)
    func foreign(_ example: FormatExample) {
        let text = example.after.split(separator: newID).joined(separator: "minioadmin")
        let document = example.document(text)
        let line = text.split(separator: "minioadmin")[0].count { $0 == "\n" } + 1
        #expect(throws: DocumentProblem(line: line, reason: .notAnAccessKeyID)) { try document.heldKey() }
    }

    @Test("the id and the secret of two lines that say the same are refused", arguments: FormatExample.edited)
    func duplicates(_ example: FormatExample) throws {
        let lines = example.after.split(separator: "\n", omittingEmptySubsequences: false)
        for value in [newID, newSecret] {
            let index = try #require(lines.firstIndex { $0.contains(value) })
            let text = (lines[...index] + [lines[index]] + lines[(index + 1)...]).joined(separator: "\n")
            let problem = DocumentProblem(line: index + 2, reason: .duplicateKey(firstLine: index + 1))
            #expect(throws: problem) { try example.document(text).heldKey() }
            #expect(throws: problem) { try example.document(text).installing(accessKey()) }
        }
    }

    @Test("half a key is not one", arguments: FormatExample.edited)
    func half(_ example: FormatExample) throws {
        let lines = example.before.split(separator: "\n", omittingEmptySubsequences: false)
        for (value, reason) in [(oldID, DocumentProblem.Reason.secretWithoutID), (oldSecret, .idWithoutSecret)] {
            let document = example.document(lines.filter { !$0.contains(value) }.joined(separator: "\n"))
            #expect(DocumentProblem.of { _ = try document.heldKey() }?.reason == reason)
            #expect(try document.installing(accessKey()).heldKey()?.key == accessKey())
        }
    }

    @Test("any text is refused, or edited and otherwise the same", arguments: FormatExample.all)
    func anything(_ example: FormatExample) throws {
        var edits = 0
        for seed in 0..<1500 as Range<UInt64> {
            let key = try accessKey()
            let bytes = example.mutated(seed: seed)
            let document = example.slot.document(Secret(bytes))
            #expect(document.bytes == bytes)
            let edited: any KeyDocument
            do throws(DocumentProblem) {
                edited = try document.installing(key)
            } catch {
                #expect(error.reason != .editFailed, "seed \(seed)")
                continue
            }
            edits += 1
            #expect(try edited.heldKey() == HeldKey(key: accessKey(), hasSessionToken: false), "seed \(seed)")
            #expect(try edited.installing(accessKey()).bytes == edited.bytes, "seed \(seed)")
            if example.slot != .json {
                let (old, new) = (try rest(of: document), try rest(of: edited))
                let isSame = old == new || old.dropLast() == new.prefix(old.count - 1) && new.count - old.count < 2
                #expect(isSame, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
        #expect(edits > 100)
    }

    /// The lines that hold nothing of the key, without their line ends.
    private func rest(of document: any KeyDocument) throws -> [ArraySlice<UInt8>] {
        let found = try document.credentials()
        let taken = Set(([found.id, found.secret].compactMap(\.self) + found.tokens).map(\.line))
        var lines: [ArraySlice<UInt8>] = []
        var line = document.bytes[...]
        while !line.isEmpty {
            let end = line.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? line.endIndex
            lines.append(line[..<end])
            let isPair = line[end...].starts(with: [0x0D, 0x0A])
            line = line[min(end + (isPair ? 2 : 1), line.endIndex)...]
        }
        return lines.indices.filter { !taken.contains($0 + 1) }.map { lines[$0] }
    }

    @Test("what is shown of an edit are the lines of the key, without a secret", arguments: FormatExample.all)
    func previews(_ example: FormatExample) throws {
        let document = example.document(example.before)
        let changes = try document.credentials().changes(to: document.installing(accessKey()).credentials())
        #expect(changes.filter { $0.hasPrefix("- ") && $0.contains(oldID) }.count == 1, "\(changes)")
        #expect(changes.filter { $0.hasPrefix("+ ") && $0.contains(newID) }.count == 1, "\(changes)")
        #expect(changes.count == 4 + (example.before.contains("TOKENtoken") ? 1 : 0), "\(changes)")
        for word in ["OLDsecret", "NEWsecret", "TOKENtoken"] {
            #expect(!changes.contains { $0.contains(word) }, "\(changes)")
        }
    }

    @Test("no rendering of a document or of a problem shows a secret", arguments: FormatExample.all)
    func redaction(_ example: FormatExample) throws {
        var values: [Any] = [example.document(example.before), try example.document(example.before).credentials()]
        // Each line with the secret broken in its own way.
        for broken in [
            "\(oldSecret)\"", "\(oldSecret) x", "= \(oldSecret)", "\\\(oldSecret)", "$\(oldSecret)\n\(oldSecret)",
        ] {
            let text = example.before.split(separator: oldSecret).joined(separator: broken)
            let problem = DocumentProblem.of { _ = try example.document(text).heldKey() }
            values += [problem as Any, problem?.description as Any]
        }
        for value in values {
            var dumped = ""
            dump(value, to: &dumped)
            for rendering in ["\(value)", String(reflecting: value), dumped] {
                #expect(!rendering.contains("OLDsecret") && !rendering.contains("TOKENtoken"))
            }
        }
    }
}

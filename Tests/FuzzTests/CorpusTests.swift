import FoundationEssentials
import Fuzzing
import Testing

/// What the fuzzer has found worth keeping, fed again to what reads it.
struct CorpusTests {
    private static let corpus =
        String(#filePath.dropLast("Tests/FuzzTests/CorpusTests.swift".count)) + "Tests/Fuzz/Corpus"

    @Test(arguments: FuzzTarget.allCases)
    func `Nothing that somebody else may have written breaks a promise`(_ target: FuzzTarget) throws {
        let folder = "\(Self.corpus)/\(target.rawValue)"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(!names.isEmpty)
        for name in names { target.run(Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))) }
    }

    @Test func `Every folder of the corpus is read`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.corpus)
        #expect(Set(folders) == Set(FuzzTarget.allCases.map(\.rawValue)))
    }
}

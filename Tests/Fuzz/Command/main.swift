import CFuzzer
import Fuzzing
import Glibc

// `fuzz TARGET [libFuzzer's arguments]`; `make fuzz` builds it with the fuzzer and runs every target.
guard CommandLine.arguments.count > 1, let target = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
    print("Usage: fuzz TARGET [ARGUMENT ...]\nTargets: \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
    exit(64)
}
nonisolated(unsafe) var chosen = target
let arguments = CommandLine.arguments.enumerated().filter { $0.offset != 1 }.map { strdup($0.element) } + [nil]
var pointers = arguments
let status = pointers.withUnsafeMutableBufferPointer { buffer in
    keybaton_run_fuzzer(Int32(buffer.count - 1), buffer.baseAddress) { bytes, count in
        chosen.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
    }
}
if status == -1 { print("fuzz: built without a fuzzer; use `make fuzz`") }
exit(status)

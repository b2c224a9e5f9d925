import CFuzzer
import Fuzzing
import Glibc

// In the environment, because libFuzzer starts this program anew with arguments of its own.
guard let name = getenv("FUZZ_TARGET"), let target = FuzzTarget(rawValue: String(cString: name)) else {
    print("Usage: FUZZ_TARGET=TARGET fuzz [ARGUMENT ...]; `make fuzz` runs every target")
    print("Targets: \(FuzzTarget.allCases.map(\.rawValue).joined(separator: " "))")
    exit(64)
}
let chosen = target
let status = keybaton_run_fuzzer(CommandLine.argc, CommandLine.unsafeArgv) { bytes, count in
    chosen.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
if status == -1 { print("fuzz: built without a fuzzer; use `make fuzz`") }
exit(status)

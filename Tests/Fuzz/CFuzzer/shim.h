#ifndef KEYBATON_CFUZZER_H
#define KEYBATON_CFUZZER_H

#include <stddef.h>
#include <stdint.h>

// https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library; weak, so that a build without it links as well.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *, size_t)) __attribute__((weak));

/// Runs libFuzzer with this program's arguments; -1 when it was not linked.
static inline int keybaton_run_fuzzer(int argc, char **argv, int (*callback)(const uint8_t *, size_t)) {
  return LLVMFuzzerRunDriver ? LLVMFuzzerRunDriver(&argc, &argv, callback) : -1;
}

#endif

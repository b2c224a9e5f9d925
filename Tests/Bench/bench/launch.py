"""Runs one command and prints what it cost: `user+system seconds, wall seconds, peak KiB, exit code`.

A process of its own, and a small one: Linux counts the memory of whoever starts a process into that process's peak,
because it lives in its parent's memory until exec. The bench itself is larger than what it measures.
"""

import os
import sys
import time


def main() -> None:
    begun = time.perf_counter()
    child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begun
    code = os.waitstatus_to_exitcode(status)
    print(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss, code, file=sys.stderr)


main()

"""Ends the sandbox with whoever started it, so that a crashed test run leaves nothing behind."""

from __future__ import annotations

import os
import select
import signal
import threading

_ENDING = {signal.SIGTERM, signal.SIGINT}


def end_with(parent: int) -> None:
    """Sends ourselves SIGTERM when the process `parent` ends; raises ProcessLookupError when it has ended before.

    Not PR_SET_PDEATHSIG: that fires when the *thread* that started us ends, and test runners start processes from
    threads of a pool. https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html
    """
    descriptor = os.pidfd_open(parent)

    def wait() -> None:
        select.select([descriptor], [], [])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()


def hold_signals() -> None:
    """Keeps SIGTERM and SIGINT for wait_for_end. To be called before any thread is started, which inherits it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)


def wait_for_end() -> None:
    signal.sigwait(_ENDING)

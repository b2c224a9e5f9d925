"""The sandbox's two clocks: the one that AWS shows, which a test may shift, and the one that delays are measured by."""

from __future__ import annotations

import datetime
import time
from email.utils import formatdate


class Clock:
    """The offset moves what clients see (Date, the signature window, LastModified, CreateDate), never a delay:
    otherwise testing a wrong clock would also settle every propagation at once."""

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset

    def shifted(self, seconds: float) -> Clock:
        return Clock(self.offset + seconds)

    def now(self) -> float:
        return time.time() + self.offset

    def utc(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.now(), datetime.UTC)

    def http_date(self) -> str:
        return formatdate(self.now(), usegmt=True)

    @staticmethod
    def elapsed() -> float:
        """Seconds on a clock that nobody can shift."""
        return time.monotonic()


def compact(seconds: float) -> str:
    """A time in the form of X-Amz-Date."""
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y%m%dT%H%M%SZ")

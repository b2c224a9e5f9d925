"""GetAccessKeyLastUsed as coarse and as late as AWS answers it; moto's own is exact and immediate."""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass

from .clock import Clock
from .settings import Settings


@dataclass(frozen=True)
class Use:
    at: float  # wall clock, what is shown
    noted: float  # unshiftable clock, what granularity and lag are measured by
    service: str
    region: str

    def date(self) -> str:
        return datetime.datetime.fromtimestamp(self.at, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class LastUsed:
    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._uses: dict[str, list[Use]] = {}
        self._lock = threading.Lock()

    def note(self, key_id: str, service: str, region: str) -> None:
        """Records a correctly signed request, unless one was recorded within the granularity."""
        now = Clock.elapsed()
        with self._lock:
            uses = self._uses.setdefault(key_id, [])
            if not uses or now - uses[-1].noted >= self._settings.last_used_granularity:
                uses.append(Use(self._clock.now(), now, service, region))

    def of(self, key_id: str) -> Use | None:
        """The last use that is visible by now; None when there is none."""
        latest = Clock.elapsed() - self._settings.last_used_lag
        with self._lock:
            return next((use for use in reversed(self._uses.get(key_id, [])) if use.noted <= latest), None)

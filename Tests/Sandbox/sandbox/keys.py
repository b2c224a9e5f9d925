"""Which access keys work, for whom, since when: the truth from moto, seen with IAM's delays in both directions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from .clock import Clock
from .settings import Settings, for_service

ACTIVE = "Active"
UserKeys = dict[str, tuple[str, str, "Principal"]]  # id → (secret, status, principal)


@dataclass(frozen=True)
class Principal:
    """Who signs: `kind` is root, user or role; `name` is the user's or the role's; ids and ARN as STS shows them."""

    kind: str
    name: str
    arn: str
    user_id: str
    account: str


@dataclass
class Key:
    id: str
    secret: str
    principal: Principal
    token: str | None = None
    expires_at: float | None = None  # on the wall clock, of a session only
    # (time, state) of every change, on the unshiftable clock. A deletion is the state None.
    changes: list[tuple[float, str | None]] = field(default_factory=list)

    def state(self) -> str | None:
        return self.changes[-1][1] if self.changes else None


class KeyLedger:
    """Compares the keys that exist with those seen before, so a change is found however it was made: also when its
    answer was lost, or when deleting a user took the keys along."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._keys: dict[str, Key] = {}
        self._lock = threading.Lock()

    def add_permanent(self, key: Key) -> None:
        """A key that no IAM call can change: root's, or a session's."""
        with self._lock:
            key.changes = [(0.0, ACTIVE)]
            self._keys[key.id] = key

    def add_sessions(self, sessions: list[Key]) -> None:
        """Sessions work at once, as those of AWS do."""
        for session in sessions:
            if self.find(session.id) is None:
                self.add_permanent(session)

    def observe(self, read: Callable[[], UserKeys]) -> None:
        """Records changes. Reads under the lock, or an older reading could be recorded after a newer one."""
        with self._lock:
            existing, now = read(), Clock.elapsed()
            for key_id, (secret, status, principal) in existing.items():
                key = self._keys.setdefault(key_id, Key(key_id, secret, principal))
                key.principal = principal
                if key.state() != status:
                    key.changes.append((now, status))
            for key_id, key in self._keys.items():
                if key.principal.kind == "user" and key_id not in existing and key.state() is not None:
                    key.changes.append((now, None))

    def find(self, key_id: str) -> Key | None:
        """The key, deleted ones included; None when it never existed."""
        with self._lock:
            return self._keys.get(key_id)

    def working(self, key_id: str, service: str) -> Key | None:
        """The key if `service` accepts it now; None while it is unknown, inactive or deleted there."""
        appears = for_service(self._settings.key_appears_after, service)
        lingers = for_service(self._settings.key_lingers_for, service)
        now = Clock.elapsed()
        with self._lock:
            key = self._keys.get(key_id)
            visible: str | None = None
            for at, state in key.changes if key else []:
                if now >= at + (appears if state == ACTIVE else lingers):
                    visible = state
            return key if visible == ACTIVE else None

"""Everything one sandbox remembers, in one place, so that a reset forgets all of it."""

from __future__ import annotations

import base64
import collections
import secrets
import string
import threading

from .clock import Clock
from .faults import Faults
from .keys import Key, KeyLedger, Principal
from .last_used import LastUsed
from .moto_backend import ACCOUNT, PARTITION, MotoBackend
from .settings import Settings
from .staleness import Staleness

REGION = "eu-west-1"


class World:
    """`admin` is root, for a test's own set-up. `operator` is root too, but is neither listed nor hit by faults: the
    control interface signs with it."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.moto = MotoBackend(self.clock)
        self.admin = _root_key()
        self.operator = _root_key()
        self.web_identity_token = secrets.token_urlsafe(24)
        self.metadata_token = secrets.token_urlsafe(24)
        self._start()

    def _start(self) -> None:
        self.settings = Settings()
        self.clock.offset = 0.0
        self.keys = KeyLedger(self.settings)
        self.keys.add_permanent(self.admin)
        self.keys.add_permanent(self.operator)
        self.last_used = LastUsed(self.settings, self.clock)
        self.faults = Faults()
        self.staleness = Staleness()
        self.seen = SeenRequests()

    def reset(self) -> None:
        """As if just started; the admin's credentials stay."""
        self.moto.reset()
        self._start()

    def change_settings(self, changes: dict) -> None:
        self.settings.update(changes)
        self.clock.offset = self.settings.clock_offset

    def learn(self) -> None:
        """Takes over what IAM and STS have now."""
        self.keys.observe(self.moto.user_keys)
        self.keys.add_sessions(self.moto.sessions())


class SeenRequests:
    """The requests of late, oldest first, numbered from 1; never a secret, never a body."""

    def __init__(self, limit: int = 100_000) -> None:
        self._entries: collections.deque[dict] = collections.deque(maxlen=limit)
        self._count = 0
        self._lock = threading.Lock()

    def add(self, entry: dict) -> None:
        with self._lock:
            self._count += 1
            self._entries.append({"number": self._count, **entry})

    def after(self, number: int) -> list[dict]:
        with self._lock:
            return [entry for entry in self._entries if entry["number"] > number]


def _root_key() -> Key:
    alphabet = string.ascii_uppercase + "234567"
    key_id = "AKIA" + "".join(secrets.choice(alphabet) for _ in range(16))
    root = Principal("root", "", f"arn:{PARTITION}:iam::{ACCOUNT}:root", ACCOUNT, ACCOUNT)
    return Key(key_id, base64.b64encode(secrets.token_bytes(30)).decode(), root)

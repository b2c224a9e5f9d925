"""Eventual consistency: for some seconds after a change, reads answer as they did before it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .clock import Clock
from .wire import Response

View = tuple[str, ...]


class Staleness:
    def __init__(self) -> None:
        self._old: dict[View, list[tuple[float, Response]]] = {}
        self._lock = threading.Lock()

    def before_change(self, view: View, seconds: float, read: Callable[[], Response]) -> None:
        """Keeps what `view` shows now, to be shown for `seconds` more."""
        if seconds > 0:
            answer = read()
            with self._lock:
                self._old.setdefault(view, []).append((Clock.elapsed() + seconds, answer))

    def answer(self, view: View) -> Response | None:
        """The oldest answer that is still to be shown; None when the view is up to date."""
        now = Clock.elapsed()
        with self._lock:
            kept = [(until, answer) for until, answer in self._old.get(view, []) if until > now]
            if not kept:
                self._old.pop(view, None)
                return None
            self._old[view] = kept
            old = kept[0][1]
            return Response(old.status, list(old.headers), old.body, old.code)

    def clear(self) -> None:
        with self._lock:
            self._old.clear()

"""Misbehaviour on demand: rules that say what goes wrong, for which requests, and how often."""

from __future__ import annotations

import fnmatch
import itertools
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, fields

KINDS = {
    "throttle": "refused with the protocol's own throttling error",
    "error": "refused with `status` and `code`: 500 InternalFailure of the protocol unless given",
    "drop": "the connection is cut before anything took effect",
    "lose": "it takes effect, then the connection is cut instead of an answer",
    "slow": "it takes effect, the answer comes after `seconds`",
    "truncate": "it takes effect, half of the announced body is sent, then the connection is cut",
    "wrong_shape": "refused in another protocol: XML to a JSON client, JSON to an XML client",
    "conflict": "409 ConditionalRequestConflict, as S3 answers racing conditional writes",
    "heedless": "S3 writes whatever `If-Match` says, as some imitations of it do",
    "redirect": "301 PermanentRedirect to another region's endpoint",
    "skew": "judged and dated by a clock that is `seconds` ahead",
}


class FaultError(ValueError):
    """A fault rule that could never apply as written."""


@dataclass
class Fault:
    """Matches requests on every field that is given; patterns may hold `*` and `?`. The first `skip` matching requests
    pass, the next `count` are hit (None: all of them); of those, only each `every`th, and only what comes beyond
    `above` in a second."""

    kind: str
    service: str = "*"
    operation: str = "*"
    resource: str = "*"
    key_id: str = "*"
    host: str = "*"
    skip: int = 0
    count: int | None = 1
    every: int = 1
    above: int = 0
    seconds: float = 0.0
    status: int | None = None
    code: str | None = None
    message: str = "The sandbox was asked to fail here."
    id: int = 0
    hits: int = 0

    def matches(self, service: str, operation: str, resource: str, key_id: str, host: str) -> bool:
        return all(
            fnmatch.fnmatchcase(actual, pattern)
            for actual, pattern in (
                (service, self.service),
                (operation, self.operation),
                (resource, self.resource),
                (key_id, self.key_id),
                (host, self.host),
            )
        )


class Faults:
    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._ids = itertools.count(1)
        self._lock = threading.Lock()
        # By a rule's number: how many requests it has considered, and the second and number of the latest ones.
        self._considered: Counter[int] = Counter()
        self._rates: dict[int, tuple[int, int]] = {}

    def add(self, rule: dict) -> Fault:
        known = {each.name for each in fields(Fault)} - {"id", "hits"}
        unknown = set(rule) - known
        if unknown or "kind" not in rule:
            raise FaultError(
                f"a fault has 'kind' and any of {', '.join(sorted(known))}, not {', '.join(sorted(unknown))}"
            )
        if rule["kind"] not in KINDS:
            raise FaultError(f"no fault {rule['kind']!r}; there are: {', '.join(KINDS)}")
        if rule.get("every", 1) < 1 or rule.get("above", 0) < 0:
            raise FaultError("'every' is at least 1 and 'above' at least 0")
        if rule["kind"] in ("slow", "skew") and not rule.get("seconds"):
            raise FaultError(f"{rule['kind']} needs 'seconds'")
        if rule["kind"] == "error" and (rule.get("status") is None) != (rule.get("code") is None):
            raise FaultError("error needs both 'status' and 'code', or neither")
        with self._lock:
            fault = Fault(**rule, id=next(self._ids))
            self._rules.append(fault)
            return fault

    def take(self, service: str, operation: str, resource: str, key_id: str, host: str) -> Fault | None:
        """The first rule that hits this request, counted; None when all is to go well."""
        with self._lock:
            for rule in self._rules:
                if rule.count == 0 or not rule.matches(service, operation, resource, key_id, host):
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                if not self._is_due(rule):
                    continue
                if rule.count is not None:
                    rule.count -= 1
                rule.hits += 1
                return rule
        return None

    def _is_due(self, rule: Fault) -> bool:
        if rule.above:
            second = int(time.monotonic())
            known, number = self._rates.get(rule.id, (second, 0))
            number = number + 1 if known == second else 1
            self._rates[rule.id] = (second, number)
            if number <= rule.above:
                return False
        self._considered[rule.id] += 1
        return self._considered[rule.id] % rule.every == 0

    def all(self) -> list[dict]:
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def clear(self) -> None:
        with self._lock:
            self._rules.clear()

"""What a test may turn: one record of knobs with AWS's own values as defaults, and strict about names."""

from __future__ import annotations

from dataclasses import dataclass, field, fields


class SettingError(ValueError):
    """A setting that does not exist or has a value of the wrong kind."""


@dataclass
class Settings:
    """Times are seconds. A table has one value a service, `default` for the others."""

    clock_offset: float = 0.0
    signature_window: dict[str, float] = field(default_factory=lambda: {"default": 300.0, "s3": 900.0})
    key_appears_after: dict[str, float] = field(default_factory=lambda: {"default": 0.0})
    key_lingers_for: dict[str, float] = field(default_factory=lambda: {"default": 0.0})
    stale_list_access_keys: float = 0.0
    stale_get_parameter: float = 0.0
    # "When an access key is used more than once in a 15-minute span, only the first use is recorded"
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
    last_used_granularity: float = 900.0
    last_used_lag: float = 0.0

    def update(self, changes: dict) -> None:
        """Applies all changes or none. A number given for a table becomes its only entry, `default`."""
        known = {each.name: getattr(self, each.name) for each in fields(self)}
        checked = {}
        for name, value in changes.items():
            if name not in known:
                raise SettingError(f"no setting {name!r}; there are: {', '.join(known)}")
            checked[name] = _table(name, value) if isinstance(known[name], dict) else _number(name, value)
        for name, value in checked.items():
            setattr(self, name, value)


def for_service(table: dict[str, float], service: str) -> float:
    return table.get(service, table["default"])


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise SettingError(f"{name} is a number of seconds, not {value!r}")
    return float(value)


def _table(name: str, value: object) -> dict[str, float]:
    if not isinstance(value, dict):
        return {"default": _number(name, value)}
    if "default" not in value:
        raise SettingError(f"{name} needs an entry 'default'")
    return {service: _number(f"{name}.{service}", seconds) for service, seconds in value.items()}

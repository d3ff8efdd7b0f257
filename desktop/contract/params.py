"""Filters as text and back, for `PanelContext.open`. Pure; any thread.

One field is one key. What restricts nothing (an empty tuple, None, "") is left out.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any

Params = Mapping[str, str]


def as_params(filter_: Any) -> dict[str, str]:
    """The fields of a dataclass as text: tuples joined by commas, days as ISO, flags as 1 or 0."""
    params: dict[str, str] = {}
    for item in fields(filter_):
        value = getattr(filter_, item.name)
        if isinstance(value, bool):
            params[item.name] = "1" if value else "0"
        elif isinstance(value, date):
            params[item.name] = value.isoformat()
        elif isinstance(value, tuple) and value:
            params[item.name] = ",".join(value)
        elif isinstance(value, str) and value:
            params[item.name] = value
    return params


def many(params: Params, key: str) -> tuple[str, ...]:
    """The parts of a tuple; empty when the key is missing."""
    return tuple(part for part in params.get(key, "").split(",") if part)


def day(params: Params, key: str) -> date | None:
    """A day; None when the key is missing."""
    return date.fromisoformat(params[key]) if params.get(key) else None


def flag(params: Params, key: str) -> bool | None:
    """Yes or no; None when the key is missing."""
    return params[key] == "1" if key in params else None

"""What the filter row says and keeps: default states, saved filters, chips. Pure; any thread."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from desktop.contract.filters import NodeFilter
from storage.records.states import NodeState

DEFAULT_STATES: Final = (NodeState.OVERDUE.value, NodeState.DUE_SOON.value)
DEFAULT_FILTER: Final = NodeFilter(states=DEFAULT_STATES)
SAVED_MAX: Final = 40
NAME_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of the filter that no box shows; `key` names the fields it stands for."""

    key: str
    text: str


def chips(wanted: NodeFilter, case_number: str = "") -> list[Chip]:
    """The special parts of a filter in words, each removable with `without`."""
    made: list[Chip] = []
    if wanted.due_from is not None or wanted.due_to is not None:
        made.append(Chip("due", f"应止 {_span(wanted.due_from, wanted.due_to)}"))
    if wanted.overdue_on is not None:
        made.append(Chip("overdue_on", f"{wanted.overdue_on.isoformat()} 当日超期"))
    if wanted.case_id is not None:
        made.append(Chip("case_id", f"案件 {case_number or '已选'}"))
    if wanted.text:
        made.append(Chip("text", f"案号含“{wanted.text}”"))
    return made


def _span(first: date | None, last: date | None) -> str:
    if first == last and first is not None:
        return first.isoformat()
    start = first.isoformat() if first is not None else ""
    end = last.isoformat() if last is not None else ""
    if start and end:
        return f"{start} 至 {end}"
    return f"{start} 起" if start else f"至 {end}"


def without(wanted: NodeFilter, key: str) -> NodeFilter:
    """The filter less the part that the chip `key` shows."""
    if key == "due":
        return replace(wanted, due_from=None, due_to=None)
    if key == "overdue_on":
        return replace(wanted, overdue_on=None)
    if key == "case_id":
        return replace(wanted, case_id=None)
    if key == "text":
        return replace(wanted, text="")
    raise KeyError(key)


def read_saved(text: str) -> dict[str, NodeFilter]:
    """Saved filters by name, in the order they were kept; damaged text gives none."""
    try:
        kept = json.loads(text) if text else {}
    except json.JSONDecodeError:
        return {}
    if not isinstance(kept, dict):
        return {}
    found: dict[str, NodeFilter] = {}
    for name, params in kept.items():
        if isinstance(params, dict):
            try:
                found[name] = NodeFilter.from_params(_texts(params))
            except ValueError:  # A day that is none: the other filters are still good.
                continue
    return found


def _texts(params: Mapping[str, object]) -> dict[str, str]:
    return {key: value for key, value in params.items() if isinstance(value, str)}


def write_saved(saved: Mapping[str, NodeFilter]) -> str:
    """The text that `read_saved` reads."""
    kept = {name: wanted.to_params() for name, wanted in saved.items()}
    return json.dumps(kept, ensure_ascii=False)


def with_saved(
    saved: Mapping[str, NodeFilter], name: str, wanted: NodeFilter
) -> dict[str, NodeFilter]:
    """Adds or replaces a saved filter; the oldest goes when there are too many."""
    made = {key: value for key, value in saved.items() if key != name}
    made[name[:NAME_MAX]] = wanted
    while len(made) > SAVED_MAX:
        made.pop(next(iter(made)))
    return made

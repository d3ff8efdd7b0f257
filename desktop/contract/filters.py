"""The filter of a node list, as a value that travels between panels. Pure.

A number shown anywhere carries the filter that counts it, so a click opens exactly its list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date


@dataclass(frozen=True, slots=True)
class NodeFilter:
    """All parts are joined by AND; an empty tuple or None means no restriction.

    Ids are UUID text of courts, teams and handlers; `states` are values of NodeState. Days are
    inclusive. `overdue_on`: nodes that were overdue at the end of that day. `text` matches a part
    of the case number.
    """

    courts: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    handlers: tuple[str, ...] = ()
    type_words: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    due_from: date | None = None
    due_to: date | None = None
    overdue_on: date | None = None
    case_id: str | None = None
    text: str = ""

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open."""
        params: dict[str, str] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, tuple) and value:
                params[item.name] = ",".join(value)
            elif isinstance(value, date):
                params[item.name] = value.isoformat()
            elif isinstance(value, str) and value:
                params[item.name] = value
        return params

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "NodeFilter":
        """The filter that `to_params` wrote; unknown keys are ignored."""

        def many(key: str) -> tuple[str, ...]:
            return tuple(part for part in params.get(key, "").split(",") if part)

        def day(key: str) -> date | None:
            return date.fromisoformat(params[key]) if params.get(key) else None

        return cls(
            courts=many("courts"),
            teams=many("teams"),
            handlers=many("handlers"),
            type_words=many("type_words"),
            nodes=many("nodes"),
            states=many("states"),
            due_from=day("due_from"),
            due_to=day("due_to"),
            overdue_on=day("overdue_on"),
            case_id=params.get("case_id") or None,
            text=params.get("text", ""),
        )

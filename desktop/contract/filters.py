"""The filter of a node list, as a value that travels between panels. Pure.

A number shown anywhere carries the filter that counts it, so a click opens exactly its list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from desktop.contract.params import as_params, day, many


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
        return as_params(self)

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "NodeFilter":
        """The filter that `to_params` wrote; unknown keys are ignored."""
        return cls(
            courts=many(params, "courts"),
            teams=many(params, "teams"),
            handlers=many(params, "handlers"),
            type_words=many(params, "type_words"),
            nodes=many(params, "nodes"),
            states=many(params, "states"),
            due_from=day(params, "due_from"),
            due_to=day(params, "due_to"),
            overdue_on=day(params, "overdue_on"),
            case_id=params.get("case_id") or None,
            text=params.get("text", ""),
        )

"""Which petitions a list shows, as a value that travels between panels. Pure.

A number shown anywhere carries the filter that counts it, so a click opens exactly its list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from desktop.contract.params import as_params, day, flag, many

REPLIES: Final = ("in_time", "late", "waiting", "missed")


@dataclass(frozen=True, slots=True)
class PetitionFilter:
    """Which petitions; an empty tuple means all. `open` None shows open and closed ones; `hung`
    those that are posted and not taken down, `posted` those that ever were. `text`: part of
    petitioner (also as pinyin), case number, code or summary. Days are inclusive.

    `states`: values of NodeState, of the clock that presses most. `overdue_on`: overdue at the end
    of that day. `reply`: one of REPLIES, to the day that was set. `resent`: reminded, or ordered
    twice. `repeat`: somebody came more than once.
    """

    sources: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    courts: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    open: bool | None = True
    hung: bool = False
    duplicates: bool = False
    text: str = ""
    states: tuple[str, ...] = ()
    overdue_on: date | None = None
    received_from: date | None = None
    received_to: date | None = None
    closed_from: date | None = None
    closed_to: date | None = None
    posted: bool = False
    reply: str = ""
    resent: bool = False
    repeat: bool = False
    case_id: str | None = None

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open; `petitions` tells it from other parameters."""
        return {"petitions": "1", **as_params(self)}

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "PetitionFilter":
        """The filter that `to_params` wrote; unknown keys are ignored."""
        return cls(
            sources=many(params, "sources"),
            classes=many(params, "classes"),
            levels=many(params, "levels"),
            courts=many(params, "courts"),
            results=many(params, "results"),
            open=flag(params, "open"),
            hung=bool(flag(params, "hung")),
            duplicates=bool(flag(params, "duplicates")),
            text=params.get("text", ""),
            states=many(params, "states"),
            overdue_on=day(params, "overdue_on"),
            received_from=day(params, "received_from"),
            received_to=day(params, "received_to"),
            closed_from=day(params, "closed_from"),
            closed_to=day(params, "closed_to"),
            posted=bool(flag(params, "posted")),
            reply=params.get("reply", ""),
            resent=bool(flag(params, "resent")),
            repeat=bool(flag(params, "repeat")),
            case_id=params.get("case_id") or None,
        )

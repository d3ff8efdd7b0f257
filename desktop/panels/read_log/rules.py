"""The filter of the who-read log. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from desktop.contract.params import as_params, flag, many

SPANS: Final[Mapping[str, int]] = {"1": 1, "7": 7, "30": 30, "90": 90}  # key to days, today too


@dataclass(frozen=True, slots=True)
class ReadFilter:
    """Joined by AND; empty means no restriction. `text`: a part of a case number, of a name or of
    a purpose. `of_case`: the id of one case. `span`: a key of SPANS."""

    text: str = ""
    acts: tuple[str, ...] = ()
    span: str = "30"
    of_case: str = ""
    stated: bool = False  # only looks with a purpose

    def to_params(self) -> dict[str, str]:
        """As text, for PanelContext.open."""
        return as_params(self)

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "ReadFilter":
        """The filter that `to_params` wrote; unknown keys are ignored."""
        span = params.get("span", "")
        return cls(
            params.get("text", ""),
            many(params, "acts"),
            span if span in SPANS else "",
            params.get("of_case", ""),
            bool(flag(params, "stated")),
        )

    def since(self, today: date) -> date | None:
        """The first day listed; None for all."""
        days = SPANS.get(self.span)
        return None if days is None else today - timedelta(days=days - 1)

"""Overdue nodes and passive enforcement of a day, frozen: what a circular on them is made from.
Pure. Days are ISO text; one canonical text, whose SHA-256 is printed.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from desktop.errors import UserError
from desktop.evidence.corrections import Correction
from desktop.evidence.snapshot import ChainHead, Court, Frozen, canonical, unpacked_json
from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import Problem, RuleFileError, open_rule_file
from resources import path as resource_path

FORMAT: Final = "edesk-overdue-1"
RowKind = Literal["node", "passive"]
STRUCK: Final = "struck"  # the one field of a row that an objection may change
STRUCK_WORDS: Final = "不应通报"


@dataclass(frozen=True, slots=True)
class QuietRule:
    """How long a named matter is not named again (days), how long an issued circular is looked at
    for what corrected facts take away (days), and how soon a named matter is reported on."""

    quiet_days: int
    withdraw_days: int
    report_workdays: int
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """A node past its day, or a finding of passive enforcement. `key` is the same in every
    circular; `code`: node or rule; `since`: the due day, or since when nothing was done; `basis`:
    the article, with the mark of what nobody has checked; `holder`: who has the matter in hand;
    `named_in`: number of the circular that named it within the quiet days, else empty."""

    key: str
    kind: str
    case_id: str
    case_number: str
    court_id: str
    team: str
    handler: str
    code: str
    name: str
    subject: str
    since: str
    days: int
    basis: str
    reason: str
    holder: str
    named_in: str

    @property
    def words(self) -> str:
        """Case and matter."""
        return f"{self.case_number}{self.name}"


@dataclass(frozen=True, slots=True)
class WithdrawnRow:
    """What an earlier circular said and the facts do not bear: `number` of that circular, key and
    words of its row, and why."""

    number: str
    key: str
    court_id: str
    case_number: str
    name: str
    why: str


@dataclass(frozen=True)
class OverdueSnapshot(Frozen):
    """Everything of one day. `withdrawn`: what this circular takes back of earlier ones. `history`,
    `synced_at` and `chain` as in a weekly snapshot. `past`: the day was over when it was judged, by
    the facts that are dated up to it."""

    day: date
    taken_at: datetime
    courts: tuple[Court, ...]
    rows: tuple[OverdueRow, ...]
    quiet: QuietRule
    withdrawn: tuple[WithdrawnRow, ...] = ()
    history: str = ""
    synced_at: str = ""
    chain: ChainHead | None = None
    past: bool = False

    @cached_property
    def by_id(self) -> dict[str, OverdueRow]:
        """Rows by key."""
        return {row.key: row for row in self.rows}

    @cached_property
    def text(self) -> str:
        """The canonical text."""
        return canonical(
            {
                "format": FORMAT,
                "day": self.day.isoformat(),
                "taken_at": self.taken_at.isoformat(timespec="seconds"),
                "courts": [asdict(one) for one in self.courts],
                "rows": [asdict(one) for one in self.rows],
                "quiet": asdict(self.quiet),
                "withdrawn": [asdict(one) for one in self.withdrawn],
                "history": self.history,
                "synced_at": self.synced_at,
                "chain": None if self.chain is None else asdict(self.chain),
                # Only where it is so: what was frozen before there was such a thing stays as it is.
                **({"past": True} if self.past else {}),
            }
        )

    def standing(self, corrections: Sequence[Correction]) -> tuple[OverdueRow, ...]:
        """The rows that no accepted objection has struck out."""
        struck = {one.row_id for one in corrections if one.field == STRUCK}
        return tuple(row for row in self.rows if row.key not in struck)


def unpacked_overdue(body: bytes) -> OverdueSnapshot:
    """What `packed` gave; UserError when it is no such snapshot."""
    told = unpacked_json(body, FORMAT)
    try:
        return _read(told)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError("存入的数据快照已损坏。") from error


def _read(told: dict[str, Any]) -> OverdueSnapshot:
    return OverdueSnapshot(
        day=date.fromisoformat(told["day"]),
        taken_at=datetime.fromisoformat(told["taken_at"]),
        courts=tuple(Court(**one) for one in told["courts"]),
        rows=tuple(OverdueRow(**one) for one in told["rows"]),
        quiet=QuietRule(**told["quiet"]),
        withdrawn=tuple(WithdrawnRow(**one) for one in told["withdrawn"]),
        history=told["history"],
        synced_at=told["synced_at"],
        chain=None if told["chain"] is None else ChainHead(**told["chain"]),
        past=told.get("past", False),
    )


def strike_fault(snapshot: OverdueSnapshot, key: str, field: str) -> str:
    """Why a row cannot be objected to in this way; empty when it can."""
    if key not in snapshot.by_id:
        return "数据快照中没有这一项。"
    return "" if field in ("", STRUCK) else f"“{field}”不能更正，只能主张{STRUCK_WORDS}。"


def quiet_rule(path: Path | None = None) -> QuietRule:
    """The rule of resources/circulars/overdue.toml; RuleFileError names mistakes."""
    return _load(path or resource_path("circulars/overdue.toml"))


@lru_cache(maxsize=4)
def _load(path: Path) -> QuietRule:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    made = QuietRule(
        reader.number("quiet_days", least=0, most=365),
        reader.number("withdraw_days", least=0, most=730),
        reader.number("report_workdays", least=1, most=60),
        reader.text("source"),
        reader.choice("confidence", CONFIDENCES),
    )
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return made

"""A week of petitions, frozen: what every figure of its circular is counted from. Pure.

Days are ISO text. The canonical text of a snapshot has one form only, and its SHA-256 is what the
circular prints; what is stored is that text, packed.
"""

import hashlib
import json
import zlib
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from desktop.errors import UserError
from desktop.evidence.definitions import Definition, Definitions
from desktop.evidence.week import Week

FORMAT: Final = "edesk-weekly-1"
_UNPACKED_MAX: Final = 200_000_000  # bytes; a packed file of a few kilobytes must not fill memory


@dataclass(frozen=True, slots=True)
class Court:
    """A court of the city, by its code."""

    id: str
    code: str
    name: str
    short: str


@dataclass(frozen=True, slots=True)
class PetitionRow:
    """One petition as it stood. `due_on`: the earlier of the two limits for closing, with its
    article in `due_basis`; a lower bound only while `due_certain` is False. `register_due`: the
    last day for registering. `petitioner`: masked, since every court reads it. `visits`: the days
    of its visits and letters to the end of the week, oldest first. `holder`: who it was assigned
    to."""

    id: str
    code: str
    court_id: str
    petitioner: str
    people: int
    case_number: str
    source: str
    kind: str
    level: str
    received_on: str
    registered_on: str | None
    register_due: str | None
    due_on: str | None
    due_certain: bool
    due_rule: str
    due_basis: str
    superior_due: str | None
    hung_on: str | None
    unhung_on: str | None
    holder: str
    told_on: str | None
    closed_on: str | None
    result: str | None
    duplicate_of: str | None
    visits: tuple[str, ...]

    @property
    def main(self) -> bool:
        """Whether it counts by itself, being no duplicate."""
        return self.duplicate_of is None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """An enforcement case filed in the week."""

    id: str
    court_id: str
    number: str
    filed_on: str


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest link of the hub's audit chain when the snapshot was taken."""

    seq: int
    link: str


class Frozen(ABC):
    """What every snapshot has: one canonical text, its fingerprint, and the courts it knows."""

    courts: tuple[Court, ...]

    @property
    @abstractmethod
    def text(self) -> str:
        """The canonical text: equal snapshots have equal texts."""

    @cached_property
    def sha256(self) -> str:
        """Of the canonical text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def packed(self) -> bytes:
        """As it is stored with a document."""
        return zlib.compress(self.text.encode(), 9)

    def court(self, court_id: str) -> Court:
        """The court; KeyError when the city has none of that id."""
        for one in self.courts:
            if one.id == court_id:
                return one
        raise KeyError(court_id)


@dataclass(frozen=True)
class Snapshot(Frozen):
    """Everything, in one order. `history` and `synced_at`: where the replica stood, empty for a
    desk that works alone; `chain` None when no hub was asked."""

    week: Week
    taken_at: datetime
    courts: tuple[Court, ...]
    rows: tuple[PetitionRow, ...]
    cases: tuple[CaseRow, ...]
    definitions: Definitions
    history: str = ""
    synced_at: str = ""
    chain: ChainHead | None = None

    @cached_property
    def by_id(self) -> dict[str, PetitionRow]:
        """Rows by id."""
        return {row.id: row for row in self.rows}

    @cached_property
    def text(self) -> str:
        """The canonical text: equal snapshots have equal texts."""
        told = {
            "format": FORMAT,
            "week": self.week.label,
            "taken_at": self.taken_at.isoformat(timespec="seconds"),
            "courts": [asdict(one) for one in self.courts],
            "rows": [asdict(one) for one in self.rows],
            "cases": [asdict(one) for one in self.cases],
            "definitions": asdict(self.definitions),
            "history": self.history,
            "synced_at": self.synced_at,
            "chain": None if self.chain is None else asdict(self.chain),
        }
        return canonical(told)


def canonical(told: object) -> str:
    """The one JSON text of a value."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def unpacked(body: bytes) -> Snapshot:
    """What `packed` gave; UserError when it is no snapshot of a week."""
    told = unpacked_json(body, FORMAT)
    try:
        return _read(told)
    except (KeyError, TypeError, ValueError) as error:
        raise UserError("存入的数据快照已损坏。") from error


def unpacked_json(body: bytes, format_: str) -> dict[str, Any]:
    """The JSON of a packed snapshot; UserError when it is broken or of another format."""
    try:
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(body, _UNPACKED_MAX)
        told = json.loads(text) if unpacker.eof else None
    except (zlib.error, ValueError) as error:
        raise UserError("存入的数据快照已损坏。") from error
    if not isinstance(told, dict) or told.get("format") != format_:
        raise UserError("存入的文件不是这种通报的数据快照。")
    return told


def _read(told: dict[str, Any]) -> Snapshot:
    year, week = told["week"].split("-W")
    rules = told["definitions"]
    return Snapshot(
        week=Week(date.fromisocalendar(int(year), int(week), 1)),
        taken_at=datetime.fromisoformat(told["taken_at"]),
        courts=tuple(Court(**one) for one in told["courts"]),
        rows=tuple(PetitionRow(**{**one, "visits": tuple(one["visits"])}) for one in told["rows"]),
        cases=tuple(CaseRow(**one) for one in told["cases"]),
        definitions=Definitions(
            tuple(Definition(**one) for one in rules["measures"]),
            tuple(rules["case_words"]),
            rules["least"],
            rules["level_permille"],
        ),
        history=told["history"],
        synced_at=told["synced_at"],
        chain=None if told["chain"] is None else ChainHead(**told["chain"]),
    )

"""What a document adds to its figures when it is printed, and words that all circulars share.
Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from desktop.circulars.official import Align, Column, Paragraph, Record, Sheet
from desktop.rules.ranking import Place, Standing

NO_RANK = "—"


@dataclass(frozen=True, slots=True)
class Printed:
    """From the document: mark and number of the head, who issues it, its day and a remark in
    brackets. `centre` prints it; `asked` courts were asked for replies until `reply_by`;
    `replaces`: number of the circular that this one takes the place of."""

    mark: str
    organ: str
    centre: str
    number: str = ""
    made_on: date | None = None
    note: str = ""
    asked: int = 0
    reply_by: date | None = None
    replaces: str = ""

    def replacing(self) -> str:
        """The sentence about it, for the beginning."""
        return f"本通报印发后，{self.replaces}通报同时撤销。" if self.replaces else ""

    def record(self, copies_to: str) -> Record | None:
        """版记; none before the day is set."""
        if self.made_on is None:
            return None
        return Record(copies_to, self.centre, self.made_on)


@dataclass(frozen=True, slots=True)
class ObjectionState:
    """An objection and what became of it: `decision` accepted, rejected or None. `row_words` and
    `field_words` are empty for one that is about no single row; `proof`: papers came with it."""

    id: str
    court_id: str
    court: str
    proof: bool
    row_key: str
    row_words: str
    field_words: str
    claimed_words: str
    body: str
    decision: str | None
    reason: str
    at: str

    def decided(self) -> str:
        """As it is printed."""
        return {"accepted": "采纳", "rejected": "不采纳"}.get(self.decision or "", "尚未处理")

    def said(self) -> str:
        """Its words, and whether papers came with them."""
        return f"{self.body}（附证明材料）" if self.proof else self.body

    def about(self) -> str:
        """Row, field and what it should be."""
        if not self.row_key:
            return "通报整体"
        claim = f"，称应为{self.claimed_words}" if self.claimed_words else ""
        field = f"“{self.field_words}”" if self.field_words else ""
        return f"{self.row_words}{field}{claim}"


def numbered(
    caption: str,
    columns: Iterable[tuple[str, float] | tuple[str, float, Align]],
    rows: Sequence[Sequence[str]],
) -> Sheet:
    """A table whose first column counts its rows."""
    heads = [Column("序号", 1.1, "center")]
    heads += [Column(*one) for one in columns]
    body = tuple((str(n), *row) for n, row in enumerate(rows, start=1))
    return Sheet(caption, tuple(heads), body)


def head(text: str) -> Paragraph:
    """一、 …"""
    return Paragraph(text, 1)


def when(at: datetime) -> str:
    """2026年10月5日8时30分."""
    return f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02d}分"


def rank_words(place: Place) -> str:
    """Its rank; a dash for one that is not ranked."""
    return NO_RANK if place.rank is None else str(place.rank)


def range_words(place: Place) -> str:
    """How many hits chance alone gives at this volume."""
    if place.standing is Standing.FEW:
        return NO_RANK
    return f"{place.low}～{place.high}" if place.low != place.high else str(place.low)


def short_day(day: str | None) -> str:
    """09-28 of 2026-09-28; a dash for none."""
    return NO_RANK if day is None else day[5:]

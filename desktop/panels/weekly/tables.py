"""The five tables of a weekly circular as cells that know which figure they show. Pure.

They have the columns of the printed ones (desktop.evidence.weekly_tables); every figure opens the
rows behind it.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop.evidence.figures import CITY, CourtFigures, Figure, Figures, days_over
from desktop.evidence.printing import NO_RANK, range_words, rank_words
from desktop.evidence.snapshot import PetitionRow, Snapshot
from desktop.evidence.weekly_tables import HUNG_MARK, is_hung
from desktop.petitions.rules import LEVELS, RESULTS, SOURCES
from desktop.rules.ranking import Place, Standing

_LOOKS: Final = {Standing.HIGH: "normal", Standing.LOW: "overdue", Standing.FEW: "unknown"}


@dataclass(frozen=True, slots=True)
class FigureCell:
    """Words of a cell. `code` and `part` name the figure behind it (`part`: hits, of or both);
    empty for words that open nothing. `look`: a style key, `note`: longer words."""

    text: str
    code: str = ""
    part: str = "both"
    look: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class FigureTable:
    """One table: heads, whether each column is of numbers, and rows by court id (CITY last)."""

    name: str
    heads: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[str, tuple[FigureCell, ...]], ...]


def tables_of(snapshot: Snapshot, figures: Figures, only: str = CITY) -> tuple[FigureTable, ...]:
    """Tables 1 to 4, which are by court; `only`: the line of one court beside the city's."""
    return tuple(made(figures, only) for made in (_totals, _closing, _resolved, _repeat))


def _shown(figures: Figures, only: str) -> list[CourtFigures]:
    return [one for one in figures.courts if only in (CITY, _id(one))]


def _id(one: CourtFigures) -> str:
    return CITY if one.court is None else one.court.id


def _figure(figure: Figure, part: str = "both", look: str = "") -> FigureCell:
    words = {"hits": str(figure.hits), "of": str(figure.of)}.get(part, figure.words())
    return FigureCell(words, figure.code, part, look, figure.parts())


def _made(
    figures: Figures,
    only: str,
    name: str,
    heads: Sequence[tuple[str, bool]],
    line: Callable[[CourtFigures], Sequence[FigureCell]],
    order: Callable[[CourtFigures], tuple[int, str]] | None = None,
) -> FigureTable:
    courts = _shown(figures, only)
    if order is not None:
        courts.sort(key=order)
    rows = tuple((_id(one), (FigureCell(one.name), *line(one))) for one in (*courts, figures.city))
    return FigureTable(
        name,
        ("法院", *(head for head, _number in heads)),
        (False, *(number for _head, number in heads)),
        rows,
    )


def _totals(figures: Figures, only: str) -> FigureTable:
    plain = ("received", "closed", "due")
    rest = ("open", "overdue", "overdue_rate", "days", "case_ratio")

    def line(one: CourtFigures) -> list[FigureCell]:
        cells = [_figure(one[code]) for code in plain]
        cells.append(_figure(one["closing_rate"], "hits"))
        late = "overdue" if one["overdue"].hits else ""
        return cells + [_figure(one[code], look=late if code == "overdue" else "") for code in rest]

    heads = ("收件", "办结", "应办结", "已办结", "未办结", "超期", "超期率", "平均天数", "案访比")
    return _made(figures, only, "收结总体情况", [(head, True) for head in heads], line)


def _by_rank(figures: Figures, code: str) -> Callable[[CourtFigures], tuple[int, str]]:
    places = figures.places[code]

    def order(one: CourtFigures) -> tuple[int, str]:
        assert one.court is not None
        return (places[one.court.id].rank or 1_000, one.court.code)

    return order


def _place(figures: Figures, code: str, one: CourtFigures) -> Place | None:
    return None if one.court is None else figures.place(code, one.court.id)


def _standing(place: Place | None, *, less_is_better: bool = False) -> FigureCell:
    """The words of X13 beside a rank."""
    if place is None:
        return FigureCell(NO_RANK)
    look = _LOOKS.get(place.standing, "")
    if less_is_better and look in ("normal", "overdue"):
        look = "overdue" if look == "normal" else "normal"
    return FigureCell(place.standing.value, look=look)


def _closing(figures: Figures, only: str) -> FigureTable:
    code = "closing_rate"

    def line(one: CourtFigures) -> list[FigureCell]:
        place = _place(figures, code, one)
        figure = one[code]
        return [
            _figure(figure, "of"),
            _figure(figure, "hits"),
            _figure(figure),
            FigureCell(NO_RANK if place is None else rank_words(place)),
            FigureCell(NO_RANK if place is None else range_words(place)),
            _standing(place),
        ]

    heads = [("应办结", True), ("已办结", True), ("办结率", True)]
    heads += [("名次", True), ("正常范围", True), ("说明", False)]
    return _made(figures, only, "办结率及排名", heads, line, _by_rank(figures, code))


def _resolved(figures: Figures, only: str) -> FigureTable:
    code = "resolved_rate"
    result = {row.id: row.result for row in figures.rows}

    def line(one: CourtFigures) -> list[FigureCell]:
        place = _place(figures, code, one)
        figure = one[code]
        ended = Counter(result[row_id] for row_id in figure.of_ids)
        return [
            _figure(figure, "of"),
            _figure(figure, "hits"),
            FigureCell(str(ended["unresolved"]), code, "of"),
            FigureCell(str(ended["terminated"] + ended["written_off"]), code, "of"),
            _figure(figure),
            FigureCell(NO_RANK if place is None else rank_words(place)),
            _standing(place),
        ]

    heads = [(head, True) for head in ("办结", "化解", "未化解", "终结核销", "化解率", "名次")]
    return _made(
        figures, only, "化解情况", [*heads, ("说明", False)], line, _by_rank(figures, code)
    )


def _repeat(figures: Figures, only: str) -> FigureTable:
    def line(one: CourtFigures) -> list[FigureCell]:
        repeat, skip = one["repeat_rate"], one["skip_rate"]
        marks = []
        for name, code in (("重复访", "repeat_rate"), ("越级访", "skip_rate")):
            place = _place(figures, code, one)
            if place is not None and place.standing is Standing.HIGH:
                marks.append(f"{name}{place.standing.value}")
        return [
            _figure(repeat, "of"),
            _figure(repeat, "hits"),
            _figure(repeat),
            _figure(skip, "hits"),
            _figure(skip),
            FigureCell("；".join(marks) or NO_RANK, look="overdue" if marks else ""),
        ]

    heads = [(head, True) for head in ("来访件", "重复访", "重复访率", "越级访", "越级访率")]
    return _made(figures, only, "重复访与越级访", [*heads, ("说明", False)], line)


# Rows of petitions, for lists.


def row_values(snapshot: Snapshot, figures: Figures, row: PetitionRow) -> dict[str, object]:
    """A petition as a line of a list; `petition_id` opens it."""
    over = days_over(row, figures.week)
    late = row.id in figures.city["overdue"].hit_ids
    supervised = [] if row.level == "general" else [LEVELS[row.level]]
    if is_hung(row):
        supervised.append(HUNG_MARK)
    return {
        "petition_id": row.id,
        "code": row.code,
        "court": snapshot.court(row.court_id).short,
        "petitioner": row.petitioner,
        "case_number": row.case_number,
        "source": SOURCES.get(row.source, row.source),
        "received_on": row.received_on,
        "due_on": row.due_on,
        "closed_on": row.closed_on,
        "result": RESULTS.get(row.result or "", ""),
        "over": over if late else None,
        "supervised": "、".join(supervised),
        "holder": row.holder,
    }


def rows_behind(
    snapshot: Snapshot, figures: Figures, ids: Sequence[str]
) -> list[dict[str, object]]:
    """Lines of petitions or, for 案访比, of cases, in the snapshot's order."""
    wanted = set(ids)
    lines = [row_values(snapshot, figures, row) for row in figures.rows if row.id in wanted]
    for case in snapshot.cases:
        if case.id in wanted:
            lines.append(
                {
                    "petition_id": "",
                    "code": "",
                    "court": snapshot.court(case.court_id).short,
                    "case_number": case.number,
                    "received_on": case.filed_on,
                }
            )
    return lines


def late_ids(figures: Figures, only: str = CITY) -> list[str]:
    """表5: late petitions, the longest first."""
    late = set(figures.city["overdue"].hit_ids)
    rows = [row for row in figures.rows if row.id in late and only in (CITY, row.court_id)]
    return [row.id for row in sorted(rows, key=lambda row: (row.due_on or "", row.code))]

"""Tables of a circular on overdue nodes and passive enforcement, and the rows behind. Pure."""

from collections.abc import Sequence
from typing import Final

from desktop.evidence.corrections import Correction
from desktop.evidence.figures import CITY, CITY_WORDS
from desktop.evidence.overdue_snapshot import OverdueRow, OverdueSnapshot
from desktop.evidence.overdue_tables import Standing, cases_of, matter, standing
from desktop.panels.weekly.tables import FigureCell, FigureTable

NODE: Final = "node"
PASSIVE: Final = "passive"
FRESH: Final = "fresh"
QUIET: Final = "quiet"
NAMES: Final = {
    NODE: "超期节点",
    PASSIVE: "消极执行",
    FRESH: "本期点名",
    QUIET: "已通报，本期只计数",
}


def rows_of(told: Standing, code: str, court_id: str) -> list[OverdueRow]:
    """The rows behind a number of the table, the longest first."""
    rows = [row for row in told.rows if court_id in (CITY, row.court_id)]
    chosen = {
        NODE: [row for row in rows if row.kind == NODE],
        PASSIVE: [row for row in rows if row.kind == PASSIVE],
        FRESH: [row for row in rows if not row.named_in],
        QUIET: [row for row in rows if row.named_in],
    }[code]
    return sorted(chosen, key=lambda row: (-row.days, row.key))


def court_table(told: Standing) -> FigureTable:
    """By court, the city last."""
    heads = ("超期节点", "涉案", "最长超期（日）", "消极执行", "涉案", "已通报", "本期点名")
    courts = [(court.id, court.short) for court in told.courts]
    rows = [(key, _line(told, key, name)) for key, name in [*courts, (CITY, CITY_WORDS)]]
    return FigureTable(
        "各院情况", ("法院", *heads), (False, *(True for _head in heads)), tuple(rows)
    )


def _line(told: Standing, court_id: str, name: str) -> tuple[FigureCell, ...]:
    nodes, passive = rows_of(told, NODE, court_id), rows_of(told, PASSIVE, court_id)
    fresh, quiet = rows_of(told, FRESH, court_id), rows_of(told, QUIET, court_id)
    longest = max((row.days for row in nodes), default=0)
    return (
        FigureCell(name),
        FigureCell(str(len(nodes)), NODE, look="overdue" if nodes else ""),
        FigureCell(str(cases_of(nodes)), NODE),
        FigureCell(str(longest), NODE),
        FigureCell(str(len(passive)), PASSIVE, look="overdue" if passive else ""),
        FigureCell(str(cases_of(passive)), PASSIVE),
        FigureCell(str(len(quiet)), QUIET),
        FigureCell(str(len(fresh)), FRESH),
    )


def told_of(
    snapshot: OverdueSnapshot, corrections: Sequence[Correction], only: str = CITY
) -> Standing:
    """What is printed of a snapshot; with `only`, of that court, which may have nothing in it."""
    if only and all(court.id != only for court in snapshot.courts):
        return Standing(snapshot, (), (), tuple(corrections), only)
    return standing(snapshot, corrections, only)


def line_of(snapshot: OverdueSnapshot, row: OverdueRow) -> dict[str, object]:
    """A row as a line of a list; `case_id` opens its case."""
    return {
        "key": row.key,
        "case_id": row.case_id,
        "node_code": row.code if row.kind == NODE else "",
        "subject": row.subject,
        "court": snapshot.court(row.court_id).short,
        "case_number": row.case_number,
        "matter": matter(row),
        "since": row.since,
        "days": row.days,
        "handler": row.handler,
        "holder": row.holder,
        "basis": row.basis,
        "named_in": row.named_in,
    }

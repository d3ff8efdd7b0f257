"""What a snapshot with its corrections says, by court and for the whole city. Pure.

Every figure holds the ids of the rows behind it, so that a number, its list and the annex are one
thing. What each counts is told by its definition (desktop.evidence.definitions).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor
from typing import Final

from desktop.evidence.corrections import Correction, corrected
from desktop.evidence.definitions import Definition
from desktop.evidence.snapshot import Court, PetitionRow, Snapshot
from desktop.evidence.week import Week
from desktop.rules.ranking import Count, Place, Standing, percent, placed

CITY: Final = ""  # as a court's id: all courts together
CITY_WORDS: Final = "全市"
NO_VALUE: Final = "—"


@dataclass(frozen=True, slots=True)
class Figure:
    """`hits` of `of`: of a count, hits alone and `of` None; of days, their sum over matters.
    `hit_ids` and `of_ids`: the rows behind both, in the snapshot's order. The denominator of 案访比
    is cases, all others are petitions."""

    definition: Definition
    hits: int
    of: int | None
    hit_ids: tuple[str, ...]
    of_ids: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """Which measure."""
        return self.definition.code

    def words(self) -> str:
        """As printed: 42, 91.30%, 12.5; — where there is nothing to divide by."""
        if self.of is None:
            return str(self.hits)
        if self.of == 0:
            return NO_VALUE
        if self.definition.kind == "days":
            tenths = floor(Fraction(self.hits * 10, self.of) + Fraction(1, 2))
            return f"{tenths // 10}.{tenths % 10}"
        return f"{percent(self.hits, self.of)}%"

    def parts(self) -> str:
        """42/46, or the count alone."""
        return str(self.hits) if self.of is None else f"{self.hits}/{self.of}"

    @property
    def meets(self) -> bool | None:
        """Whether the target is met; None without a target or a denominator."""
        target = self.definition.target_permille
        if target is None or not self.of:
            return None
        return self.hits * 1_000 >= target * self.of


@dataclass(frozen=True, slots=True)
class CourtFigures:
    """All figures of a court by code; of the whole city where `court` is None."""

    court: Court | None
    by_code: Mapping[str, Figure]

    def __getitem__(self, code: str) -> Figure:
        """The figure `code`; KeyError for none."""
        return self.by_code[code]

    @property
    def name(self) -> str:
        """Short name of the court, or 全市."""
        return CITY_WORDS if self.court is None else self.court.short


@dataclass(frozen=True)
class Figures:
    """A whole week: courts in the order of their codes, the city, where each court stands in what
    is ranked (code → court id → place), and the rows as corrected."""

    week: Week
    courts: tuple[CourtFigures, ...]
    city: CourtFigures
    places: Mapping[str, Mapping[str, Place]]
    rows: tuple[PetitionRow, ...]
    corrections: tuple[Correction, ...]

    def of(self, court_id: str) -> CourtFigures:
        """The court's figures, the city's for CITY; KeyError for an unknown court."""
        if court_id == CITY:
            return self.city
        for one in self.courts:
            if one.court is not None and one.court.id == court_id:
                return one
        raise KeyError(court_id)

    def place(self, code: str, court_id: str) -> Place:
        """Where the court stands in a ranked measure; KeyError for one that is not ranked."""
        return self.places[code][court_id]

    def note(self, code: str, court_id: str) -> str:
        """The words beside a rank (X13): within normal range, or plainly above or below."""
        return self.places[code][court_id].standing.value

    def worst_within(self, code: str) -> bool:
        """Whether whoever is last differs from the others by no more than chance."""
        ranked = [one for one in self.places[code].values() if one.rank is not None]
        last = max((one.rank or 0 for one in ranked), default=0)
        return all(one.standing is Standing.WITHIN for one in ranked if one.rank == last)


def count(snapshot: Snapshot, corrections: Sequence[Correction] = ()) -> Figures:
    """All figures of a snapshot with its corrections."""
    rows = corrected(snapshot, corrections)
    counted = _Counted(snapshot, rows)
    courts = tuple(CourtFigures(one, counted.figures(one.id)) for one in snapshot.courts)
    places = {
        one.code: _placed(snapshot, one, courts)
        for one in snapshot.definitions.measures
        if one.better
    }
    city = CourtFigures(None, counted.figures(CITY))
    return Figures(snapshot.week, courts, city, places, rows, tuple(corrections))


def _placed(
    snapshot: Snapshot, measure: Definition, courts: Iterable[CourtFigures]
) -> dict[str, Place]:
    counts = {
        one.court.id: Count(one[measure.code].hits, one[measure.code].of or 0)
        for one in courts
        if one.court is not None
    }
    rules = snapshot.definitions
    return placed(
        counts,
        least=rules.least,
        more_is_better=measure.better == "more",
        level=Fraction(rules.level_permille, 1_000),
    )


class _Counted:
    """The rows of each figure, worked out once and told by court."""

    def __init__(self, snapshot: Snapshot, rows: Sequence[PetitionRow]) -> None:
        self._measures = snapshot.definitions.measures
        self._court = {row.id: row.court_id for row in rows}
        self._court |= {one.id: one.court_id for one in snapshot.cases}
        self._days = {row.id: _days(row) for row in rows}
        sets = _sets(snapshot, rows)
        self._sets = {name: _by_court(ids, self._court) for name, ids in sets.items()}

    def figures(self, court_id: str) -> dict[str, Figure]:
        """Every measure of one court, or of the city."""
        return {one.code: self._figure(one, court_id) for one in self._measures}

    def _ids(self, name: str, court_id: str) -> tuple[str, ...]:
        return self._sets[name].get(court_id, ())

    def _figure(self, measure: Definition, court_id: str) -> Figure:
        hit_name, of_name = _PARTS[measure.code]
        hits = self._ids(hit_name, court_id)
        if of_name is None:
            return Figure(measure, len(hits), None, hits)
        of = self._ids(of_name, court_id)
        number = sum(self._days[one] for one in hits) if measure.kind == "days" else len(hits)
        return Figure(measure, number, len(of), hits, of)


# Numerator and denominator of each measure, by the names of `_sets`.
_PARTS: Final[Mapping[str, tuple[str, str | None]]] = {
    "received": ("received", None),
    "due": ("due", None),
    "closed": ("closed", None),
    "open": ("open", None),
    "overdue": ("overdue", None),
    "unregistered": ("unregistered", None),
    "closing_rate": ("due_closed", "due"),
    "resolved_rate": ("resolved", "closed"),
    "repeat_rate": ("repeat", "visited"),
    "skip_rate": ("skip", "received"),
    "overdue_rate": ("overdue", "open"),
    "days": ("closed", "closed"),
    "case_ratio": ("received", "cases"),
}


def _by_court(ids: Sequence[str], court: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {CITY: list(ids)}
    for one in ids:
        found.setdefault(court[one], []).append(one)
    return {key: tuple(value) for key, value in found.items()}


def _days(row: PetitionRow) -> int:
    if row.closed_on is None:
        return 0
    begun = date.fromisoformat(row.registered_on or row.received_on)
    return max(0, (date.fromisoformat(row.closed_on) - begun).days)


def _sets(snapshot: Snapshot, rows: Sequence[PetitionRow]) -> dict[str, list[str]]:
    """The rows of every part, each id once, in the snapshot's order."""
    week = snapshot.week
    mains = [row for row in rows if row.main]
    visits: dict[str, list[str]] = {row.id: list(row.visits) for row in mains}
    for row in rows:
        if row.duplicate_of in visits:
            visits[row.duplicate_of].extend(row.visits)
    received = [row for row in mains if week.holds(row.received_on)]
    closed = [row for row in mains if week.holds(row.closed_on)]
    due = [row for row in mains if is_due(row, week)]
    overdue = [row for row in due if is_open(row, week)]
    visited = [row for row in mains if any(map(week.holds, visits[row.id]))]
    parts = {
        "received": received,
        "skip": [row for row in received if row.source == "skip"],
        "closed": closed,
        "resolved": [row for row in closed if row.result == "resolved"],
        "due": due,
        "due_closed": [row for row in due if not is_open(row, week)],
        "overdue": overdue,
        "open": [row for row in mains if is_open(row, week)],
        "unregistered": [row for row in mains if is_unregistered(row, week)],
        "visited": visited,
        "repeat": [row for row in visited if len(visits[row.id]) > 1],
    }
    found = {name: [row.id for row in part] for name, part in parts.items()}
    return found | {"cases": [one.id for one in snapshot.cases]}


def is_open(row: PetitionRow, week: Week) -> bool:
    """Not closed at the end of the week, and received by then."""
    last = week.last.isoformat()
    return row.received_on <= last and (row.closed_on is None or row.closed_on > last)


def is_due(row: PetitionRow, week: Week) -> bool:
    """应办结: its limit ends in the week, or ended before while it was still open."""
    if not row.due_certain or row.due_on is None or row.due_on > week.last.isoformat():
        return False
    first = week.first.isoformat()
    return row.due_on >= first or row.closed_on is None or row.closed_on >= first


def is_unregistered(row: PetitionRow, week: Week) -> bool:
    """Open, and beyond the last day for registering without having been registered."""
    last = week.last.isoformat()
    if row.register_due is None or row.register_due > last or not is_open(row, week):
        return False
    return row.registered_on is None or row.registered_on > last


def uncertain(rows: Iterable[PetitionRow], week: Week) -> tuple[str, ...]:
    """Open and registered petitions whose limit nobody can tell yet: they are counted as due in
    no week, which the circular says."""
    return tuple(
        row.id
        for row in rows
        if row.main and row.registered_on and not row.due_certain and is_open(row, week)
    )


def days_over(row: PetitionRow, week: Week) -> int:
    """Calendar days from its limit to the end of the week, or to its closing; 0 without."""
    if row.due_on is None:
        return 0
    end = min(row.closed_on or week.last.isoformat(), week.last.isoformat())
    return max(0, (date.fromisoformat(end) - date.fromisoformat(row.due_on)).days)

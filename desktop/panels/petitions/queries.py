"""What the lists of petitions and the reception card read. Reader lanes; any thread.

Rows are found by SQLite's `rowid`, which is stable within one snapshot and no longer.
"""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, func, or_, select

from desktop.contract.law import Law
from desktop.contract.listing import Dated
from desktop.contract.paging import SnapshotArgs
from desktop.panels.petitions.rules import (
    LEVEL_STYLES,
    RESULT_STYLES,
    clock_words,
    workdays_left,
)
from desktop.petitions.case_finding import CaseHit, find_cases
from desktop.petitions.duplicates import Person
from desktop.petitions.filters import PetitionFilter
from desktop.petitions.queries import (
    counts_of,
    petition_ids,
    petition_rows,
    petitions_of,
    similar,
    visits_of,
)
from desktop.petitions.rules import CLASSES, LEVELS, RESULTS, SOURCES
from desktop.petitions.standing import ROWID, Standing, law_of, standings, yardstick
from desktop.projection.places import names, own_court
from desktop.rules.short_names import short_court
from desktop.rules.sounds import readings
from storage.records.states import STYLE_KEY, NodeState
from storage.schema import table

TABLES: Final = ("petition", "petition_act", "court", "person", "calendar_day")
OVERDUE: Final = PetitionFilter(states=(NodeState.OVERDUE.value,))
ALIKE_MAX: Final = 4
FOUND_MAX: Final = 8
_SHORT: Final = {"listed": "挂牌", "tour": "巡回", "leader": "包案"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose by its name; `sounds`: its pinyin, which is searched too."""

    id: str
    label: str
    sounds: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """Courts and people to choose from; `seat`: the court of the command centre."""

    courts: tuple[Choice, ...]
    people: tuple[Choice, ...]
    seat: str


def offered(connection: Connection, today: date) -> Offered:
    """What the boxes of the panel offer."""
    court, person = table("court"), table("person")
    rows = connection.execute(
        select(court.c.id, court.c.short_name, court.c.name).order_by(court.c.code)
    )
    courts = tuple(
        Choice(row.id, row.short_name, _sounds(row.short_name), row.name) for row in rows
    )
    short = {one.id: one.label for one in courts}
    staff = connection.execute(
        select(person.c.id, person.c.name, person.c.court_id)
        .where(or_(person.c.left_on.is_(None), person.c.left_on > today.isoformat()))
        .order_by(person.c.court_id, person.c.name, person.c.id)
    )
    people = tuple(
        Choice(row.id, row.name, _sounds(row.name), short.get(row.court_id, "")) for row in staff
    )
    return Offered(courts, people, own_court(connection, None) or "")


def _sounds(name: str) -> str:
    return " ".join(
        word for one in readings(name) for word in ("".join(part[:1] for part in one), "".join(one))
    )


def navigator_count(connection: Connection, today: date) -> tuple[int, str]:
    """How many open petitions are overdue by any of their clocks."""
    yard = yardstick(connection, law_of(connection))
    late = sum(counts_of(connection, OVERDUE, yard, today).values())
    return late, "overdue" if late else ""


def snapshot(
    connection: Connection, args: SnapshotArgs[Dated[PetitionFilter]], law: Law
) -> "array[int]":
    """Row numbers of the list; what presses most first unless sorted."""
    asked = args.filter
    found = petitions_of(connection, asked.filter, yardstick(connection, law), asked.today)
    if args.sort is None:
        return array("q", (one.row for one in found))
    if args.sort in ("state", "due_on", "left"):
        by_day = args.sort != "state"
        ordered = sorted(found, key=lambda one: one.order[by_day:], reverse=args.descending)
        return array("q", (one.row for one in ordered))
    return _sorted_by(connection, found, args.sort, args.descending)


def _sorted_by(
    connection: Connection, found: Sequence[Standing], key: str, descending: bool
) -> "array[int]":
    """By a column; empty values come last in either direction."""
    ids = [one.row for one in found]
    words: dict[int, Any] = {}
    labels = names(connection)
    visits = visits_of(connection, [one.petition_id for one in found]) if key == "visits" else {}
    for at in range(0, len(ids), 500):
        for row in petition_rows(connection, ids[at : at + 500]):
            words[row["row"]] = {
                "court": labels.get(row["court_id"]),
                "received_on": row["received_at"],
                "class": row["class"],
                "level": tuple(LEVELS).index(row["level"]),
                "visits": visits.get(row["id"], 0),
                "assignee": labels.get(row["assigned_to"] or ""),
            }.get(key, row.get(key))
    known = [one for one in ids if words.get(one) is not None]
    known.sort(key=lambda one: words[one], reverse=descending)
    return array("q", [*known, *(one for one in ids if words.get(one) is None)])


def rows(
    connection: Connection, ids: Sequence[int], today: date, law: Law
) -> dict[int, dict[str, object]]:
    """List rows by row number; badges carry (style key, words)."""
    yard = yardstick(connection, law)
    stored = petition_rows(connection, ids)
    found = {one.row: one for one in standings(connection, [ROWID.in_(list(ids))], yard, today)}
    visits = visits_of(connection, [row["id"] for row in stored])
    labels = names(connection)
    made: dict[int, dict[str, object]] = {}
    for row in stored:
        stands = found.get(row["row"])
        if stands is not None:
            made[row["row"]] = _shown(row, stands, visits.get(row["id"], 0), labels, today, law)
    return made


def _shown(
    row: Mapping[str, Any],
    stands: Standing,
    visits: int,
    labels: Mapping[str, str],
    today: date,
    law: Law,
) -> dict[str, object]:
    clock = stands.clock
    due = clock.due_on if clock is not None else None
    left = None if due is None else workdays_left(law.court_calendar, today, due)
    hung = row["hung_on"] is not None and row["unhung_on"] is None
    people = f" 等 {row['people']} 人" if row["people"] > 1 else ""
    return {
        "id": row["id"],
        "code": row["code"],
        "court": short_court(labels.get(row["court_id"], "")),
        "petitioner": f"{row['petitioner']}{people}",
        "case_id": row["case_id"],
        "case_number": row["case_number"],
        "node_code": row["node_code"],
        "subject": "",
        "source": SOURCES[row["source"]],
        "class": CLASSES[row["class"]].removeprefix("执行"),
        "level": level_badge(row["level"], hung),
        "state": _state(row, stands, due, today, left),
        "clock": "" if clock is None else clock.name,
        "due_on": None if due is None else due.isoformat(),
        "left": left,
        "visits": visits,
        "result": RESULTS.get(row["result"] or "", ""),
        "received_on": row["received_at"][:10],
        "hung_on": row["hung_on"],
        "hung_by": labels.get(row["hung_by"] or "", ""),
        "unhung_on": row["unhung_on"],
        "unhung_by": labels.get(row["unhung_by"] or "", ""),
        "assignee": labels.get(row["assigned_to"] or "", ""),
        "reply_due": row["superior_due"] or row["inner_due"],
        "replied_on": row["replied_on"],
        "reply": _reply_badge(row, today),
        "closed_on": row["closed_on"],
    }


def level_badge(level: str, hung: bool) -> tuple[str, str]:
    """The level; while it is posted the badge says so and stays until somebody takes it down."""
    if hung:
        return "overdue", f"挂网·{_SHORT[level]}" if level in _SHORT else "挂网督办"
    return LEVEL_STYLES[level], LEVELS[level]


def _state(
    row: Mapping[str, Any], stands: Standing, due: date | None, today: date, left: int | None
) -> tuple[str, str]:
    if row["closed_on"] is not None:
        if stands.state is NodeState.DONE:
            return RESULT_STYLES[row["result"]], "已办结"
        return STYLE_KEY[stands.state], stands.state.value
    return STYLE_KEY[stands.state], clock_words(stands.state, due, today, left)


def _reply_badge(row: Mapping[str, Any], today: date) -> tuple[str, str] | str:
    """Whether the set day was kept, for the register of posted petitions."""
    due = row["superior_due"] or row["inner_due"]
    answered = row["replied_on"] or row["closed_on"]
    if due is None:
        return ""
    if answered is not None:
        return ("done", "按期回复") if answered <= due else ("done_late", "逾期回复")
    days = (date.fromisoformat(due) - today).days
    if days < 0:
        return "overdue", f"逾期未复 {-days} 日"
    return ("due_soon" if days <= 3 else "normal"), f"待回复 剩 {days} 日"


@dataclass(frozen=True, slots=True)
class Asked:
    """What has been typed of who came and about which case."""

    person: Person
    today: date


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier petition that may be the same, with the signs."""

    id: str
    code: str
    petitioner: str
    case_number: str
    received_on: str
    reasons: tuple[str, ...]
    score: int
    visits: int
    closed: bool
    promise: str  # what is still promised, or empty


def alike(connection: Connection, asked: Asked) -> tuple[Alike, ...]:
    """At most ALIKE_MAX earlier petitions, most alike first."""
    found = similar(connection, asked.person)[:ALIKE_MAX]
    petition = table("petition")
    ids = [one.key for one in found]
    by_id = {
        row["id"]: row
        for row in connection.execute(select(petition).where(petition.c.id.in_(ids))).mappings()
    }
    visits = visits_of(connection, ids)
    promises = _open_promises(connection, ids)
    return tuple(
        Alike(
            one.key,
            by_id[one.key]["code"],
            by_id[one.key]["petitioner"],
            by_id[one.key]["case_number"] or "",
            by_id[one.key]["received_at"][:10],
            one.reasons,
            one.score,
            visits.get(one.key, 0),
            by_id[one.key]["closed_on"] is not None,
            promises.get(one.key, ""),
        )
        for one in found
    )


def _open_promises(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The next promised day that is not noted as kept, by petition."""
    act = table("petition_act")
    kept = act.alias("kept")
    done = select(kept.c.answers).where(kept.c.kind == "kept", kept.c.petition_id.in_(ids))
    asked = (
        select(act.c.petition_id, func.min(act.c.due_on))
        .where(act.c.petition_id.in_(ids), act.c.kind == "promise", act.c.id.not_in(done))
        .group_by(act.c.petition_id)
    )
    return {row[0]: row[1] for row in connection.execute(asked) if row[1]}


@dataclass(frozen=True, slots=True)
class CaseText:
    """A case number as typed; cases of `court_id` come first."""

    text: str
    court_id: str | None


def cases(connection: Connection, asked: CaseText) -> list[CaseHit]:
    """Cases for the chooser of the card."""
    return find_cases(connection, asked.text, asked.court_id)


def case_hit(connection: Connection, case_id: str) -> CaseHit | None:
    """The case by its id, for a card that was opened from a list."""
    of, court = table("case"), table("court")
    row = connection.execute(
        select(of.c.id, of.c.number, of.c.court_id, court.c.short_name)
        .select_from(of.join(court, court.c.id == of.c.court_id))
        .where(of.c.id == case_id)
    ).first()
    return None if row is None else CaseHit(row[0], row[1], row[2], row[3], "", "")


def case_history(connection: Connection, case_id: str) -> tuple[int, int]:
    """How many petitions there are about a case, and how often somebody came about it."""
    c = table("petition").c
    keys = [row.id for row in connection.execute(select(c.id).where(c.case_id == case_id))]
    visits = visits_of(connection, keys)
    whole = select(func.count()).where(c.case_id == case_id, c.duplicate_of.is_(None))
    return int(connection.execute(whole).scalar_one()), sum(visits.values())


@dataclass(frozen=True, slots=True)
class PetitionText:
    """What is typed of a petition; `without`: the one it is typed for."""

    text: str
    without: str


def find_petitions(connection: Connection, asked: PetitionText) -> list[Choice]:
    """Petitions to merge into: by code, petitioner or case number, the newest first."""
    wanted = PetitionFilter(open=None, text=asked.text)
    found = petition_rows(connection, petition_ids(connection, wanted)[: FOUND_MAX + 1])
    return [
        Choice(
            row["id"],
            row["code"],
            "",
            " ".join(part for part in (row["petitioner"], row["case_number"]) if part),
        )
        for row in found
        if row["id"] != asked.without
    ][:FOUND_MAX]

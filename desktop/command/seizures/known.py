"""What the case says that a seizure on the spot is held against: parties, plates, officers, and
where the officer's device is. Any thread that may read."""

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, and_, or_, select

from desktop.rules.freshness import Freshness, freshness
from desktop.rules.seizure_form import Known, plates_in
from desktop.rules.track_law import load_field_law
from desktop.rules.tracks import Point
from storage.records.people import Post
from storage.schema import table

# Whoever may carry out a seizure; money and the duty desk stay where they are.
_POSTS: Final = tuple(
    post.value for post in Post if post not in (Post.FINANCE, Post.OPERATOR, Post.PRESIDENT)
)

_E7: Final = 10_000_000

# Narrows a city's measures to vehicles before their words are read for plates.
_VEHICLES: Final = ("车", "号牌")


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who may carry out a seizure. `post`: as it is stored."""

    id: str
    name: str
    post: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A position with its accuracy in decimetres, the unit it came from, and by what kind of
    receiver."""

    lat_e7: int
    lon_e7: int
    accuracy_dm: int | None
    at: datetime
    unit: str
    source: str


def known_of(connection: Connection, case_id: str) -> Known:
    """Debtors and plates of a case, and plates that other cases control."""
    party, measure = table("party").c, table("control_measure").c
    clue, case = table("property_clue").c, table("case").c
    debtors = connection.execute(
        select(party.name).where(party.case_id == case_id, party.role == "debtor")
    ).scalars()
    plates: dict[str, str] = {}
    elsewhere: dict[str, str] = {}
    for body in connection.execute(select(clue.body).where(clue.case_id == case_id)).scalars():
        plates |= dict.fromkeys(plates_in(body), "财产线索所载")
    standing = connection.execute(
        select(measure.case_id, measure.asset, case.number)
        .join(table("case"), case.id == measure.case_id)
        .where(
            measure.lifted_on.is_(None),
            measure.asset_kind == "movable",
            or_(measure.case_id == case_id, *(measure.asset.contains(word) for word in _VEHICLES)),
        )
    )
    for row in standing:
        for plate in plates_in(row.asset):
            if row.case_id == case_id:
                plates[plate] = "查控措施所载"
            else:
                elsewhere[plate] = row.number
    return Known(tuple(debtors), plates, elsewhere)


def officers_of(connection: Connection, case_id: str, day: date) -> tuple[Officer, ...]:
    """Whoever of the case's court may carry out a seizure on that day, by name."""
    person, case = table("person").c, table("case").c
    rows = connection.execute(
        select(person.id, person.name, person.post)
        .join(table("case"), and_(case.court_id == person.court_id, case.id == case_id))
        .where(
            person.post.in_(_POSTS),
            or_(person.left_on.is_(None), person.left_on > day.isoformat()),
        )
        .order_by(person.name)
    )
    return tuple(Officer(row.id, row.name, row.post) for row in rows)


def standing_of(fix: Fix, now: datetime) -> Freshness:
    """How old a position is, by the rule that the map goes by. UserError: no rule on that day."""
    accuracy = None if fix.accuracy_dm is None else fix.accuracy_dm / 10
    place = (fix.lat_e7 / _E7, fix.lon_e7 / _E7, accuracy)
    point = Point("", fix.unit, fix.at, *place, None, None, fix.source, received_at=fix.at)
    return freshness(point, now, load_field_law())


def last_fix(connection: Connection, person_id: str | None) -> Fix | None:
    """Where the officer's own device was last, by the time of the point."""
    if person_id is None:
        return None
    unit, batch = table("unit").c, table("position_batch").c
    row = connection.execute(
        select(unit.name, batch.from_at, batch.points, batch.source)
        .join(table("position_batch"), batch.unit_id == unit.id)
        .where(unit.person_id == person_id, unit.retired_on.is_(None))
        .order_by(batch.to_at.desc())
        .limit(1)
    ).one_or_none()
    points = json.loads(row.points) if row is not None else []
    if row is None or not points:
        return None
    at_ms, lat_e7, lon_e7, accuracy_dm = points[-1][:4]
    at = datetime.fromisoformat(row.from_at) + timedelta(milliseconds=at_ms)
    return Fix(lat_e7, lon_e7, accuracy_dm, at, row.name, row.source)

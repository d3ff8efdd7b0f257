"""The made town of eighteen courts in a real replica, under an intermediate court. All invented."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from desktop.contract.context import Who
from storage.schema import table
from storage.session import Session
from tests.evidence.town import TAKEN, town
from tests.gui.conftest import Rig
from tests.panels.real_city import new

_TABLES = ("court", "team", "person", "membership", "petition", "petition_act", "case")
PETITIONS = 250


class Clock:
    """The moments of the desk: each look a second later, on the day that the test says."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@dataclass
class Scene:
    """Ids of who sits at the desk and of the courts, lower ones in the order of their codes."""

    people: dict[str, str]
    names: dict[str, str]
    officers: dict[str, str]
    courts: tuple[str, ...]
    clock: Clock

    def sit(self, rig: Rig, who: str) -> None:
        """Somebody of the centre sits down, by a word."""
        rig.context.who = Who(self.people[who], self.names[self.people[who]], "")

    def sit_of(self, rig: Rig, court_id: str) -> None:
        """The officer of a court sits down."""
        person_id = self.officers[court_id]
        rig.context.who = Who(person_id, self.names[person_id], "")


def settle_town(session: Session, folder: Path) -> Scene:
    """Copies the town; its centre becomes an intermediate court of its own, and each court has an
    officer who replies and opens what is sent to it."""
    made = town(folder, PETITIONS)
    middle = new("court")
    courts = made.courts
    staff = list(made.office.people.values())
    officers = {court_id: new("officer") for court_id in courts}
    with made.engine.connect() as read, session.write("演示数据") as write:
        to = write.connection
        to.execute(
            insert(table("court")).values(
                id=middle, code="豫99", name="示范市中级人民法院", short_name="示范中院"
            )
        )
        for name in _TABLES:
            _copy(read, to, name)
        person = table("person").c
        to.execute(update(table("person")).where(person.id.in_(staff)).values(court_id=middle))
        for n, (court_id, person_id) in enumerate(officers.items(), start=1):
            to.execute(
                insert(table("person")).values(
                    id=person_id, court_id=court_id, name=f"联络员{n}", post="operator"
                )
            )
        names = {row.id: row.name for row in to.execute(select(person.id, person.name))}
    people = made.office.people
    made.engine.dispose()
    return Scene(people, names, officers, courts, Clock(TAKEN))


def _copy(read: Connection, to: Connection, name: str) -> None:
    rows = [dict(row._mapping) for row in read.execute(select(table(name)))]
    if name == "court":
        for row in rows:
            row["superior_id"] = None
    if rows:
        to.execute(insert(table(name)), rows)

"""A store with a court, its people and cases, for money that comes and goes. All invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import insert, update

from storage.ids import new_id
from storage.schema import table
from storage.session import Session
from tests.ledger import without_orders
from tests.storage.rows import add, case, court

CAST: Final = {  # name -> post
    "承办甲": "quota_judge",
    "财务乙": "finance",
    "财务丙": "finance",
    "局长丁": "bureau_chief",
    "副院长戊": "vice_president",
    "院长己": "president",
}


@dataclass
class Purse:
    """A court whose cases have money; `people`: name to id."""

    session: Session
    court_id: str
    people: Mapping[str, str]
    cases: list[str] = field(default_factory=list)

    def case(self, **more: Any) -> str:
        """A fresh case of 承办甲."""
        made = case(self.court_id, len(self.cases) + 1, handler_id=self.people["承办甲"], **more)
        with self.session.write("立案") as write:
            add(write.connection, "case", made)
        self.cases.append(made["id"])
        return str(made["id"])

    def put(self, name: str, **values: Any) -> str:
        """Inserts a row; gives its id."""
        made = str(values.pop("id", None) or new_id())
        with self.session.write("记") as write:
            write.connection.execute(insert(table(name)).values(id=made, **values))
        return made

    def change(self, name: str, key: str, **values: Any) -> None:
        """Changes a row."""
        with self.session.write("改") as write:
            rows = table(name)
            write.connection.execute(update(rows).where(rows.c.id == key).values(**values))


def purse_of(session: Session) -> Purse:
    """The court with its people, without a case."""
    town = court(code="豫0399")
    people = {name: new_id() for name in CAST}
    without_orders.at_desk(session)
    with session.write("建院") as write:
        add(write.connection, "court", town)
        add(
            write.connection,
            "person",
            *(
                {"id": people[name], "court_id": town["id"], "name": name, "post": post}
                for name, post in CAST.items()
            ),
        )
    return Purse(session, town["id"], people)

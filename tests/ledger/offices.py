"""A court with everybody an order passes, on a desk that works alone and on a hub alike."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psycopg

from storage.hub import users
from storage.ids import new_id
from storage.ledger.asking import ask
from storage.ledger.chain import verify
from storage.session import Session
from tests.hub.conftest import PASSWORD, Officer, Town, built_town
from tests.storage.rows import add, case, court
from tests.stores import new_store

# who -> (post, roles at a hub, of the court whose case it is)
STAFF: dict[str, tuple[str, list[str], bool]] = {
    "officer": ("quota_judge", ["handler", "supervisor"], True),
    "other": ("judge_assistant", ["handler", "field"], True),
    "keeper": ("finance", ["finance"], True),
    "teller": ("finance", ["finance"], True),
    "third": ("finance", ["finance"], True),
    "chief": ("bureau_chief", ["bureau_chief"], True),
    "deputy": ("deputy_chief", ["supervisor"], True),
    "leader": ("vice_president", ["president"], True),
    "stranger": ("bureau_chief", ["bureau_chief"], False),
    "alien": ("finance", ["finance"], False),
}
ALL = ["handler", "finance", "supervisor", "bureau_chief", "president"]
PAYEE = {"payee": "丙", "account_no": "6222-1", "bank": "某银行", "confirmed_on": "2026-11-20"}
LARGE = 10_000_000


@dataclass(frozen=True)
class Told:
    """What a wish got, the same on both sides."""

    accepted: bool
    code: str
    facts: dict[str, Any]
    id: str


class Office(Protocol):
    """The court under test."""

    case: str
    people: dict[str, str]

    def ask(self, who: str, kind: str, **args: Any) -> Told:
        """A wish of that person."""

    def edit(self, table: str, row: str, **new: Any) -> None:
        """An edit of a row as it is at the moment."""

    def add(self, table: str, **row: Any) -> str:
        """A row of a table that everybody may fill; gives its id."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """A query that reads the same on both sides."""


class Steps:
    """What an order goes through, on either side."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def order(self, fen: int = 500, **more: Any) -> Told:
        """Submitted by the officer."""
        args = PAYEE | {"case_id": self.office.case, "amount_fen": fen} | more
        return self.office.ask("officer", "disburse", **args)

    def sha(self, order: str) -> str:
        """The fingerprint that an approval names."""
        found = self.office.rows(f"select content_sha256 from payment_order where id = '{order}'")
        return str(found[0][0])

    def passed(self, order: str, who: str, stage: str, **more: Any) -> Told:
        """An approval of what is there."""
        args = {"order_id": order, "stage": stage, "content_sha256": self.sha(order)} | more
        return self.office.ask(who, "pass_order", **args)

    def approved(self, fen: int = 500, **more: Any) -> str:
        """An order through its whole chain; its id."""
        made = self.order(fen, **more)
        assert made.accepted, made
        assert self.passed(made.id, "keeper", "fund_keeper").accepted
        assert self.passed(made.id, "chief", "bureau_chief").accepted
        if fen >= LARGE:
            assert self.passed(made.id, "leader", "vice_president").accepted
        return made.id

    def sent(self, fen: int = 500, **more: Any) -> str:
        """An order that has left for the bank."""
        made = self.approved(fen, **more)
        told = self.office.ask("teller", "send_order", order_id=made, batch="B1")
        assert told.accepted, told
        return made

    def state(self, order: str) -> str:
        """Where it stands."""
        return str(self.office.rows(f"select state from payment_order where id = '{order}'")[0][0])

    def account(self) -> tuple[int, int]:
        """Balance and grants of the case's account."""
        found = self.office.rows(
            "select balance_fen, held_fen from fund"
            f" where case_id = '{self.office.case}' and kind = 'case'"
        )
        return (0, 0) if not found else (int(found[0][0]), int(found[0][1]))


@dataclass
class Alone:
    """A desk that works alone."""

    session: Session
    case: str = ""
    people: dict[str, str] = field(default_factory=dict)

    def build(self) -> None:
        """Court, people, a case with money."""
        here, there = court(code="豫0399"), court(code="豫0398")
        row = case(here["id"], 1)
        self.case = row["id"]
        with self.session.write("建院") as write:
            add(write.connection, "court", here, there)
            for who, (post, _roles, own) in STAFF.items():
                self.people[who] = new_id()
                house = here if own else there
                one = {"id": self.people[who], "court_id": house["id"], "name": who, "post": post}
                add(write.connection, "person", one)
            row["handler_id"] = self.people["officer"]
            add(write.connection, "case", row)

    def ask(self, who: str, kind: str, **args: Any) -> Told:
        with self.session.write("办理") as write:
            asked = ask(write.connection, kind, args, by=self.people[who])
        assert asked.answer is not None
        found = asked.answer
        return Told(found.accepted, found.code, found.facts, asked.request_id)

    def edit(self, table: str, row: str, **new: Any) -> None:
        names = ", ".join(f"{name} = :{name}" for name in new)
        with self.session.write("改") as write:
            write.connection.exec_driver_sql(
                f'update "{table}" set {names} where id = :id', new | {"id": row}
            )

    def add(self, table: str, **row: Any) -> str:
        made = {"id": new_id()} | row
        with self.session.write("加") as write:
            add(write.connection, table, made)
        return str(made["id"])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.session.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def findings(self) -> list[str]:
        """What the proof of the ledger finds."""
        with self.session.read() as connection:
            return [str(one) for one in verify(connection).findings]


_NUMBERS = {
    "approval_tier": 56,
    "delegation": 49,
    "distribution": 63,
    "distribution_objection": 64,
    "bank_line": 54,
    "payment_delay": 60,
}
# Whose such a row is: the hub looks who sends it. All others come from the centre.
_WRITES = {"bank_line": "keeper", "payment_delay": "officer"}
_EDITS = {"payment_delay": "chief"}


@dataclass
class AtHub:
    """The same at a hub, everybody by a login of his own."""

    town: Town
    case: str = ""
    people: dict[str, str] = field(default_factory=dict)
    officers: dict[str, Officer] = field(default_factory=dict)

    def build(self, *, every: bool = False) -> None:
        """People with their logins; `every`: each with every role."""
        centre, here, there = self.town.centre, self.town.court, new_id()
        named = {"id": there, "code": "豫98", "name": "乙院", "short_name": "乙", "confirmed": 1}
        assert centre.verdict((1, there, "I", named, None)) == "applied"
        self.case = self.town.cases[1]
        for who, (post, roles, own) in STAFF.items():
            self.people[who] = new_id()
            house = here if own else there
            row = {"id": self.people[who], "court_id": house, "name": who, "post": post, "quota": 0}
            assert centre.verdict((2, row["id"], "I", row, None)) == "applied"
            login, mine = f"o_{who}", ALL if every else roles
            users.add(self.town.admin, login, PASSWORD, mine, [-1], person_id=self.people[who])
            self.officers[who] = Officer(login, self.town.server.dsn(login, PASSWORD))
        self.edit("case", self.case, handler_id=self.people["officer"])
        self.town.admin.execute("set search_path to public, desk")

    def close(self) -> None:
        """Gives the connections back."""
        for officer in self.officers.values():
            officer.connection.close()

    def ask(self, who: str, kind: str, *, again: bool = False, **args: Any) -> Told:
        officer = self.officers[who]
        row = {"id": new_id(), "kind": kind, "state": "asked", "args": json.dumps(args)}
        bundle = officer.bundle((30, row["id"], "R", row, None))
        answer = _pushed(officer, bundle)
        if again:  # the answer was lost on the way: it is asked for again
            assert _pushed(officer, bundle) == answer
        accepted = answer["verdict"] == "applied"
        facts = answer["detail"] or {}
        if accepted:
            kept = officer.one("select facts from desk.request where id = %s", row["id"])
            facts = json.loads(kept)
        return Told(accepted, str(facts.get("code", "")), facts, row["id"])

    def edit(self, table: str, row: str, **new: Any) -> None:
        numbers = {"case": 10, "person": 2} | _NUMBERS
        names = ", ".join(f'"{name}"' for name in new)
        found = self.town.admin.execute(
            f'select to_jsonb(t) from (select {names} from desk."{table}" where id = %s) t', (row,)
        ).fetchone()
        assert found is not None
        who = self.officers[_EDITS[table]] if table in _EDITS else self.town.centre
        answer = who.verdict((numbers[table], row, "U", new, found[0]))
        assert answer == "applied", answer

    def add(self, table: str, **row: Any) -> str:
        made = {"id": new_id()} | row
        who = self.officers[_WRITES[table]] if table in _WRITES else self.town.centre
        answer = who.push(who.bundle((_NUMBERS[table], made["id"], "I", made, None)))[0]
        assert answer["verdict"] == "applied", answer
        return str(made["id"])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.town.admin.execute(query).fetchall()]


def _pushed(officer: Officer, bundle: dict[str, Any]) -> dict[str, Any]:
    while True:
        try:
            return officer.push(bundle)[0]
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            continue


@contextmanager
def alone(folder: Path) -> Iterator[Alone]:
    """An office on a desk of its own."""
    with new_store(folder) as replica:
        made = Alone(Session(replica, actor="p"))
        made.build()
        yield made


@contextmanager
def at_hub(folder: Path, *, every: bool = False) -> Iterator[AtHub]:
    """An office at a hub of its own."""
    with built_town(folder) as town:
        made = AtHub(town)
        made.build(every=every)
        yield made
        made.close()

"""The two ledgers under the same wishes: a replica that works alone, and a hub with eight lines."""

import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

import psycopg
from sqlalchemy import Connection

from storage.hub import users
from storage.ids import new_id
from storage.ledger import months, post
from storage.ledger.post import ZONE, Answer, Slip
from storage.schema.funds import SEALED
from storage.session import Session
from tests.hub.conftest import PASSWORD, Officer, Town
from tests.ledger import without_orders
from tests.ledger.model import Fund, Op
from tests.storage.rows import add, case, court

PEOPLE = 8
ROLES = ["handler", "finance", "supervisor", "bureau_chief"]
_COLUMNS = (*SEALED, "hash")
Row = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What a wish got; `entry_id` where an entry was made."""

    accepted: bool
    code: str
    entry_id: str


class Driver(Protocol):
    """A ledger under test."""

    together: int

    def new_cases(self, n: int) -> list[str]:
        """Fresh cases."""

    def carry_out(self, ops: Sequence[Op]) -> list[Outcome]:
        """All of them, at once where the ledger can."""

    def entries(self, after: int) -> list[Row]:
        """Entries behind that place, in order."""

    def funds(self, cases: Sequence[str] | None) -> dict[Fund, tuple[int, int]]:
        """(kind, case) -> balance and grants, of these cases and the common ones; None: of all."""

    def total(self) -> int:
        """All balances together."""

    def closed(self) -> str:
        """The last closed month."""


def day_of(op: Op) -> date | None:
    """The accounting day of a wish."""
    return None if op.month is None else date.fromisoformat(f"{op.month}-15")


class AloneDesk:
    """`storage.ledger` over a replica without a hub."""

    together = 1

    def __init__(self, session: Session) -> None:
        self.session = session
        self._serial = 0
        without_orders.at_desk(session)
        with session.write("建院") as write:
            self._court = court(code="豫0399")
            add(write.connection, "court", self._court)

    def new_cases(self, n: int) -> list[str]:
        rows = []
        for _ in range(n):
            self._serial += 1
            rows.append(case(self._court["id"], self._serial))
        with self.session.write("立案") as write:
            add(write.connection, "case", *rows)
        return [row["id"] for row in rows]

    def carry_out(self, ops: Sequence[Op]) -> list[Outcome]:
        made = []
        for op in ops:
            with self.session.write("记账") as write:
                answer = self._answer(write.connection, op)
            made.append(
                Outcome(
                    answer.accepted, "" if answer.accepted else answer.code, answer.entry_id or ""
                )
            )
        return made

    def _answer(self, connection: Connection, op: Op) -> Answer:
        who = f"p{op.who}"
        slip = Slip(who, memo="更正", booked_on=day_of(op))
        match op.kind:
            case "receive":
                return post.receive(connection, op.case, op.fen, slip, payer="甲")
            case "assign":
                return post.assign(connection, op.case or "", op.fen, slip)
            case "hold":
                return post.hold(connection, op.case, op.fen, slip, payee="乙")
            case "remit":
                return post.hold(connection, op.case, op.fen, slip, payee="乙", source=op.way[0])
            case "pay":
                return post.pay(connection, op.target, slip)
            case "release":
                return post.release(connection, op.target, slip)
            case "transfer":
                return post.transfer(connection, op.case or "", op.fen, slip, way=op.way)
            case "reverse":
                return post.reverse(connection, op.target, slip)
            case "report":
                return months.report_close(connection, op.target, who)
            case _:
                return months.sign_close(connection, op.target, who)

    def entries(self, after: int) -> list[Row]:
        with self.session.read() as connection:
            rows = connection.exec_driver_sql(
                f"select {', '.join(_COLUMNS)} from fund_entry where seq > ? order by seq", (after,)
            )
            return [dict(row) for row in rows.mappings()]

    def funds(self, cases: Sequence[str] | None) -> dict[Fund, tuple[int, int]]:
        where = "1 = 1" if cases is None else f"case_id in ({','.join('?' * len(cases))})"
        with self.session.read() as connection:
            rows = connection.exec_driver_sql(
                f"select kind, case_id, balance_fen, held_fen from fund where {where}"
                " union all select kind, case_id, balance_fen, held_fen from fund"
                " where kind not in ('case', 'escrow')",
                tuple(cases or ()),
            )
            return {(kind, whose): (balance, held) for kind, whose, balance, held in rows}

    def total(self) -> int:
        with self.session.read() as connection:
            return int(connection.exec_driver_sql("select sum(balance_fen) from fund").scalar_one())

    def closed(self) -> str:
        with self.session.read() as connection:
            return post.closed_up_to(connection)


class Lines:
    """Requests to a hub over eight connections at once; each login holds every role."""

    together = PEOPLE

    def __init__(self, town: Town) -> None:
        self.town = town
        self._serial = 5_000
        without_orders.at_hub(town.admin)
        self.officers = []
        for n in range(PEOPLE):
            who = f"p{n}"
            users.add(town.admin, who, PASSWORD, ROLES, [-1])
            self.officers.append(Officer(who, town.server.dsn(who, PASSWORD)))
        self._pool = ThreadPoolExecutor(PEOPLE)
        self._busy = [threading.Lock() for _ in range(PEOPLE)]

    def close(self) -> None:
        """Gives the connections back."""
        self._pool.shutdown()
        for officer in self.officers:
            officer.connection.close()

    def new_cases(self, n: int) -> list[str]:
        ids = [new_id() for _ in range(n)]
        rows = []
        for case_id in ids:
            self._serial += 1
            rows.append((10, case_id, "I", self.town.case_row(1, self._serial, case_id), None))
        assert self.town.centre.verdict(*rows) == "applied"
        return ids

    def carry_out(self, ops: Sequence[Op]) -> list[Outcome]:
        return list(self._pool.map(self._one, ops))

    def _one(self, op: Op) -> Outcome:
        officer = self.officers[op.who]
        with self._busy[op.who]:
            kind, args = self._asked(op)
            request = {"id": new_id(), "kind": kind, "state": "asked", "args": json.dumps(args)}
            bundle = officer.bundle((30, request["id"], "R", request, None))
            answer = self._pushed(officer, bundle)
            if op.again:  # the answer was lost on the way: it is asked for again
                assert self._pushed(officer, bundle) == answer
        accepted = answer["verdict"] == "applied"
        code = "" if accepted else str(answer["detail"]["code"])
        assert accepted or answer["verdict"] == "rejected", answer
        return Outcome(accepted, code, request["id"] if accepted else "")

    def _pushed(self, officer: Officer, bundle: dict[str, Any]) -> dict[str, Any]:
        while True:
            try:
                return officer.push(bundle)[0]
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                continue

    def _asked(self, op: Op) -> tuple[str, dict[str, Any]]:
        day = day_of(op)
        args: dict[str, Any] = {"booked_on": None if day is None else day.isoformat()}
        match op.kind:
            case "pay" | "release":
                return op.kind, args | {"hold_id": op.target}
            case "reverse":
                return op.kind, args | {"entry_id": op.target, "reason": "更正"}
            case "report":
                return "close_month", {"month": op.target}
            case "sign":
                return "sign_month", {"month": op.target}
        args |= {"case_id": op.case, "amount_fen": op.fen, "payee": "乙", "payer": "甲"}
        if op.kind == "transfer":
            return "transfer", args | {"from": op.way[0], "to": op.way[1]}
        if op.kind == "remit":
            return "remit", args | {"from": op.way[0]}
        return {"hold": "disburse"}.get(op.kind, op.kind), args

    def entries(self, after: int) -> list[Row]:
        listed = ", ".join(_text(name) for name in _COLUMNS)
        found = self.town.admin.execute(
            f"select {listed} from desk.fund_entry where seq > %s order by seq", (after,)
        )
        return [dict(zip(_COLUMNS, row, strict=True)) for row in found.fetchall()]

    def funds(self, cases: Sequence[str] | None) -> dict[Fund, tuple[int, int]]:
        rows = self.town.admin.execute(
            "select kind, case_id::text, balance_fen, held_fen from desk.fund"
            " where %(cases)s::uuid[] is null or case_id = any (%(cases)s::uuid[])"
            " or case_id is null",
            {"cases": None if cases is None else list(cases)},
        )
        return {(kind, whose): (balance, held) for kind, whose, balance, held in rows.fetchall()}

    def total(self) -> int:
        row = self.town.admin.execute("select sum(balance_fen) from desk.fund").fetchone()
        assert row is not None
        return int(row[0])

    def closed(self) -> str:
        row = self.town.admin.execute(
            "select coalesce(max(month), '') from desk.ledger_period where signed_by is not null"
        ).fetchone()
        assert row is not None
        return str(row[0])


def _text(name: str) -> str:
    """Ids as text, the rest as it is."""
    ids = ("id", "debit_id", "credit_id", "case_id", "hold_id", "reverses", "line_id", "order_id")
    return f"{name}::text" if name in ids else f'"{name}"'


def this_month() -> str:
    """The running month at the court."""
    return datetime.now(ZONE).strftime("%Y-%m")

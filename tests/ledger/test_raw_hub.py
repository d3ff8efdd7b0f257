"""Raw SQL at the hub: every role, its owner, and whoever administers the database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from storage.hub import users
from storage.ids import new_id
from storage.merge import ROLES
from storage.schema.funds import BANK
from tests.hub.conftest import PASSWORD, Officer, Town, built_town
from tests.ledger import without_orders

CLOSED = "2026-01"


@dataclass
class Vault:
    """A hub with money in a case, one grant by every login, and a closed month."""

    town: Town
    officers: dict[str, Officer]
    case: str
    fund: str = ""
    receipt: str = ""
    small: str = ""
    paid: str = ""
    holds: dict[str, str] = field(default_factory=dict)

    def ask(self, who: str, kind: str, **args: Any) -> tuple[str, dict[str, Any], str]:
        """(verdict, facts, id) of a request."""
        officer = self.officers[who]
        row = {"id": new_id(), "kind": kind, "state": "asked", "args": json.dumps(args)}
        answer = officer.push(officer.bundle((30, row["id"], "R", row, None)))[0]
        return answer["verdict"], answer["detail"] or {}, row["id"]

    def ok(self, who: str, kind: str, **args: Any) -> str:
        """The id of what must be accepted."""
        verdict, facts, made = self.ask(who, kind, **args)
        assert verdict == "applied", facts
        return made

    def picture(self) -> list[Any]:
        """Everything the ledger is."""
        return [
            self.town.admin.execute(f"select * from desk.{name} order by id").fetchall()
            for name in ("fund", "fund_entry", "ledger_period", "bank_line")
        ]

    def words(self, statement: str, who: str = "teller") -> str:
        """A statement with the ids of this hub; the grant is that login's own."""
        names = {
            "fund": self.fund,
            "case": self.case,
            "bank": BANK,
            "receipt": self.receipt,
            "small": self.small,
            "paid": self.paid,
            "hold": self.holds.get(who, self.holds["teller"]),
            "new": new_id(),
        }
        for name, value in names.items():
            statement = statement.replace(f":{name}", f"'{value}'")
        return statement


@pytest.fixture(scope="module")
def vault(server_folder: Path) -> Iterator[Vault]:
    with built_town(server_folder / "vault") as town:
        without_orders.at_hub(town.admin)
        officers = {}
        logins = {f"r_{role}": [role] for role in ROLES}
        logins |= {"teller": ["finance", "handler"], "payer": ["finance"], "chief": ["president"]}
        for who, roles in logins.items():
            users.add(town.admin, who, PASSWORD, roles, [-1])
            officers[who] = Officer(who, town.server.dsn(who, PASSWORD))
        made = Vault(town, officers, town.cases[1])
        made.receipt = made.ok(
            "teller", "receive", case_id=made.case, amount_fen=1_000, booked_on="2026-01-20"
        )
        made.small = made.ok("teller", "receive", case_id=made.case, amount_fen=20)
        made.paid = made.ok("teller", "disburse", case_id=made.case, amount_fen=100, payee="丙")
        made.ok("payer", "pay", hold_id=made.paid)
        for who in ("teller", "r_handler", "r_field", "r_supervisor"):
            made.holds[who] = made.ok(who, "disburse", case_id=made.case, amount_fen=10, payee="丙")
        made.ok("payer", "close_month", month=CLOSED)
        made.ok("chief", "sign_month", month=CLOSED)
        found = town.admin.execute(
            "select id::text from desk.fund where case_id = %s", (made.case,)
        )
        made.fund = found.fetchone()[0]  # type: ignore[index]
        yield made
        for officer in officers.values():
            officer.connection.close()


ENTRY = (
    "insert into desk.fund_entry (id, case_id, kind, amount_fen, number, debit_id, credit_id, at,"
    " maker, hold_id, reverses, booked_on) values (:new, :case, "
)
AT = "'2026-11-29T09:00:00+08:00'"
# name -> (statement, what whoever administers the database is told)
ATTEMPTS = {
    "own grant paid": (
        ENTRY + f"'payment', 10, 'x', :fund, :bank, {AT}, 'teller', :hold, null, null)",
        "须由他人",
    ),
    "own entry reversed": (
        ENTRY + f"'reversal', 20, 'x', :fund, :bank, {AT}, 'teller', null, :small, null)",
        "须由他人",
    ),
    "paid twice": (
        ENTRY + f"'payment', 100, 'x', :fund, :bank, {AT}, 'q', :paid, null, null)",
        "不能再次办理",
    ),
    "paid more than granted": (
        ENTRY + f"'payment', 11, 'x', :fund, :bank, {AT}, 'q', :hold, null, null)",
        "与原批准一致",
    ),
    "overdrawn": (
        ENTRY + f"'hold', 5000, 'x', :fund, :bank, {AT}, 'q', null, null, null)",
        "余额不足",
    ),
    "in a closed month": (
        ENTRY + f"'receipt', 5, 'x', :bank, :fund, {AT}, 'q', null, null, '2026-01-31')",
        "已经结账",
    ),
    "before a closed month": (
        ENTRY + f"'receipt', 5, 'x', :bank, :fund, {AT}, 'q', null, null, '2025-01-31')",
        "已经结账",
    ),
    "out of nothing": (
        ENTRY + f"'transfer', 5, 'x', :bank, :fund, {AT}, 'q', null, null, null)",
        "业务不符",
    ),
    "of no account": (
        ENTRY + f"'receipt', 5, 'x', :bank, :new, {AT}, 'q', null, null, null)",
        "业务不符",
    ),
    "entry edited": ("update desk.fund_entry set amount_fen = 1", "只增不改"),
    "maker edited": ("update desk.fund_entry set maker = 'q' where id = :receipt", "只增不改"),
    "link edited": ("update desk.fund_entry set hash = prev", "只增不改"),
    "entry deleted": ("delete from desk.fund_entry where id = :receipt", "只增不改"),
    "entries emptied": ("truncate desk.fund_entry", "只增不改"),
    "account emptied": ("truncate desk.fund cascade", "只增不改"),
    "account deleted": ("delete from desk.fund where id = :fund", "只增不改"),
    "balance by hand": (
        "update desk.fund set balance_fen = balance_fen + 1 where id = :fund",
        "余额只随分录变动",
    ),
    "grants by hand": ("update desk.fund set held_fen = 0 where id = :fund", "余额只随分录变动"),
    "suspense by hand": (
        "update desk.fund set in_suspense = 1 where id = :fund",
        "余额只随分录变动",
    ),
    "an entry carried out again": (
        "update desk.fund set balance_fen = 1020, held_fen = 0, last_seq = last_seq + 1"
        " where id = :fund",
        "余额只随分录变动",
    ),
    "account as it was before": (
        "update desk.fund f set balance_fen = e.credit_after_fen, last_seq = e.seq"
        " from desk.fund_entry e where e.id = :receipt and f.id = :fund",
        "余额只随分录变动",
    ),
    "account with money": (
        "insert into desk.fund (id, kind, balance_fen) values (:new, 'fee', 5)",
        "余额须为零",
    ),
    "account of another": (
        "update desk.fund set kind = 'escrow' where id = :fund",
        "不能更改",
    ),
    "month opened again": (
        "update desk.ledger_period set signed_by = null, signed_at = null",
        "不得更改",
    ),
    "month deleted": ("delete from desk.ledger_period", "只增不改"),
    "month signed at once": (
        "insert into desk.ledger_period (id, month, closed_by, closed_at, trial, signed_by,"
        " signed_at) values (:new, '2026-02', 'a', 'b', '', 'c', 'd')",
        "先报后签",
    ),
}
# Doors that no login may open by itself.
DOORS = (
    "select sync.book(:new, :case, 'payment', 10, :fund, :bank, '{}', false)",
    "select sync.decide_pay(:new, jsonb_build_object('hold_id', :hold), true)",
    "select sync.account_of('fee', null)",
    'select sync.decide_sign_month(:new, \'{"month": "2026-02"}\', true)',
    "set role edesk_owner",
    "alter table desk.fund_entry disable trigger all",
    "drop trigger kept on desk.fund_entry",
    "create or replace function sync.ledger_seal() returns trigger language plpgsql as"
    " 'begin return new; end'",
    "insert into sync.request_kind values ('x', 'sync.decide_pay(uuid, jsonb, boolean)', '{}')",
    "update sync.ledger_lock set one = true",
)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_gets_at_the_money(vault: Vault, role: str) -> None:
    who = f"r_{role}"
    connection = vault.officers[who].connection
    before = vault.picture()
    for statement in (*(attempt for attempt, _ in ATTEMPTS.values()), *DOORS):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(vault.words(statement, who).encode())
    assert vault.picture() == before


@pytest.mark.parametrize("name", ATTEMPTS)
@pytest.mark.parametrize("owner", [False, True], ids=["superuser", "owner"])
def test_not_even_whoever_owns_the_tables(vault: Vault, name: str, owner: bool) -> None:
    statement, words = ATTEMPTS[name]
    admin, before = vault.town.admin, vault.picture()
    if owner:
        admin.execute("set role edesk_owner")
    try:
        with pytest.raises(psycopg.errors.RaiseException, match=words):
            admin.execute(vault.words(statement).encode())
    finally:
        admin.execute("reset role")
    assert vault.picture() == before


@pytest.mark.parametrize("who", ["teller", "r_handler", "r_field", "r_supervisor"])
def test_nobody_approves_what_they_asked_for_at_the_proper_door(vault: Vault, who: str) -> None:
    before = vault.picture()
    for kind in ("pay", "release"):
        verdict, facts, _ = vault.ask(who, kind, hold_id=vault.holds[who])
        assert (verdict, facts["code"]) in (("rejected", "own"), ("not_permitted", "role"))
    verdict, facts, _ = vault.ask(who, "reverse", entry_id=vault.receipt, reason="错")
    assert facts["code"] in ("own", "role", "funds")
    assert vault.picture() == before


def test_the_doors_say_why(vault: Vault) -> None:
    before = vault.picture()
    asked = vault.ask("payer", "receive", case_id=vault.case, amount_fen=5, booked_on="2026-01-31")
    assert (asked[1]["code"], asked[1]["closed_up_to"]) == ("month_closed", CLOSED)
    asked = vault.ask("payer", "receive", case_id=vault.case, amount_fen=5, booked_on="2026-13-01")
    assert asked[0] in ("rejected", "invalid")
    asked = vault.ask("teller", "disburse", case_id=vault.case, amount_fen=5_000, payee="丁")
    assert (asked[1]["code"], asked[1]["available_fen"]) == ("funds", 880)
    asked = vault.ask("payer", "pay", hold_id=vault.paid)
    assert (asked[1]["code"], asked[1]["by"]) == ("already", "payer")
    asked = vault.ask("payer", "close_month", month=CLOSED)
    assert asked[1]["code"] == "month_closed"
    asked = vault.ask("chief", "sign_month", month=CLOSED)
    assert (asked[1]["code"], asked[1]["by"]) == ("already", "chief")
    asked = vault.ask(
        "payer", "transfer", **{"case_id": vault.case, "amount_fen": 1, "from": "case"}
    )
    assert asked[1]["code"] == "account"
    assert vault.picture() == before

"""X08: wishes made offline, sent in any order among everything else, on a real hub.

Of each the test knows what the hub must answer and with which fact; none is dropped, none paid
twice. EDESK_INTENTS sets the number of interleavings (100000 is the whole).
"""

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from storage.hub import users
from storage.ids import new_id
from storage.ledger.asking import ask
from storage.session import Session
from storage.sync.postgres import PostgresRemote
from storage.sync.tray import held
from tests.hub.conftest import PASSWORD, Officer
from tests.ledger.offices import AtHub, at_hub
from tests.stores import new_store
from tests.sync.conftest import Laptop

INTERLEAVINGS = int(os.environ.get("EDESK_INTENTS", "25"))
STEPS = 14
PAYEES = ("丙", "丁")
CHAIN = (("keeper", "fund_keeper"), ("chief", "bureau_chief"))
TEAM_OF = {"anna": (1,), "boris": (1, 2)}


@dataclass
class Intent:
    """A wish as it lies on a laptop; `seen` is what that knew when it was made."""

    who: str
    fen: int
    payee: str
    account: str
    seen: dict[str, Any]
    bundle: dict[str, Any]
    answer: dict[str, Any] | None = None

    @property
    def id(self) -> str:
        """The request, the hold and the order."""
        return str(self.bundle["ops"][0]["row"])


@dataclass
class Case:
    """What is true of a case at the hub, as the test has made it."""

    id: str
    team: int = 1
    handler: str | None = None
    closed_on: str | None = None
    balance: int = 0
    granted: int = 0
    accounts: dict[str, str] = field(default_factory=dict)
    orders: dict[str, tuple[Intent, int]] = field(default_factory=dict)  # how far in its chain
    paid: int = 0

    @property
    def free(self) -> int:
        """What may be granted."""
        return self.balance - self.granted


@dataclass
class Play:
    """One interleaving: laptops that look, wish and send, and an office that goes on."""

    office: AtHub
    case: Case
    chance: random.Random
    seen: Counter[str]
    looks: dict[str, dict[str, Any]] = field(default_factory=dict)
    intents: list[Intent] = field(default_factory=list)

    def look(self, who: str) -> None:
        """A laptop pulls; of a case that is no longer its team's it keeps what it had."""
        case, teams = self.case, self.office.town.teams
        if case.team in TEAM_OF[who] or who not in self.looks:
            self.looks[who] = {
                "available_fen": case.free,
                "handler_id": case.handler,
                "team_id": teams[case.team],
                "closed_on": case.closed_on,
                "accounts": dict(case.accounts),
            }

    def wish(self, who: str) -> None:
        """An intent on what the laptop knows; with versions, or of an old desk without any."""
        knows, payee = self.looks[who], self.chance.choice(PAYEES)
        known = {name: value for name, value in knows.items() if name != "accounts"}
        seen = known | {"account_no": knows["accounts"].get(payee)}
        if self.chance.random() < 0.1:
            seen = {}
        args = {
            "case_id": self.case.id,
            "amount_fen": self.chance.choice((50, 100, 300, 500, 900)),
            "payee": payee,
            "account_no": self.chance.choice(("1", "1", "2")),
            "confirmed_on": "2026-11-20",
            "call_back_on": "2026-11-21",
            "call_back_result": "属实",
            "seen": seen or None,
        }
        row = {"id": new_id(), "kind": "disburse", "state": "asked", "args": json.dumps(args)}
        bundle = self.office.officers[who].bundle((30, row["id"], "R", row, None))
        fen, account = int(args["amount_fen"]), str(args["account_no"])
        self.intents.append(Intent(who, fen, payee, account, seen, bundle))

    def send(self, intent: Intent) -> None:
        """Arrives at the hub; a second time it gets the same answer and does nothing."""
        expected = None if intent.answer else self._expected(intent)
        (answer,) = self.office.officers[intent.who].push(intent.bundle)
        if expected is None:
            assert answer == intent.answer, "sent twice, answered alike"
            self.seen["again"] += 1
            return
        intent.answer = answer
        code, facts = expected
        self.seen[f"changed:{facts['fact']}" if code == "changed" else code] += 1
        if code != "held":
            told = answer["detail"]
            assert (answer["verdict"], told["code"]) == ("rejected", code), (answer, expected)
            assert {name: told[name] for name in facts} == facts
            assert code != "changed" or facts["now"] is None or told["by"], told
            return
        assert answer["verdict"] == "applied", (answer, expected)
        self.case.granted += intent.fen
        self.case.orders[intent.id] = (intent, 0)
        kept = self.office.rows(f"select facts from request where id = '{intent.id}'")
        assert json.loads(kept[0][0]).get("changed") == facts["changed"]

    def _expected(self, intent: Intent) -> tuple[str, dict[str, Any]]:
        """What the hub must say now, with the facts that explain it."""
        case, seen, teams = self.case, intent.seen, self.office.town.teams
        if case.team not in TEAM_OF[intent.who] and not seen:
            return "gone", {}
        now = {
            "team_id": teams[case.team],
            "handler_id": case.handler,
            "closed_on": case.closed_on,
            "account_no": case.accounts.get(intent.payee),
        }
        for fact, value in now.items():
            if fact in seen and seen[fact] != value:
                return "changed", {"fact": fact, "seen": seen[fact], "now": value}
        if intent.fen > case.free:
            return "funds", {"asked_fen": intent.fen, "available_fen": case.free}
        money = None
        if seen and seen["available_fen"] != case.free:
            money = {"available_fen": {"seen": seen["available_fen"], "now": case.free}}
        return "held", {"changed": money}

    def go_on(self) -> None:
        """The office takes an order one step further, up to its payment."""
        open_ = [one for one, (_, far) in self.case.orders.items() if far < 4]
        if not open_:
            return
        order = self.chance.choice(open_)
        intent, far = self.case.orders[order]
        if far < 2:
            who, stage = CHAIN[far]
            sha = self.office.rows(
                f"select content_sha256 from payment_order where id = '{order}'"
            )[0][0]
            told = self.office.ask(
                who, "pass_order", order_id=order, stage=stage, content_sha256=sha
            )
        elif far == 2:
            told = self.office.ask("teller", "send_order", order_id=order)
        else:
            told = self.office.ask("teller", "answer_order", order_id=order, outcome="paid")
            self.case.balance -= intent.fen
            self.case.granted -= intent.fen
            self.case.paid += intent.fen
            self.case.accounts[intent.payee] = intent.account
        assert told.accepted, (far, told)
        self.case.orders[order] = (intent, far + 1)

    def edit(self) -> None:
        """Somebody else changes the case: its handler, its team, or whether it is closed."""
        case, people = self.case, self.office.people
        match self.chance.randrange(3):
            case 0:
                case.handler = self.chance.choice((people["officer"], people["other"], None))
                self.office.edit("case", case.id, handler_id=case.handler)
            case 1:
                case.closed_on = None if case.closed_on else "2026-11-25"
                self.office.edit("case", case.id, closed_on=case.closed_on)
            case _ if case.closed_on is None:
                case.team, case.handler = 3 - case.team, people["other"]
                told = self.office.ask(
                    "deputy",
                    "move_case",
                    case_id=case.id,
                    team_id=self.office.town.teams[case.team],
                    handler_id=case.handler,
                    reason="调整",
                )
                assert told.accepted, told

    def step(self) -> None:
        """One event, whichever."""
        who = self.chance.choice(tuple(TEAM_OF))
        waiting = [one for one in self.intents if one.answer is None]
        match self.chance.randrange(9):
            case 0:
                self.look(who)
            case 1 | 2:
                self.wish(who)
            case 3 | 4 if waiting:
                self.send(self.chance.choice(waiting))  # laptops come back in any order
            case 5 if self.intents:
                self.send(self.chance.choice(self.intents))
            case 6:
                fen = self.chance.choice((100, 400))
                told = self.office.ask("keeper", "receive", case_id=self.case.id, amount_fen=fen)
                assert told.accepted
                self.case.balance += fen
            case 7:
                self.edit()
            case _:
                self.go_on()

    def end(self) -> None:
        """Everybody comes back; then all of it adds up."""
        for intent in [one for one in self.intents if one.answer is None]:
            self.send(intent)
        case = self.case
        orders = self.office.rows(f"select id from payment_order where case_id = '{case.id}'")
        assert {str(row[0]) for row in orders} == set(case.orders), "nothing else was granted"
        paid = self.office.rows(
            "select count(*), count(distinct hold_id), coalesce(sum(amount_fen), 0)"
            f" from fund_entry where case_id = '{case.id}' and kind = 'payment'"
        )[0]
        assert paid[0] == paid[1] == sum(far == 4 for _, far in case.orders.values())
        assert paid[2] == case.paid
        fund = self.office.rows(
            f"select balance_fen, held_fen from fund where case_id = '{case.id}'"
        )
        assert fund == [(case.balance, case.granted)]
        assert all(one.answer for one in self.intents), "none was dropped"


@pytest.fixture(scope="module")
def office(server_folder: Path) -> Iterator[AtHub]:
    with at_hub(server_folder / "intents") as made:
        for who, teams in TEAM_OF.items():
            person = made.people["officer" if who == "anna" else "other"]
            users.add(made.town.admin, who, PASSWORD, ["handler"], list(teams), person_id=person)
            made.officers[who] = Officer(who, made.town.server.dsn(who, PASSWORD))
        yield made


def test_every_interleaving_answers_every_intent_with_its_reason(office: AtHub) -> None:
    seed, seen = int(os.environ.get("EDESK_SEED", "8")), Counter[str]()
    for n in range(INTERLEAVINGS):
        chance = random.Random(f"{seed}-{n}")
        case = Case(new_id())
        row = office.town.case_row(1, 20_000 + n, case.id)
        assert office.town.centre.verdict((10, case.id, "I", row, None)) == "applied"
        play = Play(office, case, chance, seen)
        assert office.ask("keeper", "receive", case_id=case.id, amount_fen=1_000).accepted
        case.balance = 1_000
        for who in TEAM_OF:
            play.look(who)
        for _ in range(STEPS):
            play.step()
        play.end()
    print(dict(seen))
    assert {"held", "funds", "again"} <= set(seen)
    if INTERLEAVINGS >= 200:
        facts = {f"changed:{fact}" for fact in ("team_id", "handler_id", "closed_on")}
        assert facts <= set(seen), seen
    if INTERLEAVINGS >= 500:
        assert {"gone", "changed:account_no"} <= set(seen), seen


def test_an_intent_of_a_real_desk_is_no_money_until_it_is_answered(
    office: AtHub, tmp_path: Path
) -> None:
    case = new_id()
    row = office.town.case_row(1, 19_000, case)
    assert office.town.centre.verdict((10, case, "I", row, None)) == "applied"
    assert office.ask("keeper", "receive", case_id=case, amount_fen=1_000).accepted
    remote = PostgresRemote(office.town.server.dsn("anna", PASSWORD))
    with new_store(tmp_path / "desk") as replica:
        desk = Laptop("anna", Session(replica, actor="anna"), remote)
        desk.sync()
        args = {"case_id": case, "amount_fen": 600, "payee": "丙"}
        seen = {"available_fen": 1_000, "handler_id": None, "closed_on": None}
        bundles, ids = [], []
        for more in ({"seen": seen}, {"seen": seen}, {"seen": seen | {"handler_id": case}}):
            with desk.session.write("申请") as write:
                asked = ask(write.connection, "disburse", args | more, by=None)
            assert asked.answer is None
            bundles.append(write.bundle_id or "")
            ids.append(asked.request_id)
        mine = "select id, amount_fen, state, stage from payment_order where case_id = ?"
        assert desk.rows(mine, case) == []
        assert desk.rows("select held_fen from fund where case_id = ?", case) == [(0,)]
        desk.sync()
        desk.sync()
        assert desk.rows(mine, case) == [(ids[0], 600, "approving", "fund_keeper")]
        assert desk.rows("select held_fen from fund where case_id = ?", case) == [(600,)]
        assert desk.rows("select state from request where id = ?", ids[0]) == [("accepted",)]
        with desk.session.read() as connection:
            short, other = held(connection, bundles[1]), held(connection, bundles[2])
        assert short is not None
        assert (short.code, short.detail["available_fen"]) == ("funds", 400)
        assert other is not None
        assert (other.code, other.detail["fact"]) == ("changed", "handler_id")
        assert (other.detail["seen"], other.detail["now"]) == (case, None)
    remote.close()

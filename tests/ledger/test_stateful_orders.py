"""Orders in any order of wishes, one after another and eight at once, on both ledgers.

Of wishes at once there must be some order in which the model gives each what it got. The number of
runs is EDESK_ORDER_RUNS (2000 is the whole).
"""

import os
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from storage.ids import new_id
from tests.ledger.offices import Alone, AtHub, Told, alone, at_hub
from tests.ledger.order_model import FINANCE, LARGE, STAGE_OF, Model, Op, explained
from tests.storage.rows import add, case

RUNS = int(os.environ.get("EDESK_ORDER_RUNS", "25"))
STEPS = 14
PEOPLE = ("officer", "other", "keeper", "teller", "third", "chief", "leader", "deputy")
KINDS = (
    *("receive", "disburse", "disburse", "disburse", "remit", "pass", "pass", "return"),
    *("withdraw", "send", "send", "answer", "answer", "pay", "release", "reverse", "transfer"),
    *("next",) * 14,
)
# (kind, who, fen, case, which, way, payee, account, called, sent twice)
wishes = st.tuples(
    st.sampled_from(KINDS),
    st.sampled_from(PEOPLE),
    st.sampled_from([0, 1, 30, 99, 250, 400, 700, LARGE]),
    st.integers(0, 2),
    st.integers(0, 9),
    st.sampled_from(["", "", "", "fee", "refund", "escrow"]),
    st.sampled_from(["丙", "丁"]),
    st.sampled_from(["1", "1", "1", "2", None]),
    st.booleans(),
    st.booleans(),
)
Wish = tuple[str, str, int, int, int, str, str, str | None, bool, bool]


class Driver(Protocol):
    """An office that carries out wishes, several at once where it can."""

    posts: bool
    office: Alone | AtHub

    def new_cases(self, n: int) -> list[str]:
        """Fresh cases of the court."""

    def carry_out(self, ops: Sequence[Op]) -> list[Told]:
        """What each got."""


def asked(op: Op, sha: str) -> tuple[str, dict[str, Any]]:
    """A wish as it is asked for."""
    order: dict[str, Any] = {"order_id": op.target, "reason": "更正"}
    match op.kind:
        case "receive":
            return "receive", {"case_id": op.case, "amount_fen": op.fen}
        case "pass":
            return "pass_order", order | {"stage": op.word, "content_sha256": sha}
        case "return":
            return "return_order", order | {"stage": op.word}
        case "withdraw" | "send":
            return f"{op.kind}_order", order
        case "answer":
            return "answer_order", order | {"outcome": op.word}
        case "pay" | "release":
            return op.kind, {"hold_id": op.target}
        case "reverse":
            return "reverse", {"entry_id": op.target, "reason": "更正"}
        case "transfer":
            way = {"from": "case", "to": "fee"}
            return "transfer", way | {"case_id": op.case, "amount_fen": max(op.fen, 1)}
    args: dict[str, Any] = {"amount_fen": op.fen, "payee": op.payee, "account_no": op.account}
    args |= {"confirmed_on": "2026-11-20" if op.account else None, "replaces": op.target or None}
    if op.called:
        args |= {"call_back_on": "2026-11-21", "call_back_result": "属实"}
    if op.kind == "remit":
        return "remit", args | {"from": "refund"}
    return "disburse", args | {
        "case_id": op.case,
        "purpose": op.word or "payment",
        "target": op.word or None,
    }


def code_of(op: Op, told: Told) -> str:
    """The code as the model says it: of what orders rule out, any refusal is one."""
    if told.accepted:
        return ""
    plain = op.kind in ("pay", "release", "transfer")
    return "refused" if plain and told.code != "role" else told.code


class OneDesk:
    """A desk that works alone."""

    posts = True

    def __init__(self, office: Alone) -> None:
        self.office = office
        self._serial = 10

    def new_cases(self, n: int) -> list[str]:
        court = self.office.rows('select court_id from "case" limit 1')[0][0]
        rows = []
        for _ in range(n):
            self._serial += 1
            rows.append(case(court, self._serial))
        with self.office.session.write("立案") as write:
            add(write.connection, "case", *rows)
        return [row["id"] for row in rows]

    def carry_out(self, ops: Sequence[Op]) -> list[Told]:
        told = []
        for op in ops:
            kind, args = asked(op, sha_of(self.office, op))
            told.append(self.office.ask(op.who, kind, **args))
        return told


class EightLines:
    """A hub, everybody with every role on a line of his own."""

    posts = False

    def __init__(self, office: AtHub) -> None:
        self.office = office
        self._serial = 7_000
        self._pool = ThreadPoolExecutor(len(PEOPLE))
        self._busy = {who: threading.Lock() for who in PEOPLE}

    def new_cases(self, n: int) -> list[str]:
        town, ids, rows = self.office.town, [new_id() for _ in range(n)], []
        for case_id in ids:
            self._serial += 1
            rows.append((10, case_id, "I", town.case_row(1, self._serial, case_id), None))
        assert town.centre.verdict(*rows) == "applied"
        return ids

    def carry_out(self, ops: Sequence[Op]) -> list[Told]:
        shas = [sha_of(self.office, op) for op in ops]
        return list(self._pool.map(self._one, ops, shas))

    def _one(self, op: Op, sha: str) -> Told:
        kind, args = asked(op, sha)
        with self._busy[op.who]:
            return self.office.ask(op.who, kind, again=op.again, **args)

    def close(self) -> None:
        """Ends the lines."""
        self._pool.shutdown()


def sha_of(office: Alone | AtHub, op: Op) -> str:
    """The fingerprint that an approval names."""
    if op.kind != "pass":
        return ""
    found = office.rows(f"select content_sha256 from payment_order where id = '{op.target}'")
    return str(found[0][0]) if found else ""


class OrderMachine(RuleBasedStateMachine):
    """Three cases a run."""

    driver: ClassVar[Driver]
    seen: ClassVar[Counter[str]]

    @initialize()
    def open_cases(self) -> None:
        self.model = Model(self.driver.posts)
        for kind in ("refund", "fee"):
            found = self.driver.office.rows(
                f"select balance_fen, held_fen from fund where kind = '{kind}'"
            )
            balance, held = found[0] if found else (0, 0)
            self.model.balance[kind, None], self.model.held[kind, None] = balance, held
        self.cases = self.driver.new_cases(3)
        self._at_once([Op("receive", "keeper", 1_000, one) for one in self.cases])
        self._at_once([Op("receive", "teller", 3 * LARGE, self.cases[0])])
        first, second, third = self.cases
        self._at_once(
            [
                Op("disburse", "officer", LARGE, first),
                Op("disburse", "other", 400, second),
                Op("disburse", "deputy", 250, second, word="refund", payee="丁"),
                Op("disburse", "chief", 99, third, account="2"),
            ]
        )

    def _at_once(self, ops: list[Op]) -> None:
        told = self.driver.carry_out(ops)
        outcomes = [(code_of(op, one), one.id) for op, one in zip(ops, told, strict=True)]
        if self.driver.posts:  # one after another: each gets exactly what the model says
            for op, (code, made) in zip(ops, outcomes, strict=True):
                assert code == self.model.answer(op), (op, told)
                if not code:
                    self.model.apply(op, made)
        else:
            after = explained(self.model, ops, outcomes)
            assert after is not None, list(zip(ops, outcomes, strict=True))
            self.model = after
        for op, (code, _made) in zip(ops, outcomes, strict=True):
            self.seen[f"{op.kind}:{code or 'accepted'}"] += 1
            self.seen[code or "accepted"] += 1

    def _op(self, wish: Wish) -> Op:
        kind, who, fen, place, which, way, payee, account, called, again = wish
        orders = list(self.model.orders)
        target = orders[-1 - which % len(orders)] if orders else new_id()
        if kind == "next" and orders:
            return self._next(target, who, which, again)
        whose: str | None = self.cases[place]
        word = way
        if kind in ("next", "receive"):
            kind = "receive"
        elif kind in ("pass", "return"):
            word = ("fund_keeper", "bureau_chief", "vice_president", "")[which % 4]
            if kind == "return" and called and orders:
                word, who = self._due(target, who, which)
        elif kind == "answer":
            word = ("paid", "failed", "unknown")[which % 3]
        elif kind == "reverse":
            entries = list(self.model.entries)
            target = entries[-1 - which % len(entries)]
        elif kind == "remit":
            whose = None
        if kind in ("disburse", "remit") and which < 7:
            target = ""
        if kind == "disburse" and which % 4:
            who = ("officer", "other", "deputy", "chief")[which % 4]
        return Op(kind, who, fen, whose, target, word, payee, account, called, again)

    def _next(self, target: str, who: str, which: int, again: bool) -> Op:
        """What would carry an order on, mostly by whoever may."""
        order = self.model.orders[target]
        stage, who = self._due(target, who, which)
        if order.state == "approving":
            return Op("pass", who, target=target, word=stage, again=again)
        if order.state == "approved":
            return Op("send", who, target=target, again=again)
        word = ("paid", "paid", "failed", "unknown")[which % 4]
        return Op("answer", who, target=target, word=word, again=again)

    def _due(self, target: str, who: str, which: int) -> tuple[str, str]:
        """The stage of an order, and mostly somebody who may act there."""
        order = self.model.orders[target]
        done = (order.maker, *dict(order.passed).values())
        able = [one for one in STAGE_OF.get(order.stage, FINANCE) if one not in done]
        return order.stage, able[which % len(able)] if which and able else who

    @rule(wish=wishes)
    def one(self, wish: Wish) -> None:
        self._at_once([self._op(wish)])

    @rule(some=st.lists(wishes, min_size=2, max_size=len(PEOPLE)))
    def several(self, some: list[Wish]) -> None:
        ops = [self._op(wish) for wish in some]
        if self.driver.posts:
            for wish in some:
                self._at_once([self._op(wish)])
        else:
            self._at_once(ops)

    @rule(which=st.integers(0, 9), people=st.lists(st.sampled_from(PEOPLE), min_size=2, max_size=4))
    def all_the_same(self, which: int, people: list[str]) -> None:
        orders = list(self.model.orders)
        if orders:
            first = self._next(orders[-1 - which % len(orders)], "teller", 1, False)
            ops = [Op(first.kind, who, target=first.target, word=first.word) for who in people]
            if self.driver.posts:
                for op in ops:
                    self._at_once([op])
            else:
                self._at_once(ops)

    @invariant()
    def nothing_is_lost(self) -> None:
        office = self.driver.office
        listed = ", ".join(f"'{one}'" for one in self.cases)
        found = office.rows(
            "select kind, case_id, balance_fen, held_fen from fund"
            f" where case_id in ({listed}) or kind in ('refund', 'fee')"
        )
        for kind, whose, balance, held in found:
            fund = (kind, None if whose is None else str(whose))
            expected = (self.model.balance.get(fund, 0), self.model.held.get(fund, 0))
            assert (balance, held) == expected, fund
            assert balance >= held >= 0
        assert office.rows("select sum(balance_fen) from fund")[0][0] == 0
        states = office.rows(
            f"select id, state, stage, last_n from payment_order where case_id in ({listed})"
        )
        for order_id, state, stage, _n in states:
            order = self.model.orders[str(order_id)]
            assert (state, stage) == (order.state, order.stage)
        assert len(states) == sum(one.case is not None for one in self.model.orders.values())


def _run(driver: Driver) -> None:
    seen: Counter[str] = Counter()
    machine = type("Machine", (OrderMachine,), {"driver": driver, "seen": seen})
    common = {"accepted", "funds", "own", "already", "post", "refused"}
    for _more in range(6):  # few runs may by chance leave an answer out
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=RUNS,
                stateful_step_count=STEPS,
                deadline=None,
                phases=[Phase.generate],
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
        if common <= set(seen):
            break
    print(dict(seen))
    paid = driver.office.rows(
        "select count(*), count(distinct hold_id) from fund_entry where kind = 'payment'"
    )
    assert paid[0][0] == paid[0][1], "nothing was paid twice"
    # It was no monologue.
    assert common <= set(seen), seen
    if RUNS >= 200:
        assert {"stage", "state", "twice", "chain", "confirmed"} <= set(seen), seen
        assert {"answer:accepted", "send:accepted", "return:accepted", "reverse:accepted"} <= set(
            seen
        )


def test_a_desk_alone_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with alone(tmp_path / "store") as office:
        _run(OneDesk(office))
        assert office.findings() == []


@pytest.fixture
def lines(server_folder: Path) -> Iterator[EightLines]:
    with at_hub(server_folder / "orders", every=True) as office:
        made = EightLines(office)
        yield made
        made.close()


def test_a_hub_with_eight_lines_loses_and_doubles_nothing(lines: EightLines) -> None:
    _run(lines)
    assert lines.office.rows("select * from sync.fund_differences()") == []

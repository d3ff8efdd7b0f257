"""Lines that went out find their order: by its key, else by amount, account and name, or not."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.errors import UserError
from desktop.funds.booking import accept, give, to_unknown
from desktop.funds.importing import Imported, import_statement
from desktop.funds.matching import Proposal, propose
from desktop.funds.reconcile import reconcile
from desktop.funds.statements import Line
from storage.ledger.asking import ask
from storage.ledger.chain import verify
from storage.session import Session
from tests.funds.test_statements_stored import statement
from tests.funds.town import Town, founded, lines

ACCOUNT = "6222020200112233445"
OUT = Line(1, "2026-11-27", "out", 30_000, None, "申请人乙", ACCOUNT, "案款发放", None, "77001")


class Desk:
    """The town with money on the account of case 12, and orders on their way."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.town: Town = founded(session)
        self.imported(lines()[0])

    def ask(self, who: str, kind: str, **args: Any) -> dict[str, Any]:
        with self.session.write(kind) as write:
            asked = ask(write.connection, kind, args, by=self.town.people[who])
        assert asked.answer is not None
        assert asked.answer.accepted, asked.answer
        return {"id": asked.request_id, **asked.answer.facts}

    def order(self, fen: int = 30_000, payee: str = "申请人乙", account: str = ACCOUNT) -> str:
        """An order that was sent to the bank."""
        made = self.ask(
            "顾长风",
            "disburse",
            case_id=self.town.cases[12],
            amount_fen=fen,
            payee=payee,
            bank="某行",
            account_no=account,
            confirmed_on="2026-11-26",
            confirmed_by=payee,
            confirmed_how="当面",
        )
        order_id = str(made["id"])
        content = self.one("select content_sha256 from payment_order where id = ?", order_id)
        for who, stage in (("秦账", "fund_keeper"), ("局长甲", "bureau_chief")):
            wish = {"order_id": order_id, "stage": stage, "content_sha256": content}
            self.ask(who, "pass_order", **wish)
        self.ask("裴核", "send_order", order_id=order_id, batch="付20261127-1", channel="file")
        return order_id

    def one(self, query: str, *values: Any) -> Any:
        with self.session.read() as connection:
            return connection.exec_driver_sql(query, values).scalar_one()

    def imported(self, *some: Line) -> Imported:
        with self.session.write("导入") as write:
            return import_statement(
                write.connection, statement(some, opening=None), self.town.people["秦账"]
            )

    def accept(self, proposal: Proposal) -> Any:
        with self.session.write("对账") as write:
            (asked,) = accept(write.connection, proposal, self.town.people["秦账"])
        return asked.answer


@pytest.fixture
def desk(session: Session) -> Desk:
    return Desk(session)


@pytest.mark.parametrize("how", ["hex", "dashes", "cut", "in the remark"])
def test_the_key_of_an_order_names_it_whatever_else_the_bank_left_out(desk: Desk, how: str) -> None:
    desk.order()  # another one over the same sum
    order_id = desk.order()
    key = {"hex": order_id.replace("-", ""), "dashes": order_id, "cut": "", "in the remark": ""}
    bare = replace(OUT, party_name=None, party_account=None, reference=key[how] or None)
    if how == "in the remark":
        bare = replace(bare, text=f"发放{order_id.replace('-', '')}款")
    if how == "cut":  # so much as tells two orders of one minute apart
        bare = replace(bare, reference=order_id.replace("-", "")[:28])
    (thought,) = desk.imported(bare).proposals
    assert thought.order_id == order_id
    assert thought.reasons[0].kind == "key"
    answer = desk.accept(thought)
    assert answer.accepted
    assert desk.one("select state from payment_order where id = ?", order_id) == "paid"
    assert desk.one("select line_id from fund_entry where hold_id = ?", order_id) == thought.line_id
    booked = desk.one("select booked_on from fund_entry where hold_id = ?", order_id)
    assert booked == "2026-11-27"
    with desk.session.read() as connection:
        assert not verify(connection).findings


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, True),
        ({"party_name": None}, True),
        ({"party_account": None, "party_name": "申请人"}, False),
        ({"party_account": "6222****3445"}, True),
        ({"party_account": "6222020200112233446"}, False),
        ({"party_account": None, "party_name": None}, False),
        ({"amount_fen": 30_001}, False),
        ({"party_name": "别人"}, False),
    ],
)
def test_without_a_key_amount_account_and_name_have_to_agree(
    desk: Desk, change: dict[str, Any], found: bool
) -> None:
    order_id = desk.order()
    (thought,) = desk.imported(replace(OUT, **change)).proposals
    assert (thought.order_id == order_id) is found
    assert thought.empty is not found


def test_two_orders_that_fit_alike_are_no_proposal_and_two_lines_fit_none(desk: Desk) -> None:
    first, second = desk.order(), desk.order()
    (thought,) = desk.imported(OUT).proposals
    assert thought.empty
    keyed = replace(OUT, bank_ref="77002", reference=second.replace("-", ""))
    (thought,) = desk.imported(keyed).proposals
    assert thought.order_id == second
    desk.accept(thought)
    twice = [replace(OUT, booked_on="2026-11-28", bank_ref=f"7700{n}") for n in (3, 4)]
    assert [one.order_id for one in desk.imported(*twice).proposals] == [None, None]
    assert first


def test_a_payment_booked_from_the_banks_status_gets_its_line_later(desk: Desk) -> None:
    order_id = desk.order()
    desk.ask("秦账", "answer_order", order_id=order_id, outcome="paid", bank_ref="Z1")
    entry = desk.one("select id from fund_entry where hold_id = ?", order_id)
    (thought,) = desk.imported(OUT).proposals
    assert (thought.order_id, thought.entry_id) == (order_id, entry)
    assert desk.accept(thought).accepted
    assert desk.one("select entry_id from bank_match where line_id = ?", thought.line_id) == entry
    later = replace(OUT, booked_on="2026-11-28")
    assert desk.imported(later).proposals[0].empty  # it has its line


def test_the_next_statement_settles_an_unknown_result(desk: Desk) -> None:
    order_id = desk.order()
    desk.ask("秦账", "answer_order", order_id=order_id, outcome="unknown", reason="超时")
    (thought,) = desk.imported(replace(OUT, reference=order_id.replace("-", ""))).proposals
    assert desk.accept(thought).accepted
    assert desk.one("select state from payment_order where id = ?", order_id) == "paid"


def test_money_out_is_never_booked_by_the_import_itself(desk: Desk) -> None:
    order_id = desk.order()
    done = desk.imported(replace(OUT, reference=order_id.replace("-", "")))
    assert (done.sure, done.proposed, done.outgoing_open) == (0, 1, 0)
    assert desk.one("select state from payment_order where id = ?", order_id) == "sent"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"text": "退汇 {number}", "party_name": None, "party_account": None}, True),
        ({"text": "退汇"}, True),
        ({"text": "退票", "party_account": None}, True),
        ({"text": "退汇", "party_account": "6222020200112233446"}, False),
        ({"text": "退汇", "amount_fen": 29_999}, False),
        ({"text": "还款"}, False),
        ({"text": "退汇", "booked_on": "2026-11-26"}, False),  # before it was paid
    ],
)
def test_money_that_the_bank_gave_back_is_proposed_for_its_case(
    desk: Desk, change: dict[str, Any], found: bool
) -> None:
    order_id = desk.order()
    desk.accept(desk.imported(replace(OUT, reference=order_id.replace("-", ""))).proposals[0])
    number = desk.one("select number from payment_order where id = ?", order_id)
    back = replace(OUT, booked_on="2026-11-28", direction="in", bank_ref="88001")
    text = str(change["text"]).format(number=number)
    (thought,) = desk.imported(replace(back, **(change | {"text": text}))).proposals
    wanted = ((desk.town.cases[12], 30_000),) if found else ()
    assert thought.parts == wanted
    assert not thought.sure
    if found:
        assert desk.accept(thought).accepted
        assert (
            desk.one("select balance_fen from fund where case_id = ?", desk.town.cases[12])
            == lines()[0].amount_fen
        )


@pytest.mark.parametrize("first", ["reversal", "line"])
def test_money_of_a_payment_that_was_booked_back_is_not_booked_again(
    desk: Desk, first: str
) -> None:
    """Whichever comes first, the reversal or the bank's line: the money is there once."""
    order_id = desk.order()
    desk.accept(desk.imported(replace(OUT, reference=order_id.replace("-", ""))).proposals[0])
    payment = desk.one("select id from fund_entry where hold_id = ?", order_id)
    back = replace(OUT, booked_on="2026-11-28", direction="in", text="转入", bank_ref="88001")
    if first == "line":
        # Nothing tells yet that it came back: it is 不明款 until somebody looks.
        back = replace(back, text="退汇")
        (early,) = desk.imported(back).proposals
        desk.ask("裴核", "reverse", entry_id=payment, reason="户名不符退汇")
        with desk.session.read() as connection:
            (thought,) = propose(connection, [early.line_id])
    else:
        desk.ask("裴核", "reverse", entry_id=payment, reason="收款人有误")
        (thought,) = desk.imported(back).proposals
    reversal = desk.one("select id from fund_entry where reverses = ?", payment)
    assert (thought.order_id, thought.entry_id, thought.parts) == (order_id, reversal, ())
    whose = ((desk.town.cases[12], 30_000),)
    for wrong in (
        lambda c: give(c, thought.line_id, whose, "", desk.town.people["秦账"]),
        lambda c: to_unknown(c, thought.line_id, desk.town.people["秦账"]),
    ):
        with pytest.raises(UserError, match="不能再次入账"), desk.session.write("认领") as write:
            wrong(write.connection)
    assert desk.accept(thought).accepted
    assert desk.one("select entry_id from bank_match where line_id = ?", thought.line_id)
    balance = "select balance_fen from fund where case_id = ?"
    assert desk.one(balance, desk.town.cases[12]) == lines()[0].amount_fen
    with desk.session.read() as connection:
        assert reconcile(connection, "2026-11-30").differences == ()

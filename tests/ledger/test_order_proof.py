"""The proof of the orders: what is changed past the triggers is found, one finding each."""

from pathlib import Path

import pytest

from storage import migrations
from storage.ledger.chain import verify
from tests.ledger.offices import Alone, Steps, alone

# name -> (statement on the files' own tables, what the proof says)
FAULTS = {
    "an amount": ("update payment_order set amount_fen = 1 where id = :paid", "改动过"),
    "a payee's account": ("update payment_order set account_no = '0' where id = :paid", "改动过"),
    "a state": ("update payment_order set state = 'sent' where id = :ready", "办理记录不符"),
    "a stage": ("update payment_order set stage = '' where id = :fresh", "办理记录不符"),
    "an act": ("delete from payment_act where order_id = :paid and n = 3", "环节不全"),
    "the last act": ("delete from payment_act where order_id = :paid and n = 5", "状态不符"),
    "who approved": (
        "update payment_act set actor = (select actor from payment_act where order_id = :paid"
        " and n = 2) where order_id = :paid and n = 3",
        "同一人",
    ),
    "who approved was the maker": (
        "update payment_act set person_id = (select maker_id from payment_order where id = :paid)"
        " where order_id = :paid and n = 2",
        "同一人",
    ),
    "what was approved": (
        "update payment_act set content_sha256 = '0' where order_id = :paid and n = 2",
        "不是现在的内容",
    ),
    "a way back": (
        "update payment_order set state = 'returned', stage = '' where id = :ready",
        "办理记录不符",
    ),
    "an order": ("delete from payment_order where id = :paid", "支付单不存在"),
    "a payment": ("delete from fund_entry where hold_id = :paid", "账目与支付单的状态不符"),
    "a hold that is still there": (
        "update fund_entry set hold_id = :ready where hold_id = :back",
        "账目与支付单的状态不符",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_was_changed_past_the_triggers_is_found(tmp_path: Path, name: str) -> None:
    statement, said = FAULTS[name]
    with alone(tmp_path / "store") as office:
        words = _names(office)
        assert office.findings() == []
        for key, value in words.items():
            statement = statement.replace(f":{key}", f"'{value}'")
        with office.session.replica.writer_engine.begin() as connection:
            migrations._drop_triggers(connection)
            connection.exec_driver_sql("pragma defer_foreign_keys = on")
            assert connection.exec_driver_sql(statement).rowcount == 1
            if name == "an order":
                connection.exec_driver_sql(
                    f"delete from payment_act where order_id = '{words['paid']}'"
                )
        with office.session.read() as connection:
            findings = [str(one) for one in verify(connection).findings]
        assert any(said in finding for finding in findings), findings


def _names(office: Alone) -> dict[str, str]:
    steps = Steps(office)
    assert office.ask("keeper", "receive", case_id=office.case, amount_fen=50_000).accepted
    paid = steps.sent()
    assert office.ask("keeper", "answer_order", order_id=paid, outcome="paid").accepted
    back = steps.order().id
    assert office.ask("officer", "withdraw_order", order_id=back, reason="和解").accepted
    ready, fresh = steps.approved(), steps.order().id
    return {"paid": paid, "back": back, "ready": ready, "fresh": fresh}

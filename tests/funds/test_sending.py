"""An instruction leaves once, whatever crashes between; a status file is taken over once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.funds.answers import StatusFile, TakeArgs, Verdict, read, take
from desktop.funds.channel import BankWord
from desktop.funds.outgoing import bank_file
from desktop.funds.payment_profiles import shipped_profiles
from desktop.funds.sending import (
    BatchArgs,
    HeardArgs,
    SendArgs,
    Sent,
    batch_of,
    batches,
    claim,
    heard,
    payment_of,
    send_by_file,
    send_by_line,
    to_post,
)
from storage.session import Session
from tests.funds.test_answers import line, status_csv
from tests.panels.disbursement.store_desk import TODAY, Desk, store_desk

PROFILE = shipped_profiles()["common_csv"]


@pytest.fixture
def desk(session: Session, tmp_path: Path) -> Iterator[Desk]:
    with store_desk(session, tmp_path) as made:
        yield made


def write(desk: Desk, command: object, args: object) -> object:
    with desk.context.session.write("测试") as opened:
        return command(opened.connection, args)  # type: ignore[operator]


def by_line(desk: Desk, order_id: str, name: str = "秦会计") -> Sent:
    made = write(desk, send_by_line, SendArgs((order_id,), "", desk.people[name]))
    assert isinstance(made, Sent)
    return made


def waiting(desk: Desk) -> list[str]:
    with desk.context.session.read() as connection:
        return to_post(connection, None)


def test_a_claim_is_granted_once(desk: Desk) -> None:
    order_id = desk.approved()
    assert write(desk, claim, order_id) is None  # nobody asked to send it
    sent = by_line(desk, order_id)
    assert sent.asked[0][1].answer is not None
    assert sent.asked[0][1].answer.accepted
    assert waiting(desk) == [order_id]
    with desk.context.session.read() as connection:
        payment = payment_of(connection, order_id)
    assert write(desk, claim, order_id) == payment
    # As after a crash between the note and the answer: nothing is left to be posted.
    assert waiting(desk) == []
    assert write(desk, claim, order_id) is None
    assert desk.state(order_id) == "sent"


def test_a_second_send_is_refused_with_who_and_when_and_claims_nothing(desk: Desk) -> None:
    order_id = desk.approved()
    by_line(desk, order_id)
    assert write(desk, claim, order_id) is not None
    again = by_line(desk, order_id, "钱会计")
    assert again.refused == (
        f"已由 秦会计 于 2026-11-23 08:30 送出（{_number(desk, order_id)}），没有重复办理。",
    )
    assert waiting(desk) == []
    assert write(desk, claim, order_id) is None


def _number(desk: Desk, order_id: str) -> str:
    return str(desk.one("select number from payment_order where id = ?", order_id))


def test_a_note_for_another_batch_claims_nothing(desk: Desk) -> None:
    order_id = desk.approved()
    by_line(desk, order_id)
    with desk.context.session.write("测试") as opened:
        opened.connection.exec_driver_sql(
            "update setting set value = ? where key = ?",
            ('{"batch": "直联-x", "posted": false}', f"bank_line:{order_id}"),
        )
    assert waiting(desk) == []
    assert write(desk, claim, order_id) is None


@pytest.mark.parametrize(
    ("word", "state", "available"),
    [
        (BankWord("paid", "银行已付", "YH1"), "paid", 6_120_000),
        (BankWord("failed", "户名不符"), "failed", 8_600_000),
        (BankWord("unknown", "连接中断"), "unknown", 6_120_000),
        (BankWord("accepted", "银行已受理"), "sent", 6_120_000),
        (BankWord("absent", "银行查无此笔指令"), "sent", 6_120_000),
    ],
)
def test_what_the_bank_says_moves_money_only_when_it_is_final(
    desk: Desk, word: BankWord, state: str, available: int
) -> None:
    order_id = desk.approved()
    by_line(desk, order_id)
    write(desk, claim, order_id)
    args = HeardArgs(order_id, word, desk.people["秦会计"])
    write(desk, heard, args)
    assert (desk.state(order_id), desk.available()) == (state, available)
    acts = desk.count("payment_act")
    assert write(desk, heard, args) is None or not word.final  # the same word twice
    write(desk, heard, args)
    assert (desk.state(order_id), desk.count("payment_act")) == (state, acts)
    if word.kind == "unknown":
        write(desk, heard, replace(args, word=BankWord("paid", "银行已付")))
        assert desk.state(order_id) == "paid"


def test_a_batch_is_the_same_file_whenever_it_is_asked_for(desk: Desk) -> None:
    first, second, third = (desk.approved(fen) for fen in (100_000, 200_000, 300_000))
    by_line(desk, third)  # went another way
    args = SendArgs((second, first, third), "付20261123-0a1b2c3d", desk.people["秦会计"])
    sent = write(desk, send_by_file, args)
    assert isinstance(sent, Sent)
    assert len(sent.refused) == 1
    about = BatchArgs(args.batch, "100123456789", "执行款专户")
    with desk.context.session.read() as connection:
        made = batch_of(connection, about)
        (row,) = batches(connection, TODAY)
    assert [one.order_id for one in made.payments] == [first, second]
    assert (made.day, made.total_fen) == (TODAY, 300_000)
    assert (row.name, row.n, row.total_fen, row.open) == (args.batch, 2, 300_000, 2)
    file = bank_file(made, PROFILE)
    desk.ask("秦会计", "answer_order", order_id=first, outcome="paid", reason="回单")
    with desk.context.session.read() as connection:
        assert bank_file(batch_of(connection, about), PROFILE) == file
        assert batches(connection, TODAY)[0].open == 1
        with pytest.raises(UserError, match="没有批次"):
            batch_of(connection, replace(about, name="付20261123-ffffffff"))


def taken(desk: Desk, file: StatusFile) -> list[Verdict]:
    with desk.context.session.write("回盘") as opened:
        report = take(opened.connection, TakeArgs(file, desk.people["秦会计"]))
    return [one.verdict for one in report.lines]


def test_the_same_status_file_twice_books_once(desk: Desk, tmp_path: Path) -> None:
    paid, failed = desk.sent(), desk.sent(100_000)
    other = desk.approved(50_000)
    rows = [
        line(paid, "成功"),
        line(failed, "失败", "1000.00", "户名不符"),
        line(other, "成功", ""),
    ]
    file = read(status_csv(tmp_path, *rows), PROFILE)
    assert taken(desk, file) == [Verdict.NEW, Verdict.NEW, Verdict.REFUSED]
    assert (desk.state(paid), desk.state(failed)) == ("paid", "failed")
    assert desk.available() == 8_600_000 - 2_480_000 - 50_000
    entries = desk.count("fund_entry")
    assert taken(desk, file) == [Verdict.DONE, Verdict.DONE, Verdict.REFUSED]
    assert desk.count("fund_entry") == entries
    reason = desk.one("select body from payment_act where order_id = ? and act = 'failed'", failed)
    assert reason == "户名不符"


def test_what_was_unknown_is_settled_by_the_status_file(desk: Desk, tmp_path: Path) -> None:
    order_id = desk.sent()
    desk.ask("秦会计", "answer_order", order_id=order_id, outcome="unknown", reason="连接中断")
    assert desk.available() == 6_120_000  # still reserved
    assert taken(desk, read(status_csv(tmp_path, line(order_id, "成功")), PROFILE)) == [Verdict.NEW]
    assert desk.state(order_id) == "paid"


def test_who_asked_for_the_money_does_not_take_its_result_over(desk: Desk, tmp_path: Path) -> None:
    order_id = desk.sent()
    file = read(status_csv(tmp_path, line(order_id, "成功")), PROFILE)
    with desk.context.session.write("回盘") as opened:
        report = take(opened.connection, TakeArgs(file, desk.people["顾长风"]))
    (one,) = report.lines
    assert one.verdict is Verdict.REFUSED
    assert desk.state(order_id) == "sent"

"""What an import books by itself, what it proposes, and what a person accepts."""

from dataclasses import replace
from typing import Any

import pytest

from desktop.errors import UserError
from desktop.funds.booking import accept, book_found, book_sure, give, taken, to_unknown
from desktop.funds.importing import Imported, import_statement, preview
from desktop.funds.matching import Proposal, propose
from desktop.funds.statements import Line
from storage.ids import new_id
from storage.ledger.asking import ask
from storage.ledger.chain import verify
from storage.ledger.trial import board
from storage.session import Session
from tests.funds.test_statements_stored import statement
from tests.funds.town import CODE, Town, founded, lines


@pytest.fixture
def town(session: Session) -> Town:
    return founded(session)


def imported(session: Session, town: Town, some: tuple[Line, ...] = lines()) -> Imported:
    with session.write("导入") as write:
        return import_statement(write.connection, statement(some), town.people["秦账"])


def entries(session: Session) -> list[Any]:
    with session.read() as connection:
        return list(
            connection.exec_driver_sql(
                "select kind, case_id, amount_fen, line_id, booked_on, maker, payee from fund_entry"
                " order by seq"
            )
        )


def thoughts(session: Session, done: Imported) -> list[Proposal]:
    with session.read() as connection:
        return propose(connection, done.stored.line_ids)


def test_only_the_sure_and_the_unknown_are_booked_by_the_import_itself(
    session: Session, town: Town
) -> None:
    with session.read() as connection:
        counts = preview(connection, statement(lines())).counts
    assert counts == {"matched": 4, "proposed": 2, "unknown": 2, "unsettled": 0}
    done = imported(session, town)
    assert (done.sure, done.proposed, done.unknown) == (4, 2, 2)
    assert (done.booked.cases, done.booked.unknown, done.booked.refused) == (4, 2, [])
    rows = entries(session)
    ids = done.stored.line_ids
    assert [(row.case_id, row.line_id) for row in rows] == [
        (town.cases[12], ids[0]),
        (town.cases[13], ids[1]),
        (town.cases[14], ids[2]),
        (town.cases[14], ids[3]),
        (None, ids[6]),
        (None, ids[7]),
    ]
    assert {(row.kind, row.booked_on, row.maker) for row in rows} == {
        ("receipt", "2026-11-26", town.people["秦账"])
    }
    with session.read() as connection:
        assert board(connection).difference == 0
        assert not verify(connection).findings


def test_the_same_file_again_books_nothing(session: Session, town: Town) -> None:
    imported(session, town)
    rows = entries(session)
    again = imported(session, town)
    assert (again.stored.new_ids, again.sure, again.proposed, again.unknown) == ((), 0, 0, 0)
    assert entries(session) == rows


def test_without_a_person_lines_are_kept_and_nothing_is_booked(
    session: Session, town: Town
) -> None:
    with session.write("导入") as write:
        done = import_statement(write.connection, statement(lines()), None)
    assert (done.sure, len(done.stored.new_ids), entries(session)) == (4, 8, [])


def test_what_became_sure_later_is_booked_when_asked_for(session: Session, town: Town) -> None:
    with session.write("导入") as write:
        import_statement(write.connection, statement(lines()), None)
    one = replace(lines()[4], reference=CODE.format(15), booked_on="2026-11-27")
    imported(session, town, (one,))
    with session.write("入账") as write:
        again, _ = book_found(write.connection, ["gone"], town.people["秦账"])
        first = book_sure(write.connection, town.people["秦账"])
    assert (again.cases, first.cases, first.refused) == (0, 4, [])
    with session.write("开户") as write:
        wish = {"case_id": town.cases[15], "code": CODE.format(15)}
        assert ask(write.connection, "open_account", wish, by=town.people["秦账"]).answer
        then = book_sure(write.connection, town.people["秦账"])
        assert book_sure(write.connection, town.people["秦账"]).cases == 0
    assert then.cases == 1  # it had waited with a proposal
    rows = entries(session)
    assert len(rows) == len({row.line_id for row in rows})


def test_lines_that_were_dealt_with_are_not_booked_again(session: Session, town: Town) -> None:
    done = imported(session, town)
    rows = entries(session)
    with session.write("入账") as write:
        booked, thought = book_found(write.connection, done.stored.line_ids, town.people["秦账"])
    assert (booked.cases, booked.unknown, booked.refused) == (0, 0, [])
    assert len(thought) == 2
    assert entries(session) == rows


def test_only_finance_may_book(session: Session, town: Town) -> None:
    with session.write("导入") as write:
        done = import_statement(write.connection, statement(lines()), town.people["局长甲"])
    assert {code for _, code in done.booked.refused} == {"role"}
    assert (done.booked.cases, entries(session)) == (0, [])


def test_an_account_and_a_number_that_disagree_wait_for_a_person(
    session: Session, town: Town
) -> None:
    one = replace(lines()[0], text=f"{town.number(16)}案款")
    done = imported(session, town, (one,))
    (thought,) = done.proposals
    assert (thought.sure, thought.parts) == (False, ((town.cases[12], one.amount_fen),))
    assert any("执16号" in reason.words for reason in thought.reasons)
    assert entries(session) == []


def test_an_account_typed_into_the_remark_is_a_proposal(session: Session, town: Town) -> None:
    one = replace(lines()[6], text=f"转{CODE.format(13)}鼎新", reference=None)
    done = imported(session, town, (one,))
    (thought,) = done.proposals
    assert (thought.sure, thought.parts) == (False, ((town.cases[13], 777),))


def test_a_proposal_is_booked_when_it_is_accepted(session: Session, town: Town) -> None:
    done = imported(session, town)
    by_line = {one.line_id: one for one in thoughts(session, done)}
    chosen = by_line[done.stored.line_ids[4]]
    assert chosen.parts == ((town.cases[15], 1_700_000),)
    with session.write("认领") as write:
        (asked,) = accept(write.connection, chosen, town.people["裴核"])
        assert asked.answer is not None
        assert asked.answer.accepted
        with pytest.raises(UserError):
            accept(write.connection, chosen, town.people["秦账"])
    last = entries(session)[-1]
    assert (last.case_id, last.line_id, last.maker) == (
        town.cases[15],
        done.stored.line_ids[4],
        town.people["裴核"],
    )


def test_an_unknown_line_is_claimed_later_whole_or_in_parts(session: Session, town: Town) -> None:
    done = imported(session, town)
    line_id, who = done.stored.line_ids[7], town.people["裴核"]
    with session.write("认领") as write:
        first = give(write.connection, line_id, ((town.cases[15], 200_000),), "电话核实", who)
        with pytest.raises(UserError, match=r"尚未认领的 3,000\.00 元"):
            give(write.connection, line_id, ((town.cases[17], 300_001),), "电话核实", who)
        give(write.connection, line_id, ((town.cases[17], 300_000),), "电话核实", who)
        with pytest.raises(UserError, match=r"尚未认领的 0\.00 元"):
            give(write.connection, line_id, ((town.cases[17], 1),), "电话核实", who)
    assert all(one.answer is not None and one.answer.accepted for one in first)
    moved = [(row.case_id, row.amount_fen) for row in entries(session) if row.kind == "transfer"]
    assert moved == [(town.cases[15], 200_000), (town.cases[17], 300_000)]
    with session.read() as connection:
        assert board(connection).difference == 0


def test_a_line_for_two_cases_is_received_once_and_parted(session: Session, town: Town) -> None:
    both = replace(lines()[4], amount_fen=1_700_000 + 2_340_000)
    done = imported(session, town, (both,))
    (thought,) = done.proposals
    assert dict(thought.parts) == {town.cases[15]: 1_700_000, town.cases[17]: 2_340_000}
    with session.write("认领") as write:
        asked = accept(write.connection, thought, town.people["秦账"])
    assert [one.answer.accepted for one in asked if one.answer] == [True] * 3
    assert [(row.kind, row.case_id, row.amount_fen) for row in entries(session)] == [
        ("receipt", None, 4_040_000),
        ("transfer", town.cases[15], 1_700_000),
        ("transfer", town.cases[17], 2_340_000),
    ]


def test_two_lines_that_come_to_one_sum_are_seen_together_one_by_one(
    session: Session, town: Town
) -> None:
    """The pane asks for one line alone; what else the payer sent counts all the same."""
    some = tuple(
        replace(lines()[4], row=n, amount_fen=fen, bank_ref=f"{n}")
        for n, fen in ((1, 2_000_000), (2, 340_000))
    )
    done = imported(session, town, some)
    for line_id in done.stored.line_ids:
        with session.read() as connection:
            (thought,) = propose(connection, [line_id])
        assert [case_id for case_id, _ in thought.parts] == [town.cases[17]]
        assert any(one.kind == "together" for one in thought.reasons)


def test_a_refused_proposal_becomes_unknown_money(session: Session, town: Town) -> None:
    done = imported(session, town)
    line_id = done.stored.line_ids[4]
    with session.write("转入不明款") as write:
        asked = to_unknown(write.connection, line_id, town.people["秦账"])
        assert asked.answer is not None
        assert asked.answer.accepted
        assert taken(write.connection, [line_id]) == {line_id}
        with pytest.raises(UserError):
            to_unknown(write.connection, line_id, town.people["秦账"])
    assert entries(session)[-1].case_id is None


def test_what_cannot_be_given(session: Session, town: Town) -> None:
    out = replace(lines()[0], direction="out", reference=None)
    done = imported(session, town, (*lines(), replace(out, row=9)))
    ids, who = done.stored.line_ids, town.people["裴核"]
    with session.write("认领") as write:
        for line_id, fen, words in (
            (ids[0], 1, "更正须先冲正"),
            (ids[4], 0, "大于零"),
            (ids[4], 1_700_001, "尚未认领"),
            (ids[8], 1, "支出"),
            (new_id(), 1, "不在本机"),
        ):
            with pytest.raises(UserError, match=words):
                give(write.connection, line_id, ((town.cases[15], fen),), "核实", who)


def test_a_closed_month_takes_nothing_more(session: Session, town: Town) -> None:
    from storage.ledger import months  # noqa: PLC0415  Only this test closes one.

    some = tuple(replace(line, booked_on="2026-10-26") for line in lines())
    imported(session, town, some[:1])
    with session.write("结账") as write:
        assert months.report_close(write.connection, "2026-10", town.people["秦账"]).accepted
        assert months.sign_close(write.connection, "2026-10", town.people["局长甲"]).accepted
    done = imported(session, town, some)
    assert done.booked.refused == []
    assert {row.booked_on[:7] for row in entries(session)[1:]} == {"2026-11"}


def test_a_desk_with_a_shared_database_asks_once_and_books_nothing(
    session: Session, town: Town
) -> None:
    """Nothing counts until the shared database has decided, and nothing is asked for twice."""
    with session.replica.writer_engine.begin() as connection:
        connection.exec_driver_sql("update _ctl set hub_id = 'h'")
    done = imported(session, town)
    assert (done.booked.waiting, done.booked.cases, done.booked.unknown) == (6, 4, 2)
    assert entries(session) == []
    ids = done.stored.line_ids
    with session.read() as connection:
        asked = connection.exec_driver_sql("select kind, case_id, state, args from request").all()
        assert {(row.kind, row.state) for row in asked} == {("receive", "asked")}
        assert taken(connection, ids) == {*ids[:4], *ids[6:]}
    assert imported(session, town).stored.new_ids == ()
    with session.write("认领") as write:
        with pytest.raises(UserError, match="待共享库裁定"):
            give(write.connection, ids[7], ((town.cases[15], 1),), "核实", town.people["裴核"])
        (one,) = propose(write.connection, [ids[4]])
        (wish,) = accept(write.connection, one, town.people["裴核"])
        assert wish.answer is None
        with pytest.raises(UserError):
            accept(write.connection, one, town.people["裴核"])

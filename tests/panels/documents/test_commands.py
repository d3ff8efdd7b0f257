"""The panel's commands past its buttons: who may send, what waits for whom, numbers of the hub."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from desktop.documents.case_words import case_words
from desktop.documents.course import ActArgs, row_of, submit, waiting_for
from desktop.documents.numbering import NumberArgs, ask_number
from desktop.errors import UserError
from desktop.panels.documents.commands import (
    DraftArgs,
    ThreeArgs,
    make_three,
    save_document,
)
from desktop.panels.documents.possible import Do, possible_acts
from desktop.panels.documents.queries import cases_like
from desktop.panels.documents.waiting import ON_THE_WAY, waiting_of, waits_for_me
from storage.schema import table
from tests.documents.office import Office, office
from tests.panels.real_city import TODAY


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    made = office(tmp_path)
    made.city.put(
        "membership",
        person_id=made.people["outsider"],
        team_id=made.city.team,
        role="assistant",
        from_on="2025-01-01",
    )
    return made


def act(desk: Office, connection: Connection, document_id: str, who: str) -> ActArgs:
    return desk.act(connection, document_id, who, "理由")


def test_what_waits_is_what_the_matrix_says_one_by_one(desk: Office) -> None:
    """Many documents read at once, and each document asked by itself, give the same answer."""
    document = table("document")
    with desk.engine.begin() as connection:
        notice = desk.draft(connection)
        submit(connection, act(desk, connection, notice, "clerk"))
        args = ThreeArgs(desk.city.late_case, desk.people["outsider"], desk.clock)
        three = make_three(connection, args).made
        for made in three:
            submit(connection, act(desk, connection, made, "outsider"))
        facts = case_words(connection, desk.city.late_case, TODAY)
        values = {"person": "钱某", "facts": "拒不报告财产。", "days": "3"}
        more = {"values": values, "case_id": desk.city.late_case, "facts": facts}
        sent = desk.draft(connection, "detention_decision", author="outsider", **more)
        submit(connection, act(desk, connection, sent, "outsider"))
        desk.draft(connection)
        rows = connection.execute(select(document)).all()
        under_way = {row.id for row in rows if row.state in ON_THE_WAY}
        assert len(under_way) == 5
        found = waiting_of(connection, rows, TODAY)
        assert found.keys() == under_way
        seen = set()
        for person_id in desk.people.values():
            his = set(waiting_for(connection, person_id, desk.clock))
            assert {key for key, one in found.items() if person_id in one.ids} == his
            assert waits_for_me(connection, person_id, TODAY) & under_way == his
            seen |= his
        assert seen == under_way


def test_a_number_that_was_asked_for_is_waited_for(desk: Office) -> None:
    with desk.engine.begin() as connection:
        ctl = table("_ctl")
        connection.execute(ctl.update().values(hub_id="00000000-0000-7000-8000-00000000000a"))
        made = desk.draft(connection)
        submit(connection, act(desk, connection, made, "clerk"))
        row = row_of(connection, made)
        args = act(desk, connection, made, "chief")
        assert possible_acts(connection, row, args, numbering=False)[Do.NUMBER].allowed
        assert ask_number(connection, NumberArgs(made, TODAY)) == ""
        waits = possible_acts(connection, row_of(connection, made), args, numbering=True)
        assert not waits[Do.NUMBER].allowed
        assert "共享库" in waits[Do.NUMBER].why
        assert not waits[Do.SIGN].allowed
        assert "尚未编号" in waits[Do.SIGN].why


def test_no_announcement_is_stored_before_other_ways_have_failed(desk: Office) -> None:
    case_id = desk.city.late_case
    args = DraftArgs(
        "announcement", case_id, {"papers": "执行通知书"}, desk.people["outsider"], desk.clock
    )
    with desk.engine.begin() as connection, pytest.raises(UserError, match="直接送达、邮寄送达"):
        save_document(connection, args)
    for kind in ("service_failed_direct", "service_failed_mail"):
        desk.city.put("node_event", case_id=case_id, kind=kind, on="2026-11-01")
    with desk.engine.begin() as connection:
        assert save_document(connection, args)


def test_a_case_is_found_by_number_and_by_party(desk: Office) -> None:
    with desk.engine.begin() as connection:
        by_party = cases_like(connection, "云杉")
        assert [one.id for one in by_party] == [desk.city.late_case]
        assert by_party[0].parties == "云杉商贸有限公司"
        assert [one.id for one in cases_like(connection, "2962")] == [desk.city.late_case]
        assert cases_like(connection, "%") == ()

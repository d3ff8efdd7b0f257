"""The course of documents: stages, returns, changed words, numbers, absence, the inbox."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from desktop.documents.course import (
    pass_stage,
    record,
    row_of,
    send_back,
    submit,
    waiting_for,
)
from desktop.documents.drafts import versions
from desktop.documents.numbering import NumberArgs, ask_number
from desktop.documents.pages import prepare
from desktop.errors import UserError
from desktop.rules.signing_matrix import Stage
from storage.schema import table
from tests.command.measures.court import noted
from tests.documents.office import Office, office
from tests.panels.real_city import TODAY, new

REPLY = {"subject": "案款清理", "to": "东城区人民法院", "about": "关于案款的请示", "body": "同意。"}
DETAIN = {"person": "某甲", "facts": "拒不报告财产。", "days": "10"}


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path)


def detention(desk: Office, connection: object) -> str:
    facts = {"case_number": "（2026）豫0381执2962号"}
    case = {"case_id": desk.city.late_case, "author": "judge", "values": DETAIN, "facts": facts}
    return desk.draft(connection, "detention_decision", **case)  # type: ignore[arg-type]


def state(connection: object, document_id: str) -> str:
    return str(row_of(connection, document_id).state)  # type: ignore[arg-type]


def reply(desk: Office, connection: object) -> str:
    facts: dict[str, str] = {}
    return desk.draft(connection, "reply_letter", values=REPLY, facts=facts)  # type: ignore[arg-type]


def test_stage_by_stage_to_the_signature(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = reply(desk, connection)
        assert state(connection, made) == "draft"
        with pytest.raises(UserError, match="尚未送审"):
            pass_stage(connection, desk.act(connection, made, "leader"), Stage.REVIEW)
        with pytest.raises(UserError, match="尚未办完"):
            ask_number(connection, NumberArgs(made, TODAY))
        submit(connection, desk.act(connection, made, "clerk"))
        assert state(connection, made) == "checking"
        with pytest.raises(UserError, match=r"白临川.*不能办理.*温如松"):
            pass_stage(connection, desk.act(connection, made, "outsider"), Stage.REVIEW)
        pass_stage(connection, desk.act(connection, made, "leader"), Stage.REVIEW)
        assert state(connection, made) == "signing"
        with pytest.raises(UserError, match="尚未编号"):
            prepare(connection, desk.act(connection, made, "chief"))
        assert ask_number(connection, NumberArgs(made, TODAY)) == "洛中法执函〔2026〕1号"
        assert ask_number(connection, NumberArgs(made, TODAY)) == "洛中法执函〔2026〕1号"
        with pytest.raises(UserError, match="不能办理"):
            prepare(connection, desk.act(connection, made, "leader"))
        shown = prepare(connection, desk.act(connection, made, "chief"))
        assert (shown.head.number, shown.made_on) == ("洛中法执函〔2026〕1号", TODAY)


def test_changed_words_void_what_was_passed(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = reply(desk, connection)
        submit(connection, desk.act(connection, made, "clerk"))
        seen = desk.act(connection, made, "leader")
        changed = {**REPLY, "body": "不同意。"}
        desk.draft(connection, "reply_letter", values=changed, facts={}, document_id=made)
        with pytest.raises(UserError, match="内容已有改动"):
            pass_stage(connection, seen, Stage.REVIEW)
        pass_stage(connection, desk.act(connection, made, "leader"), Stage.REVIEW)
        told = versions(connection, made)
        assert [(one.n, one.changed) for one in told] == [(1, ()), (2, ("答复内容",))]
        with pytest.raises(UserError, match="不能再改"):
            desk.draft(connection, "reply_letter", values=REPLY, facts={}, document_id=made)


def test_nobody_reviews_words_of_his_own(desk: Office) -> None:
    """Neither who made the document nor who wrote a later version of it."""
    with desk.engine.begin() as connection:
        made = reply(desk, connection)
        mine = {**REPLY, "body": "另行研究。"}
        more = {"values": mine, "facts": {}, "document_id": made}
        with pytest.raises(UserError, match="不能办理"):
            desk.draft(connection, "reply_letter", author="leader", **more)
        member = table("membership")
        his = update(member).where(member.c.person_id == desk.people["leader"])
        connection.execute(his.values(role="member"))
        desk.draft(connection, "reply_letter", author="leader", **more)
        connection.execute(his.values(role="leader"))
        desk.draft(connection, "reply_letter", values=REPLY, facts={}, document_id=made)
        submit(connection, desk.act(connection, made, "clerk"))
        with pytest.raises(UserError, match=r"拟稿人，不得审核"):
            pass_stage(connection, desk.act(connection, made, "leader"), Stage.REVIEW)


def test_a_return_needs_a_reason_and_begins_anew(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = reply(desk, connection)
        submit(connection, desk.act(connection, made, "clerk"))
        with pytest.raises(UserError, match="写明理由"):
            send_back(connection, desk.act(connection, made, "leader"))
        with pytest.raises(UserError, match="不能办理"):
            send_back(connection, desk.act(connection, made, "outsider", "不妥"))
        send_back(connection, desk.act(connection, made, "leader", "数据有误"))
        assert state(connection, made) == "draft"
        submit(connection, desk.act(connection, made, "clerk"))
        pass_stage(connection, desk.act(connection, made, "leader"), Stage.REVIEW)
        assert state(connection, made) == "signing"


def test_the_inbox_is_everybodys_own_and_complete(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = reply(desk, connection)
        held = detention(desk, connection)
        submit(connection, desk.act(connection, made, "clerk"))
        submit(connection, desk.act(connection, held, "judge"))

        def inbox(who: str) -> list[str]:
            return waiting_for(connection, desk.people[who], desk.clock)

        whose = {who: inbox(who) for who in ("clerk", "leader", "chief", "president", "judge")}
        assert whose == {
            "clerk": [],
            "leader": [made],
            "chief": [],
            "president": [held],
            "judge": [],
        }
        pass_stage(connection, desk.act(connection, held, "president"), Stage.APPROVE)
        assert (inbox("president"), inbox("judge")) == ([], [held])


def test_detention_is_signed_after_the_president_alone(desk: Office) -> None:
    """The screen's way, and the database's when a program goes round it."""
    with desk.engine.begin() as connection:
        held = detention(desk, connection)
        submit(connection, desk.act(connection, held, "judge"))
        for who in ("judge", "chief", "vice_president", "deputy"):
            with pytest.raises(UserError):
                pass_stage(connection, desk.act(connection, held, who), Stage.APPROVE)
        with pytest.raises(UserError, match="尚未办完"):
            prepare(connection, desk.act(connection, held, "judge"))
    for before in ((), ("chief",), ("vice_president", "deputy")):
        with pytest.raises(DBAPIError, match="院长批准"):
            _past_the_matrix(desk, held, before)
    with desk.engine.begin() as connection:
        pass_stage(connection, desk.act(connection, held, "president"), Stage.APPROVE)
        ask_number(connection, NumberArgs(held, TODAY))
        assert prepare(connection, desk.act(connection, held, "judge")).head.number


def _past_the_matrix(desk: Office, held: str, approvers: tuple[str, ...]) -> None:
    with desk.engine.begin() as connection:
        row = row_of(connection, held)
        for who in approvers:
            approving = desk.act(connection, held, who)
            record(connection, row, "pass", Stage.APPROVE, approving, None)
        record(connection, row, "sign", Stage.SIGN, desk.act(connection, held, "judge"), None)


def test_away_without_a_delegate_nobody_can(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = detention(desk, connection)
        submit(connection, desk.act(connection, held, "judge"))
    away = {"from_on": "2026-11-20", "to_on": "2026-11-30", "kind": "leave"}
    desk.city.put("absence", person_id=desk.people["president"], **away)
    with desk.engine.begin() as connection, pytest.raises(UserError, match="报告值班领导"):
        pass_stage(connection, desk.act(connection, held, "vice_president"), Stage.APPROVE)
    desk.city.put(
        "delegation",
        from_id=desk.people["president"],
        to_id=desk.people["vice_president"],
        post="president",
        from_on="2026-11-20",
        to_on="2026-11-30",
        document_no="洛中法〔2026〕31号",
        agreed_by=desk.people["chief"],
        state="agreed",
    )
    with desk.engine.begin() as connection:
        told = pass_stage(connection, desk.act(connection, held, "vice_president"), Stage.APPROVE)
        assert "代行" in told.reason
        ask_number(connection, NumberArgs(held, TODAY))
        assert prepare(connection, desk.act(connection, held, "judge")).head.number


def test_numbers_run_by_series_and_year(desk: Office) -> None:
    with desk.engine.begin() as connection:
        numbers = [desk.ready(connection, reply(desk, connection)) for _ in range(3)]
        other = desk.ready(connection, desk.draft(connection))
    assert numbers == [f"洛中法执函〔2026〕{n}号" for n in (1, 2, 3)]
    assert other == "洛中法执〔2026〕1号"


def test_with_a_shared_database_the_number_is_asked_once(desk: Office) -> None:
    with desk.engine.begin() as connection:
        connection.execute(update(table("_ctl")).values(hub_id="hub"))
        made = reply(desk, connection)
        assert desk.ready(connection, made) == ""
        assert ask_number(connection, NumberArgs(made, TODAY)) == ""
        request = table("request").c
        asked = connection.execute(select(request.kind, request.state)).all()
        assert [tuple(one) for one in asked] == [("number_document", "asked")]
        assert row_of(connection, made).serial is None


@pytest.fixture
def stranger(desk: Office) -> str:
    """The president of another court."""
    made = new("person")
    row = {"id": made, "court_id": desk.city.other_court, "name": "他院院长戊", "post": "president"}
    with desk.engine.begin() as connection:
        connection.execute(table("person").insert().values(quota=1, **row))
    desk.people["stranger"] = made
    return made


def test_a_post_counts_in_its_own_court_alone(desk: Office, stranger: str) -> None:
    with desk.engine.begin() as connection:
        held = detention(desk, connection)
        submit(connection, desk.act(connection, held, "judge"))
        with pytest.raises(UserError, match="所属法院"):
            pass_stage(connection, desk.act(connection, held, "stranger"), Stage.APPROVE)
        assert waiting_for(connection, stranger, desk.clock) == []
        assert waiting_for(connection, desk.people["president"], desk.clock) == [held]
    with pytest.raises(DBAPIError, match="院长批准"):
        _past_the_matrix(desk, held, ("stranger",))


def test_another_courts_president_is_no_hindrance_to_a_delegation(
    desk: Office, stranger: str
) -> None:
    power = {
        "from_id": desk.people["president"],
        "to_id": desk.people["vice_president"],
        "post": "president",
        "from_on": "2026-11-20",
        "to_on": "2026-11-30",
        "document_no": "洛中法〔2026〕31号",
        "state": "agreed",
    }
    for who in ("president", "vice_president"):
        with pytest.raises(DBAPIError, match="双方以外"):
            desk.city.put("delegation", agreed_by=desk.people[who], **power)
    desk.city.put("delegation", agreed_by=desk.people["chief"], **power)
    away = {"from_on": "2026-11-20", "to_on": "2026-11-30", "kind": "leave"}
    desk.city.put("absence", person_id=desk.people["president"], **away)
    with desk.engine.begin() as connection:
        held = detention(desk, connection)
        submit(connection, desk.act(connection, held, "judge"))
        told = pass_stage(connection, desk.act(connection, held, "vice_president"), Stage.APPROVE)
        assert "代行" in told.reason
    with pytest.raises(DBAPIError, match="签名附卷"):  # a row alone is no approval
        _past_the_matrix(desk, held, ())
    with desk.engine.begin() as connection:
        noted(connection, desk, held, "vice_president")
    _past_the_matrix(desk, held, ())


def test_words_changed_and_changed_back_are_approved_anew(desk: Office) -> None:
    """Also by the database, when a program goes round the matrix."""
    with desk.engine.begin() as connection:
        held = detention(desk, connection)
        submit(connection, desk.act(connection, held, "judge"))
        pass_stage(connection, desk.act(connection, held, "president"), Stage.APPROVE)
        noted(connection, desk, held, "president")
    with desk.engine.begin() as connection:
        document = table("document")
        connection.execute(update(document).values(state="checking"))
        again = {"author": "judge", "facts": {"case_number": "（2026）豫0381执2962号"}}
        for days in ("15", "10"):
            values = {**DETAIN, "days": days}
            desk.draft(connection, "detention_decision", values=values, document_id=held, **again)
        connection.execute(update(document).values(state="signing"))
        ask_number(connection, NumberArgs(held, TODAY))
        with pytest.raises(UserError, match="尚缺"):
            prepare(connection, desk.act(connection, held, "judge"))
    with pytest.raises(DBAPIError, match="院长批准"):
        _past_the_matrix(desk, held, ())


def test_a_slow_clock_makes_no_act_older_than_what_it_is_given_to(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = reply(desk, connection)
        submit(connection, desk.act(connection, made, "clerk"))
        act = desk.act(connection, made, "leader")
        early = replace(act, at=act.at - timedelta(hours=1))
        pass_stage(connection, early, Stage.REVIEW)
        assert state(connection, made) == "signing"

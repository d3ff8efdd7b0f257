"""Approving, changing the figure, taking back, carrying out: what is allowed, in which words."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from desktop.command.measures.approving import (
    Amend,
    Approve,
    Withdraw,
    amend,
    approval_copy,
    approve,
    compared,
    withdraw,
)
from desktop.command.measures.carrying import Carry, carry
from desktop.command.measures.evidence import blocks, grounds
from desktop.command.measures.facts import measure_of, standing_of
from desktop.documents.course import ActArgs, pass_stage, row_of, submit
from desktop.documents.drafts import canonical, fingerprint, versions
from desktop.documents.numbering import NumberArgs, ask_number
from desktop.documents.pages import laid_out, prepare, rendered
from desktop.errors import UserError
from desktop.projection.project import project_cases
from desktop.rules.coercive import AMENDED, Stand
from desktop.rules.signing_matrix import Stage
from storage.ids import new_id
from storage.records.changes import ALL
from storage.schema import table
from tests.command.measures.court import approved, court, paper, passed
from tests.documents.office import Office
from tests.panels.real_city import TODAY


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One for all: each test has a paper of its own."""
    return court(tmp_path_factory.mktemp("office"))


def asked(
    connection: Connection, desk: Office, held: str, who: str, figure: str, note: str = "从轻。"
) -> Amend:
    act = desk.act(connection, held, who)
    return Amend(held, desk.people[who], act.at, act.content, figure, note)


REFUSED = (
    ("president", "16", "x", "民诉法第118条"),
    ("president", "0", "x", "15日以下"),
    ("president", "", "x", "没有写明"),
    ("president", "10", " ", "须写明理由"),
    ("chief", "10", "x", "不能办理"),
    ("judge", "10", "x", "不能办理"),
    ("vice_president", "10", "x", "不能办理"),
)


@pytest.mark.parametrize(("who", "figure", "note", "wanted"), REFUSED)
def test_who_may_change_a_figure_and_how(
    desk: Office, who: str, figure: str, note: str, wanted: str
) -> None:
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        with pytest.raises(UserError, match=wanted):
            amend(connection, asked(connection, desk, held, who, figure, note))
        assert len(versions(connection, held)) == 1


def test_a_changed_figure_is_a_version_of_the_president_and_no_draft_of_his(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        before = row_of(connection, held).content_sha256
        after = amend(connection, asked(connection, desk, held, "president", "10"))
        first, second = versions(connection, held)
        assert before != after == row_of(connection, held).content_sha256
        assert (first.fields["days"], second.fields["days"]) == ("15", "10")
        assert second.author_id == desk.people["president"]
        assert second.note == f"{AMENDED}：从轻。"
        assert second.changed == ("拘留日数",)
        same = amend(connection, asked(connection, desk, held, "president", "10", ""))
        assert same == after
        passed(connection, desk, held)
        assert row_of(connection, held).state == "signing"


def test_under_that_name_nothing_but_the_figure_changes(desk: Office) -> None:
    """Whoever writes other words makes the draft his own, and approves it no more."""
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        row = row_of(connection, held)
        fields = json.loads(row.fields) | {"days": "10", "facts": "毁坏查封财产。"}
        sha = fingerprint(row.kind, row.template, row.title, fields)
        desk.clock += timedelta(minutes=1)
        connection.execute(
            update(table("document"))
            .where(table("document").c.id == held)
            .values(fields=canonical(fields), content_sha256=sha)
        )
        connection.execute(
            insert(table("document_version")).values(
                _row(held, row.title, canonical(fields), sha, desk)
            )
        )
        with pytest.raises(UserError, match="拟稿人"):
            passed(connection, desk, held)


def _row(held: str, title: str, fields: str, sha: str, desk: Office) -> dict[str, Any]:
    made = {"id": new_id(), "document_id": held, "n": 2, "title": title, "fields": fields}
    made |= {"content_sha256": sha, "author_id": desk.people["president"]}
    at = desk.clock.isoformat(timespec="milliseconds")
    return {**made, "at": at, "note": f"{AMENDED}：改。"}


def test_an_approval_is_for_the_pages_that_were_seen(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        copy = approval_copy(connection, held)
        pages = rendered(copy)
        act = desk.act(connection, held, "president")
        good = Approve(act, pages, pages + b"\n%signed", laid_out(copy, pages))
        for wrong, why in (
            (replace(good, file=b"other"), "所见版面不同"),
            (replace(good, file=pages), "所见版面不同"),
            (replace(good, laid=replace(good.laid, content="0" * 64)), "有改动"),
            (replace(good, pages=b"x", file=b"xy"), "有改动"),
        ):
            with pytest.raises(UserError, match=why):
                approve(connection, wrong)
        amend(connection, asked(connection, desk, held, "president", "10"))
        with pytest.raises(UserError, match="有改动"):
            approve(connection, good)
        chief = desk.act(connection, held, "chief")
        now = approval_copy(connection, held)
        new = rendered(now)
        with pytest.raises(UserError, match="不能办理"):
            approve(connection, Approve(chief, new, new + b"s", laid_out(now, new)))


def test_the_decision_is_held_against_what_was_seen(desk: Office) -> None:
    """Number, day and signature come later and change nothing of what was approved."""
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        with pytest.raises(UserError, match="没有以口令批准"):
            compared(connection, (held, b""))
        seen = approved(connection, desk, held)
        number = ask_number(connection, NumberArgs(held, TODAY))
        final = prepare(connection, desk.act(connection, held, "judge"))
        assert (final.head.number, final.made_on) == (number, TODAY)
        copy = rendered(approval_copy(connection, held))
        assert copy == seen
        assert compared(connection, (held, copy)).same
        assert not compared(connection, (held, copy + b" ")).same


def test_a_withdrawal_sends_the_paper_back_and_is_kept(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        approved(connection, desk, held)
        at = desk.clock + timedelta(seconds=30)
        me, other = desk.people["president"], desk.people["chief"]
        for person, when, body, why in (
            (other, at, "x", "批准人本人"),
            (me, at + timedelta(minutes=5), "x", "一分钟"),
            (me, at, " ", "写明理由"),
        ):
            with pytest.raises(UserError, match=why):
                withdraw(connection, Withdraw(held, person, when, body))
        withdraw(connection, Withdraw(held, me, at, "数额有误"))
        row = measure_of(connection, held)
        stand = standing_of(connection, row, at + timedelta(seconds=1))
        assert (row.state, stand.stand, stand.approval) == ("draft", Stand.DRAFT, None)
        assert stand.acts["withdraw"].body == "数额有误"
        desk.clock = at + timedelta(minutes=1)
        submit(connection, desk.act(connection, held, "judge"))
        passed(connection, desk, held)
        now = desk.clock + timedelta(seconds=1)
        assert standing_of(connection, row_of(connection, held), now).stand is Stand.READY


def done(desk: Office, held: str, act: str, who: str, minutes: int = 0, **more: Any) -> Carry:
    when = desk.clock + timedelta(minutes=minutes)
    return Carry(held, act, desk.people[who], when, when, **more)


def test_what_is_entered_and_what_is_refused(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        with pytest.raises(UserError, match="紧急情况和原因"):
            carry(connection, done(desk, held, "execute", "judge"))
        passed(connection, desk, held)
        tomorrow = desk.clock + timedelta(days=1)
        for wrong, why in (
            (done(desk, held, "notify_family", "judge", 1, body="x"), "尚未执行"),
            (done(desk, held, "execute", "clerk", 1), "团队成员"),
            (done(desk, held, "execute", "president", 1), "团队成员"),
            (done(desk, held, "execute", "judge", 1, served=True), "尚未签发，不能送达"),
            (replace(done(desk, held, "execute", "judge"), when=tomorrow), "晚于现在"),
            (done(desk, held, "serve", "judge", 1), "尚未签发"),
            (done(desk, held, "pay", "judge", 1, body="1"), "尚未执行"),
        ):
            with pytest.raises(UserError, match=why):
                carry(connection, wrong)
        assert carry(connection, done(desk, held, "execute", "assistant", 2)) == "已登记执行拘留"
        told = done(desk, held, "notify_family", "judge", 3, body="x")
        for wrong, why in (
            (done(desk, held, "execute", "judge", 3), "已经执行"),
            (done(desk, held, "notify_family", "judge", 3), "通知了谁"),
            (replace(told, when=desk.clock + timedelta(minutes=1)), "不能早于执行"),
            (done(desk, held, "release", "judge", 3, body="x"), "由院长决定"),
            (done(desk, held, "release", "president", 3), "写明提前解除的理由"),
            (done(desk, held, "pay", "judge", 3, body="1"), "只有罚款"),
            (done(desk, held, "lapse", "judge", 3), "尚未送达"),
        ):
            with pytest.raises(UserError, match=why):
                carry(connection, wrong)
        carry(connection, done(desk, held, "notify_family", "judge", 4, body="电话告知其妻"))
        with pytest.raises(UserError, match="已经登记过通知家属"):
            carry(connection, done(desk, held, "notify_family", "judge", 5, body="再次"))
        carry(connection, done(desk, held, "release", "president", 6, body="已追回"))
        event = table("node_event").c
        rows = connection.execute(
            select(event.kind, event.note, event.subject)
            .where(event.source_key.startswith(f"measure:{held}"))
            .order_by(event.at, event.id)
        ).all()
        assert [tuple(row) for row in rows] == [
            ("detained", "拘留15日", "钱百川（拘留）"),
            ("family_told", "电话告知其妻", "钱百川（拘留）"),
            ("detention_ended", "提前解除：已追回", "钱百川（拘留）"),
        ]


def test_a_summons_that_may_end_in_detention_lasts_a_day(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = paper(connection, desk, "summons")
        passed(connection, desk, held)
        for act in ("notify_family", "hand_over"):
            with pytest.raises(UserError, match="拘传没有"):
                carry(connection, done(desk, held, act, "judge", 1, body="x"))
        carry(connection, done(desk, held, "execute", "judge", 1, grave=True))
        event = table("node_event").c
        note = connection.execute(
            select(event.note).where(event.source_key == f"measure:{held}:summoned")
        ).scalar_one()
        assert note == "询问24小时"


def test_the_review_window_ends_by_itself_or_by_an_entry(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = paper(connection, desk, "fine_decision")
        passed(connection, desk, held)
        _signed(connection, held)
        carry(connection, done(desk, held, "execute", "judge", 1, served=True))
        project_cases(connection, desk.city.law, ALL, TODAY)
        early = done(desk, held, "lapse", "judge", 60 * 24)
        with pytest.raises(UserError, match="尚未届满"):
            carry(connection, early)
        with pytest.raises(UserError, match="没有复议申请"):
            carry(connection, done(desk, held, "decide_review", "judge", 60, body="x"))
        late = done(desk, held, "lapse", "judge", 60 * 24 * 5)
        carry(connection, late)
        with pytest.raises(UserError, match="已经登记"):
            carry(connection, done(desk, held, "ask_review", "judge", 60 * 24 * 6))


def _signed(connection: Connection, held: str) -> None:
    document = table("document")
    signed = {"state": "signed", "year": 2026, "serial": 901, "signed_sha256": "0" * 64}
    connection.execute(update(document).where(document.c.id == held).values(signed))


def test_what_lacks_is_said_before_it_is_sent(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        row = measure_of(connection, held)
        found = blocks(connection, row, TODAY)
        for word in ("没有证据", "团队意见", "负责人意见"):
            assert any(word in one for one in found), word
        told = grounds(connection, row, TODAY)
        assert told.lacking == found
        assert any("民诉法第118条" in line for line in told.limit.lines)


def test_another_document_is_no_measure(desk: Office) -> None:
    with desk.engine.begin() as connection:
        other = desk.draft(connection)
        with pytest.raises(UserError, match="不是罚款"):
            measure_of(connection, other)


def test_nothing_goes_on_for_words_that_are_gone(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        stale = asked(connection, desk, held, "president", "9")
        amend(connection, asked(connection, desk, held, "president", "10"))
        with pytest.raises(UserError, match="已有改动"):
            amend(connection, stale)
        old = ActArgs(held, desk.people["president"], desk.clock, stale.content)
        with pytest.raises(UserError, match="已有改动"):
            pass_stage(connection, old, Stage.APPROVE)

"""The inbox by real clicks: whose it is, evidence, agreement, batches, faster colleagues."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection

from desktop.circulars.specimen import make_specimen
from desktop.contract.context import Who
from desktop.documents.course import pass_stage, row_of, send_back
from desktop.documents.powers import Change, Power, Verdict, delegate, propose, settle_power
from desktop.documents.replies import AskReplies, Objection, ask_replies, object_to
from desktop.panels.approvals.queries import waiting_count
from desktop.panels.approvals.rules import Kind
from desktop.rules.signing_matrix import Stage
from storage.records.people import Post
from storage.schema import table
from tests.documents.bench_office import with_a_panel
from tests.documents.office import AT, Office, office
from tests.panels.approvals.inbox import (
    FACTS,
    REPLY,
    accept,
    detention,
    dialog,
    listed,
    open_view,
    press,
    reply,
    select,
    sit,
    write,
)
from tests.panels.real_city import TODAY

PDF = "This plugin does not support"


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path)


def test_the_inbox_is_ones_own(qtbot: QtBot, desk: Office) -> None:
    made, held = reply(desk), detention(desk)
    view = open_view(qtbot, desk, "leader")
    qtbot.waitUntil(lambda: listed(view) == {made})
    for who, mine in (("clerk", set()), ("chief", set()), ("president", {held}), ("judge", set())):
        sit(desk, who)
        view.live.ask()
        qtbot.waitUntil(lambda mine=mine: listed(view) == mine)  # type: ignore[misc]
    sit(desk, "president")
    view.live.ask()
    qtbot.waitUntil(lambda: view.model.row_values(0) is not None)
    row = view.model.row_values(0)
    assert row is not None
    assert row["case_number"] == FACTS["case_number"]
    assert row["stage"] == "审批"
    assert row["limit"] == "10日／15日以下"
    assert row["sender"] == "顾长风"


def test_the_navigator_counts_what_waits_for_whoever_sits_here(desk: Office) -> None:
    detention(desk)
    with desk.engine.begin() as connection:
        assert waiting_count(connection, TODAY, None) == (0, "")
        assert waiting_count(connection, TODAY, desk.people["judge"]) == (0, "")
        assert waiting_count(connection, TODAY, desk.people["president"]) == (1, "due_soon")


@pytest.mark.qt_log_ignore(PDF)
def test_a_detention_is_approved_on_its_own_page_with_the_law_beside_it(
    qtbot: QtBot, desk: Office
) -> None:
    held = detention(desk)
    view = open_view(qtbot, desk, "president")
    qtbot.waitUntil(lambda: listed(view) == {held})
    view.table.row_activated.emit(view.table.data_model.id_at(0))
    qtbot.waitUntil(lambda: view.shown_page == "item" and view.page.agree_button.isEnabled())
    law = view.page.law.text()
    for words in ("审批由院长办理", "民诉法第119条", "15日以下", "民诉法第118条", "在法定限度之内"):
        assert words in law, words
    looked = desk.city.context.selection()
    assert looked is not None
    assert looked.case_id == desk.city.late_case
    facts = "".join(label.text() for label in view.page.facts.findChildren(QLabel))
    assert "云杉商贸有限公司" in facts
    assert "1,234,567.00 元" in facts
    assert "送审" in view.page.acts.as_text()
    qtbot.waitUntil(lambda: bool(view.page.preview.data))
    press(qtbot, view.page.agree_button)
    # It is approved with a PIN over the very pages, on a page of its own.
    assert desk.city.context.opened[-1] == ("coercive", {"document_id": held})
    qtbot.waitUntil(lambda: view.shown_page == "list" and listed(view) == {held})
    with desk.engine.connect() as connection:
        assert row_of(connection, held).state == "checking"


@pytest.mark.qt_log_ignore(PDF)
def test_a_return_needs_a_reason(qtbot: QtBot, desk: Office) -> None:
    made = reply(desk)
    view = open_view(qtbot, desk, "leader")
    view.apply({"document_id": made})
    qtbot.waitUntil(view.page.agree_button.isEnabled)
    assert not view.page.refuse_button.isEnabled()
    qtbot.keyClicks(view.page.words, "figures are wrong")
    press(qtbot, view.page.refuse_button)
    qtbot.waitUntil(lambda: view.shown_page == "list")
    with desk.engine.connect() as connection:
        assert row_of(connection, made).state == "draft"
        act = table("document_act")
        (row,) = connection.execute(act.select().where(act.c.act == "return")).all()
        assert (row.person_id, row.body) == (desk.people["leader"], "figures are wrong")


@pytest.mark.qt_log_ignore(PDF)
def test_the_wrong_signer_learns_why_and_who_can(qtbot: QtBot, desk: Office) -> None:
    held = detention(desk)
    view = open_view(qtbot, desk, "chief")
    view.apply({"document_id": held})
    qtbot.waitUntil(lambda: "不能办理" in view.page.reason.text())
    assert "可以审批的有：院长丁" in view.page.reason.text()
    assert not view.page.agree_button.isEnabled()


def test_ordinary_documents_are_agreed_to_at_once(qtbot: QtBot, desk: Office) -> None:
    first, second = reply(desk), reply(desk, "另一件")
    view = open_view(qtbot, desk, "leader")
    qtbot.waitUntil(lambda: listed(view) == {first, second})
    assert not view.batch_button.isEnabled()
    select(view, first, second)
    press(qtbot, view.batch_button)
    accept(qtbot, dialog(view, "batch_confirm"))
    qtbot.waitUntil(lambda: not listed(view))
    with desk.engine.connect() as connection:
        assert {row_of(connection, one).state for one in (first, second)} == {"signing"}


@pytest.mark.qt_log_ignore(PDF)
def test_a_batch_with_a_coercive_one_is_refused_and_decided_one_by_one(
    qtbot: QtBot, desk: Office
) -> None:
    held, other = detention(desk), detention(desk, "5")
    view = open_view(qtbot, desk, "president")
    qtbot.waitUntil(lambda: listed(view) == {held, other})
    select(view, held, other)
    assert "不得批量审批" in view.batch_note.text()
    press(qtbot, view.batch_button)
    shown = dialog(view, "batch_refused")
    words = "".join(label.text() for label in shown.findChildren(QLabel))
    assert "拘留决定书属于罚款、拘传、拘留，不得批量审批，须逐件查看后办理。" in words
    with desk.engine.connect() as connection:
        assert {row_of(connection, one).state for one in (held, other)} == {"checking"}
    accept(qtbot, shown)
    for number in (1, 2):
        qtbot.waitUntil(lambda: view.page.place.text().startswith(f"{number} of 2"))  # noqa: B023
        qtbot.waitUntil(view.page.agree_button.isEnabled)
        press(qtbot, view.page.agree_button)
    qtbot.waitUntil(lambda: view.shown_page == "list")
    opened = [params for panel, params in desk.city.context.opened if panel == "coercive"]
    assert {one["document_id"] for one in opened} == {held, other}
    with desk.engine.connect() as connection:
        assert {row_of(connection, one).state for one in (held, other)} == {"checking"}


def test_in_a_batch_what_a_colleague_decided_takes_nothing_from_the_rest(
    qtbot: QtBot, desk: Office
) -> None:
    first, second = reply(desk), reply(desk, "另一件")
    view = open_view(qtbot, desk, "leader")
    qtbot.waitUntil(lambda: listed(view) == {first, second})
    select(view, first, second)
    press(qtbot, view.batch_button)
    shown = dialog(view, "batch_confirm")
    with desk.engine.begin() as connection:  # not announced yet
        send_back(connection, desk.act(connection, first, "leader", "数据有误"))
    accept(qtbot, shown)
    left = dialog(view, "batch_left")
    assert "尚未送审" in "".join(label.text() for label in left.findChildren(QLabel))
    left.close()
    with desk.engine.connect() as connection:
        assert row_of(connection, first).state == "draft"
        assert row_of(connection, second).state == "signing"


@pytest.mark.qt_log_ignore(PDF)
def test_when_somebody_else_decided_the_page_says_who_and_keeps_what_was_typed(
    qtbot: QtBot, desk: Office
) -> None:
    made = reply(desk)
    view = open_view(qtbot, desk, "leader")
    view.apply({"document_id": made})
    qtbot.waitUntil(view.page.agree_button.isEnabled)
    qtbot.keyClicks(view.page.words, "one remark")
    other = desk.put(
        "person", court_id=desk.city.court, name="另一组长", post="quota_judge", quota=1
    )
    with desk.engine.begin() as connection:
        member = table("membership")
        team = connection.execute(
            member.select().where(member.c.person_id == desk.people["leader"])
        ).first()
        assert team is not None
    desk.city.put(
        "membership", person_id=other, team_id=team.team_id, role="leader", from_on="2025-01-01"
    )
    desk.people["other"] = other
    write(desk, lambda c: pass_stage(c, desk.act(c, made, "other"), Stage.REVIEW))
    qtbot.waitUntil(lambda: "另一组长已于" in view.page.settled.text())
    assert "审核通过" in view.page.settled.text()
    assert not view.page.agree_button.isEnabled()
    assert view.page.words.toPlainText() == "one remark"


@pytest.mark.qt_log_ignore(PDF)
def test_a_decision_on_words_that_changed_meanwhile_is_refused(qtbot: QtBot, desk: Office) -> None:
    made = reply(desk)
    view = open_view(qtbot, desk, "leader")
    view.apply({"document_id": made})
    qtbot.waitUntil(view.page.agree_button.isEnabled)
    with desk.engine.begin() as connection:  # not announced yet
        values = {**REPLY, "body": "不同意。"}
        desk.draft(connection, "reply_letter", values=values, facts={}, document_id=made)
    press(qtbot, view.page.agree_button)
    qtbot.waitUntil(lambda: any("内容已有改动" in words for _, words in desk.city.context.notices))
    assert view.shown_page == "item"
    with desk.engine.connect() as connection:
        assert row_of(connection, made).state == "checking"


@pytest.mark.qt_log_ignore(PDF)
def test_standing_in_is_shown_with_its_power(qtbot: QtBot, desk: Office) -> None:
    held = detention(desk)

    def power(connection: Connection) -> None:
        made = delegate(
            connection,
            Power(
                *(desk.people["president"], desk.people["vice_president"], Post.PRESIDENT),
                *(TODAY, TODAY, "洛中法〔2026〕31号"),
            ),
        )
        settle_power(connection, Verdict(made, True, desk.people["chief"], AT))

    write(desk, power)
    view = open_view(qtbot, desk, "vice_president")
    assert not listed(view)
    away = {"from_on": TODAY.isoformat(), "to_on": TODAY.isoformat(), "kind": "leave"}
    desk.city.put("absence", person_id=desk.people["president"], **away)
    view.live.ask()
    qtbot.waitUntil(lambda: listed(view) == {held})
    assert view.items[0].for_whom == "院长院长丁"
    view.apply({"document_id": held})
    wanted = "代 院长院长丁 办理，授权书 洛中法〔2026〕31号"
    qtbot.waitUntil(lambda: view.page.standing_in.text().startswith(wanted))
    assert "由局长乙同意" in view.page.standing_in.text()


def test_a_delegation_and_a_change_wait_for_another_person(qtbot: QtBot, desk: Office) -> None:
    people = desk.people

    def both(connection: Connection) -> tuple[str, str]:
        given = Power(
            *(people["president"], people["vice_president"], Post.PRESIDENT),
            *(TODAY, TODAY, "洛中法〔2026〕31号"),
        )
        steps = ((Stage.DRAFT, "group:general.member"), (Stage.SIGN, "post:vice_president"))
        wanted = Change("notice", steps, TODAY, None, "洛中法〔2026〕9号", people["chief"], AT)
        return delegate(connection, given), propose(connection, wanted)

    power, change = write(desk, both)
    view = open_view(qtbot, desk, "president")
    qtbot.waitUntil(lambda: listed(view) == {change})
    sit(desk, "clerk")
    view.live.ask()
    qtbot.waitUntil(lambda: not listed(view))
    sit(desk, "chief")
    view.live.ask()
    qtbot.waitUntil(lambda: listed(view) == {power})
    view.apply({"kind": "delegation", "id": power})
    qtbot.waitUntil(view.page.agree_button.isEnabled)
    press(qtbot, view.page.agree_button)
    qtbot.waitUntil(lambda: view.shown_page == "list" and not listed(view))
    sit(desk, "president")
    view.apply({"kind": "change", "id": change})
    qtbot.waitUntil(view.page.agree_button.isEnabled)
    facts = "".join(label.text() for label in view.page.facts.findChildren(QLabel))
    assert "签发：副院长" in facts
    press(qtbot, view.page.refuse_button)
    qtbot.waitUntil(lambda: view.shown_page == "list")
    with desk.engine.connect() as connection:
        states = connection.execute(table("signing_rule").select()).all()
    assert {row.state for row in states} == {"refused"}


@pytest.mark.qt_log_ignore(PDF)
def test_an_objection_waits_for_whoever_makes_the_circular(qtbot: QtBot, desk: Office) -> None:
    court = desk.city.other_court

    def act(connection: Connection) -> str:
        made = desk.draft(connection)
        asked = desk.act(connection, made, "clerk")
        ask_replies(connection, AskReplies(asked, (court,), TODAY))
        return object_to(connection, Objection(made, court, "数字有误。", None, AT))

    objection = write(desk, act)
    view = open_view(qtbot, desk, "clerk")
    qtbot.waitUntil(lambda: [one.kind for one in view.items] == [Kind.OBJECTION])
    view.apply({"kind": "objection", "id": objection})
    qtbot.waitUntil(view.page.agree_button.isEnabled)
    press(qtbot, view.page.agree_button)
    with desk.engine.connect() as connection:
        document_id = connection.execute(table("objection").select()).one().document_id
    assert desk.city.context.opened[-1] == ("documents", {"document_id": document_id})
    qtbot.keyClicks(view.page.words, "checked again")
    press(qtbot, view.page.refuse_button)
    qtbot.waitUntil(lambda: view.shown_page == "list" and not listed(view))


def test_nobody_at_the_desk_is_told_why_the_inbox_is_empty(qtbot: QtBot, desk: Office) -> None:
    view = open_view(qtbot, desk, "clerk")
    desk.city.context.who = Who(None, "", "")
    view.live.ask()
    qtbot.waitUntil(lambda: "尚未设定在座人员" in view.reason.text())


@pytest.mark.qt_log_ignore(PDF)
def test_a_signature_is_given_from_the_inbox(qtbot: QtBot, desk: Office, tmp_path: Path) -> None:
    specimen = make_specimen("虚构市中级人民法院", "仅供测试-7", from_=AT - timedelta(days=30))
    (tmp_path / "court.p12").write_bytes(specimen.bundle)
    desk.city.context.settings["signing_certificate"] = str(tmp_path / "court.p12")
    made = write(desk, lambda connection: _ready(desk, connection))
    view = open_view(qtbot, desk, "chief")
    qtbot.waitUntil(lambda: listed(view) == {made})
    view.table.row_activated.emit(view.table.data_model.id_at(0))
    qtbot.waitUntil(view.page.agree_button.isEnabled)
    press(qtbot, view.page.agree_button)
    assert view.shown_page == "sign"
    box = view.signing
    assert box is not None
    qtbot.waitUntil(lambda: bool(box.preview.data) and box.sign_button.isVisible())
    box.pin.setText("仅供测试-7")
    with qtbot.waitSignal(box.signed):
        qtbot.mouseClick(box.sign_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.shown_page == "list" and not listed(view))
    with desk.engine.connect() as connection:
        assert row_of(connection, made).state == "signed"


def _ready(desk: Office, connection: Connection) -> str:
    made = desk.draft(connection)
    desk.ready(connection, made)
    return made


def test_three_judges_vote_on_the_page_and_a_dissent_needs_an_opinion(
    qtbot: QtBot, tmp_path: Path
) -> None:
    bench = with_a_panel(tmp_path)
    desk, made = bench.desk, bench.ruling()
    view = open_view(qtbot, desk, "third")
    view.apply({"document_id": made})
    qtbot.waitUntil(view.page.agree_button.isEnabled)
    facts = "".join(label.text() for label in view.page.facts.findChildren(QLabel))
    assert "裁判first（审判长）" in facts
    assert "三名法官组成合议庭" in view.page.law.text()
    assert not view.page.refuse_button.isEnabled()
    qtbot.keyClicks(view.page.words, "the facts are not clear")
    press(qtbot, view.page.refuse_button)
    qtbot.waitUntil(lambda: view.shown_page == "list")
    assert not listed(view)
    for who in ("second", "first"):
        sit(desk, who)
        view.apply({"document_id": made})
        qtbot.waitUntil(view.page.agree_button.isEnabled)
        press(qtbot, view.page.agree_button)
        qtbot.waitUntil(lambda: view.shown_page == "list")
    assert bench.state(made) == "signing"
    view.apply({"document_id": made})
    qtbot.waitUntil(lambda: "合议表决：不同意" in view.page.acts.as_text())
    assert "the facts are not clear" in view.page.acts.as_text()


def test_a_brief_and_an_answered_letter_wait_for_whom_they_ask(qtbot: QtBot, desk: Office) -> None:
    people = desk.people
    brief = desk.put(
        "matter",
        kind="brief",
        title="拍卖流拍两次",
        maker_id=people["chief"],
        raised_on="2026-11-20",
        body="无人竞买。",
        advice="以物抵债。",
        asked_of="president",
        submitted_on="2026-11-20",
    )
    letter = desk.put(
        "supervision_letter",
        case_id=desk.city.late_case,
        node_code="N11",
        subject="",
        year=2026,
        level="red",
        basis="依据",
        facts="事实",
        demand="要求",
        addressee_id=people["judge"],
        issuer_id=people["leader"],
        reply_by="2026-11-25",
        state="replied",
        replied_on="2026-11-22",
        reply="已反馈。",
    )
    view = open_view(qtbot, desk, "president")
    qtbot.waitUntil(lambda: listed(view) == {brief})
    for who, mine in (("vice_president", set()), ("chief", set()), ("leader", {letter})):
        sit(desk, who)
        view.live.ask()
        qtbot.waitUntil(lambda mine=mine: listed(view) == mine)  # type: ignore[misc]
    view.apply({"kind": "reply", "id": letter})
    qtbot.waitUntil(view.page.agree_button.isEnabled)
    press(qtbot, view.page.agree_button)
    assert desk.city.context.opened[-1] == ("supervision", {"letter_id": letter})
    sit(desk, "president")
    view.apply({"kind": "brief", "id": brief})
    qtbot.waitUntil(lambda: view.page.title.text() == "拍卖流拍两次")
    press(qtbot, view.page.agree_button)
    assert desk.city.context.opened[-1] == ("matters", {"matter_id": brief})


@pytest.mark.qt_log_ignore(PDF)
def test_what_is_sealed_is_not_told_beside_the_document(qtbot: QtBot, desk: Office) -> None:
    held = detention(desk)
    with desk.engine.begin() as connection:
        connection.execute(table("case").update().values(sealed=1))
    view = open_view(qtbot, desk, "president")
    view.apply({"document_id": held})
    qtbot.waitUntil(view.page.agree_button.isEnabled)
    facts = "".join(label.text() for label in view.page.facts.findChildren(QLabel))
    assert "已封存" in facts
    assert "云杉商贸有限公司" not in facts

"""Every kind of document through the real panel: made, previewed, through its course, sent."""

import hashlib
from io import BytesIO

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt

from desktop.documents.figures_draft import NewOverdue, NewWeekly, make_overdue, make_weekly
from desktop.documents.kinds import kinds
from desktop.documents.replies import (
    Agreement,
    AskReplies,
    Objection,
    agree,
    ask_replies,
    object_to,
)
from desktop.evidence.overdue_snapshot import STRUCK
from desktop.evidence.overdue_taking import TakeOverdue, take_overdue
from desktop.evidence.taking import take
from desktop.evidence.week import proposed
from desktop.panels.documents.possible import Do
from desktop.panels.documents.rules import COUNTED
from tests.documents.office import AT
from tests.panels.documents.desk import DRAFTER, TYPED, Desk
from tests.panels.real_city import TODAY

COERCIVE = ("fine_decision", "summons", "detention_decision")


def test_every_kind_is_typed_here_or_counted_elsewhere() -> None:
    assert set(TYPED) | set(COUNTED) == set(kinds().by_code)


@pytest.mark.parametrize("kind", sorted(TYPED))
def test_a_kind_goes_from_form_to_receipt(desk: Desk, kind: str) -> None:
    view = desk.view
    if kind == "announcement":
        for fault in ("service_failed_direct", "service_failed_mail"):
            desk.city.put("node_event", case_id=desk.city.late_case, kind=fault, on="2026-11-01")
    desk.sit(DRAFTER.get(kind, "assistant"))
    desk.draft(kind, desk.city.late_case if kinds().kind(kind).case else "")
    assert desk.state() == "draft"
    assert view.page.preview.data.startswith(b"%PDF-")
    desk.press(Do.SUBMIT)
    passed = desk.through_stages()
    assert ("president" in passed) == (kind in COERCIVE)
    assert desk.state() == "signing"
    desk.number_and_sign("chief" if kind in DRAFTER else "judge")
    assert desk.state() == "signed"
    page = view.page.page
    assert page is not None
    assert page.number.startswith(kinds().kind(kind).series + "〔2026〕1号")
    assert hashlib.sha256(view.page.preview.data).hexdigest() == page.fingerprints[1]
    desk.sit(DRAFTER.get(kind, "assistant"))
    desk.press(Do.ISSUE)
    whom = desk.dialog("whom_dialog")
    if not page.shared:
        whom.courts.set_selected([desk.city.court])
    desk.accept(whom)
    assert desk.state() == "issued"
    assert view.page.page is not None
    assert view.page.page.receipts


@pytest.mark.parametrize("kind", COERCIVE)
def test_nobody_but_the_president_approves_what_takes_freedom_or_money(
    desk: Desk, kind: str
) -> None:
    desk.sit("assistant")
    desk.draft(kind, desk.city.late_case)
    desk.press(Do.SUBMIT)
    for who in ("leader", "chief", "judge", "vice_president", "assistant", "clerk"):
        assert not desk.may(who, Do.PASS)
        button = desk.view.page.bar.buttons[Do.PASS]
        assert not button.isEnabled()
        assert "院长" in button.toolTip()
        assert desk.view.page.hint.isVisible()
        assert desk.view.page.hint.text() == button.toolTip()
        desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert desk.state() == "checking"
    assert desk.may("president", Do.PASS)
    assert not desk.view.page.hint.isVisible()


def walk(desk: Desk) -> None:
    """From a draft on show to its receipts: leader, chief, then the group's clerk."""
    desk.press(Do.SUBMIT)
    assert desk.through_stages() == ["leader"]
    desk.number_and_sign("chief")
    desk.sit("clerk")
    desk.press(Do.ISSUE)
    desk.accept(desk.dialog("whom_dialog"))
    assert desk.state() == "issued"
    desk.press(Do.REPRODUCE)
    assert desk.view.page.proof.verdict.accessibleName() == "the same"


def seen_by_the_court(desk: Desk, made: str) -> None:
    """The court looks at its rows and has no objection; the page is read anew."""
    court = desk.city.court
    with desk.office.engine.begin() as connection:
        act = desk.office.act(connection, made, "clerk")
        ask_replies(connection, AskReplies(act, (court,), TODAY))
        agree(connection, Agreement(made, court, desk.office.people["outsider"], act.at))
    desk.view.apply({"document_id": made})


def test_a_circular_of_overdue_nodes_goes_its_course_and_is_replaced(desk: Desk) -> None:
    wanted = TakeOverdue(day=TODAY, taken_at=AT, named={})
    with desk.office.engine.begin() as connection:
        snapshot = take_overdue(connection, desk.city.law, wanted)
        made = make_overdue(connection, NewOverdue(snapshot, desk.office.people["clerk"], AT))
    desk.view.apply({"document_id": made})
    pages = desk.view.page.preview.data
    assert "2962" in "".join(one.extract_text() for one in PdfReader(BytesIO(pages)).pages)
    seen_by_the_court(desk, made)
    walk(desk)
    desk.press(Do.SUPERSEDE)
    desk.accept(desk.dialog("freeze_dialog"))
    assert desk.view.page.document_id != made
    assert desk.state() == "draft"
    assert "替代洛中法执通〔2026〕1号" in desk.view.page.stamp.text()


def test_a_weekly_circular_goes_its_course_and_is_replaced(desk: Desk) -> None:
    week = proposed(TODAY)
    with desk.office.engine.begin() as connection:
        snapshot = take(connection, desk.city.law, week, AT, None)
        made = make_weekly(connection, NewWeekly(snapshot, desk.office.people["clerk"], AT))
    desk.view.apply({"document_id": made})
    desk.press(Do.EDIT)
    assert desk.context.opened[-1] == ("weekly", {"document_id": made})
    seen_by_the_court(desk, made)
    walk(desk)
    desk.press(Do.SUPERSEDE)
    desk.accept(desk.dialog("freeze_dialog"))
    assert desk.view.page.document_id != made
    assert "替代洛中法执信通〔2026〕1号" in desk.view.page.stamp.text()
    seen_by_the_court(desk, desk.view.page.document_id)
    desk.press(Do.SUBMIT)
    assert desk.through_stages() == ["leader"]
    desk.number_and_sign("chief")
    desk.sit("clerk")
    desk.press(Do.ISSUE)
    desk.accept(desk.dialog("whom_dialog"))
    desk.view.open_document(made)
    assert desk.state() == "recalled"


def test_objections_to_figures_are_made_beside_the_figures(desk: Desk) -> None:
    wanted = TakeOverdue(day=TODAY, taken_at=AT, named={})
    with desk.office.engine.begin() as connection:
        snapshot = take_overdue(connection, desk.city.law, wanted)
        made = make_overdue(connection, NewOverdue(snapshot, desk.office.people["clerk"], AT))
    desk.view.apply({"document_id": made})
    desk.press(Do.ASK_REPLIES)
    whom = desk.dialog("whom_dialog")
    whom.courts.set_selected([desk.city.court, desk.city.other_court])
    desk.accept(whom)
    desk.sit("outsider")
    desk.press(Do.OBJECT)
    assert desk.context.opened[-1] == ("weekly", {"document_id": made, "step": "replies"})
    row = next(one for one in snapshot.rows if one.court_id == desk.city.court)
    said = Objection(
        made, desk.city.court, "当日已经办结", desk.office.people["outsider"], AT, row.key, STRUCK
    )
    with desk.office.engine.begin() as connection:
        object_to(connection, said)
    desk.sit("clerk")
    found = desk.view.page.page.objections
    assert len(found) == 1
    assert "2962" in found[0].about
    assert "不应通报" in found[0].about
    desk.view.page.replies.answer_asked.emit(found[0].id, True)
    answer = desk.dialog("answer_dialog")
    answer.form.field("note").set_value("经核对属实，予以更正")
    desk.accept(answer)
    assert desk.view.page.page.objections[0].decision == "accepted"
    assert len(desk.view.page.page.versions) == 2
    assert "更正" in desk.view.page.versions.changes.toPlainText()

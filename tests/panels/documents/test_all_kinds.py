"""Every kind of document through the real panel: made, previewed, through its course, sent."""

import hashlib
import os
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from sqlalchemy import select

from desktop.circulars.official import Head, Official
from desktop.documents.course import waiting_for
from desktop.documents.figures_draft import NewOverdue, NewWeekly, make_overdue, make_weekly
from desktop.documents.filling import fill
from desktop.documents.kinds import kinds
from desktop.documents.pages import rendered
from desktop.documents.replies import (
    Agreement,
    AskReplies,
    Objection,
    agree,
    ask_replies,
    object_to,
)
from desktop.errors import UserError
from desktop.evidence.overdue_snapshot import STRUCK
from desktop.evidence.overdue_taking import TakeOverdue, take_overdue
from desktop.evidence.taking import take
from desktop.evidence.week import proposed
from desktop.panels.documents.commands import DraftArgs, save_document
from desktop.panels.documents.possible import Do
from desktop.panels.documents.queries import open_documents
from desktop.panels.documents.rules import COUNTED
from storage.schema import table
from tests.documents.office import AT
from tests.panels.documents.desk import DRAFTER, JUDGES, TYPED, Desk
from tests.panels.real_city import TODAY

COERCIVE = ("fine_decision", "summons", "detention_decision")


def test_every_kind_is_typed_here_or_counted_elsewhere() -> None:
    assert set(TYPED) | set(COUNTED) == set(kinds().by_code)


# Whom the matrix lets pass what comes between draft and signature, and who signs.
PASSED: dict[str, list[str]] = {
    **{kind: ["president"] for kind in COERCIVE},
    "reply_letter": ["leader"],
    "extension_approval": ["president"],
    "disbursement": ["chief"],
    "programme_closure_ruling": ["first", "second", "third", "president"],
    "objection_ruling": ["first", "second", "third"],
    "review_ruling": ["first", "second", "third"],
    "petition_answer": ["first", "second", "third"],
    "auction_parameters": ["first", "second", "third"],
    "major_matter": ["first", "second", "third", "president"],
}
SIGNS = {
    **dict.fromkeys(("notice", "reply_letter", "outside_police"), "chief"),
    **dict.fromkeys(
        ("programme_closure_ruling", "objection_ruling", "review_ruling", "petition_answer"),
        "first",
    ),
    **dict.fromkeys(("search_warrant", "eviction_announcement", "consumption_order"), "president"),
}
# Papers for the file, which nobody signs, and what they are once all stages are done.
SETTLED = {
    "auction_parameters": "已议定",
    "major_matter": "已批准",
    "extension_approval": "已批准",
    "disbursement": "已批准",
}
# Rulings on money are drafted by the judge himself; so is what asks for police.
BY_JUDGE = ("control_ruling", "deduction_ruling", "sale_confirmation", "outside_police")


def drafter(kind: str) -> str:
    return "judge" if kind in BY_JUDGE else DRAFTER.get(kind, "assistant")


def sent(desk: Desk, kind: str) -> None:
    """Typed, stored and sent on by whoever drafts it."""
    if kind == "announcement":
        for fault in ("service_failed_direct", "service_failed_mail"):
            desk.city.put("node_event", case_id=desk.city.late_case, kind=fault, on="2026-11-01")
    desk.sit(drafter(kind))
    desk.draft(kind, desk.city.late_case if kinds().kind(kind).case else "")
    assert desk.state() == "draft"
    assert desk.view.page.preview.data.startswith(b"%PDF-")
    keep_pages(desk, kind)
    desk.press(Do.SUBMIT)
    assert desk.through_stages() == PASSED.get(kind, [])


def keep_pages(desk: Desk, kind: str) -> None:
    """For whoever wants to look at them."""
    folder = os.environ.get("EDESK_TEST_PAGES")
    if folder:
        Path(folder, f"{kind}.pdf").write_bytes(desk.view.page.preview.data)


@pytest.mark.parametrize("kind", sorted(set(TYPED) - set(SETTLED)))
def test_a_kind_goes_from_form_to_receipt(desk: Desk, kind: str) -> None:
    view = desk.view
    sent(desk, kind)
    assert desk.state() == "signing"
    desk.number_and_sign(SIGNS.get(kind, "judge"))
    assert desk.state() == "signed"
    page = view.page.page
    assert page is not None
    assert page.number.startswith(kinds().kind(kind).series + "〔2026〕1号")
    assert hashlib.sha256(view.page.preview.data).hexdigest() == page.fingerprints[1]
    desk.sit(drafter(kind))
    desk.press(Do.ISSUE)
    whom = desk.dialog("whom_dialog")
    if not page.shared:
        whom.courts.set_selected([desk.city.court])
    desk.accept(whom)
    assert desk.state() == "issued"
    assert view.page.page is not None
    assert view.page.page.receipts


@pytest.mark.parametrize("kind", ["property_order", "property_form"])
@pytest.mark.parametrize("made_on", [None, TODAY])
@pytest.mark.parametrize("debtors", ["云杉商贸有限公司", "示范房地产开发有限公司、王某某、赵某某"])
def test_what_a_debtor_fills_in_is_one_page(kind: str, made_on: date | None, debtors: str) -> None:
    words = {"case_number": "（2026）豫0381执2962号", "debtors": debtors, "applicants": debtors}
    filled = fill(kinds().kind(kind).template_on(TODAY), TYPED[kind], words)
    made = Official(
        head=Head(kinds().kind(kind).mark, "执财〔2026〕12号"),
        title=filled.title,
        to=filled.to,
        body=filled.body,
        organ=kinds().organ,
        made_on=made_on,
        note="" if made_on else "草稿，未签发，不具效力",
        form=kinds().kind(kind).form,
    )
    assert len(PdfReader(BytesIO(rendered(made))).pages) == 1


@pytest.mark.parametrize("kind", sorted(SETTLED))
def test_what_nobody_signs_is_settled_once_its_stages_are_done(desk: Desk, kind: str) -> None:
    sent(desk, kind)
    assert desk.view.page.page is not None
    assert desk.view.page.page.style == ("done", SETTLED[kind])
    assert not desk.view.page.hint.isVisible()
    page = desk.view.page.page
    assert page is not None
    assert not page.possible
    text = "".join(
        one.extract_text() for one in PdfReader(BytesIO(desk.view.page.preview.data)).pages
    )
    assert f"{SETTLED[kind]}，存卷备查" in "".join(text.split())
    assert "草稿" not in text
    document = page.id
    desk.view.page.left.emit()
    row = desk.rows(desk.view.list, 1)[0]
    assert row["state"] == ("done", SETTLED[kind])
    assert not row["waits"]
    with desk.office.engine.begin() as connection:
        assert open_documents(connection, TODAY) == (0, "")
        for person in desk.office.people.values():
            assert waiting_for(connection, person, desk.office.clock) == []
        changed = DraftArgs(
            kind,
            desk.city.late_case,
            {**TYPED[kind], "reason": "另写。", "opinion": "另写。"},
            desk.office.people["assistant"],
            AT,
            document,
            seats=tuple(desk.office.people[one] for one in ("first", "second", "third")),
        )
        known = {one.key for one in kinds().kind(kind).template_on(TODAY).fields}
        values = {key: text for key, text in changed.values.items() if key in known}
        with pytest.raises(UserError, match="各环节已经办完"):
            save_document(connection, replace(changed, values=values))


def test_whoever_executed_is_not_offered_and_refused(desk: Desk) -> None:
    desk.sit("assistant")
    desk.view.apply({"new": "1", "kind": "objection_ruling", "case_id": desk.city.late_case})
    bench = desk.view.form.bench
    assert bench is not None
    offered = {bench.boxes[0].itemText(n) for n in range(bench.boxes[0].count())}
    assert offered == set(JUDGES)
    desk.type_in(TYPED["objection_ruling"])
    desk.seat("裁判甲", "裁判甲", "裁判乙")
    form = desk.view.form.form
    assert form is not None
    desk.qtbot.mouseClick(form.submit_button, Qt.MouseButton.LeftButton)
    assert desk.view.shown_page == "form"
    people = desk.office.people
    args = DraftArgs(
        "objection_ruling", desk.city.late_case, TYPED["objection_ruling"], people["assistant"], AT
    )
    refused = {
        ("judge", "first", "second"): "顾长风曾办理本案的执行实施",
        ("first", "second"): "现为2名",
        ("first", "second", "second"): "现为2名",
        ("first", "second", "leader"): "温如松不是可以参加",
        ("first", "second", "assistant"): "白临川不是可以参加",
    }
    for seats, sentence in refused.items():
        ids = tuple(people[one] for one in seats)
        with (
            pytest.raises(UserError, match=sentence),
            desk.office.engine.begin() as connection,
        ):
            save_document(connection, replace(args, seats=ids))


def test_two_votes_against_make_it_a_draft_again(desk: Desk) -> None:
    desk.sit("assistant")
    desk.draft("review_ruling", desk.city.late_case)
    desk.press(Do.SUBMIT)
    desk.sit("first")
    desk.press(Do.PASS)
    desk.accept(desk.dialog("pass_dialog"))
    for who in ("second", "third"):
        desk.sit(who)
        assert desk.view.page.bar.buttons[Do.RETURN].text() == "Vote against…"
        desk.press(Do.RETURN)
        against = desk.dialog("return_dialog")
        against.form.field("note").set_value("证据不足")
        desk.accept(against)
    with desk.office.engine.connect() as connection:
        said = [one.body for one in connection.execute(select(table("document_act"))).all()]
    assert [one for one in said if one] == ["同意", "不同意：证据不足", "不同意：证据不足"]
    assert desk.state() == "draft"
    desk.sit("assistant")
    desk.press(Do.EDIT)
    assert desk.view.form.bench is not None
    assert desk.view.form.bench.names() == list(JUDGES)
    desk.seat("裁判乙", "裁判甲", "裁判丙")
    assert desk.view.form.form is not None
    desk.qtbot.mouseClick(desk.view.form.form.submit_button, Qt.MouseButton.LeftButton)
    page = desk.view.page.page
    assert page is not None
    assert set(page.versions[-1].changed) == {"合议庭", "案件信息"}
    pages = PdfReader(BytesIO(desk.view.page.preview.data)).pages
    words = "".join("".join(one.extract_text() for one in pages).split())
    assert "审判长裁判乙审判员裁判甲审判员裁判丙" in words


def test_a_document_of_a_sealed_case_waits_for_the_purpose(desk: Desk) -> None:
    desk.sit("assistant")
    made = desk.draft("property_order", desk.city.late_case)
    desk.view.page.left.emit()
    with desk.office.engine.begin() as connection:
        connection.execute(table("case").update().values(sealed=1))
    desk.view.apply({"document_id": made})
    assert desk.view.shown_page == "list"
    assert desk.view.page.page is None
    asked = {"document_id": made, "case_id": desk.city.late_case}
    assert desk.context.opened[-1] == ("documents", asked)
    desk.view.apply({"new": "1", "kind": "property_form"})
    desk.view.form.picker.chosen.emit(desk.city.late_case)
    wanted = {"new": "1", "kind": "property_form", "case_id": desk.city.late_case}
    assert desk.context.opened[-1] == ("documents", wanted)
    assert desk.view.form.form is None
    desk.view.apply(asked)  # as the desk does once the purpose is stated
    assert desk.view.shown_page == "document"
    assert desk.view.page.document_id == made
    with desk.office.engine.begin() as connection:
        connection.execute(table("case").update().values(sealed=0))
    count = len(desk.context.opened)
    desk.view.page.left.emit()
    desk.view.apply({"document_id": made})
    assert desk.view.shown_page == "document"
    assert len(desk.context.opened) == count


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

"""After the signature, by real clicks: issue, service, proof, recall, replacement, copies."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from desktop.documents.case_words import failed_ways
from desktop.documents.receipts import slips
from desktop.errors import UserError
from desktop.panels.documents.page_queries import DocumentPage
from desktop.panels.documents.possible import Do
from desktop.panels.documents.rules import Way
from desktop.panels.documents.service import Result, ServiceArgs, record_service
from storage.schema import table
from tests.documents.office import AT
from tests.panels.documents.desk import Desk
from tests.panels.real_city import TODAY


def page(desk: Desk) -> DocumentPage:
    found = desk.view.page.page
    assert found is not None
    return found


def signed(desk: Desk, kind: str = "notice") -> str:
    """A document that is signed, on show, with its drafter at the desk."""
    case, signer = ("", "chief") if kind == "notice" else (desk.city.late_case, "judge")
    drafter = "clerk" if kind == "notice" else "assistant"
    desk.sit(drafter)
    made = desk.draft(kind, case)
    desk.press(Do.SUBMIT)
    desk.through_stages()
    desk.number_and_sign(signer)
    desk.sit(drafter)
    return made


def issued(desk: Desk, kind: str = "notice", *persons: str) -> str:
    """The same, sent to all other courts, or to those persons."""
    made = signed(desk, kind)
    desk.press(Do.ISSUE)
    whom = desk.dialog("whom_dialog")
    if persons:
        whom.courts.set_selected([])
        whom.persons.set_selected([desk.office.people[who] for who in persons])
    desk.accept(whom)
    assert desk.state() == "issued"
    return made


def test_an_issue_needs_a_recipient_and_goes_to_the_other_courts(desk: Desk) -> None:
    signed(desk)
    desk.press(Do.ISSUE)
    whom = desk.dialog("whom_dialog")
    assert whom.courts.selected() == (desk.city.other_court,)
    whom.courts.set_selected([])
    desk.accept(whom)
    assert whom.isVisible()
    assert "没有选定" in whom.form.field("courts").error()
    assert desk.state() == "signed"
    whom.courts.set_selected([desk.city.other_court])
    desk.accept(whom)
    assert [one.name for one in page(desk).receipts] == ["示范市西城区人民法院"]
    assert "0/1" in desk.view.page.tabs.tabText(
        desk.view.page.tabs.indexOf(desk.view.page.receipts)
    )


def test_a_file_that_does_not_bear_its_number_is_not_issued(desk: Desk) -> None:
    signed(desk)
    own = desk.view.page.preview.data
    other = desk.view.form.preview.data  # the pages of the form: a draft without a number
    assert other.startswith(b"%PDF-")
    desk.view.page.preview.show_bytes(other)
    desk.view.page.bar.buttons[Do.ISSUE].click()
    assert desk.view.page.hint.isVisible()
    assert desk.context.notices[-1][0] == "error"
    desk.view.page.preview.show_bytes(own)
    desk.press(Do.ISSUE)
    desk.dialog("whom_dialog")


def test_who_neither_drafts_nor_signs_may_not_send_or_recall(desk: Desk) -> None:
    made = signed(desk)
    assert desk.may("chief", Do.ISSUE)
    assert not desk.may("outsider", Do.ISSUE)
    assert "可以" in page(desk).possible[Do.ISSUE].why
    assert desk.may("outsider", Do.VERIFY)
    desk.sit("clerk")
    assert desk.view.page.document_id == made
    desk.press(Do.ISSUE)
    desk.accept(desk.dialog("whom_dialog"))
    assert not desk.may("outsider", Do.RECALL)
    desk.sit("clerk")
    desk.press(Do.RECALL)
    dialog = desk.dialog("recall_dialog")
    dialog.form.field("note").set_value("内容有误")  # type: ignore[attr-defined]
    desk.accept(dialog)
    assert desk.state() == "recalled"
    assert desk.view.page.stamp.isVisible()
    assert "已撤销" in desk.view.page.stamp.text()
    assert page(desk).number == "洛中法执〔2026〕1号"


def test_made_again_shows_both_fingerprints(desk: Desk) -> None:
    signed(desk)
    desk.press(Do.REPRODUCE)
    tab = desk.view.page.proof
    assert desk.view.page.tabs.currentWidget() is tab
    half = page(desk).fingerprints[0][:32]
    assert tab.pages.text().startswith(half)
    assert tab.again.text().count(half) == 3
    assert tab.verdict.accessibleName() == "the same"


def test_the_stored_file_is_verified_as_any_other(desk: Desk) -> None:
    signed(desk)
    file = desk.view.page.preview.data
    desk.press(Do.VERIFY)
    assert desk.view.shown_page == "tools"
    found = list(Path(desk.context.documents_folder()).glob("洛中法执〔2026〕1号*.pdf"))
    assert len(found) == 1
    assert found[0].read_bytes() == file
    desk.qtbot.mouseClick(desk.view.tools.back_button, Qt.MouseButton.LeftButton)
    assert desk.view.shown_page == "document"


def test_any_file_is_verified_and_the_certificate_is_set_here(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "other.pdf"
    path.write_bytes(b"no document")
    desk.view.apply({"verify": str(path)})
    assert desk.view.shown_page == "tools"
    verify = desk.view.tools.current
    desk.view.apply({"setup": "1"})
    assert desk.view.tools.current is not verify
    assert desk.view.tools.title.text() == "Signing settings"
    desk.qtbot.mouseClick(desk.view.tools.back_button, Qt.MouseButton.LeftButton)
    assert desk.view.shown_page == "list"


def test_a_document_of_a_case_is_a_look_at_it(desk: Desk) -> None:
    desk.sit("assistant")
    desk.draft("property_order", desk.city.late_case)
    selected = desk.context.selection()
    assert selected is not None
    assert selected.case_id == desk.city.late_case
    desk.qtbot.mouseClick(desk.view.page.case_button, Qt.MouseButton.LeftButton)
    assert desk.context.opened[-1] == ("case_query", {"case_id": desk.city.late_case})


def test_a_new_version_replaces_and_stamps_the_old_one(desk: Desk) -> None:
    old = issued(desk)
    desk.press(Do.SUPERSEDE)
    new = desk.view.page.document_id
    assert new != old
    assert desk.state() == "draft"
    assert "替代洛中法执〔2026〕1号" in desk.view.page.stamp.text()
    desk.view.open_document(old)
    desk.press(Do.SUPERSEDE)
    assert "已经在办" in desk.context.notices[-1][1]
    desk.view.open_document(new)
    desk.press(Do.SUBMIT)
    desk.number_and_sign("chief")
    desk.sit("clerk")
    desk.press(Do.ISSUE)
    desk.accept(desk.dialog("whom_dialog"))
    desk.view.open_document(old)
    assert desk.state() == "recalled"
    assert "已由洛中法执〔2026〕2号替代" in desk.view.page.stamp.text()
    assert page(desk).style[1] == "已被替代"
    desk.view.list.show_params({})
    desk.view._go("list")
    states = {row["state"][1] for row in desk.rows(desk.view.list, 2)}
    assert states == {"已印发", "已被替代"}


def test_copies_of_several_documents_are_counted(desk: Desk) -> None:
    first = signed(desk)
    desk.view._go("list")
    second = signed(desk)
    desk.view._go("list")
    desk.draft("notice")
    desk.view.page.left.emit()
    table_view = desk.view.list.table
    desk.qtbot.waitUntil(lambda: desk.view.list.model.rowCount() == 3)
    table_view.selectAll()
    desk.view.list.print_chosen()
    box = desk.view.tools.current
    assert desk.view.shown_page == "tools"
    assert any("1 without" in text for _level, text in desk.context.notices)
    assert box is not None
    with desk.qtbot.waitSignal(box.printed):  # type: ignore[attr-defined]
        desk.qtbot.mouseClick(box.print_button, Qt.MouseButton.LeftButton)  # type: ignore[attr-defined]
    with desk.office.engine.connect() as connection:
        for made in (first, second):
            assert [slip.copies for slip in slips(connection, made)] == [(1,)]


def test_an_issued_notice_of_execution_is_a_fact_of_its_case(desk: Desk) -> None:
    issued(desk, "execution_notice", "assistant")
    event = table("node_event").c
    with desk.office.engine.connect() as connection:
        row = connection.execute(
            select(event.on, event.document_no, event.actor_id).where(
                event.case_id == desk.city.late_case, event.kind == "notice_issued"
            )
        ).one()
    assert row == (TODAY.isoformat(), "执通〔2026〕1号", desk.office.people["assistant"])


def serve(desk: Desk, way: Way, result: Result, **values: str) -> None:
    """Fills the form of the service page and presses it."""
    tab = desk.view.page.service
    desk.view.page.tabs.setCurrentWidget(tab)
    tab.form.set_values({"way": way.value, "result": result.value, **values})
    desk.qtbot.mouseClick(tab.form.submit_button, Qt.MouseButton.LeftButton)


def test_failed_service_opens_the_way_to_an_announcement(desk: Desk) -> None:
    issued(desk, "execution_notice", "assistant")
    tab = desk.view.page.service
    serve(desk, Way.DIRECT, Result.FAILED)
    assert "经过" in tab.form.field("whom").error()
    assert not page(desk).served
    serve(desk, Way.DIRECT, Result.FAILED, note="住所无人")
    serve(desk, Way.DIRECT, Result.FAILED, note="住所仍无人")
    serve(desk, Way.MAIL, Result.FAILED, note="拒收", receipt_no="EMS1")
    told = [one.note for one in page(desk).served]
    assert [note.split("　")[0] for note in told] == [
        "邮寄送达第3次未成功",
        "直接送达第2次未成功",
        "直接送达第1次未成功",
    ]
    serve(desk, Way.ELECTRONIC, Result.FAILED, note="邮箱不存在")
    assert any(one.what == "送达记事" and one.failed for one in page(desk).served)
    with desk.office.engine.connect() as connection:
        assert failed_ways(connection, desk.city.late_case) == {"direct", "mail"}
    issued(desk, "announcement", "assistant")
    serve(desk, Way.ANNOUNCED, Result.SERVED, receipt_no="公告报2026-11-23")
    assert "三十日" in desk.view.page.service.form.field("whom").error()
    made = desk.view.page.document_id
    later = AT + timedelta(days=30)
    args = ServiceArgs(
        made,
        Way.ANNOUNCED,
        Result.SERVED,
        later.date(),
        "云杉商贸有限公司",
        desk.office.people["assistant"],
        later,
        "公告报2026-11-23",
    )
    with desk.office.engine.begin() as connection:
        with pytest.raises(UserError, match="没有对“别人”发出公告"):
            record_service(connection, _for(args, "别人"))
        record_service(connection, args)
    desk.view.open_document(made)
    assert page(desk).served[0].what == "送达完成"


def _for(args: ServiceArgs, whom: str) -> ServiceArgs:
    from dataclasses import replace  # noqa: PLC0415  One use.

    return replace(args, whom=whom)


def test_service_needs_a_receipt_or_proof(desk: Desk, tmp_path: Path) -> None:
    issued(desk, "property_order", "assistant")
    tab = desk.view.page.service
    serve(desk, Way.MAIL, Result.SERVED)
    assert "回证号" in tab.form.field("whom").error()
    proof = tmp_path / "回证.jpg"
    proof.write_bytes(b"picture")
    tab.proof.read(proof)
    serve(desk, Way.MAIL, Result.SERVED)
    assert "凭证：回证.jpg" in page(desk).served[0].note
    file = table("document_file").c
    with desk.office.engine.connect() as connection:
        names = connection.execute(select(file.name).where(file.kind == "proof")).scalars().all()
    assert names == ["回证.jpg"]
    tab.form.field("on").set_value(date(2026, 1, 1))
    serve(desk, Way.MAIL, Result.SERVED, receipt_no="1")
    assert "不能早于" in tab.form.field("whom").error()


def test_courts_reply_before_the_signature(desk: Desk) -> None:
    desk.draft("notice")
    view = desk.view
    desk.press(Do.ASK_REPLIES)
    whom = desk.dialog("whom_dialog")
    desk.accept(whom)
    assert desk.state() == "replying"
    other = {"id": desk.city.other_handler}
    desk.office.people["other"] = other["id"]
    desk.sit("other")
    view.page.bar.buttons[Do.OBJECT].click()
    dialog = desk.dialog("objection_dialog")
    desk.accept(dialog)
    assert dialog.isVisible()
    dialog.form.set_values({"row_key": "第三条", "claimed": "十五日", "body": "期限过短"})  # type: ignore[attr-defined]
    desk.accept(dialog)
    assert [one.body for one in page(desk).objections] == ["期限过短"]
    assert not page(desk).answers.allowed
    desk.sit("clerk")
    desk.press(Do.SUBMIT)
    desk.sit("chief")
    view.page.bar.buttons[Do.NUMBER].click()
    sign = view.page.bar.buttons[Do.SIGN]
    assert not sign.isEnabled()
    assert "1 件异议" in sign.toolTip()
    view.page.replies.answer_asked.emit(page(desk).objections[0].id, False)
    answer = desk.dialog("answer_dialog")
    answer.form.field("note").set_value("经核对与记录不符，不予采纳")  # type: ignore[attr-defined]
    desk.accept(answer)
    assert page(desk).objections[0].decision == "rejected"
    assert sign.isEnabled()

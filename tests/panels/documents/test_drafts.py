"""Drafts by real clicks: kinds, fields, kept text, versions, tracked changes, the three papers."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit
from sqlalchemy import select

from desktop.documents.kinds import kinds
from desktop.panels.documents.possible import Do
from storage.schema import table
from tests.panels.documents.desk import TYPED, Desk


def test_all_faults_are_told_at_their_fields_in_one_pass(desk: Desk) -> None:
    view = desk.view
    view.apply({"new": "1", "kind": "notice"})
    form = view.form.form
    assert form is not None
    desk.type_in({"subject": "长" * 61, "to": "各院"})
    desk.qtbot.mouseClick(form.submit_button, Qt.MouseButton.LeftButton)
    assert view.shown_page == "form"
    assert "60" in form.field("subject").error()
    assert form.field("to").error() == ""
    assert form.field("body").error()
    assert form.field("reply_by").error()


def test_the_pages_show_what_is_typed_and_what_lacks(desk: Desk) -> None:
    view = desk.view
    view.apply({"new": "1", "kind": "notice"})
    before = view.form.preview.data
    assert before.startswith(b"%PDF-")
    desk.type_in(TYPED["notice"])
    form = view.form.form
    assert form is not None
    form.edited.emit(form.values())
    assert view.form.preview.data.startswith(b"%PDF-")
    assert view.form.preview.data != before


def test_typed_text_is_kept_and_comes_back(desk: Desk) -> None:
    view = desk.view
    view.apply({"new": "1", "kind": "notice"})
    key = view.form.draft_key
    form = view.form.form
    assert form is not None
    subject = form.findChild(QLineEdit, "subject")
    assert subject is not None
    desk.qtbot.keyClicks(subject, "abc")
    desk.qtbot.waitUntil(lambda: key in desk.context.drafts, timeout=2_000)
    desk.qtbot.keyClick(subject, Qt.Key.Key_Escape)
    assert view.shown_page == "list"
    view.apply({"new": "1", "kind": "notice"})
    assert view.form.form is not None
    assert view.form.form.values()["subject"] == "abc"
    assert view.form.afresh_button.isVisible()
    desk.qtbot.mouseClick(view.form.afresh_button, Qt.MouseButton.LeftButton)
    assert view.form.form.values()["subject"] == ""
    assert key not in desk.context.drafts


def test_a_stored_draft_forgets_what_was_typed(desk: Desk) -> None:
    desk.draft("notice")
    assert desk.context.drafts == {}
    assert "保存通知" in desk.context.labels


def test_who_may_not_draft_learns_who_can(desk: Desk) -> None:
    desk.sit("outsider")
    view = desk.view
    view.apply({"new": "1", "kind": "notice"})
    desk.type_in(TYPED["notice"])
    assert view.form.form is not None
    desk.qtbot.mouseClick(view.form.form.submit_button, Qt.MouseButton.LeftButton)
    assert view.shown_page == "form"
    assert "可以拟稿的有：" in view.form.problem.text()
    with desk.office.engine.connect() as connection:
        assert connection.execute(select(table("document").c.id)).all() == []


def test_versions_tell_author_note_and_tracked_changes(desk: Desk) -> None:
    desk.draft("notice")
    view = desk.view
    desk.press(Do.EDIT)
    assert view.shown_page == "form"
    form = view.form.form
    assert form is not None
    desk.type_in({"body": "请各院对本院案款作两次清理。"})
    note = form.field("_note").control
    note.set_value("按审核意见修改")  # type: ignore[attr-defined]
    desk.qtbot.mouseClick(form.submit_button, Qt.MouseButton.LeftButton)
    tab = view.page.versions
    view.page.tabs.setCurrentWidget(tab)
    assert tab.list.count() == 2
    assert "季书禾" in tab.list.item(1).text()
    assert "按审核意见修改" in tab.list.item(1).text()
    text = tab.changes.toPlainText()
    assert "正文" in text
    assert "一两次清理" in text
    at = text.index("一两次")
    cursor = tab.changes.textCursor()
    formats = []
    for place in (at + 1, at + 2, at + 3):
        cursor.setPosition(place)
        cursor.movePosition(QTextCursor.MoveOperation.NoMove)
        formats.append((cursor.charFormat().fontStrikeOut(), cursor.charFormat().fontUnderline()))
    assert formats == [(True, False), (False, True), (False, False)]
    # Any two: the other way round removal and addition change places.
    tab.before.setCurrentIndex(1)
    tab.after.setCurrentIndex(0)
    tab.after.activated.emit(0)
    assert "两一次清理" in tab.changes.toPlainText()


def test_changed_words_go_through_all_stages_again(desk: Desk) -> None:
    desk.sit("assistant")
    desk.draft("fine_decision", desk.city.late_case)
    desk.press(Do.SUBMIT)
    assert desk.through_stages() == ["president"]
    assert desk.state() == "signing"
    desk.sit("judge")
    desk.press(Do.RETURN)
    dialog = desk.dialog("return_dialog")
    desk.accept(dialog)
    assert dialog.isVisible()  # a reason is needed
    dialog.form.field("note").set_value("事实不清，请补充")  # type: ignore[attr-defined]
    desk.accept(dialog)
    assert desk.state() == "draft"
    assert any("退回" in step.headline for step in _page(desk).course)
    desk.sit("assistant")
    desk.press(Do.EDIT)
    desk.type_in({"facts": "虚假报告财产，隐匿车辆一台。"})
    assert desk.view.form.form is not None
    desk.qtbot.mouseClick(desk.view.form.form.submit_button, Qt.MouseButton.LeftButton)
    desk.press(Do.SUBMIT)
    assert not desk.may("judge", Do.PASS)
    assert desk.may("president", Do.PASS)


def _page(desk: Desk):  # type: ignore[no-untyped-def]
    page = desk.view.page.page
    assert page is not None
    return page


def test_one_click_makes_three_papers_of_a_case(desk: Desk) -> None:
    view = desk.view
    desk.sit("assistant")
    view.apply({"case_id": desk.city.late_case})
    bar = view.list
    desk.qtbot.waitUntil(bar.case_bar.isVisible)
    assert "执行通知书、报告财产令、财产申报表" in bar.case_words.text()
    desk.qtbot.mouseClick(bar.three_button, Qt.MouseButton.LeftButton)
    desk.qtbot.waitUntil(lambda: bar.model.rowCount() == 3)
    desk.qtbot.waitUntil(lambda: not bar.three_button.isVisible())
    document = table("document").c
    with desk.office.engine.connect() as connection:
        rows = connection.execute(select(document.kind, document.fields)).all()
    assert {row.kind for row in rows} == {"execution_notice", "property_order", "property_form"}
    assert all("云杉商贸有限公司" in row.fields for row in rows)
    assert desk.context.labels.count("制作首次送达的三份文书") == 1


def test_three_papers_leave_what_is_there(desk: Desk) -> None:
    desk.sit("assistant")
    desk.draft("property_order", desk.city.late_case)
    desk.view.apply({"case_id": desk.city.late_case})
    desk.qtbot.waitUntil(desk.view.list.case_bar.isVisible)
    desk.qtbot.mouseClick(desk.view.list.three_button, Qt.MouseButton.LeftButton)
    desk.qtbot.waitUntil(lambda: desk.view.list.model.rowCount() == 3)
    assert any("报告财产令" in text for _level, text in desk.context.notices)


def test_three_papers_are_for_the_team_of_the_case(desk: Desk) -> None:
    desk.view.apply({"case_id": desk.city.late_case})
    desk.qtbot.waitUntil(desk.view.list.case_bar.isVisible)
    desk.qtbot.mouseClick(desk.view.list.three_button, Qt.MouseButton.LeftButton)
    assert desk.context.notices[-1][0] == "error"
    assert "可以拟稿的有" in desk.context.notices[-1][1]
    assert desk.view.list.model.rowCount() == 0


def test_an_announcement_says_why_it_cannot_be_made_yet(desk: Desk) -> None:
    desk.sit("assistant")
    view = desk.view
    view.apply({"new": "1", "kind": "announcement", "case_id": desk.city.late_case})
    assert "直接送达、邮寄送达未成功的记录" in view.form.problem.text()
    assert view.form.form is not None
    assert not view.form.form.submit_button.isEnabled()
    desk.city.put(
        "node_event", case_id=desk.city.late_case, kind="service_failed_direct", on="2026-11-01"
    )
    view.apply({"new": "1", "kind": "announcement", "case_id": desk.city.late_case})
    assert "直接" not in view.form.problem.text().split("：")[-1]
    assert "邮寄" in view.form.problem.text()


def test_a_document_of_a_case_asks_for_the_case(desk: Desk) -> None:
    desk.sit("assistant")
    view = desk.view
    view.apply({"new": "1", "kind": "handover_sheet"})
    assert view.form.form is None
    picker = view.form.picker
    desk.qtbot.keyClicks(picker.search, "2962")
    desk.qtbot.waitUntil(lambda: picker.list.count() == 1, timeout=2_000)
    desk.qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    assert view.form.form is not None
    assert "云杉商贸有限公司" in view.form.words.text()


def test_words_of_the_case_are_frozen_until_taken_anew(desk: Desk) -> None:
    desk.sit("assistant")
    made = desk.draft("property_order", desk.city.late_case)
    party = table("party")
    with desk.office.engine.begin() as connection:
        connection.execute(party.update().values(name="云杉商贸股份公司"))
    desk.press(Do.EDIT)
    assert "云杉商贸有限公司" in desk.view.form.words.text()
    assert desk.view.form.refresh_button.isVisible()
    desk.qtbot.mouseClick(desk.view.form.refresh_button, Qt.MouseButton.LeftButton)
    assert desk.view.form.form is not None
    desk.qtbot.mouseClick(desk.view.form.form.submit_button, Qt.MouseButton.LeftButton)
    document = table("document").c
    with desk.office.engine.connect() as connection:
        fields = connection.execute(select(document.fields).where(document.id == made)).scalar()
    assert "云杉商贸股份公司" in str(fields)


def test_the_menu_of_kinds_begins_each(desk: Desk) -> None:
    menu = desk.view.list.kinds_menu()
    actions = {action.objectName(): action for action in menu.actions() if action.objectName()}
    assert len(actions) == len(kinds().by_code)
    actions["new_weekly_circular"].trigger()
    assert desk.context.opened[-1] == ("weekly", {"new": "1"})
    actions["new_notice"].trigger()
    assert desk.view.shown_page == "form"

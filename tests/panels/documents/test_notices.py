"""上传下达 by real clicks: unread first, opened by being shown, reminders, archive; the list."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from sqlalchemy import select

from desktop.panels.documents.notices_view import NoticesView
from desktop.panels.documents.possible import Do
from storage.schema import table
from tests.panels.documents.desk import Desk
from tests.panels.documents.test_after_signature import issued


def notices(desk: Desk) -> NoticesView:
    """The other panel, over the same office."""
    view = NoticesView(desk.context)
    desk.qtbot.addWidget(view)
    view.resize(1000, 600)
    view.show()
    desk.qtbot.waitExposed(view)
    return view


def receipt(desk: Desk, document_id: str, who: str) -> tuple[bool, bool]:
    """(opened, acknowledged) of that person's receipt."""
    one = table("document_recipient").c
    with desk.office.engine.connect() as connection:
        row = connection.execute(
            select(one.opened_at, one.acknowledged_at).where(
                one.document_id == document_id, one.person_id == desk.office.people[who]
            )
        ).one()
    return row[0] is not None, row[1] is not None


def test_a_notice_is_opened_by_being_shown_and_then_acknowledged(desk: Desk) -> None:
    made = issued(desk, "notice", "outsider", "leader")
    assert receipt(desk, made, "outsider") == (False, False)
    desk.sit("outsider")
    assert receipt(desk, made, "outsider") == (
        True,
        False,
    )  # it is on the screen of the first panel
    desk.view._go("list")
    desk.sit("leader")
    view = notices(desk)
    (row,) = desk.rows(view.incoming, 1)
    assert receipt(desk, made, "leader") == (False, False)
    assert row["read"] == ("due_soon", "未阅")
    view.incoming.table.select_id(view.incoming.model.id_at(0))
    view.incoming.open_document()
    assert view.shown_page == "document"
    assert receipt(desk, made, "leader") == (True, False)
    assert view.page.seen_button.isVisible()
    desk.qtbot.mouseClick(view.page.seen_button, Qt.MouseButton.LeftButton)
    assert receipt(desk, made, "leader") == (True, True)
    assert not view.page.seen_button.isVisible()
    desk.qtbot.mouseClick(view.page.back_button, Qt.MouseButton.LeftButton)
    desk.qtbot.waitUntil(
        lambda: (view.incoming.model.row_values(0) or {}).get("read") == ("done", "已阅")
    )


def test_unread_ones_stand_first(desk: Desk) -> None:
    old = issued(desk, "notice", "outsider")
    desk.view._go("list")
    new = issued(desk, "notice", "outsider")
    desk.view._go("list")
    desk.sit("outsider")
    view = notices(desk)
    assert [row["id"] for row in desk.rows(view.incoming, 2)] == [old, new]  # of one minute
    view.open_document(old)
    view._leave()
    desk.qtbot.waitUntil(
        lambda: [row["id"] for row in desk.rows(view.incoming, 2)] == [new, old], timeout=3_000
    )
    view.incoming.unread_button.click()
    assert [row["id"] for row in desk.rows(view.incoming, 1)] == [new]


def test_one_press_reminds_all_who_have_not_opened(desk: Desk) -> None:
    made = issued(desk, "notice", "outsider", "leader")
    desk.sit("outsider")
    desk.view._go("list")
    desk.sit("clerk")
    view = notices(desk)
    view.apply({"side": "outgoing"})
    (row,) = desk.rows(view.outgoing, 1)
    assert (row["opened"], row["missing"]) == ("1/2", "温如松")
    button = next(
        one for one in view.outgoing.findChildren(QPushButton) if one.text() == "Remind all"
    )
    desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    one = table("document_recipient").c
    with desk.office.engine.connect() as connection:
        reminded = (
            connection.execute(
                select(one.person_id).where(one.document_id == made, one.reminded_at.is_not(None))
            )
            .scalars()
            .all()
        )
    assert reminded == [desk.office.people["leader"]]
    desk.qtbot.waitUntil(
        lambda: (view.outgoing.model.row_values(0) or {}).get("reminded") == "2026-11-23"
    )


def test_what_all_have_opened_goes_to_the_archive(desk: Desk) -> None:
    issued(desk, "notice", "outsider")
    desk.sit("outsider")
    desk.view._go("list")
    desk.sit("clerk")
    view = notices(desk)
    view.apply({"side": "outgoing"})
    assert desk.rows(view.outgoing, 0) == []
    view.outgoing.shelf.set_selected(["archive"])
    desk.qtbot.waitUntil(lambda: view.outgoing.model.rowCount() == 1)
    view.outgoing.remind()
    assert "Everybody" in desk.context.notices[-1][1]


def test_the_list_filters_what_waits_for_me(desk: Desk) -> None:
    desk.draft("notice")
    desk.press(Do.SUBMIT)
    desk.draft("reply_letter")
    desk.press(Do.SUBMIT)
    desk.view._go("list")
    panel = desk.view.list
    waits = {row["waits"] for row in desk.rows(panel, 2)}
    assert waits == {"签发：局长乙", "审核：温如松"}
    desk.sit("leader")
    panel.waits_button.click()
    assert desk.rows(panel, 1)[0]["kind"] == "复函"
    panel.waits_button.click()
    desk.rows(panel, 2)
    panel.search.setText("无此标题")
    desk.rows(panel, 0)
    panel.search.clear()
    panel.kind_box.set_selected(["notice"])
    assert desk.rows(panel, 1)[0]["kind"] == "通知"
    desk.sit("clerk")
    panel.show_params({"mine": "1", "states": "checking"})
    desk.rows(panel, 1)
    panel.show_params({"states": "recalled"})
    desk.rows(panel, 0)

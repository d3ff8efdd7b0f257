"""The hands of the inbox's tests: who sits down, what is drafted, what is pressed."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection

from desktop.contract.context import Who
from desktop.documents.course import submit
from desktop.panels.approvals.view import ApprovalsView
from tests.documents.office import Office

REPLY = {"subject": "案款清理", "to": "东城区人民法院", "about": "关于案款的请示", "body": "同意。"}
DETAIN = {"person": "云杉商贸有限公司经理", "facts": "拒不报告财产。", "days": "10"}
FACTS = {"case_number": "（2026）豫0381执2962号"}


def sit(desk: Office, who: str) -> None:
    """Puts somebody before the desk."""
    desk.city.context.who = Who(desk.people[who], who, "")


def open_view(qtbot: QtBot, desk: Office, who: str) -> ApprovalsView:
    sit(desk, who)
    view = ApprovalsView(desk.city.context)
    qtbot.addWidget(view)
    QAbstractItemModelTester(
        view.model, QAbstractItemModelTester.FailureReportingMode.Fatal, view.model
    )
    view.resize(1200, 700)
    view.show()
    qtbot.waitExposed(view)
    return view


def write(desk: Office, act: Callable[[Connection], Any]) -> Any:
    """A write of somebody else, which is announced as the desk announces it."""
    done: list[Any] = []
    context = desk.city.context
    context.write(context, "他人", lambda connection, _: act(connection), None, done.append)
    assert not [words for level, words in context.notices if level == "error"]
    return done[0]


def reply(desk: Office, subject: str = "案款清理") -> str:
    def act(connection: Connection) -> str:
        values = {**REPLY, "subject": subject}
        made = desk.draft(connection, "reply_letter", values=values, facts={})
        submit(connection, desk.act(connection, made, "clerk"))
        return made

    return str(write(desk, act))


def detention(desk: Office, days: str = "10") -> str:
    def act(connection: Connection) -> str:
        more = {"case_id": desk.city.late_case, "author": "judge", "facts": FACTS}
        # Another act each time: one act is not punished twice.
        values = {**DETAIN, "days": days, "facts": f"{DETAIN['facts']}另查明第{days}项。"}
        made = desk.draft(connection, "detention_decision", values=values, **more)
        submit(connection, desk.act(connection, made, "judge"))
        return made

    return str(write(desk, act))


def listed(view: ApprovalsView) -> set[str]:
    return {one.id for one in view.items}


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible(), button.text()
    assert button.isEnabled(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def dialog(view: ApprovalsView, name: str) -> QDialog:
    found = view.window().findChild(QDialog, name)
    assert isinstance(found, QDialog), name
    return found


def accept(qtbot: QtBot, shown: QDialog) -> None:
    button = shown.findChild(QPushButton, "accept")
    assert isinstance(button, QPushButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def select(view: ApprovalsView, *ids: str) -> None:
    """Marks those rows as Ctrl+click does."""
    numbers = [n for n, one in view._items.items() if one.id in ids]
    flags = QItemSelectionModel.SelectionFlag
    view.table.clearSelection()
    for n in numbers:
        row = view.model.row_of(n)
        assert row is not None
        index = view.model.index(row, 0)
        view.table.selectionModel().select(index, flags.Select | flags.Rows)

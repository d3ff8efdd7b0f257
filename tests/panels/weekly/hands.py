"""The hands of the panel's tests: who sits down, what is pressed and answered."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.contract.context import Who
from desktop.panels.weekly.view import WeeklyView
from storage.schema import table
from tests.evidence.town import Town
from tests.panels.real_city import new


def sit(city: Town, who: str) -> None:
    city.office.city.context.who = Who(city.office.people[who], who, "")


def officer(city: Town, court_id: str) -> None:
    """Somebody of that court sits down."""
    person_id = new("person")
    with city.engine.begin() as connection:
        connection.execute(
            table("person")
            .insert()
            .values(id=person_id, court_id=court_id, name="法院联络员", post="operator")
        )
    city.office.city.context.who = Who(person_id, "法院联络员", "")


def press(qtbot: QtBot, owner: QWidget, name: str) -> None:
    found = owner.findChild(QPushButton, name)
    assert found is not None
    assert found.isVisible(), name
    assert found.isEnabled(), name
    qtbot.mouseClick(found, Qt.MouseButton.LeftButton)


def answer_dialog(qtbot: QtBot, owner: QWidget, name: str, text: str = "") -> None:
    dialog = owner.findChild(QDialog, name)
    assert dialog is not None
    if text:
        entry = dialog.findChild(QPlainTextEdit, "text")
        assert entry is not None
        entry.setPlainText(text)
    press(qtbot, dialog, "accept")


def begun(qtbot: QtBot, view: WeeklyView) -> str:
    """Freezes the proposed week; gives the document."""
    view.begin()
    with qtbot.waitSignal(view.new.made) as told:
        press(qtbot, view, "freeze")
    return str(told.args[0])

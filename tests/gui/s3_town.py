"""A field officer's desk: a store with two cases, its officers and a detention on its way, opened
in the real window in the mode for the field. All invented."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import Connection, insert, select

from desktop.contract.context import Who
from desktop.documents.drafts import canonical, fingerprint
from desktop.documents.kinds import kinds
from desktop.shell.registry import Registry, discover
from storage.ids import new_id
from storage.schema import table
from storage.session import Session
from tests.command.seizure_office import CASE, COURT, DEBTOR, FIRST, furnish, signed_approval
from tests.gui.conftest import Rig

Open = Callable[..., Rig]
# Those of the field; the whole desk takes ten times as long to build.
PANELS = ("field_home", "seizures", "documents", "coercive")
OFFICER = Who(FIRST, "程远帆", "judge_assistant")


@dataclass
class FieldDesk:
    """The window of the officer and what is asked of it."""

    qtbot: QtBot
    rig: Rig

    def view(self, panel: str) -> Any:
        """The view of a panel, once it is built."""
        desk = self.rig.window.desk
        assert desk is not None
        host = desk.host(panel)
        assert host is not None
        self.qtbot.waitUntil(lambda: host.view is not None)
        return host.view

    def press(self, where: QWidget, name: str) -> None:
        """A click on a button that can be clicked."""
        button = where.findChild(QPushButton, name)
        assert button is not None, name
        self.qtbot.waitUntil(button.isEnabled)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """All rows of a table as they are stored."""
        with self.rig.session.read() as connection:
            return [dict(row) for row in connection.execute(select(table(name))).mappings()]


def field_desk(open_window: Open, qtbot: QtBot, session: Session) -> FieldDesk:
    """The real desk over the store, entered by the menu of perspectives."""
    with session.write("备") as write:
        furnish(write.connection)
    rig = open_window(Registry(tuple(s for s in discover().specs if s.id in PANELS)))
    rig.context.who = OFFICER
    rig.window.resize(1280, 800)
    rig.window.enter("field")
    return FieldDesk(qtbot, rig)


def detention(connection: Connection, at: datetime) -> str:
    """A draft of a detention as the documents' own page makes it."""
    kind = kinds().kind("detention_decision")
    template = kind.template_on(at.date())
    fields = {"person": DEBTOR, "days": "10", "facts": "拒不交出车辆"}
    document_id = new_id()
    connection.execute(
        insert(table("document")).values(
            id=document_id,
            kind=kind.code,
            template=template.ref,
            title=f"关于对{DEBTOR}的拘留决定书",
            fields=canonical(fields),
            case_id=CASE,
            maker_id=FIRST,
            state="checking",
            judge=True,
            coercive=True,
            series=kind.series,
            content_sha256=fingerprint(kind.code, template.ref, "x", fields),
        )
    )
    return document_id


def president_approves(connection: Connection, document_id: str, at: datetime) -> None:
    """As the hub would bring it: by the president of the case's court, for these words."""
    president = new_id()
    document = table("document").c
    sha = connection.execute(
        select(document.content_sha256).where(document.id == document_id)
    ).scalar_one()
    connection.execute(
        insert(table("person")).values(
            id=president,
            court_id=COURT,
            name="何其芳远",
            post="president",
            quota=True,
        )
    )
    connection.execute(
        insert(table("document_act")).values(
            id=new_id(),
            document_id=document_id,
            act="pass",
            stage="approve",
            person_id=president,
            content_sha256=sha,
            at=at.isoformat(),
        )
    )
    signed_approval(connection, document_id, president, at)


def typed(where: QWidget, name: str, words: str) -> None:
    """Words into a field by its name, key by key as far as the field takes keys."""
    line, text = where.findChild(QLineEdit, name), where.findChild(QPlainTextEdit, name)
    if line is not None:
        line.setFocus()
        line.setText(words)
    else:
        assert text is not None, name
        text.setFocus()
        text.setPlainText(words)


def six_photographs(folder: Path) -> list[Path]:
    """As a telephone leaves them in its folder."""
    made = []
    for n in range(6):
        path = folder / f"IMG_20261130_1012{n:02d}.jpg"
        Image.effect_noise((640, 480), 40 + n).convert("RGB").save(path, quality=85)
        made.append(path)
    return made

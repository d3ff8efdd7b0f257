"""The page of one case: facts, parties, clocks, events, log, letters, notes. UI thread."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.names import subject_words
from desktop.contract.context import PanelContext, Selection
from desktop.notes.box import NotesBox
from desktop.notes.rules import About
from desktop.panels.case_query.commands import SealArgs, seal
from desktop.panels.case_query.queries import CasePage, ClockLine, Fact
from widgets.badge import Badge
from widgets.parts import named_button
from widgets.states import state_pixmap
from widgets.theme import current_theme
from widgets.timeline import Step, StepList

_HEAD_PAIRS_PER_ROW = 3
SEALERS: Final = frozenset(("supervisor", "bureau_chief", "president"))


class CasePageView(QWidget):
    """`left()` when the user goes back to the list."""

    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("case_page")
        self._context = context
        self.shown: CasePage | None = None
        self.number = QLabel(self)
        self.number.setProperty("role", "title")
        self.number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.back_button = named_button(self, "back", self.tr("Back to list"))
        self.nodes_button = named_button(self, "open_nodes", self.tr("All nodes"))
        self.timeline_button = named_button(self, "open_timeline", self.tr("Time line"))
        self.looks_button = named_button(self, "who_looked", self.tr("Who looked"))
        self.seal_button = named_button(self, "seal", self.tr("Seal"))
        self.papers_button = named_button(self, "make_documents", self.tr("Make documents"))
        self.letter_button = named_button(self, "supervise", self.tr("Supervise"))
        self.letter_button.setProperty("kind", "primary")
        self.head = QGridLayout()
        self.tabs = QTabWidget(self)
        self.clocks = QWidget(self)
        self.lists = {key: StepList(self, scroll=True) for key in ("events", "log", "measures")}
        self.parties = StepList(self, scroll=True)
        self.letters = QWidget(self)
        self.notes = NotesBox(context, self)
        self._arrange()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(self.number, 1)
        for button in (
            self.nodes_button,
            self.timeline_button,
            self.looks_button,
            self.seal_button,
            self.papers_button,
            self.letter_button,
        ):
            top.addWidget(button)
        self.head.setHorizontalSpacing(16)
        self.head.setVerticalSpacing(6)
        self.tabs.setDocumentMode(True)
        for part, title in (
            (_scrolled(self.clocks), self.tr("Clocks")),
            (self.parties, self.tr("Parties")),
            (self.lists["events"], self.tr("Events")),
            (self.lists["log"], self.tr("Execution log")),
            (self.lists["measures"], self.tr("Control measures")),
            (_scrolled(self.letters), self.tr("Supervision letters")),
            (self.notes, self.tr("Notes")),
        ):
            self.tabs.addTab(part, title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(12)
        layout.addLayout(top)
        layout.addLayout(self.head)
        layout.addWidget(self.tabs, 1)
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        self.nodes_button.clicked.connect(lambda _checked=False: self._open_nodes())
        self.timeline_button.clicked.connect(lambda _checked=False: self._open("case_timeline"))
        self.looks_button.clicked.connect(lambda _checked=False: self._who_looked())
        self.seal_button.clicked.connect(lambda _checked=False: self._seal())
        self.papers_button.clicked.connect(lambda _checked=False: self._open("documents"))
        self.letter_button.clicked.connect(lambda _checked=False: self._new_letter())
        self.notes.counted.connect(self._on_notes)

    def show_case(self, found: CasePage) -> None:
        """Shows a case; the tab that was open stays open."""
        self.shown = found
        self.number.setText(found.number)
        self.seal_button.setText(self.tr("Unseal") if found.sealed else self.tr("Seal"))
        self._show_head(found.head)
        self._show_clocks(found.clocks)
        self.parties.set_steps(
            [Step("note", f"{f.headline}　{f.on}", f.detail) for f in found.parties]
        )
        for key, facts in (
            ("events", found.events),
            ("log", found.log),
            ("measures", found.measures),
        ):
            self.lists[key].set_steps(
                [
                    Step("note", f"{fact.on}　{fact.headline}", fact.detail, fact.state)
                    for fact in facts
                ]
            )
        self._show_letters(found.letters)
        counts = (
            len(found.clocks),
            len(found.parties),
            len(found.events),
            len(found.log),
            len(found.measures),
            len(found.letters),
        )
        titles = (
            self.tr("Clocks"),
            self.tr("Parties"),
            self.tr("Events"),
            self.tr("Execution log"),
            self.tr("Control measures"),
            self.tr("Supervision letters"),
        )
        for index, (title, count) in enumerate(zip(titles, counts, strict=True)):
            self.tabs.setTabText(index, f"{title} {count}")
        self.notes.show_object(About("case", found.case_id, found.case_id))

    def _on_notes(self, count: int) -> None:
        self.tabs.setTabText(self.tabs.indexOf(self.notes), self.tr("Notes") + f" {count}")

    def _show_head(self, pairs: Sequence[tuple[str, str]]) -> None:
        _empty(self.head)
        for index, (name, value) in enumerate(pairs):
            row, column = divmod(index, _HEAD_PAIRS_PER_ROW)
            title, text = QLabel(name, self), QLabel(value, self)
            title.setProperty("role", "muted")
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setWordWrap(True)
            self.head.addWidget(title, row, column * 2, Qt.AlignmentFlag.AlignTop)
            self.head.addWidget(text, row, column * 2 + 1, Qt.AlignmentFlag.AlignTop)
            self.head.setColumnStretch(column * 2 + 1, 1)

    def _show_clocks(self, clocks: Sequence[ClockLine]) -> None:
        grid = self.clocks.layout()
        if not isinstance(grid, QGridLayout):
            grid = QGridLayout(self.clocks)
            grid.setHorizontalSpacing(16)
            grid.setVerticalSpacing(4)
        _empty(grid)
        for row, clock in enumerate(clocks):
            name = named_button(self.clocks, f"clock_{clock.code}", _titled(clock))
            name.setProperty("kind", "quiet")
            name.setToolTip(self.tr("Explain this clock"))
            name.setStyleSheet("text-align: left;")
            name.clicked.connect(
                lambda _checked=False, c=clock: self._open("derivation", c.code, c.subject)
            )
            grid.addWidget(name, row, 0)
            grid.addWidget(QLabel(self.tr("from {day}").format(day=clock.started_on)), row, 1)
            grid.addWidget(QLabel(self.tr("due {day}").format(day=clock.due_on)), row, 2)
            done = self.tr("done {day}").format(day=clock.done_on) if clock.done_on else ""
            grid.addWidget(QLabel(done), row, 3)
            grid.addWidget(Badge(clock.style, clock.state), row, 4)
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(len(clocks), 1)

    def _show_letters(self, letters: Sequence[Fact]) -> None:
        box = self.letters.layout()
        if not isinstance(box, QVBoxLayout):
            box = QVBoxLayout(self.letters)
            box.setSpacing(4)
        _empty(box)
        side = current_theme().px(12)
        for fact in letters:
            shape = QIcon(state_pixmap(fact.state, side, current_theme()))
            made = QPushButton(shape, f"{fact.headline}　{fact.on}　{fact.detail}", self.letters)
            made.setIconSize(QSize(side, side))
            made.setProperty("kind", "quiet")
            made.setStyleSheet("text-align: left;")
            made.clicked.connect(
                lambda _checked=False, link=fact.link: self._context.open(
                    "supervision", {"letter_id": link}
                )
            )
            box.addWidget(made)
        box.addStretch(1)

    def _open(self, panel_id: str, code: str = "", subject: str = "") -> None:
        if self.shown is None:
            return
        self._context.select(Selection(self.shown.case_id, code or None, subject))
        params = {"case_id": self.shown.case_id}
        if code:
            params |= {"node_code": code, "subject": subject}
        self._context.open(panel_id, params)

    def _open_nodes(self) -> None:
        if self.shown is not None:
            params = {"case_id": self.shown.case_id, "case_number": self.shown.number}
            self._context.open("process_monitor", params)

    def _who_looked(self) -> None:
        if self.shown is not None:
            self._context.open("read_log", {"of_case": self.shown.case_id})

    def _seal(self) -> None:
        """Those who lead; alone on this device whoever sits here."""
        if self.shown is None:
            return
        state = self._context.sync.state()
        if state.phase != "off" and not SEALERS.intersection(state.roles):
            self._context.notify(self.tr("Supervisors, the bureau chief and the president seal."))
            return
        args = SealArgs(self.shown.case_id, not self.shown.sealed)
        label = "封存案件" if args.sealed else "解除封存"
        self._context.write(self, label, seal, args, lambda _done: None)

    def _new_letter(self) -> None:
        """About the most urgent open clock; without one, about the case as a whole."""
        if self.shown is None:
            return
        late = [c for c in self.shown.clocks if c.style == "overdue"]
        first = late[0] if late else None
        self._context.open(
            "supervision",
            {
                "new": "1",
                "case_id": self.shown.case_id,
                "node_code": first.code if first is not None else "",
                "subject": first.subject if first is not None else "",
            },
        )


def _titled(clock: ClockLine) -> str:
    return clock.name + subject_words(clock.subject)


def _scrolled(inner: QWidget) -> QScrollArea:
    area = QScrollArea()
    inner.setProperty("plain", True)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(inner)
    return area


def _empty(layout: QGridLayout | QVBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()

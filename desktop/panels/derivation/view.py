"""为何超期: the derivation of the selected node, who held it, its sister clocks. UI thread."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.names import file_name, subject_words
from desktop.contract.context import PanelContext, Selection
from desktop.contract.live import LiveRefresh
from desktop.panels.derivation.other_clocks import OtherClocks
from desktop.panels.derivation.queries import Explained, NodeArgs, explained
from desktop.panels.derivation.rules import Line, legend, lines, parts
from desktop.panels.derivation.sheet import PrintArgs, fill, print_sheet
from desktop.projection import FACT_TABLES
from desktop.rules.derivation import Derivation
from storage.records.states import STYLE_KEY
from widgets.badge import Badge
from widgets.flow import FlowLayout
from widgets.parts import scrolled, words_label
from widgets.pdf_preview import PdfPreview
from widgets.timeline import DayStrip, Step, StepList, StripSegment


class DerivationView(QWidget):
    """Follows the shared selection; `apply({"case_id", "node_code", "subject"})` does the same."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._wanted: Selection | None = context.selection()
        self.shown: Explained | None = None
        self.case_label = words_label(self, "large")
        self.head_label = words_label(self, "muted")
        self.badge = Badge(parent=self)
        self.unconfirmed = Badge("due_soon", self.tr("Unverified rule"), self)
        self.warning = words_label(self, "")
        self.steps = StepList(self)
        self.strip = DayStrip(self)
        self.legend = words_label(self, "small")
        self.change = words_label(self, "muted")
        self.others = OtherClocks(self)
        self.letter_button = QPushButton(self.tr("Supervise"), self)
        self.print_button = QPushButton(self.tr("Print"), self)
        self.case_button = QPushButton(self.tr("Go to case"), self)
        self._empty = words_label(self, "muted")
        self._stack = QStackedWidget(self)
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, FACT_TABLES, self._read)
        self._show_nothing(self.tr("Choose a node in a list: its dates are explained here."))

    def apply(self, params: Mapping[str, str]) -> None:
        """Explains the node of `params`; without a node code the case's most urgent one."""
        if not params.get("case_id"):
            return
        wanted = Selection(
            params["case_id"], params.get("node_code") or None, params.get("subject", "")
        )
        self._want(wanted)
        self._context.select(wanted)

    @property
    def derivation(self) -> Derivation | None:
        """The derivation on show."""
        return self.shown.derivation if self.shown is not None else None

    # Parts

    def _arrange(self) -> None:
        self.setObjectName("derivation_view")
        self.case_label.setObjectName("case_number")
        self.warning.setProperty("role", "error")
        self.change.setObjectName("smallest_change")
        self.letter_button.setProperty("kind", "primary")
        for name, button in (
            ("supervise", self.letter_button),
            ("print", self.print_button),
            ("open_case", self.case_button),
        ):
            button.setObjectName(name)
        badges = QHBoxLayout()
        badges.setSpacing(8)
        badges.addWidget(self.badge)
        badges.addWidget(self.unconfirmed)
        badges.addStretch(1)

        body = QWidget(self)
        body.setProperty("plain", True)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(8)
        inner.addWidget(self.case_label)
        inner.addWidget(self.head_label)
        inner.addLayout(badges)
        for part in (self.warning, self.steps, self.strip, self.legend, self.change, self.others):
            inner.addWidget(part)
        inner.addStretch(1)
        scroll = scrolled(body, self)

        foot = QWidget(self)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        foot.setSizePolicy(policy)
        buttons = FlowLayout(foot, fill=True)
        for button in (self.letter_button, self.print_button, self.case_button):
            buttons.addWidget(button)
        beneath = QHBoxLayout()
        beneath.setContentsMargins(12, 0, 12, 8)
        beneath.addWidget(foot)
        page = QWidget(self)
        whole = QVBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(scroll, 1)
        whole.addSpacing(8)
        whole.addLayout(beneath)

        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setMargin(24)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _connect(self) -> None:
        self._context.selected.connect(self._want)
        self.others.chosen.connect(self._on_other)
        self.letter_button.clicked.connect(lambda _checked=False: self.supervise())
        self.print_button.clicked.connect(lambda _checked=False: self.print())
        self.case_button.clicked.connect(lambda _checked=False: self.open_case())

    # Reading

    def _want(self, wanted: Selection) -> None:
        if wanted != self._wanted or self.shown is None:
            self._wanted = wanted
            self.live.ask()

    def _on_other(self, code: str, subject: str) -> None:
        if self._wanted is not None:
            chosen = Selection(self._wanted.case_id, code, subject)
            self._want(chosen)
            self._context.select(chosen)

    def _read(self) -> None:
        wanted = self._wanted
        if wanted is None:
            self.live.finished()
            return
        args = NodeArgs(
            self._context.law,
            wanted.case_id,
            wanted.node_code,
            wanted.subject,
            self._context.today(),
        )
        self._context.read(self, "explain", explained, args, self._on_explained, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._show_nothing(sentence)
        self.live.finished()

    def _on_explained(self, found: Explained | None) -> None:
        if found is not None and found == self.shown and self._stack.currentIndex() == 1:
            # Most changes are of other cases. Building the same again costs 50 ms, and would take
            # away what somebody has just marked to copy it.
            self.live.finished()
            return
        self.shown = found
        if found is None or found.derivation is None:
            self._show_nothing(
                self.tr("This case is no longer in the store.")
                if found is None
                else self.tr("{case} has no such node on this day.").format(case=found.case_number)
            )
        else:
            self._show(found, found.derivation)
        self.live.finished()

    def _show_nothing(self, sentence: str) -> None:
        self._empty.setText(sentence)
        self._stack.setCurrentIndex(0)

    def _show(self, shown: Explained, found: Derivation) -> None:
        self.case_label.setText(found.case_number)
        words = (found.node_name + subject_words(found.subject), shown.team, shown.handler)
        self.head_label.setText(" · ".join(word for word in words if word))
        late = self.tr(" {days} d").format(days=found.overdue_days) if found.overdue_days else ""
        self.badge.set_state(STYLE_KEY[found.state], found.state.value + late)
        self.unconfirmed.setVisible(found.confidence != "confirmed")
        self.unconfirmed.setToolTip(found.limit_note or found.source)
        self.warning.setText(found.uncertainty or "")
        self.warning.setVisible(bool(found.uncertainty))
        self.steps.set_steps([_step(line) for line in lines(found)])
        told = parts(found.attribution)
        self.strip.set_segments(
            [StripSegment(part.label, part.days, part.state, part.tooltip) for part in told]
        )
        self.strip.setVisible(bool(told))
        self.legend.setText(legend(found.attribution))
        self.legend.setVisible(bool(told))
        change = found.smallest_change
        self.change.setText(
            self.tr("Smallest change: {sentence}").format(sentence=change.sentence)
            if change is not None
            else ""
        )
        self.change.setVisible(change is not None)
        self.others.set_clocks(shown.others)
        self._stack.setCurrentIndex(1)

    # Buttons

    def supervise(self) -> None:
        """Opens a new supervision letter for this node."""
        found = self.derivation
        if self.shown is not None and found is not None:
            self._context.open(
                "supervision",
                {
                    "new": "1",
                    "case_id": self.shown.case_id,
                    "node_code": found.node_code,
                    "subject": found.subject,
                },
            )

    def open_case(self) -> None:
        """Opens the page of the case."""
        if self.shown is not None:
            self._context.open("case_query", {"case_id": self.shown.case_id})

    def print(self) -> None:
        """Lays the derivation out as PDF and shows it."""
        found = self.derivation
        if self.shown is None or found is None:
            return
        sheet = fill(self.shown, found, self._context.now(), self._context.who.name)
        name = file_name("期限推导表", found.case_number, found.node_name, found.as_of.isoformat())
        path = self._context.documents_folder() / name
        self.print_button.setEnabled(False)
        self._context.layout(
            self,
            print_sheet,
            PrintArgs(sheet, path),
            partial(self._on_printed, self.shown.case_id),
            self._on_print_failed,
        )

    def _on_printed(self, case_id: str, path: Path) -> None:
        self.print_button.setEnabled(True)
        self._context.copied("print", "期限推导表", case_id)
        preview = PdfPreview(path, self.tr("Derivation sheet"), self)
        preview.failed.connect(lambda text: self._context.notify(text, level="error"))
        preview.show()
        self._context.notify(self.tr("Saved: {path}").format(path=path), level="done")

    def _on_print_failed(self, sentence: str) -> None:
        self.print_button.setEnabled(True)
        self._context.notify(sentence, level="error")


def _step(line: Line) -> Any:
    return Step(line.kind, line.headline, line.detail, line.state)

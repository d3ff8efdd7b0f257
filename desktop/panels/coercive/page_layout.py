"""The parts of a measure's page and where they stand. UI thread; nothing here reads or writes."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.panels.coercive.decision_bar import DecisionBar
from desktop.panels.coercive.page_queries import MeasurePage
from desktop.panels.coercive.photo_strip import PhotoStrip
from desktop.paper.preview import PagesPreview
from desktop.rules.coercive import NEXT_WORDS
from widgets.badge import Badge
from widgets.flow import FlowLayout
from widgets.parts import named_button, words_label
from widgets.theme import current_theme
from widgets.timeline import StepList

_NARROW: Final = 940
_LABEL: Final = 96
_ACTS: Final = (
    *("submit", "sign", "execute", "notify_family", "hand_over", "serve"),
    *("ask_review", "decide_review", "lapse", "finish", "pay"),
)


class PageParts(QWidget):
    """What a measure's page is made of."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("measure_page")
        self._make_head()
        self._make_body(context)
        self._make_foot()
        self._arrange()

    def _make_head(self) -> None:
        self.back_button = named_button(self, "back", self.tr("Back to list"))
        self.title = QLabel(self)
        self.title.setObjectName("measure_title")
        self.title.setProperty("role", "title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setMinimumWidth(current_theme().px(80))
        self.state = Badge(parent=self)
        self.violation = Badge(parent=self)
        self.pages_button = named_button(self, "pages", self.tr("Pages"))
        self.pages_button.setCheckable(True)
        self.pages_button.toggled.connect(lambda _on: self._take_turns())
        self.looks_button = named_button(self, "looks", self.tr("Who read it"))
        self.open_button = named_button(self, "open_document", self.tr("Open document"))
        self.case_button = named_button(self, "open_case", self.tr("Go to case"))
        self.head = words_label(self, "muted")
        self.standing_in = words_label(self, "")
        self.standing_in.setObjectName("standing_in")
        self.stuck = words_label(self, "error")
        self.stuck.setObjectName("stuck")
        self.wrong = words_label(self, "error")
        self.wrong.setObjectName("violation_words")
        self.fault = words_label(self, "error")
        self.fault.setObjectName("fault")
        self.seen = words_label(self, "muted")
        self.seen.setObjectName("seen")
        self.seen.hide()
        self.reason = words_label(self, "muted")
        self.reason.setObjectName("reason")

    def _make_body(self, context: PanelContext) -> None:
        self.law = words_label(self, "")
        self.law.setObjectName("law")
        self.facts = QWidget(self)
        self.facts.setObjectName("facts")
        self._facts = QGridLayout(self.facts)
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setHorizontalSpacing(12)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        self.photos = PhotoStrip(self)
        self.records = words_label(self, "")
        self.records.setObjectName("records")
        self.lacking = words_label(self, "error")
        self.lacking.setObjectName("lacking")
        self.clock_card = QFrame(self)
        self.clock_card.setObjectName("clocks")
        self.clock_grid = QGridLayout(self.clock_card)
        self.clock_grid.setContentsMargins(0, 0, 0, 0)
        self.clock_grid.setHorizontalSpacing(12)
        self.clock_grid.setColumnStretch(3, 1)
        self.course = StepList(self)
        self.preview = PagesPreview(context, self)

    def _make_foot(self) -> None:
        self.foot = QWidget(self)
        self.decision = DecisionBar(self.foot)
        self.act_buttons: dict[str, QPushButton] = {}
        for name in _ACTS:
            button = named_button(self.foot, f"act_{name}", NEXT_WORDS[name])
            self.act_buttons[name] = button
        self.withdraw_button = named_button(self.foot, "withdraw", self.tr("Take back"))
        self.release_button = named_button(self.foot, "release", NEXT_WORDS["release"])
        self.too_late = words_label(self.foot, "muted")
        self.too_late.setObjectName("too_late")

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        for part in (self.back_button, self.state, self.violation):
            top.addWidget(part)
        top.addWidget(self.title, 1)
        for button in (self.pages_button, self.looks_button, self.open_button, self.case_button):
            top.addWidget(button)
        acts = QWidget(self.foot)
        row = FlowLayout(acts)
        for button in (*self.act_buttons.values(), self.withdraw_button, self.release_button):
            row.addWidget(button)
        foot = QVBoxLayout(self.foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(6)
        foot.addWidget(self.decision)
        foot.addWidget(self.too_late)
        foot.addWidget(acts)
        left = QWidget(self)
        side = QVBoxLayout(left)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(8)
        side.addWidget(self._scrolled(), 1)
        side.addWidget(self.foot)
        self._evidence = left
        self._splitter = QSplitter(self)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(left)
        self._splitter.addWidget(self.preview)
        self._splitter.setSizes([620, 520])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self._splitter, 1)

    def _scrolled(self) -> QScrollArea:
        body = QWidget(self)
        body.setProperty("plain", True)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 10, 0)
        inner.setSpacing(8)
        self._headings: dict[QWidget, QLabel] = {}
        for heading, part in (
            ("", self.head),
            ("", self.standing_in),
            ("", self.stuck),
            ("", self.wrong),
            ("", self.fault),
            ("", self.reason),
            ("", self.seen),
            (self.tr("Facts"), self.facts),
            (self.tr("Clocks"), self.clock_card),
            (self.tr("What the law says"), self.law),
            (self.tr("Pictures"), self.photos),
            (self.tr("Records"), self.records),
            (self.tr("Not there"), self.lacking),
            (self.tr("Course"), self.course),
        ):
            if heading:
                made = QLabel(heading, self)
                made.setProperty("role", "group")
                self._headings[part] = made
                inner.addWidget(made)
            inner.addWidget(part)
        inner.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        return scroll

    # Filling

    def fill_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        """Label and words in two columns."""
        while (old := self._facts.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, (label, words) in enumerate(facts):
            name = QLabel(label, self.facts)
            name.setProperty("role", "muted")
            name.setFixedWidth(current_theme().px(_LABEL))
            told = words_label(self.facts, "")
            told.setText(words)
            self._facts.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(told, row, 1)

    def show_grounds(self, found: MeasurePage) -> None:
        """Pictures and records; what is not there takes no room."""
        self.photos.show_photos(found.grounds.photos)
        told = [
            f"{one.at[:16].replace('T', ' ')}　{one.title.strip()}\n{one.body.strip()}"
            for one in found.grounds.records
        ]
        if found.sealed:
            told = [self.tr("The case is sealed; its records are read on the case's own page.")]
        self.records.setText("\n\n".join(told))
        parts: tuple[tuple[QWidget, bool], ...] = (
            (self.photos, bool(found.grounds.photos)),
            (self.records, bool(told)),
            (self.lacking, bool(self.lacking.text())),
            (self.clock_card, bool(found.clocks)),
        )
        for part, shown in parts:
            part.setVisible(shown)
            self._headings[part].setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._take_turns()

    def _take_turns(self) -> None:
        """In a narrow panel the evidence and the pages take turns."""
        narrow = self.width() < current_theme().px(_NARROW)
        self.pages_button.setVisible(narrow)
        pages = narrow and self.pages_button.isChecked()
        self._evidence.setVisible(not pages)
        self.preview.setVisible(pages or not narrow)

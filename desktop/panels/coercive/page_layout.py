"""The parts of a measure's page and where they stand. UI thread; nothing here reads or writes."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
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
from widgets.beside import BesidePages, FactGrid
from widgets.flow import FlowLayout
from widgets.parts import named_button, scrolled, words_label
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
        self.facts = FactGrid(self)
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
        self._sides = BesidePages(left, self.preview, self.pages_button, _NARROW, (620, 520), self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self._sides, 1)

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
        return scrolled(body, self)

    # Filling

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

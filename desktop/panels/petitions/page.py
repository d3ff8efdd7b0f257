"""One petition: head with badges, what may be done, thread, clocks, ways out. UI thread."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext, Selection
from desktop.notes.box import NotesBox
from desktop.notes.rules import About
from desktop.panels.petitions import queries
from desktop.panels.petitions.act_form import ActForm
from desktop.panels.petitions.chooser import Hit
from desktop.panels.petitions.clock_list import ClockList
from desktop.panels.petitions.commands import Deed, carry_out
from desktop.panels.petitions.page_queries import Page
from desktop.panels.petitions.paper import print_for
from desktop.panels.petitions.queries import Offered, PetitionText
from desktop.panels.petitions.rules import (
    ACT_WORDS,
    MAIN_ACTS,
    RESULT_STYLES,
    Act,
    allowed,
    blocked,
    next_act,
    why_not,
)
from desktop.panels.petitions.thread_steps import steps_of
from desktop.petitions.commands import By
from desktop.petitions.rules import CLASSES, RESULTS, SOURCES
from storage.records.states import STYLE_KEY, NodeState
from widgets.badge import Badge
from widgets.dialogs import confirm
from widgets.flow import FlowLayout
from widgets.parts import scrolled_column, words_label
from widgets.timeline import StepList

# Nothing has to be filled in for these; they are asked about all the same.
_PLAIN: Final = frozenset((Act.REGISTER, Act.HANG, Act.UNMERGE))


class PetitionPage(QWidget):
    """`left()` when the user goes back; `open_asked(petition id)` for a related one."""

    left = Signal()
    open_asked = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("petition_page")
        self._context = context
        self._offered = Offered((), (), "")
        self.shown: Page | None = None
        self.form: ActForm | None = None
        self.code = QLabel(self)
        self.code.setProperty("role", "title")
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.badges = {
            key: Badge(parent=self) for key in ("level", "state", "result", "urgent", "merged")
        }
        self.head = words_label(self, "muted")
        self.summary = words_label(self, "")
        self.blocked = words_label(self, "small")
        self.story = StepList(self)
        self.clocks = ClockList(self)
        self.back_button = self._button("back", self.tr("Back to list"), self.left.emit)
        self.act_buttons = {
            act: self._button(f"do_{act.value}", ACT_WORDS[act], partial(self.begin, act))
            for act in MAIN_ACTS
        }
        self.more_button = QPushButton(self.tr("More"), self)
        self.more_button.setObjectName("more_acts")
        self.more_menu = QMenu(self.more_button)
        self.more_menu.aboutToShow.connect(self._fill_more)
        self.more_button.setMenu(self.more_menu)
        self.print_button = self._button("print", self.tr("Print receipt"), self.print)
        self.case_button = self._button("open_case", self.tr("Go to case"), self._open_case)
        self.why_button = self._button("why_late", self.tr("Late node behind it"), self._open_why)
        self.letter_button = self._button("letter", self.tr("Supervise"), self._open_letter)
        self.related = QWidget(self)
        self.notes = NotesBox(context, self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self._arrange()

    # Parts

    def _button(self, name: str, text: str, slot: Callable[[], object]) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(name)
        made.clicked.connect(lambda _checked=False: slot())
        return made

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(self.code)
        for badge in self.badges.values():
            top.addWidget(badge)
        top.addStretch(1)
        acts = QWidget(self)
        flow = FlowLayout(acts)
        for button in self.act_buttons.values():
            flow.addWidget(button)
        flow.addWidget(self.more_button)
        ways = QWidget(self)
        ways_row = FlowLayout(ways, spacing=2)
        for button in (self.print_button, self.case_button, self.why_button, self.letter_button):
            button.setProperty("kind", "quiet")
            ways_row.addWidget(button)
        self._related_row = FlowLayout(self.related, spacing=2)
        told = (self.head, self.summary, _group(self, self.tr("Thread")), self.story)
        left = scrolled_column(told, self)
        self.tabs.addTab(
            scrolled_column((ways, self.related, self.clocks), self), self.tr("Clocks")
        )
        self.tabs.addTab(self.notes, self.tr("Notes"))
        self.notes.counted.connect(self._on_notes)
        splitter = QSplitter(self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self.tabs)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        # What stands at the right wishes for more than it needs.
        splitter.setSizes([3_000, 2_000])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(acts)
        layout.addWidget(self.blocked)
        layout.addWidget(splitter, 1)

    def set_offered(self, found: Offered) -> None:
        """What the acts have to choose from."""
        self._offered = found

    # Showing

    def show_page(self, page: Page) -> None:
        """Shows a petition as it stands today."""
        self.shown = page
        row, today = page.row, self._context.today()
        self.code.setText(f"{row['code']}　{row['petitioner']}")
        hung = page.condition.hung
        self.badges["level"].set_state(*queries.level_badge(row["level"], hung))
        self._show_state(page)
        result = RESULTS.get(row["result"] or "", "")
        self.badges["result"].set_state(RESULT_STYLES[row["result"]] if result else "", result)
        self.badges["urgent"].set_state(
            *(("overdue", self.tr("Urgent")) if row["urgent"] else ("", ""))
        )
        merged = self.tr("Merged") if page.condition.merged else ""
        self.badges["merged"].set_state("unknown" if merged else "", merged)
        self.head.setText(self._head_words(page))
        told = [self.tr("Reported: {text}").format(text=row["summary"])]
        if row["demand"]:
            told.append(self.tr("Wanted: {text}").format(text=row["demand"]))
        self.summary.setText("\n".join(told))
        self.story.set_steps(steps_of(page.thread, row, today))
        self.clocks.set_clocks(page.clocks, today, self._context.law.court_calendar)
        self._show_acts(page)
        self._show_related(page)
        self.notes.show_object(About("petition", page.id, row["case_id"]))

    def _on_notes(self, count: int) -> None:
        words = self.tr("Notes")
        self.tabs.setTabText(self.tabs.indexOf(self.notes), f"{words} {count}" if count else words)

    def _show_state(self, page: Page) -> None:
        pressing = page.pressing
        if page.condition.closed:
            self.badges["state"].set_state("done", self.tr("Closed"))
        elif pressing is None:
            self.badges["state"].set_state("unknown", NodeState.UNKNOWN.value)
        else:
            name = pressing.name.split("（")[0]
            words = f"{name} {pressing.state.value}"
            self.badges["state"].set_state(STYLE_KEY[pressing.state], words)

    def _head_words(self, page: Page) -> str:
        row = page.row
        days = [
            (self.tr("superior's day {day}"), row["superior_due"]),
            (self.tr("inner day {day}"), row["inner_due"]),
            (self.tr("posted {day}"), row["hung_on"]),
            (self.tr("taken down {day}"), row["unhung_on"]),
        ]
        words = [
            page.named("court_id"),
            row["case_number"] or "",
            SOURCES[row["source"]],
            CLASSES[row["class"]],
            self.tr("received {day} by {name}").format(
                day=row["received_at"][:10], name=page.named("received_by")
            ),
            self.tr("{count} visits").format(count=page.visits),
            *(said.format(day=day) for said, day in days if day),
        ]
        for said, column in (
            (self.tr("posted by {name}"), "hung_by"),
            (self.tr("taken down by {name}"), "unhung_by"),
            (self.tr("with {name}"), "assigned_to"),
            (self.tr("closed by {name}"), "closed_by"),
        ):
            if page.named(column):
                words.append(said.format(name=page.named(column)))
        return " · ".join(word for word in words if word)

    def _show_acts(self, page: Page) -> None:
        can = allowed(page.condition)
        wanted = next_act(page.condition)
        for act, button in self.act_buttons.items():
            button.setVisible(act in can)
            kind = "primary" if act is wanted else None
            if button.property("kind") != kind:
                button.setProperty("kind", kind)
                button.style().unpolish(button)
                button.style().polish(button)
        self.blocked.setText(blocked(page.condition))
        self.blocked.setVisible(bool(self.blocked.text()))
        row, late = page.row, page.late
        self.case_button.setVisible(row["case_id"] is not None)
        self.why_button.setVisible(late is not None)
        if late is not None:
            self.why_button.setText(self.tr("Late behind it: {node}").format(node=late.name))
        self.letter_button.setVisible(row["case_id"] is not None)
        words = self.tr("Supervision letter {number}") if page.letters else self.tr("Supervise")
        number = page.letters[0] if page.letters else ""
        self.letter_button.setText(words.format(number=number))

    def _show_related(self, page: Page) -> None:
        while (item := self._related_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for one in page.related:
            words = self.tr("Merged into {code}") if one.into else self.tr("Holds {code}")
            button = QPushButton(f"{words.format(code=one.code)} {one.petitioner}", self.related)
            button.setProperty("kind", "quiet")
            button.clicked.connect(lambda _checked=False, key=one.id: self.open_asked.emit(key))
            self._related_row.addWidget(button)
        self.related.setVisible(bool(page.related))

    def _fill_more(self) -> None:
        """Acts beside the main ones; what cannot be done now stays in sight and says why."""
        self.more_menu.clear()
        if self.shown is None:
            return
        for act in Act:
            if act in MAIN_ACTS:
                continue
            why = why_not(act, self.shown.condition)
            words = f"{ACT_WORDS[act]}…" if not why else f"{ACT_WORDS[act]}（{why}）"
            action = self.more_menu.addAction(words, partial(self.begin, act))
            action.setObjectName(f"more_{act.value}")
            action.setEnabled(not why)

    # Acts

    def begin(self, act: Act) -> None:
        """Asks for what an act needs."""
        page = self.shown
        if page is None or why_not(act, page.condition):
            return
        if act in _PLAIN:
            confirm(
                self,
                object_name=f"confirm_{act.value}",
                title=page.row["code"],
                text=self.tr("{act} for {name}?").format(
                    act=ACT_WORDS[act], name=page.row["petitioner"]
                ),
                accept_text=ACT_WORDS[act],
                on_accept=lambda: self._do(Deed(page.id, act, self.by())),
            )
            return
        self.form = ActForm(
            self._context, page, act, self.by(), self._offered, self._find, self._do, self
        )
        self.form.destroyed.connect(self._on_form_gone)
        self.form.show()

    def _on_form_gone(self) -> None:
        self.form = None

    def _find(self, text: str, done: Callable[[Sequence[Hit]], None]) -> None:
        """Petitions to merge into."""
        without = self.shown.id if self.shown is not None else ""
        asked = PetitionText(text, without)
        self._context.read(
            self,
            "find",
            queries.find_petitions,
            asked,
            lambda found: done([Hit(one.id, one.label, one.detail) for one in found]),
            lambda _why: done(()),
        )

    def by(self) -> By:
        """Whoever sits here, on the court's day."""
        at = datetime.combine(self._context.today(), self._context.now().time())
        return By(self._context.who.person_id or "", at.replace(microsecond=0))

    def _do(self, deed: Deed) -> None:
        label = f"信访件{ACT_WORDS[deed.act]}"
        self._context.write(self, label, carry_out, deed, self._on_done, self._on_refused)

    def _on_done(self, act: Act) -> None:
        if self.form is not None:
            self.form.accept()
        code = self.shown.row["code"] if self.shown is not None else ""
        self._context.notify(f"{code} {ACT_WORDS[act]}", level="done")

    def _on_refused(self, sentence: str) -> None:
        if self.form is not None:
            self.form.refuse(sentence)
        else:
            self._context.notify(sentence, level="error")

    # Ways out

    def print(self) -> None:
        """The visitor's receipt, as the petition stands."""
        if self.shown is not None:
            print_for(self._context, self, self.shown.id)

    def _open_case(self) -> None:
        if self.shown is not None and self.shown.row["case_id"]:
            self._context.open("case_query", {"case_id": str(self.shown.row["case_id"])})

    def _node_params(self) -> dict[str, str]:
        assert self.shown is not None
        late = self.shown.late
        return {
            "case_id": str(self.shown.row["case_id"]),
            "node_code": late.code if late is not None else "",
            "subject": late.subject if late is not None else "",
        }

    def _open_why(self) -> None:
        if self.shown is not None and self.shown.late is not None:
            params = self._node_params()
            self._context.select(
                Selection(params["case_id"], params["node_code"], params["subject"])
            )
            self._context.open("derivation", params)

    def _open_letter(self) -> None:
        """The letters of the case, or a new one about the late node."""
        if self.shown is None:
            return
        params = self._node_params()
        if self.shown.letters:
            self._context.open("supervision", {"case_id": params["case_id"]})
        else:
            self._context.open("supervision", {"new": "1", **params})


def _group(parent: QWidget, words: str) -> QLabel:
    made = QLabel(words, parent)
    made.setProperty("role", "group")
    return made

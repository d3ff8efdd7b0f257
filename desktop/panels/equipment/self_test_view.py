"""设备自检: one button, the sheet with every cause, and what was filed before. UI thread."""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSpinBox,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.command.equipment.candidates import Ask, Candidate, Ground, ground
from desktop.command.equipment.register import TABLES
from desktop.command.equipment.self_test import FileArgs, LastTest, file_test
from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.panels.equipment.columns import filed_columns
from desktop.panels.equipment.runner import Order, SelfTest
from desktop.panels.equipment.sheet_view import SheetView
from desktop.panels.equipment.tests_filed import Filed, filed
from desktop.rules.self_tests import SelfTestSheet, conclusion
from widgets.badge import Badge
from widgets.card import Card
from widgets.forms import FilterBox, Option
from widgets.parts import named_button, words_label
from widgets.theme import current_theme

_THINGS_MOST: Final = 400


class SelfTestView(QWidget):
    """`fault_asked(line)` for a ticket; `print_asked(test)` for the sheet on paper."""

    fault_asked = Signal(object)
    print_asked = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("self_test_view")
        self._context = context
        self._wanted: str | None = None  # the operation asked for
        self._asked_test = ""  # the filed sheet asked for
        self._ground: Ground | None = None
        self._ticked: dict[str, bool] = {}
        self._batteries: dict[str, int] = {}
        self._run: SelfTest | None = None
        self._run_for: str | None = None  # the operation that was asked for when it began
        self._open_faults: tuple[str, ...] = ()
        self.shown: LastTest | None = None
        self.make_run: Callable[[Order], SelfTest] = lambda order: SelfTest(context, order, self)
        self.operation = FilterBox(
            self.tr("Operation"),
            all_text=self.tr("Without an operation"),
            multiple=False,
            parent=self,
        )
        self.operation.setObjectName("test_operation")
        self.start = named_button(self, "start_self_test", self.tr("Self-test"))
        self.start.setProperty("kind", "primary")
        self.print = named_button(self, "print_self_test", self.tr("Print the sheet"))
        self.verdict = Badge(parent=self)
        self.verdict.setObjectName("self_test_verdict")
        self.words = words_label(self, "title")
        self.hint = words_label(self, "small")
        self.sheet = SheetView(self)
        self.listing: Listing[Filed] = Listing(filed_columns(), self)
        self._things = QScrollArea(self)
        self._arrange()
        self._connect()
        tables = (*TABLES, "self_test", "operation", "operation_act", "feed", "membership")
        self.live = LiveRefresh(self, context, tables, self._read)

    # Parts

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.operation)
        top.addWidget(self.start)
        top.addStretch(1)
        top.addWidget(self.print)
        self._things.setWidgetResizable(True)
        self._things.setFrameShape(QFrame.Shape.NoFrame)
        self._things.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        things = Card(self.tr("What goes along"), self.tr("battery in percent, as read"), self)
        things.body.addWidget(self._things, 1)
        before = Card(self.tr("Filed self-tests"), parent=self)
        before.body.addWidget(self.listing.table, 1)
        self.listing.table.set_empty_text(
            self.tr("No self-test was filed yet"), self.tr("Press “Self-test” before an operation.")
        )
        left = QSplitter(Qt.Orientation.Vertical, self)
        left.setChildrenCollapsible(False)
        left.addWidget(things)
        left.addWidget(before)
        result = Card(self.tr("Sheet"), parent=self)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.verdict)
        head.addWidget(self.words, 1)
        result.body.addLayout(head)
        result.body.addWidget(self.hint)
        result.body.addWidget(self.sheet, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(result)
        splitter.setStretchFactor(0, 2)
        splitter.setStretchFactor(1, 3)
        splitter.setSizes([2_000, 3_000])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(splitter, 1)
        self._say_nothing()

    def _connect(self) -> None:
        self.operation.changed.connect(self._on_operation)
        self.start.clicked.connect(lambda _checked=False: self.run())
        self.print.clicked.connect(lambda _checked=False: self.print_asked.emit(self.shown))
        self.sheet.fault_asked.connect(self.fault_asked)
        self.listing.table.current_id_changed.connect(lambda _id: self._on_filed())

    # What the view calls

    def choose(self, operation_id: str | None) -> None:
        """Makes ready for an operation, whose last sheet is shown."""
        self._wanted = operation_id or None
        self.shown = None
        self._ticked.clear()
        if self._run is None:
            self._say_nothing()  # another operation's sheet says nothing of this one
        self.live.ask()

    def show_test(self, test_id: str) -> None:
        """Shows a filed sheet, now or as soon as the list is there."""
        self._asked_test = test_id
        self._show_asked()

    def _show_asked(self) -> None:
        there = {one.test.test_id: one.test for one in self.listing.things.values()}
        if self._asked_test in there and self._run is None:
            self.listing.choose(self._asked_test)
            self.show_filed(there[self._asked_test])
            self._asked_test = ""

    @property
    def running(self) -> bool:
        """A test is under way."""
        return self._run is not None

    def run(self) -> None:
        """The one button."""
        if self._ground is None or self._run is not None:
            return
        things = tuple(one for one in self._ground.candidates if self._ticked.get(one.item.id))
        batteries = {key: value for key, value in self._batteries.items() if value > 0}
        ground_, self._run_for = self._ground, self._wanted
        self._run = self.make_run(Order(ground_, things, batteries))
        # The sheet goes where it was measured for, whatever is chosen meanwhile.
        self._run.judged.connect(lambda sheet: self._on_judged(ground_.team_id, sheet))
        self.start.setEnabled(False)
        self.print.setEnabled(False)
        self.shown = None
        self.verdict.set_state("paused", self.tr("Measuring…"))
        self.words.setText(self.tr("Self-test is running"))
        self.hint.setText("")
        self.sheet.show_waiting([one.item.title for one in things])
        self._run.start()

    # Reading

    def _read(self) -> None:
        ask = Ask(self._wanted, self._context.who.person_id, self._context.now())
        self._context.read(self, "ground", ground, ask, self._on_ground, self._failed)
        self._context.read(self, "filed", filed, None, self._on_filed_list, self._failed)

    def _failed(self, sentence: str) -> None:
        self.hint.setText(sentence)
        self.live.finished()

    def _on_ground(self, found: Ground) -> None:
        self._ground = found
        self._open_faults = tuple(
            one.item.id for one in found.candidates if one.item.standing.open_tickets
        )
        was = self.operation.blockSignals(True)
        self.operation.set_options(
            [Option(one.id, one.name, one.starts_at) for one in found.operations]
        )
        self.operation.set_selected([self._wanted] if self._wanted else [])
        self.operation.blockSignals(was)
        for one in found.candidates:
            self._ticked.setdefault(one.item.id, one.wanted)
        self._show_things(found.candidates)
        if self._run is None and self.shown is None and found.last is not None:
            self.show_filed(found.last)
        elif self.shown is not None:
            self._show_sheet(self.shown)
        self.live.finished()

    def _on_filed_list(self, found: tuple[Filed, ...]) -> None:
        self.listing.show([(one.test.test_id, one, one.row) for one in found])
        self._show_asked()

    def _show_things(self, candidates: Sequence[Candidate]) -> None:
        body = QWidget()
        body.setProperty("plain", True)
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for row, one in enumerate(candidates):
            tick = QCheckBox(one.item.title, body)
            tick.setObjectName(f"test_{one.item.id}")
            tick.setChecked(self._ticked.get(one.item.id, False))
            tick.toggled.connect(lambda on, key=one.item.id: self._ticked.update({key: on}))
            grid.addWidget(tick, row, 0)
            if one.urls:
                picture = QLabel(self.tr("picture"), body)
                picture.setProperty("role", "small")
                grid.addWidget(picture, row, 1)
            box = QSpinBox(body)
            box.setObjectName(f"battery_{one.item.id}")
            box.setRange(0, 100)
            box.setSuffix("%")
            box.setSpecialValueText(self.tr("not told"))
            box.setValue(self._batteries.get(one.item.id, 0))
            box.valueChanged.connect(lambda value, key=one.item.id: self._told(key, value))
            grid.addWidget(box, row, 2)
        if not candidates:
            grid.addWidget(
                QLabel(self.tr("The register has nothing of this team to be tested.")), 0, 0
            )
        grid.setRowStretch(max(1, len(candidates)), 1)
        # What is ticked is never cut off at the right.
        theme = current_theme()
        wide = min(body.sizeHint().width() + theme.px(20), theme.px(_THINGS_MOST))
        self._things.setMinimumWidth(wide)
        self._things.setWidget(body)

    def _told(self, key: str, value: int) -> None:
        self._batteries[key] = value

    def _on_operation(self) -> None:
        chosen = next(iter(self.operation.selected()), None)
        self.choose(None if chosen is None else str(chosen))

    # The sheet

    def _say_nothing(self) -> None:
        self.verdict.set_state("unknown", self.tr("Not tested"))
        self.words.setText(self.tr("Press “Self-test” before the operation starts."))
        self.hint.setText("")
        self.sheet.show_lines(())
        self.print.setEnabled(False)

    def _on_judged(self, team: str | None, sheet: SelfTestSheet) -> None:
        if team is None:
            self._not_filed(self.tr("There is no team to file the sheet with."), sheet)
            return
        args = FileArgs(team, sheet)
        self._context.write(
            self,
            "设备自检",
            file_test,
            args,
            lambda key: self._on_stored(key, team, sheet),
            lambda why: self._not_filed(why, sheet),
        )

    def _not_filed(self, why: str, sheet: SelfTestSheet) -> None:
        """Shows what was measured all the same, and says that it counts for nothing."""
        if self._elsewhere():
            self._context.notify(why, level="error")
            return
        self.verdict.set_state("due_soon", self.tr("Not filed"))
        self.words.setText(conclusion(sheet.lines))
        self.hint.setText(why)
        self.sheet.show_lines(sheet.lines, self._open_faults)

    def _on_stored(self, key: str, team: str, sheet: SelfTestSheet) -> None:
        made = LastTest(
            key,
            team,
            sheet.operation_id,
            sheet.person_id,
            self._context.now(),
            sheet.passed,
            True,
            sheet,
            sheet.sha256(),
        )
        if not self._elsewhere():
            self.show_filed(made)
        text = self.tr("Self-test filed: {words}").format(words=made.words)
        self._context.notify(text, level="done" if made.passed else "warning")

    def _elsewhere(self) -> bool:
        """Ends the run; whether another operation was chosen meanwhile, which is shown then."""
        if self._run is not None:
            self._run.deleteLater()
            self._run = None
        self.start.setEnabled(True)
        if self._wanted == self._run_for:
            return False
        self.choose(self._wanted)
        return True

    def _on_filed(self) -> None:
        chosen = self.listing.current()
        if chosen is not None and self._run is None:
            self.show_filed(chosen.test)

    def show_filed(self, test: LastTest) -> None:
        """A sheet as it was filed."""
        self.shown = test
        self._show_sheet(test)

    def _superseded(self, test: LastTest) -> bool:
        """Whether a later one of its operation is known."""
        last = None if self._ground is None else self._ground.last
        return last is not None and last.operation_id == test.operation_id and test.at < last.at

    def _show_sheet(self, test: LastTest) -> None:
        good = test.good
        self.verdict.set_state(
            "normal" if good else "due_soon", self.tr("Passed") if good else self.tr("Not passed")
        )
        self.words.setText(test.words)
        said = [f"{test.at:%Y-%m-%d %H:%M}"]
        if test.sheet is not None:
            said += [test.sheet.person, test.sheet.operation, test.sheet.device]
        if test.stale(self._context.now()):
            said.append(self.tr("too old to count for a start"))
        if not good and test.operation_id is not None and not self._superseded(test):
            said.append(self.tr("it may start only if a chief signs"))
        said.append(f"SHA-256 {test.sha256[:12]}…")
        self.hint.setText(" · ".join(part for part in said if part))
        lines = () if test.sheet is None else test.sheet.lines
        self.sheet.show_lines(lines, self._open_faults)
        self.print.setEnabled(test.sheet is not None)

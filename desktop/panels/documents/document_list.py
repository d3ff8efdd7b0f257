"""The list of documents: filters, the line of a case, what can be begun from here. UI thread."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.list_panel import ListPanel
from desktop.contract.params import many
from desktop.documents.bench import BENCH_WORD
from desktop.documents.kinds import Kind, kinds
from desktop.documents.states import STATE_STYLES, STATE_WORDS
from desktop.panels.documents.columns import columns
from desktop.panels.documents.commands import Three, ThreeArgs, make_three
from desktop.panels.documents.queries import (
    DOCUMENT_LIST,
    DocumentFilter,
    RowsArgs,
    chosen_rows,
)
from desktop.panels.documents.seed import CaseLine, case_line
from widgets.forms import FilterBox, Option

PRINT_MAX: Final = 200


class DocumentList(ListPanel[DocumentFilter]):
    """`opened(id)` for a row; `new_asked(kind, case id)`; `print_asked(rows)` for the selected
    ones; `tool_asked(name)` for a page of its own (verify, setup)."""

    opened = Signal(str)
    new_asked = Signal(str, str)
    print_asked = Signal(list)
    tool_asked = Signal(str)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(
            context,
            parent,
            columns=columns(),
            queries=DOCUMENT_LIST,
            filter_=DocumentFilter(person_id=context.who.person_id),
        )
        self.setObjectName("document_list")
        self.kind_box = FilterBox(self.tr("Kind"), all_text=self.tr("All kinds"), parent=self)
        self.state_box = FilterBox(self.tr("State"), all_text=self.tr("All states"), parent=self)
        self.mine_button = self._toggle("mine", self.tr("Mine"))
        self.waits_button = self._toggle("waits", self.tr("Waiting for me"))
        self.search = QLineEdit(self)
        self.case_bar = QFrame(self)
        self.case_words = QLabel(self.case_bar)
        self.three_button = QPushButton(self.tr("Make the three first papers"), self.case_bar)
        self.line: CaseLine | None = None
        self._fill_filters()
        self._build_case_bar()
        self.add_button(self.tr("Print chosen"), self.print_chosen)
        self.add_button(self.tr("More"), self._show_more)
        self.add_button(self.tr("New document"), self._show_kinds, primary=True)
        self.table.set_empty_text(
            self.tr("No document here"),
            self.tr("Begin one with “New document”, or take off a filter."),
        )
        self.table.row_activated.disconnect()
        self.table.row_activated.connect(lambda _id: self.open_document())

    def _toggle(self, name: str, text: str) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(name)
        made.setCheckable(True)
        made.toggled.connect(lambda _on: self._on_filter())
        return made

    def _fill_filters(self) -> None:
        self.kind_box.setObjectName("document_kinds")
        self.kind_box.set_options(
            [Option(kind.code, kind.name) for kind in kinds().by_code.values()]
        )
        self.state_box.setObjectName("document_states")
        self.state_box.set_options(
            [Option(key, word, state=STATE_STYLES[key]) for key, word in STATE_WORDS.items()]
        )
        self.search.setObjectName("document_search")
        self.search.setPlaceholderText(self.tr("Number, title or case number"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(200)
        for box in (self.kind_box, self.state_box):
            box.changed.connect(self._on_filter)
            self.add_filter(box)
        self.search.textChanged.connect(lambda _text: self._on_filter())
        for part in (self.waits_button, self.mine_button, self.search):
            self.add_filter(part)

    def _build_case_bar(self) -> None:
        self.case_bar.setObjectName("case_bar")
        self.case_bar.setProperty("card", True)
        self.three_button.setObjectName("make_three")
        self.three_button.setProperty("kind", "primary")
        self.case_words.setWordWrap(True)
        back = QPushButton(self.tr("All documents"), self.case_bar)
        back.setObjectName("all_documents")
        row = QHBoxLayout(self.case_bar)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self.case_words, 1)
        row.addWidget(back)
        row.addWidget(self.three_button)
        outer = self.layout()
        assert isinstance(outer, QVBoxLayout)
        outer.insertWidget(1, self.case_bar)
        self.case_bar.hide()
        back.clicked.connect(lambda _checked=False: self.show_case(""))
        self.three_button.clicked.connect(lambda _checked=False: self.make_three())

    # What is shown

    def show_params(self, params: Mapping[str, str]) -> None:
        """A list from elsewhere: kinds, states, mine, waits, text, case_id."""
        for box, keys in ((self.kind_box, "kinds"), (self.state_box, "states")):
            was = box.blockSignals(True)
            box.set_selected(many(params, keys))
            box.blockSignals(was)
        for button, key in ((self.mine_button, "mine"), (self.waits_button, "waits")):
            was = button.blockSignals(True)
            button.setChecked(params.get(key) == "1")
            button.blockSignals(was)
        was = self.search.blockSignals(True)
        self.search.setText(params.get("text", ""))
        self.search.blockSignals(was)
        self.show_case(params.get("case_id", ""))

    def show_case(self, case_id: str) -> None:
        """The documents of one case, with what it lacks; of all cases for an empty id."""
        self.line = None
        self.case_bar.hide()
        self.set_filter(self._wanted(case_id or None))
        if case_id:
            self._read_line(case_id)

    def _read_line(self, case_id: str) -> None:
        self.context.read(self, "case_line", case_line, case_id, self._on_line)

    def _on_line(self, found: CaseLine | None) -> None:
        if found is None or found.id != self.filter.case_id:
            return
        self.line = found
        words = self.tr("Documents of {case}").format(case=found.number)
        if found.lacks:
            words += self.tr(" · not made yet: {kinds}").format(kinds="、".join(found.lacks))
        self.case_words.setText(words)
        self.three_button.setVisible(bool(found.lacks))
        self.case_bar.show()

    def _wanted(self, case_id: str | None) -> DocumentFilter:
        return DocumentFilter(
            kinds=tuple(str(key) for key in self.kind_box.selected()),
            states=tuple(str(key) for key in self.state_box.selected()),
            mine=self.mine_button.isChecked(),
            waits=self.waits_button.isChecked(),
            person_id=self.context.who.person_id,
            case_id=case_id,
            text=self.search.text().strip(),
        )

    def _on_filter(self) -> None:
        wanted = self._wanted(self.filter.case_id)
        if wanted != self.filter:
            self.set_filter(wanted)

    def _read(self) -> None:
        super()._read()
        if self.line is not None and self.filter.case_id == self.line.id:
            self._read_line(self.line.id)

    def count_text(self, count: int) -> str:
        return self.tr("{count} documents").format(count=f"{count:,}")

    # Acts

    def open_document(self) -> None:
        """Opens the document of the current row."""
        row = self.current_row()
        if row is not None:
            self.opened.emit(str(row["id"]))

    def make_three(self) -> None:
        """The three first papers of the case above the list, by one act."""
        if self.line is None:
            return
        args = ThreeArgs(self.line.id, self.context.who.person_id, self.context.now())
        self.three_button.setEnabled(False)
        self.context.write(
            self, "制作首次送达的三份文书", make_three, args, self._on_three, self._on_refused
        )

    def _on_three(self, made: Three) -> None:
        self.three_button.setEnabled(True)
        words = self.tr("{count} drafts made").format(count=len(made.made))
        if made.there:
            words += self.tr(", there already: {kinds}").format(kinds="、".join(made.there))
        self.context.notify(words, level="done")
        self.live.ask()

    def _on_refused(self, sentence: str) -> None:
        self.three_button.setEnabled(True)
        self.context.notify(sentence, level="error")

    def print_chosen(self) -> None:
        """The signed ones among the selected rows."""
        chosen = self.table.selected_ids(most=PRINT_MAX)
        if not chosen:
            self.context.notify(self.tr("Choose documents first; Ctrl or Shift takes several."))
            return
        # Read anew: of a long selection not every row has been looked at.
        args = RowsArgs(chosen, self.context.today())
        self.context.read(self, "chosen", chosen_rows, args, self._on_chosen)

    def _on_chosen(self, rows: Sequence[Mapping[str, object]]) -> None:
        self.print_asked.emit([dict(row) for row in rows])

    def fill_menu(self, menu: QMenu) -> None:
        menu.addAction(self.tr("Open document"), self.open_document)
        menu.addAction(self.tr("Print chosen"), self.print_chosen)
        row = self.current_row()
        if row is not None and row.get("case_id"):
            menu.addAction(self.tr("Open case"), self.open_case)
            menu.addAction(
                self.tr("Documents of this case"), partial(self.show_case, str(row["case_id"]))
            )
        menu.addAction(self.tr("Copy"), self.table.copy_selection)

    def _show_more(self) -> None:
        menu = QMenu(self)
        menu.addAction(self.tr("Verify a file…"), lambda: self.tool_asked.emit("verify"))
        menu.addAction(self.tr("Signing settings…"), lambda: self.tool_asked.emit("setup"))
        menu.addAction(self.tr("Notices…"), lambda: self.context.open("notices"))
        self._pop_up(menu)

    def _show_kinds(self) -> None:
        self._pop_up(self.kinds_menu())

    def kinds_menu(self) -> QMenu:
        """Every kind that can be begun: without a case, of a case, by three judges, against liberty
        or money."""
        menu = QMenu(self)
        by_code = kinds().by_code.values()
        coercive = ("fine_decision", "summons", "detention_decision")
        groups: tuple[list[Kind], ...] = (
            [kind for kind in by_code if not kind.case],
            [
                kind
                for kind in by_code
                if kind.case and kind.code not in coercive and not _by_three(kind)
            ],
            [kind for kind in by_code if _by_three(kind)],
            [kind for kind in by_code if kind.code in coercive],
        )
        for n, group in enumerate(groups):
            if n:
                menu.addSeparator()
            for kind in group:
                action = menu.addAction(kind.name, partial(self._begin, kind.code))
                action.setObjectName(f"new_{kind.code}")
        return menu

    def _begin(self, code: str) -> None:
        case_id = self.filter.case_id or ""
        if not case_id and kinds().kind(code).case:
            selected = self.context.selection()
            case_id = selected.case_id if selected is not None else ""
        self.new_asked.emit(code, case_id)

    def _pop_up(self, menu: QMenu) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.filter_row.parentWidget().mapToGlobal(self._corner()))

    def _corner(self) -> QPoint:
        rect = self.filter_row.geometry()
        return QPoint(rect.right() - 180, rect.bottom() + 4)


def _by_three(kind: Kind) -> bool:
    """Whether its template ends with the names of a panel."""
    return any(f"{{{BENCH_WORD}}}" in one.body for one in kind.templates)

"""现场查封: the list, the form, and the page of one seizure. UI thread."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.short_list import Listing
from desktop.panels.seizures import PANELS
from desktop.panels.seizures.columns import columns
from desktop.panels.seizures.form import SeizureForm
from desktop.panels.seizures.page import SeizurePage
from desktop.panels.seizures.queries import Line, Seizure, case_by_number, lines, seizure_of
from desktop.rules.case_number import CaseNumberError, parse
from desktop.rules.seizure_form import KINDS, STATE_STYLES, STATE_WORDS, State, open_key
from storage.records.changes import ChangeSet
from widgets.dialogs import ask_text
from widgets.forms import FilterBox, Option
from widgets.parts import named_button


class SeizuresView(QWidget):
    """`apply({"seizure_id": …})` opens one; `{"new": "1", "case_id": …}` the form of a case;
    `{"case_id": …}` lists those of a case."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("seizures_view")
        self._context = context
        self._case_id = ""
        self._show_id = ""
        self.lines: tuple[Line, ...] = ()
        self.list = QWidget(self)
        self.listing: Listing[Line] = Listing(columns(), self)
        self.table = self.listing.table
        self.count = QLabel(self)
        self.count.setProperty("role", "muted")
        self.states = FilterBox(self.tr("State"), all_text=self.tr("All states"), parent=self)
        self.states.setObjectName("states")
        self.states.set_options(
            [Option(key.value, STATE_WORDS[key], state=STATE_STYLES[key]) for key in State]
        )
        self.all_button = named_button(self, "all_cases", self.tr("All cases"))
        self.new_button = named_button(self, "new_seizure", self.tr("New seizure"))
        self.new_button.setProperty("kind", "primary")
        # For a thumb: two taps on a row are hard to hit.
        self.open_button = named_button(self, "open_seizure", self.tr("Open"))
        self.resume_button = named_button(self, "resume_seizure", "")
        self.resume_button.hide()
        self._begun = ""
        self.form = SeizureForm(context, self)
        self.page = SeizurePage(context, self)
        self._stack = QStackedWidget(self)
        self._arrange()
        self._connect()
        self.reload()
        self._look_for_begun()

    def _arrange(self) -> None:
        self.table.set_empty_text(
            self.tr("No seizures yet"),
            self.tr("Begin one on the spot: two officers, photographs, place and time, the list."),
        )
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.states)
        head.addWidget(self.all_button)
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.resume_button)
        head.addWidget(self.open_button)
        head.addWidget(self.new_button)
        inner = QVBoxLayout(self.list)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(8)
        inner.addLayout(head)
        inner.addWidget(self.table, 1)
        for part in (self.list, self.form, self.page):
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _connect(self) -> None:
        self.states.changed.connect(self._show_lines)
        self.all_button.clicked.connect(lambda _checked=False: self._show_all())
        self.new_button.clicked.connect(lambda _checked=False: self._on_new())
        self.table.row_activated.connect(lambda _id: self._open_current())
        self.table.current_id_changed.connect(lambda _id: self._mark())
        self.open_button.clicked.connect(lambda _checked=False: self._open_current())
        self.resume_button.clicked.connect(lambda _checked=False: self.new_seizure(self._begun))
        self.form.signed.connect(self.open_seizure)
        self.form.left.connect(self._go_back)
        self.page.left.connect(self._go_back)
        self.page.change_asked.connect(self._on_change)
        self._context.changed.connect(self._on_changed)

    def apply(self, params: Mapping[str, str]) -> None:
        """Opens what `params` name; see the class."""
        case_id = params.get("case_id", "")
        if params.get("seizure_id"):
            self.open_seizure(params["seizure_id"])
        elif params.get("new") and case_id:
            self.new_seizure(case_id)
        elif params.get("new"):
            self._on_new()
        elif case_id:
            self._case_id = case_id
            self._go_back()
            self.reload()

    @property
    def shown(self) -> QWidget:
        """The list, the form or the page."""
        return self._stack.currentWidget()

    # The list

    def reload(self) -> None:
        """Reads the list anew."""
        self._context.read(self, "snapshot", lines, self._case_id, self._on_lines)

    def _on_lines(self, found: tuple[Line, ...]) -> None:
        self.lines = found
        self._show_lines()

    def _show_lines(self) -> None:
        wanted = {str(key) for key in self.states.selected()}
        shown = [one for one in self.lines if not wanted or one.state.value in wanted]
        self.listing.show([(one.id, one, _values(one)) for one in shown])
        self.count.setText(self.tr("{count} in all").format(count=len(shown)))
        self.all_button.setVisible(bool(self._case_id))
        self._mark()

    def _mark(self) -> None:
        self.open_button.setEnabled(self.listing.current() is not None)

    def _show_all(self) -> None:
        self._case_id = ""
        self.reload()

    def _open_current(self) -> None:
        line = self.listing.current()
        if line is not None:
            self.open_seizure(line.id)

    def _look_for_begun(self) -> None:
        """What was being typed when the desk went, perhaps with its battery, is offered first."""
        self._context.load_draft(open_key(self._context.who.person_id), self._on_begun)

    def _on_begun(self, kept: Mapping[str, Any] | None) -> None:
        self._begun = str((kept or {}).get("case_id") or "")
        self.resume_button.setVisible(bool(self._begun))
        words = self.tr("Go on: {case}")
        self.resume_button.setText(words.format(case=(kept or {}).get("number", "")))

    # Form and page

    def _on_new(self) -> None:
        chosen = self._context.selection()
        case_id = self._case_id or (chosen.case_id if chosen is not None else "")
        if case_id:
            self.new_seizure(case_id)
            return
        ask_text(
            self,
            object_name="ask_case",
            title=self.tr("New seizure"),
            label=self.tr("Case number"),
            accept_text=self.tr("Begin"),
            on_accept=self._find_case,
        )

    def _find_case(self, typed: str) -> None:
        try:
            number = str(parse(typed))
        except CaseNumberError:
            number = typed.strip()
        self._context.read(self, "case", case_by_number, number, self._on_case)

    def _on_case(self, case_id: str | None) -> None:
        if case_id is None:
            self._context.notify(self.tr("The case is not on this device."), level="error")
        else:
            self.new_seizure(case_id)

    def new_seizure(self, case_id: str) -> None:
        """The form of a case: the one that was begun, else an empty one."""
        self._show_id = ""
        self._stack.setCurrentWidget(self.form)
        self.form.open_new(case_id)

    def open_seizure(self, seizure_id: str) -> None:
        """Shows one seizure; one that the officer here is still filling opens as its form."""
        self._show_id = seizure_id
        self._context.read(self, "seizure", seizure_of, seizure_id, self._on_seizure)

    def _on_seizure(self, found: Seizure | None) -> None:
        if found is None:
            self._go_back()
        elif found.id == self._show_id:
            self.page.show_seizure(found)
            self._stack.setCurrentWidget(self.page)

    def _on_change(self, found: Seizure) -> None:
        self._show_id = ""
        self._stack.setCurrentWidget(self.form)
        self.form.open_seizure(found)

    def _go_back(self) -> None:
        self._show_id = ""
        self._look_for_begun()
        self._stack.setCurrentWidget(self.list)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_changed(self, changes: ChangeSet) -> None:
        if not changes.touches(*PANELS[0].tables):
            return
        self.reload()
        if self._show_id:
            self.open_seizure(self._show_id)
        elif self.shown is self.form:
            self.form.refresh()


def _values(line: Line) -> dict[str, object]:
    return {
        "state": (STATE_STYLES[line.state], STATE_WORDS[line.state]),
        "kind": KINDS[line.kind],
        "case_number": line.case_number,
        "subject": line.subject,
        "what": line.what,
        "place": line.place,
        "officers": line.officers,
        "photos": line.photos,
        "began_at": line.began_at[:16].replace("T", " "),
        "code": line.code,
    }

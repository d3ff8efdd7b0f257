"""The form of a draft: fields of its template at the left, its pages at the right. UI thread.

What is typed is kept within a second, whatever else is being written, and comes back.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.documents.bench import BENCH_WORD, PANEL_WORDS, bench_lines, panel_words
from desktop.documents.kinds import Field
from desktop.panels.documents.canned import canned
from desktop.panels.documents.commands import DraftArgs, save_document
from desktop.panels.documents.draft_pages import Typed, typed_pages
from desktop.panels.documents.inputs import (
    BenchField,
    CasePicker,
    NoteField,
    as_text,
    control_of,
    from_text,
    hint_of,
)
from desktop.panels.documents.queries import is_sealed
from desktop.panels.documents.rules import PANEL_ID, field_fault
from desktop.panels.documents.seed import BenchSeed, FormSeed, SeedArgs, seed
from desktop.paper.preview import PagesPreview
from widgets.forms import FormPane
from widgets.theme import current_theme

NARROW: Final = 860  # pixels at 100 per cent
_NOTE: Final = "_note"
_SHOWN_WORDS: Final = (
    ("case_number", "案号"),
    ("applicants", "申请执行人"),
    ("debtors", "被执行人"),
    ("claim", "标的"),
    ("basis_no", "依据"),
    ("handler", "承办人"),
)


class DraftForm(QWidget):
    """`stored(document id)` follows a write, `left()` when the user goes back."""

    stored = Signal(str)
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("draft_form")
        self._context = context
        self.seed: FormSeed | None = None
        self._refresh = False
        self._filled: dict[str, object] = {}
        self.form: FormPane | None = None
        self.bench: BenchField | None = None
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.words = _words(self, "muted")
        self.problem = _words(self, "error")
        self.note = _words(self, "muted")
        self.back_button = QPushButton(self.tr("Back to list"), self)
        self.back_button.setObjectName("back")
        self.refresh_button = QPushButton(self.tr("Take the words of the case anew"), self)
        self.refresh_button.setObjectName("refresh_words")
        self.afresh_button = QPushButton(self.tr("Fill in afresh"), self)
        self.afresh_button.setObjectName("afresh")
        self.afresh_button.setProperty("kind", "quiet")
        self.pages_button = QPushButton(self.tr("Pages"), self)
        self.pages_button.setObjectName("show_pages")
        self.pages_button.setCheckable(True)
        self.pages_button.hide()
        self.side = QWidget(self)
        self.picker = CasePicker(context, self)
        self.preview = PagesPreview(context, self)
        self._place = QStackedWidget(self)
        self._arrange()
        self.back_button.clicked.connect(lambda _checked=False: self._leave())
        self.refresh_button.clicked.connect(lambda _checked=False: self._take_words())
        self.afresh_button.clicked.connect(lambda _checked=False: self._fill_afresh())
        self.pages_button.toggled.connect(lambda _on: self._place_pages())
        self.picker.chosen.connect(self._on_case)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(self.title, 1)
        top.addWidget(self.afresh_button)
        top.addWidget(self.pages_button)
        inner = QVBoxLayout(self.side)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(8)
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.refresh_button, 0, Qt.AlignmentFlag.AlignTop)
        inner.addLayout(row)
        inner.addWidget(self.problem)
        inner.addWidget(self.note)
        inner.addWidget(self._place, 1)
        self._place.addWidget(self.picker)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.addWidget(self.side)
        split.addWidget(self.preview)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 4)
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(split, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_pages()

    def _place_pages(self) -> None:
        """In a narrow dock the form and its pages take turns."""
        narrow = self.width() < current_theme().px(NARROW)
        self.pages_button.setVisible(narrow)
        pages = narrow and self.pages_button.isChecked()
        self.side.setVisible(not pages)
        self.preview.setVisible(pages or not narrow)

    # What the panel calls

    def begin(self, kind: str, case_id: str) -> None:
        """The form of a new document."""
        self._ask(SeedArgs(self._context.today(), kind, case_id or None))

    def edit(self, document_id: str) -> None:
        """The form of a stored draft."""
        self._ask(SeedArgs(self._context.today(), document_id=document_id))

    def _ask(self, args: SeedArgs) -> None:
        self._context.read(self, "seed", seed, args, self.open_seed)

    @property
    def draft_key(self) -> str:
        """Under which what is typed is kept: one per draft, one per kind and case before that."""
        assert self.seed is not None
        if self.seed.document_id:
            return f"documents:{self.seed.document_id}"
        return f"documents:new:{self.seed.kind}:{self.seed.case_id or ''}"

    def open_seed(self, found: FormSeed) -> None:
        """Shows the form; what was typed before and not stored replaces it."""
        self.seed = found
        self._refresh = False
        heading = found.kind_name if not found.title else f"{found.kind_name}　{found.title}"
        self.title.setText(heading)
        told = [f"{word}：{found.words[key]}" for key, word in _SHOWN_WORDS if key in found.words]
        self.words.setText("　".join(told))
        self.words.setVisible(bool(told))
        self.refresh_button.setVisible(found.stale)
        self.afresh_button.hide()
        self._say(found.why)
        self.note.setText(
            self.tr("Changed words go through all stages again.")
            if found.state == "checking"
            else ""
        )
        self.note.setVisible(bool(self.note.text()))
        self._drop_form()
        if found.needs_case and found.case_id is None:
            self.preview.clear(self.tr("The pages appear here once a case is chosen."))
            self._place.setCurrentWidget(self.picker)
            self.picker.search.setFocus()
            return
        if found.template is None:
            self.preview.clear(found.why)
            return
        self._build(found)

    def _drop_form(self) -> None:
        if self.form is not None:
            self._place.removeWidget(self.form)
            self.form.deleteLater()
            self.form = self.bench = None

    def _build(self, found: FormSeed) -> None:
        assert found.template is not None
        form = FormPane(self, submit_text=self.tr("Store"), cancel_text=self.tr("Back to list"))
        form.submit_button.setObjectName("store")
        template = found.template
        if found.bench is not None:
            self._add_bench(form, found.bench)
        for field in template.fields:
            form.add_field(
                field.key,
                field.label,
                control_of(field, form),
                required=field.needed,
                hint=hint_of(field),
                check=partial(self._fault, field),
            )
        if not template.fields:
            form.add_widget(_words(form, "muted", self.tr("Nothing has to be filled in here.")))
        if found.document_id:
            note = NoteField(canned().notes.get("version", ()), form)
            form.add_field(_NOTE, self.tr("What was changed"), note)
        self._filled = {
            field.key: from_text(field, found.values.get(field.key, ""))
            for field in template.fields
        }
        if found.bench is not None:
            self._filled[PANEL_WORDS] = panel_words(found.bench.seats)
        form.set_values(self._filled)
        form.edited.connect(self._on_edited)
        form.submitted.connect(self._on_submitted)
        form.closed.connect(self._on_closed)
        self.form = form
        self._place.addWidget(form)
        self._place.setCurrentWidget(form)
        form.set_waiting(True)
        key = self.draft_key
        self._context.load_draft(key, lambda kept: self._on_draft(key, kept))

    def _add_bench(self, form: FormPane, bench: BenchSeed) -> None:
        """Who decides. Nobody twice; whoever carried the case out is not offered."""
        self.bench = BenchField(bench.offered, form)
        twice = self.tr("Three different judges are needed.")

        def fault(value: object) -> str:
            ids = as_text(value).split(",")
            return "" if len(ids) == len(set(ids)) else twice

        hint = self.tr("The first presides. Whoever carried the case out does not sit.")
        hint = "\n".join((hint, *bench.notes))
        label = self.tr("Panel")
        form.add_field(PANEL_WORDS, label, self.bench, required=True, hint=hint, check=fault)

    def _fault(self, field: Field, value: object) -> str:
        if self.seed is None or self.seed.template is None:
            return ""
        return field_fault(self.seed.template, field, as_text(value))

    def _on_draft(self, key: str, kept: Mapping[str, Any] | None) -> None:
        if self.seed is None or self.form is None or key != self.draft_key:
            return  # another form is open meanwhile: its own answer is on the way
        form, template = self.form, self.seed.template
        form.set_waiting(False)
        form.set_busy(bool(self.seed.why))
        if kept and template is not None:
            values = {
                field.key: from_text(field, str(kept[field.key]))
                for field in template.fields
                if kept.get(field.key)
            }
            if self.seed.bench is not None and kept.get(PANEL_WORDS):
                values[PANEL_WORDS] = str(kept[PANEL_WORDS])
            if any(self._filled.get(k) != v for k, v in values.items()):
                form.set_values(values)
                self.note.setText(self.tr("What you typed before was restored."))
                self.note.show()
                self.afresh_button.show()
        self._lay_out()

    def _fill_afresh(self) -> None:
        if self.form is not None:
            self._context.discard_draft(self.draft_key)
            self.form.set_values(self._filled)
            self.afresh_button.hide()
            self.note.hide()
            self._lay_out()

    def _on_case(self, case_id: str) -> None:
        if self.seed is None:
            return
        kind = self.seed.kind

        def go(sealed: bool) -> None:
            if sealed:  # the desk asks for the purpose, and then begins this form
                params = {"new": "1", "kind": kind, "case_id": case_id}
                self._context.open(PANEL_ID, params)
            else:
                self.begin(kind, case_id)

        self._context.read(self, "sealed", is_sealed, case_id, go)

    def _take_words(self) -> None:
        """The words of the case as they are today go into the draft when it is stored."""
        self._refresh = True
        self.refresh_button.hide()
        self.note.setText(self.tr("The words of the case will be taken anew when you store."))
        self.note.show()

    # Pages

    def _typed(self) -> dict[str, str]:
        assert self.form is not None
        return {key: as_text(value) for key, value in self.form.values().items() if key != _NOTE}

    def _lay_out(self) -> None:
        if self.seed is None or self.seed.template is None or self.form is None:
            return
        values, words = self._typed(), dict(self.seed.words)
        if values.pop(PANEL_WORDS, "") and self.bench is not None:
            words[BENCH_WORD] = bench_lines(self.bench.names())
        typed = Typed(self.seed.template, values, words)
        self._context.layout(self, typed_pages, typed, self._on_pages, self.preview.clear)

    def _on_pages(self, pages: bytes) -> None:
        if self.form is not None:
            self.preview.show_bytes(pages, self.tr("As it will be printed, with the draft's mark."))

    # Writing

    def _on_edited(self, _values: Mapping[str, object]) -> None:
        if self.form is None or self.seed is None:
            return
        values = self._typed()
        if {key: as_text(value) for key, value in self._filled.items()} != values:
            self._context.save_draft(self.draft_key, values)
        self._lay_out()

    def _on_submitted(self, values: Mapping[str, object]) -> None:
        found = self.seed
        if found is None or self.form is None:
            return
        self.form.set_busy(True)
        self._say("")
        typed = self._typed()
        seats = tuple(one for one in typed.pop(PANEL_WORDS, "").split(",") if one)
        args = DraftArgs(
            kind=found.kind,
            case_id=found.case_id,
            values=typed,
            person_id=self._context.who.person_id,
            at=self._context.now(),
            document_id=found.document_id,
            note=as_text(values.get(_NOTE)),
            refresh=self._refresh,
            seats=seats,
        )
        self._context.write(
            self, f"保存{found.kind_name}", save_document, args, self._on_stored, self._on_refused
        )

    def _on_stored(self, document_id: str) -> None:
        self._context.discard_draft(self.draft_key)
        self.seed = None
        self._drop_form()
        self.stored.emit(document_id)

    def _on_refused(self, sentence: str) -> None:
        if self.form is not None:
            self.form.set_busy(False)
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def _leave(self) -> None:
        if self.form is not None:
            self.form.close_keeping_draft()
        else:
            self.left.emit()

    def _on_closed(self, values: Mapping[str, object]) -> None:
        self._on_edited(values)
        self.left.emit()


def _words(parent: QWidget, role: str, text: str = "") -> QLabel:
    made = QLabel(text, parent)
    made.setWordWrap(True)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made.setProperty("role", role)
    return made

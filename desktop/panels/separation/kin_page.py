"""关联案件: bonds between cases, entered and declared wrong. UI thread."""

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.command.separation.kin import (
    ENTERED,
    KinRow,
    KinVoid,
    KinWish,
    all_kin,
    bind,
    unbind,
)
from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.panels.separation.columns import kin_columns
from desktop.rules.separation_facts import BOND_NAMES, BondKind
from widgets.dialogs import ask_text
from widgets.forms import FormDialog
from widgets.parts import named_button
from widgets.theme import current_theme


class KinPage(QWidget):
    """`enter(number)` opens the form with that case filled in."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("kin_page")
        self._context = context
        self.form: FormDialog | None = None
        self.list: Listing[KinRow] = Listing(kin_columns(), self)
        self.list.table.set_empty_text(
            self.tr("No bond was entered"),
            self.tr(
                "Cases with the same basis or the same two sides are found by themselves; enter "
                "here what only people know."
            ),
        )
        self.count_label = QLabel(self)
        self.count_label.setProperty("role", "muted")
        self.enter_button = named_button(self, "enter_kin", self.tr("Enter a bond…"))
        self.enter_button.setProperty("kind", "primary")
        self.void_button = named_button(self, "void_kin", self.tr("Declare wrong…"))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.count_label)
        row.addStretch(1)
        row.addWidget(self.void_button)
        row.addWidget(self.enter_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.list.table, 1)
        self.enter_button.clicked.connect(lambda _on=False: self.enter())
        self.void_button.clicked.connect(lambda _on=False: self._ask_void())
        self.list.table.current_id_changed.connect(lambda _id: self._show_current())
        self.list.table.row_activated.connect(lambda _id: self._open())
        self.live = LiveRefresh(self, context, ("case_kin", "case"), self._read)
        self._show_current()

    def _read(self) -> None:
        self._context.read(self, "snapshot", all_kin, None, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: Sequence[KinRow]) -> None:
        self.list.show([(one.id, one, _row(one)) for one in found])
        self.count_label.setText(self.tr("{count} bonds").format(count=f"{len(found):,}"))
        self._show_current()
        self.live.finished()

    def _show_current(self) -> None:
        self.void_button.setEnabled(self.list.current() is not None)

    def _open(self) -> None:
        one = self.list.current()
        if one is not None:
            self._context.open("case_query", {"case_id": one.case_id})

    # Entering

    def enter(self, number: str = "") -> None:
        """Asks for two numbers and how the cases hang together."""
        dialog = FormDialog(
            self.tr("Two cases belong together"), self, submit_text=self.tr("Enter"), width=460
        )
        dialog.setObjectName("kin_form")
        dialog.form.add_field("number", self.tr("Case number"), QLineEdit(), required=True)
        dialog.form.add_field("other", self.tr("Other case number"), QLineEdit(), required=True)
        kinds = QComboBox()
        for kind in ENTERED:
            kinds.addItem(BOND_NAMES[kind], kind.value)
        dialog.form.add_field("kind", self.tr("Bond"), kinds)
        dialog.form.add_field("words", self.tr("Remark"), QLineEdit())
        if number:
            dialog.form.set_values({"number": number})
        dialog.form.submitted.connect(self._on_typed)
        self.form = dialog
        dialog.resize(dialog.width(), current_theme().px(360))
        dialog.show()

    def _on_typed(self, values: Mapping[str, object]) -> None:
        wish = KinWish(
            str(values["number"] or ""),
            str(values["other"] or ""),
            BondKind(str(values["kind"])),
            str(values["words"] or ""),
            self._context.who.person_id,
            self._context.now(),
        )
        self._context.write(self, "登记关联案件", bind, wish, self._on_bound, self._on_refused)

    def _on_bound(self, _key: str) -> None:
        if self.form is not None:
            self.form.accept()
            self.form = None
        self._context.notify(self.tr("Bond entered"), level="done")

    def _on_refused(self, sentence: str) -> None:
        if self.form is None:
            self._context.notify(sentence, level="error")
            return
        self.form.form.set_busy(False)
        self.form.form.field("other").set_error(sentence)

    def _ask_void(self) -> None:
        one = self.list.current()
        if one is None:
            return
        ask_text(
            self,
            object_name="void_kin_reason",
            title=self.tr("Declare this bond wrong?"),
            label=self.tr("Why was it wrong?"),
            accept_text=self.tr("Declare wrong"),
            on_accept=lambda text: self._void(one, text),
        )

    def _void(self, one: KinRow, words: str) -> None:
        wish = KinVoid(one.id, words, self._context.who.person_id, self._context.now())
        self._context.write(self, "作废关联案件登记", unbind, wish, lambda _none: None)


def _row(one: KinRow) -> dict[str, object]:
    return {
        "number": one.number,
        "kind": BOND_NAMES[one.kind],
        "other": one.other_number,
        "words": one.words,
        "person": one.person,
        "at": one.at[:16].replace("T", " "),
    }

"""Who of the court may sit in a case, before anybody is named. UI thread."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.command.separation.kin import May, MayArgs, who_may
from desktop.command.separation.watching import TABLES
from desktop.contract.context import PanelContext, Selection
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.panels.separation.columns import judge_columns
from widgets.parts import words_label


class JudgesPage(QWidget):
    """Follows the case that is looked at; `show_case(case_id)` names one."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("judges_page")
        self._context = context
        self._case_id: str | None = None
        self.list: Listing[May] = Listing(judge_columns(), self)
        self.list.table.set_empty_text(
            self.tr("Choose a case"),
            self.tr("The judges of its court are listed here, with why somebody may not sit."),
        )
        self.note = words_label(self, "muted")
        row = QHBoxLayout()
        row.addWidget(self.note, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.list.table, 1)
        self.live = LiveRefresh(self, context, TABLES, self._read)
        chosen = context.selection()
        if chosen is not None:
            self._case_id = chosen.case_id
        context.selected.connect(self._on_selected)

    def show_case(self, case_id: str) -> None:
        """The judges of the court of one case."""
        self._case_id = case_id
        self.live.ask()

    def _on_selected(self, chosen: Selection) -> None:
        if chosen.case_id != self._case_id:
            self.show_case(chosen.case_id)

    def _read(self) -> None:
        if self._case_id is None:
            self.live.finished()
            return
        args = MayArgs(self._case_id, self._context.today())
        self._context.read(self, "snapshot", who_may, args, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: Sequence[May]) -> None:
        self.list.show([(one.person_id, one, self._row(one)) for one in found])
        free = sum(one.rank < 2 for one in found)
        text = self.tr(
            "{number}: {free} of {all} judges of the court may sit. One execution under several"
            " numbers is one matter and bars whoever carried it out; another execution that hangs"
            " with it does not, and is to be weighed."
        )
        number = found[0].number if found else ""
        self.note.setText(text.format(number=number, free=free, all=len(found)))
        self.note.setVisible(bool(found))
        self.live.finished()

    def _row(self, one: May) -> dict[str, object]:
        if one.why is None:
            return {
                "may": ("normal", self.tr("May sit")),
                "name": one.name,
                "team": one.team,
                "why": "",
            }
        why = one.why
        last = why.links[-1]
        by = f"（{why.path}）" if why.conflict.bonds else ""
        days = f"，{last.on}" if last.on else ""
        barred = ("overdue", self.tr("May not sit"))
        may = barred if why.conflict.forbids else ("due_soon", self.tr("To be weighed"))
        return {
            "may": may,
            "name": one.name,
            "team": one.team,
            "why": f"{why.carried}{by}：{why.carried_out}{days}",
        }

"""What differs between the matrices of two days. UI thread."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.panels.signing_matrix.columns import difference_columns
from desktop.panels.signing_matrix.queries import Two, compare
from desktop.panels.signing_matrix.rules import Difference
from widgets.forms import DateField

_YEARS_BACK = 5


class ComparePage(QWidget):
    """Two days and the stages that are not the same."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare_page")
        self._context = context
        self.list: Listing[Difference] = Listing(difference_columns(), self)
        self.first = DateField(self, optional=False)
        self.first.setObjectName("first_day")
        self.second = DateField(self, optional=False)
        self.second.setObjectName("second_day")
        today = context.today()
        self.first.set_value(today.replace(year=today.year - _YEARS_BACK, day=1))
        self.second.set_value(today)
        self.count_label = QLabel(self)
        self.count_label.setProperty("role", "muted")
        self.list.table.set_empty_text(
            self.tr("No difference"), self.tr("On both days the same people did the same.")
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (QLabel(self.tr("From"), self), self.first):
            row.addWidget(part)
        for part in (QLabel(self.tr("to"), self), self.second):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.count_label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.list.table, 1)
        self.live = LiveRefresh(self, context, ("signing_rule",), self._read)
        for field in (self.first, self.second):
            field.changed.connect(self.live.ask)

    def _read(self) -> None:
        first, second = self.first.value(), self.second.value()
        if first is None or second is None:
            self.live.finished()
            return
        days = Two(min(first, second), max(first, second))
        self._context.read(self, "snapshot", compare, days, self._on_found, self._on_error)

    def _on_found(self, found: tuple[Difference, ...]) -> None:
        self.list.show([((one.document, one.stage), one, _row(one)) for one in found])
        self.count_label.setText(self.tr("{count} stages differ").format(count=len(found)))
        self.live.finished()

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()


def _row(one: Difference) -> dict[str, object]:
    return {
        "document": one.document,
        "stage": one.stage,
        "before": one.before,
        "after": one.after,
    }

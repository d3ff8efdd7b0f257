"""Issue and receipts: green once a court has opened it, and whom to remind. UI thread."""

from datetime import datetime

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.contract.context import PanelContext
from desktop.documents.receipts import Issue, Receipt, issue, remind
from desktop.panels.weekly.columns import receipt_columns
from desktop.panels.weekly.queries import Circular
from desktop.panels.weekly.step_page import StepPage, button, text_label
from widgets.badge import Badge
from widgets.dialogs import confirm
from widgets.table import DataTable, PagedTableModel, StaticSource


class IssueStep(StepPage):
    """Sends the signed circular to its courts and watches the receipts."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.setObjectName("issue_step")
        self.badge = Badge(parent=self)
        self.status = text_label(self)
        self.status.setObjectName("receipt_status")
        self.missing_title = QLabel(self.tr("To be reminded"), self)
        self.missing_title.setProperty("role", "group")
        self.missing = text_label(self)
        self.missing.setObjectName("reminder_list")
        self.issue_button = button(self, "issue", self.tr("Issue"), self._ask, kind="primary")
        self.remind_button = button(self, "remind", self.tr("Remind them"), self._remind)
        self.source = StaticSource()
        self.model = PagedTableModel(receipt_columns(), self.source, self)
        self.table = DataTable(self.model, self)
        self.table.set_empty_text(
            self.tr("Not issued yet"), self.tr("Each court has a receipt once it is issued.")
        )
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.badge)
        head.addWidget(self.status, 1)
        head.addWidget(self.remind_button)
        head.addWidget(self.issue_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.error)
        layout.addWidget(self.missing_title)
        layout.addWidget(self.missing)
        layout.addWidget(self.table, 1)

    def fill(self, found: Circular) -> None:
        """Shows the receipts."""
        self.issue_button.setVisible(found.sends and found.state == "signed")
        opened = [one for one in found.receipts if one.opened_at is not None]
        missing = [one for one in found.receipts if one.opened_at is None]
        sent = len(found.receipts)
        self.badge.set_state(
            "" if not sent else "due_soon" if missing else "normal", f"{len(opened)}/{sent}"
        )
        if sent:
            said = self.tr("Issued on {day} to {count} courts; {opened} have opened it.")
            words = said.format(day=found.issued_at[:10], count=sent, opened=len(opened))
        elif found.state == "signed":
            words = self.tr("Signed; goes to {count} courts.").format(count=len(found.recipients))
        else:
            words = self.tr("A circular is issued after its signature.")
        self.status.setText(words)
        # Who was sent it today may still open it today: reminding begins on the next day.
        late = missing if self._next_day(found) else []
        self.missing.setText("、".join(one.name for one in late))
        self.missing.setVisible(bool(late))
        self.missing_title.setVisible(bool(late))
        self.remind_button.setVisible(found.sends and found.state == "issued" and bool(late))
        self.source.set_rows([self._line(n, one) for n, one in enumerate(found.receipts)])
        self.model.refresh()

    def _next_day(self, found: Circular) -> bool:
        return bool(found.issued_at) and found.issued_at[:10] < self.context.today().isoformat()

    def _line(self, number: int, one: Receipt) -> dict[str, object]:
        opened = one.opened_at is not None
        return {
            "id": number,
            "name": one.name,
            "state": ("normal", self.tr("opened")) if opened else ("due_soon", self.tr("waits")),
            "opened": _words(one.opened_at),
            "acknowledged": _words(one.acknowledged_at),
            "reminded": _words(one.reminded_at),
        }

    def _ask(self) -> None:
        found = self.found
        if found is None:
            return
        confirm(
            self,
            object_name="confirm_issue",
            title=self.tr("Issue {number}?").format(number=found.number),
            text=self.tr("It goes to {count} courts and can only be recalled, not changed.").format(
                count=len(found.recipients)
            ),
            accept_text=self.tr("Issue"),
            on_accept=self.issue,
        )

    def issue(self) -> None:
        """Sends it to every court it is for."""
        if self.found is None:
            return
        courts = tuple(court_id for court_id, _name in self.found.recipients)
        self.write(
            f"印发{self.found.number}",
            issue,
            Issue(self.act(), courts),
            lambda count: self.tr("Issued to {count} courts.").format(count=count),
        )

    def _remind(self) -> None:
        self.write(
            "催阅",
            remind,
            self.act(),
            lambda count: self.tr("{count} courts were reminded.").format(count=count),
        )


def _words(at: datetime | None) -> str:
    return "" if at is None else f"{at:%m-%d %H:%M}"

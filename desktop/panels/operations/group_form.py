"""The form of a group that sets out while the operation is under way. UI thread."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QWidget

from desktop.command.operations.acts import By, GroupDraft, SetOut, set_out
from desktop.command.operations.records import Operation
from desktop.contract.context import PanelContext
from desktop.panels.operations.queries import Offered
from desktop.panels.operations.rules import People, whole
from desktop.rules.operation_plan import MINUTES_MOST
from widgets.forms import FormDialog

_USUAL_MINUTES = "30"


class GroupForm(FormDialog):
    """Sends a group out; `done()` once it stands in the board. A refusal is told in its place."""

    def __init__(
        self,
        context: PanelContext,
        operation: Operation,
        offered: Offered,
        done: Callable[[], None],
        parent: QWidget,
    ) -> None:
        super().__init__("", parent, width=520)
        self.setWindowTitle(self.tr("Another group　{name}").format(name=operation.name))
        self.setObjectName("group_form")
        self._context = context
        self._operation = operation
        self._people = People(offered.people)
        self._done = done
        self.form.submit_button.setText(self.tr("Send out"))
        self.form.submit_button.setObjectName("send_group")
        team = QComboBox(self)
        for team_id, words in offered.teams:
            team.addItem(words, team_id)
        leader = QLineEdit(self)
        found = QCompleter([label for _key, label, _court in offered.people], leader)
        found.setFilterMode(Qt.MatchFlag.MatchContains)
        leader.setCompleter(found)
        car = QComboBox(self)
        car.addItem(self.tr("none"), "")
        for one in offered.vehicles:
            car.addItem(f"{one.words}　{one.note}".strip(), one.id)
        form = self.form
        form.add_line(
            (
                (form.add_field("name", self.tr("Name"), QLineEdit(self), required=True), 1),
                (form.add_field("team_id", self.tr("Team"), team, required=True), 1),
            )
        )
        minutes = form.add_field(
            *("minutes", self.tr("Reports every (min)"), QLineEdit(self)),
            required=True,
            check=self._minutes_problem,
        )
        form.add_line(
            (
                (
                    form.add_field(
                        *("leader_id", self.tr("Leader"), leader),
                        required=True,
                        check=self._leader_problem,
                    ),
                    1,
                ),
                (minutes, 1),
            )
        )
        form.add_field("task", self.tr("Task"), QLineEdit(self), required=True)
        form.add_field("unit_id", self.tr("Vehicle"), car)
        form.set_values({"team_id": operation.team_id, "minutes": _USUAL_MINUTES, "unit_id": ""})
        form.submitted.connect(self._send)

    def _leader_problem(self, value: object) -> str:
        typed = str(value or "").strip()
        known = self._people.find(typed, self._operation.court_id)
        return "" if not typed or known else f"没有“{typed}”或者有多人同名，请写作“姓名　法院简称”"

    def _minutes_problem(self, value: object) -> str:
        minutes = whole(str(value or ""))
        good = minutes is not None and 1 <= minutes <= MINUTES_MOST
        return "" if good else f"报平安间隔应为1至{MINUTES_MOST}分钟"

    def _send(self, values: dict[str, object]) -> None:
        draft = GroupDraft(
            self._operation.id,
            str(values["team_id"]),
            str(values["name"]),
            self._people.find(str(values["leader_id"]), self._operation.court_id),
            str(values["task"]),
            (whole(str(values["minutes"])) or 0) * 60,
        )
        by = By(self._context.who.person_id, self._context.now())
        args = SetOut(draft, by, str(values["unit_id"] or "") or None)
        self.form.set_busy(True)

        def sent(_key: str) -> None:
            self._done()
            self.accept()

        self._context.write(
            self, f"增派小组：{draft.name.strip()}", set_out, args, sent, self._refused
        )

    def _refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        self.form.set_errors({"name": sentence})

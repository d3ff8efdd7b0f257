"""The course of an operation: who did what with its plan, and on which words. UI thread."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.command.operations.records import Board
from desktop.rules.operations import ACT_WORDS
from widgets.timeline import Step, StepList
from widgets.timeline.records import StepKind

_KINDS: dict[str, StepKind] = {
    "submit": "start",
    "approve": "done",
    "return": "late",
    "override": "late",
    "start": "start",
    "finish": "done",
    "cancel": "late",
    "report": "done",
}


class CourseTab(QWidget):
    """The newest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps = StepList(self, scroll=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.addWidget(self.steps)

    def show_course(self, board: Board) -> None:
        """Acts on the plan, beginning with its being drawn up."""
        operation = board.operation
        steps = [
            Step(
                _KINDS.get(act.act, "note"),
                f"{act.at:%Y-%m-%d %H:%M:%S}　{board.name(act.person_id)}　{ACT_WORDS[act.act]}",
                " ".join(filter(None, (act.body, f"方案校验值 {act.content_sha256[:16]}"))),
            )
            for act in reversed(operation.acts)
        ]
        words = f"{operation.made_at:%Y-%m-%d %H:%M:%S}　{operation.maker}　{self.tr('Drawn up')}"
        now = f"{self.tr('Fingerprint now')} {operation.content_sha256[:16]}"
        steps.append(Step("note", words, now))
        self.steps.set_steps(steps)

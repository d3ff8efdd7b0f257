"""One late node beside the list: who held it how long, who led, what was said. UI thread."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.names import subject_words
from desktop.contract.context import PanelContext, Selection
from desktop.panels.responsibility import commands, queries
from desktop.panels.responsibility.commands import CommentArgs
from desktop.panels.responsibility.queries import LateNode, Said, SaidArgs
from desktop.panels.responsibility.rules import share_lines
from desktop.rules.attribution import Share, ShareKind
from widgets.forms import FormPane
from widgets.parts import scrolled, words_label
from widgets.timeline import DayStrip, StripSegment

_LINES: Final = 3


class NodeSide(QWidget):
    """`commented` after a comment was stored."""

    commented = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.node: LateNode | None = None
        self.person_id = ""
        self.title = words_label(self, "title")
        self.days = words_label(self, "muted")
        self.strip = DayStrip(self)
        self.shares = words_label(self, "")
        self.leader = words_label(self, "")
        self.said = words_label(self, "")
        self.refusal = words_label(self, "muted")
        self.derive_button = QPushButton(self.tr("Why late"), self)
        self.derive_button.setProperty("kind", "primary")
        self.case_button = QPushButton(self.tr("Go to case"), self)
        self.body = QPlainTextEdit(self)
        self.body.setFixedHeight(self.body.fontMetrics().lineSpacing() * (_LINES + 1))
        self.form = FormPane(
            self, submit_text=self.tr("Comment"), cancel_text=self.tr("Keep draft")
        )
        self.form.add_field("body", self.tr("One's own comment"), self.body, required=True)
        self._arrange()
        self.derive_button.clicked.connect(lambda _checked=False: self.open_derivation())
        self.case_button.clicked.connect(lambda _checked=False: self._open_case())
        self.form.submitted.connect(self._send)
        self.form.edited.connect(self._keep)
        self.form.closed.connect(self._keep)
        self.show_node(None, "")

    def _arrange(self) -> None:
        inner = QWidget(self)
        inner.setProperty("plain", True)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        buttons = QHBoxLayout()
        buttons.addWidget(self.derive_button)
        buttons.addWidget(self.case_button)
        buttons.addStretch(1)
        heads = (self.tr("Days by holder"), self.tr("Supervising leader"), self.tr("Comments"))
        column.addWidget(self.title)
        column.addWidget(self.days)
        column.addLayout(buttons)
        self._heads: list[QLabel] = []
        for head, parts in zip(
            heads, ((self.strip, self.shares), (self.leader,), (self.said,)), strict=True
        ):
            label = words_label(self, "small")
            label.setText(head)
            self._heads.append(label)
            column.addWidget(label)
            for part in parts:
                column.addWidget(part)
        column.addWidget(self.refusal)
        column.addWidget(self.form)
        column.addStretch(1)
        scroll = scrolled(inner, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(scroll, 1)
        self.form.setFixedHeight(self.body.height() + 110)

    def show_node(self, node: LateNode | None, person_id: str) -> None:
        """Shows a node of a person; None clears."""
        changed = _key(node, person_id) != _key(self.node, self.person_id)
        self.node, self.person_id = node, person_id
        for part in (self.derive_button, self.case_button, self.strip, *self._heads):
            part.setVisible(node is not None)
        if node is None:
            self.title.setText(self.tr("Choose a late node: its days are told here."))
            for label in (self.days, self.shares, self.leader, self.said, self.refusal):
                label.setText("")
            self.form.hide()
            return
        self.title.setText(f"{node.case_number}　{node.node}{subject_words(node.subject)}")
        end = node.done_on.isoformat() if node.done_on else self.tr("today")
        self.days.setText(
            self.tr("{first} to {last}, due {due}, {days} days elapsed").format(
                first=node.started_on, last=end, due=node.due_on, days=node.elapsed
            )
        )
        self.strip.set_segments([part for share in node.shares for part in _segments(share)])
        self.shares.setText("\n".join(share_lines(node.shares)))
        self.leader.setText(node.leader)
        own = person_id == self.context.who.person_id
        self.form.setVisible(own)
        self.refusal.setText("" if own else self.tr("Only the person concerned may comment."))
        self.refusal.setVisible(not own)
        self._read_comments()
        if changed and own:
            self.form.set_values({"body": ""})
            self.form.set_waiting(True)
            key = self._draft_key()
            self.context.load_draft(key, lambda kept: self._on_draft(key, kept))

    # Opening

    def open_derivation(self) -> None:
        """Opens the derivation of the node."""
        if self.node is not None:
            node = self.node
            self.context.select(Selection(node.case_id, node.node_code, node.subject))
            self.context.open(
                "derivation",
                {"case_id": node.case_id, "node_code": node.node_code, "subject": node.subject},
            )

    def _open_case(self) -> None:
        if self.node is not None:
            self.context.open("case_query", {"case_id": self.node.case_id})

    # Comments

    def _read_comments(self) -> None:
        assert self.node is not None
        args = SaidArgs(self.node.case_id, self.node.node_code, self.node.subject)
        self.context.read(self, "comments", queries.comments, args, self._on_comments)

    def _on_comments(self, found: tuple[Said, ...]) -> None:
        lines = [f"{one.at}　{one.person}：{one.body}" for one in found]
        self.said.setText("\n".join(lines) or self.tr("No comment yet."))

    def _draft_key(self) -> str:
        return "responsibility:" + ":".join(_key(self.node, self.person_id))

    def _keep(self, values: dict[str, object]) -> None:
        if self.node is not None and self.form.isVisible():
            self.context.save_draft(self._draft_key(), {"body": str(values["body"])})

    def _on_draft(self, key: str, draft: object) -> None:
        if key != self._draft_key():
            return  # another node is chosen meanwhile: its own answer is on the way
        self.form.set_waiting(False)
        if isinstance(draft, dict):
            self.form.set_values({"body": draft.get("body", "")})

    def _send(self, values: dict[str, object]) -> None:
        assert self.node is not None
        args = CommentArgs(
            *(self.node.case_id, self.node.node_code, self.node.subject),
            *(self.person_id, self.context.who.person_id, self.context.now()),
            body=str(values["body"]),
        )
        self.form.set_busy(True)
        self.context.write(
            self, "发表责任意见", commands.comment, args, self._on_sent, self._on_refused
        )

    def _on_sent(self, _row_id: object) -> None:
        self.form.set_busy(False)
        self.context.discard_draft(self._draft_key())
        self.form.set_values({"body": ""})
        self.context.notify(self.tr("Comment recorded"), level="done")
        self._read_comments()
        self.commented.emit()

    def _on_refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        self.form.set_errors({"body": sentence})


def _key(node: LateNode | None, person_id: str) -> tuple[str, ...]:
    if node is None:
        return ()
    return (node.case_id, node.node_code, node.subject, person_id)


def _segments(share: Share) -> list[StripSegment]:
    """A stretch that runs over the due day gives two pieces: in time, then late."""
    tip = f"{share.holder_name}：{share.from_on.isoformat()} — {share.to_on.isoformat()}"
    calm = "paused" if share.kind is ShareKind.PAUSE else "normal"
    return [
        StripSegment(label, days, state, tip)
        for label, days, state in (
            (share.holder_name, share.days - share.late_days, calm),
            (f"{share.holder_name}（逾期）", share.late_days, "overdue"),
        )
        if days
    ]

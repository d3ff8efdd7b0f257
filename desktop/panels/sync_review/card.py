"""The card of one held bundle: what I did, why it came back, what each choice does. UI thread."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.panels.sync_review.commands import ExportFile, drop, resubmit, write_export
from desktop.panels.sync_review.picks import PickGrid
from desktop.panels.sync_review.queries import Card, CardArgs, card, export
from desktop.panels.sync_review.words import (
    REQUEST_WORDS,
    moment,
    possible_fen,
    rule_words,
    verdict_words,
    yuan,
)
from storage.sync.settling import Drop, Resubmit
from widgets.badge import Badge
from widgets.forms import GrowingText
from widgets.parts import scrolled

_REASON_LINES: Final = 3
_REASON_WIDTH: Final = 120  # pixels


class HeldCard(QWidget):
    """`settled()` after a person has decided. Shows a hint while nothing is chosen."""

    settled = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("held_card")
        self._context = context
        self.card: Card | None = None
        self.grid: PickGrid | None = None
        self.title = _label(self, "title")
        self.badge = Badge(parent=self)
        self.did = _label(self, "muted")
        self.rule = _label(self, "")
        self.rule.setObjectName("held_rule")
        self.effect = _label(self, "")
        self.effect.setObjectName("held_effect")
        self.reason = GrowingText(_REASON_LINES, self)
        self.reason.setObjectName("held_reason")
        self.reason.setPlaceholderText(self.tr("Reason (required)"))
        self.reason.setToolTip(self.tr("Why do you decide so? It is kept with the case."))
        self.problem = _label(self, "error")
        self.problem.setObjectName("held_problem")
        self.send_button = self._button("held_send", self.tr("Send what is chosen"), "primary")
        self.possible_button = self._button("held_possible", "", "primary")
        self.drop_button = self._button("held_drop", self.tr("Take theirs"), "")
        self.export_button = self._button("held_export", self.tr("Export…"), "quiet")
        self.hint = _label(self, "muted")
        self.hint.setText(self.tr("Choose an entry that waits to be settled."))
        self._body = QWidget(self)
        self._arrange()
        self.send_button.clicked.connect(lambda _checked=False: self._send())
        self.possible_button.clicked.connect(lambda _checked=False: self._send_possible())
        self.drop_button.clicked.connect(lambda _checked=False: self._drop())
        self.export_button.clicked.connect(lambda _checked=False: self._export())
        self.reason.textChanged.connect(self._keep_reason)
        self.clear()

    def show_bundle(self, bundle_id: str) -> None:
        """Reads and shows a bundle; one that is not held clears the card."""
        args = CardArgs(bundle_id, self._context.law, self._context.today())
        self._context.read(self, "card", card, args, self._on_card)

    def clear(self) -> None:
        """Nothing is chosen."""
        self.card = None
        self._body.hide()
        self.hint.show()

    def _button(self, name: str, text: str, kind: str) -> QPushButton:
        made = QPushButton(text, self)
        made.setObjectName(name)
        if kind:
            made.setProperty("kind", kind)
        return made

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(self.badge)
        head.addWidget(self.did, 1)
        self._grid_place = QVBoxLayout()
        inside = QWidget(self)
        inside.setProperty("plain", True)
        inner = QVBoxLayout(inside)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(12)
        inner.addWidget(self.rule)
        inner.addLayout(self._grid_place)
        inner.addWidget(self.effect)
        inner.addStretch(1)
        scroll = scrolled(inside, self)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        self.reason.setMinimumWidth(_REASON_WIDTH)
        foot.addWidget(self.reason, 1)
        for button in (
            self.export_button,
            self.drop_button,
            self.possible_button,
            self.send_button,
        ):
            foot.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(8)
        body.addLayout(head)
        body.addWidget(scroll, 1)
        body.addWidget(self.problem)
        body.addLayout(foot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self.hint, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._body, 1)

    # Showing

    def _on_card(self, found: Card | None) -> None:
        if found is None:
            self.clear()
            return
        if self.card is not None and self.card == found:
            return
        fresh = self.card is None or self.card.held.id != found.held.id
        self.card = found
        held = found.held
        self.title.setText(self._title(found))
        self.badge.set_state("overdue", verdict_words(held.verdict))
        did = self.tr("{who} did this on {when}").format(who=held.actor, when=moment(held.made_at))
        self.did.setText(" · ".join(part for part in (found.case_number, did) if part))
        self.rule.setText(rule_words(held.verdict, held.detail, held.label))
        self._show_grid(found)
        self.effect.setText("\n".join(effect.words() for effect in found.effects))
        self.effect.setVisible(bool(found.effects))
        self.problem.hide()
        possible = possible_fen(held.detail)
        self.possible_button.setVisible(possible is not None)
        if possible is not None:
            words = self.tr("Ask for {amount} instead").format(amount=yuan(possible))
            self.possible_button.setText(words)
        self.send_button.setVisible(possible is None)
        self.send_button.setEnabled(held.verdict != "gone" or self._all_there(found))
        self._busy(False)
        self.hint.hide()
        self._body.show()
        if fresh:
            self.reason.blockSignals(True)
            self.reason.setPlainText("")
            self.reason.blockSignals(False)
            self.reason.setEnabled(False)
            key = self.draft_key
            self._context.load_draft(key, lambda kept: self._on_draft(key, kept))

    def _title(self, found: Card) -> str:
        request = next((op for op in found.held.ops if op.kind == "R"), None)
        if request is None:
            return found.held.label
        return REQUEST_WORDS.get(str(request.mine.get("kind")), found.held.label)

    def _all_there(self, found: Card) -> bool:
        return all(op.there for op in found.held.ops if op.kind == "U")

    def _show_grid(self, found: Card) -> None:
        if self.grid is not None:
            self._grid_place.removeWidget(self.grid)
            self.grid.deleteLater()
        self.grid = PickGrid(found, self)
        self._grid_place.addWidget(self.grid)

    @property
    def draft_key(self) -> str:
        """Under which the reason is kept while it is typed."""
        assert self.card is not None
        return f"sync_review:{self.card.held.id}"

    def _on_draft(self, key: str, kept: Mapping[str, Any] | None) -> None:
        if self.card is None or key != self.draft_key:
            return  # another card is shown meanwhile: its own answer is on the way
        self.reason.setEnabled(True)
        if kept and not self.reason.toPlainText():
            self.reason.setPlainText(str(kept.get("reason") or ""))

    def _keep_reason(self) -> None:
        if self.card is not None:
            self._context.save_draft(self.draft_key, {"reason": self.reason.toPlainText()})

    # Deciding

    def _send(self) -> None:
        if self.card is None or self.grid is None:
            return
        try:
            values = self.grid.values()
        except ValueError as wrong:
            self._say(self.tr("“{field}” is not filled in rightly.").format(field=wrong))
            return
        self._resubmit(values)

    def _send_possible(self) -> None:
        if self.card is None:
            return
        possible = possible_fen(self.card.held.detail)
        request = next(op for op in self.card.held.ops if op.kind == "R")
        if not self.reason.toPlainText().strip() and possible is not None:
            # One click is enough here: the hub's own answer is the reason.
            self.reason.setPlainText(self.rule.text())
        self._resubmit({request.k: {"args": {"amount_fen": possible}}})

    def _resubmit(self, values: Mapping[int, Mapping[str, Any]]) -> None:
        assert self.card is not None
        held = self.card.held
        wanted = Resubmit(held.id, held.actor, self.reason.toPlainText(), values)
        self._busy(True)
        label = f"{held.label}（重新提交）"
        self._context.write(self, label, resubmit, wanted, self._on_sent, self._on_refused)

    def _drop(self) -> None:
        if self.card is None:
            return
        held = self.card.held
        wanted = Drop(held.id, held.actor, self.reason.toPlainText())
        self._busy(True)
        self._context.write(
            self,
            "采用共享库的内容",
            drop,
            wanted,
            lambda _none: self._on_sent(False),
            self._on_refused,
        )

    def _on_sent(self, changed: bool) -> None:
        self._context.discard_draft(self.draft_key)
        self._busy(False)
        said = self.tr("Sent again") if changed else self.tr("Settled; the shared value stands")
        self._context.notify(said, level="done")
        self.clear()
        self.settled.emit()

    def _on_refused(self, sentence: str) -> None:
        self._busy(False)
        self._say(sentence)

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()

    def _busy(self, busy: bool) -> None:
        for button in (self.send_button, self.possible_button, self.drop_button):
            button.setEnabled(not busy)

    def _export(self) -> None:
        if self.card is None:
            return
        held = self.card.held
        path = self._context.documents_folder() / f"待裁-{held.made_at[:10]}-{held.id[-8:]}.json"

        def write(content: dict[str, Any] | None) -> None:
            if content is not None:
                wanted = ExportFile(path, content)
                self._context.layout(self, write_export, wanted, self._on_exported, self._say)

        self._context.read(self, "export", export, held.id, write, self._say)

    def _on_exported(self, path: Path) -> None:
        self._context.copied("export", "待裁条目")
        self._context.notify(self.tr("Saved: {path}").format(path=path), level="done")


def _label(parent: QWidget, role: str) -> QLabel:
    made = QLabel(parent)
    made.setWordWrap(role != "title")
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    if role:
        made.setProperty("role", role)
    return made

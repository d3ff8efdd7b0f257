"""What was done, when, and in which words. UI thread."""

from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPlainTextEdit, QWidget

from desktop.contract.court_zone import COURT_ZONE
from desktop.rules.coercive import KINDS, NEXT_WORDS
from widgets.forms import FormDialog

_FORM: Final = "%Y-%m-%d %H:%M"


class CarryDialog(FormDialog):
    """`entered(when, words, ticked)`; the owner calls `accept()` or `refuse(sentence)`. What is
    ticked: that the decision was served, or of a summons that a detention may follow."""

    entered = Signal(object, str, bool)

    def __init__(
        self, kind: str, act: str, now: datetime, parent: QWidget, *, may_serve: bool, warn: str
    ) -> None:
        title = f"{NEXT_WORDS[act]}（{KINDS[kind]}）"
        super().__init__(title, parent, submit_text=self.tr("Enter"), width=460)
        self.setObjectName("carry_dialog")
        self._opened = now.astimezone(COURT_ZONE)
        form = self.form
        form.submit_button.setObjectName("accept")
        self.when = QLineEdit(form)
        self.when.setObjectName("when")
        self.when.setText(self._opened.strftime(_FORM))
        form.add_field(
            "when",
            self.tr("Done at"),
            self.when,
            required=True,
            hint=self.tr("Year-month-day hour:minute, as it happened"),
        )
        self.words = QPlainTextEdit(form)
        self.words.setObjectName("carry_words")
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(self.words.fontMetrics().lineSpacing() * 4)
        form.add_field("words", self._asked(act), self.words, hint=warn)
        grave = kind == "summons" and act == "execute"
        served = self.tr("The decision was served at once")
        follows = self.tr("A detention may follow: questioning up to 24 hours")
        self.tick = QCheckBox(follows if grave else served, form)
        self.tick.setObjectName("tick")
        self.tick.setChecked(may_serve)
        self.tick.setVisible(may_serve or grave)
        form.add_widget(self.tick)
        form.submitted.connect(self._on_submitted)
        self.words.setFocus()

    def _asked(self, act: str) -> str:
        asked = {
            "notify_family": self.tr("Who was told and how; or why it was not possible"),
            "hand_over": self.tr("Handed over to whom, and who took the person in"),
            "decide_review": self.tr("Number and result of the decision"),
            "pay": self.tr("Number of the receipt"),
            "release": self.tr("Why the person is released early"),
        }
        return asked.get(act, self.tr("How it went"))

    def _on_submitted(self, values: dict[str, object]) -> None:
        typed = str(values["when"]).strip()
        try:
            when = datetime.strptime(typed, _FORM).replace(tzinfo=COURT_ZONE)
        except ValueError:
            self.form.set_errors({"when": self.tr("A time looks like this: 2026-11-29 10:20")})
            return
        if typed == self._opened.strftime(_FORM):
            when = self._opened  # to the second: an approval of this very minute is older
        self.form.set_busy(True)
        ticked = self.tick.isVisibleTo(self) and self.tick.isChecked()
        self.entered.emit(when, str(values["words"] or ""), ticked)

    def refuse(self, sentence: str) -> None:
        """Says why it was not taken; what was typed stays."""
        self.form.set_busy(False)
        self.form.set_errors({"words": sentence})

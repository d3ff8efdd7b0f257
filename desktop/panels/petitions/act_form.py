"""The window in which an act on a petition is filled in. UI thread.

Words typed and not carried out are kept as a draft for this petition and act.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QWidget

from desktop.contract.context import PanelContext
from desktop.panels.petitions.chooser import Chooser, Hit, Provider, among
from desktop.panels.petitions.commands import Deed
from desktop.panels.petitions.page_queries import Page
from desktop.panels.petitions.phrase_list import PhraseList
from desktop.panels.petitions.queries import Offered
from desktop.panels.petitions.rules import ACT_WORDS, Act
from desktop.petitions.commands import By
from desktop.petitions.phrases import phrases
from desktop.petitions.rules import CLASSES, LEVELS, RESULTS
from widgets.forms import DateField, FormDialog, GrowingText

_LINES: Final = 6
_WIDTH: Final = 560
_KEYED: Final[Mapping[Act, Mapping[str, str]]] = {
    Act.SCREEN: CLASSES,
    Act.LEVEL: LEVELS,
    Act.CLOSE: RESULTS,
}
# Acts whose words are needed; others take none.
WORDED: Final = frozenset(
    (
        *(Act.ASSIGN, Act.PASS_ON, Act.REPLY_IN, Act.REPLY_OUT, Act.PROMISE, Act.REMIND),
        *(Act.UNHANG, Act.LEVEL, Act.TELL, Act.CLOSE, Act.REOPEN, Act.VISIT, Act.NOTE),
    )
)
_FIELD_OF: Final[Mapping[str, str]] = {
    "承办人": "person",
    "承办法院": "court",
    "内部限期": "due_on",
    "承诺日期": "due_on",
    "甄别结果": "key",
    "督办等级": "key",
    "办理结果": "key",
    "所回复事项": "other",
    "承诺": "other",
    "合并": "other",
}


class ActForm(FormDialog):
    """`do(Deed)` carries it out; the owner accepts the window or calls `refuse`."""

    def __init__(
        self,
        context: PanelContext,
        page: Page,
        act: Act,
        by: By,
        offered: Offered,
        find: Provider,
        do: Callable[[Deed], None],
        parent: QWidget | None = None,
    ) -> None:
        title = f"{ACT_WORDS[act]}　{page.row['code']}"
        super().__init__(title, parent, submit_text=ACT_WORDS[act], width=_WIDTH)
        self.setObjectName(f"act_{act.value}")
        self._context = context
        self._page = page
        self._act = act
        self._by = by
        self._do = do
        self.draft_key = f"petitions:{page.id}:{act.value}"
        self.phrases = PhraseList(self._words, self)
        self._add_checklist()
        self._add_choices(offered, find)
        if act in WORDED:
            self._add_words()
        self.form.submitted.connect(self._on_submitted)
        self.form.edited.connect(self._keep)
        self.form.closed.connect(self._keep)
        context.load_draft(self.draft_key, self._on_draft)

    # Fields

    def _add_checklist(self) -> None:
        items = phrases().checklist_for(self._act.value, self._context.today())
        if self._act is Act.UNHANG:
            said = self.tr("Taken down in the name of {name}; the badge goes and stays in the log.")
            items = (said.format(name=self._context.who.name), *items)
        if items:
            label = QLabel("\n".join(f"□ {item}" for item in items))
            label.setProperty("role", "small")
            label.setWordWrap(True)
            self.form.add_widget(label)

    def _add_choices(self, offered: Offered, find: Provider) -> None:
        form, act = self.form, self._act
        if act in (Act.ASSIGN, Act.PASS_ON):
            person = Chooser(among(offered.people), needed=True)
            form.add_field("person", self.tr("To whom"), person, required=True)
            if act is Act.PASS_ON:
                court = Chooser(among(offered.courts))
                form.add_field("court", self.tr("To which court"), court)
        if act in (Act.ASSIGN, Act.PASS_ON, Act.PROMISE):
            superior = self._page.row["superior_due"]
            hint = self.tr("Superior's day: {day}").format(day=superior) if superior else ""
            label = self.tr("Promised by") if act is Act.PROMISE else self.tr("Inner day")
            form.add_field("due_on", label, DateField(optional=False), required=True, hint=hint)
        if act in _KEYED:
            box = QComboBox()
            for key, word in _KEYED[act].items():
                if act is not Act.LEVEL or key != self._page.row["level"]:
                    box.addItem(word, key)
            form.add_field("key", ACT_WORDS[act], box, required=True)
        if act in (Act.REPLY_IN, Act.REPLY_OUT):
            orders = [("", self.tr("The whole matter")), *self._acts(("assign", "pass_on"))]
            form.add_field("other", self.tr("Answers"), _box(orders))
            partial = QCheckBox(self.tr("Partial reply: the clocks go on"))
            form.add_field("partial", "", partial)
        if act is Act.KEPT:
            form.add_field("other", self.tr("Which promise"), _box(self._acts(("promise",))))
        if act is Act.MERGE:
            into = Chooser(find, slow=True, needed=True)
            hint = self.tr("Code, petitioner or case number")
            form.add_field("other", self.tr("Into which petition"), into, required=True, hint=hint)

    def _acts(self, kinds: Sequence[str]) -> list[tuple[str, str]]:
        """What can be answered or kept, by the id of its act."""
        return [
            (one.id, " ".join(part for part in (one.at[:10], one.to, one.body) if part)[:60])
            for one in self._page.thread
            if one.kind in kinds
            and not one.from_code
            and not (one.kind == "promise" and one.kept_on is not None)
        ]

    def _add_words(self) -> None:
        text = GrowingText(_LINES)
        self.form.add_field("body", self.tr("Words"), text, required=True)
        self.phrases.serve(text, self._act.value)
        self.form.add_widget(self.phrases)

    def _words(self, step: str) -> Sequence[str]:
        kept = phrases().answers_for(step, self._context.today())
        day = self.form.values().get("due_on")
        told = f"{day.month}月{day.day}日" if isinstance(day, date) else "　月　日"
        return [text.replace("{day}", told) for text in kept]

    # Draft and deed

    def _on_draft(self, kept: Mapping[str, Any] | None) -> None:
        if kept and kept.get("body") and self._act in WORDED:
            self.form.set_values({"body": kept["body"]})

    def _keep(self, values: Mapping[str, object]) -> None:
        if values.get("body"):
            self._context.save_draft(self.draft_key, {"body": values["body"]})

    def _on_submitted(self, values: Mapping[str, object]) -> None:
        def text(key: str) -> str:
            found = values.get(key)
            return str(found["key"]) if isinstance(found, dict) else str(found or "")

        due = values.get("due_on")
        self.form.set_busy(True)
        self._do(
            Deed(
                self._page.id,
                self._act,
                self._by,
                body=text("body"),
                person_id=text("person"),
                court_id=text("court") or None,
                due_on=due if isinstance(due, date) else None,
                key=text("key"),
                partial=bool(values.get("partial")),
                other=text("other") or None,
            )
        )

    def done(self, result: int) -> None:
        """The window closes; carried out, its draft is no longer needed."""
        if result == FormDialog.DialogCode.Accepted:
            self._context.discard_draft(self.draft_key)
        super().done(result)

    def refuse(self, sentence: str) -> None:
        """Shows every reason at its field; what belongs to none stands at the words."""
        self.form.set_busy(False)
        errors: dict[str, str] = {}
        present = self.form.values()
        for line in sentence.splitlines():
            name, _, reason = line.partition("：")
            key = _FIELD_OF.get(name, "body")
            if key not in present:
                key = next(iter(present))
                reason = line
            errors[key] = f"{errors[key]}；{reason or line}" if key in errors else reason or line
        self.form.set_errors(errors)


def _box(options: Sequence[tuple[str, str]]) -> QComboBox:
    box = QComboBox()
    for key, words in options:
        box.addItem(words, key)
    return box


__all__ = ["WORDED", "ActForm", "Hit"]

"""交接班: what is given at the end of a shift and taken at the next one's start. UI thread.

Owners set and matters typed here are kept as a draft until the shift is given.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.circulars.names import file_name
from desktop.command.handover import TABLES, TYPED, Giving, Handed, Taking, give, take
from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.short_list import Listing
from desktop.panels.roster.columns import item_columns, past_columns
from desktop.panels.roster.paper import HandoverPrint, print_handover
from desktop.panels.roster.queries import BoardArgs, HandoverBoard, board
from desktop.rules.handover import CHANGE_WORDS, Item, Line, unopened, unowned, urgency
from storage.ids import new_id
from widgets.card import Card
from widgets.forms import FormDialog
from widgets.parts import named_button, words_label
from widgets.theme import current_theme

_STYLES: Final = {"new": "due_soon", "changed": "due_soon", "carried": "normal", "done": "done"}
_SHIFT: Final = timedelta(hours=10)
ISSUER: Final = "执行指挥中心"


class HandoverPage(QWidget):
    """Shows what waits to be taken over; where nothing does, what would be given."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("handover_page")
        self._context = context
        self._team_id: str | None = None
        self._board: HandoverBoard | None = None
        self._opened: dict[str, set[str]] = {}
        self._extra: list[Item] = []
        self._owners: dict[str, tuple[str, str]] = {}
        self._finished: set[str] = set()  # keys of typed matters of the last hand-over
        self.dialog: FormDialog | None = None
        self.head = words_label(self, "title")
        self.head.setObjectName("handover_head")
        self.list: Listing[Line] = Listing(item_columns(), self)
        self.list.table.set_empty_text(
            self.tr("Nothing is open"), self.tr("The shift can be given without matters.")
        )
        self.card = Card(parent=self)
        self.words = words_label(self, "")
        self.blocks = words_label(self, "error")
        self.blocks.setObjectName("handover_blocks")
        self.add_button = named_button(self, "add_matter", self.tr("Add a matter…"))
        self.owner_button = named_button(self, "set_owner", self.tr("Who acts…"))
        self.open_button = named_button(self, "open_matter", self.tr("Open"))
        self.done_button = named_button(self, "matter_done", "")
        self.give_button = named_button(self, "give_shift", self.tr("Give the shift"))
        self.take_button = named_button(self, "take_shift", self.tr("Take over"))
        self.past_page = QWidget(self)  # a tab of its own beside this page
        self.past_page.setObjectName("past_handovers")
        self.past: Listing[Handed] = Listing(past_columns(), self.past_page)
        self.past.table.set_empty_text(self.tr("No hand-over yet"), "")
        self.print_button = named_button(
            self.past_page, "print_handover", self.tr("Print on one page")
        )
        self._arrange()
        self._connect()
        self.live = LiveRefresh(self, context, TABLES, self._read)

    def _arrange(self) -> None:
        for button in (self.give_button, self.take_button):
            button.setProperty("kind", "primary")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.head, 1)
        for button in (self.add_button, self.give_button, self.take_button):
            top.addWidget(button)
        for button in (self.done_button, self.owner_button, self.open_button):
            self.card.header.addWidget(button)
        self.card.body.addWidget(self.words)
        inner = QVBoxLayout(self)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.setSpacing(8)
        inner.addLayout(top)
        inner.addWidget(self.blocks)
        inner.addWidget(self.list.table, 1)
        inner.addWidget(self.card)
        below = QVBoxLayout(self.past_page)
        below.setContentsMargins(12, 8, 12, 8)
        below.setSpacing(8)
        below.addWidget(self.past.table, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.print_button)
        below.addLayout(foot)

    def _connect(self) -> None:
        self.list.table.current_id_changed.connect(lambda _id: self._on_current())
        self.add_button.clicked.connect(lambda _checked=False: self._ask_matter())
        self.owner_button.clicked.connect(lambda _checked=False: self._ask_owner())
        self.open_button.clicked.connect(lambda _checked=False: self._go())
        self.done_button.clicked.connect(lambda _checked=False: self._on_finished())
        self.give_button.clicked.connect(lambda _checked=False: self._give())
        self.take_button.clicked.connect(lambda _checked=False: self._take())
        self.print_button.clicked.connect(lambda _checked=False: self._print())

    # Reading

    @property
    def draft_key(self) -> str:
        """Under which owners and typed matters are kept until the shift is given."""
        return f"handover:{self._team_id or ''}"

    def set_team(self, team_id: str | None) -> None:
        """Whose watch it is."""
        if team_id is None or team_id == self._team_id:
            return
        self._team_id = team_id
        self._context.load_draft(self.draft_key, self._on_draft)

    def _on_draft(self, kept: Mapping[str, Any] | None) -> None:
        if kept:
            self._extra = [Item(**one) for one in kept.get("extra", ())]
            self._owners = {key: (one[0], one[1]) for key, one in kept.get("owners", {}).items()}
            self._finished = set(kept.get("finished", ()))
        self.live.ask()

    def _keep(self) -> None:
        extra = [
            {
                "key": one.key,
                "kind": one.kind,
                "text": one.text,
                "owner": one.owner,
                "step": one.step,
                "since": one.since,
            }
            for one in self._extra
        ]
        owners = {key: list(one) for key, one in self._owners.items()}
        words = {"extra": extra, "owners": owners, "finished": sorted(self._finished)}
        self._context.save_draft(self.draft_key, words)

    def _read(self) -> None:
        if self._team_id is None:
            self.live.finished()
            return
        now = self._context.now()
        args = BoardArgs(
            self._team_id,
            self._since(now),
            self._context.today(),
            now,
            tuple(self._extra),
            tuple((key, *one) for key, one in self._owners.items()),
            frozenset(self._finished),
        )
        self._context.read(self, "snapshot", board, args, self._on_found, self._on_error)

    def _since(self, now: datetime) -> datetime:
        last = self._board.past[0] if self._board is not None and self._board.past else None
        return datetime.fromisoformat(last.to_at) if last is not None else now - _SHIFT

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: HandoverBoard) -> None:
        self._board = found
        self._show()
        self.live.finished()

    @property
    def taking(self) -> Handed | None:
        """What the person at the keyboard can take over now."""
        one = self._board.waits if self._board is not None else None
        return one if one is not None and one.giver_id != self._context.who.person_id else None

    def _show(self) -> None:
        found = self._board
        if found is None:
            return
        waits, mine = found.waits, self.taking
        shown = found.lines
        if waits is not None:
            shown = tuple(Line(one, "carried") for one in sorted(waits.items, key=urgency))
        seen = self._opened.get(waits.id, set()) if waits is not None else set()
        self.list.show([(one.item.key, one, self._row(one, one.item.key in seen)) for one in shown])
        if waits is not None:
            given = f"{datetime.fromisoformat(waits.given_at or waits.to_at):%m-%d %H:%M}"
            words = self.tr("{name} gave the shift at {at}: {count} matters")
            self.head.setText(words.format(name=waits.giver, at=given, count=len(waits.items)))
        else:
            words = self.tr("To be given: {count} matters")
            self.head.setText(words.format(count=len(found.items)))
        self.blocks.setText(self._block_words(found, seen))
        self.blocks.setVisible(bool(self.blocks.text()))
        self.add_button.setVisible(waits is None)
        self.give_button.setVisible(waits is None)
        self.give_button.setEnabled(waits is None and not unowned(found.items))
        self.take_button.setVisible(mine is not None)
        self.take_button.setEnabled(mine is not None and not unopened(mine.items, seen))
        self.past.show([(one.id, one, _past_row(one)) for one in found.past])
        self._on_current(opening=False)

    def _block_words(self, found: HandoverBoard, seen: set[str]) -> str:
        if found.waits is None:
            missing = unowned(found.items)
            words = self.tr("{count} matters lack an owner or a next step.")
            return words.format(count=len(missing)) if missing else ""
        if self.taking is None:
            return self.tr("It waits for whoever takes over.")
        left = unopened(found.waits.items, seen)
        words = self.tr("Open every matter before you take over: {count} left.")
        return words.format(count=len(left)) if left else ""

    def _row(self, one: Line, opened: bool) -> dict[str, object]:
        item, waits = one.item, self._board.waits if self._board is not None else None
        return {
            "change": (_STYLES[one.change], CHANGE_WORDS[one.change]),
            "kind": item.kind,
            "text": item.text,
            "owner": item.owner or self.tr("nobody"),
            "step": item.step,
            "opened": "✓" if opened and waits is not None else "",
        }

    def _on_current(self, opening: bool = True) -> None:
        one = self.list.current()
        self.card.setVisible(one is not None)
        if one is None:
            return
        item = one.item
        self.card.set_title(f"{item.kind}　{item.owner or self.tr('nobody')}")
        self.card.set_note(item.since.replace("T", " ")[:16])
        self.words.setText(f"{item.text}\n{item.step}")
        waits = self._board.waits if self._board is not None else None
        self.owner_button.setVisible(waits is None and one.change != "done")
        self.done_button.setVisible(waits is None and item.key.startswith(TYPED))
        again = one.change == "done"
        self.done_button.setText(self.tr("Not done yet") if again else self.tr("Done"))
        self.open_button.setVisible(item.key.partition(":")[0] in _PANELS)
        if opening and self.taking is not None and waits is not None:
            seen = self._opened.setdefault(waits.id, set())
            if item.key not in seen:
                seen.add(item.key)
                self._show()

    # Acts

    def _go(self) -> None:
        one = self.list.current()
        if one is None:
            return
        kind, _colon, row_id = one.item.key.partition(":")
        if kind in _PANELS:
            panel, key = _PANELS[kind]
            self._context.open(panel, {key: row_id})

    def _dialog(self, title: str, name: str, text: str) -> FormDialog:
        dialog = FormDialog(title, self, submit_text=text, width=440)
        dialog.setObjectName(name)
        self.dialog = dialog
        return dialog

    def _ask_matter(self) -> None:
        dialog = self._dialog(self.tr("Add a matter"), "matter_form", self.tr("Add"))
        form = dialog.form
        form.add_field("text", self.tr("Matter"), QLineEdit(dialog), required=True)
        form.add_field("owner", self.tr("Who acts"), QLineEdit(dialog), required=True)
        form.add_field("step", self.tr("Next step"), QLineEdit(dialog), required=True)
        form.submitted.connect(self._on_matter)
        dialog.resize(dialog.width(), current_theme().px(300))
        dialog.show()

    def _on_matter(self, values: Mapping[str, object]) -> None:
        since = self._context.now().isoformat(timespec="minutes")
        words = (str(values["text"]), str(values["owner"]), str(values["step"]))
        self._extra.append(Item(f"{TYPED}{new_id()}", "事项", *words, since))
        self._after_typing()

    def _ask_owner(self) -> None:
        one = self.list.current()
        if one is None:
            return
        dialog = self._dialog(self.tr("Who acts"), "owner_form", self.tr("Set"))
        form = dialog.form
        form.add_field("owner", self.tr("Who acts"), QLineEdit(dialog), required=True)
        form.add_field("step", self.tr("Next step"), QLineEdit(dialog), required=True)
        form.set_values({"owner": one.item.owner, "step": one.item.step})
        form.submitted.connect(partial(self._on_owner, one.item.key))
        dialog.resize(dialog.width(), current_theme().px(240))
        dialog.show()

    def _on_owner(self, key: str, values: Mapping[str, object]) -> None:
        self._owners[key] = (str(values["owner"]), str(values["step"]))
        self._after_typing()

    def _on_finished(self) -> None:
        """A typed matter is done, or is not after all; one that nobody was given goes."""
        one = self.list.current()
        if one is None:
            return
        key = one.item.key
        if any(typed.key == key for typed in self._extra):
            self._extra = [typed for typed in self._extra if typed.key != key]
        else:
            self._finished ^= {key}
        self._after_typing()

    def _after_typing(self) -> None:
        self._keep()
        if self.dialog is not None:
            self.dialog.accept()
            self.dialog = None
        self.live.ask()

    def _give(self) -> None:
        found = self._board
        if found is None or self._team_id is None:
            return
        now = self._context.now()
        giving = Giving(
            self._team_id, self._since(now), found.items, self._context.who.person_id, now
        )
        self._context.write(self, "交班", give, giving, self._on_given)

    def _on_given(self, _handover_id: str) -> None:
        self._extra, self._owners, self._finished = [], {}, set()
        self._context.discard_draft(self.draft_key)
        self._context.notify(
            self.tr("The shift is given; it waits to be taken over."), level="done"
        )
        self.live.ask()

    def _take(self) -> None:
        one = self.taking
        if one is None:
            return
        taking = Taking(
            one.id,
            frozenset(self._opened.get(one.id, ())),
            one.sha256,
            self._context.who.person_id,
            self._context.now(),
        )
        self._context.write(self, "接班", take, taking, lambda _none: self.live.ask())

    def _print(self) -> None:
        one = self.past.current()
        if one is None:
            self._context.notify(self.tr("Choose a hand-over first."), level="warning")
            return
        name = file_name("交接班记录", one.to_at[:16].replace(":", "").replace("T", "-"))
        args = HandoverPrint(
            one, ISSUER, self._context.now(), self._context.documents_folder() / name
        )
        self._context.layout(self, print_handover, args, self._on_printed)

    def _on_printed(self, path: Path) -> None:
        self._context.copied("print", f"交接班记录 {path.name}")
        words = self.tr("Saved as {path}").format(path=path)
        self._context.notify(words, level="done")


_PANELS: Final[Mapping[str, tuple[str, str]]] = {
    "order": ("remote_command", "order_id"),
    "operation": ("operations", "operation_id"),
    "police": ("police", "request_id"),
    "matter": ("matters", "matter_id"),
}


def _past_row(one: Handed) -> dict[str, object]:
    return {
        "given": (one.given_at or "").replace("T", " ")[:16],
        "giver": one.giver,
        "taken": (one.taken_at or "").replace("T", " ")[:16],
        "taker": one.taker,
        "count": len(one.items),
    }

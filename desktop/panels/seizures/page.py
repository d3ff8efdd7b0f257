"""One signed seizure: its code, its things and who verified them, its papers. UI thread."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop.circulars.names import file_name
from desktop.command.receipts import Proof, prove
from desktop.command.seizures.commands import ToMeasure, Verdict, to_measure, verify
from desktop.command.seizures.papers import (
    SeizurePrint,
    inventory,
    position_words,
    print_seizure,
    record,
)
from desktop.contract.context import PanelContext
from desktop.panels.seizures.original import Originals
from desktop.panels.seizures.photo_strip import PhotoStrip
from desktop.panels.seizures.queries import Seizure, Thing
from desktop.rules.money import grouped
from desktop.rules.seizure_form import ITEM_WORDS, KINDS, STATE_STYLES, STATE_WORDS
from desktop.rules.seizure_law import load_seizure_law
from widgets.badge import Badge
from widgets.beside import FactGrid
from widgets.dialogs import ask_text
from widgets.parts import named_button, words_label

_ITEM_STYLES: Final = {"claimed": "due_soon", "verified": "normal", "denied": "overdue"}


class SeizurePage(QWidget):
    """`left()` when the user goes back; `change_asked(Seizure)` to go on filling a form."""

    left = Signal()
    change_asked = Signal(object)

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("seizure_page")
        self._context = context
        self.seizure: Seizure | None = None
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.state = Badge(parent=self)
        self.code = QLabel(self)
        self.code.setObjectName("receipt_code")
        self.code.setProperty("role", "large")
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.proof = words_label(self, "muted")
        self.proof.setObjectName("receipt_proof")
        self.facts = FactGrid(self)
        self.strip = PhotoStrip(self)
        self.originals = Originals(context, self)
        self.cards: list[QFrame] = []
        self.back_button = named_button(self, "back", self.tr("Back to list"))
        self.case_button = named_button(self, "open_case", self.tr("Go to case"))
        self.map_button = named_button(self, "show_place", self.tr("Show on map"))
        self.copy_button = named_button(self, "copy_code", self.tr("Copy code"))
        self.prove_button = named_button(self, "prove", self.tr("Prove"))
        self.print_button = named_button(self, "print", self.tr("Print list and record"))
        self.change_button = named_button(self, "go_on", self.tr("Go on filling"))
        self.change_button.setProperty("kind", "primary")
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.back_button)
        top.addWidget(self.title, 1)
        top.addWidget(self.state)
        for part in (self.case_button, self.map_button, self.print_button, self.change_button):
            top.addWidget(part)
        receipt = QHBoxLayout()
        receipt.setSpacing(12)
        receipt.addWidget(self.code)
        receipt.addWidget(self.copy_button)
        receipt.addWidget(self.prove_button)
        receipt.addWidget(self.proof, 1)
        body = QWidget()
        body.setProperty("plain", True)
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 8, 0)
        inner.setSpacing(12)
        inner.addWidget(self.facts)
        self._things = QVBoxLayout()
        self._things.setSpacing(8)
        inner.addLayout(self._things)
        inner.addWidget(self.strip)
        inner.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(10)
        layout.addLayout(top)
        layout.addLayout(receipt)
        layout.addWidget(area, 1)

    def _connect(self) -> None:
        self.back_button.clicked.connect(lambda _checked=False: self.left.emit())
        self.copy_button.clicked.connect(lambda _checked=False: self._copy())
        self.prove_button.clicked.connect(lambda _checked=False: self.check_code())
        self.print_button.clicked.connect(lambda _checked=False: self.print())
        self.case_button.clicked.connect(lambda _checked=False: self._to_case())
        self.map_button.clicked.connect(lambda _checked=False: self._to_map())
        self.change_button.clicked.connect(lambda _checked=False: self._go_on())
        self.strip.chosen.connect(self.originals.show)

    # Showing

    def show_seizure(self, found: Seizure) -> None:
        """Everything of one seizure."""
        if self.seizure is None or self.seizure.id != found.id:
            self.proof.setText("")
        self.seizure = found
        form = found.form
        self.title.setText(f"{KINDS[form.kind]}　{found.case_number}　{form.subject}")
        self.state.set_state(STATE_STYLES[found.state], STATE_WORDS[found.state])
        signed = found.signed_at is not None
        self.code.setText(found.code if signed else self.tr("not signed"))
        for part in (self.copy_button, self.prove_button):
            part.setVisible(signed)
        mine = form.officer_id == self._context.who.person_id
        self.change_button.setVisible(not signed and mine)
        self.map_button.setEnabled(form.lat_e7 is not None)
        self.facts.show_facts(self._facts(found))
        for card in self.cards:
            self._things.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = [self._card(place, one) for place, one in enumerate(found.things, start=1)]
        self.strip.show_pictures(found.pictures)

    def _facts(self, found: Seizure) -> tuple[tuple[str, str], ...]:
        form = found.form
        begun = "" if form.began is None else f"{form.began:%Y-%m-%d %H:%M}"
        done = "" if form.ended is None else f"—{form.ended:%H:%M}"
        officers = "、".join(one for one in (found.officer, found.second) if one)
        parts = (
            (self.tr("Place"), form.place),
            (self.tr("Position"), position_words(found)),
            (self.tr("Time"), begun + done),
            (self.tr("Officers"), officers),
            (self.tr("Present"), form.present),
            (self.tr("Kept by"), form.keeper),
            (self.tr("Ruling"), form.document_no),
            (self.tr("Record"), form.transcript),
        )
        return tuple((label, words) for label, words in parts if words)

    def _card(self, place: int, thing: Thing) -> QFrame:
        card = QFrame(self)
        card.setProperty("card", True)
        card.setObjectName(f"thing_card_{thing.n}")
        head = QHBoxLayout()
        head.setSpacing(8)
        title = words_label(card, "title")
        kind = load_seizure_law().thing(thing.kind).name
        words = (f"{place}. {thing.name}", thing.mark, thing.quantity, kind)
        title.setText("　".join(word for word in words if word))
        head.addWidget(title, 1)
        head.addWidget(Badge(_ITEM_STYLES[thing.status], ITEM_WORDS[thing.status], card))
        told = words_label(card, "muted")
        told.setText("；".join(self._told(thing)))
        box = QVBoxLayout(card)
        box.setContentsMargins(12, 8, 12, 10)
        box.setSpacing(6)
        box.addLayout(head)
        box.addWidget(told)
        buttons = self._buttons(card, thing)
        if buttons:
            row = QHBoxLayout()
            row.setSpacing(8)
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
            box.addLayout(row)
        self._things.addWidget(card)
        return card

    def _told(self, thing: Thing) -> list[str]:
        told = [thing.condition]
        if thing.value_fen is not None:
            told.append(self.tr("estimate {yuan}").format(yuan=grouped(thing.value_fen)))
        for label, words in (
            (self.tr("owner"), thing.owner),
            (self.tr("basis"), thing.basis),
            (self.tr("verified by"), thing.verified_by),
            (self.tr("note"), thing.note),
        ):
            if words:
                told.append(f"{label} {words}")
        if thing.measure_id is not None:
            told.append(self.tr("entered among the measures"))
        return [one for one in told if one]

    def _buttons(self, card: QFrame, thing: Thing) -> list[QWidget]:
        """What can be done with a thing now, by whoever sits here."""
        found = self.seizure
        assert found is not None
        if found.signed_at is None:
            return []
        made: list[QWidget] = []
        me = self._context.who.person_id
        if thing.status == "claimed" and me not in (found.form.officer_id, found.form.second_id):
            made.append(self._button(card, thing, "verify", self.tr("True"), self._verify))
            made.append(self._button(card, thing, "deny", self.tr("Not true…"), self._deny))
        if thing.status != "denied" and thing.measure_id is None:
            words = self.tr("Enter as a measure")
            made.append(self._button(card, thing, "measure", words, self._measure))
        return made

    def _button(
        self, card: QFrame, thing: Thing, name: str, words: str, act: Callable[[Thing], None]
    ) -> QWidget:
        made = named_button(card, f"{name}_{thing.n}", words)
        made.clicked.connect(lambda _checked=False: act(thing))
        return made

    # Acts

    def _verify(self, thing: Thing) -> None:
        self._judge(thing, "", true=True)

    def _deny(self, thing: Thing) -> None:
        ask_text(
            self,
            object_name="deny_thing",
            title=self.tr("Not as claimed"),
            label=self.tr("What was found instead"),
            accept_text=self.tr("Not true"),
            on_accept=lambda words: self._judge(thing, words, true=False),
            multiline=True,
        )

    def _judge(self, thing: Thing, note: str, *, true: bool) -> None:
        verdict = Verdict(thing.id, true, note, self._context.who.person_id, self._context.now())
        self._context.write(self, "核实查封财产", verify, verdict, lambda _status: None)

    def _measure(self, thing: Thing) -> None:
        wanted = ToMeasure(thing.id, self._context.who.person_id, self._context.now())
        done = self.tr("Entered among the measures of the case, with its term.")
        self._context.write(
            self,
            "登记查控措施",
            to_measure,
            wanted,
            lambda _id: self._context.notify(done, level="done"),
        )

    def check_code(self) -> None:
        """Recounts the chain of the device that signed."""
        if self.seizure is not None:
            self._context.read(self, "proof", prove, self.seizure.code, self._on_proof)

    def _on_proof(self, proof: Proof) -> None:
        self.proof.setProperty("role", "muted" if proof.sound else "error")
        self.proof.style().polish(self.proof)
        self.proof.setText("".join(proof.words))

    def print(self) -> None:
        """List and record as PDF, into the documents folder."""
        found = self.seizure
        if found is None:
            return
        now = self._context.now()
        folder = self._context.documents_folder()
        word = KINDS[found.form.kind]
        stem = f"{found.case_number}-{now:%Y%m%d%H%M%S}"
        paths = tuple(folder / file_name(f"{word}{kind}-{stem}") for kind in ("财产清单", "笔录"))
        args = SeizurePrint((inventory(found, now), record(found, now)), paths)
        self.print_button.setEnabled(False)
        self._context.layout(
            self, print_seizure, args, partial(self._on_printed, found), self._on_print_fault
        )

    def _on_printed(self, found: Seizure, paths: tuple[Path, ...]) -> None:
        self.print_button.setEnabled(True)
        self._context.copied("print", f"{KINDS[found.form.kind]}清单、笔录", found.form.case_id)
        names = "、".join(path.name for path in paths)
        self._context.notify(self.tr("Saved: {names}").format(names=names), level="done")

    def _on_print_fault(self, sentence: str) -> None:
        self.print_button.setEnabled(True)
        self._context.notify(sentence, level="error")

    def _copy(self) -> None:
        if self.seizure is not None:
            QGuiApplication.clipboard().setText(self.seizure.code)

    def _go_on(self) -> None:
        if self.seizure is not None:
            self.change_asked.emit(self.seizure)

    def _to_case(self) -> None:
        if self.seizure is not None:
            self._context.open("case_query", {"case_id": self.seizure.form.case_id})

    def _to_map(self) -> None:
        form = self.seizure.form if self.seizure is not None else None
        if form is not None and form.lat_e7 is not None and form.lon_e7 is not None:
            place = {"lat_e7": str(form.lat_e7), "lon_e7": str(form.lon_e7)}
            self._context.open("live_map", place)

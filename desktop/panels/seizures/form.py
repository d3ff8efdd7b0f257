"""The form of a seizure as it is filled on the spot. UI thread.

Everything typed is kept within a second under the form's own id, which is drawn when the form is
opened; another key remembers which form of a case an officer has open, so that the next start finds
it, and no other officer at the same desk.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop.command.seizures.commands import Filled, save, sign
from desktop.command.seizures.known import last_fix
from desktop.contract.context import PanelContext
from desktop.contract.court_zone import COURT_ZONE
from desktop.panels.seizures.blocks_box import BlocksBox
from desktop.panels.seizures.fields import MomentField, PlaceField
from desktop.panels.seizures.original import Originals
from desktop.panels.seizures.photo_choosing import choose_photographs
from desktop.panels.seizures.photo_strip import PhotoStrip
from desktop.panels.seizures.photo_taking import PhotoTaking
from desktop.panels.seizures.queries import Asked, Offer, Picture, Seizure, offer, seizure_of
from desktop.panels.seizures.stored_values import stored_values
from desktop.panels.seizures.things_editor import ThingsEditor
from desktop.rules.receipt_chain import Link
from desktop.rules.seizure_form import KINDS, Block, Form, blocks, open_key, photos_needed
from desktop.rules.seizure_law import load_seizure_law
from storage.ids import new_id
from widgets.forms import FormPane, GrowingText
from widgets.parts import named_button, scrolled
from widgets.theme import current_theme

_SIDE_PX: Final = 380
_LINES: Final = 7


class SeizureForm(QWidget):
    """`signed(seizure_id)` follows the write; `left()` when the officer goes back."""

    signed = Signal(str)
    left = Signal()

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("seizure_form")
        self._context = context
        self._offer: Offer | None = None
        self._id = ""
        self._folder: Path | None = None  # where the last photographs came from
        self._open = False  # what is typed belongs to `_id` and is kept
        self.pictures: tuple[Picture, ...] = ()
        self.title = QLabel(self)
        self.title.setProperty("role", "title")
        self.note = QLabel(self)
        self.note.setObjectName("seizure_note")
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        self.note.hide()
        self.form = FormPane(self, submit_text=self.tr("Save"), cancel_text=self.tr("Back to list"))
        self.form.submit_button.setObjectName("save_seizure")
        self.form.submit_button.setProperty("kind", "")
        self.kind, self.subject, self.second = QComboBox(), QComboBox(), QComboBox()
        self.place = PlaceField()
        self.began = MomentField("seizure_began", context.now)
        self.ended = MomentField("seizure_ended", context.now)
        self.things = ThingsEditor()
        self.transcript = QPlainTextEdit()
        self.blocks = BlocksBox(self)
        self.strip = PhotoStrip(self)
        self.taking = PhotoTaking(context, self)
        self.originals = Originals(context, self)
        self.photo_note = QLabel(self)
        self.photo_note.setProperty("role", "muted")
        self.photo_note.setWordWrap(True)
        self.photo_button = named_button(self, "add_photos", self.tr("Add photographs…"))
        self.sign_button = named_button(self, "sign_seizure", self.tr("Sign and get the code"))
        self.sign_button.setProperty("kind", "primary")
        self._fill()
        self._arrange()
        self._connect()

    def _fill(self) -> None:
        form = self.form
        self.kind.setObjectName("seizure_kind")
        for key, word in KINDS.items():
            self.kind.addItem(word, key)
        self.subject.setObjectName("seizure_subject")
        self.second.setObjectName("seizure_second")
        line = (
            form.add_field("kind", self.tr("Kind"), self.kind),
            form.add_field("subject", self.tr("Debtor"), self.subject),
            form.add_field("second_id", self.tr("Second officer"), self.second),
        )
        form.add_line(tuple((part, 1) for part in line))
        number = form.add_field("document_no", self.tr("Ruling number"), self._line("document_no"))
        place = form.add_field("place", self.tr("Place"), self._line("place"))
        form.add_line(((number, 2), (place, 3)))
        # One below the other: degrees are cut off beside something else on a small screen.
        form.add_field("fix", self.tr("Position"), self.place)
        form.add_field("no_fix", self.tr("No position, because"), self._line("no_fix"))
        began = form.add_field("began", self.tr("Begun"), self.began)
        ended = form.add_field("ended", self.tr("Done"), self.ended)
        form.add_line(((began, 1), (ended, 1)))
        present = GrowingText(3)
        present.setObjectName("seizure_present")
        people = form.add_field("present", self.tr("Present, and witnesses"), present)
        keeper = form.add_field("keeper", self.tr("Kept by"), self._line("keeper"))
        form.add_line(((people, 3), (keeper, 2)))
        form.add_field("things", self.tr("List of things"), self.things)
        self.transcript.setObjectName("seizure_transcript")
        self.transcript.setTabChangesFocus(True)
        self.transcript.setFixedHeight(self.transcript.fontMetrics().lineSpacing() * _LINES + 12)
        form.add_field(
            "transcript", self.tr("Record: what was told, found and said"), self.transcript
        )

    def _line(self, key: str) -> QLineEdit:
        made = QLineEdit()
        made.setObjectName(f"seizure_{key}")
        return made

    def _arrange(self) -> None:
        side = QWidget()
        side.setProperty("plain", True)
        inner = QVBoxLayout(side)
        inner.setContentsMargins(2, 2, 8, 2)
        inner.setSpacing(10)
        inner.addWidget(self.blocks)
        head = QHBoxLayout()
        words = QLabel(self.tr("Photographs"), side)
        words.setProperty("role", "title")
        head.addWidget(words)
        head.addStretch(1)
        head.addWidget(self.photo_button)
        inner.addLayout(head)
        inner.addWidget(self.photo_note)
        inner.addWidget(self.strip)
        inner.addStretch(1)
        area = scrolled(side, self)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addWidget(area, 1)
        right.addWidget(self.sign_button)
        holder = QWidget(self)
        holder.setFixedWidth(current_theme().px(_SIDE_PX))
        holder.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        columns = QHBoxLayout()
        columns.setSpacing(16)
        columns.addWidget(self.form, 1)
        columns.addWidget(holder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(6)
        layout.addWidget(self.title)
        layout.addWidget(self.note)
        layout.addLayout(columns, 1)

    def _connect(self) -> None:
        self.form.edited.connect(self._on_edited)
        self.form.submitted.connect(lambda _values: self.save())
        self.form.closed.connect(self._on_closed)
        for control in (self.kind, self.subject, self.second):
            control.currentIndexChanged.connect(lambda _index: self.judge())
        for field in ("document_no", "place", "fix", "no_fix", "began", "ended", "present"):
            self.form.field(field).changed.connect(self.judge)
        for field in ("keeper", "things", "transcript"):
            self.form.field(field).changed.connect(self.judge)
        self.blocks.asked.connect(self.go_to)
        self.place.asked.connect(self._ask_fix)
        self.photo_button.clicked.connect(lambda _checked=False: self._choose_files())
        self.strip.chosen.connect(self.originals.show)
        self.taking.moved.connect(self.judge)
        self.taking.ended.connect(self._on_taken)
        self.sign_button.clicked.connect(lambda _checked=False: self.sign())

    # Opening

    @property
    def draft_key(self) -> str:
        """Under which what is typed is kept."""
        return f"seizure:{self._id}"

    @property
    def seizure_id(self) -> str:
        """Of the form that is open, also before it is stored."""
        return self._id

    def open_new(self, case_id: str) -> None:
        """The form of a case that was begun and not signed, else an empty one."""
        self._begin()

        def found(kept: Mapping[str, Any] | None) -> None:
            known = str((kept or {}).get("id") or "")
            self._id = known or new_id()
            self._load(case_id)

        self._context.load_draft(self._pointer(case_id), found)

    def open_seizure(self, seizure: Seizure) -> None:
        """A stored form that is not signed yet."""
        self._begin()
        self._id = seizure.id
        self._load(seizure.form.case_id)

    def _begin(self) -> None:
        if self._open:
            self._keep()
        self._open = False
        self._offer = None
        self.pictures = ()
        self.title.setText("")
        self._say("")
        self.form.set_waiting(True)
        self.sign_button.setEnabled(False)
        self.photo_button.setEnabled(False)

    def _load(self, case_id: str) -> None:
        asked = Asked(case_id, self._context.who.person_id, self._context.today())
        self._context.read(self, "offer", offer, asked, self._on_offer)

    def _on_offer(self, found: Offer | None) -> None:
        if found is None:
            self._context.notify(self.tr("The case is not on this device."), level="error")
            self.left.emit()
            return
        self._offer = found
        self._point(found)
        self.title.setText(self.tr("Seizure in {case}").format(case=found.case_number))
        _choices(self.subject, [(name, name) for name in found.known.debtors])
        me = self._context.who.person_id
        others = [(one.name, one.id) for one in found.officers if one.id != me]
        _choices(self.second, others)
        self.things.set_known(found.known)
        self._context.read(self, "stored", seizure_of, self._id, self._on_stored)

    def _point(self, found: Offer) -> None:
        told = {"case_id": found.case_id, "number": found.case_number}
        self._context.save_draft(self._pointer(found.case_id), {"id": self._id})
        self._context.save_draft(open_key(self._context.who.person_id), told)

    def _pointer(self, case_id: str) -> str:
        return f"seizure:new:{case_id}:{self._context.who.person_id or ''}"

    def _on_stored(self, stored: Seizure | None) -> None:
        if stored is not None and stored.signed_at is not None and self._offer is not None:
            # The desk went between the signature and the end of the draft: what is signed is not
            # filled in again, and the case may have another one.
            self._context.discard_draft(self.draft_key)
            self._id, stored = new_id(), None
            self._point(self._offer)
            self._say(self.tr("The last list of this case is signed; this is a new one."))
        key = self.draft_key
        self._context.load_draft(key, lambda kept: self._on_draft(key, stored, kept))

    def _on_draft(self, key: str, stored: Seizure | None, kept: Mapping[str, Any] | None) -> None:
        if key != self.draft_key or self._offer is None:
            return  # another form is open meanwhile: its own answer is on the way
        values = stored_values(stored) if stored is not None else self._first_values()
        self.form.set_values({**values, **(kept or {})})
        self.things.reserve(stored.next_n if stored is not None else 1)
        self.show_pictures(stored.pictures if stored is not None else ())
        if kept:
            self._say(self.tr("What you typed before was restored."))
        self.form.set_waiting(False)
        self._open = True
        self.judge()
        if self.isVisible():
            self.kind.setFocus()

    def _first_values(self) -> dict[str, Any]:
        """What is known before anything is typed."""
        assert self._offer is not None
        debtors = self._offer.known.debtors
        now = f"{self._context.now():%Y-%m-%d %H:%M}"
        return {
            **dict.fromkeys(self.form.values()),
            "kind": "seize",
            "subject": debtors[0] if len(debtors) == 1 else None,
            "began": now,
            "things": [],
        }

    # What is typed

    def filled(self) -> Filled:
        """The form as it stands."""
        values = self.form.values()
        lat, lon = self.place.degrees()
        texts = ("place", "no_fix", "present", "keeper", "document_no", "transcript")
        form = Form(
            case_id=self._offer.case_id if self._offer is not None else "",
            kind=str(values["kind"] or ""),
            lat_e7=lat,
            lon_e7=lon,
            accuracy_dm=self.place.accuracy_dm,
            began=self.began.moment(),
            ended=self.ended.moment(),
            officer_id=self._context.who.person_id or "",
            second_id=str(values["second_id"] or ""),
            subject=str(values["subject"] or ""),
            items=self.things.items(),
            photos=tuple(one.sha256 for one in self.pictures),
            **{key: str(values[key] or "") for key in texts},
        )
        return Filled(self._id, form, self._context.who.person_id, self._context.now())

    def judge(self) -> None:
        """Says what is missing; without it there is no signature."""
        if not self._open or self._offer is None:
            return
        given = self.filled()
        officers = {one.id for one in self._offer.officers}
        law = load_seizure_law()
        unread = self._unread()
        told = {one.part for one in unread}
        missing = blocks(given.form, self._offer.known, officers, given.at, law)
        left = (*unread, *(one for one in missing if one.part not in told))
        self.blocks.show_blocks(left)
        taking = self.taking.busy_with(self._id)
        if taking:
            self.taking.keep_up(given)
        self.sign_button.setEnabled(not left and not taking)
        self.photo_button.setEnabled(not taking)
        self._say_photos(photos_needed(given.form.items, law), taking)

    def _unread(self) -> list[Block]:
        """What is typed and would be left out, since it is no amount, no time or no degree."""
        wrong = [("position", self.place.problem())]
        wrong += [("began", self.began.problem()), ("ended", self.ended.problem())]
        wrong += self.things.problems()
        return [Block(part, words) for part, words in wrong if words]

    def _say_photos(self, needed: int, taking: bool) -> None:
        words = self.tr("{have} of {needed}; originals are kept unchanged and hashed").format(
            have=len(self.pictures), needed=needed
        )
        if taking:
            words = self.tr("Taking photograph {n} of {total}; do not pull out the card.").format(
                n=min(self.taking.done + 1, self.taking.total), total=self.taking.total
            )
        other = self._of_other_days()
        if other and not taking:
            told = self.tr("{count} are of another day by the camera or the file: check them.")
            words += "\n" + told.format(count=other)
        self.photo_note.setText(words)

    def _of_other_days(self) -> int:
        """An old picture, or a camera whose clock is wrong; the paper prints its time."""
        began = self.began.moment()
        if began is None:
            return 0
        days = (datetime.fromisoformat(one.taken_at) for one in self.pictures)
        return sum(at.astimezone(COURT_ZONE).date() != began.date() for at in days)

    def go_to(self, part: str) -> None:
        """Puts the cursor where something is missing."""
        if part.startswith("item:"):
            self.things.focus(part.removeprefix("item:"))
            return
        places = {"second": "second_id", "position": "fix", "items": "things"}
        if part == "photos":
            self.photo_button.setFocus()
        else:
            self.form.field(places.get(part, part)).control.setFocus()

    def _keep(self) -> None:
        """Before the form is left: the draft, and what photographs under way are stored with."""
        self._on_edited(self.form.values())
        if self.taking.busy_with(self._id):
            self.taking.keep_up(self.filled())

    def _on_edited(self, values: Mapping[str, object]) -> None:
        if self._open and self._id:
            self._context.save_draft(self.draft_key, dict(values))

    def _ask_fix(self) -> None:
        self._context.read(
            self,
            "fix",
            last_fix,
            self._context.who.person_id,
            lambda fix: self.place.answer(fix, self._context.now()),
        )

    # Photographs

    def _choose_files(self) -> None:
        title = self.tr("Photographs of the seizure")
        choose_photographs(self, title, self._folder, self.add_files)

    def add_files(self, paths: Sequence[Path]) -> None:
        """Hashes, makes small, keeps the originals, and hangs them on the form."""
        if self._open and paths:
            self._folder = paths[0].parent
            self._say("")
            self.taking.take(self.filled(), paths)
            self.judge()

    def _on_taken(self, told: str) -> None:
        if told:
            self._say(told)
            self._context.notify(told, level="error")
        self.refresh()

    def refresh(self) -> None:
        """Reads the photographs again; what is typed stays."""
        if self._open and self._id:
            self._context.read(self, "pictures", seizure_of, self._id, self._on_pictures)

    def _on_pictures(self, stored: Seizure | None) -> None:
        if not self._open or (stored is not None and stored.id != self._id):
            return
        if stored is not None:
            self.things.reserve(stored.next_n)
            self.show_pictures(stored.pictures)
        self.judge()

    def show_pictures(self, pictures: tuple[Picture, ...]) -> None:
        """What hangs on the form."""
        if pictures != self.pictures or not pictures:
            self.pictures = pictures
            self.strip.show_pictures(pictures)

    # Writing

    def save(self) -> None:
        """Keeps the form in the case, unsigned: the team sees that it is under way."""
        self.form.set_busy(True)
        self._context.write(
            self, "暂存查封清单", save, self.filled(), self._on_saved, self._on_refused
        )

    def _on_saved(self, _seizure_id: str) -> None:
        self.form.set_busy(False)
        self._say(self.tr("Saved, not signed."))

    def sign(self) -> None:
        """Signature and receipt, in one write."""
        self.sign_button.setEnabled(False)
        self.form.set_busy(True)
        self._context.write(
            self, "查封、扣押清单签名", sign, self.filled(), self._on_signed, self._on_refused
        )

    def _on_signed(self, link: Link) -> None:
        assert self._offer is not None
        self.form.set_busy(False)
        self._open = False
        self._context.discard_draft(self.draft_key)
        self._context.discard_draft(self._pointer(self._offer.case_id))
        self._context.discard_draft(open_key(self._context.who.person_id))
        self._context.notify(
            self.tr("Signed. Receipt code {code}").format(code=link.code), level="done"
        )
        self.signed.emit(self._id)

    def _say(self, words: str) -> None:
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def _on_refused(self, sentence: str) -> None:
        self.form.set_busy(False)
        self.judge()
        self._say(sentence)
        self._context.notify(sentence, level="error")

    def _on_closed(self, _values: Mapping[str, object]) -> None:
        if self._open:
            self._keep()
        self._open = False
        self.left.emit()


def _choices(box: QComboBox, choices: Sequence[tuple[str, str]]) -> None:
    box.blockSignals(True)
    box.clear()
    box.addItem("—", None)
    for label, data in choices:
        box.addItem(label, data)
    box.blockSignals(False)

"""授权: powers to stand in, who is away, and a new power. UI thread."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop.contract.context import PanelContext
from desktop.contract.live import LiveRefresh
from desktop.contract.offers import Offers
from desktop.contract.short_list import Listing
from desktop.documents.powers import Power, Verdict, delegate, settle_power
from desktop.panels.signing_matrix.columns import away_columns, power_columns
from desktop.panels.signing_matrix.queries import (
    AwayRow,
    PowerRow,
    Powers,
    PowersArgs,
    Somebody,
    Table,
    people,
    powers,
    table_of,
)
from desktop.panels.signing_matrix.rules import STATE_STYLES, STATE_WORDS
from widgets.dialogs import confirm
from widgets.forms import DateField, FilterBox, FormDialog, Option

TABLES = ("delegation", "absence", "person")


class PowerPage(QWidget):
    """`give()` opens the form; `form` is the dialog while it is open."""

    def __init__(self, context: PanelContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("power_page")
        self._context = context
        self._people: Sequence[Somebody] = ()
        self.form: FormDialog | None = None
        self.list: Listing[PowerRow] = Listing(power_columns(), self)
        self.list.table.set_empty_text(
            self.tr("No power given"),
            self.tr("A holder of a post gives it in writing; a third person agrees."),
        )
        self.away: Listing[AwayRow] = Listing(away_columns(), self)
        self.away.table.set_empty_text(
            self.tr("Everybody is there"), self.tr("No holder of such a post is away.")
        )
        self.give_button = _button(self, "give", self.tr("Give a power…"))
        self.agree_button = _button(self, "agree", self.tr("Agree"))
        self.agree_button.setProperty("kind", "primary")
        self.end_button = _button(self, "end", self.tr("End"))
        self._arrange()
        self.list.table.current_id_changed.connect(lambda _id: self._mark())
        self.give_button.clicked.connect(lambda _checked=False: self.give())
        self.agree_button.clicked.connect(lambda _checked=False: self._ask(agreed=True))
        self.end_button.clicked.connect(lambda _checked=False: self._ask(agreed=False))
        self.live = LiveRefresh(self, context, TABLES, self._read)
        Offers(self, context, people, context.today(), self._on_people)
        self._mark()

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.note = QLabel(self)
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        row.addWidget(self.note, 1)
        for button in (self.end_button, self.agree_button, self.give_button):
            row.addWidget(button)
        lower = QWidget(self)
        column = QVBoxLayout(lower)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        title = QLabel(self.tr("Holders of posts who are away, today or later"), lower)
        title.setProperty("role", "group")
        column.addWidget(title)
        column.addWidget(self.away.table, 1)
        splitter = QSplitter(self)
        splitter.setOrientation(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.list.table)
        splitter.addWidget(lower)
        splitter.setSizes([320, 200])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(splitter, 1)

    # Reading

    def _read(self) -> None:
        args = PowersArgs(self._context.who.person_id, self._context.today())
        self._context.read(self, "snapshot", powers, args, self._on_found, self._on_error)

    def _on_error(self, sentence: str) -> None:
        self._context.notify(sentence, level="error")
        self.live.finished()

    def _on_found(self, found: Powers) -> None:
        self.list.show([(one.id, one, _power_row(one)) for one in found.powers])
        self.away.show([((one.name, one.from_on), one, _away_row(one)) for one in found.away])
        self._mark()
        self.live.finished()

    def _on_people(self, found: tuple[Somebody, ...]) -> None:
        self._people = found

    def _mark(self) -> None:
        one = self.list.current()
        self.agree_button.setEnabled(one is not None and one.may_agree)
        self.end_button.setEnabled(one is not None and one.may_end)
        self.end_button.setText(
            self.tr("Refuse") if one is not None and one.state == "proposed" else self.tr("End")
        )
        words = self.tr("Ended by its giver, by whoever agreed, or by the president of the court.")
        if one is not None and one.state == "proposed" and not one.may_agree:
            words = self.tr("Somebody other than giver and receiver has to agree.")
        self.note.setText(words)

    # Acts

    def _ask(self, *, agreed: bool) -> None:
        one = self.list.current()
        if one is None:
            return
        title = self.tr("Agree to this power?") if agreed else self.tr("End this power?")
        confirm(
            self,
            object_name="settle_power",
            title=title,
            text=f"{one.giver}（{one.post}）→ {one.taker}　{one.from_on} 至 {one.to_on}\n"
            f"{one.document_no}",
            accept_text=self.agree_button.text() if agreed else self.end_button.text(),
            danger=not agreed,
            on_accept=partial(self._settle, one, agreed),
        )

    def _settle(self, one: PowerRow, agreed: bool) -> None:
        verdict = Verdict(one.id, agreed, self._context.who.person_id, self._context.now())
        label = f"{'同意' if agreed else '终止'}授权：{one.document_no}"
        self._context.write(self, label, settle_power, verdict, lambda _none: None)

    def give(self) -> None:
        """Opens the form of a new power."""
        today = self._context.today()
        self._context.read(self, "matrix", table_of, today, self._open_form)

    def _open_form(self, found: Table) -> None:
        documents = found.matrix.documents.values()
        lent = [one for one in documents if any(step.delegates for step in one.steps)]
        posts = {
            code.partition(":")[2]
            for one in lent
            for step in one.steps
            if step.delegates
            for code in step.signers
        }
        dialog = FormDialog(self.tr("Give a power"), self, submit_text=self.tr("Propose"))
        dialog.setObjectName("give_power")
        form = dialog.form
        giver = _chooser(dialog, [one for one in self._people if one.post.value in posts])
        taker = _chooser(dialog, self._people)
        covers = FilterBox("", all_text=self.tr("All that may be delegated"), parent=dialog)
        covers.set_options([Option(one.code, one.name) for one in lent])
        first, last = DateField(dialog, optional=False), DateField(dialog, optional=False)
        first.set_value(self._context.today())
        form.add_field("giver", self.tr("Giver, holder of the post"), giver, required=True)
        form.add_field("taker", self.tr("Who stands in"), taker, required=True)
        one = form.add_field("first", self.tr("From"), first, required=True)
        two = form.add_field("last", self.tr("to"), last, required=True)
        form.add_line(((one, 1), (two, 1)))
        form.add_field(
            "document_no", self.tr("Number of the written power"), QLineEdit(dialog), required=True
        )
        form.add_field("covers", self.tr("Documents"), covers)
        form.submitted.connect(self._submit)
        self.form = dialog
        dialog.show()

    def _submit(self, values: Mapping[str, object]) -> None:
        first, last = values["first"], values["last"]
        giver, taker = _one(values["giver"]), _one(values["taker"])
        known = {one.id: one for one in self._people}
        if not isinstance(first, date) or not isinstance(last, date) or giver not in known:
            return
        covers = values["covers"]
        power = Power(
            from_id=giver,
            to_id=taker,
            post=known[giver].post,
            from_on=first,
            to_on=last,
            document_no=str(values["document_no"]),
            documents=tuple(str(code) for code in covers) if isinstance(covers, tuple) else (),
        )
        label = f"提出授权：{power.document_no}"
        self._context.write(self, label, delegate, power, self._on_given, self._on_refused)

    def _on_given(self, power_id: str) -> None:
        if self.form is not None:
            self.form.accept()
            self.form = None
        self._context.notify(self.tr("Proposed; a third person has to agree"), level="done")
        self.list.choose(power_id)

    def _on_refused(self, sentence: str) -> None:
        if self.form is not None:
            self.form.form.field("document_no").set_error(sentence)


def _one(value: object) -> str:
    return str(value[0]) if isinstance(value, tuple) and value else ""


def _chooser(parent: QWidget, offered: Sequence[Somebody]) -> FilterBox:
    made = FilterBox("", all_text="—", multiple=False, parent=parent)
    made.set_options([Option(one.id, one.label) for one in offered])
    return made


def _power_row(one: PowerRow) -> dict[str, object]:
    word = "生效中" if one.in_force else STATE_WORDS[one.state]
    return {
        "state": ("normal" if one.in_force else STATE_STYLES[one.state], word),
        "giver": f"{one.post} {one.giver}",
        "taker": one.taker,
        "period": f"{one.from_on} 至 {one.to_on}",
        "document_no": one.document_no,
        "covers": one.covers,
        "agreed_by": one.agreed_by,
    }


def _away_row(one: AwayRow) -> dict[str, object]:
    return {
        "name": f"{one.post} {one.name}",
        "period": f"{one.from_on} 至 {one.to_on}",
        "kind": one.kind,
        "by": one.by,
    }


def _button(parent: QWidget, name: str, text: str) -> QPushButton:
    made = QPushButton(text, parent)
    made.setObjectName(name)
    made.setAutoDefault(False)
    return made

"""The small windows in which something is done with equipment. UI thread.

Each asks for as little as the act needs: to lend is a person and Enter; the day is proposed.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QSpinBox, QWidget

from desktop.command.equipment import acts as do
from desktop.command.equipment.register import Item
from desktop.contract.context import PanelContext
from desktop.panels.equipment.queries import Choice, Offered
from desktop.rules.equipment_law import load_equipment_law
from widgets.forms import DateField, FilterBox, FormDialog, GrowingText, Option
from widgets.theme import current_theme

_WIDTH: Final = 480
_REGISTER_HIGH: Final = 660
_END_OF_DAY: Final = time(18, 0)
Command = Callable[[Any, Any], Any]
Deed = tuple[str, Command, Any]  # the label of the write, what runs, and with what
_FIELDS: Final[Mapping[str, str]] = {
    "领用人": "to",
    "接收人": "to",
    "归还期限": "due",
    "有效期": "due",
    "资产编号": "asset_no",
    "名称": "name",
    "类别": "kind",
    "校准周期": "calibrate_days",
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("EquipmentForm", text)


class EquipmentForm(FormDialog):
    """`do(Deed)` carries it out; the owner accepts the window or calls `refuse`. `things` are the
    chosen ones; `page` is needed for a repair and for an edit."""

    def __init__(
        self,
        context: PanelContext,
        act: str,
        things: Sequence[Item],
        offered: Offered,
        do_it: Callable[[Deed], None],
        parent: QWidget | None = None,
        *,
        ticket: str = "",
    ) -> None:
        names = {
            "lend": _tr("Lend"),
            "give_back": _tr("Give back"),
            "hand_over": _tr("Hand over"),
            "calibrate": _tr("Calibrated"),
            "fault": _tr("Report a fault"),
            "repair": _tr("Repaired"),
            "check": _tr("Checked"),
            "retire": _tr("Retire"),
            "register": _tr("Enter in the register"),
        }
        self.act = act
        super().__init__(names[act], parent, submit_text=names[act], width=_WIDTH)
        self.setObjectName(f"equipment_{act}")
        self._context, self._things, self._offered, self._do = context, things, offered, do_it
        self._ticket = ticket
        self.draft_key = f"equipment:{act}:{things[0].id if things else 'new'}"
        if act == "register":
            self.resize(self.width(), current_theme().px(_REGISTER_HIGH))
        if things:
            self._say(things)
        getattr(self, f"_fields_of_{act}")()
        self.form.submitted.connect(self._on_submitted)
        if act in ("fault", "repair", "check", "retire", "register"):
            self.form.edited.connect(self._keep)
            self.form.closed.connect(self._keep)
            context.load_draft(self.draft_key, self._on_draft)

    # Fields

    def _say(self, things: Sequence[Item]) -> None:
        told = "、".join(one.title for one in things[:6])
        more = _tr("{told} and {count} more") if len(things) > 6 else "{told}"
        label = QLabel(more.format(told=told, count=len(things) - 6))
        label.setProperty("role", "small")
        label.setWordWrap(True)
        self.form.add_widget(label)

    def _person_box(self, key: str, label: str, *, required: bool = True) -> FilterBox:
        box = FilterBox("", all_text=_tr("Choose…"), multiple=False)
        box.setAccessibleName(label)
        box.set_options(_options(self._offered.people))
        self.form.add_field(key, label, box, required=required)
        return box

    def _day(self, key: str, label: str, day: date | None, *, hint: str = "") -> None:
        field = DateField(optional=day is None)
        self.form.add_field(key, label, field, required=day is not None, hint=hint)
        if day is not None:
            field.set_value(day)

    def _text(self, label: str, *, required: bool = False) -> None:
        self.form.add_field("body", label, GrowingText(4), required=required)

    def _line(self, key: str, label: str, *, required: bool = False, hint: str = "") -> None:
        self.form.add_field(key, label, QLineEdit(), required=required, hint=hint)

    def _fields_of_lend(self) -> None:
        days = load_equipment_law().amount("loan_days", self._context.today())
        self._person_box("to", _tr("To whom"))
        due = self._context.today() + timedelta(days=days)
        self._day("due", _tr("Back by"), due, hint=_tr("Until 18:00 of that day"))
        self._line("document_no", _tr("Approved by paper"))
        self._text(_tr("What for"))

    def _fields_of_give_back(self) -> None:
        self._text(_tr("Condition"))
        self.form.set_values({"body": "完好"})

    def _fields_of_hand_over(self) -> None:
        self._person_box("to", _tr("To whom"))
        self._day("due", _tr("Back by"), None, hint=_tr("Empty: as the loan says"))
        self._text(_tr("Condition"))

    def _fields_of_calibrate(self) -> None:
        days = self._things[0].calibrate_days
        until = None if days is None else self._context.today() + timedelta(days=days)
        self._day("due", _tr("Valid until"), until)
        self._line("document_no", _tr("Certificate"))
        self._text(_tr("Result"))

    def _fields_of_fault(self) -> None:
        self._text(_tr("What is broken"), required=True)
        thing = self._things[0]
        hours = thing.kind_in(load_equipment_law(), self._context.today()).repair_hours
        hint = _tr("To be repaired within {hours} hours").format(hours=hours)
        self.form.field("body").set_hint(hint)

    def _fields_of_repair(self) -> None:
        open_ = self._things[0].standing.open_tickets
        if len(open_) > 1:
            box = QComboBox()
            for one in open_:
                box.addItem(f"{one.at:%m-%d %H:%M}　{one.body}", one.id)
            self.form.add_field("ticket", _tr("Which fault"), box, required=True)
            if self._ticket:
                box.setCurrentIndex(max(0, box.findData(self._ticket)))
        elif open_:
            self._ticket = open_[0].id
            label = QLabel(open_[0].body)
            label.setWordWrap(True)
            self.form.add_widget(label)
        self._text(_tr("What was done"), required=True)
        self._line("document_no", _tr("Paper"))

    def _fields_of_check(self) -> None:
        self._text(_tr("What was found"), required=True)

    def _fields_of_retire(self) -> None:
        self._text(_tr("Why"), required=True)
        self._line("document_no", _tr("Approved by paper"))
        hint = _tr("Nothing can be done with it afterwards; its story stays.")
        self.form.field("body").set_hint(hint)

    def _fields_of_register(self) -> None:
        law = load_equipment_law().kinds_on(self._context.today())
        self._line("asset_no", _tr("Asset number"), required=True)
        self._line("name", _tr("Name"), required=True)
        kind = QComboBox()
        for code, one in law.items():
            kind.addItem(one.name, code)
        self.form.add_field("kind", _tr("Kind"), kind, required=True)
        team = FilterBox("", all_text=_tr("Choose…"), multiple=False)
        team.set_options(_options(self._offered.teams))
        self.form.add_field("team", _tr("Team"), team, required=True)
        keeper = self._person_box("keeper", _tr("Keeper"), required=False)
        self._line("model", _tr("Model"))
        self._line("serial_no", _tr("Serial number"))
        self._day("bought_on", _tr("Bought on"), None)
        days = QSpinBox()
        days.setRange(0, 3650)
        days.setSpecialValueText(_tr("None needed"))
        self.form.add_field("calibrate_days", _tr("Calibrated every (days)"), days)
        self._line("note", _tr("Note"))
        kind.currentIndexChanged.connect(
            lambda _index: days.setValue(law[str(kind.currentData())].calibrate_days)
        )
        days.setValue(next(iter(law.values())).calibrate_days)
        if self._things:
            self._fill(self._things[0], kind, team, keeper, days)

    def _fill(
        self, thing: Item, kind: QComboBox, team: FilterBox, keeper: FilterBox, days: QSpinBox
    ) -> None:
        """What the register says now, to be corrected."""
        kind.setCurrentIndex(max(0, kind.findData(thing.kind)))
        team.set_selected([thing.team_id])
        keeper.set_selected([thing.keeper_id])
        days.setValue(thing.calibrate_days or 0)
        told = ("asset_no", "name", "model", "serial_no", "bought_on", "note")
        self.form.set_values({key: getattr(thing, key) for key in told})

    # Draft

    def _on_draft(self, kept: Mapping[str, Any] | None) -> None:
        if kept and kept.get("body"):
            self.form.set_values({"body": kept["body"]})

    def _keep(self, values: Mapping[str, object]) -> None:
        if values.get("body"):
            self._context.save_draft(self.draft_key, {"body": values["body"]})

    def done(self, result: int) -> None:
        """The window closes; carried out, its draft is no longer needed."""
        if result == FormDialog.DialogCode.Accepted:
            self._context.discard_draft(self.draft_key)
        super().done(result)

    # Deed

    def _on_submitted(self, values: Mapping[str, object]) -> None:
        self.form.set_busy(True)
        self._do(self._deed(values))

    def by(self) -> do.By:
        """Whoever sits here, now."""
        return do.By(self._context.who.person_id or "", self._context.now().replace(microsecond=0))

    def _deed(self, values: Mapping[str, object]) -> Deed:
        def text(key: str) -> str:
            return _text_of(values.get(key))

        by, ids = self.by(), tuple(one.id for one in self._things)
        body, number = text("body"), text("document_no")
        due = values.get("due")
        day = due if isinstance(due, date) else None
        moment = None if day is None else datetime.combine(day, _END_OF_DAY, by.at.tzinfo)
        first = ids[0] if ids else ""
        if self.act == "lend":
            assert moment is not None
            return "借出装备", do.lend, do.Loan(ids, text("to"), moment, by, number, body)
        if self.act == "give_back":
            return "归还装备", do.give_back, do.Return(ids, by, body)
        if self.act == "hand_over":
            return "移交装备", do.hand_over, do.HandOver(first, text("to"), by, moment, body)
        if self.act == "calibrate":
            return "校准装备", do.calibrate, do.Calibration(first, by, day, number, body)
        if self.act == "fault":
            return "装备报修", do.report_fault, do.Fault(first, body, by)
        if self.act == "repair":
            ticket = text("ticket") or self._ticket
            return "装备修复", do.repair, do.Repair(first, ticket, body, by, number)
        if self.act == "register":
            return "登记装备", do.register, self._registered(values, by)
        label = "装备报废" if self.act == "retire" else "检查装备"
        return label, do.remark, do.Remark(first, self.act, body, by, number)

    def _registered(self, values: Mapping[str, object], by: do.By) -> do.Register:
        bought, days = values.get("bought_on"), values.get("calibrate_days")
        thing = do.NewThing(
            _text_of(values.get("team")),
            _text_of(values.get("asset_no")),
            _text_of(values.get("name")),
            _text_of(values.get("kind")),
            _text_of(values.get("model")),
            _text_of(values.get("serial_no")),
            bought if isinstance(bought, date) else None,
            int(days) if isinstance(days, int) and days > 0 else None,
            _text_of(values.get("keeper")) or None,
            _text_of(values.get("note")),
        )
        return do.Register(thing, by, self._things[0].id if self._things else None)

    def refuse(self, sentence: str) -> None:
        """Shows the reason at its field, else at the first one."""
        self.form.set_busy(False)
        present = self.form.values()
        name, _, reason = sentence.partition("：")
        key = _FIELDS.get(name, "")
        if key in present:
            self.form.set_errors({key: reason})
        else:
            self.form.set_errors({next(iter(present)): sentence})


def _text_of(value: object) -> str:
    """Of a text, a combination box or a box with one choice."""
    if isinstance(value, tuple | list):
        return str(value[0]) if value else ""
    if isinstance(value, dict):
        return str(value.get("key") or "")
    return "" if value is None else str(value).strip()


def _options(choices: Sequence[Choice]) -> list[Option]:
    return [Option(one.id, one.label, one.sounds) for one in choices]

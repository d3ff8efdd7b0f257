"""The form by which a delay is proposed. UI thread."""

from collections.abc import Mapping
from datetime import date
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QWidget

from desktop.contract.context import PanelContext
from desktop.funds.delays import DelayText, delay_grounds, propose
from desktop.funds.standings import Standing
from widgets.forms import DateField, FormDialog
from widgets.theme import current_theme


def _tr(text: str) -> str:
    return QCoreApplication.translate("FundWatch", text)


def delay_form(context: PanelContext, one: Standing, parent: QWidget) -> FormDialog:
    """A form for one receipt or for all money of its case; it closes once the proposal is
    stored."""
    dialog = FormDialog(
        _tr("Propose a delay of payment"), parent, submit_text=_tr("Propose"), width=520
    )
    dialog.setObjectName("propose_delay")
    form, whose, ground = dialog.form, QComboBox(dialog), QComboBox(dialog)
    whose.addItem(_tr("This receipt: {number}").format(number=one.number), one.entry_id)
    whose.addItem(_tr("All money of the case"), None)
    for code, law in delay_grounds().items():
        ground.addItem(f"{law.name}（{law.cited()}）", code)
    ground.setCurrentIndex(-1)
    for box in (whose, ground):  # the words of the law are wider than the form
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    form.add_field("whose", _tr("Which money"), whose, required=False)
    form.add_field("ground", _tr("Ground"), ground, required=True)
    form.add_field("reason", _tr("Reason in this case"), QPlainTextEdit(dialog), required=True)
    first, last = DateField(dialog, optional=False), DateField(dialog)
    first.set_value(context.today())
    one_field = form.add_field("from_on", _tr("From"), first, required=True)
    two_field = form.add_field("until_on", _tr("Expected to last until"), last)
    form.add_line(((one_field, 1), (two_field, 1)))
    form.submitted.connect(partial(_submit, context, one, dialog))
    dialog.resize(dialog.width(), current_theme().px(470))
    return dialog


def _submit(
    context: PanelContext, one: Standing, dialog: FormDialog, values: Mapping[str, object]
) -> None:
    first, last = values["from_on"], values["until_on"]
    if one.case_id is None or not isinstance(first, date):
        return
    entry_id, ground = values["whose"], values["ground"]
    text = DelayText(
        case_id=one.case_id,
        entry_id=None if entry_id is None else str(entry_id),
        ground="" if ground is None else str(ground),
        reason=str(values["reason"]),
        from_on=first,
        until_on=last if isinstance(last, date) else None,
        person_id=context.who.person_id,
        at=context.now(),
    )

    def stored(_made: str) -> None:
        dialog.accept()
        context.notify(_tr("Proposed; another person has to approve"), level="done")

    def refused(sentence: str) -> None:
        dialog.form.set_busy(False)
        dialog.form.field("reason").set_error(sentence)

    context.write(dialog, f"提出延缓发放：{one.case_number}", propose, text, stored, refused)

"""Where the positions of this desk come from: its receiver, and a Traccar server. UI thread."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget

from desktop.command.positions.lines import check_server, gpsd_place
from desktop.command.positions.reading import Unit
from desktop.contract.context import PanelContext
from desktop.errors import UserError
from widgets.forms import FormDialog
from widgets.theme import current_theme

_KEYS: Final = (
    *("position_receiver", "position_unit", "gpsd_address", "nmea_port", "nmea_baud"),
    *("traccar_address", "traccar_ca", "position_live_seconds"),
)
_NUMBERS: Final = {"nmea_baud": (1_200, 921_600), "position_live_seconds": (1, 60)}


class SourceForm(FormDialog):
    """Opens at once; stores what is right, has the sources made anew, and closes."""

    def __init__(
        self, context: PanelContext, units: Sequence[Unit], parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent, width=520)
        self.setWindowTitle(self.tr("Sources of positions"))
        self.setObjectName("source_dialog")
        self._context = context
        receiver, unit = QComboBox(self), QComboBox(self)
        receiver.addItem(self.tr("None"), "")
        receiver.addItem("gpsd", "gpsd")
        receiver.addItem(self.tr("Serial port (NMEA)"), "nmea")
        unit.addItem(self.tr("Choose…"), "")
        for one in units:
            unit.addItem(f"{one.name} · {one.team}", one.id)
        add = self.form.add_field
        self.form.add_section(self.tr("Receiver of this device"))
        add("position_receiver", self.tr("Receiver"), receiver)
        add("position_unit", self.tr("Whose positions these are"), unit)
        add("gpsd_address", self.tr("gpsd: host and port"), QLineEdit(self))
        add("nmea_port", self.tr("Serial port"), QLineEdit(self), hint="/dev/ttyUSB0, COM3")
        add("nmea_baud", self.tr("Speed of the port"), self._number("nmea_baud"))
        self.form.add_section(self.tr("Server of vehicles (Traccar)"))
        add(
            "traccar_address",
            self.tr("Address"),
            QLineEdit(self),
            hint=self.tr("Empty: this desk does not read vehicles"),
        )
        add("traccar_ca", self.tr("Authority of its certificate (PEM file)"), QLineEdit(self))
        token = QLineEdit(self)
        token.setEchoMode(QLineEdit.EchoMode.Password)
        hint = self.tr("Kept in this system's keyring; empty leaves the one that is there")
        add("token", self.tr("Token"), token, hint=hint)
        self.form.add_section(self.tr("While somebody watches"))
        seconds = self._number("position_live_seconds")
        add("position_live_seconds", self.tr("Seconds between two rows"), seconds)
        self._fill()
        self.form.submitted.connect(self._store)
        theme = current_theme()
        self.resize(theme.px(520), theme.px(680))
        self.open()

    def _number(self, key: str) -> QSpinBox:
        made = QSpinBox(self)
        made.setRange(*_NUMBERS[key])
        return made

    def _fill(self) -> None:
        values: dict[str, object] = {key: self._context.setting(key) for key in _KEYS}
        for key, (least, _most) in _NUMBERS.items():
            text = str(values[key])
            values[key] = int(text) if text.isdecimal() else least
        self.form.set_values(values)

    def _store(self, values: Mapping[str, object]) -> None:
        if values["position_receiver"] == "gpsd":
            try:
                gpsd_place(str(values["gpsd_address"]))
            except UserError as error:
                self.form.set_errors({"gpsd_address": str(error)})
                return
        address = str(values["traccar_address"])
        if not address:
            self._keep(values)
            return

        def on_fault(sentence: str) -> None:
            self.form.set_errors({"traccar_address": sentence})

        # What speaks to servers is slow to load, which nobody waits for on this thread.
        self._context.layout(
            self, check_server, address, lambda _none: self._keep(values), on_fault
        )

    def _keep(self, values: Mapping[str, object]) -> None:
        for key in _KEYS:
            self._context.set_setting(key, str(values[key] if values[key] is not None else ""))
        if values["token"]:
            self._context.positions.set_token(str(values["token"]))
        self._context.positions.restart()
        self.accept()

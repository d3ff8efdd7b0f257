"""A person, a vehicle or a device with the name its points come under. UI thread."""

from collections.abc import Mapping

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from desktop.command.positions.changing import Doer, UnitWish
from desktop.command.positions.reading import Unit
from desktop.panels.live_map.queries import Choices
from desktop.panels.live_map.showing import KIND_WORDS, SOURCE_WORDS
from widgets.forms import FormDialog
from widgets.theme import current_theme


class UnitForm(FormDialog):
    """`unit` is what it changes; None registers a new one."""

    def __init__(
        self, choices: Choices, unit: Unit | None, team_id: str, parent: QWidget | None = None
    ) -> None:
        super().__init__("", parent, width=440)
        self._unit = unit
        self._choices = choices
        self.setObjectName("unit_dialog")
        self.setWindowTitle(self.tr("Register a unit") if unit is None else unit.name)
        kind, source = QComboBox(self), QComboBox(self)
        for box, words in ((kind, KIND_WORDS), (source, SOURCE_WORDS)):
            for key, word in words.items():
                box.addItem(word, key)
        self.team, self.person = QComboBox(self), QComboBox(self)
        for place in choices.teams:
            self.team.addItem(place.label, place.id)
        add = self.form.add_field
        add("kind", self.tr("Kind"), kind, required=True)
        add("team_id", self.tr("Team"), self.team, required=True)
        add("person_id", self.tr("Person"), self.person, hint=self.tr("Of a person: who it is"))
        add("name", self.tr("Name on the map"), QLineEdit(self), required=True)
        add("plate", self.tr("Plate"), QLineEdit(self))
        add("source", self.tr("Where its positions come from"), source, required=True)
        add(
            "device",
            self.tr("Number of the device"),
            QLineEdit(self),
            required=True,
            hint=self.tr("Of a Traccar server: the unique id of the device there"),
        )
        self.team.currentIndexChanged.connect(lambda _n: self._offer_people())
        self._fill(unit, team_id)
        theme = current_theme()
        self.resize(theme.px(440), theme.px(620))

    def _fill(self, unit: Unit | None, team_id: str) -> None:
        self.form.set_values({"team_id": team_id if unit is None else unit.team_id})
        self._offer_people()
        if unit is not None:
            keys = ("kind", "person_id", "name", "plate", "source", "device")
            self.form.set_values({key: getattr(unit, key) or "" for key in keys})

    def _offer_people(self) -> None:
        team_id = self.team.currentData()
        self.person.clear()
        self.person.addItem(self.tr("Nobody"), "")
        for place in self._choices.people:
            if place.team_id == team_id:
                self.person.addItem(place.label, place.id)

    def wish(self, values: Mapping[str, object], doer: Doer) -> UnitWish:
        """What was filled in."""
        told = {key: str(value or "") for key, value in values.items()}
        return UnitWish(doer=doer, id="" if self._unit is None else self._unit.id, **told)

"""The law in force on this desk: catalogues by type word and the two calendars, loaded once."""

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.rules.calendar import Calendars, LocalDay, WorkCalendar, load_calendars
from desktop.rules.catalogue import Catalogue, NodeRule, load_catalogues
from desktop.rules.clock import ClockTable


@dataclass(frozen=True, slots=True)
class Law:
    """`catalogues`: every catalogue that was loaded, the general one first; a case's type word
    picks one. `tables`: the memo of plain due days by catalogue name."""

    catalogues: tuple[Catalogue, ...]
    court_calendar: WorkCalendar
    bank_calendar: WorkCalendar
    tables: dict[str, ClockTable]

    @property
    def calendars(self) -> Calendars:
        """Both calendars, as the derivation asks for them."""
        return Calendars(self.court_calendar, self.bank_calendar)

    def catalogue_for(self, type_word: str) -> Catalogue:
        """The catalogue whose type words hold `type_word`; the first one is the general one."""
        for catalogue in self.catalogues:
            if type_word in catalogue.type_words:
                return catalogue
        return self.catalogues[0]

    def table_for(self, type_word: str) -> ClockTable:
        """The memo of due days that belongs to `type_word`'s catalogue."""
        return self.tables[self.catalogue_for(type_word).name]

    def node(self, code: str) -> NodeRule | None:
        """The rule of a node code, from whichever catalogue has it."""
        for catalogue in self.catalogues:
            found = catalogue.nodes.get(code)
            if found is not None:
                return found
        return None


def load_law(local_days: Iterable[LocalDay] = ()) -> Law:
    """Reads every rule file and both calendars; `local_days` are the rows of `calendar_day`.

    Raises RuleFileError, naming every problem of every file, when a rule file is not sound.
    """
    calendars = load_calendars(local_days=local_days)
    loaded = load_catalogues()
    # A catalogue without type words takes whatever no other one claims, so it stands first.
    ordered = tuple(sorted(loaded.values(), key=lambda catalogue: bool(catalogue.type_words)))
    tables = {catalogue.name: ClockTable(catalogue, calendars) for catalogue in ordered}
    return Law(ordered, calendars.court, calendars.bank, tables)

"""The law in force on this desk: catalogues by type word and the two calendars, loaded once."""

from dataclasses import dataclass

from desktop.rules.calendar import WorkCalendar
from desktop.rules.catalogue import Catalogue, NodeRule
from desktop.rules.clock import ClockTable


@dataclass(frozen=True, slots=True)
class Law:
    """`catalogues`: every catalogue that was loaded; a case's type word picks one."""

    catalogues: tuple[Catalogue, ...]
    court_calendar: WorkCalendar
    bank_calendar: WorkCalendar
    tables: dict[str, ClockTable]

    def catalogue_for(self, type_word: str) -> Catalogue:
        """The catalogue whose type words hold `type_word`; the first one is the general one."""
        for catalogue in self.catalogues:
            if type_word in catalogue.type_words:
                return catalogue
        return self.catalogues[0]

    def node(self, code: str) -> NodeRule | None:
        """The rule of a node code, from whichever catalogue has it."""
        for catalogue in self.catalogues:
            found = catalogue.node(code)
            if found is not None:
                return found
        return None

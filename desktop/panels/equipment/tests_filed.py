"""The self-tests that were filed, newest first. Reader lanes."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from desktop.command.equipment.self_test import LastTest, recent_tests

MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Filed:
    """A filed test and its words in the list."""

    test: LastTest

    @property
    def row(self) -> dict[str, object]:
        """As a row of the list."""
        test, sheet = self.test, self.test.sheet
        return {
            "result": ("normal", "通过") if test.good else ("due_soon", "未通过"),
            "at": f"{test.at:%m-%d %H:%M}",
            "operation": "" if sheet is None else sheet.operation or "（不属于行动）",
            "person": "" if sheet is None else sheet.person,
            "words": test.words,
        }


def filed(connection: Connection, _nothing: None) -> tuple[Filed, ...]:
    """At most `MOST`."""
    return tuple(Filed(one) for one in recent_tests(connection, MOST))

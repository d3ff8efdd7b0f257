"""A court with its operations under a fake desk whose clock a test moves. All invented."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from desktop.contract.context import Who
from desktop.contract.law import load_law
from tests.command.operation_town import NINE, Town, settle
from tests.panels.fake_context import FakeContext, memory_engine


class Desk(FakeContext):
    """`moment` is what its clock says."""

    moment: datetime = NINE

    def now(self) -> datetime:
        return self.moment

    def go_on(self, minutes: float) -> None:
        """Lets time pass."""
        self.moment += timedelta(minutes=minutes)


@dataclass
class Office:
    """The desk and the town."""

    desk: Desk
    town: Town

    def sit_down(self, name: str) -> None:
        """Puts somebody at the desk."""
        self.desk.who = Who(self.town.people[name], name, "某职务")

    def do(self, command: Any, *args: Any) -> Any:
        """Runs a command of the tests in a write of its own, as if it came from elsewhere."""
        made = []
        self.desk.write(
            self.desk,
            "别处",
            lambda connection, _none: command(connection, *args),
            None,
            made.append,
        )
        return made[0]


def office(folder: Path) -> Office:
    """At nine in the morning, with the operator at the desk."""
    desk = Desk(memory_engine(), load_law(), today=NINE.date(), folder=folder)
    with desk.engine.begin() as connection:
        town = settle(connection)
    # A base map that is read at once; the shipped one takes most of a second.
    base = folder / "base.geojson"
    base.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    desk.settings["map_file"] = str(base)
    made = Office(desk, town)
    made.sit_down("值班员")
    return made

"""The teams a filter box offers. UI thread.

Every court numbers its own teams, so a team is named with its court unless courts are chosen.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from widgets.forms import Option


class TeamPlace(Protocol):
    """A team and the court it belongs to."""

    @property
    def id(self) -> str:
        """Of the team."""

    @property
    def label(self) -> str:
        """Its name within its court."""

    @property
    def court_id(self) -> str | None:
        """The court it belongs to."""


def team_options(
    teams: Sequence[TeamPlace], courts: Mapping[str, str], chosen: Collection[object]
) -> list[Option]:
    """The teams of the `chosen` courts, of all when none is; `courts` are names by id."""
    if chosen:
        return [Option(team.id, team.label) for team in teams if team.court_id in chosen]
    return [
        Option(team.id, f"{courts.get(team.court_id or '', '')} {team.label}".strip())
        for team in teams
    ]

"""The list of feeds: what is read, added, changed, placed on the grid, retired."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection, insert, select, update

from desktop.command.feeds.address import fault
from desktop.errors import UserError
from storage.ids import new_id
from storage.schema import table

NAME_MOST: Final = 40
PLACES: Final = 16  # cells of the largest grid

_feed, _team = table("feed"), table("team")


@dataclass(frozen=True, slots=True)
class Feed:
    """Where pictures come from. `place`: its cell on the grid, from 0."""

    id: str
    name: str
    url: str
    team_id: str
    team: str
    place: int
    retired_on: str | None = None


@dataclass(frozen=True, slots=True)
class FeedDraft:
    """A filled form; `feed_id` None adds one. `url` holds no login."""

    feed_id: str | None
    team_id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class PlaceArgs:
    """A feed for a cell."""

    feed_id: str
    place: int


@dataclass(frozen=True, slots=True)
class RetireArgs:
    """A feed that is not shown from that day on; None takes it back into use."""

    feed_id: str
    on: date | None


def feeds(connection: Connection, retired: bool = False) -> tuple[Feed, ...]:
    """Those in use by their cell, and with `retired` those that are not, at the end."""
    asked = (
        select(_feed, _team.c.name.label("team"))
        .join_from(_feed, _team, _team.c.id == _feed.c.team_id)
        .order_by(_feed.c.retired_on.is_not(None), _feed.c.place, _feed.c.name, _feed.c.id)
    )
    if not retired:
        asked = asked.where(_feed.c.retired_on.is_(None))
    return tuple(
        Feed(row.id, row.name, row.url, row.team_id, row.team, row.place, row.retired_on)
        for row in connection.execute(asked)
    )


def save(connection: Connection, draft: FeedDraft) -> str:
    """Adds or changes a feed and gives its id. Raises UserError with all that is wrong."""
    name = draft.name.strip()
    wrong = [] if name else ["请填写名称。"]
    if len(name) > NAME_MOST:
        wrong.append(f"名称不得超过 {NAME_MOST} 字。")
    if not draft.team_id:
        wrong.append("请选择团队。")
    wrong += [sentence] if (sentence := fault(draft.url)) else []
    if wrong:
        raise UserError("".join(wrong))
    values = {"name": name, "url": draft.url, "team_id": draft.team_id}
    if draft.feed_id is not None:
        connection.execute(update(_feed).where(_feed.c.id == draft.feed_id).values(**values))
        return draft.feed_id
    made = new_id()
    place = free_place(connection)
    connection.execute(insert(_feed).values(id=made, place=place, **values))
    return made


def free_place(connection: Connection) -> int:
    """The first cell that no feed in use has; the last one of a full grid."""
    used = set(
        connection.execute(select(_feed.c.place).where(_feed.c.retired_on.is_(None))).scalars()
    )
    return next((place for place in range(PLACES) if place not in used), PLACES - 1)


def place(connection: Connection, args: PlaceArgs) -> None:
    """Puts a feed into a cell; whichever is there goes where this one was."""
    was = connection.execute(select(_feed.c.place).where(_feed.c.id == args.feed_id)).scalar()
    if was is None or was == args.place or not 0 <= args.place < PLACES:
        return
    there = (_feed.c.place == args.place) & _feed.c.retired_on.is_(None)
    connection.execute(update(_feed).where(there).values(place=was))
    connection.execute(update(_feed).where(_feed.c.id == args.feed_id).values(place=args.place))


def retire(connection: Connection, args: RetireArgs) -> None:
    """Takes a feed out of use, or back into it at a free cell; its pictures stay."""
    values: dict[str, object] = {"retired_on": args.on.isoformat() if args.on else None}
    if args.on is None:
        values["place"] = free_place(connection)
    connection.execute(update(_feed).where(_feed.c.id == args.feed_id).values(**values))


def teams(connection: Connection, _args: None = None) -> tuple[tuple[str, str], ...]:
    """(id, name with its court) of the teams that a feed can belong to."""
    court = table("court")
    asked = (
        select(_team.c.id, court.c.short_name, _team.c.name)
        .join_from(_team, court, court.c.id == _team.c.court_id)
        .order_by(court.c.code, _team.c.number)
    )
    return tuple((row.id, f"{row.short_name} {row.name}") for row in connection.execute(asked))

"""What the panel of live pictures reads. Reader lanes; frozen rows."""

from dataclasses import dataclass

from sqlalchemy import Connection

from desktop.command.feeds.register import Feed, feeds
from desktop.command.feeds.snapshots import (
    Asked,
    Running,
    Snapshot,
    Whole,
    running,
    snapshots,
    wholes,
)
from desktop.command.feeds.snapshots import count as snapshot_count

STRIP_MOST = 40


@dataclass(frozen=True, slots=True)
class BoardArgs:
    """Whether feeds out of use are listed; pictures of one feed alone, or of all."""

    retired: bool = False
    feed_id: str | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on the page but the live pictures themselves."""

    feeds: tuple[Feed, ...]
    snapshots: tuple[Snapshot, ...]
    total: int
    running: tuple[Running, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """How many pictures were held against their hashes, and the ones that are not as taken."""

    count: int
    altered: tuple[Snapshot, ...]


def board(connection: Connection, args: BoardArgs) -> Board:
    """The page; feeds out of use come last."""
    return Board(
        feeds(connection, args.retired),
        snapshots(connection, Asked(STRIP_MOST, args.feed_id)),
        snapshot_count(connection),
        running(connection),
    )


def bodies(connection: Connection, ids: tuple[str, ...]) -> tuple[Whole, ...]:
    """Pictures with their bytes and their hashes as worked out now."""
    found = wholes(connection, ids)
    return tuple(found[key] for key in ids if key in found)


def prove(connection: Connection, _args: None = None) -> Proof:
    """Holds every picture that is kept here against its hash, one after the other."""
    altered = []
    lines = snapshots(connection, Asked(1_000_000))
    for line in lines:
        found = wholes(connection, (line.id,)).get(line.id)
        if found is None or not found.whole:
            altered.append(line)
    return Proof(len(lines), tuple(altered))

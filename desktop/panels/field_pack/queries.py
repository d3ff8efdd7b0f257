"""What a trip needs, and the question to the hub. Reader and network lanes; no Qt."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from desktop.contract.sync import HubCall
from storage.sync import files, packs, sealed
from storage.sync.packs import Choice, Made, Preview, Trip
from storage.sync.port import SyncFault


@dataclass(frozen=True, slots=True)
class Look:
    """A trip seen: what would go along."""

    choice: Choice
    preview: Preview


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of the hub; the file goes into `folder`."""

    desk: files.Desk
    choice: Choice
    days: int
    folder: Path


def courts(connection: Connection, _args: None) -> list[tuple[str, str]]:
    """Id and short name of the courts a route can pass, by name."""
    found = connection.exec_driver_sql(
        "select id, short_name from court where valid_to is null order by short_name, id"
    )
    return [(str(row[0]), str(row[1])) for row in found]


def look(connection: Connection, trip: Trip) -> Look:
    """Chooses and counts. Raises ExchangeFault for a trip that ends before it begins."""
    choice = packs.choose(connection, trip)
    return Look(choice, packs.preview(connection, choice))


def lying_here(connection: Connection, _args: None) -> list[datetime]:
    """When the packs that are open on this device end."""
    return sorted(packs.packs_in(connection).values())


def desk(connection: Connection, _args: None) -> files.Desk:
    """This device as the hub knows it. Raises ExchangeFault before the first contact."""
    return files.desk_in(connection)


def order(call: HubCall, wanted: Order) -> tuple[Made, Path]:
    """Has the pack made and writes it. Raises a SyncFault."""
    made = packs.make_for(wanted.desk, call, wanted.choice, wanted.days)
    trip = wanted.choice.trip
    path = wanted.folder / f"出差包-{trip.start:%Y%m%d}-{made.pack[:8]}.edp"
    try:
        wanted.folder.mkdir(parents=True, exist_ok=True)
        sealed.write_file(path, made.data)
    except OSError as error:
        raise SyncFault(f"出差包文件无法写入：{path}。") from error
    return made, path

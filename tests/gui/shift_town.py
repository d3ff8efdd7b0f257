"""A court on the morning of an operation, and other desks of it with stores of their own.

Four body cameras go along; three of their pictures answer. All invented.
"""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection, insert, select, update

from desktop.background.context import DeskContext, Parts
from desktop.background.hub import Hub
from desktop.background.lanes import Lanes
from desktop.command.equipment import acts as do
from desktop.command.operations.acts import Draft, act, save, submit
from desktop.contract.context import Who
from desktop.contract.law import load_law
from desktop.contract.sync import SyncState
from desktop.panels.remote_command.attending import start
from desktop.panels.remote_command.view import RemoteCommandView
from desktop.rules.operation_plan import Gear
from desktop.settings import DeviceSettings
from desktop.shell.notices import Notices
from storage.drafts import Drafts
from storage.ids import new_id
from storage.replica import Replica
from storage.schema import table
from storage.session import Session
from tests.command.operation_town import NINE, Town, args, heading, settle, whole_plan
from tests.fake_sync import FakeSync
from tests.passphrase import PASSPHRASE

CONNECTED: Final = SyncState("current", "已同步")
OPERATOR, LEADER, RECEIVER, SECOND = "值班员", "副局长", "杜若衡", "关山月"
THIRD: Final = "三队"
_END: Final = b"end"
_COURT: Final = ("court", "team", "person", "membership", "roster")
_ORDERS: Final = ("field_order", "field_order_act")


@dataclass
class Clock:
    """The hour of the test; it stands until the test moves it."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Scene:
    """The court, its third team, the operation of the day with its cameras in their order."""

    town: Town
    team: str
    operation: str
    cameras: tuple[str, ...]

    def who(self, name: str) -> Who:
        """Somebody of the court."""
        return Who(self.town.people[name], name, "")


def settle_shift(session: Session, sources: Sequence[int]) -> Scene:
    """Writes the court, its roster, four cameras whose pictures come from ports, and an operation
    that was approved at eight."""
    with session.write("示例") as write:
        to = write.connection
        town = settle(to)
        team = _third_team(to, town)
        _roster(to, town)
        cameras = tuple(_camera(to, town, n, port) for n, port in enumerate(sources, start=1))
        return Scene(town, team, _operation(to, town, cameras), cameras)


def _put(to: Connection, name: str, /, **values: object) -> str:
    key = new_id()
    to.execute(insert(table(name)).values(id=key, **values))
    return key


def _third_team(to: Connection, town: Town) -> str:
    words = {"court_id": town.court, "name": THIRD, "kind": "implementation", "number": 63}
    team = _put(to, "team", **words)
    for name, post in ((LEADER, "deputy_chief"), (RECEIVER, "judge_assistant"), (SECOND, "clerk")):
        town.people[name] = _put(to, "person", court_id=town.court, name=name, post=post)
        if name != LEADER:
            member = {"person_id": town.people[name], "role": "assistant", "from_on": "2026-01-01"}
            _put(to, "membership", team_id=team, **member)
    return team


def _roster(to: Connection, town: Town) -> None:
    for name in (OPERATOR, LEADER):
        _put(
            to,
            "roster",
            team_id=town.teams[0],
            day=NINE.date().isoformat(),
            shift="day",
            from_at=NINE.replace(hour=8).isoformat(timespec="seconds"),
            to_at=NINE.replace(hour=18).isoformat(timespec="seconds"),
            person_id=town.people[name],
        )


def _camera(to: Connection, town: Town, n: int, port: int) -> str:
    by = do.By(town.people[OPERATOR], NINE - timedelta(days=100))
    name, number = f"执法记录仪 {n:02}", f"ZB-{n:02}"
    thing = do.NewThing(town.teams[1], number, name, "body_camera", calibrate_days=365)
    made = do.register(to, do.Register(thing, by))
    do.calibrate(to, do.Calibration(made, by, (NINE + timedelta(days=200)).date()))
    url = f"rtsp://127.0.0.1:{port}/live"
    _put(to, "feed", team_id=town.teams[1], name=name, url=url, equipment_id=made, place=n)
    return made


def _operation(to: Connection, town: Town, cameras: Sequence[str]) -> str:
    gear = tuple(Gear("执法记录仪", 1, "陶一鸣", one) for one in cameras)
    plan = replace(whole_plan(town), gear=gear)
    key = save(to, Draft(None, heading(town), plan, town.by("苏文清", -70)))
    submit(to, args(to, town, key, "submit", "苏文清", -65))
    act(to, args(to, town, key, "approve", "局长", -60))
    return key


@contextmanager
def body_camera(well: bool) -> Iterator[int]:
    """The picture of a camera on a port; one that is not well hangs up without a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                line, _where = server.accept()
                with line:
                    asked = line.recv(1024)
                    if asked == _END:
                        return
                    if well:
                        line.sendall(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        port = int(server.getsockname()[1])
        try:
            yield port
        finally:
            with socket.create_connection(("127.0.0.1", port)) as line:
                line.sendall(_END)
            thread.join()


class Device:
    """Another desk of the court: a store, lanes and a clock of its own, and what attends to orders.

    It has the court's rows from the start; `exchange` brings the others."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], who: Who, store: Path) -> None:
        self.clock = clock
        self.crashes: list[BaseException] = []
        self._hub, self._lanes = Hub(self.crashes.append), Lanes()
        self.session = Session(Replica.open(store, PASSPHRASE), actor=who.name)
        self._drafts = Drafts.open(self.session.replica)
        settings = DeviceSettings(folder / "device.json")
        parts = Parts(
            *(self._hub, self._lanes, self.session, self._drafts, load_law(), who, settings, {}),
            folder / "documents",
            self.crashes.append,
        )
        self.context = DeskContext(parts)
        self.context.sync = FakeSync(CONNECTED)
        self.context.now = clock  # type: ignore[method-assign]
        self.context._time.hold(clock().date())
        self.window = QWidget()
        self.notices = Notices(self.window)
        self.context.noticed.connect(self.notices.post)
        self.owner = QObject()
        self.attendant = start(self.context, self.owner)
        self._view: RemoteCommandView | None = None

    @property
    def view(self) -> RemoteCommandView:
        """The panel of orders on this desk, made when it is first looked at."""
        if self._view is None:
            self._view = RemoteCommandView(self.context)
            self._view.resize(900, 520)
            self._view.show()
        return self._view

    def restart_attending(self) -> None:
        """As after a start of the program: what attends is new, its store is the same."""
        self.owner.deleteLater()
        self.owner = QObject()
        self.attendant = start(self.context, self.owner)

    def said(self, part: str) -> list[str]:
        """Notices with these words, in the order in which they popped up."""
        return [text for text in self.notices.texts() if part in text]

    def close(self) -> None:
        """Ends it and leaves no thread."""
        self.owner.deleteLater()
        for shown in (self._view, self.window):
            if shown is not None:
                shown.close()
                shown.deleteLater()
        self.context.close()
        assert self._lanes.close()
        self._hub.close()
        self._drafts.close()
        self.session.replica.close()
        assert not self.crashes, self.crashes


@contextmanager
def device(
    folder: Path,
    make_store: Callable[[Path], Path],
    home: Session,
    clock: Callable[[], datetime],
    who: Who,
) -> Iterator[Device]:
    """A desk of `who` that has exchanged the court's rows with `home`."""
    folder.mkdir()
    store = make_store(folder / "store")
    with Replica.open(store, PASSPHRASE) as replica:
        _join(Session(replica, actor=who.name), home)
    made = Device(folder, clock, who, store)
    try:
        yield made
    finally:
        made.close()


def _join(there: Session, home: Session) -> None:
    with home.read() as read, there.apply() as write:
        for name in _COURT:
            rows = [dict(row._mapping) for row in read.execute(select(table(name)))]
            write.connection.execute(insert(table(name)), rows)
    join_hub(there)


def join_hub(session: Session) -> None:
    """From now on there is a shared database, which has taken nothing yet."""
    with session.apply() as write:
        write.connection.execute(update(table("_ctl")).values(hub_id=new_id()))


Desk = tuple[Session, DeskContext]


def exchange(at: datetime, *desks: Desk) -> None:
    """One round of the shared database: it stamps what it had not, and everybody has all of it."""
    stamp = at.isoformat(timespec="milliseconds")
    for name in _ORDERS:
        stored = table(name)
        known: dict[str, dict[str, object]] = {}
        for session, _context in desks:
            with session.read() as read:
                for row in read.execute(select(stored).order_by(stored.c.id)):
                    known.setdefault(row.id, dict(row._mapping))
        for row in known.values():
            row["changed_at"] = row["changed_at"] or stamp
        for session, context in desks:
            with session.apply() as write:
                has = set(write.connection.execute(select(stored.c.id)).scalars())
                late = stored.c.changed_at.is_(None)
                write.connection.execute(update(stored).where(late).values(changed_at=stamp))
                if new := [row for key, row in known.items() if key not in has]:
                    write.connection.execute(insert(stored), new)
            context.announce(write.changes)

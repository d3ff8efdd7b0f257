"""A city whose hours pass as the test says, and orders in it."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from desktop.command.orders.acts import Deed, Issue, OrderWords, do, issue
from desktop.command.orders.reading import Order, order
from desktop.contract.sync import SyncState
from storage.records.changes import ALL, ChangeSet
from tests.panels.real_city import RealCity, new, real_city

ISSUER, RECEIVER, CHIEF = "周清和", "顾长风", "局长乙"


class Post:
    """A real city with a clock; orders go from 周清和 to the team of 顾长风."""

    def __init__(self, folder: Path, *, deferred: bool = False) -> None:
        self.city: RealCity = real_city(folder, deferred=deferred)
        self.context: Any = self.city.context
        self._now = self.context.now()
        self.context.now = lambda: self._now

    @property
    def now(self) -> datetime:
        """The hour of the test."""
        return self._now

    def pass_time(self, **more: float) -> None:
        """The clock goes on."""
        self._now += timedelta(**more)

    def words(self, **more: Any) -> OrderWords:
        """An order to the team of 顾长风."""
        made = OrderWords(self.city.team, None, "reinforce", "增援现场", place="石榴巷41号")
        return replace(made, **more)

    def send(self, *, send: bool = True, **more: Any) -> str:
        """Gives an order as 周清和."""
        asked = Issue(self.words(**more), self.city.person(ISSUER), self._now, send=send)
        return str(self.run(issue, asked))

    def report(self, order_id: str, act: str, who: str = RECEIVER, body: str = "") -> None:
        """An act of somebody, elsewhere."""
        self.run(do, Deed(order_id, act, self.city.person(who), self._now, body))

    def run(self, command: Any, args: Any) -> Any:
        """A command on the writer lane, told to the views."""
        done: list[Any] = []
        self.context.write(self.context, "测试", command, args, done.append)
        assert done, self.context.notices
        return done[0]

    def order(self, order_id: str) -> Order:
        """The order as the store has it."""
        with self.context.engine.connect() as connection:
            found = order(connection, order_id)
        assert found is not None
        return found

    def join_hub(self, phase: str = "current") -> None:
        """From now on there is a shared database, which has taken nothing yet."""
        with self.context.engine.begin() as connection:
            connection.exec_driver_sql(
                "insert into _ctl (one, device_id, hub_id) values (1, ?, ?)",
                (new("device"), new("hub")),
            )
        self.say(phase)

    def say(self, phase: Any) -> None:
        """How the exchange stands."""
        self.context.sync.say(SyncState(phase, ""))

    def take(self) -> None:
        """The shared database has taken everything so far."""
        with self.context.engine.begin() as connection:
            connection.exec_driver_sql(
                "update field_order_act set changed_at = ? where changed_at is null",
                (self._now.isoformat(timespec="milliseconds"),),
            )
        self.context.changed.emit(ChangeSet({"field_order_act": ALL}))

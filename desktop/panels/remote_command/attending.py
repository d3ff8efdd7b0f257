"""What is done about orders while nobody looks at their list: they are delivered by the device that
has them, told on while nobody answers, and their refusals are said. UI thread.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from sqlalchemy import Connection

from desktop.command.orders.acts import Delivery, Escalation, deliver, escalate, undelivered
from desktop.command.orders.reading import Order, not_closed, orders_where
from desktop.command.orders.rungs import DueRung, RungArgs, escalations
from desktop.contract.context import PanelContext
from desktop.panels.remote_command.queries import TABLES
from desktop.rules.command_law import load_command_law
from desktop.rules.field_orders import OrderState
from storage.records.changes import ChangeSet
from storage.schema import table

TOLD: Final = "remote_command-told"
_LATEST_MS: Final = 60_000
_SOONEST_MS: Final = 200
# Whoever is told notes it himself when the desk of whoever gave the order has not by then.
_PATIENCE: Final = timedelta(seconds=20)


def start(context: PanelContext, owner: QObject) -> "OrderAttendant":
    """See PanelSpec.attend."""
    return OrderAttendant(context, owner)


@dataclass(frozen=True, slots=True)
class LookArgs:
    """Who sits here, and the instant."""

    person_id: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """What there is to do: orders that came, rungs that are due, one's own orders refused, and when
    to look again at the latest."""

    came: tuple[Order, ...]
    due: tuple[DueRung, ...]
    refused: tuple[Order, ...]
    next_at: datetime | None


def look(connection: Connection, args: LookArgs) -> Looked:
    """Reader lane."""
    found = escalations(connection, RungArgs(load_command_law(), args.now))
    mine = table("field_order").c.issuer_id == args.person_id
    refused = [
        one
        for one in orders_where(connection, not_closed(), mine)
        if one.standing.state is OrderState.REFUSED
    ]
    came = undelivered(connection, Delivery(args.person_id, args.now))
    return Looked(tuple(came), found.due, tuple(refused), found.next_at)


class OrderAttendant(QObject):
    """Looks when orders change and when a rung comes due; one look at a time."""

    def __init__(self, context: PanelContext, owner: QObject) -> None:
        super().__init__(owner)
        self._context = context
        self._told: set[str] = set()
        self._looking = False
        self._again = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        if context.who.person_id is None:
            return  # Nobody is known at this desk: no order can be for him.
        context.changed.connect(self._on_changed)
        # A field device would hang up after a quiet minute, and an order would wait for its return.
        context.sync.stay(True)
        context.load_draft(TOLD, self._on_told)

    def _on_told(self, kept: Any) -> None:
        self._told = set(kept.get("keys", ())) if kept else set()
        self._look()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*TABLES):
            self._look()

    def _look(self) -> None:
        person_id = self._context.who.person_id
        if person_id is None:
            return
        if self._looking:
            self._again = True
            return
        self._looking, self._again = True, False
        args = LookArgs(person_id, self._context.now())
        self._context.read(self, "attend", look, args, self._on_looked, self._on_failed)

    def _on_failed(self, sentence: str) -> None:
        self._looking = False
        self._context.notify(sentence, level="error")
        self._timer.start(_LATEST_MS)

    def _on_looked(self, found: Looked) -> None:
        self._looking = False
        if found.came:
            person_id = self._context.who.person_id or ""
            self._context.write(
                *(self, "指令送达", deliver, Delivery(person_id, self._context.now())),
                self._on_delivered,
                lambda _sentence: None,  # Closed meanwhile: there is nothing to deliver any more.
            )
        for due in found.due:
            self._on_due(due)
        for one in found.refused:
            self._say_refused(one)
        self._wait(found.next_at)
        if self._again:
            self._look()

    def _on_delivered(self, came: Sequence[Order]) -> None:
        for one in came:
            text = _tr("New order from {who}: {what}")
            what = "　".join(part for part in (one.title, one.place) if part)
            self._context.notify(text.format(who=one.issuer, what=what), level="warning")

    def _on_due(self, due: DueRung) -> None:
        """Told once to whom it concerns; noted once, by whoever gave the order or is told."""
        me = self._context.who.person_id or ""
        told_to_me = any(one.id == me for one in due.people)
        one = due.order
        if (told_to_me or one.issuer_id == me) and self._first(f"{one.id}:{due.rung.n}"):
            text = _tr("Nobody has answered for {n} min: {what} ({whom}). Told on: {told}")
            said = text.format(
                n=due.rung.after_s // 60, what=one.title, whom=one.whom, told=due.whom
            )
            self._context.notify(said, level="error")
        if due.rung.n in one.standing.rungs:
            return
        sent = one.standing.steps[OrderState.SENT]
        since = max(sent.at, sent.taken_at or sent.at) + timedelta(seconds=due.rung.after_s)
        if one.issuer_id == me or (told_to_me and self._context.now() >= since + _PATIENCE):
            told = Escalation(one.id, due.rung.n, me, self._context.now(), due.whom)
            done = partial(_nothing, self)
            self._context.write(self, "指令催办", escalate, told, done, done)

    def _say_refused(self, one: Order) -> None:
        by = one.standing.made_by
        if by is not None and self._first(f"{one.id}:{by.id}"):
            text = _tr("Refused: {what} ({whom}). {why}")
            said = text.format(what=one.title, whom=one.whom, why=by.body)
            self._context.notify(said, level="error")

    def _first(self, key: str) -> bool:
        """Whether it is said for the first time on this device, also over a restart."""
        if key in self._told:
            return False
        self._told.add(key)
        self._context.save_draft(TOLD, {"keys": sorted(self._told)[-_KEYS_MAX:]})
        return True

    def _wait(self, next_at: datetime | None) -> None:
        wait = _LATEST_MS
        if next_at is not None:
            left = int((next_at - self._context.now()).total_seconds() * 1000)
            wait = min(wait, max(_SOONEST_MS, left + _SOONEST_MS))
        self._timer.start(wait)


_KEYS_MAX: Final = 2_000


def _nothing(_owner: object, _answer: object) -> None:
    """Somebody else was first; his note is as good."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("RemoteCommand", text)

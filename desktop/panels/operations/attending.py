"""Watches the groups in the field whether or not the panel is open. UI thread; builds no widgets.

A desk that commands writes an alarm about a silence down, so that a report that comes late can
correct it and cannot make it unseen. Every desk tells its user once.
"""

from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer

from desktop.command.operations.acts import By, CheckinArgs, check_in, notice
from desktop.command.operations.reading import post_of, watched
from desktop.command.operations.records import Group
from desktop.contract.alarms import COMMANDING, HeldAlarm
from desktop.contract.context import PanelContext
from desktop.rules.checkins import Alarm, sentence, to_notice
from desktop.rules.operation_law import load_operation_law
from storage.records.changes import ChangeSet

TICK_MS: Final = 1_000
TABLES: Final = ("operation_group", "checkin", "operation_act")


class Watchman(QObject):
    """`held()` and `acknowledge()` are the contract's (desktop.contract.alarms)."""

    def __init__(self, context: PanelContext, owner: QObject) -> None:
        super().__init__(owner)
        self._context = context
        self._groups: tuple[Group, ...] = ()
        self._post = ""
        self._told: set[str] = set()
        self._held: tuple[tuple[Group, Alarm], ...] = ()
        self._reading = False
        self._stale = False
        self._writing = False
        context.changed.connect(self._on_changed)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self._read()

    def held(self) -> tuple[HeldAlarm, ...]:
        """Alarms that wait for somebody, the oldest first."""
        now = self._context.now()
        return tuple(_told(group, alarm, now) for group, alarm in self._held)

    def acknowledge(self, key: str) -> None:
        """Ends an alarm in the name of whoever sits here."""
        for group, alarm in self._held:
            if _key(group, alarm) == key:
                by = By(self._context.who.person_id, self._context.now())
                args = CheckinArgs(group.id, "acknowledge", by, alarm.key)
                label = f"确认{group.name}的警报"
                self._context.write(self, label, check_in, args, lambda _none: None)
                return

    def look(self) -> None:
        """Looks at the clock: what is held now, what is new."""
        if not self._groups:
            self._held = ()
            return
        now = self._context.now()
        limits = load_operation_law().on(now.date())
        states = [(group, group.watch(limits, now)) for group in self._groups]
        found = [(group, alarm) for group, state in states for alarm in state.held]
        self._held = tuple(sorted(found, key=lambda pair: (pair[1].raised_at, pair[1].key)))
        for group, alarm in self._held:
            key = _key(group, alarm)
            if key not in self._told:
                self._told.add(key)
                words = f"{group.operation_name}：{sentence(alarm, group.name, now)}"
                self._context.notify(words, level="error")
        if any(to_notice(state) for _group, state in states):
            self._write(now)

    def _write(self, now: datetime) -> None:
        who = self._context.who
        if self._writing or who.person_id is None or self._post not in COMMANDING:
            return
        self._writing = True
        self._context.write(
            self,
            "记录失联警报",
            notice,
            By(who.person_id, now),
            lambda _made: self._done(),
            lambda _sentence: self._done(),
        )

    def _done(self) -> None:
        self._writing = False

    def _read(self) -> None:
        if self._reading:
            self._stale = True
            return
        self._reading, self._stale = True, False
        who = self._context.who.person_id
        self._context.read(self, "attend-groups", _watch, who, self._on_groups, self._on_error)

    def _on_groups(self, found: tuple[tuple[Group, ...], str]) -> None:
        self._groups, self._post = found
        self.look()
        self._on_error("")

    def _on_error(self, _sentence: str) -> None:
        # A read that failed is made again with the next change.
        self._reading = False
        if self._stale:
            self._read()

    def _on_changed(self, changes: ChangeSet) -> None:
        if changes.touches(*TABLES):
            self._read()


def _watch(connection: Any, person_id: str | None) -> tuple[tuple[Group, ...], str]:
    """On the lane: the groups, and the post of whoever sits here."""
    return watched(connection), post_of(connection, person_id)


def _key(group: Group, alarm: Alarm) -> str:
    return f"{group.id}:{alarm.key}"


def _told(group: Group, alarm: Alarm, now: datetime) -> HeldAlarm:
    detail = [f"{group.operation_name}　{group.team}", f"组长 {group.leader or '未定'}"]
    if group.task:
        detail.append(f"任务 {group.task}")
    return HeldAlarm(
        _key(group, alarm),
        group.name,
        sentence(alarm, group.name, now),
        alarm.since,
        tuple(detail),
        alarm.corrected_at is not None,
        "operations",
        {"operation_id": group.operation_id},
    )


def start(context: PanelContext, owner: QObject) -> QObject:
    """Begins to watch; see PanelSpec.attend."""
    return Watchman(context, owner)

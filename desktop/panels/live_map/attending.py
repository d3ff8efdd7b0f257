"""Alarms of fences and watches while nobody looks at the map: each is told once. UI thread.

A desk that commands writes them down, so that they wait on every desk, also on one that is started
long after.
"""

from PySide6.QtCore import QCoreApplication, QObject

from desktop.command.operations.reading import post_of
from desktop.command.positions.alarms import WRITE_LABEL, AlarmNow, Writing, write_down
from desktop.command.positions.changing import NOTE_LABEL, Doer, Taking, take_note
from desktop.command.positions.live import Now
from desktop.contract.alarms import COMMANDING, HeldAlarm
from desktop.contract.context import PanelContext
from desktop.panels.live_map.keeper import keeper_of
from desktop.rules.track_picture import WORDS

TOLD_MAX = 3  # one after another; more at once are counted


class Watcher(QObject):
    """Tells alarms that were raised, came back or were refuted since the desk was opened, and keeps
    those that wait for whoever shows them (desktop.contract.alarms.AlarmKeeper)."""

    def __init__(self, context: PanelContext, owner: QObject) -> None:
        super().__init__(owner)
        self._context = context
        self._turns: dict[str, int] | None = None
        self._alarms: tuple[AlarmNow, ...] = ()
        self._writing = False
        self._tried: set[tuple[str, int]] = set()  # alarms by key, and how far
        self._keeper = keeper_of(context)
        self._keeper.changed.connect(self._on_now)
        self._keeper.ask()

    def held(self) -> tuple[HeldAlarm, ...]:
        """See AlarmKeeper."""
        return tuple(
            HeldAlarm(
                key=alarm.key,
                title=alarm.record.alarm.first.unit,
                words=f"{WORDS[alarm.record.alarm.kind]}：{alarm.record.alarm.name}",
                since=alarm.record.alarm.first.at,
                detail=(alarm.record.sentence(),),
                corrected=alarm.corrected,
                panel_id="live_map",
                params={"unit_id": alarm.unit_id},
            )
            for alarm in reversed(self._alarms)
        )

    def acknowledge(self, key: str) -> None:
        """See AlarmKeeper."""
        alarm = next((one for one in self._alarms if one.key == key), None)
        if alarm is not None:
            doer = Doer(self._context.who.person_id, self._context.now())
            taking = Taking(doer, key, alarm.team_id)
            self._context.write(self, NOTE_LABEL, take_note, taking, lambda _id: None)

    def _on_now(self, now: Now) -> None:
        self._alarms = tuple(alarm for alarm in now.alarms if alarm.open)
        turns = {alarm.key: len(alarm.record.turns) for alarm in now.alarms}
        if not now.left:
            self._write_down()
        if now.left and self._turns is None:
            return  # what waited when the desk was opened is told once all is known
        before, self._turns = self._turns, turns
        if before is None:
            self._first(len(self._alarms))
            return
        fresh = [a for a in reversed(now.alarms) if turns[a.key] > before.get(a.key, 0)]
        for alarm in fresh[:TOLD_MAX]:
            level = "info" if alarm.corrected else "error"
            words = alarm.record.sentence(self._context.now())
            self._context.notify(words, level=level)  # type: ignore[arg-type]
        if len(fresh) > TOLD_MAX:
            self._count(len(fresh) - TOLD_MAX)

    def _write_down(self) -> None:
        """What is new is written once; what the hub refuses is not tried again."""
        person = self._context.who.person_id
        new = [one for one in self._alarms if one.unwritten and _mark(one) not in self._tried]
        if not new or self._writing or person is None:
            return
        self._writing = True

        def write(post: str) -> None:
            if post not in COMMANDING:
                done()
                return
            self._tried |= {_mark(one) for one in new}
            writing = Writing(Doer(person, self._context.now()), tuple(new))
            self._context.write(
                *(self, WRITE_LABEL, write_down, writing),
                lambda _count: done(),
                lambda _why: done(),
            )

        def done() -> None:
            self._writing = False

        self._context.read(self, "post", post_of, person, write, lambda _why: done())

    def _first(self, waiting: int) -> None:
        """Those that waited when the desk was opened are told in one sentence."""
        if waiting:
            words = QCoreApplication.translate("LiveMap", "{n} alarms of the map wait for a note.")
            self._context.notify(words.format(n=waiting), level="warning")

    def _count(self, more: int) -> None:
        words = QCoreApplication.translate("LiveMap", "{n} more alarms on the map.")
        self._context.notify(words.format(n=more), level="error")


def _mark(alarm: AlarmNow) -> tuple[str, int]:
    return alarm.key, len(alarm.record.turns)


def start(context: PanelContext, owner: QObject) -> Watcher:
    """See PanelSpec.attend."""
    return Watcher(context, owner)

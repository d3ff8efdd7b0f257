"""Alarms of fences and watches while nobody looks at the map: each is told once. UI thread."""

from PySide6.QtCore import QCoreApplication, QObject

from desktop.command.positions.live import AlarmNow, Now
from desktop.contract.context import PanelContext
from desktop.panels.live_map.keeper import keeper_of

TOLD_MAX = 3  # one after another; more at once are counted


class Watcher(QObject):
    """Tells alarms that were raised, came back or were refuted since the desk was opened."""

    def __init__(self, context: PanelContext, owner: QObject) -> None:
        super().__init__(owner)
        self._context = context
        self._turns: dict[str, int] | None = None
        self._keeper = keeper_of(context)
        self._keeper.changed.connect(self._on_now)
        self._keeper.ask()

    def _on_now(self, now: Now) -> None:
        turns = {alarm.key: len(alarm.record.turns) for alarm in now.alarms}
        before, self._turns = self._turns, turns
        if before is None:
            self._first([alarm for alarm in now.alarms if alarm.open])
            return
        fresh = [a for a in reversed(now.alarms) if turns[a.key] > before.get(a.key, 0)]
        for alarm in fresh[:TOLD_MAX]:
            level = "info" if alarm.corrected else "error"
            self._context.notify(alarm.record.sentence(), level=level)  # type: ignore[arg-type]
        if len(fresh) > TOLD_MAX:
            self._count(len(fresh) - TOLD_MAX)

    def _first(self, waiting: list[AlarmNow]) -> None:
        """Those that waited when the desk was opened are told in one sentence."""
        if waiting:
            words = QCoreApplication.translate("LiveMap", "{n} alarms of the map wait for a note.")
            self._context.notify(words.format(n=len(waiting)), level="warning")

    def _count(self, more: int) -> None:
        words = QCoreApplication.translate("LiveMap", "{n} more alarms on the map.")
        self._context.notify(words.format(n=more), level="error")


def start(context: PanelContext, owner: QObject) -> Watcher:
    """See PanelSpec.attend."""
    return Watcher(context, owner)

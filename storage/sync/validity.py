"""How long this device may show what it holds without having met its hub (U30).

The hub names the days at every contact. When they are over nothing is lost and nothing is erased:
what waits is kept and sent, and the desk shows its data again after the next complete exchange.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from storage.sync import memory
from storage.sync.counts import synced_at

_SEEN: Final = "seen_at"


@dataclass(frozen=True, slots=True)
class Validity:
    """`since`: the last complete exchange; `now`: the latest moment this device knows of."""

    since: datetime
    now: datetime
    days: int

    @property
    def ends(self) -> datetime:
        """From this moment on nothing is shown."""
        return self.since + timedelta(days=self.days)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.now >= self.ends


def validity(connection: Connection, now: datetime) -> Validity | None:
    """None for a device that never belonged to a hub, or whose hub sets no end."""
    told = memory.recalled(connection, "hello")
    since, days = synced_at(connection), int(told.get("offline_days") or 0)
    if since is None or not days:
        return None
    seen = memory.recalled(connection, _SEEN).get("at")
    latest = max(now, since, datetime.fromisoformat(seen)) if seen else max(now, since)
    return Validity(since, latest, days)


def note_time(connection: Connection, now: datetime) -> None:
    """Remembers that it has been so late here: a clock set back gives no days. Caller's write."""
    seen = memory.recalled(connection, _SEEN).get("at")
    if seen is None or datetime.fromisoformat(seen) < now:
        memory.keep(connection, _SEEN, {"at": now.isoformat(timespec="seconds")})


def forget_time(connection: Connection) -> None:
    """After an exchange the hub's word counts: a clock that ran ahead once must not end it all."""
    connection.exec_driver_sql("delete from _sync where key = ?", (_SEEN,))


def ended_words(found: Validity) -> str:
    """What to say when it is over."""
    gone = (found.now - found.since).days
    return (
        f"本机已 {gone} 天未与共享库交换，超过规定的 {found.days} 天，数据暂不显示。"
        "数据和未发送的内容都完整保存在本机，与共享库交换一次后即可继续。"
    )

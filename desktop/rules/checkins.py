"""报平安: how a group stands, and its alarms, read from what was reported (U24, S1 line 4).

A group is watched from `join` to `leave`. Its silence turns yellow before its time is over, red
when it is over, and raises an alarm some time later. An alarm is held until somebody acknowledges
it: a report that comes late does not end it, and one that was made in time but arrived late marks
it as corrected, for which a desk that noticed the alarm had to write it down. The result depends
on the facts alone, never on the order in which they came. Pure; any thread.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from desktop.rules.operation_law import OperationLimits

Act = Literal["join", "ok", "alarm", "acknowledge", "leave"]
SILENT: Final = "silent:"
CALL: Final = "call:"


class Level(StrEnum):
    """How urgent a group is, the calmest first."""

    WAITING = "waiting"  # not set out yet
    LEFT = "left"  # back, or the operation is over
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    ALARM = "alarm"


LEVEL_WORDS: Final[dict[Level, str]] = {
    Level.WAITING: "待命",
    Level.LEFT: "已撤收",
    Level.GREEN: "平安",
    Level.YELLOW: "即将到时",
    Level.RED: "超时未报",
    Level.ALARM: "警报",
}
LEVEL_STYLES: Final[dict[Level, str]] = {
    Level.WAITING: "unknown",
    Level.LEFT: "done",
    Level.GREEN: "normal",
    Level.YELLOW: "due_soon",
    Level.RED: "overdue",
    Level.ALARM: "overdue",
}


@dataclass(frozen=True, slots=True)
class Report:
    """One row of `checkin`. `at` with its zone, by the clock of whoever made it."""

    id: str
    act: Act
    at: datetime
    person: str = ""
    about: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm of a group.

    since: when the group was last heard of, or when it called. raised_at: when its time was over.
    corrected_at: of a report made in time that refutes it. answered_at: of the first report after
    it. noticed: whether a desk wrote it down.
    """

    key: str
    kind: Literal["silent", "call"]
    since: datetime
    raised_at: datetime
    body: str = ""
    corrected_at: datetime | None = None
    answered_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    note: str = ""
    noticed: bool = False

    @property
    def held(self) -> bool:
        """Whether it waits for somebody; nothing but an acknowledgement ends it."""
        return self.acknowledged_at is None


@dataclass(frozen=True, slots=True)
class Clock:
    """When a watched group turns yellow, red and to an alarm, if nothing is heard of it.

    `base`: when it was heard of last, or when an alarm about its silence was acknowledged."""

    base: datetime
    yellow_at: datetime
    red_at: datetime
    alarm_at: datetime

    def level(self, now: datetime) -> Level:
        """The colour at `now`."""
        if now >= self.alarm_at:
            return Level.ALARM
        if now >= self.red_at:
            return Level.RED
        return Level.YELLOW if now >= self.yellow_at else Level.GREEN


@dataclass(frozen=True, slots=True)
class Watch:
    """A group at one moment. `heard_at`: its last report, its setting out included."""

    level: Level
    heard_at: datetime | None
    clock: Clock | None
    alarms: tuple[Alarm, ...]
    reports: int  # how often it said that all is well
    joined_at: datetime | None = None
    left_at: datetime | None = None

    @property
    def held(self) -> tuple[Alarm, ...]:
        """Alarms that wait for somebody, the oldest first."""
        return tuple(alarm for alarm in self.alarms if alarm.held)


def clock(base: datetime, interval_s: int, limits: OperationLimits) -> Clock:
    """The times that follow from when a group was heard of."""
    grace = max(interval_s * limits.alarm // 100, limits.alarm_least)
    return Clock(
        base,
        base + timedelta(seconds=interval_s * limits.yellow // 100),
        base + timedelta(seconds=interval_s),
        base + timedelta(seconds=interval_s + grace),
    )


def silent_key(base: datetime) -> str:
    """The key of an alarm about a silence since `base`: equal on every desk."""
    return f"{SILENT}{int(base.timestamp() * 1000)}"


def watch(
    reports: Iterable[Report],
    interval_s: int,
    limits: OperationLimits,
    now: datetime,
    *,
    over_at: datetime | None = None,
) -> Watch:
    """How a group stands at `now`. `over_at`: when its operation was finished; what is later than
    `now` has not happened yet."""
    facts = sorted(
        {one.id: one for one in reports if one.at <= now}.values(), key=lambda one: (one.at, one.id)
    )
    if over_at is not None and over_at > now:
        over_at = None
    joined = next((one.at for one in facts if one.act == "join"), None)
    left = next((one.at for one in facts if one.act == "leave"), None)
    ends = min((at for at in (left, over_at) if at is not None), default=None)
    heard = [one for one in facts if one.act in ("join", "ok")]
    alarms = _alarms(facts, joined, interval_s, limits, min(now, ends) if ends else now)
    last = heard[-1].at if heard else None
    running: Clock | None = None
    if joined is None:
        level = Level.WAITING
    elif ends is not None:
        level = Level.LEFT
    else:
        running = clock(_bases(facts, joined)[-1], interval_s, limits)
        level = running.level(now)
    if any(alarm.held for alarm in alarms):
        level = Level.ALARM
    count = sum(one.act == "ok" for one in facts)
    return Watch(level, last, running, alarms, count, joined, left)


def _bases(facts: Sequence[Report], joined: datetime) -> list[datetime]:
    """The moments from which a silence counts, in their order."""
    found = {joined}
    for one in facts:
        answered = one.act == "acknowledge" and one.about.startswith(SILENT)
        if (one.act == "ok" or answered) and one.at > joined:
            found.add(one.at)
    return sorted(found)


def _alarms(
    facts: Sequence[Report],
    joined: datetime | None,
    interval_s: int,
    limits: OperationLimits,
    until: datetime,
) -> tuple[Alarm, ...]:
    """What the facts say was too long a silence, what a desk noticed, and who called."""
    noticed = {one.about: one for one in reversed(facts) if one.act == "alarm" and one.about}
    found: list[Alarm] = []
    heard = [one.at for one in facts if one.act == "ok"]
    said = {one.about: one for one in reversed(facts) if one.act == "acknowledge"}
    if joined is not None:
        bases = _bases(facts, joined)
        for base, after in zip(bases, [*bases[1:], None], strict=True):
            raised = clock(base, interval_s, limits).alarm_at
            if raised > until or (after is not None and after <= raised):
                continue
            key = silent_key(base)
            late = next((at for at in heard if at > raised), None)
            found.append(
                Alarm(key, "silent", base, raised, answered_at=late, noticed=key in noticed)
            )
    known = {alarm.key for alarm in found}
    # Whoever acknowledged a silence has seen an alarm about it, too.
    seen = {key: one for key, one in said.items() if key.startswith(SILENT)} | noticed
    for key, one in seen.items():
        if key not in known:
            found.append(_refuted(key, one, facts, interval_s, limits))
    for one in facts:
        if one.act == "alarm" and not one.about:
            later = next((at for at in heard if at > one.at), None)
            key = CALL + one.id
            found.append(Alarm(key, "call", one.at, one.at, one.body, answered_at=later))
    made = (_acknowledged(alarm, said.get(alarm.key)) for alarm in found)
    return tuple(sorted(made, key=lambda alarm: (alarm.raised_at, alarm.key)))


def _refuted(
    key: str, one: Report, facts: Sequence[Report], interval_s: int, limits: OperationLimits
) -> Alarm:
    """An alarm that a desk noticed and that what is known now does not bear."""
    since = one.at
    digits = key.removeprefix(SILENT)
    if key.startswith(SILENT) and digits.isdigit():
        since = datetime.fromtimestamp(int(digits) / 1000, one.at.tzinfo)
    raised = clock(since, interval_s, limits).alarm_at if since < one.at else one.at
    by = next((f.at for f in facts if f.act in ("ok", "leave") and since < f.at <= raised), None)
    return Alarm(key, "silent", since, raised, one.body, corrected_at=by or since, noticed=True)


def _acknowledged(alarm: Alarm, by: Report | None) -> Alarm:
    if by is None:
        return alarm
    return Alarm(
        alarm.key,
        alarm.kind,
        alarm.since,
        alarm.raised_at,
        alarm.body,
        alarm.corrected_at,
        alarm.answered_at,
        by.at,
        by.person,
        by.body,
        alarm.noticed,
    )


def to_notice(state: Watch) -> tuple[Alarm, ...]:
    """Alarms about a silence that no desk has written down yet; once written, a report that comes
    late cannot make them unseen."""
    return tuple(
        one for one in state.alarms if one.kind == "silent" and one.held and not one.noticed
    )


def sentence(alarm: Alarm, group: str, now: datetime) -> str:
    """What is said of an alarm."""
    today = alarm.since.date() == now.astimezone(alarm.since.tzinfo).date()
    since = f"{alarm.since:%H:%M}" if today else f"{alarm.since:%m-%d %H:%M}"
    if alarm.kind == "call":
        told = f"{group}于{since}报警"
        return f"{told}：{alarm.body}" if alarm.body else told
    if alarm.corrected_at is not None:
        return f"{group}{alarm.raised_at:%H:%M}的警报已更正：{alarm.corrected_at:%H:%M}曾按时报平安"
    if alarm.answered_at is not None:
        return f"{group}自{since}失联，{alarm.answered_at:%H:%M}才恢复"
    minutes = max(0, int((now - alarm.since).total_seconds()) // 60)
    return f"{group}自{since}起已{minutes}分钟未报平安"

"""Who and what moves: units, their time on duty, their points, fences, and alarms taken note of.

Points come by the minute, not one by one: a row holds all points of a device of a stretch of
time. Alarms follow from points (desktop.rules.track_picture); what became of one is written down
when it is first seen, so that it waits for somebody however long ago its points came.
"""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
)

from storage.schema.base import synced

UNIT_KINDS: Final = ("person", "vehicle", "device")
SOURCES: Final = ("gpsd", "nmea", "traccar", "manual")


def _any(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _team() -> "Column[str]":
    return Column("team_id", String(36), ForeignKey("team.id"), nullable=False, index=True)


def _person(name: str, *, needed: bool = False) -> "Column[str]":
    return Column(name, String(36), ForeignKey("person.id"), nullable=not needed)


# 执行单元: a person with a device, a vehicle, a recorder. `device` is the name under which its
# points come (of a Traccar server: the number of the device there).
unit = synced(
    "unit",
    74,
    "state",
    _team(),
    Column("kind", String, nullable=False),
    Column("name", String, nullable=False),
    Column("device", String, nullable=False),
    Column("source", String, nullable=False),
    _person("person_id"),
    Column("plate", String, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    Column("retired_on", String),
    CheckConstraint(f"kind in ({_any(UNIT_KINDS)})", name="kind"),
    CheckConstraint(f"source in ({_any(SOURCES)})", name="source"),
    CheckConstraint("kind <> 'person' or person_id is not null", name="person"),
)
unit.info["scope_by"] = "team_id"
Index("ix_unit_device", unit.c.source, unit.c.device)

# 出勤: whose place may be known, from when to when. For a vehicle: who drives it, on which errand.
duty_act = synced(
    "duty_act",
    75,
    "fact",
    Column("unit_id", String(36), ForeignKey("unit.id"), nullable=False, index=True),
    _team(),
    Column("act", String, nullable=False),
    _person("person_id", needed=True),
    Column("at", String, nullable=False),
    Column("errand", String, nullable=False, server_default=""),
    CheckConstraint("act in ('on', 'off')", name="act"),
)
duty_act.info["scope_by"] = "team_id"
duty_act.info["refusals"] = {
    # Nobody puts another on duty: whose place may be known says so himself. Anybody may end it.
    "own_duty": (
        ("insert",),
        "new.act = 'on' and exists (select 1 from unit u where u.id = new.unit_id"
        " and u.kind = 'person' and u.person_id <> new.person_id)",
        "出勤须由本人登记。",
    ),
}

# `points` is JSON: [[t_ms, lat_e7, lon_e7, accuracy_dm, speed_cm_s, course_cd], …] in order of
# time, each t_ms from `from_at`; null where the receiver did not say.
position_batch = synced(
    "position_batch",
    76,
    "fact",
    Column("unit_id", String(36), ForeignKey("unit.id"), nullable=False, index=True),
    _team(),
    Column("device", String, nullable=False),
    Column("source", String, nullable=False),
    Column("from_at", String, nullable=False),
    Column("to_at", String, nullable=False),
    Column("n", Integer, nullable=False),
    Column("points", Text, nullable=False),
    Column("received_at", String, nullable=False),
    CheckConstraint(f"source in ({_any(SOURCES)})", name="source"),
    CheckConstraint("n > 0 and length(points) <= 400000", name="points"),
    CheckConstraint("to_at >= from_at", name="times"),
)
position_batch.info["scope_by"] = "team_id"
Index("ix_position_batch_time", position_batch.c.unit_id, position_batch.c.from_at)
_LAST_DUTY: Final = (
    "(select d.act from duty_act d where d.unit_id = new.unit_id and d.at <= {at}"
    " order by d.at desc, d.id desc limit 1)"
)
position_batch.info["refusals"] = {
    # 只在出勤期间定位: of a person nothing is kept that lies outside of the time on duty.
    "on_duty": (
        ("insert",),
        "exists (select 1 from unit u where u.id = new.unit_id and u.kind = 'person')"
        f" and (coalesce({_LAST_DUTY.format(at='new.from_at')}, 'off') <> 'on'"
        " or exists (select 1 from duty_act d where d.unit_id = new.unit_id and d.act = 'off'"
        " and d.at > new.from_at and d.at < new.to_at))",
        "该人员不在出勤期间，其位置不予记录。",
    ),
}

# 电子围栏 and watches. `shape` is GeoJSON text of a fence; `watched` JSON text: devices, the
# others of a watch, the radius in metres.
fence = synced(
    "fence",
    77,
    "state",
    _team(),
    Column("operation_id", String(36), index=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("shape", Text, nullable=False, server_default=""),
    Column("watched", Text, nullable=False, server_default="{}"),
    Column("from_at", String, nullable=False),
    Column("to_at", String),
    _person("maker_id", needed=True),
    CheckConstraint("kind in ('fence', 'near', 'alone')", name="kind"),
    CheckConstraint("kind <> 'fence' or length(shape) > 0", name="shape"),
    CheckConstraint("to_at is null or to_at >= from_at", name="times"),
)
fence.info["scope_by"] = "team_id"

# An alarm ends only by a `note`. `alarm` is its key, which follows from the points that raised it:
# what several desks wrote of one is one. `raise` and `correct` say what a desk that commands saw,
# `at` being when the point came that showed it, `facts` the alarm and that point as JSON text.
alarm_note = synced(
    "alarm_note",
    78,
    "fact",
    Column("alarm", String, nullable=False, index=True),
    _team(),
    _person("person_id", needed=True),
    Column("at", String, nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    Column("act", String, nullable=False, server_default="note"),
    Column("facts", Text, nullable=False, server_default=""),
    CheckConstraint("act in ('raise', 'correct', 'note')", name="act"),
    CheckConstraint("(act = 'note') = (length(facts) = 0)", name="facts"),
    CheckConstraint("length(facts) <= 4000", name="facts_length"),
)
alarm_note.info["scope_by"] = "team_id"

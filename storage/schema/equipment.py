"""技术装备: the register, who has a thing and since when, faults, self-tests, feeds, pictures."""

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
)

from storage.schema.base import synced

EQUIPMENT_ACTS: Final = (
    *("lend", "give_back", "hand_over", "calibrate", "fault", "repair", "retire", "check"),
)


def _any(values: tuple[str, ...]) -> str:
    return ", ".join(f"'{value}'" for value in values)


def _team() -> "Column[str]":
    return Column("team_id", String(36), ForeignKey("team.id"), nullable=False, index=True)


def _person(name: str, *, needed: bool = False) -> "Column[str]":
    return Column(name, String(36), ForeignKey("person.id"), nullable=not needed)


# Whose it is and what it is; who has it, and whether it works, is read from its acts.
equipment = synced(
    "equipment",
    79,
    "state",
    _team(),
    Column("asset_no", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("model", String, nullable=False, server_default=""),
    Column("serial_no", String, nullable=False, server_default=""),
    Column("bought_on", String),
    Column("calibrate_days", Integer),  # null: needs no calibration
    _person("keeper_id"),
    Column("note", Text, nullable=False, server_default=""),
    CheckConstraint("calibrate_days is null or calibrate_days > 0", name="calibrate_days"),
)
equipment.info["scope_by"] = "team_id"

# `to_id`: who has it afterwards. `due_at`: when a loan ends, or how long a repair may take.
# `ticket`: the fault that a repair ends, which is the id of the fault's own act.
equipment_act = synced(
    "equipment_act",
    80,
    "fact",
    Column("equipment_id", String(36), ForeignKey("equipment.id"), nullable=False, index=True),
    Column("act", String, nullable=False),
    _person("person_id", needed=True),
    _person("to_id"),
    Column("at", String, nullable=False),
    Column("due_at", String),
    Column("ticket", String(36)),
    Column("document_no", String, nullable=False, server_default=""),
    Column("body", Text, nullable=False, server_default=""),
    CheckConstraint(f"act in ({_any(EQUIPMENT_ACTS)})", name="act"),
    CheckConstraint("act not in ('lend', 'hand_over') or to_id is not null", name="whom"),
    CheckConstraint("act <> 'repair' or ticket is not null", name="ticket"),
    CheckConstraint("act not in ('fault', 'retire') or length(trim(body)) > 0", name="reason"),
)
_LENT: Final = (
    "coalesce((select a.act from equipment_act a where a.equipment_id = new.equipment_id"
    " and a.act in ('lend', 'hand_over', 'give_back') order by a.at desc, a.id desc limit 1),"
    " 'give_back')"
)
_CUSTODY: Final = (
    "select a.act from equipment_act a where a.equipment_id = new.equipment_id"
    " and a.act in ('lend', 'hand_over', 'give_back')"
)
# Around the moment of the act itself: a return that bears a later day frees nothing before it.
_BEFORE: Final = (
    f"coalesce(({_CUSTODY} and a.at <= new.at order by a.at desc, a.id desc limit 1), 'give_back')"
)
_AFTER: Final = f"coalesce(({_CUSTODY} and a.at > new.at order by a.at, a.id limit 1), 'give_back')"
equipment_act.info["in_turn"] = ("equipment_id", "equipment")
equipment_act.info["refusals"] = {
    "lent_twice": (
        ("insert",),
        f"new.act = 'lend' and ({_LENT} <> 'give_back' or {_BEFORE} <> 'give_back'"
        f" or {_AFTER} <> 'give_back')",
        "该装备已经借出，归还之前不得再借。",
    ),
    "not_lent": (
        ("insert",),
        f"new.act in ('give_back', 'hand_over') and {_LENT} = 'give_back'",
        "该装备没有借出，无从归还或者移交。",
    ),
    "retired": (
        ("insert",),
        "exists (select 1 from equipment_act a where a.equipment_id = new.equipment_id"
        " and a.act = 'retire')",
        "该装备已经报废。",
    ),
    "faulty": (
        ("insert",),
        "new.act = 'lend' and exists (select 1 from equipment_act f"
        " where f.equipment_id = new.equipment_id and f.act = 'fault' and not exists (select 1"
        " from equipment_act r where r.act = 'repair' and r.ticket = f.id))",
        "该装备有未修复的故障，不得借出。",
    ),
    "no_fault": (
        ("insert",),
        "new.act = 'repair' and not exists (select 1 from equipment_act f where f.id = new.ticket"
        " and f.equipment_id = new.equipment_id and f.act = 'fault')",
        "该故障单不属于这件装备。",
    ),
    "repaired": (
        ("insert",),
        "new.act = 'repair' and exists (select 1 from equipment_act r"
        " where r.act = 'repair' and r.ticket = new.ticket)",
        "该故障单已经修复销号。",
    ),
}

# 设备自检: `sheet` is JSON, one line for each thing tested with what was measured and the limit.
self_test = synced(
    "self_test",
    81,
    "fact",
    _team(),
    Column("operation_id", String(36), index=True),
    _person("person_id", needed=True),
    Column("at", String, nullable=False, index=True),
    Column("device", String, nullable=False, server_default=""),
    Column("passed", Boolean, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("sheet_sha256", String(64), nullable=False),
)
self_test.info["scope_by"] = "team_id"
# Verdicts are words of the sheet's JSON (desktop.rules.self_tests), so its text tells enough.
self_test.info["refusals"] = {
    "honest": (
        ("insert",),
        "new.passed = 1 and (new.sheet like '%\"fail\"%' or new.sheet like '%\"unmeasured\"%'"
        " or new.sheet not like '%\"pass\"%')",
        "自检表中有未通过的项目，不能记为通过。",
    ),
}

# 图像: where it comes from. A word for logging in stands in no row; the desk keeps it.
feed = synced(
    "feed",
    82,
    "state",
    _team(),
    Column("name", String, nullable=False),
    Column("url", String, nullable=False),
    Column("equipment_id", String(36)),
    Column("unit_id", String(36)),
    Column("place", Integer, nullable=False, server_default="0"),  # on the grid, from 0
    Column("retired_on", String),
    CheckConstraint(
        "url like 'rtsp://%' or url like 'rtsps://%' or url like 'http://%'"
        " or url like 'https://%'",
        name="url",
    ),
    CheckConstraint("url not like '%@%'", name="no_word"),
)
feed.info["scope_by"] = "team_id"
feed.info["refusals"] = {
    "named": (
        ("insert", "update"),
        "length(trim(new.name)) = 0 or new.place < 0",
        "图像来源须有名称，在网格上的位置从 0 起。",
    ),
}

# 截图: `body` is the picture as base64 text, `sha256` of its bytes; `at` the moment of the frame.
snapshot = synced(
    "snapshot",
    83,
    "fact",
    _team(),
    Column("feed_id", String(36), nullable=False, index=True),
    Column("feed_name", String, nullable=False),
    Column("operation_id", String(36), index=True),
    Column("case_id", String(36), index=True),
    _person("person_id", needed=True),
    Column("at", String, nullable=False),
    Column("taken_at", String, nullable=False),
    Column("mime", String, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    CheckConstraint("length(body) <= 4000000 and size > 0", name="size"),
)
snapshot.info["scope_by"] = "team_id"
Index("ix_snapshot_at", snapshot.c.at)
snapshot.info["refusals"] = {
    # A frame is older than its picture; both stand in one form, by the court's clock.
    "moment": (
        ("insert",),
        "new.at > new.taken_at",
        "画面的时间不能晚于截图的时间。",
    ),
    "hash": (
        ("insert",),
        "length(new.sha256) <> 64 or new.mime not in ('image/jpeg', 'image/png')",
        "截图须有 SHA-256 校验值，格式为 JPEG 或者 PNG。",
    ),
    "its_feed": (
        ("insert",),
        "exists (select 1 from feed f where f.id = new.feed_id and f.team_id <> new.team_id)",
        "截图与图像来源不属同一团队。",
    ),
    "retired": (
        ("insert",),
        "exists (select 1 from feed f where f.id = new.feed_id and f.retired_on is not null"
        " and f.retired_on <= substr(new.taken_at, 1, 10))",
        "该图像来源已经停用，不能截图。",
    ),
}

"""Who answers for what: comments, warnings read, police shifts and days of absence."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Text, UniqueConstraint

from storage.schema.base import synced


def _person() -> "Column[str]":
    return Column("person_id", String(36), ForeignKey("person.id"), nullable=False, index=True)


responsibility_comment = synced(
    "responsibility_comment",
    22,
    "fact",
    Column("case_id", String(36), ForeignKey("case.id"), nullable=False, index=True),
    Column("node_code", String, nullable=False),
    Column("subject", String, nullable=False, server_default=""),
    _person(),
    Column("at", String, nullable=False),
    Column("body", Text, nullable=False),
)

warning_reading = synced(
    "warning_reading",
    23,
    "fact",
    Column(
        "letter_id", String(36), ForeignKey("supervision_letter.id"), nullable=False, index=True
    ),
    # 0 is the letter itself, any other number a rung of its ladder.
    Column("rung", Integer, nullable=False),
    _person(),
    Column("read_at", String, nullable=False),
    UniqueConstraint("letter_id", "rung", "person_id"),
)

police_shift = synced(
    "police_shift",
    24,
    "state",
    _person(),
    Column("team_id", String(36), ForeignKey("team.id"), nullable=False),
    Column("day", String, nullable=False),
    Column("from_time", String, nullable=False),
    Column("to_time", String, nullable=False),
    Column("status", String, nullable=False, server_default="assigned"),
    # One officer, one day, one team: the database refuses a second row.
    UniqueConstraint("person_id", "day"),
    CheckConstraint("from_time < to_time", name="times"),
    CheckConstraint("status in ('assigned', 'cleared')", name="status"),
)
police_shift.info["refusals"] = {
    "police_only": (
        ("insert", "update"),
        "not exists (select 1 from person where id = new.person_id and post = 'police')",
        "只有司法警察可以排法警勤务。",
    ),
    "one_team": (
        ("update",),
        "old.status = 'assigned' and new.status = 'assigned' and new.team_id is not old.team_id",
        "司法警察一人一日只能在一个团队，请先撤销原勤务。",
    ),
}

absence = synced(
    "absence",
    25,
    "state",
    _person(),
    Column("from_on", String, nullable=False),
    Column("to_on", String, nullable=False),
    Column("kind", String, nullable=False),  # leave | sick | training | secondment
    Column("status", String, nullable=False, server_default="planned"),
    CheckConstraint("to_on >= from_on", name="order"),
    CheckConstraint("status in ('planned', 'withdrawn')", name="status"),
)

"""值班: the roster with A and B posts, swaps, attendance, hand-overs, and the daily bulletin."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, String, Text, UniqueConstraint

from storage.schema.base import synced


def _person(name: str, *, needed: bool = False) -> "Column[str]":
    return Column(name, String(36), ForeignKey("person.id"), nullable=not needed)


def _team() -> "Column[str]":
    return Column("team_id", String(36), ForeignKey("team.id"), nullable=False, index=True)


# One person on one post of one shift. `backup_id` is the B post (AB 岗).
roster = synced(
    "roster",
    90,
    "state",
    _team(),
    Column("day", String, nullable=False, index=True),
    Column("shift", String, nullable=False),  # day | night | field
    Column("from_at", String, nullable=False),
    Column("to_at", String, nullable=False),
    _person("person_id", needed=True),
    _person("backup_id"),
    Column("status", String, nullable=False, server_default="planned"),
    UniqueConstraint("day", "shift", "person_id"),
    CheckConstraint("to_at > from_at", name="times"),
    CheckConstraint("backup_id is null or backup_id <> person_id", name="backup"),
    CheckConstraint("status in ('planned', 'cleared')", name="status"),
)
roster.info["scope_by"] = "team_id"

# A swap is asked by one and agreed by the other; then a chief of the roster makes it so.
roster_act = synced(
    "roster_act",
    91,
    "fact",
    Column("roster_id", String(36), ForeignKey("roster.id"), nullable=False, index=True),
    _team(),
    Column("act", String, nullable=False),
    _person("person_id", needed=True),
    _person("with_id"),
    Column("at", String, nullable=False),
    Column("body", Text, nullable=False, server_default=""),
    CheckConstraint(
        "act in ('ask_swap', 'agree_swap', 'refuse_swap', 'arrive', 'leave', 'absent')",
        name="act",
    ),
    CheckConstraint("act <> 'ask_swap' or with_id is not null", name="with"),
)
roster_act.info["scope_by"] = "team_id"

# 交接班: `items` is JSON, what was open with owner and next step; both sign.
handover = synced(
    "handover",
    92,
    "state",
    _team(),
    Column("from_at", String, nullable=False),
    Column("to_at", String, nullable=False, index=True),
    _person("from_id", needed=True),
    _person("to_id"),
    Column("items", Text, nullable=False),
    Column("items_sha256", String(64), nullable=False),
    Column("given_at", String),
    Column("taken_at", String),
    CheckConstraint("to_id is null or to_id <> from_id", name="two_persons"),
    CheckConstraint(
        "taken_at is null or (given_at is not null and to_id is not null)", name="in_order"
    ),
)
handover.info["scope_by"] = "team_id"
handover.info["refusals"] = {
    "given": (
        ("update",),
        "old.given_at is not null and (new.items_sha256 is not old.items_sha256"
        " or new.items is not old.items or new.from_id is not old.from_id"
        " or new.given_at is not old.given_at)",
        "交班内容已经签名，不得再改。",
    ),
    "taken": (
        ("update",),
        "old.taken_at is not null and (new.taken_at is not old.taken_at"
        " or new.to_id is not old.to_id)",
        "接班已经签名，不能改动。",
    ),
}

# 工作动态: written by one, approved by another before everybody reads it.
bulletin = synced(
    "bulletin",
    93,
    "state",
    _team(),
    Column("day", String, nullable=False, index=True),
    Column("title", String, nullable=False),
    Column("body", Text, nullable=False),
    _person("author_id", needed=True),
    Column("state", String, nullable=False, server_default="draft"),
    Column("shared", Boolean, nullable=False, server_default="0"),  # everybody's, once posted
    Column("submitted_at", String),
    _person("approved_by"),
    Column("posted_at", String),
    Column("reason", Text, nullable=False, server_default=""),
    CheckConstraint("state in ('draft', 'submitted', 'posted', 'returned')", name="state"),
    CheckConstraint("approved_by is null or approved_by <> author_id", name="two_persons"),
    CheckConstraint("(state = 'posted') = (posted_at is not null)", name="posted"),
    CheckConstraint("(state = 'posted') = (shared = 1)", name="shared"),
    CheckConstraint("state <> 'posted' or approved_by is not null", name="approved"),
    CheckConstraint("length(trim(title)) > 0", name="title"),
)
bulletin.info["scope_by"] = "team_id"
bulletin.info["refusals"] = {
    "posted": (
        ("update",),
        "old.state = 'posted' and (new.title is not old.title or new.body is not old.body"
        " or new.state is not old.state or new.approved_by is not old.approved_by)",
        "工作动态已经发布，内容不得再改；请另发更正。",
    ),
    "approver": (
        ("insert", "update"),
        "new.state = 'posted' and not exists (select 1 from person p where p.id = new.approved_by"
        " and p.post in ('bureau_chief', 'deputy_chief', 'commissar', 'tribunal_head',"
        " 'vice_president', 'president', 'operator'))",
        "工作动态须经负责人审核后发布。",
    ),
}

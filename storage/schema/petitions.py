"""Petitions (执行信访): one row each, and everything that was done about it.

What stands here are facts with their days; how long there is left is derived from them for a day
(desktop.petitions). A petition with a case belongs to the case's team, one without to whoever
received it.
"""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Text

from storage.schema.base import synced


def _person(name: str) -> "Column[str]":
    return Column(name, String(36), ForeignKey("person.id"))


# `code` is made from the id and printed on the visitor's receipt: it needs no shared counter.
petition = synced(
    "petition",
    46,
    "state",
    Column("code", String, nullable=False, unique=True),
    Column("received_at", String, nullable=False),
    Column("source", String, nullable=False),  # spc | province | own | supervision | first | skip
    Column("channel", String, nullable=False, server_default="visit"),
    Column("class", String, nullable=False),  # implementation | review
    Column("petitioner", String, nullable=False, index=True),
    Column("identity_no", String),
    Column("contact", String),
    Column("people", Integer, nullable=False, server_default="1"),
    Column("urgent", Boolean, nullable=False, server_default="0"),
    Column("case_id", String(36), ForeignKey("case.id"), index=True),
    Column("case_number", String),
    Column("court_id", String(36), ForeignKey("court.id"), nullable=False, index=True),
    Column("node_code", String),  # the late node it complains of
    Column("summary", Text, nullable=False),
    Column("demand", Text, nullable=False, server_default=""),
    _person("received_by"),
    Column("registered_on", String),
    Column("screened_on", String),
    Column("screened_as", String),
    Column("level", String, nullable=False, server_default="general"),
    Column("hung_on", String),
    _person("hung_by"),
    Column("unhung_on", String),
    _person("unhung_by"),
    Column("assigned_on", String),
    _person("assigned_to"),
    Column("superior_due", String),  # the day the higher court or 审督局 set
    Column("inner_due", String),  # the day set for whoever answers to us
    Column("replied_on", String),
    Column("told_on", String),
    Column("result", String),
    Column("closed_on", String),
    _person("closed_by"),
    Column("report_no", String),  # 一案一报
    Column("duplicate_of", String(36), ForeignKey("petition.id")),
    CheckConstraint(
        "source in ('spc', 'province', 'own', 'supervision', 'first', 'skip')", name="source"
    ),
    CheckConstraint("class in ('implementation', 'review')", name="class"),
    CheckConstraint("level in ('general', 'listed', 'tour', 'leader')", name="level"),
    CheckConstraint(
        "result is null or result in ('resolved', 'unresolved', 'terminated', 'written_off')",
        name="result",
    ),
    CheckConstraint("(closed_on is null) = (result is null)", name="closed"),
    CheckConstraint("people > 0", name="people"),
    CheckConstraint("unhung_on is null or unhung_by is not null", name="unhung"),
)
Index("ix_petition_closed_on", petition.c.closed_on)
Index("ix_petition_registered_on", petition.c.registered_on)
petition.info["refusals"] = {
    "hung": (
        ("update",),
        "new.closed_on is not null and old.closed_on is null"
        " and new.hung_on is not null and new.unhung_on is null",
        "挂网督办尚未由专人摘牌，不能办结。",
    ),
    "who_closed": (
        ("update",),
        "new.closed_on is not null and old.closed_on is null and new.closed_by is null",
        "办结须记明办结人。",
    ),
    "itself": (("insert", "update"), "new.duplicate_of = new.id", "不能与自身合并。"),
}

# Visits, orders, replies, promises, notes: the thread, insert only.
petition_act = synced(
    "petition_act",
    47,
    "fact",
    Column("petition_id", String(36), ForeignKey("petition.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("at", String, nullable=False),
    _person("person_id"),
    Column("to_court", String(36), ForeignKey("court.id")),
    _person("to_person"),
    Column("due_on", String),
    Column("body", Text, nullable=False, server_default=""),
    Column("partial", Boolean, nullable=False, server_default="0"),
    Column("answers", String(36)),  # the act that this one answers or fulfils
    CheckConstraint(
        "kind in ('visit', 'register', 'screen', 'assign', 'pass_on', 'reply_in', 'reply_out',"
        " 'promise', 'kept', 'hang', 'unhang', 'level', 'tell', 'close', 'reopen', 'merge',"
        " 'unmerge', 'note', 'remind')",
        name="kind",
    ),
)

"""Supervision letters (督办单) and the rungs of their escalation ladder."""

from sqlalchemy import Column, ForeignKey, Integer, String, Text, UniqueConstraint

from storage.schema.base import synced

supervision_letter = synced(
    "supervision_letter",
    20,
    "state",
    Column("case_id", String(36), ForeignKey("case.id"), nullable=False, index=True),
    Column("node_code", String, nullable=False),
    Column("subject", String, nullable=False, server_default=""),
    Column("year", Integer, nullable=False),
    # None until a number is granted: a draft stays unnumbered.
    Column("serial", Integer),
    Column("level", String, nullable=False),  # green | yellow | red
    Column("basis", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("demand", Text, nullable=False),
    Column("addressee_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("issuer_id", String(36), ForeignKey("person.id")),
    Column("issued_on", String),
    Column("reply_by", String, nullable=False),
    Column("state", String, nullable=False),  # draft issued replied returned closed withdrawn
    Column("replied_on", String),
    Column("reply", Text),
    Column("reviewed_on", String),
    Column("review", Text),
    UniqueConstraint("year", "serial"),
)

letter_rung = synced(
    "letter_rung",
    21,
    "fact",
    Column(
        "letter_id", String(36), ForeignKey("supervision_letter.id"), nullable=False, index=True
    ),
    Column("rung", Integer, nullable=False),
    Column("fired_on", String, nullable=False),
    Column("to_person_id", String(36), ForeignKey("person.id")),
    Column("to_post", String, nullable=False),
    Column("reason", Text, nullable=False),
    # Each rung fires exactly once: the database refuses a second one.
    UniqueConstraint("letter_id", "rung"),
)

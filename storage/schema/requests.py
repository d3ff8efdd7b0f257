"""What is asked of the shared database and decided there alone, and who looked at what."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Text

from storage.schema.base import synced

# 意向: until the hub has decided it has no effect anywhere. `args` and `facts` are JSON.
request = synced(
    "request",
    30,
    "request",
    Column("kind", String, nullable=False),
    Column("case_id", String(36), ForeignKey("case.id"), index=True),
    Column("args", Text, nullable=False),
    Column("note", Text),
    Column("state", String, nullable=False, server_default="asked"),
    Column("facts", Text),
    CheckConstraint("state in ('asked', 'accepted')", name="state"),
)

# Opened, printed, exported: every look at a file, with its purpose where the file is sealed.
read_log = synced(
    "read_log",
    31,
    "fact",
    Column("case_id", String(36), ForeignKey("case.id"), index=True),
    Column("person_id", String(36), ForeignKey("person.id")),
    Column("at", String, nullable=False),
    Column("act", String, nullable=False),
    Column("object", String, nullable=False),
    Column("purpose", Text),
    CheckConstraint("act in ('open', 'print', 'export')", name="act"),
)
Index("ix_read_log_at", read_log.c.at)

"""Courts, persons and teams; posts and memberships are dated rows, history is never overwritten."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String

from storage.schema.base import synced

court = synced(
    "court",
    1,
    "reference",
    Column("code", String, nullable=False),
    Column("name", String, nullable=False),
    Column("short_name", String, nullable=False),
    Column("superior_id", String(36), ForeignKey("court.id")),
    Column("valid_from", String),
    Column("valid_to", String),
    Column("confirmed", Boolean, nullable=False, server_default="0"),
)

person = synced(
    "person",
    2,
    "reference",
    Column("court_id", String(36), ForeignKey("court.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("post", String, nullable=False),
    Column("quota", Boolean, nullable=False, server_default="0"),
    Column("left_on", String),
)

post_history = synced(
    "post_history",
    3,
    "reference",
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("post", String, nullable=False),
    Column("court_id", String(36), ForeignKey("court.id"), nullable=False),
    Column("from_on", String, nullable=False),
    Column("to_on", String),
    Column("document_no", String),
)

team = synced(
    "team",
    4,
    "reference",
    Column("court_id", String(36), ForeignKey("court.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("number", Integer, nullable=False, unique=True),
)

membership = synced(
    "membership",
    5,
    "reference",
    Column("person_id", String(36), ForeignKey("person.id"), nullable=False, index=True),
    Column("team_id", String(36), ForeignKey("team.id"), nullable=False, index=True),
    Column("role", String, nullable=False),
    Column("from_on", String, nullable=False),
    Column("to_on", String),
)

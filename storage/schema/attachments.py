"""Photos and papers of a case. The bytes travel on their own lane; the row says what they are."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Text

from storage.schema.base import synced

# `thumbnail` is base64 text of at most 20 KB, so that a list shows pictures before they are here.
attachment = synced(
    "attachment",
    34,
    "fact",
    Column("case_id", String(36), ForeignKey("case.id"), nullable=False, index=True),
    Column("log_id", String(36), ForeignKey("execution_log.id"), index=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("size", Integer, nullable=False),
    Column("mime", String, nullable=False),
    Column("name", String, nullable=False),
    Column("thumbnail", Text),
    CheckConstraint("length(sha256) = 64 and size >= 0", name="content"),
    CheckConstraint("thumbnail is null or length(thumbnail) <= 20480", name="thumbnail"),
)

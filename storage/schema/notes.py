"""Notes on anything (备注), whom they mention, and hand-over notes.

A note on a case goes where the case goes. A note to the team alone belongs to the team that wrote
it: it hangs on nothing, so that it neither follows a case to another team nor leaves with it.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)

from storage.schema.base import synced


def _person(name: str, *, needed: bool = False) -> "Column[str]":
    return Column(name, String(36), ForeignKey("person.id"), nullable=not needed)


# `about` with `about_id` names the object; `case_id` is its case, unless the note is the team's.
note = synced(
    "note",
    52,
    "fact",
    Column("about", String, nullable=False),
    Column("about_id", String(36), nullable=False),
    Column("case_id", String(36), ForeignKey("case.id"), index=True),
    Column("team_only", Boolean, nullable=False, server_default="0"),
    Column("kind", String, nullable=False, server_default="note"),  # note | handover
    Column("body", Text, nullable=False),
    _person("author_id", needed=True),
    Column("at", String, nullable=False),
    _person("from_id"),
    _person("to_id"),
    Column("voids", String(36)),  # the note that this one corrects
    CheckConstraint(
        "about in ('case', 'petition', 'document', 'matter', 'letter')",
        name="about",
    ),
    CheckConstraint("kind in ('note', 'handover')", name="kind"),
    CheckConstraint("team_only = 0 or case_id is null", name="team_only"),
    CheckConstraint(
        "about <> 'case' or team_only = 1 or (case_id is not null and case_id = about_id)",
        name="its_case",
    ),
    CheckConstraint(
        "kind <> 'handover' or (to_id is not null and team_only = 0)",
        name="handover",
    ),
    CheckConstraint("length(trim(body)) > 0", name="body"),
)
Index("ix_note_about", note.c.about, note.c.about_id)
note.info["refusals"] = {
    "corrects": (
        ("insert",),
        "new.voids is not null and exists (select 1 from note n where n.id = new.voids"
        " and (n.author_id <> new.author_id or n.about_id <> new.about_id"
        " or n.team_only <> new.team_only))",
        "只能更正本人在同一处所写的备注。",
    ),
}

# 提及: one row for each person named in a note. Whoever takes over acknowledges the hand-over.
note_mention = synced(
    "note_mention",
    53,
    "state",
    Column("note_id", String(36), ForeignKey("note.id"), nullable=False, index=True),
    _person("person_id", needed=True),
    Column("team_only", Boolean, nullable=False, server_default="0"),  # as the note
    Column("read_at", String),
    _person("read_by"),
    Column("acknowledged_at", String),
    UniqueConstraint("note_id", "person_id"),
    CheckConstraint("(read_at is null) = (read_by is null)", name="read"),
    CheckConstraint("acknowledged_at is null or read_at is not null", name="acknowledged"),
)
Index("ix_note_mention_person_id", note_mention.c.person_id, note_mention.c.read_at)
note_mention.info["refusals"] = {
    "reader": (
        ("insert", "update"),
        "new.read_by is not null and new.read_by <> new.person_id",
        "只有被提及的本人才能标为已读。",
    ),
    "whom": (
        ("update",),
        "new.note_id is not old.note_id or new.person_id is not old.person_id"
        " or new.team_only is not old.team_only",
        "提及的人不得更改。",
    ),
    "read": (
        ("update",),
        "(old.read_at is not null and new.read_at is not old.read_at)"
        " or (old.acknowledged_at is not null and new.acknowledged_at is not old.acknowledged_at)",
        "已读、已接收的记录不能改动。",
    ),
    "team": (
        ("insert",),
        "exists (select 1 from note n where n.id = new.note_id and n.team_only <> new.team_only)",
        "仅本团队可见的备注不得转给他人。",
    ),
    "handover": (
        ("update",),
        "new.acknowledged_at is not null and not exists (select 1 from note n"
        " where n.id = new.note_id and n.kind = 'handover' and n.to_id = new.person_id)",
        "只有接手人才能接收交接。",
    ),
}

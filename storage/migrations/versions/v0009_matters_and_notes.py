"""Public opinion items and briefs, notes with mentions, and who ended a delegation."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"


def upgrade() -> None:
    """Adds four tables and two columns; nothing existing is touched."""
    op.add_column("delegation", sa.Column("ended_by", sa.String(length=36), nullable=True))
    op.add_column("delegation", sa.Column("ended_on", sa.String(), nullable=True))
    _matter()
    _matter_act()
    _note()
    _note_mention()


def _matter() -> None:
    op.create_table(
        "matter",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("maker_id", sa.String(length=36), nullable=False),
        sa.Column("raised_on", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("link", sa.String(), nullable=True),
        sa.Column("tone", sa.String(), nullable=True),
        sa.Column("heat", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), server_default="", nullable=False),
        sa.Column("asked_of", sa.String(), nullable=True),
        sa.Column("submitted_on", sa.String(), nullable=True),
        sa.Column("owner_id", sa.String(length=36), nullable=True),
        sa.Column("due_on", sa.String(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.String(length=36), nullable=True),
        sa.Column("answered_on", sa.String(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.String(), nullable=True),
        sa.Column("closed_by", sa.String(length=36), nullable=True),
        *_from_hub(),
        *_rules_of_matter(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        info={"number": 50, "policy": "state"},
    )
    op.create_index(op.f("ix_matter_case_id"), "matter", ["case_id"], unique=False)
    op.create_index("ix_matter_closed_on", "matter", ["closed_on"], unique=False)


def _rules_of_matter() -> list["sa.Constraint"]:
    return [
        sa.CheckConstraint("kind in ('opinion', 'brief')", name=op.f("ck_matter_kind")),
        sa.CheckConstraint(
            "tone is null or tone in ('negative', 'neutral', 'positive')",
            name=op.f("ck_matter_tone"),
        ),
        sa.CheckConstraint("heat is null or heat between 1 and 5", name=op.f("ck_matter_heat")),
        sa.CheckConstraint(
            "asked_of is null or asked_of in ('party_group', 'president', 'vice_president')",
            name=op.f("ck_matter_asked_of"),
        ),
        sa.CheckConstraint(
            "kind <> 'opinion' or source is not null", name=op.f("ck_matter_source")
        ),
        sa.CheckConstraint("kind <> 'brief' or asked_of is not null", name=op.f("ck_matter_brief")),
        sa.CheckConstraint(
            "(answered_on is null) = (answered_by is null)", name=op.f("ck_matter_answered")
        ),
        sa.CheckConstraint(
            "answered_on is null or answer is not null", name=op.f("ck_matter_answer")
        ),
        sa.CheckConstraint(
            "(closed_on is null) = (closed_by is null)", name=op.f("ck_matter_closed")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_matter_case_id")),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_matter_{column}"))
            for column in ("maker_id", "owner_id", "answered_by", "closed_by")
        ),
    ]


def _matter_act() -> None:
    op.create_table(
        "matter_act",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("matter_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=True),
        sa.Column("to_person", sa.String(length=36), nullable=True),
        sa.Column("due_on", sa.String(), nullable=True),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        *_from_hub(),
        sa.CheckConstraint(
            "kind in ('raise', 'change', 'assign', 'submit', 'withdraw', 'decide', 'reply',"
            " 'remind', 'note', 'close')",
            name=op.f("ck_matter_act_kind"),
        ),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_matter_act_matter_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_matter_act_person_id")),
        sa.ForeignKeyConstraint(["to_person"], ["person.id"], name=op.f("fk_matter_act_to_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_act")),
        info={"number": 51, "policy": "fact"},
    )
    op.create_index(op.f("ix_matter_act_matter_id"), "matter_act", ["matter_id"], unique=False)


def _note() -> None:
    op.create_table(
        "note",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("about_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("team_only", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("kind", sa.String(), server_default="note", nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("from_id", sa.String(length=36), nullable=True),
        sa.Column("to_id", sa.String(length=36), nullable=True),
        sa.Column("voids", sa.String(length=36), nullable=True),
        *_from_hub(),
        sa.CheckConstraint(
            "about in ('case', 'petition', 'document', 'matter', 'letter')",
            name=op.f("ck_note_about"),
        ),
        sa.CheckConstraint("kind in ('note', 'handover')", name=op.f("ck_note_kind")),
        sa.CheckConstraint("team_only = 0 or case_id is null", name=op.f("ck_note_team_only")),
        sa.CheckConstraint(
            "about <> 'case' or team_only = 1 or (case_id is not null and case_id = about_id)",
            name=op.f("ck_note_its_case"),
        ),
        sa.CheckConstraint(
            "kind <> 'handover' or (to_id is not null and team_only = 0)",
            name=op.f("ck_note_handover"),
        ),
        sa.CheckConstraint("length(trim(body)) > 0", name=op.f("ck_note_body")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_note_case_id")),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_note_{column}"))
            for column in ("author_id", "from_id", "to_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        info={"number": 52, "policy": "fact"},
    )
    op.create_index("ix_note_about", "note", ["about", "about_id"], unique=False)
    op.create_index(op.f("ix_note_case_id"), "note", ["case_id"], unique=False)


def _note_mention() -> None:
    op.create_table(
        "note_mention",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("note_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("team_only", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("read_at", sa.String(), nullable=True),
        sa.Column("read_by", sa.String(length=36), nullable=True),
        sa.Column("acknowledged_at", sa.String(), nullable=True),
        *_from_hub(),
        sa.CheckConstraint(
            "(read_at is null) = (read_by is null)", name=op.f("ck_note_mention_read")
        ),
        sa.CheckConstraint(
            "acknowledged_at is null or read_at is not null",
            name=op.f("ck_note_mention_acknowledged"),
        ),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_note_mention_note_id")),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_note_mention_{column}"))
            for column in ("person_id", "read_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_mention")),
        sa.UniqueConstraint("note_id", "person_id", name=op.f("uq_note_mention_note_id_person_id")),
        info={"number": 53, "policy": "state"},
    )
    op.create_index(op.f("ix_note_mention_note_id"), "note_mention", ["note_id"], unique=False)
    op.create_index(
        "ix_note_mention_person_id", "note_mention", ["person_id", "read_at"], unique=False
    )


def _from_hub() -> list["sa.Column[Any]"]:
    return [
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
    ]

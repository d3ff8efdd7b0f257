"""Comments of the responsible, warnings read, police shifts and days of absence."""

import sqlalchemy as sa
from alembic import op

revision = "0004"


def upgrade() -> None:
    """Adds four tables; nothing existing is touched."""
    _responsibility()
    _presence()


def _responsibility() -> None:
    op.create_table(
        "responsibility_comment",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("node_code", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), server_default="", nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_responsibility_comment_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_responsibility_comment_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responsibility_comment")),
        info={"number": 22, "policy": "fact"},
    )
    op.create_index(
        op.f("ix_responsibility_comment_case_id"),
        "responsibility_comment",
        ["case_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_responsibility_comment_person_id"),
        "responsibility_comment",
        ["person_id"],
        unique=False,
    )
    op.create_table(
        "warning_reading",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("letter_id", sa.String(length=36), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("read_at", sa.String(), nullable=False),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["supervision_letter.id"], name=op.f("fk_warning_reading_letter_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_warning_reading_person_id")
        ),
        sa.UniqueConstraint(
            "letter_id",
            "rung",
            "person_id",
            name=op.f("uq_warning_reading_letter_id_rung_person_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning_reading")),
        info={"number": 23, "policy": "fact"},
    )
    op.create_index(
        op.f("ix_warning_reading_letter_id"), "warning_reading", ["letter_id"], unique=False
    )
    op.create_index(
        op.f("ix_warning_reading_person_id"), "warning_reading", ["person_id"], unique=False
    )


def _presence() -> None:
    op.create_table(
        "police_shift",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("from_time", sa.String(), nullable=False),
        sa.Column("to_time", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="assigned", nullable=False),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_police_shift_person_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_police_shift_team_id")),
        sa.UniqueConstraint("person_id", "day", name=op.f("uq_police_shift_person_id_day")),
        sa.CheckConstraint("from_time < to_time", name=op.f("ck_police_shift_times")),
        sa.CheckConstraint(
            "status in ('assigned', 'cleared')", name=op.f("ck_police_shift_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_police_shift")),
        info={"number": 24, "policy": "state"},
    )
    op.create_index(op.f("ix_police_shift_person_id"), "police_shift", ["person_id"], unique=False)
    op.create_table(
        "absence",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("from_on", sa.String(), nullable=False),
        sa.Column("to_on", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="planned", nullable=False),
        sa.Column("scope", sa.Integer(), server_default="-1", nullable=False),
        sa.Column("ver", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("changed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id")),
        sa.CheckConstraint("to_on >= from_on", name=op.f("ck_absence_order")),
        sa.CheckConstraint("status in ('planned', 'withdrawn')", name=op.f("ck_absence_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
        info={"number": 25, "policy": "state"},
    )
    op.create_index(op.f("ix_absence_person_id"), "absence", ["person_id"], unique=False)

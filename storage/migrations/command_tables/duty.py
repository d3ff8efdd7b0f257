"""The roster, hand-overs, the daily bulletin."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.command_tables.columns import HASH, ID, from_hub


def add() -> None:
    """Adds the tables; nothing existing is touched."""
    _bulletin()
    _handover()
    _roster()
    _roster_act()


def _bulletin() -> None:
    op.create_table(
        "bulletin",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("state", sa.String(), server_default="draft", nullable=False),
        sa.Column("shared", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("submitted_at", sa.String(), nullable=True),
        sa.Column("approved_by", ID, nullable=True),
        sa.Column("posted_at", sa.String(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "(state = 'posted') = (posted_at is not null)", name=op.f("ck_bulletin_posted")
        ),
        sa.CheckConstraint("(state = 'posted') = (shared = 1)", name=op.f("ck_bulletin_shared")),
        sa.CheckConstraint(
            "state <> 'posted' or approved_by is not null", name=op.f("ck_bulletin_approved")
        ),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'posted', 'returned')", name=op.f("ck_bulletin_state")
        ),
        sa.CheckConstraint(
            "approved_by is null or approved_by <> author_id", name=op.f("ck_bulletin_two_persons")
        ),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_bulletin_title")),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["person.id"], name=op.f("fk_bulletin_approved_by")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_bulletin_author_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_bulletin_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
        info={"number": 93, "policy": "state"},
    )
    op.create_index(op.f("ix_bulletin_day"), "bulletin", ["day"], unique=False)
    op.create_index(op.f("ix_bulletin_team_id"), "bulletin", ["team_id"], unique=False)


def _handover() -> None:
    op.create_table(
        "handover",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("from_at", sa.String(), nullable=False),
        sa.Column("to_at", sa.String(), nullable=False),
        sa.Column("from_id", ID, nullable=False),
        sa.Column("to_id", ID, nullable=True),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("items_sha256", HASH, nullable=False),
        sa.Column("given_at", sa.String(), nullable=True),
        sa.Column("taken_at", sa.String(), nullable=True),
        *from_hub(),
        sa.CheckConstraint(
            "taken_at is null or (given_at is not null and to_id is not null)",
            name=op.f("ck_handover_in_order"),
        ),
        sa.CheckConstraint(
            "to_id is null or to_id <> from_id", name=op.f("ck_handover_two_persons")
        ),
        sa.ForeignKeyConstraint(["from_id"], ["person.id"], name=op.f("fk_handover_from_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_handover_team_id")),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_handover_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        info={"number": 92, "policy": "state"},
    )
    op.create_index(op.f("ix_handover_team_id"), "handover", ["team_id"], unique=False)
    op.create_index(op.f("ix_handover_to_at"), "handover", ["to_at"], unique=False)


def _roster() -> None:
    op.create_table(
        "roster",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("shift", sa.String(), nullable=False),
        sa.Column("from_at", sa.String(), nullable=False),
        sa.Column("to_at", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("backup_id", ID, nullable=True),
        sa.Column("status", sa.String(), server_default="planned", nullable=False),
        *from_hub(),
        sa.CheckConstraint("status in ('planned', 'cleared')", name=op.f("ck_roster_status")),
        sa.CheckConstraint(
            "backup_id is null or backup_id <> person_id", name=op.f("ck_roster_backup")
        ),
        sa.CheckConstraint("to_at > from_at", name=op.f("ck_roster_times")),
        sa.ForeignKeyConstraint(["backup_id"], ["person.id"], name=op.f("fk_roster_backup_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_roster_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_roster_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster")),
        sa.UniqueConstraint(
            "day", "shift", "person_id", name=op.f("uq_roster_day_shift_person_id")
        ),
        info={"number": 90, "policy": "state"},
    )
    op.create_index(op.f("ix_roster_day"), "roster", ["day"], unique=False)
    op.create_index(op.f("ix_roster_team_id"), "roster", ["team_id"], unique=False)


def _roster_act() -> None:
    op.create_table(
        "roster_act",
        sa.Column("id", ID, nullable=False),
        sa.Column("roster_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("with_id", ID, nullable=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "act <> 'ask_swap' or with_id is not null", name=op.f("ck_roster_act_with")
        ),
        sa.CheckConstraint(
            "act in ('ask_swap', 'agree_swap', 'refuse_swap', 'arrive', 'leave', 'absent')",
            name=op.f("ck_roster_act_act"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_roster_act_person_id")),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"], name=op.f("fk_roster_act_roster_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_roster_act_team_id")),
        sa.ForeignKeyConstraint(["with_id"], ["person.id"], name=op.f("fk_roster_act_with_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_act")),
        info={"number": 91, "policy": "fact"},
    )
    op.create_index(op.f("ix_roster_act_roster_id"), "roster_act", ["roster_id"], unique=False)
    op.create_index(op.f("ix_roster_act_team_id"), "roster_act", ["team_id"], unique=False)

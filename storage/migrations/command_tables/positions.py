"""Units, their time on duty and their points, fences, alarms taken note of."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.command_tables.columns import ID, from_hub


def add() -> None:
    """Adds the tables; nothing existing is touched."""
    _alarm_note()
    _fence()
    _unit()
    _duty_act()
    _position_batch()


def _alarm_note() -> None:
    op.create_table(
        "alarm_note",
        sa.Column("id", ID, nullable=False),
        sa.Column("alarm", sa.String(), nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("act", sa.String(), server_default="note", nullable=False),
        sa.Column("facts", sa.Text(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "(act = 'note') = (length(facts) = 0)", name=op.f("ck_alarm_note_facts")
        ),
        sa.CheckConstraint("act in ('raise', 'correct', 'note')", name=op.f("ck_alarm_note_act")),
        sa.CheckConstraint("length(facts) <= 4000", name=op.f("ck_alarm_note_facts_length")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_alarm_note_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_alarm_note_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_note")),
        info={"number": 78, "policy": "fact"},
    )
    op.create_index(op.f("ix_alarm_note_alarm"), "alarm_note", ["alarm"], unique=False)
    op.create_index(op.f("ix_alarm_note_team_id"), "alarm_note", ["team_id"], unique=False)


def _fence() -> None:
    op.create_table(
        "fence",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("operation_id", ID, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("shape", sa.Text(), server_default="", nullable=False),
        sa.Column("watched", sa.Text(), server_default="{}", nullable=False),
        sa.Column("from_at", sa.String(), nullable=False),
        sa.Column("to_at", sa.String(), nullable=True),
        sa.Column("maker_id", ID, nullable=False),
        *from_hub(),
        sa.CheckConstraint("kind <> 'fence' or length(shape) > 0", name=op.f("ck_fence_shape")),
        sa.CheckConstraint("kind in ('fence', 'near', 'alone')", name=op.f("ck_fence_kind")),
        sa.CheckConstraint("to_at is null or to_at >= from_at", name=op.f("ck_fence_times")),
        sa.ForeignKeyConstraint(["maker_id"], ["person.id"], name=op.f("fk_fence_maker_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_fence_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fence")),
        info={"number": 77, "policy": "state"},
    )
    op.create_index(op.f("ix_fence_operation_id"), "fence", ["operation_id"], unique=False)
    op.create_index(op.f("ix_fence_team_id"), "fence", ["team_id"], unique=False)


def _unit() -> None:
    op.create_table(
        "unit",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("plate", sa.String(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("retired_on", sa.String(), nullable=True),
        *from_hub(),
        sa.CheckConstraint(
            "kind <> 'person' or person_id is not null", name=op.f("ck_unit_person")
        ),
        sa.CheckConstraint("kind in ('person', 'vehicle', 'device')", name=op.f("ck_unit_kind")),
        sa.CheckConstraint(
            "source in ('gpsd', 'nmea', 'traccar', 'manual')", name=op.f("ck_unit_source")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_unit_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_unit_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        info={"number": 74, "policy": "state"},
    )
    op.create_index("ix_unit_device", "unit", ["source", "device"], unique=False)
    op.create_index(op.f("ix_unit_team_id"), "unit", ["team_id"], unique=False)


def _duty_act() -> None:
    op.create_table(
        "duty_act",
        sa.Column("id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("errand", sa.String(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint("act in ('on', 'off')", name=op.f("ck_duty_act_act")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_act_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_duty_act_team_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_duty_act_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_act")),
        info={"number": 75, "policy": "fact"},
    )
    op.create_index(op.f("ix_duty_act_team_id"), "duty_act", ["team_id"], unique=False)
    op.create_index(op.f("ix_duty_act_unit_id"), "duty_act", ["unit_id"], unique=False)


def _position_batch() -> None:
    op.create_table(
        "position_batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("unit_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("from_at", sa.String(), nullable=False),
        sa.Column("to_at", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("received_at", sa.String(), nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "source in ('gpsd', 'nmea', 'traccar', 'manual')", name=op.f("ck_position_batch_source")
        ),
        sa.CheckConstraint(
            "n > 0 and length(points) <= 400000", name=op.f("ck_position_batch_points")
        ),
        sa.CheckConstraint("to_at >= from_at", name=op.f("ck_position_batch_times")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_position_batch_team_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_position_batch_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_batch")),
        info={"number": 76, "policy": "fact"},
    )
    op.create_index(op.f("ix_position_batch_team_id"), "position_batch", ["team_id"], unique=False)
    op.create_index(
        "ix_position_batch_time", "position_batch", ["unit_id", "from_at"], unique=False
    )
    op.create_index(op.f("ix_position_batch_unit_id"), "position_batch", ["unit_id"], unique=False)

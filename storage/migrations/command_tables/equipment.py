"""Technical equipment, self-tests, feeds and pictures taken from them."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.command_tables.columns import HASH, ID, from_hub


def add() -> None:
    """Adds the tables; nothing existing is touched."""
    _equipment()
    _feed()
    _self_test()
    _snapshot()
    _equipment_act()


def _equipment() -> None:
    op.create_table(
        "equipment",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("asset_no", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("model", sa.String(), server_default="", nullable=False),
        sa.Column("serial_no", sa.String(), server_default="", nullable=False),
        sa.Column("bought_on", sa.String(), nullable=True),
        sa.Column("calibrate_days", sa.Integer(), nullable=True),
        sa.Column("keeper_id", ID, nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "calibrate_days is null or calibrate_days > 0", name=op.f("ck_equipment_calibrate_days")
        ),
        sa.ForeignKeyConstraint(["keeper_id"], ["person.id"], name=op.f("fk_equipment_keeper_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_equipment_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment")),
        sa.UniqueConstraint("asset_no", name=op.f("uq_equipment_asset_no")),
        info={"number": 79, "policy": "state"},
    )
    op.create_index(op.f("ix_equipment_team_id"), "equipment", ["team_id"], unique=False)


def _feed() -> None:
    op.create_table(
        "feed",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("equipment_id", ID, nullable=True),
        sa.Column("unit_id", ID, nullable=True),
        sa.Column("place", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retired_on", sa.String(), nullable=True),
        *from_hub(),
        sa.CheckConstraint(
            "url like 'rtsp://%' or url like 'rtsps://%' or url like 'http://%' or url like"
            " 'https://%'",
            name=op.f("ck_feed_url"),
        ),
        sa.CheckConstraint("url not like '%@%'", name=op.f("ck_feed_no_word")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_feed_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        info={"number": 82, "policy": "state"},
    )
    op.create_index(op.f("ix_feed_team_id"), "feed", ["team_id"], unique=False)


def _self_test() -> None:
    op.create_table(
        "self_test",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("operation_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("device", sa.String(), server_default="", nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("sheet_sha256", HASH, nullable=False),
        *from_hub(),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_self_test_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_self_test_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_test")),
        info={"number": 81, "policy": "fact"},
    )
    op.create_index(op.f("ix_self_test_at"), "self_test", ["at"], unique=False)
    op.create_index(op.f("ix_self_test_operation_id"), "self_test", ["operation_id"], unique=False)
    op.create_index(op.f("ix_self_test_team_id"), "self_test", ["team_id"], unique=False)


def _snapshot() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("feed_name", sa.String(), nullable=False),
        sa.Column("operation_id", ID, nullable=True),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("taken_at", sa.String(), nullable=False),
        sa.Column("mime", sa.String(), nullable=False),
        sa.Column("sha256", HASH, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint("length(body) <= 4000000 and size > 0", name=op.f("ck_snapshot_size")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_snapshot_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_snapshot_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        info={"number": 83, "policy": "fact"},
    )
    op.create_index("ix_snapshot_at", "snapshot", ["at"], unique=False)
    op.create_index(op.f("ix_snapshot_case_id"), "snapshot", ["case_id"], unique=False)
    op.create_index(op.f("ix_snapshot_feed_id"), "snapshot", ["feed_id"], unique=False)
    op.create_index(op.f("ix_snapshot_operation_id"), "snapshot", ["operation_id"], unique=False)
    op.create_index(op.f("ix_snapshot_team_id"), "snapshot", ["team_id"], unique=False)


def _equipment_act() -> None:
    op.create_table(
        "equipment_act",
        sa.Column("id", ID, nullable=False),
        sa.Column("equipment_id", ID, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("to_id", ID, nullable=True),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("due_at", sa.String(), nullable=True),
        sa.Column("ticket", ID, nullable=True),
        sa.Column("document_no", sa.String(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "act <> 'repair' or ticket is not null", name=op.f("ck_equipment_act_ticket")
        ),
        sa.CheckConstraint(
            "act in ('lend', 'give_back', 'hand_over', 'calibrate', 'fault', 'repair', 'retire',"
            " 'check')",
            name=op.f("ck_equipment_act_act"),
        ),
        sa.CheckConstraint(
            "act not in ('fault', 'retire') or length(trim(body)) > 0",
            name=op.f("ck_equipment_act_reason"),
        ),
        sa.CheckConstraint(
            "act not in ('lend', 'hand_over') or to_id is not null",
            name=op.f("ck_equipment_act_whom"),
        ),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_equipment_act_equipment_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_equipment_act_person_id")
        ),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_equipment_act_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_act")),
        info={"number": 80, "policy": "fact"},
    )
    op.create_index(
        op.f("ix_equipment_act_equipment_id"), "equipment_act", ["equipment_id"], unique=False
    )

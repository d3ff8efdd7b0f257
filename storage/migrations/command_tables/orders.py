"""Orders in the field, operations with their log, check-ins, police asked of the corps."""

import sqlalchemy as sa
from alembic import op

from storage.migrations.command_tables.columns import HASH, ID, from_hub


def add() -> None:
    """Adds the tables; nothing existing is touched."""
    _checkin()
    _field_order()
    _operation()
    _operation_group()
    _police_request()
    _run_log()
    _field_order_act()
    _operation_act()
    _police_act()


def _checkin() -> None:
    op.create_table(
        "checkin",
        sa.Column("id", ID, nullable=False),
        sa.Column("operation_id", ID, nullable=False),
        sa.Column("group_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("lat_e7", sa.Integer(), nullable=True),
        sa.Column("lon_e7", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "act <> 'acknowledge' or length(about) > 0", name=op.f("ck_checkin_about")
        ),
        sa.CheckConstraint(
            "act in ('join', 'ok', 'alarm', 'acknowledge', 'leave')", name=op.f("ck_checkin_act")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_checkin_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_checkin_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkin")),
        info={"number": 70, "policy": "fact"},
    )
    op.create_index(op.f("ix_checkin_group_id"), "checkin", ["group_id"], unique=False)
    op.create_index(op.f("ix_checkin_operation_id"), "checkin", ["operation_id"], unique=False)
    op.create_index(op.f("ix_checkin_team_id"), "checkin", ["team_id"], unique=False)


def _field_order() -> None:
    op.create_table(
        "field_order",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("template", sa.String(), server_default="", nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.String(), server_default="", nullable=False),
        sa.Column("lat_e7", sa.Integer(), nullable=True),
        sa.Column("lon_e7", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.String(), nullable=True),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("case_number", sa.String(), server_default="", nullable=False),
        sa.Column("operation_id", ID, nullable=True),
        sa.Column("issuer_id", ID, nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "(lat_e7 is null) = (lon_e7 is null)", name=op.f("ck_field_order_place")
        ),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_field_order_title")),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["person.id"], name=op.f("fk_field_order_issuer_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_field_order_person_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_field_order_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_order")),
        info={"number": 65, "policy": "state"},
    )
    op.create_index(op.f("ix_field_order_case_id"), "field_order", ["case_id"], unique=False)
    op.create_index(op.f("ix_field_order_made_at"), "field_order", ["made_at"], unique=False)
    op.create_index(
        op.f("ix_field_order_operation_id"), "field_order", ["operation_id"], unique=False
    )
    op.create_index(op.f("ix_field_order_team_id"), "field_order", ["team_id"], unique=False)


def _operation() -> None:
    op.create_table(
        "operation",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("case_number", sa.String(), server_default="", nullable=False),
        sa.Column("place", sa.String(), server_default="", nullable=False),
        sa.Column("lat_e7", sa.Integer(), nullable=True),
        sa.Column("lon_e7", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.String(), nullable=False),
        sa.Column("ends_at", sa.String(), nullable=True),
        sa.Column("commander_id", ID, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("content_sha256", HASH, nullable=False),
        sa.Column("maker_id", ID, nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "ends_at is null or ends_at >= starts_at", name=op.f("ck_operation_times")
        ),
        sa.CheckConstraint("length(trim(name)) > 0", name=op.f("ck_operation_name")),
        sa.ForeignKeyConstraint(
            ["commander_id"], ["person.id"], name=op.f("fk_operation_commander_id")
        ),
        sa.ForeignKeyConstraint(["maker_id"], ["person.id"], name=op.f("fk_operation_maker_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_operation_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
        info={"number": 67, "policy": "state"},
    )
    op.create_index(op.f("ix_operation_case_id"), "operation", ["case_id"], unique=False)
    op.create_index(op.f("ix_operation_starts_at"), "operation", ["starts_at"], unique=False)
    op.create_index(op.f("ix_operation_team_id"), "operation", ["team_id"], unique=False)


def _operation_group() -> None:
    op.create_table(
        "operation_group",
        sa.Column("id", ID, nullable=False),
        sa.Column("operation_id", ID, nullable=False),
        sa.Column("operation_name", sa.String(), nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("leader_id", ID, nullable=True),
        sa.Column("unit_id", ID, nullable=True),
        sa.Column("task", sa.Text(), server_default="", nullable=False),
        sa.Column("checkin_s", sa.Integer(), server_default="1800", nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "checkin_s between 60 and 86400", name=op.f("ck_operation_group_checkin")
        ),
        sa.ForeignKeyConstraint(
            ["leader_id"], ["person.id"], name=op.f("fk_operation_group_leader_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_operation_group_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation_group")),
        info={"number": 69, "policy": "state"},
    )
    op.create_index(
        op.f("ix_operation_group_operation_id"), "operation_group", ["operation_id"], unique=False
    )
    op.create_index(
        op.f("ix_operation_group_team_id"), "operation_group", ["team_id"], unique=False
    )


def _police_request() -> None:
    op.create_table(
        "police_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("operation_id", ID, nullable=True),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("case_number", sa.String(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("needed_from", sa.String(), nullable=False),
        sa.Column("needed_to", sa.String(), nullable=False),
        sa.Column("officers", sa.Integer(), nullable=False),
        sa.Column("arms", sa.String(), server_default="", nullable=False),
        sa.Column("vehicles", sa.Integer(), server_default="0", nullable=False),
        sa.Column("maker_id", ID, nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        *from_hub(),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_police_request_reason")),
        sa.CheckConstraint("needed_to > needed_from", name=op.f("ck_police_request_times")),
        sa.CheckConstraint(
            "officers > 0 and vehicles >= 0", name=op.f("ck_police_request_numbers")
        ),
        sa.ForeignKeyConstraint(
            ["maker_id"], ["person.id"], name=op.f("fk_police_request_maker_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_police_request_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_police_request")),
        info={"number": 72, "policy": "state"},
    )
    op.create_index(op.f("ix_police_request_case_id"), "police_request", ["case_id"], unique=False)
    op.create_index(
        op.f("ix_police_request_operation_id"), "police_request", ["operation_id"], unique=False
    )
    op.create_index(op.f("ix_police_request_team_id"), "police_request", ["team_id"], unique=False)


def _run_log() -> None:
    op.create_table(
        "run_log",
        sa.Column("id", ID, nullable=False),
        sa.Column("operation_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("about", sa.String(), server_default="", nullable=False),
        sa.Column("about_id", ID, nullable=True),
        sa.Column("voids", ID, nullable=True),
        *from_hub(),
        sa.CheckConstraint(
            "kind in ('message', 'event', 'decision', 'result', 'picture')",
            name=op.f("ck_run_log_kind"),
        ),
        sa.CheckConstraint("length(trim(body)) > 0", name=op.f("ck_run_log_body")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_run_log_person_id")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_run_log_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_log")),
        info={"number": 71, "policy": "fact"},
    )
    op.create_index("ix_run_log_at", "run_log", ["at"], unique=False)
    op.create_index(op.f("ix_run_log_operation_id"), "run_log", ["operation_id"], unique=False)
    op.create_index(op.f("ix_run_log_team_id"), "run_log", ["team_id"], unique=False)


def _field_order_act() -> None:
    op.create_table(
        "field_order_act",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("device", sa.String(), server_default="", nullable=False),
        sa.Column("rung", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("lat_e7", sa.Integer(), nullable=True),
        sa.Column("lon_e7", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "(act = 'escalate') = (rung is not null)", name=op.f("ck_field_order_act_rung")
        ),
        sa.CheckConstraint(
            "act <> 'refuse' or length(trim(body)) > 0", name=op.f("ck_field_order_act_reason")
        ),
        sa.CheckConstraint(
            "act in ('send', 'deliver', 'acknowledge', 'depart', 'arrive', 'finish', 'refuse',"
            " 'cancel', 'escalate', 'note')",
            name=op.f("ck_field_order_act_act"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["field_order.id"], name=op.f("fk_field_order_act_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_field_order_act_person_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_field_order_act_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_order_act")),
        info={"number": 66, "policy": "fact"},
    )
    op.create_index(
        op.f("ix_field_order_act_order_id"), "field_order_act", ["order_id"], unique=False
    )
    op.create_index(
        op.f("ix_field_order_act_team_id"), "field_order_act", ["team_id"], unique=False
    )


def _operation_act() -> None:
    op.create_table(
        "operation_act",
        sa.Column("id", ID, nullable=False),
        sa.Column("operation_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("content_sha256", HASH, nullable=False),
        sa.Column("test_id", ID, nullable=True),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "act in ('submit', 'approve', 'return', 'override', 'start', 'finish', 'cancel',"
            " 'report')",
            name=op.f("ck_operation_act_act"),
        ),
        sa.CheckConstraint(
            "act not in ('return', 'override', 'cancel') or length(trim(body)) > 0",
            name=op.f("ck_operation_act_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"], ["operation.id"], name=op.f("fk_operation_act_operation_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_operation_act_person_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_operation_act_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation_act")),
        info={"number": 68, "policy": "fact"},
    )
    op.create_index(
        op.f("ix_operation_act_operation_id"), "operation_act", ["operation_id"], unique=False
    )
    op.create_index(op.f("ix_operation_act_team_id"), "operation_act", ["team_id"], unique=False)


def _police_act() -> None:
    op.create_table(
        "police_act",
        sa.Column("id", ID, nullable=False),
        sa.Column("request_id", ID, nullable=False),
        sa.Column("team_id", ID, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("officers", sa.Integer(), nullable=True),
        sa.Column("arms", sa.String(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        *from_hub(),
        sa.CheckConstraint(
            "act in ('submit', 'return', 'send', 'answer', 'arrive', 'leave', 'refuse', 'cancel')",
            name=op.f("ck_police_act_act"),
        ),
        sa.CheckConstraint(
            "act not in ('return', 'refuse', 'cancel') or length(trim(body)) > 0",
            name=op.f("ck_police_act_reason"),
        ),
        sa.CheckConstraint(
            "officers is null or officers >= 0", name=op.f("ck_police_act_officers")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_police_act_person_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["police_request.id"], name=op.f("fk_police_act_request_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_police_act_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_police_act")),
        info={"number": 73, "policy": "fact"},
    )
    op.create_index(op.f("ix_police_act_request_id"), "police_act", ["request_id"], unique=False)
    op.create_index(op.f("ix_police_act_team_id"), "police_act", ["team_id"], unique=False)

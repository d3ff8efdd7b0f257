"""Tables of this device alone: projections that can be rebuilt, settings, import log.

`node_clock` is the projection of every node's dates (storage.records.cases.NodeClock). Courts,
teams and handlers appear as small integers of `clock_key`, which keeps half a million rows and
their indexes small; both tables are rebuilt from facts and never travel.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text
from sqlalchemy import UniqueConstraint as Unique

from storage.schema.base import metadata

clock_key = Table(
    "clock_key",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("kind", String, nullable=False),  # court | team | person
    Column("label", String, nullable=False),
)

node_clock = Table(
    "node_clock",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("case_id", String(36), nullable=False),
    Column("node_code", String, nullable=False),
    Column("subject", String, nullable=False, server_default=""),
    Column("started_on", String, nullable=False),
    Column("due_on", String),
    Column("due_at", String),
    Column("certain", Boolean, nullable=False),
    Column("warn_on", String),
    Column("done_on", String),
    Column("pause_from", String),
    Column("pause_to", String),
    Column("rule_version", String, nullable=False),
    Column("case_number", String, nullable=False),
    Column("type_word", String, nullable=False),
    Column("court_n", Integer, nullable=False),
    Column("team_n", Integer),
    Column("handler_n", Integer),
    Unique("case_id", "node_code", "subject"),
)
_c = node_clock.c
_PLACE = (_c.court_n, _c.team_n, _c.handler_n, _c.node_code, _c.type_word)
_PAUSE = (_c.pause_from, _c.pause_to)
# Few and wide: counts, aggregates and ordered lists are answered from one covering index, without
# the table's encrypted pages. Narrow ones beside them only tempt the planner to read the table.
Index(
    "ix_clock_due",
    *(_c.due_on, _c.warn_on, *_PAUSE, _c.certain, _c.done_on, *_PLACE),
    *(_c.case_id, _c.started_on, _c.case_number),
    sqlite_where=text("done_on is null"),
)
Index("ix_clock_all", _c.due_on, _c.done_on, _c.certain, *_PAUSE, *_PLACE)
Index(
    "ix_clock_late",
    *(_c.done_on, _c.due_on, _c.started_on, *_PAUSE, _c.certain, *_PLACE),
    sqlite_where=text("done_on > due_on"),
)
# The node whose limit is the statutory period of the whole case.
CLOSING_NODE = "node_code in ('N37', 'N37F', 'D203C', 'D206C')"
Index(
    "ix_clock_closing",
    *(_c.case_id, _c.due_on, _c.done_on, _c.certain),
    sqlite_where=text(CLOSING_NODE),
)

setting = Table(
    "setting",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

import_run = Table(
    "import_run",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("profile", String, nullable=False),
    Column("file_name", String, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("rows_read", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("court_id", String(36)),
)

import_reject = Table(
    "import_reject",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("run_id", String(36), ForeignKey("import_run.id"), nullable=False, index=True),
    Column("row", Integer, nullable=False),
    Column("column", String, nullable=False),
    Column("value", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

calendar_day = Table(
    "calendar_day",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("calendar", String, primary_key=True),  # court | bank
    Column("off", Boolean, nullable=False),
    Column("name", String, nullable=False),
    Column("source", String, nullable=False),
)

"""The outbox: bundles, operations, and the hub's version of rows that carry an overlay.

Written by triggers and by the commit of a write session only. Underscore names keep them apart
from business tables; none of them is synced as a row.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from storage.schema.base import metadata

ctl = Table(
    "_ctl",
    metadata,
    Column("one", Integer, primary_key=True, server_default="1"),
    Column("applying", Integer, nullable=False, server_default="0"),
    Column("device_id", String(36), nullable=False),
    Column("hub_id", String(36)),
    Column("cursor", Text),
    Column("scopes", Text),
    Column("clock_off_ms", Integer),
    CheckConstraint("one = 1", name="one"),
)

bundle = Table(
    "_bundle",
    metadata,
    Column("n", Integer, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False, unique=True),
    Column("actor", String, nullable=False),
    Column("label", String, nullable=False),
    Column("made_at", String, nullable=False),
    Column("schema_ver", String, nullable=False),
    Column("state", String, nullable=False),  # pending frozen decided
    Column("verdict", String),
    Column("detail", Text),
    Column("frozen", Integer, nullable=False, server_default="0"),
    Column("acked_at", String),
    Column("acked_history", String),
    Column("ack_sig", LargeBinary),
    sqlite_autoincrement=True,
)

op = Table(
    "_op",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("bundle_n", Integer, ForeignKey("_bundle.n")),
    Column("k", Integer),
    Column("tbl", Integer, nullable=False),
    Column("row_id", String(36), nullable=False),
    Column("kind", String(1), nullable=False),
    Column("new", Text),
    Column("old", Text),
    # The hub's version the edit was made on; `ver` is the one the hub gave when it applied it.
    Column("base_ver", Integer),
    Column("ver", Integer),
    CheckConstraint("kind in ('I', 'U', 'D', 'R')", name="kind"),
    sqlite_autoincrement=True,
)
Index("ix_op_bundle", op.c.bundle_n)
Index("ix_op_row", op.c.tbl, op.c.row_id)

base = Table(
    "_base",
    metadata,
    Column("tbl", Integer, primary_key=True),
    Column("row_id", String(36), primary_key=True),
    Column("ver", Integer, nullable=False),
    Column("row", Text, nullable=False),
)

blob = Table(
    "_blob",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("mime", String, nullable=False),
    Column("path", String, nullable=False),
    Column("state", String, nullable=False),
    Column("sent_chunks", Integer, nullable=False, server_default="0"),
)

# What a person decided about a held bundle: `how` is resubmitted or dropped, with a reason.
settled = Table(
    "_settled",
    metadata,
    Column("bundle_id", String(36), primary_key=True),
    Column("at", String, nullable=False),
    Column("actor", String, nullable=False),
    Column("how", String, nullable=False),
    Column("replaced_by", String(36)),
    Column("reason", Text),
)

# What this device remembers of its hub: who is logged in, roles, the last contact.
sync = Table(
    "_sync",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
)

# Rows that base data or a local table changed in the open transaction, for its ChangeSet; both
# are empty between transactions. `n` counts past the ids a ChangeSet names, then stops.
changed = Table(
    "_changed",
    metadata,
    Column("n", Integer, primary_key=True),
    Column("tbl", String, nullable=False),
    Column("row_id", String, nullable=False),
)

noted = Table(
    "_noted",
    metadata,
    Column("tbl", String, primary_key=True),
    Column("n", Integer, nullable=False),
)

"""Cases, parties and the dated facts that every clock is derived from."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    text,
)

from storage.schema.base import synced


def _case_ref() -> "Column[str]":
    return Column("case_id", String(36), ForeignKey("case.id"), nullable=False, index=True)


case = synced(
    "case",
    10,
    "state",
    Column("number", String, nullable=False, unique=True),
    Column("court_id", String(36), ForeignKey("court.id"), nullable=False),
    Column("year", Integer, nullable=False),
    Column("type_word", String, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("cause", String),
    Column("basis_no", String),
    Column("applied_on", String),
    Column("filed_on", String, nullable=False),
    Column("closed_on", String),
    Column("close_mode", String),
    Column("team_id", String(36), ForeignKey("team.id")),
    Column("handler_id", String(36), ForeignKey("person.id")),
    Column("leader_id", String(36), ForeignKey("person.id")),
    Column("has_property", Boolean),
    Column("non_litigation", Boolean, nullable=False, server_default="0"),
    Column("claim_fen", BigInteger, nullable=False, server_default="0"),
    Column("executed_fen", BigInteger, nullable=False, server_default="0"),
    Column("special_subject", Boolean, nullable=False, server_default="0"),
    Column("source_key", String),
    Column("remarks", Text),
    # 封存: whoever opens it states why, and the list of who did carries the words.
    Column("sealed", Boolean, nullable=False, server_default="0"),
    CheckConstraint("claim_fen >= 0 and executed_fen >= 0", name="amounts"),
    CheckConstraint("closed_on is null or closed_on >= filed_on", name="closed_after_filed"),
)
Index("ix_case_open", case.c.team_id, case.c.handler_id, sqlite_where=text("closed_on is null"))
Index("ix_case_closed_on", case.c.closed_on, sqlite_where=text("closed_on is not null"))
Index("ix_case_filed_on", case.c.filed_on)
Index("ix_case_sealed", case.c.sealed, sqlite_where=text("sealed = 1"))

party = synced(
    "party",
    11,
    "state",
    _case_ref(),
    Column("role", String, nullable=False),  # applicant | debtor | outsider
    Column("name", String, nullable=False, index=True),
    Column(
        "kind", String, nullable=False, server_default="natural"
    ),  # natural | enterprise | other
    Column("identity_no", String),
)

node_event = synced(
    "node_event",
    12,
    "fact",
    _case_ref(),
    Column("kind", String, nullable=False),
    Column("on", String, nullable=False),
    Column("at", String),
    Column("subject", String),
    Column("actor_id", String(36), ForeignKey("person.id")),
    Column("document_no", String),
    Column("note", Text),
    Column("voids", String(36)),
    Column("source_key", String),
)

hold = synced(
    "hold",
    13,
    "fact",
    _case_ref(),
    Column("node_code", String),
    Column("from_on", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("holder_id", String(36)),
    Column("holder_name", String, nullable=False),
)

suspension = synced(
    "suspension",
    14,
    "state",
    _case_ref(),
    Column("node_code", String),
    Column("ground", String, nullable=False),
    Column("from_on", String, nullable=False),
    Column("to_on", String),
    Column("document_no", String, nullable=False),
    CheckConstraint("to_on is null or to_on >= from_on", name="order"),
)

extension = synced(
    "extension",
    15,
    "fact",
    _case_ref(),
    Column("node_code", String, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("unit", String, nullable=False),
    Column("reason", String, nullable=False, server_default=""),
    Column("applied_on", String, nullable=False),
    Column("approved_on", String, nullable=False),
    Column("approver_id", String(36), ForeignKey("person.id"), nullable=False),
    Column("document_no", String, nullable=False),
    CheckConstraint("amount > 0", name="amount"),
)

execution_log = synced(
    "execution_log",
    16,
    "fact",
    _case_ref(),
    Column("at", String, nullable=False),
    Column("author_id", String(36), ForeignKey("person.id")),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
)

control_measure = synced(
    "control_measure",
    17,
    "state",
    _case_ref(),
    Column("asset_kind", String, nullable=False),
    Column("asset", String, nullable=False),
    Column("institution", String, nullable=False),
    Column("amount_fen", BigInteger),
    Column("rank", Integer, nullable=False, server_default="0"),
    Column("started_on", String, nullable=False),
    Column("expires_on", String, nullable=False),
    Column("lifted_on", String),
    Column("renewal_of", String(36)),
    Column("document_no", String, nullable=False),
    CheckConstraint("rank >= 0", name="rank"),
    CheckConstraint("expires_on >= started_on", name="order"),
)
Index(
    "ix_control_measure_expiry",
    control_measure.c.expires_on,
    sqlite_where=text("lifted_on is null"),
)

property_clue = synced(
    "property_clue",
    18,
    "state",
    _case_ref(),
    Column("received_on", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("urgent", Boolean, nullable=False, server_default="0"),
    Column("verified_on", String),
    Column("result", Text),
)

"""How edits of a table meet at the hub: whose rows they are, which columns belong together, who
may send what. Data for storage.hub and for the capture triggers; pure.

A table without an entry is judged column by column. Columns with legal effect never merge with
somebody else's newer values: they stand in one group that is compared as a whole.
"""

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Table

from storage.schema import metadata, synced_tables

Rule = Literal["cas", "late"]
PUBLIC_SCOPE: Final = 0  # courts, people, teams: everybody has them


@dataclass(frozen=True, slots=True)
class Group:
    """Columns judged as one. `legal`: a deadline, a right or money depends on them."""

    name: str
    columns: tuple[str, ...]
    rule: Rule = "cas"
    legal: bool = False


@dataclass(frozen=True, slots=True)
class ScopeFrom:
    """Where a row's scope comes from: everybody's, its team's number, its parent's scope, or the
    team of whoever sends it.

    `shared`: a column that makes the row everybody's while it is set. `about`: (word in column
    `about`, table) where the row's object tells whose it is when `column` is empty.
    """

    kind: Literal["public", "team", "parent", "sender"]
    column: str = ""
    parent: str = ""
    shared: str = ""
    about: tuple[tuple[str, str], ...] = ()


GROUPS: Final[dict[str, tuple[Group, ...]]] = {
    "case": (
        Group("number", ("number", "court_id", "year", "type_word", "serial"), legal=True),
        Group("dates", ("applied_on", "filed_on", "closed_on", "close_mode"), legal=True),
        Group("charge", ("team_id", "handler_id", "leader_id"), legal=True),
        Group("claim", ("claim_fen",), legal=True),
        Group("executed", ("executed_fen",), legal=True),
        Group("sealed", ("sealed",), legal=True),
    ),
    "suspension": (
        Group("period", ("node_code", "ground", "from_on", "to_on", "document_no"), legal=True),
    ),
    "control_measure": (
        Group(
            "term",
            ("started_on", "expires_on", "lifted_on", "renewal_of", "document_no", "rank"),
            legal=True,
        ),
        Group("object", ("asset_kind", "asset", "institution", "amount_fen"), legal=True),
    ),
    "supervision_letter": (
        Group("number", ("year", "serial"), legal=True),
        Group(
            "course", ("state", "issued_on", "reply_by", "addressee_id", "issuer_id"), legal=True
        ),
        Group("reply", ("replied_on", "reply")),
        Group("review", ("reviewed_on", "review")),
    ),
    "police_shift": (
        Group("duty", ("person_id", "team_id", "day", "from_time", "to_time", "status")),
    ),
    "absence": (Group("period", ("person_id", "from_on", "to_on", "status"), legal=True),),
    "document": (
        Group("words", ("title", "fields", "content_sha256", "template"), legal=True),
        Group("number", ("series", "year", "serial", "numbered_on"), legal=True),
        Group(
            "course",
            ("state", "shared", "made_on", "anchor", "render_sha256", "signed_sha256", "issued_at"),
            legal=True,
        ),
    ),
    "objection": (
        Group("decision", ("decision", "reason", "decided_by", "decided_at"), legal=True),
    ),
    "document_recipient": (
        Group("opened", ("opened_at", "opened_by")),
        Group("acknowledged", ("acknowledged_at", "acknowledged_by")),
    ),
    "signing_rule": (Group("agreement", ("state", "agreed_by", "agreed_at"), legal=True),),
    "delegation": (Group("agreement", ("state", "agreed_by", "ended_by", "ended_on"), legal=True),),
    "matter": (
        Group("words", ("title", "body", "advice", "asked_of", "submitted_on"), legal=True),
        Group("charge", ("owner_id", "due_on"), legal=True),
        Group("answer", ("answer", "answered_by", "answered_on"), legal=True),
        Group("closing", ("result", "closed_on", "closed_by"), legal=True),
    ),
    "note_mention": (Group("reading", ("read_at", "read_by", "acknowledged_at")),),
    "petition": (
        Group("closing", ("result", "closed_on", "closed_by", "told_on", "report_no"), legal=True),
        Group("posting", ("hung_on", "hung_by", "unhung_on", "unhung_by", "level"), legal=True),
        Group("order", ("assigned_on", "assigned_to", "superior_due", "inner_due"), legal=True),
        Group("screening", ("screened_on", "screened_as", "class")),
        Group("about", ("case_id", "case_number", "court_id", "node_code")),
    ),
    "approval_tier": (Group("agreement", ("state", "agreed_by", "agreed_at"), legal=True),),
    "payment_delay": (
        Group(
            "course", ("state", "approved_by", "approved_at", "ended_on", "ended_by"), legal=True
        ),
    ),
    "distribution": (
        Group(
            "plan",
            ("title", "content", "content_sha256", "served_on", "wait_until", "state"),
            legal=True,
        ),
        Group("settling", ("settled_by", "settled_on"), legal=True),
    ),
    "distribution_objection": (
        Group("decision", ("decision", "reason", "decided_by", "decided_on"), legal=True),
    ),
    "field_order": (
        Group("whom", ("team_id", "person_id"), legal=True),
        Group("where", ("place", "lat_e7", "lon_e7")),
        Group("case", ("case_id", "case_number")),
    ),
    "operation": (
        Group(
            "plan",
            (
                *("name", "case_id", "case_number", "place", "lat_e7", "lon_e7", "starts_at"),
                *("ends_at", "commander_id", "plan", "content_sha256"),
            ),
            legal=True,
        ),
    ),
    "police_request": (
        Group(
            "wish",
            ("reason", "place", "needed_from", "needed_to", "officers", "arms", "vehicles"),
            legal=True,
        ),
    ),
    "fence": (Group("shape", ("kind", "shape", "watched")),),
    "seizure": (
        Group("where", ("place", "lat_e7", "lon_e7", "accuracy_dm", "no_fix")),
        Group("signing", ("signed_at", "content_sha256", "code", "second_id"), legal=True),
    ),
    "seizure_item": (
        Group("verifying", ("status", "verified_by", "verified_at"), legal=True),
        Group("value", ("value_fen",), legal=True),
    ),
    "handover": (
        Group("giving", ("items", "items_sha256", "given_at"), legal=True),
        Group("taking", ("to_id", "taken_at"), legal=True),
    ),
    "bulletin": (
        Group("words", ("title", "body")),
        Group("course", ("state", "shared", "approved_by", "posted_at"), legal=True),
    ),
}

# The column that says whose words a row is; it must be the sender's own person.
AUTHORS: Final[dict[str, str]] = {
    "execution_log": "author_id",
    "responsibility_comment": "person_id",
    "warning_reading": "person_id",
    "document_version": "author_id",
    "document_act": "person_id",
    "petition_act": "person_id",
    "matter_act": "person_id",
    "note": "author_id",
    "reconcile_note": "person_id",
    "approval_tier": "proposed_by",
    "payment_delay": "proposed_by",
    "distribution": "maker_id",
    "field_order": "issuer_id",
    "field_order_act": "person_id",
    "operation": "maker_id",
    "operation_act": "person_id",
    "checkin": "person_id",
    "run_log": "person_id",
    "police_request": "maker_id",
    "police_act": "person_id",
    "duty_act": "person_id",
    "fence": "maker_id",
    "alarm_note": "person_id",
    "equipment_act": "person_id",
    "self_test": "person_id",
    "snapshot": "person_id",
    "seizure": "officer_id",
    "seizure_photo": "person_id",
    "receipt_link": "person_id",
    "measure_act": "person_id",
    "case_kin": "person_id",
    "roster_act": "person_id",
    "handover": "from_id",
    "bulletin": "author_id",
}

# Columns that name who agreed, decided or read: they take the sender's own person and no other's.
SIGNERS: Final[dict[str, tuple[str, ...]]] = {
    "approval_tier": ("agreed_by",),
    "delegation": ("agreed_by", "ended_by"),
    "distribution": ("settled_by",),
    "distribution_objection": ("decided_by",),
    "matter": ("answered_by", "closed_by"),
    "note_mention": ("read_by",),
    "objection": ("decided_by",),
    "payment_delay": ("approved_by", "ended_by"),
    "signing_rule": ("agreed_by",),
    "seizure_item": ("verified_by",),
    "handover": ("to_id",),
    "bulletin": ("approved_by",),
}

# Acts (column `act`) that decide by somebody's post: the hub takes them from a login that is bound
# to that person, while one that is bound to nobody may write other facts for its whole post.
DECISIVE: Final[dict[str, tuple[str, ...]]] = {
    "operation_act": ("approve", "return", "override", "start"),
    "police_act": ("send", "return"),
    "measure_act": ("approve", "withdraw", "release"),
}

# Sent by everybody, also about a case that has left the sender's hands: that it was looked at is
# true all the same. Whose look it was the hub says (column person_id), whatever was sent.
WITNESSED: Final = ("read_log",)

# What somebody in the field or at the wall waits for: it rings at once, while for everything else
# the bell is rung once a second at most.
PRESSING: Final = (
    *("field_order", "field_order_act", "operation_act", "checkin", "run_log", "police_act"),
    *("alarm_note", "measure_act"),
)

ROLES: Final = (
    "operator",
    "supervisor",
    "finance",
    "field",
    "handler",
    "judge",
    "bureau_chief",
    "president",
    "auditor",
    "administrator",
)
_EVERYBODYS: Final = ("absence", "signing_rule", "delegation", "approval_tier")
_PARENTS: Final = (
    ("case_id", "case"),
    ("letter_id", "supervision_letter"),
    ("document_id", "document"),
    ("petition_id", "petition"),
    ("matter_id", "matter"),
    ("note_id", "note"),
    ("order_id", "payment_order"),
    ("distribution_id", "distribution"),
    ("seizure_id", "seizure"),
    ("equipment_id", "equipment"),
)
# What a note can be about, and the table that holds it.
OBJECTS: Final = (
    ("case", "case"),
    ("petition", "petition"),
    ("document", "document"),
    ("matter", "matter"),
    ("letter", "supervision_letter"),
)
_WRITING: Final = tuple(role for role in ROLES if role not in ("auditor", "finance"))
# Numbers of the tables of remote command: whoever gives out logins commands nobody.
COMMAND_TABLES: Final = range(65, 94)
_COMMANDING: Final = tuple(role for role in _WRITING if role != "administrator")


def scope_from(table: Table) -> ScopeFrom:
    """Whose a row is: a fact of a case is its case's, a case its team's, a person everybody's."""
    columns = table.columns
    if table.info["policy"] == "reference" or table.name in _EVERYBODYS:
        return ScopeFrom("public")
    by = table.info.get("scope_by", "")
    if by == "sender":
        return ScopeFrom("sender")
    if by:
        return ScopeFrom("team", by, shared="shared" if "shared" in columns else "")
    for column, parent in _PARENTS:
        if column in columns:
            shared = "shared" if "shared" in columns else ""
            about = OBJECTS if "about" in columns else ()
            return ScopeFrom("parent", column, parent, shared, about)
    if "team_id" in columns:
        return ScopeFrom("team", "team_id")
    return ScopeFrom("parent", "", "")


def writers(table: Table) -> dict[str, tuple[str, ...]]:
    """Kind of operation -> roles that may send it. Facts are never changed; the registry of
    courts and people is kept by administrators, and grows by the import of branch courts; nobody
    sends an entry of a ledger."""
    if table.info["policy"] == "reference":
        return {
            "I": ("administrator", "operator", "supervisor"),
            "U": ("administrator",),
        }
    if table.info["policy"] == "ledger":
        return {}
    if table.name in WITNESSED:
        return {"I": ROLES}
    if table.name in ("bank_line", "bank_balance"):
        return {"I": ("finance",)}
    if table.name == "reconcile_note":
        return {"I": ("finance", "supervisor", "bureau_chief", "president")}
    if table.info["number"] in COMMAND_TABLES:
        facts = {"I": _COMMANDING}
        return facts if table.info["policy"] == "fact" else facts | {"U": _COMMANDING}
    if table.info["policy"] == "fact":
        return {"I": _WRITING}
    if table.name == "note_mention":  # whoever is mentioned may have read it
        return {"I": _WRITING, "U": ROLES}
    if table.info["policy"] == "request":
        return {"R": tuple(role for role in ROLES if role != "auditor")}
    return {"I": _WRITING, "U": _WRITING}


def grouped(table: Table) -> dict[str, tuple[str, ...]]:
    """Column -> all columns of its group, for those that have one."""
    return {
        column: group.columns for group in GROUPS.get(table.name, ()) for column in group.columns
    }


def children_of(parent: str) -> list[tuple[Table, str]]:
    """The synced tables whose rows take their scope from a row of `parent`, with the column."""
    return [
        (table, scope_from(table).column)
        for table in synced_tables()
        if scope_from(table).parent == parent
    ]


def _check() -> None:
    for name, groups in GROUPS.items():
        known = set(metadata.tables[name].columns.keys())
        for group in groups:
            assert known.issuperset(group.columns), f"{name}.{group.name}"
    for name, columns in SIGNERS.items():
        assert set(metadata.tables[name].columns.keys()).issuperset(columns), name


_check()

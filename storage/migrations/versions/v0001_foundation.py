"""The first schema: outbox, people, cases, facts, supervision, projections, import log."""

from storage.migrations import first_business, first_local

revision = "0001"


def upgrade() -> None:
    """Builds every table; on an empty file only."""
    first_local.outbox()
    first_business.people()
    first_business.cases()
    first_business.facts()
    first_business.measures()
    first_business.supervision()
    first_local.projections()
    first_local.import_log()

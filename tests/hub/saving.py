"""Saves a hub of the present schema version for the upgrade tests.

`python -m tests.hub.saving` writes tests/hub/saved/hub-VERSION.sql.gz when it is missing: run it
before a version is added, and never rewrite a file. What it holds is invented.
"""

import gzip
import json
import subprocess
import tempfile
from pathlib import Path

from storage import migrations
from storage.hub import embedded, users
from storage.ids import new_id
from tests.hub.conftest import PASSWORD, Officer, Town, built_town
from tests.ledger import without_orders

SAVED = Path(__file__).parent / "saved"


def dump(town: Town) -> str:
    """The hub as SQL that any client can run."""
    done = subprocess.run(
        [embedded.programs() / "pg_dump", "--inserts", "--no-comments", town.server.admin_dsn],
        check=True,
        capture_output=True,
        text=True,
    )
    # What begins with a backslash is for psql alone.
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith("\\")) + "\n"


def _money(town: Town) -> None:
    """Money that came in, was granted, paid and taken back."""
    without_orders.at_hub(town.admin)
    users.add(town.admin, "clerk", PASSWORD, ["finance"], [-1])
    clerk = Officer("clerk", town.server.dsn("clerk", PASSWORD))
    case = town.cases[1]
    steps = [
        (clerk, "receive", {"case_id": case, "amount_fen": 10_000, "payer": "甲公司"}),
        (town.first, "disburse", {"case_id": case, "amount_fen": 2_500, "payee": "申请人"}),
        (town.first, "disburse", {"case_id": case, "amount_fen": 3_000, "payee": "申请人"}),
        (town.first, "disburse", {"case_id": case, "amount_fen": 400, "payee": "申请人"}),
    ]
    asked = []
    for officer, kind, args in steps:
        asked.append(_ask(officer, kind, args))
    _ask(clerk, "pay", {"hold_id": asked[1]})
    _ask(clerk, "release", {"hold_id": asked[2]})
    clerk.connection.close()
    town.admin.execute("drop owned by clerk; drop role clerk")


def _ask(officer: Officer, kind: str, args: dict[str, object]) -> str:
    row = {"id": new_id(), "kind": kind, "state": "asked", "args": json.dumps(args)}
    assert officer.verdict((30, row["id"], "R", row, None)) == "applied", kind
    return row["id"]


def main() -> None:
    """Writes the file of the present version."""
    target = SAVED / f"hub-{migrations.SCHEMA_VERSION}.sql.gz"
    if target.exists():
        return
    SAVED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        with built_town(Path(folder) / "town") as town:
            case = town.cases[1]
            edit = (10, case, "U", {"remarks": "改过"}, {"remarks": "原文"})
            assert town.first.verdict(edit) == "applied"
            _money(town)
            town.admin.execute("delete from sync.right where tbl = 17 and role = 'edesk_judge'")
            text = dump(town)
    target.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()

"""Saves a hub of the present schema version for the upgrade tests.

`python -m tests.hub.saving` writes tests/hub/saved/hub-VERSION.sql.gz when it is missing: run it
before a version is added, and never rewrite a file. What it holds is invented.
"""

import gzip
import subprocess
import tempfile
from pathlib import Path

from storage import migrations
from storage.hub import embedded
from tests.hub.conftest import Town, built_town

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
            town.admin.execute("delete from sync.right where tbl = 17 and role = 'edesk_judge'")
            text = dump(town)
    target.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()

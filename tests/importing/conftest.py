"""A store with the projection at work, and the real log where it lies beside the repository."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from desktop.contract.law import load_law
from desktop.importing.apply import ImportArgs, ImportReport, Progress, run_import
from desktop.importing.profile import Profile
from desktop.importing.profile_files import load_profile
from desktop.projection.project import projector
from storage.replica import Replica
from storage.session import Session

TODAY = date(2026, 9, 1)
AT = "2026-09-01T14:00:00+08:00"
Importer = Callable[..., ImportReport]


@pytest.fixture
def importing(replica: Replica) -> tuple[Session, Importer]:
    """A session with the projection hook, and a function that imports in one transaction."""
    session = Session(replica, actor="周书言", before_commit=[projector(load_law(), lambda: TODAY)])

    def run(
        path: Path,
        profile: str | Profile = "branch_cases",
        *,
        progress: Progress = lambda _done, _total: True,
        today: date = TODAY,
    ) -> ImportReport:
        chosen = load_profile(profile) if isinstance(profile, str) else profile
        args = ImportArgs(path, chosen, today, session.actor, AT)
        with session.write(f"导入 {path.name}", origin="import") as write:
            return run_import(write.connection, args, progress)

    return session, run


@pytest.fixture
def traffic_log() -> Path:
    """The real event log; the test is skipped where it is absent."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("EDESK_SHARED_DATA", beside))
    path = folder / "traffic_fines.csv.gz"
    if not path.exists():
        pytest.skip(f"the real event log is not here: {path} (set EDESK_SHARED_DATA)")
    return path

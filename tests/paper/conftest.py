"""An office whose chief sits at the desk with a specimen certificate."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.circulars.specimen import Specimen, make_specimen
from desktop.contract.context import Who
from tests.documents.office import AT, Office, office

PIN = "仅供测试-7"
COURT = "虚构市中级人民法院"


@pytest.fixture(scope="session")
def specimen() -> Specimen:
    return make_specimen(COURT, PIN, from_=AT - timedelta(days=30))


@pytest.fixture
def desk(tmp_path: Path, specimen: Specimen) -> Office:
    made = office(tmp_path)
    (tmp_path / "court.p12").write_bytes(specimen.bundle)
    (tmp_path / "roots").mkdir()
    (tmp_path / "roots" / "authority.pem").write_bytes(specimen.authority)
    made.city.context.settings |= {
        "signing_certificate": str(tmp_path / "court.p12"),
        "roots_folder": str(tmp_path / "roots"),
    }
    sit(made, "chief")
    return made


def sit(desk: Office, who: str) -> None:
    """`who` sits down at the desk."""
    desk.city.context.who = Who(desk.people[who], who, "")


@pytest.fixture
def ready(desk: Office) -> Callable[[], str]:
    """A notice that waits for its signature, with its number."""

    def make() -> str:
        with desk.engine.begin() as connection:
            made = desk.draft(connection)
            desk.ready(connection, made)
        return made

    return make

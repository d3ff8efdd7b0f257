"""The 对账台账 that both sign: the second signs the one that the first reported."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.offices import Office, alone, at_hub

MONTH = "2020-05"


@pytest.fixture(params=["alone", "hub"])
def office(request: pytest.FixtureRequest, tmp_path: Path, server_folder: Path) -> Iterator[Office]:
    if request.param == "alone":
        with alone(tmp_path / "store") as desk:
            yield desk
    else:
        with at_hub(server_folder / "sheets") as hub:
            yield hub


def test_the_sheet_of_the_report_is_the_one_that_is_signed(office: Office) -> None:
    first, other = "a" * 64, "b" * 64
    assert office.ask("keeper", "close_month", month=MONTH, sheet_sha256=other).accepted
    assert office.ask("keeper", "close_month", month=MONTH, sheet_sha256=first).accepted
    told = office.ask("chief", "sign_month", month=MONTH, sheet_sha256=other)
    assert (told.code, told.facts["sheet_sha256"]) == ("sheet", first)
    assert office.ask("chief", "sign_month", month=MONTH, sheet_sha256=first).code == "closed"
    kept = office.rows("select sheet_sha256, signed_by is not null from ledger_period")
    assert kept == [(first, True)]
    again = office.ask("leader", "sign_month", month=MONTH, sheet_sha256=first)
    assert again.code == "already"

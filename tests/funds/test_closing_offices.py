"""Closing at a real shared database and on a desk alone: the sheet that was reported is signed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from desktop.contract.court_zone import court_today
from tests.ledger.offices import AtHub, Office, alone, at_hub

SEEN, OTHER = "a" * 64, "b" * 64


@pytest.fixture(params=["alone", "hub"])
def office(request: pytest.FixtureRequest, tmp_path: Path, server_folder: Path) -> Iterator[Office]:
    """A court with money in the month before this one."""
    made = alone(tmp_path / "s") if request.param == "alone" else at_hub(server_folder / "closing")
    with made as found:
        told = found.ask(
            *("keeper", "receive"),
            case_id=found.case,
            amount_fen=900,
            payer="丁",
            booked_on=f"{_month()}-05",
        )
        assert told.accepted, told
        yield found


def _month() -> str:
    """The month before this one, which is over."""
    return (court_today().replace(day=1) - timedelta(days=1)).isoformat()[:7]


def test_the_sheet_of_the_report_is_the_one_that_is_signed(office: Office) -> None:
    month = _month()
    told = office.ask("keeper", "close_month", month=month, sheet_sha256=OTHER)
    assert told.accepted, told
    more = {"case_id": office.case, "amount_fen": 1, "payer": "丁", "booked_on": f"{month}-20"}
    assert office.ask("keeper", "receive", **more).accepted
    told = office.ask("chief", "sign_month", month=month, sheet_sha256=OTHER)
    assert (told.accepted, told.code) == (False, "changed")
    told = office.ask("teller", "close_month", month=month, sheet_sha256=SEEN)  # anew
    assert told.accepted, told
    told = office.ask("chief", "sign_month", month=month, sheet_sha256=OTHER)
    assert (told.accepted, told.code) == (False, "sheet")
    told = office.ask("chief", "sign_month", month=month, sheet_sha256=SEEN)
    assert told.accepted, told
    rows = office.rows(
        "select sheet_sha256, closed_by, signed_by is not null from ledger_period"
        f" where month = '{month}'"
    )
    teller = "o_teller" if isinstance(office, AtHub) else office.people["teller"]
    assert [tuple(map(str, row[:2])) for row in rows] == [(SEEN, teller)]
    assert bool(rows[0][2])
    late = office.ask("keeper", "receive", **more)
    assert (late.accepted, late.code) == (False, "month_closed")

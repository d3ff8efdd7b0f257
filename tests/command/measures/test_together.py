"""Two measures against one person, and what may end a detention before its hour."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, update

from desktop.command.measures.approving import approval_copy
from desktop.command.measures.carrying import Carry, carry
from desktop.command.measures.clocks import clocks
from desktop.command.measures.facts import measure_of, standing_of
from desktop.documents.kinds import kinds
from desktop.documents.pages import official
from desktop.errors import UserError
from desktop.panels.documents.draft_pages import Typed, typed_official
from desktop.projection.project import project_cases
from storage.schema import table
from tests.command.measures.court import approved, court, paper
from tests.documents.office import Office
from tests.panels.real_city import TODAY


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One for all: each test has papers of its own."""
    return court(tmp_path_factory.mktemp("office"))


def signed(connection: Connection, desk: Office, kind: str, serial: int) -> str:
    held = paper(connection, desk, kind)
    approved(connection, desk, held)
    values = {"state": "signed", "year": 2026, "serial": serial, "signed_sha256": "0" * 64}
    document = table("document")
    connection.execute(update(document).where(document.c.id == held).values(values))
    return held


def enter(connection: Connection, desk: Office, held: str, act: str, hours: float) -> str:
    when = desk.clock + timedelta(hours=hours)
    late, served = when + timedelta(hours=10), act == "execute"
    return carry(
        connection,
        Carry(held, act, desk.people["judge"], when, late, body="经过", served=served),
    )


def ended(connection: Connection, desk: Office, held: str) -> dict[str, date | None]:
    """The clocks of a measure by code: the day each ended on."""
    project_cases(connection, desk.city.law, [desk.city.late_case], TODAY)
    row = measure_of(connection, held)
    stand = standing_of(connection, row, desk.clock + timedelta(hours=9))
    return {one.code: one.done for one in clocks(connection, [row], {held: stand})[held]}


def test_fine_and_detention_of_one_person_have_clocks_of_their_own(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = signed(connection, desk, "detention_decision", 911)
        fine = signed(connection, desk, "fine_decision", 912)
        again = signed(connection, desk, "fine_decision", 913)
        for one in (held, fine, again):
            enter(connection, desk, one, "execute", 0.1)
        enter(connection, desk, fine, "ask_review", 1)
        assert ended(connection, desk, fine) == {"D708": TODAY, "D709": None}
        assert ended(connection, desk, held) == {"D708": None, "D710": None, "D712": None}
        assert ended(connection, desk, again) == {"D708": None}
        enter(connection, desk, held, "ask_review", 1)
        enter(connection, desk, held, "decide_review", 2)
        assert ended(connection, desk, held)["D709"] == TODAY
        assert ended(connection, desk, fine)["D709"] is None


def test_before_its_hour_a_detention_is_not_over(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = signed(connection, desk, "detention_decision", 921)
        enter(connection, desk, held, "execute", 0.1)
        end = 0.1 + 15 * 24
        for hours in (5, end - 0.1):
            with pytest.raises(UserError, match="提前解除由院长决定"):
                enter(connection, desk, held, "finish", hours)
        assert enter(connection, desk, held, "finish", end) == "已登记：登记执行完毕"


def test_a_review_follows_what_it_reviews(desk: Office) -> None:
    with desk.engine.begin() as connection:
        fine = signed(connection, desk, "fine_decision", 931)
        enter(connection, desk, fine, "execute", 2)
        with pytest.raises(UserError, match="不能早于送达"):
            enter(connection, desk, fine, "ask_review", 1)
        enter(connection, desk, fine, "ask_review", 4)
        with pytest.raises(UserError, match="不能早于登记复议申请"):
            enter(connection, desk, fine, "decide_review", 3)


def test_the_decision_bears_the_court_of_its_case(desk: Office) -> None:
    """Its president decides it, and its seal goes under it, not that of the court above."""
    with desk.engine.begin() as connection:
        copy = approval_copy(connection, paper(connection, desk))
        other = official(connection, desk.draft(connection))
    assert (copy.head.mark, copy.organ) == ("示范市东城区人民法院", "示范市东城区人民法院")
    assert (other.head.mark, other.organ) == ("洛阳市中级人民法院文件", "洛阳市中级人民法院")


def test_what_is_typed_is_seen_under_the_same_court() -> None:
    words = {"court": "示范市东城区人民法院"}
    for kind, wanted in (("detention_decision", words["court"]), ("notice", "洛阳市中级人民法院")):
        shown = typed_official(Typed(kinds().kind(kind).template_on(TODAY), {}, words))
        assert shown.organ == wanted
        assert shown.head.mark.startswith(wanted)

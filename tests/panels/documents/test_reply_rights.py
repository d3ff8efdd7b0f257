"""What the page of a document offers while courts have their time to reply (X12)."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from desktop.documents.course import row_of
from desktop.documents.replies import Agreement, AskReplies, agree, ask_replies
from desktop.panels.approvals.evidence import EvidenceArgs, evidence
from desktop.panels.approvals.rules import Kind
from desktop.panels.documents.page_queries import PageArgs, document_page
from desktop.panels.documents.possible import Do, Possible, possible_acts
from tests.documents.office import Office, office
from tests.panels.real_city import TODAY


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path)


def asked(desk: Office, connection: Connection) -> str:
    """A notice on its way to the signature that a court was asked about; gives its id."""
    made = desk.draft(connection)
    act = desk.act(connection, made, "clerk")
    ask_replies(connection, AskReplies(act, (desk.city.court,), TODAY))
    desk.ready(connection, made)
    return made


def offered(desk: Office, connection: Connection, made: str, who: str) -> dict[Do, Possible]:
    act = desk.act(connection, made, who)
    return possible_acts(connection, row_of(connection, made), act, numbering=False)


def test_the_signature_is_offered_once_the_court_has_answered_or_had_its_time(
    desk: Office,
) -> None:
    with desk.engine.begin() as connection:
        made = asked(desk, connection)
        found = offered(desk, connection, made, "chief")[Do.SIGN]
        assert not found.allowed
        assert "未满24小时" in found.why
        trial = connection.begin_nested()
        agree(connection, Agreement(made, desk.city.court, desk.people["outsider"], desk.clock))
        assert offered(desk, connection, made, "chief")[Do.SIGN].allowed
        trial.rollback()
        desk.clock += timedelta(days=1)
        assert offered(desk, connection, made, "chief")[Do.SIGN].allowed


def test_a_court_that_was_asked_may_object_to_what_is_on_its_way(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = asked(desk, connection)
        assert offered(desk, connection, made, "outsider")[Do.OBJECT].allowed
        desk.clock += timedelta(days=3)
        late = offered(desk, connection, made, "outsider")[Do.OBJECT]
        assert (late.allowed, "已过" in late.why) == (False, True)
        other = desk.draft(connection)
        desk.ready(connection, other)
        assert Do.OBJECT not in offered(desk, connection, other, "outsider")


def test_an_answer_without_objection_is_told_as_one(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = asked(desk, connection)
        said = Agreement(made, desk.city.court, desk.people["outsider"], desk.clock)
        agree(connection, said)
        chief, now = desk.people["chief"], desk.clock
        page = document_page(connection, PageArgs(made, chief, now))
        assert page is not None
        assert "答复：无异议" in {step.detail for step in page.course}
        acts = evidence(connection, EvidenceArgs(Kind.DOCUMENT, made, chief, now)).acts
        (told,) = [one for one in acts if one.what == "答复：无异议"]
        assert (told.who, told.body) == ("白临川", "")
        assert "征求意见" in {one.what for one in acts}

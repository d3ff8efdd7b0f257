"""Who may do what to a document beside its stages: each command by each role, as a table."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, update

from desktop.documents.course import ActArgs, record, row_of
from desktop.documents.drafts import CASE_WORDS, Draft, save
from desktop.documents.permits import Deed, may
from desktop.documents.receipts import Issue, issue, recall, remind
from desktop.documents.replacing import supersede
from desktop.documents.replies import Answer, AskReplies, Objection, answer, ask_replies, object_to
from desktop.errors import UserError
from desktop.panels.approvals.commands import DecideArgs, decide
from desktop.panels.approvals.rules import Item, Kind
from desktop.panels.documents.commands import issue_document, remind_documents
from desktop.rules.measured import Limit
from desktop.rules.signing_matrix import Stage
from storage.schema import table
from tests.documents.office import NOTICE, Office, office
from tests.panels.real_city import TODAY

# The group's people draft a notice; the chief signs it and so sends it, but words are not his.
ROLES = ("clerk", "leader", "chief", "judge", "president", "vice_president", "outsider")
DRAFTERS = frozenset({"clerk", "leader"})
SENDERS = DRAFTERS | {"chief"}
ALLOWED = dict.fromkeys(Deed, SENDERS) | dict.fromkeys((Deed.DRAFT, Deed.SUPERSEDE), DRAFTERS)
# In which state the command finds the document.
STATES = {
    Deed.ISSUE: "signed",
    Deed.RECALL: "issued",
    Deed.REMIND: "issued",
    Deed.SUPERSEDE: "issued",
}


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path)


def _save(desk: Office, connection: Connection, act: ActArgs) -> None:
    row = row_of(connection, act.document_id)
    fields = {**NOTICE, CASE_WORDS: {}}
    save(
        connection,
        Draft(row.kind, row.template, "改题", fields, act.person_id, act.at, act.document_id),
    )


def _answer(desk: Office, connection: Connection, act: ActArgs) -> None:
    objection = connection.execute(select(table("objection").c.id)).scalar_one()
    answer(connection, Answer(objection, False, "无误", act.person_id, act.at))


COMMANDS: dict[Deed, Callable[[Office, Connection, ActArgs], object]] = {
    Deed.DRAFT: _save,
    Deed.ASK_REPLIES: lambda d, c, a: ask_replies(c, AskReplies(a, (d.city.court,), TODAY)),
    Deed.ANSWER: _answer,
    Deed.ISSUE: lambda d, c, a: issue(c, Issue(a, (d.city.court,))),
    Deed.RECALL: lambda d, c, a: recall(c, a),
    Deed.REMIND: lambda d, c, a: remind(c, a),
    Deed.SUPERSEDE: lambda d, c, a: supersede(c, a),
}
WRITTEN = ("document", "document_version", "document_act", "document_recipient", "objection")


def prepared(desk: Office, deed: Deed) -> str:
    """A notice in the state in which that command does something; gives its id."""
    with desk.engine.begin() as connection:
        made = desk.draft(connection)
        if deed is Deed.ANSWER:
            asking = AskReplies(desk.act(connection, made, "clerk"), (desk.city.court,), TODAY)
            ask_replies(connection, asking)
            # Somebody else's, so that nobody of the table decides his own.
            said = Objection(made, desk.city.court, "有误", desk.people["deputy"], desk.clock)
            object_to(connection, said)
        if deed in STATES:
            chief = desk.act(connection, made, "chief")
            record(connection, row_of(connection, made), "sign", Stage.SIGN, chief, None)
            document = table("document")
            connection.execute(
                update(document)
                .where(document.c.id == made)
                .values(state=STATES[deed], year=2026, serial=1, signed_sha256="b" * 64)
            )
            if deed is Deed.REMIND:
                desk.city.put(
                    "document_recipient",
                    document_id=made,
                    court_id=desk.city.other_court,
                    sent_at=desk.clock.isoformat(timespec="milliseconds"),
                )
    return made


def told(desk: Office) -> list[object]:
    """All that a command could have written."""
    with desk.engine.connect() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table(one))).scalar_one()
            for one in WRITTEN
        ]
        document, objection = table("document").c, table("objection").c
        states = connection.execute(select(document.id, document.state, document.title)).all()
        answers = connection.execute(select(objection.decision)).all()
        return [*counts, sorted(map(tuple, states)), answers]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("deed", list(Deed))
def test_each_command_asks_who_may(desk: Office, deed: Deed, role: str) -> None:
    made = prepared(desk, deed)
    before = told(desk)
    with desk.engine.connect() as connection:
        act = desk.act(connection, made, role, "理由")
        assert may(connection, row_of(connection, made), deed, act).allowed is (
            role in ALLOWED[deed]
        )
    if role in ALLOWED[deed]:
        with desk.engine.begin() as connection:
            COMMANDS[deed](desk, connection, act)
        assert told(desk) != before
        return
    with (
        pytest.raises(UserError, match=r"通知的拟稿由.*可以拟稿的有：季书禾、温如松"),
        desk.engine.begin() as connection,
    ):
        COMMANDS[deed](desk, connection, act)
    assert told(desk) == before


@pytest.mark.parametrize("deed", list(Deed))
def test_nobody_and_whoever_is_of_another_court_is_told_so(desk: Office, deed: Deed) -> None:
    made = prepared(desk, deed)
    before = told(desk)
    for person_id in (None, desk.city.other_handler):
        with desk.engine.connect() as connection:
            content = row_of(connection, made).content_sha256
        act = ActArgs(made, person_id, desk.clock, content, "理由")
        with pytest.raises(UserError, match="本人身份"), desk.engine.begin() as connection:
            COMMANDS[deed](desk, connection, act)
        assert told(desk) == before


def _in_the_inbox(desk: Office, connection: Connection, act: ActArgs) -> None:
    objection = connection.execute(select(table("objection").c.id)).scalar_one()
    item = Item(
        kind=Kind.OBJECTION,
        id=objection,
        document_id=act.document_id,
        case_id="",
        case_number="",
        what="",
        title="",
        stage="",
        stage_word="",
        sender="",
        since="",
        limit=Limit(),
        coercive=False,
        content="",
    )
    decide(connection, DecideArgs(item, False, act.person_id, act.at, "无误"))


# What panels call: none of them goes round the question.
CALLERS: dict[str, tuple[Deed, Callable[[Office, Connection, ActArgs], object]]] = {
    "documents issue": (
        Deed.ISSUE,
        lambda d, c, a: issue_document(c, Issue(a, (d.city.court,))),
    ),
    "notices remind": (Deed.REMIND, lambda d, c, a: remind_documents(c, (a,))),
    "approvals answer": (Deed.ANSWER, _in_the_inbox),
}


@pytest.mark.parametrize("caller", CALLERS)
def test_no_panel_goes_round_the_question(desk: Office, caller: str) -> None:
    deed, command = CALLERS[caller]
    made = prepared(desk, deed)
    before = told(desk)
    for role in ("outsider", "judge", "clerk"):
        with desk.engine.connect() as connection:
            act = desk.act(connection, made, role, "理由")
        if role not in ALLOWED[deed]:
            with pytest.raises(UserError, match="可以拟稿的有"), desk.engine.begin() as connection:
                command(desk, connection, act)
            assert told(desk) == before
            continue
        with desk.engine.begin() as connection:
            command(desk, connection, act)
        assert told(desk) != before


def test_a_new_draft_by_somebody_who_does_not_draft_leaves_nothing(desk: Office) -> None:
    before = told(desk)
    for author in ("chief", "outsider"):
        with pytest.raises(UserError, match="可以拟稿的有"), desk.engine.begin() as connection:
            desk.draft(connection, author=author)
        assert told(desk) == before


def test_only_an_issued_document_is_replaced(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = desk.draft(connection)
        with pytest.raises(UserError, match="已印发"):
            supersede(connection, desk.act(connection, made, "clerk"))

"""Signature, issue, receipts, print slips, replies and the proof of what was signed."""

import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from desktop.circulars.official import Official
from desktop.circulars.seal import court_seal
from desktop.circulars.signature import sign
from desktop.circulars.signers import Signer, signer_from_file
from desktop.circulars.specimen import make_specimen
from desktop.documents import pages as documents_pages
from desktop.documents.course import row_of
from desktop.documents.pages import (
    Signed,
    document_numbered,
    file_of,
    fingerprint,
    laid_out,
    prepare,
    rendered,
    reproduce,
    store_signature,
)
from desktop.documents.receipts import (
    Issue,
    acknowledge,
    issue,
    opened,
    print_slip,
    recall,
    receipts,
    remind,
    slips,
)
from desktop.documents.replies import (
    Answer,
    AskReplies,
    Objection,
    answer,
    ask_replies,
    asked_courts,
    object_to,
    waiting,
)
from desktop.errors import UserError
from storage.schema import table
from tests.documents.office import AT, Office, office
from tests.panels.real_city import TODAY

PASSPHRASE = "仅供测试"
SEAL = court_seal("虚构市中级人民法院")


@pytest.fixture
def desk(tmp_path: Path) -> Office:
    return office(tmp_path)


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    made = make_specimen("虚构市中级人民法院", PASSPHRASE, from_=AT - timedelta(days=30))
    path = tmp_path_factory.mktemp("certificate") / "court.p12"
    path.write_bytes(made.bundle)
    return signer_from_file(path, PASSPHRASE)


def signed(desk: Office, signer: Signer) -> str:
    """A notice, signed by the chief as it was shown; gives its id."""
    with desk.engine.begin() as connection:
        made = desk.draft(connection)
        desk.ready(connection, made)
        act = desk.act(connection, made, "chief")
        pages = rendered(prepare(connection, act))
        file = sign(pages, signer, seal=SEAL, reason="签发", at=act.at)
        store_signature(connection, Signed(act, pages, file))
    return made


def test_the_signed_bytes_are_the_previewed_bytes_and_come_again(
    desk: Office, signer: Signer
) -> None:
    made = signed(desk, signer)
    with desk.engine.begin() as connection:
        row = row_of(connection, made)
        assert row.state == "signed"
        kept = file_of(connection, made, "signed")
        assert fingerprint(kept) == row.signed_sha256
        again = reproduce(connection, document_numbered(connection, "洛中法执〔2026〕1号"))
        assert again.same
        assert again.expected == row.render_sha256 != row.signed_sha256


def test_a_changed_store_is_seen(desk: Office, signer: Signer) -> None:
    made = signed(desk, signer)
    change = update(table("document")).where(table("document").c.id == made)
    with pytest.raises(DBAPIError, match="不得再改"), desk.engine.begin() as connection:
        connection.execute(change.values(fields="{}"))
    with desk.engine.begin() as connection:
        _without_guards(connection)
        words = row_of(connection, made).fields.replace("各院", "全院")
        connection.execute(change.values(fields=words))
        assert not reproduce(connection, made).same
        kept = bytearray(file_of(connection, made, "signed"))
        kept[200] ^= 1
        file = table("document_file")
        body = base64.b64encode(bytes(kept)).decode("ascii")
        connection.execute(update(file).where(file.c.document_id == made).values(body=body))
        with pytest.raises(UserError, match="被改动过"):
            reproduce(connection, made)


def _without_guards(connection: object) -> None:
    names = connection.exec_driver_sql(  # type: ignore[attr-defined]
        "select name from sqlite_schema where type = 'trigger'"
    ).fetchall()
    for (name,) in names:
        connection.exec_driver_sql(f'drop trigger "{name}"')  # type: ignore[attr-defined]


def test_other_bytes_than_the_previewed_are_not_taken(desk: Office, signer: Signer) -> None:
    with desk.engine.begin() as connection:
        made = desk.draft(connection)
        desk.ready(connection, made)
        act = desk.act(connection, made, "chief")
        pages = rendered(prepare(connection, act))
        file = sign(pages, signer, seal=SEAL, reason="签发", at=act.at)
        with pytest.raises(UserError, match="与所见版面不同"):
            store_signature(connection, Signed(act, pages, b"%PDF-1.4 other"))
        with pytest.raises(UserError, match="没有签名"):
            store_signature(connection, Signed(act, pages, pages))
        other = pages + b"\n"
        with pytest.raises(UserError, match="签名期间有改动"):
            store_signature(connection, Signed(act, other, other + b"x"))
        leader = desk.act(connection, made, "leader")
        with pytest.raises(UserError, match="不能办理"):
            store_signature(connection, Signed(leader, pages, file))
        assert row_of(connection, made).state == "signing"


def test_pages_laid_out_beforehand_are_stored_for_that_document_alone(
    desk: Office, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.engine.begin() as connection:
        made = desk.draft(connection)
        desk.ready(connection, made)
        act = desk.act(connection, made, "chief")
        document = prepare(connection, act)
    pages = rendered(document)
    laid = laid_out(document, pages)
    file = sign(pages, signer, seal=SEAL, reason="签发", at=act.at)
    with pytest.raises(UserError, match="有改动"):
        laid_out(replace(document, title="关于另一件事的通知"), pages)
    # From here on the writer lays nothing out.
    monkeypatch.setattr(documents_pages, "rendered", _never)
    change = update(table("document")).where(table("document").c.id == made)
    with desk.engine.begin() as connection:
        for values in (
            {"made_on": "2026-11-30"},
            {"fields": row_of(connection, made).fields.replace("各院", "全院")},
        ):
            trial = connection.begin_nested()
            connection.execute(change.values(**values))
            with pytest.raises(UserError, match="签名期间有改动"):
                store_signature(connection, Signed(act, pages, file, laid))
            trial.rollback()
        other = pages + b"\n"
        with pytest.raises(UserError, match="签名期间有改动"):
            store_signature(connection, Signed(act, other, other + b"x", laid))
        with pytest.raises(UserError, match="与所见版面不同"):
            store_signature(connection, Signed(act, pages, b"%PDF-1.4 other", laid))
        store_signature(connection, Signed(act, pages, file, laid))
        row = row_of(connection, made)
    assert (row.state, row.render_sha256) == ("signed", fingerprint(pages))
    monkeypatch.undo()
    with desk.engine.begin() as connection:
        assert reproduce(connection, made).same


def _never(_document: Official) -> bytes:
    raise AssertionError("laid out on the writer lane")


def test_receipts_turn_green_when_opened_and_never_back(desk: Office, signer: Signer) -> None:
    made = signed(desk, signer)
    courts = (desk.city.court, desk.city.other_court)
    with desk.engine.begin() as connection:
        with pytest.raises(UserError, match="没有选定"):
            issue(connection, Issue(desk.act(connection, made, "clerk")))
        to = Issue(desk.act(connection, made, "clerk"), courts, (desk.people["deputy"],))
        assert issue(connection, to) == 3
        with pytest.raises(UserError, match="已经印发"):
            issue(connection, to)
        assert [one.opened_at for one in receipts(connection, made)] == [None] * 3
        assert opened(connection, desk.act(connection, made, "outsider")) == 1
        at = desk.clock
        assert opened(connection, desk.act(connection, made, "leader")) == 0
        told = {one.name: one for one in receipts(connection, made)}
        own = told["示范市东城区人民法院"]
        assert own.opened_at == at
        assert remind(connection, desk.act(connection, made, "clerk")) == 2
        assert acknowledge(connection, desk.act(connection, made, "deputy")) == 1
        assert remind(connection, desk.act(connection, made, "clerk")) == 1
    with pytest.raises(DBAPIError, match="回执已签"), desk.engine.begin() as connection:
        connection.execute(
            update(table("document_recipient"))
            .where(table("document_recipient").c.id == own.id)
            .values(opened_at="2026-11-24T09:00:00+08:00")
        )


def test_copies_are_counted_and_a_reprint_is_told(desk: Office, signer: Signer) -> None:
    made = signed(desk, signer)
    with desk.engine.begin() as connection:
        before = fingerprint(file_of(connection, made, "signed"))
        first = print_slip(connection, desk.act(connection, made, "clerk"), range(1, 19))
        assert (len(first.copies), first.again) == (18, ())
        again = print_slip(connection, desk.act(connection, made, "clerk"), [7])
        assert again.words().endswith("印 1 份，其中补印：第 7 份")
        assert [slip.copies for slip in slips(connection, made)] == [tuple(range(1, 19)), (7,)]
        assert fingerprint(file_of(connection, made, "signed")) == before
        for copies in ([], [0], [501]):
            with pytest.raises(UserError, match="份数"):
                print_slip(connection, desk.act(connection, made, "clerk"), copies)


def test_what_is_recalled_keeps_its_number(desk: Office, signer: Signer) -> None:
    made = signed(desk, signer)
    with desk.engine.begin() as connection:
        with pytest.raises(UserError, match="已印发"):
            recall(connection, desk.act(connection, made, "chief", "有误"))
        issue(connection, Issue(desk.act(connection, made, "clerk"), (desk.city.court,)))
        with pytest.raises(UserError, match="写明理由"):
            recall(connection, desk.act(connection, made, "chief"))
        recall(connection, desk.act(connection, made, "chief", "数据有误"))
        row = row_of(connection, made)
        assert (row.state, row.serial) == ("recalled", 1)
        assert desk.ready(connection, desk.draft(connection)) == "洛中法执〔2026〕2号"


def test_courts_reply_before_the_signature(desk: Office, signer: Signer) -> None:
    court = desk.city.court
    with desk.engine.begin() as connection:
        made = desk.draft(connection)

        def said(**more: object) -> Objection:
            told = {"court_id": court, "body": "该件周五已办结。", "by_id": desk.people["outsider"]}
            return Objection(made, **{"at": desk.clock, **told, **more})  # type: ignore[arg-type]

        with pytest.raises(UserError, match=r"不在征求意见期内[\s\S]*不在征求意见之列"):
            object_to(connection, said())
        asking = AskReplies(desk.act(connection, made, "clerk"), (court,), TODAY)
        assert ask_replies(connection, asking) == 1
        assert asked_courts(connection, made) == {court}
        assert row_of(connection, made).shared == 1
        with pytest.raises(UserError, match="不在征求意见之列"):
            object_to(connection, said(court_id=desk.city.other_court))
        with pytest.raises(UserError, match="已过"):
            object_to(connection, said(at=desk.clock + timedelta(days=2)))
        first, second = object_to(connection, said()), object_to(connection, said(body="另一件"))
        assert waiting(connection, made) == 2
        at = desk.clock
        with pytest.raises(UserError, match="写明理由"):
            answer(connection, Answer(first, True, " ", desk.people["clerk"], at))
        with pytest.raises(UserError, match="不得自行处理"):
            answer(connection, Answer(first, True, "属实", desk.people["outsider"], at))
        answer(connection, Answer(first, True, "属实", desk.people["clerk"], at))
        with pytest.raises(UserError, match="已经处理"):
            answer(connection, Answer(first, False, "不属实", desk.people["clerk"], at))
        assert waiting(connection, made) == 1
        desk.ready(connection, made)
        desk.clock += timedelta(days=1)
    with pytest.raises(DBAPIError, match="异议未处理"):
        _sign(desk, signer, made)
    with desk.engine.begin() as connection:
        answer(connection, Answer(second, False, "快照时未办结", desk.people["clerk"], at))
    _sign(desk, signer, made)
    with desk.engine.begin() as connection:
        assert row_of(connection, made).state == "signed"


def _sign(desk: Office, signer: Signer, document_id: str) -> None:
    with desk.engine.begin() as connection:
        act = desk.act(connection, document_id, "chief")
        pages = rendered(prepare(connection, act))
        file = sign(pages, signer, seal=SEAL, reason="签发", at=act.at)
        store_signature(connection, Signed(act, pages, file))


def test_an_objection_that_was_answered_stays_as_it_is(desk: Office) -> None:
    with desk.engine.begin() as connection:
        made = desk.draft(connection)
        court = (desk.city.court,)
        ask_replies(connection, AskReplies(desk.act(connection, made, "clerk"), court, TODAY))
        told = Objection(made, court[0], "有误", desk.people["outsider"], desk.clock)
        one = object_to(connection, told)
        answer(connection, Answer(one, False, "无误", desk.people["clerk"], desk.clock))
    objection = table("objection")
    with pytest.raises(DBAPIError, match="已作处理"), desk.engine.begin() as connection:
        connection.execute(update(objection).values(reason="改口"))
    with desk.engine.begin() as connection:
        acts = connection.execute(select(table("document_act").c.act)).scalars().all()
        assert acts == ["ask_replies"]
    with pytest.raises(DBAPIError, match="不能修改或删除"), desk.engine.begin() as connection:
        connection.execute(delete(table("document_act")))

"""A weekly circular from its snapshot through replies to the signed file and its proof."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from desktop.circulars.seal import court_seal
from desktop.circulars.signature import sign
from desktop.circulars.signers import Signer, signer_from_file
from desktop.circulars.specimen import make_specimen
from desktop.documents.course import row_of
from desktop.documents.drafts import versions
from desktop.documents.figures_draft import (
    NewWeekly,
    corrections_of,
    figures_of,
    make_weekly,
    objections_of,
    retake,
    weekly_snapshot,
)
from desktop.documents.files import keep_file
from desktop.documents.pages import (
    Signed,
    court_copy,
    official,
    prepare,
    rendered,
    reproduce,
    store_signature,
)
from desktop.documents.receipts import Issue, issue
from desktop.documents.replies import Answer, AskReplies, Objection, answer, ask_replies, object_to
from desktop.errors import UserError
from desktop.evidence.snapshot import Snapshot
from desktop.evidence.taking import take
from storage.schema import table
from tests.documents.office import AT
from tests.evidence.town import WEEKS, Town, town

PASSPHRASE = "仅供测试"
SEAL = court_seal("虚构市中级人民法院")
SOME = 160  # petitions: enough for every figure, and few pages


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Town]:
    made = town(tmp_path, SOME)
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    made = make_specimen("虚构市中级人民法院", PASSPHRASE, from_=AT - timedelta(days=30))
    path = tmp_path_factory.mktemp("certificate") / "court.p12"
    path.write_bytes(made.bundle)
    return signer_from_file(path, PASSPHRASE)


def snap(city: Town) -> Snapshot:
    with city.engine.connect() as connection:
        return take(connection, city.law, WEEKS[1], city.office.clock)


def drafted(city: Town) -> str:
    made = NewWeekly(snap(city), city.office.people["clerk"], city.office.clock)
    with city.engine.begin() as connection:
        return make_weekly(connection, made)


def asked(city: Town, document_id: str) -> None:
    with city.engine.begin() as connection:
        act = city.office.act(connection, document_id, "clerk")
        ask_replies(connection, AskReplies(act, city.courts, act.at.date()))


def objected(city: Town, document_id: str, row_id: str, **more: str | None) -> str:
    """The court of the row says that it was closed on the Friday."""
    told = {"field": "closed_on", "claimed": "2026-10-30", **more}
    with city.engine.begin() as connection:
        court = more.pop("court_id", None)
        told.pop("court_id", None)
        row = weekly_snapshot(connection, document_id).by_id[row_id]
        return object_to(
            connection,
            Objection(
                document_id,
                court or row.court_id,
                "该件周五已办结，附结案审批表。",
                city.office.people["outsider"],
                city.office.clock,
                row_key=row_id,
                **told,  # type: ignore[arg-type]
            ),
        )


def answered(city: Town, objection_id: str, accepted: bool, reason: str) -> None:
    city.office.clock += timedelta(minutes=1)
    given = Answer(objection_id, accepted, reason, city.office.people["clerk"], city.office.clock)
    with city.engine.begin() as connection:
        answer(connection, given)


def late(city: Town, document_id: str) -> tuple[str, ...]:
    with city.engine.connect() as connection:
        return figures_of(connection, document_id)[1].city["overdue"].hit_ids


def words(city: Town, document_id: str) -> str:
    with city.engine.connect() as connection:
        return "\n".join(official(connection, document_id).fields().values())


def sha(city: Town, document_id: str) -> str:
    with city.engine.connect() as connection:
        return str(row_of(connection, document_id).content_sha256)


def test_a_draft_keeps_what_it_was_made_from(city: Town) -> None:
    made = drafted(city)
    with city.engine.connect() as connection:
        row = row_of(connection, made)
        kept = weekly_snapshot(connection, made)
        assert (row.kind, row.state, row.title) == (
            "weekly_circular",
            "draft",
            "关于2026年第44周全市法院执行信访案件办理情况的通报",
        )
        assert json.loads(row.fields)["snapshot"] == kept.sha256
        assert (row.period_from, row.period_to) == ("2026-10-26", "2026-11-01")
        assert json.loads(row.anchor)["payload"].startswith("EDESK1:W:2026-W44:S:")
        assert "草稿，未签发" in official(connection, made).note
    with pytest.raises(UserError, match="已经拟稿"):
        drafted(city)


def test_an_accepted_objection_changes_the_number_and_is_logged(city: Town) -> None:
    made = drafted(city)
    before = late(city, made)
    asked(city, made)
    first, second = before[:2]
    one, other = objected(city, made, first), objected(city, made, second)
    assert "尚未处理2件" in words(city, made)
    content = sha(city, made)
    answered(city, one, True, "审批表属实")
    answered(city, other, False, "快照时未录入")
    assert sha(city, made) != content
    assert late(city, made) == tuple(row for row in before if row != first)
    told = words(city, made)
    assert f"超期未办结{len(before) - 1}件" in told
    assert "收到异议2件，采纳1件，不采纳1件。" in told
    assert "审批表属实" in told
    assert "快照时未录入" in told
    with city.engine.connect() as connection:
        (correction,) = corrections_of(connection, made)
        assert (correction.row_id, correction.was, correction.now, correction.objection_id) == (
            first,
            None,
            "2026-10-30",
            one,
        )
        assert first in weekly_snapshot(connection, made).by_id
        assert [one.decision for one in objections_of(connection, made)] == [
            "accepted",
            "rejected",
        ]
        assert versions(connection, made)[1].changed == ("异议处理", "更正")
        assert versions(connection, made)[2].changed == ("异议处理",)


def test_whoever_may_not_draft_answers_no_objection(city: Town) -> None:
    made = drafted(city)
    asked(city, made)
    one = objected(city, made, late(city, made)[0])
    given = Answer(one, True, "属实", city.office.people["chief"], city.office.clock)
    with pytest.raises(UserError, match="有权拟稿"), city.engine.begin() as connection:
        answer(connection, given)
    answered(city, one, False, "不属实")


def test_what_cannot_be_claimed_is_refused(city: Town) -> None:
    made = drafted(city)
    asked(city, made)
    row_id = late(city, made)[0]
    with city.engine.connect() as connection:
        row = weekly_snapshot(connection, made).by_id[row_id]
    stranger = next(one for one in city.courts if one != row.court_id)
    for more, said in (
        ({"claimed": "周五"}, "不是日期"),
        ({"field": "petitioner"}, "不能更正"),
        ({"claimed": None}, "无须更正"),
        ({"court_id": stranger}, "只能对本院"),
    ):
        with pytest.raises(UserError, match=said):
            objected(city, made, row_id, **more)


def test_two_objections_to_the_same_effect_make_one_correction(city: Town) -> None:
    made = drafted(city)
    asked(city, made)
    row_id = late(city, made)[0]
    both = [objected(city, made, row_id), objected(city, made, row_id)]
    for one in both:
        answered(city, one, True, "属实")
    with city.engine.connect() as connection:
        assert len(corrections_of(connection, made)) == 1
    assert "采纳2件" in words(city, made)


def test_figures_are_taken_anew_only_before_anybody_was_asked(city: Town) -> None:
    made = drafted(city)
    row_id = late(city, made)[0]
    petition = table("petition")
    with city.engine.begin() as connection:
        connection.execute(
            update(petition)
            .where(petition.c.id == row_id)
            .values(
                closed_on="2026-10-29",
                result="resolved",
                closed_by=city.office.people["clerk"],
                unhung_on="2026-10-29",
                unhung_by=city.office.people["clerk"],
            )
        )
    assert row_id in late(city, made)
    again = NewWeekly(snap(city), city.office.people["clerk"], city.office.clock)
    with city.engine.begin() as connection:
        retake(connection, made, again)
    assert row_id not in late(city, made)
    asked(city, made)
    with pytest.raises(UserError, match="不能重新固定"), city.engine.begin() as connection:
        retake(connection, made, again)


def test_a_snapshot_that_was_exchanged_is_seen(city: Town) -> None:
    made = drafted(city)
    other = snap(city)
    file = table("document_file")
    with city.engine.begin() as connection:
        for (name,) in connection.exec_driver_sql(
            "select name from sqlite_schema where type = 'trigger'"
        ).fetchall():
            connection.exec_driver_sql(f'drop trigger "{name}"')
        row = connection.execute(select(file)).one()
        less = Snapshot(
            other.week, other.taken_at, other.courts, other.rows[1:], (), other.definitions
        )
        keep_file(connection, made, "snapshot", row.name, less.packed())
    with pytest.raises(UserError, match="指纹不符"), city.engine.connect() as connection:
        official(connection, made)


def signed(city: Town, signer: Signer, document_id: str) -> bytes:
    with city.engine.begin() as connection:
        city.office.ready(connection, document_id)
        city.office.clock += timedelta(days=1)  # the courts had their time
        act = city.office.act(connection, document_id, "chief")
        pages = rendered(prepare(connection, act))
        file = sign(pages, signer, seal=SEAL, reason="签发", at=act.at)
        store_signature(connection, Signed(act, pages, file))
    return pages


def test_the_signed_circular_comes_again_whatever_became_of_the_petitions(
    city: Town, signer: Signer
) -> None:
    made = drafted(city)
    asked(city, made)
    one = objected(city, made, late(city, made)[0])
    answered(city, one, True, "属实")
    pages = signed(city, signer, made)
    with city.engine.begin() as connection:
        person = city.office.people["clerk"]
        connection.exec_driver_sql(
            "update petition set closed_on = '2026-11-20', result = 'resolved', unhung_on ="
            f" '2026-11-20', unhung_by = '{person}', closed_by = '{person}'"
            " where closed_on is null"
        )
    with city.engine.begin() as connection:
        again = reproduce(connection, made)
        assert again.same
        assert again.number == "洛中法执信通〔2026〕1号"
        assert rendered(official(connection, made)) == pages
        issue(connection, Issue(city.office.act(connection, made, "clerk"), city.courts))
    with pytest.raises(UserError, match="已经拟稿或印发"):
        drafted(city)
    with city.engine.begin() as connection:
        newer = make_weekly(
            connection,
            NewWeekly(snap(city), city.office.people["clerk"], city.office.clock, made),
        )
        assert row_of(connection, newer).supersedes == made
        opening = official(connection, newer).fields()["正文第 1 段"]
        assert "洛中法执信通〔2026〕1号通报同时撤销" in opening


def test_one_court_gets_its_own_lines(city: Town) -> None:
    made = drafted(city)
    with city.engine.connect() as connection:
        snapshot, figures = figures_of(connection, made)
        court = max(figures.courts, key=lambda one: one["overdue"].hits).court
        assert court is not None
        copy = court_copy(connection, made, court.id)
        assert copy.to == court.name
        assert copy.title.endswith("（核对稿）")
        text = "\n".join(copy.fields().values())
        for row in snapshot.rows:
            assert (row.code in text) <= (row.court_id == court.id)
        assert sum(row.code in text for row in snapshot.rows) > 3
        with pytest.raises(UserError, match="不在这期通报之列"):
            court_copy(connection, made, "nobody")
        with pytest.raises(UserError, match="核对稿"):
            court_copy(connection, city.office.draft(connection), court.id)


def test_a_circular_that_no_court_has_seen_is_not_signed(city: Town) -> None:
    made = drafted(city)
    with city.engine.begin() as connection:
        city.office.ready(connection, made)
        city.office.clock += timedelta(days=3)
        act = city.office.act(connection, made, "chief")
        with pytest.raises(UserError, match="尚未送有关法院核对"):
            prepare(connection, act)
        assert row_of(connection, made).made_on is None

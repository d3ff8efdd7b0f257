"""What the database refuses whoever asks: raw rows of every role on a replica.

That the pure fold and the triggers agree on every history is shown with drawn ones.
"""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError

from desktop.command.measures.approving import FILE_KIND, FILE_NAME
from desktop.command.measures.facts import measure_of, standings
from desktop.documents.case_words import case_words
from desktop.documents.files import keep_file
from desktop.documents.powers import Power, Verdict, delegate, settle_power
from desktop.rules.coercive import withdraw_fault
from storage.ids import new_id
from storage.records.people import Post
from storage.schema import table
from tests.command.measures.court import approved, court, paper, passed, raw
from tests.documents.office import AT, Office
from tests.panels.real_city import TODAY

EVERYBODY = ("clerk", "leader", "chief", "president", "vice_president", "deputy", "judge")
PAGES = "c" * 64
LATER = timedelta(hours=2)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """One for all: each test has a paper of its own."""
    return court(tmp_path_factory.mktemp("office"))


def refused(desk: Office, held: str, act: str, who: str, **more: Any) -> str:
    """The sentence of the database; the transaction is given up."""
    with pytest.raises(DBAPIError) as caught, desk.engine.begin() as connection:
        raw(connection, desk, held, act, who, **more)
    return str(caught.value.orig)


def begun(desk: Office, *, president: bool = True) -> str:
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        if president:
            passed(connection, desk, held)
    return held


def test_nobody_executes_what_the_president_did_not_approve(desk: Office) -> None:
    held = begun(desk, president=False)
    for who in ("judge", "assistant"):
        assert "未经院长批准" in refused(desk, held, "execute", who)
    with desk.engine.begin() as connection:  # the truth is taken, with its mark and a reason
        raw(connection, desk, held, "execute", "judge", violation=True)


def test_a_violation_needs_its_reason(desk: Office) -> None:
    held = begun(desk, president=False)
    assert "reason" in refused(desk, held, "execute", "judge", violation=True, body=" ")


def test_an_approval_later_than_the_act_does_not_serve(desk: Office) -> None:
    held = begun(desk)
    before = desk.clock - timedelta(seconds=1)
    assert "批准晚于执行" in refused(desk, held, "execute", "judge", when=before)
    with desk.engine.begin() as connection:
        raw(connection, desk, held, "execute", "judge")


@pytest.mark.parametrize("act", ["execute", "serve", "notify_family", "hand_over", "finish"])
def test_only_the_team_of_the_case_carries_it_out(desk: Office, act: str) -> None:
    held = begun(desk)
    if act != "execute":
        with desk.engine.begin() as connection:
            raw(connection, desk, held, "execute", "judge")
    for who in set(EVERYBODY) - {"judge"}:
        assert "承办人和所在团队成员" in refused(desk, held, act, who), who
    with desk.engine.begin() as connection:
        raw(connection, desk, held, act, "assistant")


def test_only_the_president_releases_early_and_with_a_reason(desk: Office) -> None:
    held = begun(desk)
    assert "尚未执行" in refused(desk, held, "release", "president")
    with desk.engine.begin() as connection:
        raw(connection, desk, held, "execute", "judge")
    for who in (*(set(EVERYBODY) - {"president"}), "assistant"):
        assert "提前解除由院长决定" in refused(desk, held, "release", who), who
    assert "reason" in refused(desk, held, "release", "president", body="")
    with desk.engine.begin() as connection:
        raw(connection, desk, held, "release", "president")
    assert "已经结束" in refused(desk, held, "finish", "judge")


def test_who_has_his_power_releases_on_its_days_alone(shared: tuple[Office, str]) -> None:
    desk = shared[0]
    held = begun(desk)
    with desk.engine.begin() as connection:
        raw(connection, desk, held, "execute", "judge")
    tomorrow = AT + timedelta(days=1)
    refused_then = refused(desk, held, "release", "vice_president", when=tomorrow)
    assert "提前解除由院长决定" in refused_then
    with desk.engine.begin() as connection:
        raw(connection, desk, held, "release", "vice_president", when=desk.clock)


def test_only_who_approved_notes_or_takes_back_an_approval(desk: Office) -> None:
    held = begun(desk)
    for act, more in (("approve", {"pages_sha256": PAGES}), ("withdraw", {})):
        for who in (*(set(EVERYBODY) - {"president"}), "assistant"):
            assert "已经批准本件的人" in refused(desk, held, act, who, **more), (act, who)
    assert "pages" in refused(desk, held, "approve", "president")
    assert "pages" in refused(desk, held, "execute", "judge", pages_sha256=PAGES)
    with desk.engine.begin() as connection:
        raw(connection, desk, held, "approve", "president", pages_sha256=PAGES)
        raw(connection, desk, held, "execute", "judge")
    assert "不得撤回" in refused(desk, held, "withdraw", "president")


def test_an_approval_that_no_pages_stand_behind_does_not_serve(desk: Office) -> None:
    """A row of document_act alone: nobody asked for a PIN, nothing was signed."""
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        passed(connection, desk, held, signed=False)
        row = measure_of(connection, held)
        late = desk.clock + timedelta(minutes=2)
        assert standings(connection, [row], late)[held].approval is None
        at = connection.execute(
            select(table("document_act").c.at).where(
                table("document_act").c.document_id == held,
                table("document_act").c.stage == "approve",
            )
        ).scalar_one()
    assert "所批版面未签名附卷" in refused(desk, held, "execute", "judge")
    with desk.engine.begin() as connection:  # a note of pages that lie nowhere
        raw(connection, desk, held, "approve", "president", at=at, pages_sha256=PAGES)
    assert "所批版面未签名附卷" in refused(desk, held, "execute", "judge")
    assert "签名附卷" in signed_by_the_judge(desk, held)
    with desk.engine.begin() as connection:
        keep_file(connection, held, FILE_KIND, FILE_NAME, b"%PDF")
        raw(connection, desk, held, "execute", "judge")


def signed_by_the_judge(desk: Office, held: str) -> str:
    """The sentence that refuses a raw signature."""
    with pytest.raises(DBAPIError) as caught, desk.engine.begin() as connection:
        document_act(connection, desk, held, "sign", "judge", desk.clock + timedelta(minutes=2))
    return str(caught.value.orig)


def document_act(
    connection: Any, desk: Office, held: str, act: str, who: str, at: datetime
) -> None:
    values = {"id": new_id(), "document_id": held, "act": act, "stage": "sign", "scope": -1}
    values |= {"person_id": desk.people[who], "at": at.isoformat(timespec="milliseconds")}
    sha = measure_of(connection, held).content_sha256
    connection.execute(insert(table("document_act")).values(content_sha256=sha, **values))


@pytest.mark.parametrize("after_ms", [0, 60_000, 60_001, 3_600_000])
def test_within_its_minute_an_approval_is_taken_back_and_not_after(
    desk: Office, after_ms: int
) -> None:
    """To the millisecond, as the desk counts; by a return of his own no longer either."""
    held = begun(desk)
    with desk.engine.connect() as connection:
        stand = standings(connection, [measure_of(connection, held)], desk.clock + LATER)[held]
        assert stand.approval is not None
        when = stand.approval.at + timedelta(milliseconds=after_ms)
        judge, president = desk.people["judge"], desk.people["president"]
        assert "批准人本人" in withdraw_fault(stand, judge, when)
        late = bool(withdraw_fault(stand, president, when))
    assert late is (after_ms > 60_000)
    for who in ("judge", "chief", "vice_president", "clerk"):
        assert "已经批准本件的人" in refused(desk, held, "withdraw", who, when=when), who
    if late:
        assert "已逾一分钟" in refused(desk, held, "withdraw", "president", when=when)
        with pytest.raises(DBAPIError, match="已逾一分钟"), desk.engine.begin() as connection:
            document_act(connection, desk, held, "return", "president", when)
        with desk.engine.begin() as connection:  # whoever is to sign it sends it back
            document_act(connection, desk, held, "return", "judge", when)
    else:
        with desk.engine.begin() as connection:
            raw(connection, desk, held, "withdraw", "president", when=when)
            document_act(connection, desk, held, "return", "president", when)
    with desk.engine.connect() as connection:
        stand = standings(connection, [measure_of(connection, held)], desk.clock + LATER)[held]
    assert stand.approval is None


def test_nothing_comes_before_what_it_follows_and_once_is_enough(desk: Office) -> None:
    held = begun(desk)
    for act in ("notify_family", "hand_over", "finish", "pay"):
        assert "尚未执行" in refused(desk, held, act, "judge")
    for act in ("ask_review", "lapse", "decide_review"):
        assert "尚未送达" in refused(desk, held, act, "judge")
    with desk.engine.begin() as connection:
        raw(connection, desk, held, "execute", "judge")
        raw(connection, desk, held, "serve", "judge")
    assert "已经执行" in refused(desk, held, "execute", "assistant")
    assert "没有申请复议" in refused(desk, held, "decide_review", "judge")


def test_no_other_document_has_such_acts(desk: Office) -> None:
    case_id = desk.city.late_case
    with desk.engine.begin() as connection:
        more = {"case_id": case_id, "facts": case_words(connection, case_id, TODAY)}
        days = {"days": "10"}
        other = desk.draft(connection, "property_order", values=days, author="judge", **more)
    assert "只有罚款、拘传、拘留" in refused(desk, other, "serve", "judge")


def test_what_was_done_stays(desk: Office) -> None:
    held = begun(desk)
    with desk.engine.begin() as connection:
        approved_again = raw(connection, desk, held, "execute", "judge")
    act = table("measure_act")
    for change in ({"violation": False, "body": "改"}, {"at": "2026-01-01T00:00:00+08:00"}):
        with pytest.raises(DBAPIError), desk.engine.begin() as connection:
            connection.execute(update(act).where(act.c.id == approved_again).values(**change))
    with pytest.raises(DBAPIError), desk.engine.begin() as connection:
        connection.execute(act.delete().where(act.c.id == approved_again))


@pytest.mark.parametrize("who", ["chief", "vice_president", "deputy", "clerk", "judge"])
def test_no_signature_after_an_approval_of_another(desk: Office, who: str) -> None:
    """document_act: the course cannot be gone round by raw rows either."""
    held = begun(desk, president=False)
    done = table("document_act")
    values = {"document_id": held, "content_sha256": None, "scope": -1}
    with desk.engine.begin() as connection:
        row = measure_of(connection, held)
        values["content_sha256"] = row.content_sha256
        at = (desk.clock + timedelta(minutes=1)).isoformat(timespec="milliseconds")
        person = {"person_id": desk.people[who], "at": at}
        if who != "judge":  # nobody approves his own
            passes = {"act": "pass", "stage": "approve", "for_post": "president"}
            connection.execute(insert(done).values(id=new_id(), **passes, **person, **values))
    signs = {"person_id": desk.people["judge"], "at": at, "act": "sign", "stage": "sign"}
    signature = insert(done).values(id=new_id(), **signs, **values)
    with desk.engine.begin() as connection, pytest.raises(DBAPIError, match="院长批准"):
        connection.execute(signature)
    assert "未经院长批准" in refused(desk, held, "execute", "judge")


OPS = st.lists(
    st.tuples(
        st.integers(1, 9),
        st.sampled_from(
            (
                *("words_a", "words_b", "president", "vice_president", "chief", "clerk", "return"),
                "president_alone",
            )
        ),
    ),
    max_size=7,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, str]:
    """One office whose vice-president has the president's power today."""
    made = court(tmp_path_factory.mktemp("court"))
    with made.engine.begin() as connection:
        power = Power(
            *(made.people["president"], made.people["vice_president"], Post.PRESIDENT),
            *(TODAY, TODAY, "洛中法授〔2026〕31号"),
        )
        given_ = delegate(connection, power)
        settle_power(connection, Verdict(given_, True, made.people["chief"], AT))
        held = paper(connection, made)
        keep_file(connection, held, FILE_KIND, FILE_NAME, b"%PDF")
    return made, held


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(OPS, st.integers(0, 10))
def test_the_fold_and_the_database_say_the_same(
    shared: tuple[Office, str], ops: list[tuple[int, str]], minute: int
) -> None:
    desk, held = shared
    start = desk.clock + timedelta(minutes=1)
    now = start + timedelta(minutes=minute)
    with desk.engine.connect() as connection:
        trial = connection.begin()
        for at, op in sorted(ops, key=lambda one: one[0]):
            _write(connection, desk, held, (start + timedelta(minutes=at)).isoformat(), op)
        row = measure_of(connection, held)
        approval = standings(connection, [row], now)[held].approval
        try:
            raw(connection, desk, held, "execute", "judge", when=now)
            taken = True
        except DBAPIError:
            taken = False
        trial.rollback()
    assert taken is (approval is not None)


def _write(connection: Any, desk: Office, held: str, at: str, op: str) -> None:
    document, version, act = (table(f"document{one}") for one in ("", "_version", "_act"))
    content = measure_of(connection, held).content_sha256
    if op.startswith("words"):
        sha = op[-1] * 64
        where = document.c.id == held
        connection.execute(update(document).where(where).values(content_sha256=sha))
        connection.execute(
            insert(version).values(
                id=new_id(),
                document_id=held,
                n=2,
                title="拘留决定书",
                fields=json.dumps({}),
                content_sha256=sha,
                author_id=desk.people["judge"],
                at=at,
                note="",
            )
        )
        return
    back, who = op == "return", op.removesuffix("_alone")
    connection.execute(
        insert(act).values(
            id=new_id(),
            document_id=held,
            act="return" if back else "pass",
            stage="sign" if back else "approve",
            person_id=desk.people["judge" if back else who],
            for_post="president" if op in ("vice_president", "clerk") else None,
            at=at,
            content_sha256=content,
        )
    )
    if op in ("president", "vice_president"):
        raw(connection, desk, held, "approve", op, at=at, pages_sha256=PAGES)


def test_an_approval_with_its_pages_is_one_act(desk: Office) -> None:
    with desk.engine.begin() as connection:
        held = paper(connection, desk)
        approved(connection, desk, held)
        row = measure_of(connection, held)
        stand = standings(connection, [row], desk.clock + timedelta(minutes=1))[held]
    assert stand.approval is not None
    assert stand.acts["approve"].at == stand.approval.at

"""合议: three judges vote, the majority decides, and who executed does not sit."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import DBAPIError

from desktop.documents.bench import PANEL_WORDS, panel_words, vote_of, vote_words
from desktop.documents.course import send_back, submit
from desktop.errors import UserError
from desktop.rules.signing import Outcome
from desktop.rules.signing_files import load_signing
from desktop.rules.signing_matrix import MAKER, PANEL_PRESIDING, Stage
from storage.schema import table
from storage.schema.documents import BENCH, SEPARATE
from tests.documents.bench_office import JUDGES, Bench, with_a_panel
from tests.documents.office import AT


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return with_a_panel(tmp_path)


def test_two_of_three_carry_it_and_the_dissent_is_kept(bench: Bench) -> None:
    made = bench.ruling()
    assert bench.inboxes(made) == set(JUDGES)
    bench.vote(made, "second", True)
    assert bench.inboxes(made) == {"first", "third"}
    with pytest.raises(UserError, match="已经表决"):
        bench.vote(made, "second", True)
    bench.vote(made, "third", False, "应予支持异议。")
    assert bench.state(made) == "checking"
    bench.vote(made, "first", True, "同意驳回。")
    assert bench.state(made) == "signing"
    assert bench.inboxes(made) == {"first"}
    done = table("document_act").c
    with bench.desk.engine.connect() as connection:
        said = connection.execute(
            select(done.person_id, done.body).where(done.stage == "panel")
        ).all()
    assert {row.person_id: row.body for row in said} == {
        bench.desk.people["second"]: "同意",
        bench.desk.people["third"]: "不同意：应予支持异议。",
        bench.desk.people["first"]: "同意：同意驳回。",
    }


def test_voted_down_it_is_a_draft_again_and_votes_count_anew(bench: Bench) -> None:
    made = bench.ruling()
    bench.vote(made, "first", True)
    bench.vote(made, "second", False, "证据不足")
    bench.vote(made, "third", False, "证据不足")
    assert bench.state(made) == "draft"
    assert bench.inboxes(made) == set()
    with bench.desk.engine.begin() as connection:
        submit(connection, bench.desk.act(connection, made, "assistant"))
    assert bench.inboxes(made) == set(JUDGES)


def test_whoever_executed_does_not_sit(bench: Bench) -> None:
    """异议复议规定 §11: by the case that the objection names, whoever handled it then or before."""
    people = bench.desk.people
    seats = (people["first"], people["second"], people["judge"])
    made = bench.ruling(**{PANEL_WORDS: panel_words(seats)})
    for who in ("first", "second", "judge"):
        with pytest.raises(UserError, match=r"顾长风曾办理本案的执行实施.*第11条"):
            bench.vote(made, who, True)
    assert bench.inboxes(made) == set()
    bench.desk.city.put(
        "hold",
        case_id=bench.desk.city.late_case,
        from_on="2026-08-28",
        kind="handler",
        holder_id=people["third"],
        holder_name="裁判third",
    )
    with pytest.raises(UserError, match="裁判third曾办理本案的执行实施"):
        bench.vote(bench.ruling(), "first", True)


def test_the_panel_of_the_words_sits_and_its_first_presides(bench: Bench) -> None:
    people = bench.desk.people
    seats = (people["leader"], people["second"], people["third"])
    made = bench.ruling(**{PANEL_WORDS: panel_words(seats)})
    assert bench.inboxes(made) == {"leader", "second", "third"}
    with pytest.raises(UserError, match=r"裁判first.*不能办理"):
        bench.vote(made, "first", True)
    for who in ("leader", "second", "third"):
        bench.vote(made, who, True)
    assert bench.inboxes(made) == {"leader"}


@pytest.mark.parametrize(
    ("seats", "sentence"),
    [
        (("first", "second"), "现为2名"),
        (("first", "second", "second"), "现为2名"),
        (("first", "second", "assistant"), "助理辛.*未入额"),
    ],
)
def test_a_panel_that_is_none_decides_nothing(
    bench: Bench, seats: tuple[str, ...], sentence: str
) -> None:
    ids = [bench.desk.people[one] for one in seats]
    made = bench.ruling(**{PANEL_WORDS: panel_words(ids)})
    with pytest.raises(UserError, match=sentence):
        bench.vote(made, "first", True)


def test_an_implementation_case_has_no_panel_of_its_own(bench: Bench) -> None:
    made = bench.ruling("petition_answer")
    with bench.desk.engine.begin() as connection:
        _of(connection, bench.case_id, team_id=bench.desk.city.team)
    with pytest.raises(UserError, match="现为0名"):
        bench.vote(made, "first", True)


def _of(connection: Connection, case_id: str, **values: str) -> None:
    case = table("case")
    connection.execute(update(case).where(case.c.id == case_id).values(**values))


def test_a_panel_votes_and_nobody_sends_back_alone(bench: Bench) -> None:
    made = bench.ruling()
    with bench.desk.engine.begin() as connection:
        act = bench.desk.act(connection, made, "first", "不妥")
        with pytest.raises(UserError, match="以表决决定"):
            send_back(connection, act)
    with pytest.raises(UserError, match="少数意见"):
        bench.vote(made, "first", False)


def test_words_that_are_no_vote_let_nothing_pass() -> None:
    for agreed, said in ((True, ""), (True, "甲"), (False, "乙：同意")):
        wanted = Outcome.DONE if agreed else Outcome.DISSENT
        assert vote_of(vote_words(agreed, said)) is wanted
    assert [vote_of(one) for one in ("", "同意驳回", "不同意", "是")] == [Outcome.DISSENT] * 4


# ── the database, when a program goes round the desk ──


def put_act(bench: Bench, document_id: str, act: str, stage: str, who: str, body: str = "") -> None:
    bench.desk.clock += timedelta(minutes=1)
    bench.desk.city.put(
        "document_act",
        document_id=document_id,
        act=act,
        stage=stage,
        person_id=bench.desk.people[who],
        at=bench.desk.clock.isoformat(timespec="milliseconds"),
        content_sha256="a" * 64,
        body=body,
    )


def sign(bench: Bench, document_id: str, who: str = "first") -> None:
    put_act(bench, document_id, "sign", "sign", who)


def test_no_signature_before_two_of_three_agreed(bench: Bench) -> None:
    made = bench.ruling()
    votes = (("first", "同意"), ("second", "同意：但须补正。"), ("third", "不同意：不当。"))
    for who, body in votes:
        with pytest.raises(DBAPIError, match="须经三名员额法官合议"):
            sign(bench, made)
        put_act(bench, made, "pass", "panel", who, body)
    sign(bench, made)


def test_two_that_dissent_carry_no_signature_nor_does_an_old_round(bench: Bench) -> None:
    made = bench.ruling()
    for who, body in (("first", "同意"), ("second", "不同意：甲"), ("third", "同意驳回")):
        put_act(bench, made, "pass", "panel", who, body)
    with pytest.raises(DBAPIError, match="须经三名员额法官合议"):
        sign(bench, made)
    put_act(bench, made, "pass", "draft", "assistant")
    put_act(bench, made, "pass", "panel", "second", "同意")
    with pytest.raises(DBAPIError, match="须经三名员额法官合议"):
        sign(bench, made)
    for who in ("first", "third"):
        put_act(bench, made, "pass", "panel", who, "同意")
    sign(bench, made)


def test_the_database_knows_who_sits_and_who_presides(bench: Bench) -> None:
    people = bench.desk.people
    seats = (people["leader"], people["second"], people["third"])
    made = bench.ruling(**{PANEL_WORDS: panel_words(seats)})
    for who in ("first", "clerk"):
        with pytest.raises(DBAPIError, match="只有合议庭的员额法官可以表决"):
            put_act(bench, made, "pass", "panel", who, "同意")
    for who in ("leader", "second", "third"):
        put_act(bench, made, "pass", "panel", who, "同意")
    with pytest.raises(DBAPIError, match="由审判长签发"):
        sign(bench, made, "second")
    sign(bench, made, "leader")


def test_the_database_keeps_out_whoever_executed(bench: Bench) -> None:
    made = bench.ruling()
    with pytest.raises(DBAPIError, match="异议复议规定第十一条"):
        put_act(bench, made, "pass", "panel", "judge", "同意")
    bench.desk.city.put(
        "hold",
        case_id=bench.desk.city.late_case,
        from_on="2026-08-28",
        kind="handler",
        holder_id=bench.desk.people["third"],
        holder_name="裁判third",
    )
    with pytest.raises(DBAPIError, match="异议复议规定第十一条"):
        put_act(bench, made, "pass", "panel", "third", "同意")
    put_act(bench, bench.ruling("petition_answer"), "pass", "panel", "third", "同意")


def test_the_database_and_the_matrix_name_the_same_documents() -> None:
    law = load_signing().on(AT.date()).values()
    signed = [one for one in law if one.panel and one.steps[-1].stage is Stage.SIGN]
    assert {one.code for one in signed} == set(BENCH)
    assert {one.code for one in law if one.separate} == set(SEPARATE)
    assert all(one.steps[-1].signers <= {PANEL_PRESIDING, MAKER} for one in signed)

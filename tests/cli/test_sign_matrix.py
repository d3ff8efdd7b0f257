"""`edesk sign-matrix`: a post without a store, a person with one; the whole table; the proof."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from desktop.__main__ import main
from desktop.cli import sign_matrix
from desktop.cli.opening import open_session
from desktop.rules.signing_space import explore
from storage.schema import table

KEYS = (
    "document name stage person day allowed reason open_stage who_can as_delegate_of for_post"
    " tell_duty_leader basis confirmed may_batch assumed"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("matrix") / "s"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EDESK_PASSPHRASE", "口令")
        words = ["demo", "--store", str(place), "--cases", "60", "--seed", "4"]
        assert main([*words, "--today", "2026-11-23"]) == 0
    return place


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDESK_PASSPHRASE", "口令")


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("detention_decision approve president", 0, "民诉法第119条"),
        ("拘留决定书 审批 院长", 0, "可以办理"),
        ("detention_decision approve vice_president", 1, "由院长办理"),
        ("detention_decision sign quota_judge", 0, "〔未核实〕"),
        ("detention_decision sign deputy_chief", 1, "须由员额法官签发"),
        ("control_ruling sign commissar", 1, "未入额"),
        ("control_ruling approve president", 1, "没有审批环节"),
        ("objection_ruling sign panel:presiding", 0, "审判长签发"),
        ("objection_ruling sign panel:judge", 1, "可以签发的有：审判长"),
        ("weekly_circular review group:petition.leader", 0, "周通报"),
        ("weekly_circular sign group:petition.leader", 1, "执行局局长"),
    ],
)
def test_a_post_is_answered_without_a_store(
    line: str, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["sign-matrix", "check", *line.split(), "--on", "2026-11-23"]
    assert main(arguments) == code
    assert words in capsys.readouterr().out
    assert main([*arguments, "--format", "json"]) == code
    found = json.loads(capsys.readouterr().out)
    assert " ".join(found) == KEYS
    assert found["allowed"] is (code == 0)
    assert found["who_can"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("check poem sign president", "没有文书“poem”"),
        ("check notice seal president", "没有环节“seal”"),
        ("check notice sign boss", "没有职务“boss”"),
        ("check notice sign maker", "没有职务“maker”"),
        ("check notice sign president --case 1", "须与 --store 一起使用"),
        ("check notice sign president --on 2016-12-31", "没有文书"),
        ("prove --store none", "数据文件夹不存在"),
    ],
)
def test_a_question_that_cannot_be_answered(
    line: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sign-matrix", *line.split()]) == 1
    told = capsys.readouterr()
    assert (words in told.err, told.out) == (True, "")


def _one(store: Path, ask: Callable[..., object]) -> tuple[str, ...]:
    with open_session(store) as opened, opened.session.read() as connection:
        row = connection.execute(ask()).first()
    assert row is not None
    return tuple(row)


def test_a_person_of_the_store_is_asked_by_the_team_of_the_case(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case, team, member = table("case").c, table("team").c, table("membership").c
    person = table("person").c

    def of(role: str) -> tuple[str, ...]:
        return _one(
            store,
            lambda: (
                select(case.number, person.id, person.name, case.court_id)
                .join_from(table("case"), table("team"), team.id == case.team_id)
                .join(table("membership"), member.team_id == team.id)
                .join(table("person"), person.id == member.person_id)
                .where(member.role == role, team.kind == "implementation")
                .order_by(case.number, person.id)
            ),
        )

    number, judge, name, court = of("judge")
    line = ["sign-matrix", "check", "control_ruling", "sign"]
    rest = ["--store", str(store), "--case", number, "--format", "json"]
    assert main([*line, judge, *rest]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["person"], found["day"]) == (name, "2026-11-23")
    assert main([*line, of("clerk")[1], *rest]) == 1
    assert name in json.loads(capsys.readouterr().out)["who_can"]

    # A post of another court gives nothing here.
    stranger = _one(
        store, lambda: select(person.id).where(person.court_id != court).order_by(person.id)
    )[0]
    assert main([*line, stranger, *rest]) == 1
    assert "不是本案所在法院的人员" in capsys.readouterr().err


def test_people_and_cases_that_are_not_there(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["sign-matrix", "check", "notice", "sign"]
    for more, words in (
        (["无此人"], "没有在岗人员“无此人”"),
        (["x", "--case", "（2026）豫03执999999号"], "没有案件"),
        (["x", "--case", "乱"], "案号有误"),
        (["x", "--document", "y"], "文书已不存在"),
    ):
        assert main([*line, *more, "--store", str(store)]) == 1
        assert words in capsys.readouterr().err


def test_the_whole_matrix_is_shown_with_its_marks(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sign-matrix", "show", "--store", str(store)]) == 0
    page = capsys.readouterr().out
    assert "签发权限表（2026-11-23）" in page
    assert "审批  院长  —— 民诉法第119条\n" in page
    assert page.count("〔未核实〕") > 20
    assert main(["sign-matrix", "show", "--format", "json", "--on", "2026-11-23"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found["documents"]) == 28
    assert [d["code"] for d in found["documents"] if not d["may_batch"]] == [
        *("fine_decision", "summons", "detention_decision")
    ]


@pytest.mark.slow
def test_the_proof_is_written_with_its_counts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two documents; tests/rules/test_signing_space walks through all."""
    two = frozenset({"notice", "detention_decision"})
    monkeypatch.setattr(sign_matrix, "explore", partial(explore, codes=two))
    out = tmp_path / "proof.json"
    line = ["sign-matrix", "prove", "--on", "2026-11-23", "--format", "json", "--out", str(out)]
    assert main(line) == 0
    assert capsys.readouterr().out == ""
    found = json.loads(out.read_text(encoding="utf-8"))
    assert (found["violations"], found["past_the_president"]) == ([], 0)
    assert found["states"] == sum(one["states"] for one in found["documents"]) >= 3_380
    assert {one["code"] for one in found["documents"]} == two

"""The matrix as dated data: its files, and changes by two persons that the law does not forbid."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.errors import UserError
from desktop.rules.rule_files import RuleFileError
from desktop.rules.signing import decide
from desktop.rules.signing_files import load_signing
from desktop.rules.signing_matrix import (
    SIGNER_NAMES,
    UNCONFIRMED_MARK,
    Amendment,
    Matrix,
    Stage,
    agreement_fault,
    broken,
    change_fault,
    matrix_on,
    parse_signers,
    signers_text,
    signers_words,
)
from desktop.rules.signing_space import explore
from resources import path as resource_path

BASE = load_signing()
TODAY = date(2026, 11, 23)
START = date(2026, 12, 1)
Rows = list[tuple[str, str]]

DETENTION: Rows = [
    ("draft", "team:judge"),
    ("review", "team:leader"),
    ("approve", "post:president"),
    ("sign", "team:judge,maker"),
]


def change(document: str, rows: Rows, change_id: str = "c1", **more: object) -> list[Amendment]:
    made = [
        Amendment(
            *(change_id, document, number, stage, signers, START, None, "本院规定", "confirmed"),
            proposed_by="甲",
            proposed_at="2026-11-23T09:00:00+08:00",
        )
        for number, (stage, signers) in enumerate(rows, start=1)
    ]
    return [replace(row, **more) for row in made]  # type: ignore[arg-type]


def agreed(rows: list[Amendment], **more: object) -> list[Amendment]:
    known = {"agreed_by": "乙", "agreed_at": "2026-11-24T09:00:00+08:00", "state": "agreed"}
    return [replace(row, **{**known, **more}) for row in rows]  # type: ignore[arg-type]


def stages(matrix: Matrix, document: str) -> list[str]:
    return [step.stage.value for step in matrix.document(document).steps]


# ── the file ──


def test_every_step_has_its_basis_and_every_document_keeps_to_the_law() -> None:
    for document in BASE.versions:
        assert broken(document, document) is None
        for step in document.steps:
            assert step.basis
            assert step.source
            assert step.confidence in ("confirmed", "unconfirmed")
            assert step.cited().endswith(UNCONFIRMED_MARK) == (step.confidence == "unconfirmed")
            if step.delegates:
                assert UNCONFIRMED_MARK in step.delegates_cited()


def test_the_documents_of_the_court_are_all_there() -> None:
    codes = set(BASE.on(TODAY))
    assert len(codes) == 28
    coercive = {"fine_decision", "summons", "detention_decision"}
    assert {one.code for one in BASE.versions if one.coercive} == coercive
    assert {one.code for one in BASE.versions if one.separate} == {
        *("objection_ruling", "review_ruling")
    }


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('signers = "post:president"\nfixed', 'signers = "post:commissar"\nfixed', "院长一人批准"),
        ('signers = "team:judge,maker"', 'signers = "team:leader,maker"', "须由员额法官签发"),
        ('signers = "team:judge,maker"', 'signers = "team:Judge"', "不认识“team:Judge”"),
        ('signers = "team:judge,maker"', 'signers = "maker"', "须与其他人员代码并用"),
        ('stage = "panel"', 'stage = "seal"', "不在允许的取值之内"),
        ('code = "notice"', 'code = "summons"', "重复"),
        ("valid_from = 2024-01-01", "valid_from = 2023-01-01", "效力期间重叠"),
        ('delegates_basis = "院长', 'delegates_why = "院长', "须写明依据"),
        ('same_steps_as = "2017"', 'same_steps_as = "2016"', "没有写在前面"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = resource_path("law/signing.toml").read_text(encoding="utf-8")
    assert old in text
    place = tmp_path / "signing.toml"
    place.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"signing\.toml") as caught:
        load_signing(place)
    assert words in str(caught.value)


# ── cells ──


@pytest.mark.parametrize(
    "text",
    [
        "",
        "president",
        "post:president,",
        " post:president",
        "post:president,post:president",
        "maker",
        "post:PRESIDENT",
        "post：president",
        "team:supervisor",
        "group:petition",
    ],
)
def test_a_cell_is_read_strictly(text: str) -> None:
    with pytest.raises(UserError, match="签发权限"):
        parse_signers(text)


@given(st.sets(st.sampled_from(sorted(set(SIGNER_NAMES) - {"maker"})), min_size=1))
def test_a_cell_is_written_as_it_is_read(codes: set[str]) -> None:
    text = signers_text(codes)
    assert parse_signers(text) == codes
    assert signers_text(parse_signers(text)) == text
    assert signers_words(frozenset(codes))


# ── changes ──


def test_a_change_counts_from_its_day_to_its_end() -> None:
    rows = agreed(change("detention_decision", DETENTION, valid_to=date(2027, 1, 31)))
    plain = ["draft", "approve", "sign"]
    for day, wanted in (
        (START - timedelta(days=1), plain),
        (START, ["draft", "review", "approve", "sign"]),
        (date(2027, 1, 31), ["draft", "review", "approve", "sign"]),
        (date(2027, 2, 1), plain),
    ):
        matrix = matrix_on(BASE, rows, day)
        assert stages(matrix, "detention_decision") == wanted
        assert not matrix.left_out
    step = matrix_on(BASE, rows, START).document("detention_decision").steps[2]
    # What the law says of standing in is kept: a change cannot widen it.
    assert step.delegates == {"post:vice_president"}
    assert step.cited() == "本院规定"


def test_the_later_of_two_changes_counts() -> None:
    first = agreed(change("notice", [("draft", "post:clerk"), ("sign", "post:police")], "a"))
    second = agreed(
        change("notice", [("draft", "post:clerk"), ("sign", "post:finance")], "b"),
        valid_from=START + timedelta(days=5),
    )
    rows = [*second, *first]
    assert "post:police" in matrix_on(BASE, rows, START).document("notice").steps[1].signers
    later = matrix_on(BASE, rows, START + timedelta(days=5))
    assert later.document("notice").steps[1].signers == {"post:finance"}


FORBIDDEN: list[tuple[str, Rows, str]] = [
    ("detention_decision", [DETENTION[0], DETENTION[3]], "院长一人批准"),
    (
        "detention_decision",
        [DETENTION[0], ("approve", "post:president,post:vice_president"), DETENTION[3]],
        "院长一人批准",
    ),
    (
        "fine_decision",
        [DETENTION[0], ("sign", "team:judge"), ("approve", "post:president")],
        "签发须为最后",
    ),
    ("summons", [*DETENTION[:3], ("sign", "post:bureau_chief")], "须由员额法官签发"),
    ("control_ruling", [DETENTION[0], ("sign", "team:leader,maker")], "须由员额法官签发"),
    ("notice", [("draft", "post:clerk"), ("review", "post:clerk,maker")], "拟稿人本人"),
    ("disbursement", [("draft", "post:clerk"), ("approve", "post:finance,maker")], "拟稿人本人"),
    ("search_warrant", [DETENTION[0], ("sign", "post:vice_president")], "依法由院长办理"),
    ("extension_approval", [DETENTION[0], ("approve", "post:bureau_chief")], "依法由"),
    ("objection_ruling", [("draft", "panel:judge"), ("sign", "panel:presiding")], "合议庭合议"),
    (
        "objection_ruling",
        [("draft", "panel:judge"), ("panel", "team:leader"), ("sign", "panel:presiding")],
        "合议庭成员",
    ),
    ("notice", [("sign", "post:clerk")], "拟稿环节"),
    ("notice", [("draft", "post:clerk")], "其后至少一个环节"),
    ("notice", [("draft", "post:boss"), ("sign", "post:clerk")], "不认识“post:boss”"),
    ("notice", [("draft", "post:clerk"), ("seal", "post:clerk")], "环节“seal”有误"),
    ("poem", [("draft", "post:clerk"), ("sign", "post:clerk")], "没有文书“poem”"),
]


@pytest.mark.parametrize(
    ("document", "rows", "words"), FORBIDDEN, ids=[f"{n}-{r[2]}" for n, r in enumerate(FORBIDDEN)]
)
def test_what_the_law_forbids_is_neither_proposed_nor_counted(
    document: str, rows: Rows, words: str
) -> None:
    proposed = change(document, rows)
    fault = change_fault(BASE, proposed, TODAY)
    assert fault is not None
    assert words in fault
    assert agreement_fault(BASE, proposed, "乙", TODAY) == fault
    # Should it arrive all the same, it is left out with the same reason.
    matrix = matrix_on(BASE, agreed(proposed), START)
    assert matrix.left_out == {"c1": fault}
    assert matrix.documents == matrix_on(BASE, (), START).documents


@pytest.mark.parametrize(
    "more",
    [
        {"agreed_by": "甲"},
        {"agreed_by": None},
        {"agreed_by": ""},
        {"agreed_at": None},
        {"agreed_at": "2026-12-02T09:00:00+08:00"},
    ],
)
def test_a_change_needs_a_second_person_in_time(more: dict[str, object]) -> None:
    matrix = matrix_on(BASE, agreed(change("detention_decision", DETENTION), **more), START)
    assert stages(matrix, "detention_decision") == ["draft", "approve", "sign"]
    assert "c1" in matrix.left_out


@pytest.mark.parametrize("state", ["proposed", "refused"])
def test_a_change_that_is_not_agreed_on_in_whole_does_not_count(state: str) -> None:
    rows = agreed(change("detention_decision", DETENTION))
    rows[1] = replace(rows[1], state=state)
    matrix = matrix_on(BASE, rows, START)
    assert stages(matrix, "detention_decision") == ["draft", "approve", "sign"]


def test_proposing_and_agreeing() -> None:
    rows = change("detention_decision", DETENTION)
    assert change_fault(BASE, rows, TODAY) is None
    assert agreement_fault(BASE, rows, "乙", TODAY) is None
    assert "另一人" in str(agreement_fault(BASE, rows, "甲", TODAY))
    assert "另一人" in str(agreement_fault(BASE, rows, "", TODAY))
    assert "溯及既往" in str(change_fault(BASE, rows, START + timedelta(days=1)))
    assert "已经处理" in str(agreement_fault(BASE, agreed(rows), "乙", TODAY))
    assert "没有任何环节" in str(change_fault(BASE, [], TODAY))
    assert "依据" in str(change_fault(BASE, change("notice", DETENTION, basis=" "), TODAY))
    early = change("notice", DETENTION, valid_to=TODAY)
    assert "早于生效日" in str(change_fault(BASE, early, TODAY))
    mixed = [*rows[:2], replace(rows[2], document="summons"), rows[3]]
    assert "全部环节" in str(change_fault(BASE, mixed, TODAY))


def test_a_change_must_hold_under_law_that_comes_later() -> None:
    later = replace(
        next(one for one in BASE.versions if one.code == "notice"),
        version="以后",
        valid_from=START + timedelta(days=30),
        panel=True,
    )
    base = replace(BASE, versions=(*(v for v in BASE.versions if v.code != "notice"), later))
    rows = change("notice", [("draft", "post:clerk"), ("sign", "post:clerk")])
    assert "没有文书" in str(change_fault(base, rows, TODAY))
    rows = [replace(row, valid_from=later.valid_from) for row in rows]
    assert "合议" in str(change_fault(base, rows, TODAY))


_CELLS = st.lists(
    st.sampled_from(
        [
            "post:president",
            "post:vice_president",
            "post:commissar",
            "team:judge",
            "team:leader",
            "panel:presiding",
            "panel:judge",
            "maker",
            "post:quota_judge",
        ]
    ),
    min_size=1,
    max_size=3,
    unique=True,
).map(",".join)
_SIGNING = ("team:judge,maker", "team:judge", "post:president")
_SHAPES = st.lists(st.sampled_from(["review", "panel", "approve"]), max_size=2)


@st.composite
def _changes(draw: st.DrawFn) -> list[Amendment]:
    code = draw(st.sampled_from(["detention_decision", "control_ruling", "search_warrant"]))
    rows = [("draft", draw(st.sampled_from(["team:judge", "post:president,team:leader"])))]
    for stage in draw(_SHAPES):
        approve = st.sampled_from(["post:president", "post:vice_president", "team:leader"])
        rows.append((stage, draw(st.just("panel:judge") if stage == "panel" else approve)))
    rows.append(("sign", draw(st.one_of(*[st.just(text) for text in _SIGNING], _CELLS))))
    return change(code, rows)


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_changes())
def test_no_change_that_passes_the_check_breaks_the_law(rows: list[Amendment]) -> None:
    matrix = matrix_on(BASE, agreed(rows), START)
    refused = change_fault(BASE, rows, TODAY) is not None
    assert ("c1" in matrix.left_out) is refused
    code = rows[0].document
    if refused:
        assert matrix.documents[code] == matrix_on(BASE, (), START).documents[code]
        return
    assert [step.stage for step in matrix.documents[code].steps] == [Stage(r.stage) for r in rows]
    found = explore(matrix, decide, frozenset({code}), restarts=0)
    assert found.past_the_president() == 0
    # A local rule may name steps that nobody can all do; it can break nothing else.
    faults = [one.sentence for one in found.violations if "没有任何路径" not in one.sentence]
    assert faults == []

"""审执分离 where a bench is named and where it votes: one execution under several numbers is one
matter, another execution that hangs with it is weighed."""

from pathlib import Path

import pytest
from sqlalchemy import update

from desktop.command.separation.kin import MayArgs, who_may
from desktop.command.separation.watching import recount
from desktop.documents.bench import PANEL_WORDS, offered, panel_words, seats_fault, seats_notes
from desktop.errors import UserError
from storage.schema import table
from tests.documents.bench_office import JUDGES, Bench, with_a_panel
from tests.panels.real_city import TODAY


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return with_a_panel(tmp_path)


def seats(bench: Bench) -> tuple[str, ...]:
    return tuple(bench.desk.people[one] for one in JUDGES)


def another(bench: Bench, who: str, word: str = "执", **more: object) -> str:
    """A case that one of the judges handled."""
    return bench.desk.put(
        "case",
        **{
            "number": f"（2025）豫0381{word}771号",
            "court_id": bench.desk.city.court,
            "year": 2025,
            "type_word": word,
            "serial": 771,
            "filed_on": "2025-06-02",
            "closed_on": "2025-12-30",
            "handler_id": bench.desk.people[who],
            **more,
        },
    )


def bind(bench: Bench, other: str, kind: str) -> None:
    bench.desk.put(
        "case_kin",
        case_id=other,
        other_id=bench.desk.city.late_case,
        other_number=bench.late_number,
        kind=kind,
        person_id=bench.desk.people["clerk"],
        at="2026-11-20T09:00:00+08:00",
    )


def fault(bench: Bench) -> str:
    with bench.desk.engine.connect() as connection:
        return seats_fault(connection, bench.case_id, seats(bench), TODAY)


@pytest.mark.parametrize("kind", ["transfer", "merged", "consigned"])
def test_who_executed_it_under_another_number_is_not_named(bench: Bench, kind: str) -> None:
    other = another(bench, "third")
    assert fault(bench) == ""
    bind(bench, other, kind)
    said = fault(bench)
    assert said.startswith("裁判third曾在（2025）豫0381执771号中承办执行实施，该案与本案系同一执行")
    assert said.endswith("不得参加合议庭（执行实施与审查分离）。")
    with bench.desk.engine.connect() as connection:
        may = offered(connection, bench.case_id, TODAY)
    assert bench.desk.people["third"] not in {str(one.id) for one in may}


def test_a_case_of_other_claims_is_weighed_and_not_forbidden(bench: Bench) -> None:
    bind(bench, another(bench, "third"), "kin")
    assert fault(bench) == ""
    with bench.desk.engine.connect() as connection:
        (note,) = seats_notes(connection, bench.case_id, seats(bench), TODAY)
        ranks = {
            one.person_id: one.rank for one in who_may(connection, MayArgs(bench.case_id, TODAY))
        }
    assert "规定未禁止其参加合议庭，请斟酌是否回避" in note
    assert "所审查的案件 → 关联案件" in note
    people = bench.desk.people
    assert [ranks[people[one]] for one in ("first", "third", "judge")] == [0, 1, 2]


@pytest.mark.parametrize("basis", ["（2024）豫0381民初55号", "(2024)豫0381民初55号"])
def test_an_objection_that_names_the_judgment_is_about_what_executes_it(
    bench: Bench, basis: str
) -> None:
    another(bench, "third", "执恢", basis_no="（2024）豫0381民初55号")
    case = table("case")
    with bench.desk.engine.begin() as connection:
        objection = update(case).where(case.c.id == bench.case_id)
        connection.execute(objection.values(basis_no=basis))
    assert "同一执行依据" in fault(bench)


def test_a_review_of_a_review_and_a_paper_of_the_case_lead_to_who_executed(bench: Bench) -> None:
    case, people = table("case"), bench.desk.people
    with bench.desk.engine.begin() as connection:
        first = update(case).where(case.c.id == bench.case_id)
        connection.execute(first.values(basis_no=f"{bench.late_number}之二"))
    again = another(
        *(bench, "first", "执复"),
        basis_no="（2026）豫0381执异5号",
        number="（2026）豫0381执复1号",
        closed_on=None,
    )
    with bench.desk.engine.connect() as connection:
        named = (people["judge"], people["second"], people["third"])
        for at in (bench.case_id, again):
            assert "顾长风曾办理本案的执行实施" in seats_fault(connection, at, named, TODAY)


def test_a_bond_that_comes_after_the_bench_was_named_stops_the_vote(bench: Bench) -> None:
    """As from an offline desk: the seat was lawful when it was given."""
    made = bench.ruling(**{PANEL_WORDS: panel_words(seats(bench))})
    bench.vote(made, "first", True)
    other = another(bench, "third")
    bind(bench, other, "transfer")
    with pytest.raises(UserError, match="裁判third曾办理本案的执行实施"):
        bench.vote(made, "third", True)
    with bench.desk.engine.connect() as connection:
        (found,) = recount(connection)
    assert (found.person_id, found.by_law, found.forbids) == (
        bench.desk.people["third"],
        True,
        True,
    )

"""Causes of petitions: what is planted is found, noise is refused, and people play no part."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from math import exp, log
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.contract.law import Law, load_law
from desktop.petitions.causes import HORIZON, RiskList, risk_list, signs, why
from desktop.petitions.causes_facts import CaseState, LateNode, first_petition, history
from desktop.petitions.causes_model import Sample, fit, judged, risks, wilson
from storage.session import Session
from tests.demo.cities import TODAY, own_copy

LAW = load_law()


def drawn(rng: np.random.Generator, points: list[float], lines: int = 6_000) -> Sample:
    """Lines of signs that occur in a tenth of cases, with petitions drawn by these points."""
    x = (rng.random((lines, len(points) - 1)) < 0.1).astype(np.float64)
    y = (rng.random(lines) < risks(np.asarray(points), x)).astype(np.float64)
    return Sample(x, y, np.arange(lines))


def test_planted_points_are_found_and_hold_on_later_days() -> None:
    planted = [-3.5, 1.5, 0.0, 0.8, 0.0]
    rng = np.random.default_rng(1)
    points = fit((earlier := drawn(rng, planted, 40_000)).x, earlier.y)
    assert np.abs(points - planted).max() < 0.2
    trial = judged(points, drawn(rng, planted))
    assert trial.brier < trial.base
    assert trial.sure > 2
    assert abs(trial.expected - trial.happened) < 3 * trial.expected**0.5
    assert sum(one.hits for one in trial.bins) == trial.happened
    assert sum(one.of for one in trial.bins) == trial.of
    for one in trial.bins:
        assert one.least - 0.02 <= one.mean <= one.most + 0.02
    assert [one.low for one in trial.bins] == sorted(one.low for one in trial.bins)


def test_noise_does_not_pass() -> None:
    passed = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        earlier, later = drawn(rng, [-3.0, 0, 0, 0, 0, 0]), drawn(rng, [-3.0, 0, 0, 0, 0, 0])
        trial = judged(fit(earlier.x, earlier.y), later)
        passed += trial.brier < trial.base and trial.sure >= 2
    assert passed <= 2


def test_no_better_points_are_near() -> None:
    """Any small change of the points makes the past less likely; signs below zero get none."""
    rng = np.random.default_rng(5)
    sample = drawn(rng, [-2.5, 1.0, -1.5, 0.4])
    points = fit(sample.x, sample.y)
    assert points[2] == 0
    assert points[1] > 0

    def worth(tried: np.ndarray) -> float:
        risk = risks(tried, sample.x)
        likely = (sample.y * np.log(risk) + (1 - sample.y) * np.log(1 - risk)).sum()
        return float(likely - (tried[1:] ** 2).sum() / 2)

    best = worth(points)
    for _ in range(200):
        step = rng.normal(0, 0.02, len(points))
        step[2] = abs(step[2])
        assert worth(points + step) <= best + 1e-9


def test_lines_of_one_case_count_as_one() -> None:
    """The same lines written four times over are no more certain than once."""
    rng = np.random.default_rng(3)
    points = np.asarray([-3.0, 1.0, 0.5])
    one = drawn(rng, [-3.0, 1.0, 0.5], 2_000)
    four = Sample(np.tile(one.x, (4, 1)), np.tile(one.y, 4), np.tile(one.case, 4))
    assert judged(points, four).sure == pytest.approx(judged(points, one).sure)
    apart = replace(four, case=np.arange(8_000))
    assert judged(points, apart).sure > 1.9 * judged(points, one).sure


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763)]
)
def test_wilson_as_in_tables(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=0.001)


_NODES = st.builds(
    LateNode,
    st.sampled_from(["N03", "N10", "N27", "D903", "N37", "D601", "D710"]),
    st.sampled_from(["", "线索一"]),
    st.integers(1, 400),
)
_STATES = st.builds(
    CaseState,
    *(st.just("c"), st.just("（2026）豫03执1号"), st.just("洛阳中院"), st.just("程思齐")),
    age=st.integers(0, 900),
    late=st.lists(_NODES, max_size=5).map(lambda n: tuple(sorted(n, key=lambda one: -one.days))),
    idle=st.none() | st.integers(0, 200),
    money=st.none() | st.integers(0, 90),
    clue=st.none() | st.integers(0, 40),
    visits=st.integers(0, 4),
    since_visit=st.none() | st.integers(0, 100),
)


@given(_STATES, st.lists(st.floats(0.06, 2), min_size=40, max_size=40))
def test_reasons_add_up_to_the_risk(state: CaseState, drawn_points: list[float]) -> None:
    x = signs([state])
    points = np.asarray([-3.5, *drawn_points[: x.shape[1]]])
    told = why(LAW, points, state)
    odds = -3.5 + sum(one.points for one in told)
    assert float(risks(points, x)[0]) == pytest.approx(1 / (1 + exp(-odds)))
    assert [one.points for one in told] == sorted((one.points for one in told), reverse=True)


def test_a_reason_names_node_and_days() -> None:
    late = (LateNode("N06", "", 41),)
    state = CaseState("c", "1", "", "", age=10, late=late)
    points = np.zeros(1 + signs([state]).shape[1])
    points[1], points[7], points[8] = 0.5, 0.4, 0.3
    (told,) = why(LAW, points, state)
    assert told.words() == "发出执行通知书超期 41 天：+1.2"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    with own_copy(tmp_path_factory) as session:
        yield session


def listed(session: Session, law: Law = LAW) -> RiskList:
    with session.read() as connection:
        return risk_list(connection, law, TODAY)


def test_the_city_beats_its_base_rate_and_says_so(city: Session) -> None:
    found = listed(city)
    assert found.usable
    assert found.brier is not None
    assert found.base_brier is not None
    assert found.brier < found.base_brier
    assert f"{found.brier:.4f}" in found.note
    assert f"{found.base_brier:.4f}" in found.note
    assert found.rows
    assert [row.risk for row in found.rows] == sorted((r.risk for r in found.rows), reverse=True)
    assert any("超期" in row.reasons[0].text for row in found.rows)
    start = found.points[0].points
    for row in found.rows:
        odds = log(row.risk / (1 - row.risk))
        assert start + sum(one.points for one in row.reasons) == pytest.approx(odds, abs=0.3)
    assert listed(city) == found


def test_days_are_judged_as_they_were(city: Session) -> None:
    """A case state of a past day says nothing of what came later."""
    with city.read() as connection:
        first = first_petition(connection)
        assert first is not None
        past = history(connection, TODAY - HORIZON * 5, TODAY)
        day = TODAY - HORIZON * 3
        iso = day.isoformat()
        states = past.states(day)
        for state in states[::97]:
            closed, filed = connection.exec_driver_sql(
                'select closed_on, filed_on from "case" where id = ?', (state.case_id,)
            ).one()
            assert filed <= iso
            assert closed is None or closed > iso
            visits = connection.exec_driver_sql(
                "select count(*) from petition where case_id = ? and duplicate_of is null"
                " and substr(received_at, 1, 10) <= ?",
                (state.case_id, iso),
            ).scalar_one()
            assert state.visits == visits
            late = connection.exec_driver_sql(
                "select count(*) from node_clock where case_id = ? and certain and due_on < ?"
                " and (done_on is null or done_on > ?)"
                " and not (pause_from is not null and pause_from <= ?"
                " and coalesce(pause_to, '9999') >= ?)",
                (state.case_id, iso, iso, iso, iso),
            ).scalar_one()
            assert len(state.late) == late
        assert any(state.late for state in states)
        assert any(state.visits for state in states)


def test_who_people_are_changes_nothing(city: Session) -> None:
    before = listed(city)
    with city.write("换人") as write:
        link = write.connection
        link.exec_driver_sql("update party set name = '某' || substr(id, -6), kind = 'natural'")
        link.exec_driver_sql(
            "update petition set petitioner = '某', identity_no = '4103', contact = '1',"
            " people = 9, summary = '甲', demand = '乙'"
        )
        assert risk_list(link, LAW, TODAY) == before
        write.abandon()


def test_petitions_thrown_among_the_cases_are_refused(city: Session) -> None:
    """The same visits on the same days, each to a case drawn by lot: no list."""
    rng = Random(4)
    with city.write("打乱") as write:
        link = write.connection
        came = link.exec_driver_sql(
            "select id, substr(received_at, 1, 10) from petition where case_id is not null"
        ).fetchall()
        cases = link.exec_driver_sql('select id, filed_on, closed_on from "case"').fetchall()
        for petition_id, day in came:
            while True:
                case_id, filed, closed = rng.choice(cases)
                if filed < day and (closed is None or closed > day):
                    break
            link.exec_driver_sql(
                "update petition set case_id = ? where id = ?", (case_id, petition_id)
            )
        found = risk_list(link, LAW, TODAY)
        write.abandon()
    assert not found.usable
    assert found.rows == ()
    assert "不列名单" in found.note
    assert found.brier is not None


def test_without_a_past_there_is_a_sentence(city: Session) -> None:
    with city.write("删去") as write:
        link = write.connection
        link.exec_driver_sql(
            "update petition set case_id = null where received_at < ?",
            ((TODAY - timedelta(days=20)).isoformat(),),
        )
        few = risk_list(link, LAW, TODAY)
        write.abandon()
    assert "过少" in few.note
    with city.read() as connection:
        early = risk_list(connection, LAW, TODAY - timedelta(days=120))
    assert "不足" in early.note
    assert (early.rows, early.brier, early.bins) == ((), None, ())

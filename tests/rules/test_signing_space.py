"""X15: everything that can happen to every document is walked; planted holes are found."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from desktop.rules.signing import Act, Attempt, Decision, Outcome, decide
from desktop.rules.signing_cast import AGREED_BY, cast, profiles, sort_of, worlds
from desktop.rules.signing_files import load_signing
from desktop.rules.signing_matrix import Document, Matrix, Stage, Step, matrix_on
from desktop.rules.signing_space import RESTARTS, Decide, Report, explore
from storage.ids import PersonId
from storage.records.people import Post, TeamRole

DAY = date(2026, 11, 29)
MATRIX = matrix_on(load_signing(), (), DAY)
SECONDS_MAX = 20


@pytest.fixture(scope="module")
def walked() -> tuple[Report, float]:
    began = time.process_time()
    return explore(MATRIX, decide), time.process_time() - began


@pytest.mark.slow
def test_no_path_breaks_the_matrix(
    walked: tuple[Report, float], capsys: pytest.CaptureFixture[str]
) -> None:
    report, seconds = walked
    with capsys.disabled():
        print(
            f"\nsigning matrix: {report.total('states'):,} states,"
            f" {report.total('transitions'):,} transitions,"
            f" {report.total('attempts'):,} attempts,"
            f" {report.total('profiles'):,} profiles, {report.coercive_paths():,} paths to"
            f" fine, summons or detention, {report.past_the_president()} past the president"
            f" ({seconds:.1f} s)"
        )
    assert [violation.text() for violation in report.violations] == []
    assert report.past_the_president() == 0
    assert report.coercive_paths() > 1_000
    assert seconds < SECONDS_MAX


@pytest.mark.slow
def test_every_document_was_walked_to_its_end(walked: tuple[Report, float]) -> None:
    counts = walked[0].counts
    assert [count.code for count in counts] == list(MATRIX.documents)
    assert all(count.finished and count.states > 5 for count in counts)


def test_the_cast_leaves_out_no_role() -> None:
    document = MATRIX.document("detention_decision")
    everybody = list(profiles(document))
    kinds = {(one.post, one.quota, role) for one in everybody for role in one.team_roles}
    assert kinds == {(post, quota, role) for post in Post for quota in (0, 1) for role in TeamRole}
    sorts = {sort_of(document, one) for one in cast(document)}
    assert {sort_of(document, one) for one in everybody} == sorts


def test_a_walk_goes_through_absences_with_and_without_powers() -> None:
    (world,) = worlds(MATRIX.document("detention_decision"), DAY)
    found = [
        (bool(one.absences), {power.agreed_by == AGREED_BY for power in one.delegations})
        for one in world.departures
    ]
    assert found == [(False, set()), (True, set()), (True, {True}), (True, {True, False})]


# ── holes: each is planted past the check, and the walk must find it ──


def _steps(code: str, change: Callable[[Document], tuple[Step, ...]]) -> Matrix:
    document = MATRIX.document(code)
    return replace(MATRIX, documents={code: replace(document, steps=change(document))})


def _without(stage: Stage) -> Callable[[Document], tuple[Step, ...]]:
    return lambda document: tuple(step for step in document.steps if step.stage is not stage)


def _also(stage: Stage, code: str) -> Callable[[Document], tuple[Step, ...]]:
    return lambda document: tuple(
        replace(step, signers=step.signers | {code}) if step.stage is stage else step
        for step in document.steps
    )


def _delegates(stage: Stage, code: str) -> Callable[[Document], tuple[Step, ...]]:
    return lambda document: tuple(
        replace(step, delegates=frozenset({code})) if step.stage is stage else step
        for step in document.steps
    )


def _alone(code: str) -> Matrix:
    return replace(MATRIX, documents={code: MATRIX.document(code)})


def _forgets_makers(matrix: Matrix, attempt: Attempt) -> Decision:
    course = tuple(
        replace(act, person_id=PersonId("他人")) if act.stage is Stage.DRAFT else act
        for act in attempt.course
    )
    return decide(matrix, replace(attempt, maker_id=None, course=course))


def _forgets_content(matrix: Matrix, attempt: Attempt) -> Decision:
    course = tuple(replace(act, content=attempt.content) for act in attempt.course)
    return decide(matrix, replace(attempt, course=course))


def _forgets_returns(matrix: Matrix, attempt: Attempt) -> Decision:
    course = tuple(act for act in attempt.course if act.outcome is not Outcome.RETURNED)
    return decide(matrix, replace(attempt, course=course))


def _forgets_absences(matrix: Matrix, attempt: Attempt) -> Decision:
    return decide(matrix, replace(attempt, absences=()))


def _believes_any_power(matrix: Matrix, attempt: Attempt) -> Decision:
    powers = tuple(replace(one, agreed_by=AGREED_BY) for one in attempt.delegations)
    return decide(matrix, replace(attempt, delegations=powers))


def _counts_dissent_as_consent(matrix: Matrix, attempt: Attempt) -> Decision:
    course = tuple(
        replace(act, outcome=Outcome.DONE) if act.outcome is Outcome.DISSENT else act
        for act in attempt.course
    )
    return decide(matrix, replace(attempt, course=course))


def _lets_implementers_sit(matrix: Matrix, attempt: Attempt) -> Decision:
    return decide(matrix, replace(attempt, facts=replace(attempt.facts, implementers=frozenset())))


def _thinks_it_is_approved(matrix: Matrix, attempt: Attempt) -> Decision:
    extra = Act(Stage.APPROVE, PersonId("院长"), DAY, attempt.content)
    return decide(matrix, replace(attempt, course=(*attempt.course, extra)))


def _names_one_too_few(matrix: Matrix, attempt: Attempt) -> Decision:
    found = decide(matrix, attempt)
    return found if found.allowed else replace(found, who_ids=found.who_ids[1:])


def _gives_no_reason(matrix: Matrix, attempt: Attempt) -> Decision:
    found = decide(matrix, attempt)
    return found if found.allowed else replace(found, reason="不行")


def _keeps_the_duty_leader_out(matrix: Matrix, attempt: Attempt) -> Decision:
    return replace(decide(matrix, attempt), tell_duty_leader=False)


HOLES = [  # matrix, decide, what the walk must say
    (_steps("detention_decision", _without(Stage.APPROVE)), decide, "未经院长批准"),
    (
        _steps("detention_decision", _also(Stage.APPROVE, "post:vice_president")),
        decide,
        "未经院长批准",
    ),
    (
        _steps("fine_decision", _delegates(Stage.APPROVE, "post:bureau_chief")),
        decide,
        "未经院长批准",
    ),
    (_steps("summons", _also(Stage.SIGN, "post:commissar")), decide, "未入额"),
    (_steps("control_ruling", _also(Stage.SIGN, "team:leader")), decide, "未入额"),
    (_steps("detention_decision", _also(Stage.APPROVE, "maker")), decide, "自己所拟"),
    (_steps("review_ruling", _without(Stage.PANEL)), decide, "未经三名法官合议"),
    (
        _steps(
            "weekly_circular",
            lambda document: (
                document.steps[0],
                replace(document.steps[1], signers=frozenset({"team:none"})),
                document.steps[2],
            ),
        ),
        decide,
        "没有任何路径",
    ),
    (_alone("detention_decision"), _forgets_makers, "自己所拟"),
    (_alone("detention_decision"), _forgets_content, "未经院长批准"),
    (_alone("detention_decision"), _forgets_returns, "越过环节"),
    (_alone("detention_decision"), _forgets_absences, "不在岗"),
    (_alone("detention_decision"), _believes_any_power, "未经院长批准"),
    (_alone("detention_decision"), _thinks_it_is_approved, "未经院长批准"),
    (_alone("auction_parameters"), _counts_dissent_as_consent, "现应办理"),
    (_alone("objection_ruling"), _lets_implementers_sit, "不合法的合议庭"),
    (_alone("weekly_circular"), _names_one_too_few, "实际不符"),
    (_alone("weekly_circular"), _gives_no_reason, "没有写明理由"),
    (_alone("detention_decision"), _keeps_the_duty_leader_out, "值班领导"),
]


@pytest.mark.parametrize(
    ("matrix", "answer", "words"), HOLES, ids=[f"{n}-{hole[2]}" for n, hole in enumerate(HOLES)]
)
def test_a_planted_hole_is_found(matrix: Matrix, answer: Decide, words: str) -> None:
    report = explore(matrix, answer, restarts=RESTARTS)
    found = [
        one for one in report.violations if any(word in one.sentence for word in words.split("|"))
    ]
    assert found, [violation.text() for violation in report.violations]
    print(found[0].text())


def test_a_path_past_the_president_is_counted_and_told() -> None:
    report = explore(_steps("detention_decision", _without(Stage.APPROVE)), decide)
    assert report.past_the_president() > 0
    text = report.violations[0].text()
    assert "拟稿[" in text
    assert "签发[" in text

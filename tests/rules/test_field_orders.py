"""An order's standing: the same acts give one state in any order of arrival; rungs; templates."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.rules.command_law import load_command_law
from desktop.rules.field_orders import (
    CLOSED,
    COURSE,
    UNANSWERED,
    OrderAct,
    OrderState,
    fold,
    next_rung_at,
    receivers_next,
    rungs_due,
)
from desktop.rules.rule_files import RuleFileError

T0 = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KINDS = (
    *("send", "deliver", "acknowledge", "depart", "arrive", "finish", "refuse", "cancel"),
    *("escalate", "note"),
)


def act(kind: str, minute: float, who: str = "乙", *, taken: bool = True, n: int = 0) -> OrderAct:
    at = T0 + timedelta(minutes=minute)
    return OrderAct(
        id=f"{minute:08.2f}-{kind}-{who}-{n}",
        act=kind,
        at=at,
        person_id=who,
        taken_at=at if taken else None,
        rung=1 if kind == "escalate" else None,
    )


acts_of = st.lists(
    st.builds(
        act,
        st.sampled_from(KINDS),
        st.integers(0, 40),
        st.sampled_from(("甲", "乙", "丙")),
        taken=st.booleans(),
        n=st.integers(0, 2),
    ),
    max_size=14,
    unique_by=lambda made: made.id,
)

CASES: Sequence[tuple[Sequence[tuple[str, float]], OrderState]] = (
    ((), OrderState.DRAFT),
    ((("note", 1),), OrderState.DRAFT),
    ((("cancel", 1),), OrderState.CANCELLED),
    ((("send", 1),), OrderState.SENT),
    ((("send", 1), ("deliver", 2)), OrderState.DELIVERED),
    ((("send", 1), ("escalate", 5)), OrderState.SENT),
    ((("send", 1), ("acknowledge", 3), ("deliver", 4)), OrderState.ACKNOWLEDGED),
    ((("send", 1), ("acknowledge", 3), ("arrive", 9), ("depart", 10)), OrderState.ON_SCENE),
    # The device's clock is behind: it acknowledged "before" the sending.
    ((("send", 5), ("acknowledge", 3)), OrderState.ACKNOWLEDGED),
    ((("send", 1), ("depart", 4), ("refuse", 6)), OrderState.REFUSED),
    # Taken up again after a refusal: what was reached before it no longer counts.
    ((("send", 1), ("depart", 4), ("refuse", 6), ("acknowledge", 8)), OrderState.ACKNOWLEDGED),
    ((("send", 1), ("refuse", 6), ("deliver", 8)), OrderState.REFUSED),
    ((("send", 1), ("acknowledge", 2), ("cancel", 3), ("depart", 4)), OrderState.CANCELLED),
    # Done before he heard that it was withdrawn: done it is.
    ((("send", 1), ("cancel", 3), ("finish", 4)), OrderState.DONE),
    ((("send", 1), ("finish", 4), ("refuse", 5)), OrderState.DONE),
)


@pytest.mark.parametrize(("acts", "state"), CASES)
def test_the_state_that_these_acts_make(
    acts: Sequence[tuple[str, float]], state: OrderState
) -> None:
    assert fold(act(*one) for one in acts).state is state


@given(acts_of, st.randoms(use_true_random=False), st.integers(0, 13))
def test_any_order_of_arrival_gives_one_standing(
    acts: list[OrderAct], random: object, twice: int
) -> None:
    whole = fold(acts)
    shuffled = [*acts, *acts[:twice]]  # an act may come again after a broken connection
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert fold(shuffled) == whole


@given(acts_of)
def test_nothing_is_delivered_that_no_device_had(acts: list[OrderAct]) -> None:
    standing = fold(acts)
    if standing.state is OrderState.DELIVERED:
        assert standing.made_by is not None
        assert standing.made_by.act == "deliver"
    if standing.state in CLOSED | {OrderState.REFUSED}:
        assert standing.made_by is not None
    if standing.state in COURSE[2:]:
        assert any(one.act in ("acknowledge", "depart", "arrive", "finish") for one in acts)
    assert set(standing.told_to) == {one.person_id for one in acts if one.act == "deliver"}


@given(acts_of, acts_of)
def test_what_is_done_stays_done(acts: list[OrderAct], later: list[OrderAct]) -> None:
    if fold(acts).state is OrderState.DONE:
        assert fold([*acts, *later]).state is OrderState.DONE


@given(acts_of)
def test_an_order_waits_until_the_hub_took_its_sending(acts: list[OrderAct]) -> None:
    sends = sorted((one.at, one.id, one.taken_at) for one in acts if one.act == "send")
    standing = fold(acts)
    assert standing.queued == bool(sends and sends[0][2] is None)
    assert not (standing.queued and standing.report_queued)


def test_a_report_waits_by_itself() -> None:
    sent, told = act("send", 1), act("acknowledge", 2, taken=False)
    standing = fold([sent, told])
    assert (standing.queued, standing.report_queued) == (False, True)
    assert not fold([sent, replace(told, taken_at=told.at)]).report_queued


def test_response_is_never_less_than_nothing() -> None:
    standing = fold([act("send", 5), act("acknowledge", 3), act("arrive", 20)])
    assert standing.response_s() == 0
    assert standing.on_scene_s() == 15 * 60
    assert fold([act("send", 5)]).response_s() is None


LADDER = load_command_law().ladder(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("minutes", "due"), [(2.9, []), (3, [1]), (9.99, [1]), (10, [1, 2]), (30, [1, 2, 3])]
)
def test_rungs_come_due_while_nobody_answers(minutes: float, due: list[int]) -> None:
    standing = fold([act("send", 0), act("deliver", 1)])
    now = T0 + timedelta(minutes=minutes)
    assert [rung.n for rung in rungs_due(standing, LADDER, now)] == due
    for answer in ("acknowledge", "refuse", "cancel", "finish"):
        answered = fold([act("send", 0), act(answer, 1)])
        assert rungs_due(answered, LADDER, now) == ()


def test_no_rung_for_what_others_cannot_know_of() -> None:
    later = T0 + timedelta(hours=3)
    assert rungs_due(fold([act("send", 0, taken=False)]), LADDER, later) == ()
    # Written at nine without a network, taken at noon: the three minutes begin at noon.
    waited = replace(act("send", 0), taken_at=later)
    at_noon = fold([waited])
    assert rungs_due(at_noon, LADDER, later + timedelta(minutes=2)) == ()
    assert next_rung_at(at_noon, LADDER, later) == later + timedelta(minutes=3)
    assert len(rungs_due(at_noon, LADDER, later + timedelta(minutes=3))) == 1


def test_each_rung_is_told_once() -> None:
    acts = [act("send", 0), act("escalate", 3, "甲"), act("escalate", 4, "丙")]
    assert [one.person_id for one in fold(acts).rungs.values()] == ["甲"]


def test_there_is_a_next_step_until_the_end() -> None:
    for state in OrderState:
        offers = bool(receivers_next(state))
        assert offers == (state not in CLOSED and state is not OrderState.DRAFT), state
        if state in UNANSWERED:
            assert receivers_next(state)[0] == "acknowledge"


def test_the_first_rung_is_told_after_three_minutes() -> None:
    law = load_command_law()
    assert (LADDER[0].n, LADDER[0].after_s, LADDER[0].whom) == (1, 180, "duty_leader")
    found = law.template("reinforce")
    assert found is not None
    assert len(found.ask) == 2
    assert all(rung.basis and rung.confidence for rung in law.rungs)


BROKEN = """
[[order_rung]]
n = 1
after_s = 600
whom = "somebody"
name = "甲"
valid_from = 2017-01-01
basis = "乙"
confidence = "unconfirmed"

[[order_rung]]
n = 2
after_s = 300
whom = "bureau_chief"
name = "甲"
valid_from = 2017-01-01
basis = "乙"
confidence = "unconfirmed"

[[order_template]]
code = "one"
name = "甲"
title = "乙"
ask = ["place", "weather"]
body_label = "丙"
due_minutes = 30
"""


def test_every_mistake_of_the_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "command.toml"
    file.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(RuleFileError) as caught:
        load_command_law(file)
    said = str(caught.value)
    for part in ("somebody", "逐级增加", "ask"):
        assert part in said

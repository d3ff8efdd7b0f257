"""Requests for police: the course whatever the order of arrival, who may do what, all faults."""

from datetime import datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.rules.police import (
    Hand,
    PoliceAct,
    PoliceDeed,
    PoliceState,
    Wish,
    course,
    faults,
    open_to,
    time_of_day,
)

AT = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))


def acts(*deeds: str, officers: int | None = None) -> list[PoliceAct]:
    return [
        PoliceAct(
            f"a{n}",
            PoliceDeed(deed),
            "p",
            (AT + timedelta(minutes=n)).isoformat(),
            officers if deed == "answer" else None,
        )
        for n, deed in enumerate(deeds)
    ]


@pytest.mark.parametrize(
    ("deeds", "state"),
    [
        ((), "draft"),
        (("submit",), "submitted"),
        (("submit", "return"), "returned"),
        (("submit", "return", "submit", "send"), "sent"),
        (("submit", "send", "answer", "arrive", "leave"), "left"),
        (("submit", "send", "refuse"), "refused"),
        (("submit", "cancel"), "cancelled"),
        # What the state did not allow, from a desk that had been cut off, moves nothing.
        (("send",), "draft"),
        (("submit", "cancel", "send"), "cancelled"),
        (("submit", "send", "return"), "sent"),
        (("submit", "send", "answer", "arrive", "cancel"), "arrived"),
    ],
)
def test_the_course(deeds: tuple[str, ...], state: str) -> None:
    assert course(acts(*deeds)).state is PoliceState(state)


@given(st.lists(st.sampled_from(list(PoliceDeed)), max_size=9), st.integers())
def test_the_order_of_arrival_does_not_count(deeds: list[PoliceDeed], seed: int) -> None:
    made = acts(*deeds, officers=4)
    mixed = list(made)
    Random(seed).shuffle(mixed)
    assert course(mixed) == course(made)
    state = course(made).state
    everything = Hand("p", "bureau_chief", own_court=True)
    for deed in open_to(state, "p", everything):
        assert course([*made, *later(made, deed)]).state is not state


def later(made: list[PoliceAct], deed: PoliceDeed) -> list[PoliceAct]:
    return [PoliceAct("z", deed, "p", (AT + timedelta(hours=1)).isoformat())]


def test_only_the_chief_of_the_court_sends() -> None:
    for post, own, may in (
        ("bureau_chief", True, True),
        ("bureau_chief", False, False),
        ("deputy_chief", True, False),
        ("president", True, False),
    ):
        hand = Hand("x", post, own_court=own)
        assert (PoliceDeed.SEND in open_to(PoliceState.SUBMITTED, "maker", hand)) is may
    maker = open_to(PoliceState.SUBMITTED, "maker", Hand("maker", "quota_judge", own_court=True))
    assert maker == (PoliceDeed.CANCEL,)
    assert open_to(PoliceState.DRAFT, "maker", Hand(None, "", own_court=True)) == ()


def test_all_faults_at_once() -> None:
    wrong = Wish(" ", "", None, AT, 0, -1)
    assert set(faults(wrong)) == {"reason", "place", "from_time", "officers", "vehicles"}
    turned = Wish("清场", "东门", AT, AT - timedelta(hours=1), 4, 1)
    assert list(faults(turned)) == ["to_time"]
    assert faults(Wish("清场", "东门", AT, AT + timedelta(hours=3), 4, 1)) == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [("8:30", (8, 30)), ("0830", (8, 30)), ("08：05", (8, 5)), ("24:00", None), ("8", None)],
)
def test_times_as_people_type_them(text: str, found: tuple[int, int] | None) -> None:
    assert time_of_day(text) == found

"""Who approves how much: tiers of a day without gap, their change by two persons, people enough."""

from datetime import date, datetime, timedelta
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, update

from desktop.contract.court_zone import COURT_ZONE
from desktop.errors import UserError
from desktop.funds.tiers import (
    PURPOSE_NAMES,
    TierChange,
    TierRow,
    TierVerdict,
    propose_tier,
    settle_tier,
    tiers,
)
from desktop.panels.approval_tiers.queries import Asked, TableArgs, needed, table_of
from desktop.panels.approval_tiers.rules import counting, segments, short_of
from storage.faults import RefusedByRule
from storage.ids import new_id
from storage.ledger.tiers import ensure_tiers, tier_of
from storage.schema import table
from storage.session import Session
from tests.funds.purse import Purse, purse_of

NOW = datetime(2026, 11, 23, 9, tzinfo=COURT_ZONE)
TODAY = NOW.date()
LOW = ("fund_keeper", "bureau_chief")
HIGH = (*LOW, "vice_president")


@pytest.fixture
def purse(session: Session) -> Purse:
    return purse_of(session)


def change(purse: Purse, **more: Any) -> TierChange:
    values = {
        "purposes": ("payment",),
        "from_fen": 5_000_000,
        "upto_fen": None,
        "stages": HIGH,
        "valid_from": TODAY,
        "valid_to": None,
        "basis": "本院〔2026〕8号",
        "person_id": purse.people["财务乙"],
        "at": NOW,
        **more,
    }
    return TierChange(**values)


def proposed(purse: Purse, **more: Any) -> list[str]:
    with purse.session.write("提出") as write:
        return propose_tier(write.connection, change(purse, **more))


def settled(purse: Purse, ids: list[str], name: str, *, agreed: bool = True) -> None:
    with purse.session.write("处理") as write:
        settle_tier(write.connection, TierVerdict(ids, agreed, purse.people[name], NOW))


def chain(purse: Purse, fen: int, day: date = TODAY) -> tuple[str, ...] | None:
    """The chain by the table that is shown, which must be the database's."""
    with purse.session.write("层级") as write:
        ensure_tiers(write.connection)
    with purse.session.read() as connection:
        found = needed(connection, Asked("payment", fen, day, purse.court_id)).tier
        stored = tier_of(connection, "payment", fen, day.isoformat())
        assert (None if found is None else found.id) == (None if stored is None else stored.id)
        (line,) = [
            line
            for line in table_of(connection, TableArgs(day, purse.court_id)).lines
            if "payment" in line.purposes
            and line.segment.from_fen <= fen
            and (line.segment.upto_fen is None or fen < line.segment.upto_fen)
        ]
        assert line.tier is None or found is None or line.tier.stages == found.stages
    return None if found is None else found.stages


@pytest.mark.parametrize(
    ("fen", "stages"), [(1, LOW), (9_999_999, LOW), (10_000_000, HIGH), (10**12, HIGH)]
)
def test_the_shipped_tiers_count_before_anybody_wrote_them_down(
    purse: Purse, fen: int, stages: tuple[str, ...]
) -> None:
    with purse.session.read() as connection:
        before = needed(connection, Asked("payment", fen, TODAY, purse.court_id)).tier
    assert before is not None
    assert before.confidence == "unconfirmed"
    assert before.stages == stages == chain(purse, fen)
    assert chain(purse, fen, date(2017, 4, 30)) is None, "before the law nothing counts"


def test_a_change_counts_once_another_has_agreed_and_from_its_day(purse: Purse) -> None:
    ids = proposed(purse, valid_from=TODAY + timedelta(days=7))
    late = TODAY + timedelta(days=7)
    assert chain(purse, 6_000_000, late) == LOW
    settled(purse, ids, "局长丁")
    assert chain(purse, 6_000_000, late) == HIGH
    assert chain(purse, 6_000_000) == LOW, "not before its day"
    assert chain(purse, 4_999_999, late) == LOW
    with pytest.raises(UserError, match="已经处理"):
        settled(purse, ids, "院长己")


def test_what_was_refused_stays_in_sight_and_counts_for_nothing(purse: Purse) -> None:
    ids = proposed(purse)
    settled(purse, ids, "局长丁", agreed=False)
    assert chain(purse, 6_000_000) == LOW
    with purse.session.read() as connection:
        kept = [one for one in tiers(connection) if one.id in ids]
    assert [(one.state, one.agreed_by) for one in kept] == [("refused", purse.people["局长丁"])]


def test_nobody_agrees_on_what_he_proposed(purse: Purse) -> None:
    ids = proposed(purse)
    with pytest.raises(UserError, match="提出人以外"):
        settled(purse, ids, "财务乙")
    with pytest.raises(UserError, match="提出人以外"):
        settled(purse, ids, "财务乙", agreed=False)


def test_all_purposes_are_changed_together(purse: Purse) -> None:
    ids = proposed(purse, purposes=tuple(PURPOSE_NAMES))
    assert len(ids) == 5
    settled(purse, ids, "局长丁")
    with purse.session.read() as connection:
        lines = table_of(connection, TableArgs(TODAY, purse.court_id)).lines
    assert [(line.words, line.segment.from_fen) for line in lines] == [
        ("各类款项", 0),
        ("各类款项", 5_000_000),
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"person_id": None}, "本人身份"),
        ({"purposes": ()}, "款项用途"),
        ({"purposes": ("gift",)}, "款项用途"),
        ({"upto_fen": 5_000_000}, "上限须大于下限"),
        ({"stages": ()}, "选定审批环节"),
        ({"stages": ("fund_keeper",)}, "局长或者院领导"),
        ({"stages": ("bureau_chief", "fund_keeper")}, "自下而上"),
        ({"stages": ("fund_keeper", "fund_keeper", "bureau_chief")}, "选定审批环节"),
        ({"stages": ("bureau_chief", "friend")}, "选定审批环节"),
        ({"valid_from": TODAY - timedelta(days=1)}, "不能早于今天"),
        ({"valid_to": TODAY - timedelta(days=1)}, "失效日早于"),
        ({"basis": " "}, "写明依据"),
    ],
)
def test_what_is_wrong_is_said(purse: Purse, more: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        proposed(purse, **more)


def test_the_database_refuses_what_the_command_refuses(purse: Purse) -> None:
    ids = proposed(purse)
    tier = table("approval_tier")
    own = {"state": "agreed", "agreed_by": purse.people["财务乙"], "agreed_at": NOW.isoformat()}
    for values in (own, {"stages": "bureau_chief"}, {"from_fen": 0}):
        with (
            pytest.raises((RefusedByRule, Exception), match=r"层级|two_persons|CHECK"),
            purse.session.write("直接改动") as write,
        ):
            write.connection.execute(update(tier).where(tier.c.id == ids[0]).values(**values))
    with pytest.raises(RefusedByRule), purse.session.write("直接写入") as write:
        write.connection.execute(
            insert(tier).values(
                id=new_id(),
                purpose="payment",
                stages="bureau_chief",
                valid_from="2026-01-01",
                basis="x",
                proposed_by=purse.people["财务乙"],
                agreed_by=purse.people["局长丁"],
                state="agreed",
            )
        )
    assert chain(purse, 6_000_000) == LOW


def a_tier(n: int, low: int, high: int | None, day: int) -> TierRow:
    return TierRow(
        id=f"{n:03d}",
        purpose="payment",
        from_fen=low,
        upto_fen=high,
        stages=LOW,
        valid_from=date(2026, 1, 1) + timedelta(days=day),
        valid_to=None,
        basis="x",
        confidence="confirmed",
        proposed_by=None,
        proposed_at="",
        agreed_by=None,
        agreed_at="",
        state="agreed",
    )


bands = st.tuples(st.integers(0, 30), st.integers(1, 20) | st.none(), st.integers(0, 9))


@given(st.lists(bands, max_size=8), st.integers(0, 9))
def test_the_table_has_no_gap_and_says_of_each_amount_what_counts(
    found: list[tuple[int, int | None, int]], on: int
) -> None:
    day = date(2026, 1, 1) + timedelta(days=on)
    every = [
        a_tier(n, low, None if wide is None else low + wide, start)
        for n, (low, wide, start) in enumerate(found)
    ]
    shown = segments(every, "payment", day)
    assert shown[0].from_fen == 0
    assert shown[-1].upto_fen is None
    for one, after in pairwise(shown):
        assert one.upto_fen == after.from_fen
        assert one.tier_id != after.tier_id, "what is alike stands in one line"
    covering = [one for one in every if one.covers(day)]
    for fen in range(60):
        (here,) = [
            one
            for one in shown
            if one.from_fen <= fen and (one.upto_fen is None or fen < one.upto_fen)
        ]
        chosen = counting(covering, fen)
        assert here.tier_id == (None if chosen is None else chosen.id)


people = st.lists(st.sampled_from("甲乙丙丁"), max_size=4, unique=True)


@given(st.lists(people, min_size=1, max_size=4))
def test_people_enough_is_what_trying_everybody_finds(able: list[list[str]]) -> None:
    stages = {str(n): who for n, who in enumerate(able)}
    everybody = "甲乙丙丁"
    possible = any(
        all(person in able[n] for n, person in enumerate(chosen))
        for chosen in permutations(everybody, len(able))
    )
    assert (short_of(stages) is None) is possible


def test_one_of_finance_cannot_do_both_ends(purse: Purse) -> None:
    asked = Asked("payment", 100, TODAY, purse.court_id)
    with purse.session.read() as connection:
        assert needed(connection, asked).short == ""
    purse.change("person", purse.people["财务丙"], left_on="2026-11-01")
    with purse.session.read() as connection:
        found = needed(connection, asked)
        assert found.short == "财务付款"
        assert found.stages[0] == ("案款管理人审核", "财务乙")
        elsewhere = needed(connection, Asked("payment", 100, TODAY, "nowhere"))
    assert elsewhere.stages[0][1] == "本院无人可办"

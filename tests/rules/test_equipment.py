"""Who has a thing since when, what is due, how long repairs take: folded from acts."""

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.errors import UserError
from desktop.rules.equipment import (
    Act,
    Flag,
    Life,
    Standing,
    Thing,
    availability,
    fold,
    loudest,
    service,
)
from desktop.rules.equipment_law import load_equipment_law
from desktop.rules.rule_files import RuleFileError

ZONE = timezone(timedelta(hours=8))
START = datetime(2026, 11, 2, 8, 0, tzinfo=ZONE)
CAMERA = Thing("c", 365, date(2026, 1, 10))
RADIO = Thing("r")


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def act(name: str, hours: float, **values: object) -> Act:
    key = str(values.pop("id", f"{hours:09.3f}"))
    return Act(key, name, at(hours), "甲", **values)  # type: ignore[arg-type]


def flags(standing: Standing, hours: float) -> frozenset[Flag]:
    return standing.flags(at(hours), calibrate_soon=30, loan_soon=4)


def test_a_loan_goes_from_hand_to_hand_and_back() -> None:
    story = [
        act("lend", 1, to_id="乙", due_at=at(48)),
        act("hand_over", 5, to_id="丙"),
        act("give_back", 30),
    ]
    found = fold(RADIO, story)
    assert [(one.holder_id, one.since, one.until) for one in found.chain] == [
        (None, None, at(1)),
        ("乙", at(1), at(5)),
        ("丙", at(5), at(30)),
        (None, at(30), None),
    ]
    assert found.chain[2].due_at == at(48), "a hand-over does not lengthen the loan"
    assert not found.lent
    assert found.oddities == ()
    assert fold(RADIO, story[:2]).now_with.holder_id == "丙"


@pytest.mark.parametrize(
    ("hours", "flag"),
    [(44, Flag.RETURN_SOON), (48, Flag.RETURN_SOON), (48.01, Flag.OVERDUE), (43.9, Flag.LENT)],
)
def test_a_loan_is_late_from_its_moment_on(hours: float, flag: Flag) -> None:
    found = fold(RADIO, [act("lend", 1, to_id="乙", due_at=at(48))])
    assert loudest(flags(found, hours)) is flag
    assert Flag.LENT in flags(found, hours)


def test_a_loan_without_a_day_is_never_late() -> None:
    assert flags(fold(RADIO, [act("lend", 1, to_id="乙")]), 9999) == {Flag.LENT}


@pytest.mark.parametrize(
    ("thing", "story", "due"),
    [
        (RADIO, [], None),
        (CAMERA, [], date(2027, 1, 10)),
        (Thing("x", 365), [], None),
        (CAMERA, [act("calibrate", 24)], date(2027, 11, 3)),
        (CAMERA, [act("calibrate", 24, due_at=at(240))], date(2026, 11, 12)),
        (RADIO, [act("calibrate", 24, due_at=at(240))], date(2026, 11, 12)),
        (CAMERA, [act("calibrate", 24), act("calibrate", 2)], date(2027, 11, 3)),
    ],
)
def test_calibration_counts_from_the_last_one_or_from_purchase(
    thing: Thing, story: list[Act], due: date | None
) -> None:
    assert fold(thing, story).calibrate_by == due


def test_calibration_is_due_the_day_after_it_ends() -> None:
    found = fold(CAMERA, [act("calibrate", 0, due_at=at(240))])  # until 12 November
    assert Flag.CALIBRATE_SOON in flags(found, 24 * 10)
    assert Flag.CALIBRATE_DUE not in flags(found, 24 * 10)
    assert Flag.CALIBRATE_DUE in flags(found, 24 * 11)
    assert Flag.CALIBRATE_DUE in flags(fold(Thing("x", 365), []), 0), "never calibrated"
    far = fold(CAMERA, [act("calibrate", 0)])
    assert not flags(far, 0) & {Flag.CALIBRATE_DUE, Flag.CALIBRATE_SOON}


def test_a_fault_is_open_until_its_own_repair() -> None:
    story = [
        act("fault", 1, id="f1", body="无法开机", due_at=at(49)),
        act("fault", 2, id="f2", body="镜头松动", due_at=at(50)),
        act("repair", 10, ticket="f1", body="更换电池"),
    ]
    found = fold(CAMERA, story)
    assert [one.id for one in found.open_tickets] == ["f2"]
    done = found.tickets[0]
    assert (done.hours(at(99)), done.late(at(99)), done.repair) == (9.0, False, "更换电池")
    assert found.tickets[1].late(at(50.1))
    assert Flag.FAULTY in flags(found, 20)


def test_a_repair_is_never_before_its_fault() -> None:
    story = [act("repair", 0, ticket="f"), act("fault", 3, id="f", body="坏")]
    assert fold(CAMERA, story).tickets[0].hours(at(9)) == 0.0


def test_what_is_retired_is_nothing_else() -> None:
    story = [act("lend", 1, to_id="乙", due_at=at(2)), act("retire", 5, body="遗失")]
    assert flags(fold(CAMERA, story), 99) == {Flag.RETIRED}


def test_two_loans_at_once_are_told() -> None:
    found = fold(RADIO, [act("lend", 1, to_id="乙"), act("lend", 2, to_id="丙")])
    assert found.now_with.holder_id == "丙"
    assert "尚未归还" in found.oddities[0]
    assert "并未借出" in fold(RADIO, [act("give_back", 1)]).oddities[0]
    assert "并未借出" in fold(RADIO, [act("hand_over", 1, to_id="乙")]).oddities[0]


@st.composite
def _stories(draw: st.DrawFn) -> list[Act]:
    made: list[Act] = []
    names = ("lend", "give_back", "hand_over", "calibrate", "fault", "repair", "retire", "check")
    for place in range(draw(st.integers(0, 14))):
        name = draw(st.sampled_from(names))
        hour = draw(st.integers(0, 6))  # many at one instant
        faults = [one.id for one in made if one.act == "fault"] or ["?"]
        ticket = draw(st.sampled_from(faults)) if name == "repair" else None
        to = draw(st.sampled_from(("乙", "丙"))) if name in ("lend", "hand_over") else None
        due = at(hour + 1) if draw(st.booleans()) else None
        made.append(
            Act(f"{place:03}", name, at(hour), "甲", to_id=to, due_at=due, ticket=ticket, body="甲")
        )
    return made


@settings(max_examples=150)
@given(_stories(), st.randoms())
def test_the_order_of_arrival_changes_nothing(story: list[Act], shuffler: object) -> None:
    arrived = list(story)
    shuffler.shuffle(arrived)  # type: ignore[attr-defined]
    found = fold(CAMERA, arrived)
    assert found == fold(CAMERA, story)
    for before, after in zip(found.chain, found.chain[1:], strict=False):
        assert before.until == after.since, "the chain has no gap"
    assert found.chain[-1].until is None


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 40), st.booleans()), max_size=6),
    st.integers(0, 50),
)
def test_availability_counts_every_hour_once(
    faults: list[tuple[int, int, bool]], since: int
) -> None:
    """Against hours counted one by one."""
    story = []
    for n, (begin, length, repaired) in enumerate(faults):
        story.append(act("fault", begin, id=f"f{n}", body="坏"))
        if repaired:
            story.append(act("repair", begin + length, id=f"r{n}", ticket=f"f{n}"))
    tickets = fold(RADIO, story).tickets
    hours = range(max(10, since), 60)
    down = sum(
        any(one.at <= at(h) and (one.open or at(h) < (one.repaired_at or START)) for one in tickets)
        for h in hours
    )
    found = availability([Life(at(since), None, tickets)], at(10), at(60))
    assert found is not None
    assert abs(found - (1 - down / len(hours))) < 1e-9


def test_what_was_not_in_use_does_not_count() -> None:
    assert availability([Life(at(60), None, ())], at(10), at(60)) is None
    assert availability([Life(None, at(10), ())], at(10), at(60)) is None
    assert availability([], at(10), at(60)) is None


def test_the_service_level_counts_what_ended_in_the_stretch() -> None:
    story = [
        act("fault", 0, id="a", body="坏", due_at=at(48)),
        act("repair", 10, ticket="a", id="ra"),
        act("fault", 0, id="b", body="坏", due_at=at(48)),
        act("repair", 60, ticket="b", id="rb"),
        act("fault", 90, id="c", body="坏", due_at=at(91)),
        act("fault", 0, id="d", body="坏", due_at=at(48)),
        act("repair", 200, ticket="d", id="rd"),
    ]
    tickets = fold(RADIO, story).tickets
    found = service(tickets, at(0), at(100), at(250))
    assert (found.repaired, found.within, found.mean_hours) == (2, 1, 35.0)
    assert (found.open, found.late, found.share) == (1, 1, 0.5)
    nothing = service([], at(0), at(100), at(250))
    assert (nothing.mean_hours, nothing.share) == (None, None)


def test_kinds_and_limits_are_read_and_faults_of_the_file_named(tmp_path: Path) -> None:
    day = date(2026, 11, 29)
    law = load_equipment_law()
    assert law.kind("body_camera", day).repair_hours == 48
    assert law.kind("什么都不是", day).code == "other"
    assert law.amount("loan_days", day) == 3
    with pytest.raises(UserError):
        law.amount("loan_days", date(2016, 1, 1))
    path = tmp_path / "equipment.toml"
    text = Path("resources/law/equipment.toml").read_text("utf-8")
    path.write_text(text.replace('"drone"', '"radio"').replace('"loan_soon"', '"soon"'), "utf-8")
    with pytest.raises(RuleFileError) as caught:
        load_equipment_law(path)
    assert "“radio”的两个版本" in str(caught.value)
    assert "loan_soon" in str(caught.value)

"""From events to clocks, and the derivation that explains each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.rules.calendar import Calendars, load_calendars
from desktop.rules.catalogue import Catalogue, load_catalogues
from desktop.rules.clock import ClockTable, state_of
from desktop.rules.derivation import explain
from desktop.rules.nodes import derive_nodes
from storage.records.cases import CaseFacts, Hold, HolderKind, NodeClock
from storage.records.states import NodeState
from tests.rules.law_cases import CASE, case, day, event, extension, facts, pause

LATE = date(2018, 6, 1)


def by_code(found: list[NodeClock]) -> dict[str, NodeClock]:
    return {f"{clock.node_code}:{clock.subject}".rstrip(":"): clock for clock in found}


def test_filing_starts_the_clocks_of_a_case(court: Catalogue, table: ClockTable) -> None:
    found = by_code(derive_nodes(facts(case("2017-03-31")), court, table, LATE))
    assert found["N37"].due_on == date(2017, 9, 30)
    assert str(found["N37"].start_event_id) == str(CASE)
    assert found["N04"].due_on == date(2017, 4, 7)
    assert found["N37"].rule_version == "2006"
    assert state_of(found["N37"], LATE) is NodeState.OVERDUE


def test_the_first_end_on_or_after_the_start_ends_it(court: Catalogue, table: ClockTable) -> None:
    told = facts(
        case(),
        event("notice_issued", "2017-03-02"),
        event("handler_received", "2017-03-06"),
        event("notice_issued", "2017-03-10"),
        event("notice_issued", "2017-03-20"),
    )
    found = by_code(derive_nodes(told, court, table, LATE))
    assert found["N06"].done_on == date(2017, 3, 10)
    assert state_of(found["N06"], LATE) is NodeState.DONE_LATE


def test_an_end_of_the_same_day_counts_in_either_order(court: Catalogue, table: ClockTable) -> None:
    told = facts(
        case(), event("clue_verified", "2017-03-06", "a"), event("clue_received", "2017-03-06", "a")
    )
    assert [e.kind for e in told.events] == ["clue_received", "clue_verified"]
    for events in (told.events, told.events[::-1]):
        found = by_code(derive_nodes(CaseFacts(told.case, events), court, table, LATE))
        assert found["N13:a"].done_on == date(2017, 3, 6)


def test_subjects_and_rounds(court: Catalogue, table: ClockTable) -> None:
    told = facts(
        case(),
        event("clue_received", "2017-03-06", "存款"),
        event("clue_received", "2017-03-07", "车辆"),
        event("clue_verified", "2017-03-08", "车辆"),
        event("clue_received", "2017-04-05", "车辆"),
    )
    found = by_code(derive_nodes(told, court, table, LATE))
    assert found["N13:存款"].done_on is None
    assert found["N13:车辆"].done_on == date(2017, 3, 8)
    assert found["N13:车辆#2"].done_on is None
    assert found["N13:存款"].due_on == date(2017, 3, 13)  # five days end on a Saturday
    assert "N13B:存款" in found


def test_a_closed_case_ends_its_clocks(court: Catalogue, table: ClockTable) -> None:
    told = facts(
        case("2017-03-01", "2017-06-01"),
        event("clue_received", "2017-05-31", "a"),
        event("handler_received", "2017-03-03"),
    )
    before = by_code(derive_nodes(told, court, table, day("2017-05-31")))
    after = by_code(derive_nodes(told, court, table, LATE))
    assert before["N06"].done_on is None
    assert after["N06"].done_on == date(2017, 6, 1)
    assert after["N37"].done_on == date(2017, 6, 1)
    assert after["N13:a"].done_on is None  # verifying a clue outlives the closing
    assert "N37G" in after


def test_nothing_later_is_known(court: Catalogue, table: ClockTable) -> None:
    told = facts(
        case(),
        event("handler_received", "2017-03-06"),
        event("notice_issued", "2017-03-20"),
        pauses=(pause("2017-05-01", "2017-05-31"),),
        extensions=(extension("N37", 3, "month", "2017-08-01"),),
    )
    found = by_code(derive_nodes(told, court, table, day("2017-03-15")))
    assert found["N06"].done_on is None
    assert found["N37"].due_on == date(2017, 9, 1)
    later = by_code(derive_nodes(told, court, table, day("2017-06-15")))
    assert later["N37"].due_on == date(2017, 10, 9)  # 31 days on: 10/2, a holiday
    latest = by_code(derive_nodes(told, court, table, LATE))
    assert latest["N37"].due_on == date(2018, 1, 2)


def test_grounds_stop_what_they_may_stop(court: Catalogue, table: ClockTable) -> None:
    told = facts(
        case(),
        event("query_handed_over", "2017-03-06"),
        pauses=(pause("2017-03-08", None, "appraisal"),),
    )
    found = by_code(derive_nodes(told, court, table, day("2017-03-10")))
    assert state_of(found["N37"], day("2017-03-10")) is NodeState.PAUSED
    assert found["N37"].due_on == date(2017, 9, 1)  # the old due day stays visible
    assert found["N11"].pause_from is None
    told = facts(told.case, *told.events, pauses=(pause("2017-03-08", None, "suspension"),))
    found = by_code(derive_nodes(told, court, table, day("2017-03-10")))
    assert state_of(found["N11"], day("2017-03-10")) is NodeState.PAUSED
    assert found["N04"].pause_from is None  # not a suspendable node


def test_an_extension_needs_an_approver(court: Catalogue, table: ClockTable) -> None:
    one = extension("N37", 3, "month", "2017-08-01")
    nameless = replace(one, approver_name="")
    found = by_code(derive_nodes(facts(case(), extensions=(nameless,)), court, table, LATE))
    assert found["N37"].due_on == date(2017, 9, 1)


def test_hours_late_on_the_same_day_are_late(court: Catalogue, table: ClockTable) -> None:
    for done, state in (("11:00", NodeState.DONE), ("11:01", NodeState.DONE_LATE)):
        told = facts(
            case(word="执保"),
            event("preservation_urgent", "2017-03-06T10:30", "a"),
            event("preservation_ruled", f"2017-03-08T{done}", "a"),
        )
        found = by_code(derive_nodes(told, court, table, LATE))
        assert state_of(found["D302:a"], LATE) is state
        assert found["D302:a"].due_at is not None


def test_last_month_under_last_months_rule(court: Catalogue, table: ClockTable) -> None:
    told = facts(
        case("2021-12-01"),
        event("announcement_made", "2021-12-31", "a"),
        event("announcement_made", "2022-01-04", "b"),
    )
    found = by_code(derive_nodes(told, court, table, LATE.replace(year=2022)))
    assert found["N09:a"].due_on == date(2022, 3, 1)
    assert found["N09:b"].due_on == date(2022, 2, 7)
    assert found["N09:a"].rule_version != found["N09:b"].rule_version


def test_the_traffic_catalogue(catalogues: Mapping[str, Catalogue], calendars: Calendars) -> None:
    traffic = catalogues["traffic"]
    told = facts(
        case("2006-07-24", word="罚"),
        event("Create Fine", "2006-07-24"),
        event("Send Fine", "2006-12-05"),
        event("Insert Fine Notification", "2006-12-15"),
        event("Add penalty", "2007-02-13"),
        event("Insert Date Appeal to Prefecture", "2007-01-02"),
    )
    found = by_code(derive_nodes(told, traffic, ClockTable(traffic, calendars), date(2012, 1, 1)))
    assert found["TF1"].due_on == date(2006, 10, 22)  # a Sunday: this process does not roll
    assert found["TF2"].due_on == found["TF2"].done_on == date(2007, 2, 13)
    assert {code: state_of(clock, date(2012, 1, 1)) for code, clock in found.items()} == {
        "TF1": NodeState.DONE_LATE,
        "TF2": NodeState.DONE,
        "TF3": NodeState.DONE,
    }


HOLDS = (
    Hold(CASE, "N11", day("2017-03-06"), HolderKind.CENTRE, None, "网络查控组"),
    Hold(CASE, "N11", day("2017-03-12"), HolderKind.INSTITUTION, None, "某银行"),
    Hold(CASE, None, day("2017-03-01"), HolderKind.HANDLER, None, "顾临川"),
)


def test_a_derivation_can_be_counted_again(court: Catalogue, calendars: Calendars) -> None:
    told = facts(
        case(),
        event("query_handed_over", "2017-03-06"),
        event("query_fed_back", "2017-03-24"),
        pauses=(pause("2017-03-09", "2017-03-10"),),
        holds=HOLDS,
    )
    found = explain(told, "N11", "", court, calendars, LATE)
    assert (found.due_on, found.plain_due_on) == (date(2017, 3, 20), date(2017, 3, 16))
    assert (found.state, found.overdue_days) == (NodeState.DONE_LATE, 4)
    assert sum(share.days for share in found.attribution) == 18
    assert sum(share.late_days for share in found.attribution) == 4
    assert [share.holder_name for share in found.attribution] == [
        "网络查控组",
        "中止执行",
        "网络查控组",
        "某银行",
    ]
    assert found.smallest_change is not None
    assert "2017年3月20日前" in found.smallest_change.sentence
    text = "\n".join(found.sentences())
    for word in (
        "洛中法〔2017〕57号",
        "中止执行",
        "之2017-03-09",
        "2017-03-18 星期六",
        "逾期 4 日",
    ):
        assert word in text, word
    plain = found.to_json()
    assert plain["due"] == "2017-03-20"
    assert plain["state"] == "逾期完成"
    assert any(other.node_code == "N37" for other in found.other_clocks)


def test_an_uncertain_derivation_names_the_year(court: Catalogue, calendars: Calendars) -> None:
    found = explain(facts(case("2026-09-01")), "N37", "", court, calendars, date(2026, 9, 2))
    assert not found.certain
    assert found.uncertainty is not None
    assert "2027年" in found.uncertainty
    assert found.to_json()["due"] is None
    assert found.to_json()["not_before"] == "2027-03-01"
    assert found.state is NodeState.UNKNOWN


def test_refused_pauses_and_extensions_are_said(court: Catalogue, calendars: Calendars) -> None:
    told = facts(
        case(),
        event("handler_received", "2017-03-06"),
        pauses=(pause("2017-03-07", "2017-03-08", node="N06"),),
        extensions=(extension("N06", 3, "day", "2017-03-08"),),
    )
    found = explain(told, "N06", "", court, calendars, LATE)
    assert found.due_on == date(2017, 3, 9)
    said = [step.why for step in found.steps if step.kind == "note"]
    assert any("不得扣除" in why for why in said)
    assert any("不得延长" in why for why in said)


def test_an_unknown_node_is_a_key_error(court: Catalogue, calendars: Calendars) -> None:
    with pytest.raises(KeyError):
        explain(facts(case()), "N11", "", court, calendars, LATE)


_COURT = load_catalogues()["court"]
_CALENDARS = load_calendars()
_KINDS = sorted({kind for rule in _COURT.nodes.values() for kind in (*rule.start, *rule.done)})


@st.composite
def some_facts(draw: st.DrawFn) -> CaseFacts:
    start = draw(st.dates(date(2015, 3, 1), date(2026, 10, 1)))
    offsets = st.integers(0, 200)

    def at(offset: int) -> str:
        return (start + timedelta(days=offset)).isoformat()

    events = [
        event(
            draw(st.sampled_from(_KINDS)), at(draw(offsets)), draw(st.sampled_from((None, "a"))), n
        )
        for n in range(draw(st.integers(0, 12)))
    ]
    grounds = st.sampled_from(sorted(_COURT.grounds))
    pauses = []
    for _ in range(draw(st.integers(0, 3))):
        first = draw(offsets)
        last = draw(st.one_of(st.none(), st.integers(first, first + 60).map(at)))
        pauses.append(pause(at(first), last, draw(grounds)))
    extensions = [
        extension("N37", draw(st.integers(1, 6)), "month", at(draw(offsets)))
        for _ in range(draw(st.integers(0, 2)))
    ]
    holds = [
        Hold(
            CASE,
            draw(st.sampled_from((None, "N11", "N37"))),
            start + timedelta(days=draw(offsets)),
            draw(st.sampled_from(list(HolderKind))),
            None,
            draw(st.sampled_from(("甲", "乙"))),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]
    closed = draw(st.one_of(st.none(), offsets.map(at)))
    return facts(
        case(start.isoformat(), closed),
        *events,
        pauses=tuple(pauses),
        extensions=tuple(extensions),
        holds=tuple(holds),
    )


@settings(max_examples=300, deadline=None)
@given(told=some_facts(), later=st.integers(0, 400))
def test_list_and_derivation_agree(told: CaseFacts, later: int) -> None:
    as_of = told.case.filed_on + timedelta(days=later)
    clocks = derive_nodes(told, _COURT, ClockTable(_COURT, _CALENDARS), as_of)
    assert len({(c.node_code, c.subject) for c in clocks}) == len(clocks)
    for clock in clocks:
        found = explain(told, clock.node_code, clock.subject, _COURT, _CALENDARS, as_of)
        assert (found.due_on, found.certain, found.done_on) == (
            clock.due_on,
            clock.certain,
            clock.done_on,
        )
        assert found.state is state_of(clock, as_of)
        assert found.sentences()
        end = as_of if clock.done_on is None else min(as_of, clock.done_on)
        assert sum(share.days for share in found.attribution) == max(
            (end - clock.started_on).days, 0
        )
        if clock.pause_from is not None:
            assert clock.due_on is not None
            assert clock.pause_from <= clock.due_on

"""Passive enforcement, dormant cases, ladders and control measures."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from desktop.rules.alerts import letter_level, load_ladder, rung_due
from desktop.rules.calendar import Calendars
from desktop.rules.catalogue import Catalogue
from desktop.rules.clock import ClockTable
from desktop.rules.indicators import indicator_on, load_indicators
from desktop.rules.measures import (
    check_measure,
    expiry_alert,
    expiry_rungs_due,
    load_measure_rules,
    longest_end,
)
from desktop.rules.nodes import derive_nodes
from desktop.rules.passive import CaseActivity, load_passive_rules, passive_hits
from desktop.rules.rule_files import RuleFileError
from desktop.rules.zombie import load_zombie_rules, zombie
from storage.ids import MeasureId
from storage.records.cases import AssetKind, ControlMeasure
from storage.records.people import Post
from tests.rules.law_cases import CASE, case, day, facts

MEASURES = load_measure_rules()
LADDER = load_ladder()
PASSIVE = load_passive_rules()
ZOMBIE = load_zombie_rules()


def measure(
    started: str, expires: str, kind: AssetKind = AssetKind.DEPOSIT, number: int = 1
) -> ControlMeasure:
    return ControlMeasure(
        MeasureId(f"m{number}"),
        CASE,
        kind,
        "某账户",
        "某银行",
        None,
        0,
        day(started),
        day(expires),
        None,
        None,
        "冻1号",
    )


@pytest.mark.parametrize(
    ("kind", "started", "renewal", "end", "version"),
    [
        (AssetKind.DEPOSIT, "2017-03-01", False, "2018-02-28", "2015"),
        (AssetKind.MOVABLE, "2017-03-01", True, "2019-02-28", "2015"),
        (AssetKind.IMMOVABLE, "2017-03-01", False, "2020-02-29", "2015"),
        (AssetKind.RIGHT, "2017-03-01", False, "2020-02-29", "2015"),
        (AssetKind.DEPOSIT, "2015-02-03", False, "2015-08-02", "2004"),
        (AssetKind.DEPOSIT, "2015-02-03", True, "2015-05-02", "2004"),
        (AssetKind.MOVABLE, "2014-01-10", True, "2014-07-09", "2004"),
        (AssetKind.IMMOVABLE, "2014-01-10", False, "2016-01-09", "2004"),
        (AssetKind.DEPOSIT, "2015-02-04", False, "2016-02-03", "2015"),
    ],
)
def test_longest_terms(
    kind: AssetKind, started: str, renewal: bool, end: str, version: str
) -> None:
    term = longest_end(kind, day(started), renewal=renewal, rules=MEASURES)
    assert term is not None
    assert (term.end_on.isoformat(), term.version) == (end, version)


def test_too_long_a_freeze_is_refused() -> None:
    assert check_measure(measure("2017-03-01", "2018-03-01"), MEASURES) == []
    (text,) = check_measure(measure("2017-03-01", "2018-03-02"), MEASURES)
    assert "最长 12 个月" in text
    (text,) = check_measure(measure("2001-03-01", "2002-02-28"), MEASURES)
    assert "未知" in text


@pytest.mark.parametrize(
    ("left", "level", "threshold"),
    [
        (61, None, 0),
        (60, "notice", 60),
        (31, "notice", 60),
        (30, "amber", 30),
        (8, "amber", 15),
        (7, "red", 7),
        (2, "red", 3),
        (0, "red", 1),
        (-1, "lapsed", 1),
    ],
)
def test_expiry_alerts(left: int, level: str | None, threshold: int) -> None:
    today = day("2017-06-01")
    held = replace(measure("2017-01-01", "2017-01-02"), expires_on=today + timedelta(days=left))
    alert = expiry_alert(held, today, MEASURES)
    if level is None:
        assert alert is None
        return
    assert alert is not None
    assert (alert.level, alert.days_left, alert.threshold) == (level, left, threshold)
    assert expiry_alert(replace(held, lifted_on=today), today, MEASURES) is None


def test_each_expiry_rung_comes_once() -> None:
    expires = day("2017-10-01")
    fired: list[int] = []
    for offset in range(-70, 3):
        fired += expiry_rungs_due(expires, fired, expires + timedelta(days=offset), MEASURES)
    assert fired == [60, 30, 15, 7, 3, 1]


def test_five_years_of_one_measure_without_a_lapse() -> None:
    held, fired, renewals = measure("2017-03-01", "2018-02-28"), set[int](), 0
    today = held.started_on
    while today < day("2022-03-01"):
        due = expiry_rungs_due(held.expires_on, fired, today, MEASURES)
        fired.update(due)
        assert today <= held.expires_on
        if 15 in due:
            term = longest_end(held.asset_kind, today, renewal=True, rules=MEASURES)
            assert term is not None
            held = replace(held, started_on=today, expires_on=term.end_on)
            fired, renewals = set(), renewals + 1
        today += timedelta(days=1)
    assert renewals == 5


def test_letter_levels() -> None:
    levels = [letter_level(LADDER, days).code for days in (-3, 0, 3, 4, 15, 16, 400)]
    assert levels == ["green", "green", "green", "yellow", "yellow", "red", "red"]


def test_each_escalation_rung_fires_exactly_once(calendars: Calendars) -> None:
    fired: list[int] = []
    days: list[tuple[int, str, Post]] = []
    for offset in range(60):
        today = day("2017-09-29") + timedelta(days=offset)
        for rung in rung_due(LADDER, day("2017-09-29"), fired, today, calendars.court):
            fired.append(rung.n)
            days.append((rung.n, today.isoformat(), rung.post))
    assert days == [
        (1, "2017-09-30", Post.DEPUTY_CHIEF),  # a make-up working Saturday
        (2, "2017-10-09", Post.BUREAU_CHIEF),  # 10/2 is a holiday
        (3, "2017-10-09", Post.VICE_PRESIDENT),
        (4, "2017-10-16", Post.PRESIDENT),  # 10/14 is a Saturday
    ]


def test_rungs_missed_while_switched_off_come_together() -> None:
    due = rung_due(LADDER, day("2017-06-01"), [1], day("2017-07-01"))
    assert [rung.n for rung in due] == [2, 3, 4]


def codes(activity: CaseActivity, on: str) -> set[str]:
    return {hit.rule for hit in passive_hits(activity, PASSIVE, day(on))}


def test_passive_hits_name_rule_and_evidence(court: Catalogue, table: ClockTable) -> None:
    today = day("2017-10-20")
    told = facts(case("2017-03-31", has_property=True))
    activity = CaseActivity(
        told.case,
        last_act_on=day("2017-06-01"),
        open_clues=(("某村房屋", day("2017-10-01")),),
        idle_money=((day("2017-09-01"), 1_234_567_00),),
        measures=(
            measure("2016-10-01", "2017-09-30"),
            measure("2016-11-15", "2017-11-14", number=2),
        ),
        late_nodes=tuple(derive_nodes(told, court, table, today)),
    )
    names = {code: rule.name for code, rule in court.nodes.items()}
    hits = {hit.rule: hit for hit in passive_hits(activity, PASSIVE, today, names)}
    assert set(hits) == {f"P0{number}" for number in range(1, 9)}
    assert "结案（有财产可供执行）应于 2017-09-30 前完成，已逾期 20 日" in hits["P01"].evidence
    assert "2017-06-01" in hits["P03"].evidence
    assert "某村房屋" in hits["P04"].evidence
    assert "冻1号" in hits["P05"].evidence
    assert "余 25 日" in hits["P06"].evidence
    assert "1,234,567.00 元" in hits["P07"].evidence
    assert all(hit.article for hit in hits.values())


def test_a_busy_or_standing_case_is_not_passive() -> None:
    busy = CaseActivity(case("2017-03-31"), last_act_on=day("2017-05-01"))
    assert codes(busy, "2017-06-29") == set()
    assert codes(busy, "2017-06-30") == {"P03"}
    assert codes(replace(busy, paused_from=day("2017-05-02")), "2017-12-30") == set()


def test_a_renewed_or_lifted_measure_has_not_lapsed() -> None:
    old = measure("2016-10-01", "2017-09-30")
    new = replace(measure("2017-09-20", "2018-09-19", number=2), renewal_of=old.id)
    busy = CaseActivity(case("2017-03-31"), last_act_on=day("2017-10-10"))
    assert "P05" in codes(replace(busy, measures=(old,)), "2017-10-20")
    assert "P05" not in codes(replace(busy, measures=(old, new)), "2017-10-20")
    lifted = replace(old, lifted_on=day("2017-09-01"))
    assert "P05" not in codes(replace(busy, measures=(lifted,)), "2017-10-20")


def test_a_closed_case_trips_on_idle_money_only() -> None:
    closed = CaseActivity(
        case("2017-03-31", "2017-09-01"),
        open_clues=(("线索", day("2017-08-01")),),
        idle_money=((day("2017-08-01"), 100),),
    )
    assert codes(closed, "2017-12-01") == {"P07"}


def test_a_dormant_case_is_proposed_for_closing() -> None:
    sleeping = CaseActivity(case("2017-01-01", has_property=False), checks={"notice": True})
    assert zombie(sleeping, ZOMBIE, day("2017-06-29")) is None
    found = zombie(sleeping, ZOMBIE, day("2017-07-01"))
    assert found is not None
    assert found.proposal == "终本"
    checks = {check.code: check.ok for check in found.checklist}
    assert checks["notice"] is True
    assert checks["three_months"] is True
    assert checks["interview"] is None
    assert len(checks) == 11


@pytest.mark.parametrize(
    "change",
    [
        {"last_act_on": day("2017-05-01")},
        {"open_clues": (("线索", day("2017-02-01")),)},
        {"idle_money": ((day("2017-02-01"), 1),)},
        {"measures": (measure("2017-02-01", "2018-01-31"),)},
        {"paused_from": day("2017-02-01")},
        {"case": case("2017-01-01", has_property=True)},
        {"case": case("2017-05-01", has_property=False)},
    ],
)
def test_what_keeps_a_case_awake(change: dict[str, object]) -> None:
    sleeping = CaseActivity(case("2017-01-01", has_property=False))
    awake = replace(sleeping, **change)  # type: ignore[arg-type]
    assert zombie(awake, ZOMBIE, day("2017-07-15")) is None


def test_bankruptcy_and_recovery_are_proposed() -> None:
    firm = CaseActivity(case("2017-01-01", has_property=False), debtor_is_enterprise=True)
    found = zombie(firm, ZOMBIE, day("2017-08-01"))
    assert found is not None
    assert found.proposal == "转破"
    closed = CaseActivity(
        case("2017-01-01", "2017-06-01", close_mode="终结本次执行程序"),
        property_found_on=day("2017-09-01"),
    )
    found = zombie(closed, ZOMBIE, day("2017-09-02"))
    assert found is not None
    assert found.proposal == "恢复"
    assert zombie(closed, ZOMBIE, day("2017-08-31")) is None


def test_indicators_are_dated() -> None:
    found = indicator_on(load_indicators(), "closed_in_time", date(2026, 6, 1))
    assert found is not None
    assert found.name == "法定期限内结案率"
    assert indicator_on(load_indicators(), "closed_in_time", date(2006, 6, 1)) is None
    assert len({indicator.code for indicator in load_indicators()}) == 6


@pytest.mark.parametrize(
    ("load", "text", "field"),
    [
        (load_measure_rules, "thresholds = [1, 60]\nred_from = 7\namber_from = 30\n", "thresholds"),
        (load_passive_rules, '[[rule]]\ncode = "P1"\ncheck = "mood"\n', "check"),
        (load_zombie_rules, "[thresholds]\nage_months = 0\n", "age_months"),
        (load_ladder, '[[ladder]]\ncode = "supervision"\n', "rung"),
        (load_indicators, '[[indicator]]\ncode = "x"\n', "numerator"),
    ],
)
def test_mistakes_name_their_field(tmp_path: Path, load: object, text: str, field: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    assert callable(load)
    with pytest.raises(RuleFileError) as caught:
        load(path=path)
    assert field in {problem.field for problem in caught.value.problems}

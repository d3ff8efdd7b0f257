"""Kinds of cases: how long they last, how they end, which chapters they have. Pure."""

from datetime import date, timedelta
from random import Random
from typing import Final

from desktop.demo.matters import asset
from desktop.demo.story import (
    Story,
    announcement,
    clue,
    disposal,
    money,
    online_control,
    report_and_limits,
    start_execution,
    survey,
)
from storage.records.cases import AssetKind

TYPE_WORDS: Final = ("执", "执恢", "执保", "执异", "执复", "执监")
TYPE_WEIGHTS: Final = (60, 12, 12, 10, 3, 3)
EXECUTION: Final = frozenset(("执", "执恢"))
# Open cases of a slow team that nobody touches.
UNTOUCHED: Final = 0.06
CLOSED_OUT: Final = "终结本次执行程序"
_MODES: Final = ("执行完毕", CLOSED_OUT, "终结执行", "销案", "驳回申请")
_TERM_DAYS: Final = {
    AssetKind.DEPOSIT: 365,
    AssetKind.MOVABLE: 730,
    AssetKind.IMMOVABLE: 1095,
    AssetKind.RIGHT: 1095,
}
_EVENT_OF: Final = {
    AssetKind.DEPOSIT: "freeze",
    AssetKind.MOVABLE: "impound",
    AssetKind.IMMOVABLE: "seal",
    AssetKind.RIGHT: "freeze",
}


def duration(rng: Random, type_word: str) -> int:
    """Days from filing to closing; a few cases are never closed."""
    if type_word == "执保":
        return rng.randint(3, 30)
    if type_word in ("执异", "执复", "执监"):
        return int(rng.triangular(6, 34 if type_word != "执异" else 17, 13))
    kind = rng.random()
    if kind < 0.5:
        return rng.randint(25, 110)
    if kind < 0.935:
        return rng.randint(92, 178)
    if kind < 0.992:
        return rng.randint(181, 330)
    return rng.randint(331, 2_000)


def close_mode(rng: Random, type_word: str, lasted: int, has_property: bool) -> str:
    """How the case ends; 终结本次执行程序 not before three months."""
    if type_word not in EXECUTION:
        return "裁定" if type_word in ("执异", "执复", "执监") else "实施完毕"
    if lasted > 91 and rng.random() < (0.3 if has_property else 0.72):
        return CLOSED_OUT
    return rng.choices((_MODES[0], _MODES[2], _MODES[3], _MODES[4]), (70, 18, 8, 4))[0]


def tell_case(story: Story, *, has_property: bool, close: str | None) -> int:
    """Every chapter of a case; gives what was brought in, as a share in percent."""
    if story.type_word not in EXECUTION:
        _short(story)
        return 0
    received = start_execution(story)
    if received > story.end:
        return 0
    answered = online_control(story, received)
    report_and_limits(story, received, answered)
    announcement(story, received)
    share = 0
    if answered <= story.end:
        clue(story, answered)
        survey(story, answered)
        if has_property:
            share = _property(story, answered, close)
        _keep_going(story, answered)
    _long_pauses(story, received)
    _extension(story)
    _closing(story, close)
    return share


_ACTS: Final = (
    "电话联系被执行人，督促履行。",
    "到被执行人住所地走访，制作笔录。",
    "再次发起网络查控，未发现新增可供执行财产。",
    "与申请执行人沟通案件进展。",
    "向不动产登记中心核查登记情况。",
)


def _keep_going(story: Story, answered: date) -> None:
    """An open case is looked after every few weeks, but for the few that nobody touches."""
    untouched = story.chance(UNTOUCHED)
    if story.closed is not None or (untouched and story.team.slow):
        return
    day = answered
    while True:
        day = story.later(day, 18, 48)
        if day > story.end:
            return
        story.log(day, story.world.rng.choice(_ACTS))


def _short(story: Story) -> None:
    """Preservation and review cases: filed, moved, decided."""
    story.tell("filed", story.filed)
    story.by("N03", "file_transferred", story.filed)
    if story.type_word == "执保":
        begun = story.by("D303C", "preservation_started", story.filed)
        handed = story.later(begun, 0, 1)
        if story.tell("query_handed_over", handed):
            story.by("N11", "query_fed_back", handed, late=0.04)
        _measures(story, begun)
    if story.closed is not None:
        story.tell("closed", story.closed)
        story.log(story.closed, "审查终结，文书已送达。")


def _property(story: Story, answered: date, close: str | None) -> int:
    subject = _measures(story, answered)
    share = 0
    if close == "执行完毕" or story.chance(0.3):
        money(story, answered)
        share = 100 if close == "执行完毕" else story.world.rng.randint(5, 80)
    if subject is not None and story.chance(0.4):
        disposal(story, answered, subject)
    return share


def _measures(story: Story, after: date) -> str | None:
    """Controls one to three assets; gives the one that has to be sold, if any."""
    rng, iso = story.world.rng, story.world.days.iso
    for_sale: str | None = None
    for _ in range(rng.choices((1, 2, 3), (70, 22, 8))[0]):
        kind, what, institution = asset(rng)
        begun = story.later(after, 0, 6)
        if not story.tell(_EVENT_OF[kind], begun, subject=what):
            continue
        if kind in (AssetKind.MOVABLE, AssetKind.IMMOVABLE):
            for_sale = what
        rank = 0 if story.chance(0.82) else rng.randint(1, 4)
        amount = rng.randrange(1_000, 500_000) * 100 if kind is AssetKind.DEPOSIT else None
        renewal: str | None = None
        term = timedelta(days=_TERM_DAYS[kind] - 1)
        while True:
            expires = begun + term
            id_ = story.world.ids()
            lifted = story.closed if story.chance(0.8) else None
            if lifted is not None and not begun <= lifted <= expires:
                lifted = None
            place = (id_, story.case_id, kind.value, what, institution, amount, rank)
            dates = (iso[begun], expires.isoformat(), None if lifted is None else iso[lifted])
            story.world.rows.control_measure.append(
                (*place, *dates, renewal, story.doc("执保", begun.year))
            )
            if lifted is not None or expires > story.end or story.chance(0.12):
                break
            begun, renewal = story.world.days.workday(expires - timedelta(days=9)), id_
            if not story.tell("measure_renewed", begun, subject=what):
                break
    return for_sale


def _long_pauses(story: Story, received: date) -> None:
    """Settlement, stay and suspension; the open ones last until today."""
    roll = story.world.rng.random()
    if roll > 0.085 and not story.stands:
        return
    first = story.later(received, 20, 120)
    if first > story.end:
        return
    if story.stands:
        ground, word = ("settlement", "执和") if roll < 0.6 else ("suspension", "执中")
        story.pause(ground, first, None, word)
        story.log(first, "依法停止计算执行期限，定期回访。")
    elif roll < 0.045:
        last = first + timedelta(days=story.world.rng.randint(30, 150))
        story.pause("settlement", first, None if last > story.end else last, "执和")
        story.log(first, "双方达成执行和解协议，依法暂缓。")
    elif roll < 0.07:
        last = first + timedelta(days=story.world.rng.randint(20, 120))
        story.pause("stay", first, None if last > story.end else last, "执缓")
    else:
        last = first + timedelta(days=story.world.rng.randint(60, 300))
        story.pause("suspension", first, None if last > story.end else last, "执中")


def _extension(story: Story) -> None:
    """Some long cases get an extension of the six months from the president's deputy in time."""
    due = story.world.days.due(story.type_word, "N37", story.filed)
    if due is None or story.end < due - timedelta(days=20) or not story.chance(0.5):
        return
    rng, iso = story.world.rng, story.world.days.iso
    applied = story.world.days.workday(due - timedelta(days=rng.randint(8, 15)))
    approved = story.world.days.after(applied, rng.randint(0, 2))
    if approved > story.end:
        return
    approver = story.world.staff.vice_presidents[story.team.court.code]
    row = (story.world.ids(), story.case_id, "N37", 3, "month", "案情复杂，财产处置未完成")
    dates = (iso[applied], iso[approved], approver.id, story.doc("执延", applied.year))
    story.world.rows.extension.append((*row, *dates))


def _closing(story: Story, close: str | None) -> None:
    closed = story.closed
    if closed is None or close is None:
        return
    if close == CLOSED_OUT:
        story.tell("closing_interview", closed)
        story.tell("closed_without_property", closed)
    story.tell("closed", closed)
    story.log(closed, f"案件以“{close}”方式结案。")
    story.end = story.world.days.today
    if story.chance(0.85):
        story.tell("archived", story.later(closed, 20, 80))
    if close == CLOSED_OUT:
        _queries_after(story, closed)


def _queries_after(story: Story, closed: date) -> None:
    """Every six months a query for five years; the last one may be overdue today."""
    start = closed
    for _ in range(10):
        due = story.world.days.due(story.type_word, "D601", start)
        assert due is not None, "the query after closing has a limit"
        if story.chance(0.025):
            done = story.world.days.after(due, story.world.rng.randint(1, 40))
        else:
            done = story.world.days.workday(due - timedelta(days=story.world.rng.randint(0, 25)))
            done = min(done, due)
        if not story.tell("periodic_query", done):
            return
        if story.chance(0.006):
            _measures(story, done)  # property turned up: the case can be taken up again
        start = done

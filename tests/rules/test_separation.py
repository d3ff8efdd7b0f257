"""审执分离 (X16): planted conflicts are found whichever fact comes last, and nothing else is."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.rules.separation import ConflictBook, Graph, News
from desktop.rules.separation_facts import (
    Act,
    Bench,
    Bond,
    BondKind,
    Case,
    Deed,
    Fact,
    Holding,
    Judging,
    RowKey,
    Seat,
    Side,
)

FILED = date(2026, 3, 2)
ORDERS = int(os.environ.get("EDESK_SEPARATION", "60"))


def case(key: str, word: str = "执", basis: str = "", **more: object) -> Case:
    made = Case(
        RowKey("case", key), f"（2026）豫03{word}{key}号", word == "执", word != "执", FILED
    )
    return replace(made, basis_no=f"（2026）豫03执{basis}号" if basis else "", **more)  # type: ignore[arg-type]


def held(case_id: str, who: str, on: date = FILED, *, team: bool = False) -> Holding:
    return Holding(RowKey("hold", f"h{case_id}{who}{on}"), case_id, who, team, on)


def named(case_id: str, who: str, on: date, to: date | None = None) -> Judging:
    key = RowKey("document", f"d{case_id}")
    return Judging(key, case_id, who, Bench.NAMED, on, to, f"d{case_id}", "异议裁定书")


def seat(who: str, team: str, first: date, last: date | None = None) -> Seat:
    return Seat(RowKey("membership", f"m{who}{team}{first}"), who, team, first, last)


def bond(one: str, other: str, kind: BondKind) -> Bond:
    return Bond(RowKey("case_kin", f"k{one}{other}{kind}"), one, other, "", kind, FILED)


def side(case_id: str, applicant: bool, identity: str) -> Side:
    return Side(RowKey("party", f"p{case_id}{applicant}{identity}"), case_id, applicant, identity)


class Store:
    """Facts as they come and go, watched change by change: what a desk does with rows."""

    def __init__(self) -> None:
        self.facts: dict[RowKey, list[Fact]] = {}
        self.book = ConflictBook()

    def all(self) -> list[Fact]:
        return [one for facts in self.facts.values() for one in facts]

    def put(self, key: RowKey, facts: Iterable[Fact]) -> News:
        """The row `key` now bears those facts; what that brings, judged from its surroundings."""
        self.facts[key] = list(facts)
        graph = Graph(self.all())
        asked = self.book.asked(self._touched(self.facts[key]), (key,))
        around = graph.around(asked)
        # A desk reads what is about these cases and no more.
        near = [one for one in self.all() if not one.cases or set(one.cases) & around]
        return self.book.settle(around, Graph(near).conflicts().values())

    def _touched(self, facts: Sequence[Fact]) -> set[str]:
        found = {one for fact in facts for one in fact.cases}
        teams = {fact.team_id for fact in facts if isinstance(fact, Seat)}
        for other in self.all():
            if isinstance(other, Case) and other.team_id in teams:
                found.add(other.key.id)
            if isinstance(other, Holding) and other.holder_id in teams:
                found.add(other.case_id)
        return found

    def add(self, fact: Fact) -> News:
        return self.put(fact.key, (*self.facts.get(fact.key, ()), fact))


MAY, JUNE = date(2026, 5, 6), date(2026, 6, 8)
PLANTED: dict[str, tuple[tuple[Fact, ...], tuple[BondKind, ...], Deed]] = {
    # The person himself: he sits in a ruling about the very case that he handled.
    "person": ((case("1"), held("1", "li"), named("1", "li", MAY)), (), Deed.HANDLER),
    "handler of the row": (
        (case("1", handler_id="li"), named("1", "li", MAY)),
        (),
        Deed.HANDLER,
    ),
    # The case: an objection with its own number, about the case that he handled.
    "case": (
        (case("1"), held("1", "li"), case("2", "执异", "1"), named("2", "li", MAY)),
        (BondKind.BASIS,),
        Deed.HANDLER,
    ),
    "in charge of the review": (
        (case("1"), held("1", "li"), case("2", "执异", "1", handler_id="li")),
        (BondKind.BASIS,),
        Deed.HANDLER,
    ),
    "review of a review": (
        (
            *(case("1"), held("1", "li"), case("2", "执异", "1")),
            replace(case("3", "执复"), basis_no="（2026）豫03执异2号"),
            named("3", "li", MAY),
        ),
        (BondKind.BASIS, BondKind.BASIS),
        Deed.HANDLER,
    ),
    "kin": (
        (
            *(case("1"), case("4"), held("4", "li"), case("2", "执异", "1")),
            *(bond("1", "4", BondKind.KIN), named("2", "li", MAY)),
        ),
        (BondKind.BASIS, BondKind.KIN),
        Deed.HANDLER,
    ),
    "kin by both sides": (
        (
            *(case("1"), case("4"), held("4", "li"), case("2", "执异", "1")),
            *(side("1", True, "A"), side("1", False, "B")),
            *(side("4", True, "A"), side("4", False, "B"), named("2", "li", MAY)),
        ),
        (BondKind.BASIS, BondKind.PARTIES),
        Deed.HANDLER,
    ),
    "resumed under another number": (
        (
            *(case("2", "执异", "1"), named("2", "li", MAY), held("6", "li")),
            replace(case("6"), basis_no="（2025）豫03民初8号"),
            replace(case("1"), basis_no="（2025）豫03民初8号"),
        ),
        (BondKind.BASIS, BondKind.SAME_BASIS),
        Deed.HANDLER,
    ),
    "objection that names the judgment": (
        (
            *(replace(case("2", "执异"), basis_no="（2025）豫03民初8号"), held("1", "li")),
            *(replace(case("1"), basis_no="（2025）豫03民初8号"), named("2", "li", MAY)),
        ),
        (BondKind.SAME_BASIS,),
        Deed.HANDLER,
    ),
    # He handled it before it was transferred to where it is executed now.
    "transfer": (
        (
            *(case("1"), case("5"), held("5", "li"), bond("5", "1", BondKind.TRANSFER)),
            *(case("2", "执异", "1"), named("2", "li", MAY)),
        ),
        (BondKind.BASIS, BondKind.TRANSFER),
        Deed.HANDLER,
    ),
    "handed to another": (
        (case("1"), held("1", "li"), held("1", "wu", MAY), named("1", "li", JUNE)),
        (),
        Deed.HANDLER,
    ),
    "act": (
        (
            case("1"),
            Act(RowKey("execution_log", "a1"), "1", "li", MAY, "现场查封"),
            named("1", "li", JUNE),
        ),
        (),
        Deed.ACT,
    ),
    "team of the case": (
        (case("1", team_id="t"), seat("li", "t", date(2025, 1, 1)), named("1", "li", MAY)),
        (),
        Deed.SEAT,
    ),
    "team before it moved": (
        (
            *(case("1", team_id="u"), held("1", "t", team=True), held("1", "u", MAY, team=True)),
            *(seat("li", "t", date(2025, 1, 1), MAY), named("1", "li", JUNE)),
        ),
        (),
        Deed.SEAT,
    ),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_conflict_is_found_with_the_last_of_its_facts(name: str) -> None:
    facts, bonds, deed = PLANTED[name]
    (whole,) = Graph(facts).conflicts()
    needed = {one.key for one in facts if whole not in Graph(set(facts) - {one}).conflicts()}
    for n, order in enumerate(permutations(facts)):
        if n >= ORDERS:
            break
        store = Store()
        last = max(at for at, one in enumerate(order) if one.key in needed)
        news = [store.add(fact).come for fact in order]
        (found,) = news[last]
        assert not any(come for at, come in enumerate(news) if at != last), order
        stands = store.book.conflicts[whole]
        assert found.person_id == "li"
        assert (stands.bonds, stands.steps[-1].what) == (bonds, deed)


def test_one_execution_forbids_and_another_is_told() -> None:
    told = {"kin": False, "kin by both sides": False, "act": False, "transfer": True, "case": True}
    for name, wanted in told.items():
        (found,) = Graph(PLANTED[name][0]).conflicts().values()
        assert (found.forbids, found.by_law) == (wanted, wanted), name
        assert (Graph(PLANTED[name][0]).executed_by(found.case_id) == {"li"}) is wanted, name


def test_a_way_that_forbids_is_told_before_a_shorter_one() -> None:
    facts, _bonds, _deed = PLANTED["transfer"]
    (found,) = Graph([*facts, bond("2", "5", BondKind.KIN)]).conflicts().values()
    assert (found.bonds, found.forbids) == ((BondKind.BASIS, BondKind.TRANSFER), True)
    note = Act(RowKey("execution_log", "a1"), "2", "li", FILED, "听证")
    (found,) = Graph([*facts, note, replace(note, case_id="1")]).conflicts().values()
    assert found.forbids


def test_every_chain_names_where_each_link_was_read() -> None:
    facts, _bonds, _deed = PLANTED["transfer"]
    (found,) = Graph(facts).conflicts().values()
    assert [step.what for step in found.steps] == [
        *(Bench.NAMED, BondKind.BASIS, BondKind.TRANSFER, Deed.HANDLER),
    ]
    assert [step.sources[0].table for step in found.steps] == [
        *("document", "case", "case_kin", "hold"),
    ]
    assert [step.on for step in found.steps] == [MAY, FILED, FILED, FILED]
    assert (found.steps[1].number, found.steps[1].to_number) == (
        "（2026）豫03执异2号",
        "（2026）豫03执1号",
    )
    assert found.since == MAY


CLEAR: dict[str, tuple[Fact, ...]] = {
    "another person": (case("1"), held("1", "wu"), named("1", "li", MAY)),
    "another case": (case("1"), case("4"), held("4", "li"), named("1", "li", MAY)),
    "took it over after the ruling": (
        *(case("1"), held("1", "wu"), held("1", "li", JUNE), named("1", "li", MAY, MAY)),
    ),
    "left the team before it had the case": (
        *(case("1", team_id="t"), seat("li", "t", date(2025, 1, 1), FILED - timedelta(days=1))),
        named("1", "li", MAY),
    ),
    "came into the team when the case had closed": (
        *(case("1", team_id="t", closed_on=MAY), seat("li", "t", MAY + timedelta(days=1))),
        named("1", "li", JUNE),
    ),
    "came into the team when the case had moved on": (
        *(case("1", team_id="u"), held("1", "t", team=True), held("1", "u", MAY, team=True)),
        *(seat("li", "t", MAY), named("1", "li", JUNE)),
    ),
    "only one side is the same": (
        *(case("1"), case("4"), held("4", "li"), case("2", "执异", "1")),
        *(side("1", True, "A"), side("1", False, "B"), side("4", True, "C")),
        *(side("4", False, "B"), named("2", "li", MAY)),
    ),
    "handling a review is no carrying out": (
        *(case("1"), case("2", "执异", "1", handler_id="li")),
        named("2", "li", MAY),
    ),
}


@pytest.mark.parametrize("name", CLEAR)
def test_no_conflict_is_made_up(name: str) -> None:
    assert not Graph(CLEAR[name]).conflicts()


def test_a_bond_that_is_declared_wrong_takes_its_conflict_with_it() -> None:
    facts, _bonds, _deed = PLANTED["kin"]
    store = Store()
    for fact in facts:
        store.add(fact)
    (stood,) = store.book.conflicts
    wrong = next(one for one in facts if isinstance(one, Bond))
    news = store.put(wrong.key, ())
    assert [one.key for one in news.gone] == [stood]
    assert not store.book.conflicts


# Few people, teams and cases, so that they meet.
_PEOPLE, _TEAMS, _CASES = st.sampled_from("abc"), st.sampled_from("tu"), st.sampled_from("1234")
_DAYS = st.integers(0, 90).map(lambda n: FILED + timedelta(days=n))
_UNTIL = st.one_of(st.none(), _DAYS)
_ROWS = st.sampled_from("xyz")


@st.composite
def _cases(draw: st.DrawFn) -> Case:
    word = draw(st.sampled_from(("执", "执异")))
    basis = draw(st.one_of(st.just(""), _CASES)) if word == "执异" else ""
    people = st.one_of(st.none(), _PEOPLE)
    made = case(
        draw(_CASES),
        word,
        basis,
        filed_on=draw(_DAYS),
        closed_on=draw(_UNTIL),
        team_id=draw(st.one_of(st.none(), _TEAMS)),
        handler_id=draw(people),
        leader_id=draw(people),
    )
    judgment = draw(st.sampled_from(("", "", "J", "K")))
    return replace(made, basis_no=judgment) if word == "执" else made


_FACTS = st.one_of(
    _cases(),
    st.builds(
        Holding, _ROWS.map(lambda n: RowKey("hold", n)), _CASES, _PEOPLE, st.just(False), _DAYS
    ),
    st.builds(
        Holding, _ROWS.map(lambda n: RowKey("hold", "t" + n)), _CASES, _TEAMS, st.just(True), _DAYS
    ),
    st.builds(Seat, _ROWS.map(lambda n: RowKey("membership", n)), _PEOPLE, _TEAMS, _DAYS, _UNTIL),
    st.builds(
        Judging,
        *(_ROWS.map(lambda n: RowKey("document", n)), _CASES, _PEOPLE),
        *(st.sampled_from((Bench.NAMED, Bench.VOTE)), _DAYS, _UNTIL, st.sampled_from("dD")),
        st.just("裁定书"),
    ),
    st.builds(
        Bond,
        *(_ROWS.map(lambda n: RowKey("case_kin", n)), _CASES, _CASES, st.just("")),
        *(st.sampled_from((BondKind.KIN, BondKind.TRANSFER)), _DAYS),
    ).filter(lambda one: one.case_id != one.other_id),
    st.builds(
        Side,
        *(_ROWS.map(lambda n: RowKey("party", n)), _CASES, st.booleans(), st.sampled_from("AB")),
    ),
)
_CHANGES = st.lists(st.tuples(_FACTS, st.booleans()), max_size=24)


@settings(max_examples=int(os.environ.get("EDESK_SEPARATION_RUNS", "60")), deadline=None)
@given(_CHANGES)
def test_change_by_change_equals_a_recount_of_everything(
    changes: list[tuple[Fact, bool]],
) -> None:
    store = Store()
    for fact, stays in changes:
        before = set(store.book.conflicts)
        news = store.put(fact.key, (fact,) if stays else ())
        recount = Graph(store.all()).conflicts()
        assert store.book.conflicts == recount
        assert {one.key for one in news.come} == set(recount) - before
        assert {one.key for one in news.gone} == before - set(recount)


@settings(max_examples=int(os.environ.get("EDESK_SEPARATION_RUNS", "60")), deadline=None)
@given(_CHANGES)
def test_the_graph_agrees_with_the_rule_told_plainly(changes: list[tuple[Fact, bool]]) -> None:
    """The same answer by another way: pairs of facts over sets of cases that were joined."""
    store = {fact.key: fact for fact, _stays in changes}
    facts = list(store.values())
    assert {one[:2] for one in Graph(facts).conflicts()} == _told_plainly(facts)


def _told_plainly(facts: list[Fact]) -> set[tuple[str, str]]:
    cases = {one.key.id: one for one in facts if isinstance(one, Case)}
    group = {one: {one} for one in "1234"}
    for one, other in _joined(facts, cases):
        both = group[one] | group[other]
        for member in both:
            group[member] = both
    done = _all_done(facts, cases)
    return {
        (who, at)
        for who, at, _first, last in _all_judging(facts, cases)
        for did, where, since in done
        if did == who and where in group[at] and (last is None or since <= last)
    }


def _joined(facts: list[Fact], cases: dict[str, Case]) -> list[tuple[str, str]]:
    pairs = [(one.case_id, one.other_id) for one in facts if isinstance(one, Bond)]
    pairs += [
        (one.key.id, other.key.id)
        for one in cases.values()
        for other in cases.values()
        if (one.reviews and one.basis_no == other.number)
        or (one.basis_no and one.basis_no == other.basis_no)
    ]
    sides: dict[tuple[str, bool], set[str]] = {}
    for fact in facts:
        if isinstance(fact, Side):
            sides.setdefault((fact.case_id, fact.applicant), set()).add(fact.identity)
    pairs += [
        (one, other)
        for one in "1234"
        for other in "1234"
        if all(sides.get((one, flag), set()) & sides.get((other, flag), set()) for flag in (0, 1))
    ]
    return pairs


def _charged(facts: list[Fact], one: Case) -> list[tuple[str, date]]:
    handlers = [
        (h.holder_id, h.from_on)
        for h in facts
        if isinstance(h, Holding) and not h.team and h.case_id == one.key.id
    ]
    if one.handler_id and one.handler_id not in {who for who, _on in handlers}:
        handlers.append((one.handler_id, one.filed_on))
    return handlers + ([(one.leader_id, one.filed_on)] if one.leader_id else [])


def _all_judging(
    facts: list[Fact], cases: dict[str, Case]
) -> list[tuple[str, str, date, date | None]]:
    found = [
        (one.person_id, one.case_id, one.from_on, one.to_on)
        for one in facts
        if isinstance(one, Judging)
    ]
    for one in cases.values():
        if one.reviews:
            found += [(who, one.key.id, on, one.closed_on) for who, on in _charged(facts, one)]
    return found


def _all_done(facts: list[Fact], cases: dict[str, Case]) -> list[tuple[str, str, date]]:
    found = []
    for one in cases.values():
        if not one.executes:
            continue
        key = one.key.id
        found += [(who, key, on) for who, on in _charged(facts, one)]
        found += [
            (act.person_id, key, act.on)
            for act in facts
            if isinstance(act, Act) and act.case_id == key
        ]
        for place in facts:
            if isinstance(place, Seat):
                days = [
                    day
                    for day in (FILED + timedelta(days=n) for n in range(120))
                    if place.team_id in _teams_on(facts, one, day)
                    and place.from_on <= day
                    and (place.to_on is None or day <= place.to_on)
                ]
                found += [(place.person_id, key, days[0])] if days else []
    return found


def _teams_on(facts: list[Fact], one: Case, day: date) -> set[str | None]:
    """Which team had the case on that day, by its last holding up to then; where its row names
    another than the last of all, that one may have had it since."""
    known = sorted(
        (h for h in facts if isinstance(h, Holding) and h.team and h.case_id == one.key.id),
        key=lambda h: (h.from_on, h.key),
    )
    past = [h for h in known if h.from_on <= day]
    closed = one.closed_on is not None and day > one.closed_on
    if closed or (known and not past) or (not known and day < one.filed_on):
        return set()
    if not known or past[-1] is known[-1]:
        return {one.team_id, *(h.holder_id for h in past[-1:])}
    return {past[-1].holder_id}

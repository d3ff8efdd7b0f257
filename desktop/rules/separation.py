"""审执分离 over time: who judges what he carried out himself, in a case or one that hangs with it.

Whoever handled a case of execution takes no part in judging objections and reviews about it
(最高法《关于人民法院办理执行异议和复议案件若干问题的规定》第十一条). Cases hang together by basis,
kinship, transfer, consolidation, consignment, by resting on the same judgment, or by having the
same two sides (identity numbers of an applicant and of a debtor agree), and on from case to case.
Kinship and the same sides make no one execution of two (`LOOSE`): what reaches over them alone is
told and left to people, all else forbids the seat (`Conflict.forbids`), and that way is told first.
Time counts: a conflict needs that he carried out something on a day not behind the end of the
judging; a seat in a team counts while the team had the case and at no other time. Pure; any
thread.

Conflicts never reach over the edge of what hangs together, so a change is judged from the cases it
touches and their neighbourhood alone (`ConflictBook`); that equals a recount of everything.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Final

from desktop.rules.separation_facts import (
    LOOSE,
    Act,
    Bench,
    Bond,
    BondKind,
    Case,
    Conflict,
    Deed,
    Fact,
    Holding,
    Judging,
    RowKey,
    Seat,
    Side,
    Step,
)

_DAY: Final = timedelta(days=1)
_DEEDS: Final = {deed: n for n, deed in enumerate(Deed)}


@dataclass(frozen=True, slots=True)
class _Done:
    """Somebody carried out something of a case in that time."""

    deed: Deed
    from_on: date
    to_on: date | None
    sources: tuple[RowKey, ...]
    words: str = ""


class Graph:
    """Persons, cases and what binds them, from facts in any order."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._cases: dict[str, Case] = {}
        self._numbers: dict[str, str] = {}
        self._reviewed_by: dict[str, list[str]] = defaultdict(list)
        self._on_basis: dict[str, list[str]] = defaultdict(list)
        self._bonds: dict[str, list[Bond]] = defaultdict(list)
        self._holdings: dict[str, list[Holding]] = defaultdict(list)
        self._acts: dict[str, list[Act]] = defaultdict(list)
        self._seats: dict[str, list[Seat]] = defaultdict(list)
        self._judging: dict[str, list[Judging]] = defaultdict(list)
        self._sides: dict[str, list[Side]] = defaultdict(list)
        self._debtors: dict[str, set[str]] = defaultdict(set)
        for fact in sorted(facts, key=lambda one: one.key):
            self._take(fact)

    def _take(self, fact: Fact) -> None:
        match fact:
            case Case():
                self._cases[fact.key.id] = fact
                self._numbers[fact.number] = fact.key.id
                if fact.basis_no:
                    self._on_basis[fact.basis_no].append(fact.key.id)
                    if fact.reviews:
                        self._reviewed_by[fact.basis_no].append(fact.key.id)
            case Bond():
                for one in fact.cases:
                    self._bonds[one].append(fact)
            case Holding():
                self._holdings[fact.case_id].append(fact)
            case Act():
                self._acts[fact.case_id].append(fact)
            case Seat():
                self._seats[fact.team_id].append(fact)
            case Judging():
                self._judging[fact.case_id].append(fact)
            case Side():
                self._sides[fact.case_id].append(fact)
                if not fact.applicant:
                    self._debtors[fact.identity].add(fact.case_id)

    def number(self, case_id: str) -> str:
        """The number of a case, empty for one that no fact tells of."""
        known = self._cases.get(case_id)
        if known is not None:
            return known.number
        told = (one.other_number for one in self._bonds[case_id] if one.other_id == case_id)
        return next(told, "")

    # What hangs together

    def _ways(self, case_id: str) -> Iterator[Step]:
        """The bonds of a case, each as the step along it."""
        number = self.number(case_id)

        def step(kind: BondKind, to: str, sources: tuple[RowKey, ...], on: date | None) -> Step:
            return Step(kind, sources, case_id, number, on, None, to, self.number(to))

        for bond in self._bonds[case_id]:
            to = bond.other_id if bond.case_id == case_id else bond.case_id
            yield step(bond.kind, to, (bond.key,), bond.on)
        known = self._cases.get(case_id)
        if known is not None and known.reviews and known.basis_no in self._numbers:
            yield step(BondKind.BASIS, self._numbers[known.basis_no], (known.key,), known.filed_on)
        if known is not None:
            # An objection may name the judgment that is executed instead of the case that does it.
            for other in self._on_basis.get(known.basis_no, ()):
                if other != case_id:
                    keys = (known.key, self._cases[other].key)
                    yield step(BondKind.SAME_BASIS, other, keys, known.filed_on)
        for other in self._reviewed_by.get(number, ()) if number else ():
            found = self._cases[other]
            yield step(BondKind.BASIS, other, (found.key,), found.filed_on)
        yield from (step(BondKind.PARTIES, *same, None) for same in self._same_sides(case_id))

    def _same_sides(self, case_id: str) -> Iterator[tuple[str, tuple[RowKey, ...]]]:
        mine = self._sides[case_id]
        others = {
            other for one in mine if not one.applicant for other in self._debtors[one.identity]
        }
        for other in sorted(others - {case_id}):
            theirs = self._sides[other]
            shared = [_shared(mine, theirs, applicant=side) for side in (True, False)]
            if all(shared):
                yield other, tuple(key for keys in shared for key in keys)

    def paths(self, case_id: str) -> dict[str, tuple[Step, ...]]:
        """Every case that hangs together with that one, itself too, with the way to it: over as few
        loose bonds as can be, and of these ways the shortest."""
        ways: dict[str, tuple[Step, ...]] = {}
        turn = count()  # of equal ways that which was seen first
        todo: list[tuple[int, int, int, str, tuple[Step, ...]]] = [(0, 0, next(turn), case_id, ())]
        while todo:
            loose, length, _turn, at, way = heappop(todo)
            if at in ways:
                continue
            ways[at] = way
            for step in sorted(self._ways(at), key=lambda one: (one.to_id, one.what, one.sources)):
                if step.to_id not in ways:
                    cost = (loose + (step.what in LOOSE), length + 1, next(turn))
                    heappush(todo, (*cost, step.to_id, (*way, step)))
        return ways

    def around(self, case_ids: Iterable[str]) -> frozenset[str]:
        """All cases that hang together with any of those."""
        found: set[str] = set()
        for one in case_ids:
            if one not in found:
                found.update(self.paths(one))
        return frozenset(found)

    # Who carried out, who judges

    def _done(self, case_id: str) -> Iterator[tuple[str, _Done]]:
        """Who carried out something of the case."""
        known = self._cases.get(case_id)
        if known is None or not known.executes:
            return
        held = set()
        for one in self._holdings[case_id]:
            if not one.team:
                held.add(one.holder_id)
                yield one.holder_id, _Done(Deed.HANDLER, one.from_on, None, (one.key,))
        if known.handler_id and known.handler_id not in held:
            done = _Done(Deed.HANDLER, known.filed_on, known.closed_on, (known.key,))
            yield known.handler_id, done
        if known.leader_id:
            done = _Done(Deed.LEADER, known.filed_on, known.closed_on, (known.key,))
            yield known.leader_id, done
        for act in self._acts[case_id]:
            deed = Deed.TOOK if act.key.table == "seizure" else Deed.ACT
            yield act.person_id, _Done(deed, act.on, act.on, (act.key,), act.words)
        for team, first, last, key in self._stretches(known):
            for seat in self._seats[team]:
                both = _overlap(first, last, seat.from_on, seat.to_on)
                if both is not None:
                    yield seat.person_id, _Done(Deed.SEAT, *both, (seat.key, key))

    def _stretches(self, case: Case) -> Iterator[tuple[str, date, date | None, RowKey]]:
        """Which team had the case from when to when."""
        teams = [one for one in self._holdings[case.key.id] if one.team]
        teams.sort(key=lambda one: (one.from_on, one.key))
        for n, one in enumerate(teams):
            ends = [] if case.closed_on is None else [case.closed_on]
            ends += [next_.from_on - _DAY for next_ in teams[n + 1 : n + 2]]
            yield one.holder_id, one.from_on, min(ends, default=None), one.key
        if case.team_id and (not teams or teams[-1].holder_id != case.team_id):
            # Since when is not on record: not before the last team that is.
            since = teams[-1].from_on if teams else case.filed_on
            yield case.team_id, since, case.closed_on, case.key

    def _judges(self, case_id: str) -> Iterator[Judging]:
        """Who judges in the case: by its documents, and whoever is in charge of a review."""
        yield from self._judging[case_id]
        known = self._cases.get(case_id)
        if known is None or not known.reviews:
            return

        def charge(person_id: str, how: Bench, since: date, key: RowKey) -> Judging:
            last = known.closed_on
            return Judging(key, case_id, person_id, how, since, last, case_id, known.number)

        held = set()
        for one in self._holdings[case_id]:
            if not one.team:
                held.add(one.holder_id)
                yield charge(one.holder_id, Bench.HANDLER, one.from_on, one.key)
        if known.handler_id and known.handler_id not in held:
            yield charge(known.handler_id, Bench.HANDLER, known.filed_on, known.key)
        if known.leader_id:
            yield charge(known.leader_id, Bench.LEADER, known.filed_on, known.key)

    def executed_by(self, case_id: str) -> frozenset[str]:
        """Who may not judge in that case, whenever they carried it out."""
        return frozenset(
            person_id
            for at, way in self.paths(case_id).items()
            for person_id, done in self._done(at)
            if forbids(way, done.deed)
        )

    # Conflicts

    def conflicts(self) -> dict[tuple[str, str, str], Conflict]:
        """Every conflict that the facts bear, by its key."""
        found: dict[tuple[str, str, str], Conflict] = {}
        for case_id in sorted(set(self._judging) | set(self._cases)):
            for one in self._of(case_id):
                found[one.key] = one
        return found

    def _of(self, case_id: str) -> Iterator[Conflict]:
        judging: dict[tuple[str, str], list[Judging]] = defaultdict(list)
        for one in self._judges(case_id):
            judging[one.person_id, one.subject].append(one)
        if not judging:
            return
        judges = {person_id for person_id, _subject in judging}
        ways = self.paths(case_id)
        done: dict[str, list[tuple[tuple[Step, ...], str, _Done]]] = defaultdict(list)
        for at, way in ways.items():
            for person_id, deed in self._done(at):
                if person_id in judges:
                    done[person_id].append((way, at, deed))
        for (person_id, _subject), acts in judging.items():
            made = self._conflict(acts, done.get(person_id, []))
            if made is not None:
                yield made

    def _conflict(
        self, acts: list[Judging], done: list[tuple[tuple[Step, ...], str, _Done]]
    ) -> Conflict | None:
        """The most binding reason, of these the shortest with the heaviest deed, if any."""
        acts.sort(key=lambda one: (one.from_on, one.how, one.key))
        ends = [one.to_on for one in acts]
        last = None if None in ends else max(one for one in ends if one is not None)
        counted = [one for one in done if last is None or one[2].from_on <= last]
        if not counted:
            return None
        way, at, deed = min(
            counted,
            key=lambda one: (
                not forbids(one[0], one[2].deed),
                sum(step.what in LOOSE for step in one[0]),
                len(one[0]),
                _DEEDS[one[2].deed],
                one[2].from_on,
                one[1],
                one[2].sources,
            ),
        )
        first = acts[0]
        steps = (
            *(self._seat(one) for one in acts),
            *way,
            Step(
                *(deed.deed, deed.sources, at, self.number(at), deed.from_on, deed.to_on),
                words=deed.words,
            ),
        )
        return Conflict(
            first.person_id,
            first.case_id,
            first.subject,
            any(one.by_law for one in acts) and forbids(way, deed.deed),
            max(first.from_on, deed.from_on),
            steps,
            tuple(dict.fromkeys(one.how for one in acts)),
            frozenset(key for step in steps for key in step.sources),
        )

    def _seat(self, one: Judging) -> Step:
        number = self.number(one.case_id)
        days = (one.from_on, one.to_on)
        return Step(one.how, (one.key,), one.case_id, number, *days, words=one.title)


def forbids(way: Iterable[Step], deed: Deed) -> bool:
    """Whether who did that may not judge at the other end of the way: it is one execution, and he
    was in charge of it or took things in it. A note of his in its log is left to people."""
    return deed is not Deed.ACT and not any(step.what in LOOSE for step in way)


def _overlap(
    first: date, last: date | None, from_on: date, to_on: date | None
) -> tuple[date, date | None] | None:
    """The days that both stretches have."""
    start = max(first, from_on)
    end = min((one for one in (last, to_on) if one is not None), default=None)
    return None if end is not None and end < start else (start, end)


def _shared(mine: list[Side], theirs: list[Side], *, applicant: bool) -> tuple[RowKey, ...]:
    """The parties of one side that are the same person in both cases."""
    known = {one.identity: one.key for one in theirs if one.applicant is applicant}
    return tuple(
        key
        for one in mine
        if one.applicant is applicant and one.identity in known
        for key in (one.key, known[one.identity])
    )


@dataclass(frozen=True, slots=True)
class News:
    """What a change brought: conflicts that are new, and those that are no more."""

    come: tuple[Conflict, ...] = ()
    gone: tuple[Conflict, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.come or self.gone)


class ConflictBook:
    """The conflicts that stand, kept up to date change by change."""

    def __init__(self, known: Iterable[Conflict] = ()) -> None:
        self._known = {one.key: one for one in known}

    @property
    def conflicts(self) -> dict[tuple[str, str, str], Conflict]:
        """What stands now."""
        return dict(self._known)

    def asked(self, cases: Iterable[str], rows: Iterable[RowKey]) -> frozenset[str]:
        """The cases to look around at after a change of those rows, which are about those cases:
        these, and the judged cases of conflicts whose chain rests on any of them. What a row was
        about before it changed is known from the chains that it bore, and bears on nothing else."""
        touched, changed = frozenset(cases), frozenset(rows)
        stood = {
            one.case_id for one in self._known.values() if one.cases & touched or one.rows & changed
        }
        return touched | stood

    def settle(self, around: frozenset[str], found: Iterable[Conflict]) -> News:
        """Takes what was found around the cases of a change as all that stands there."""
        fresh = {one.key: one for one in found if one.case_id in around}
        old = {key: one for key, one in self._known.items() if one.case_id in around}
        for key in old:
            del self._known[key]
        self._known.update(fresh)
        return News(
            tuple(one for key, one in sorted(fresh.items()) if key not in old),
            tuple(one for key, one in sorted(old.items()) if key not in fresh),
        )

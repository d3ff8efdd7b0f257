"""Who tries what in the walk through the signing matrix: the cast, its panels, its absences. Pure.

People whom a document cannot tell apart are of one sort, and one of each sort walks. That every
post × quota × role × group is answered as its sort is, the walk shows profile by profile.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from typing import Final

from desktop.rules.signing import CaseFacts, Delegation, Signer
from desktop.rules.signing_matrix import PANEL_CODES, POST_NAMES, Document
from desktop.rules.teams import Absence
from storage.ids import PersonId
from storage.records.people import Post, TeamRole

AGREED_BY: Final = PersonId("同意人")
IMPLEMENTERS: Final = frozenset({PersonId("实施法官")})
# What becomes of the holders of a post: there, away, away with a delegate, away with a void power.
_WHERE: Final = ("在岗", "缺席", "缺席有委托", "缺席而委托无效")

Sort = tuple[tuple[bool, ...], frozenset[str], bool]


@dataclass(frozen=True, slots=True)
class Departure:
    """Who is away from some moment on, and which powers they left."""

    label: str
    absences: tuple[Absence, ...] = ()
    delegations: tuple[Delegation, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """One cast with one panel, and every departure that can befall it (the first: nobody's).

    lawful_panel: the panel may decide. roving: words may change and documents be sent back.
    """

    label: str
    people: tuple[Signer, ...]
    facts: CaseFacts
    departures: tuple[Departure, ...] = (Departure("全员在岗"),)
    roving: bool = False
    lawful_panel: bool = True


def profiles(document: Document) -> Iterator[Signer]:
    """Every post × quota × role in the case's team × group that the document names."""
    groups: list[frozenset[str]] = [frozenset()]
    groups += [
        frozenset({code.removeprefix("group:")})
        for code in sorted(_named(document))
        if code.startswith("group:")
    ]
    roles: list[frozenset[TeamRole]] = [frozenset(), *(frozenset({role}) for role in TeamRole)]
    cells = product(Post, (False, True), roles, groups)
    for number, (post, quota, role, group) in enumerate(cells):
        name = f"{POST_NAMES[post]}{number}"
        yield Signer(PersonId(f"p{number}"), name, post, quota, role, group)


def _named(document: Document) -> frozenset[str]:
    found: set[str] = set()
    for step in document.steps:
        found |= step.signers | step.delegates
    return frozenset(found)


def sort_of(document: Document, person: Signer) -> Sort:
    """All that the document can tell of a person: which cells he meets, which named post he
    holds, and, where he may come to sign a judge's document, whether he has the pen."""
    cells = [cell for step in document.steps for cell in (step.signers, step.delegates)]
    meets = tuple(not person.codes.isdisjoint(cell) for cell in cells)
    posts = person.codes & _named(document) & {f"post:{post}" for post in Post}
    return meets, posts, document.judge and person.quota and meets[-2]


def cast(document: Document, *, quota: bool = False) -> tuple[Signer, ...]:
    """One person of every sort; with `quota` only those with a judge's pen."""
    found: dict[Sort, Signer] = {}
    for person in profiles(document):
        if person.quota or not quota:
            found.setdefault(sort_of(document, person), person)
    return tuple(found.values())


def worlds(document: Document, day: date) -> Iterator[World]:
    """The usual court with every combination of absences; where there is a panel, every sort of
    person in its seats, and panels that are none."""
    people = cast(document)
    if not any(step.signers & PANEL_CODES for step in document.steps):
        departures = tuple(_departures(document, people, day))
        yield World("全员", people, CaseFacts(), departures, roving=True)
        return
    seats = tuple(
        Signer(PersonId(f"z{n}"), f"合议庭法官{n}", Post.QUOTA_JUDGE, True) for n in (1, 2, 3)
    )
    everybody = people + seats
    ids = tuple(seat.id for seat in seats)
    facts = CaseFacts(ids, ids[0], IMPLEMENTERS)
    departures = tuple(_departures(document, everybody, day))
    yield World("全员", everybody, facts, departures, roving=True)
    sitting = cast(document, quota=True)
    for one in (*sitting, next(one for one in people if not one.quota)):
        for at in (0, 1):
            mixed = (*ids[:at], one.id, *ids[at + 1 :])
            others = tuple(other for other in everybody if other.id != one.id)
            yield World(
                f"{one.title()}坐第{at + 1}席",
                (*others, one),
                CaseFacts(mixed, mixed[0], IMPLEMENTERS),
                lawful_panel=one.quota,
            )
    first, second, third = ids
    stranger = people[0].id
    for label, panel, presiding in (
        ("合议庭两人", (first, second), first),
        ("合议庭四人", (first, second, third, stranger), first),
        ("合议庭一人两席", (first, second, second), first),
        ("没有审判长", (first, second, third), None),
        ("审判长不在庭内", (first, second, third), stranger),
    ):
        yield World(label, everybody, CaseFacts(panel, presiding), lawful_panel=False)
    yield World(
        "办理实施的法官在合议庭",
        everybody,
        CaseFacts(ids, first, frozenset({second})),
        lawful_panel=not document.separate,
    )


def _departures(document: Document, people: tuple[Signer, ...], day: date) -> Iterator[Departure]:
    """Nobody's first, then every combination over the posts that the document names."""
    posts = sorted(
        {code for step in document.steps for code in step.signers if code.startswith("post:")}
    )
    for where in product(_WHERE, repeat=len(posts)):
        absences: list[Absence] = []
        delegations: list[Delegation] = []
        for code, what in zip(posts, where, strict=True):
            holders = [one for one in people if code in one.codes]
            if what == _WHERE[0] or not holders:
                continue
            absences += [Absence(one.id, day, day, "年休") for one in holders]
            if what != _WHERE[1]:
                delegations += _powers(document, code, holders, people, day, what == _WHERE[3])
        label = "、".join(f"{code}{what}" for code, what in zip(posts, where, strict=True))
        yield Departure(label, tuple(absences), tuple(delegations))


def _powers(
    document: Document,
    code: str,
    holders: list[Signer],
    people: tuple[Signer, ...],
    day: date,
    void: bool,
) -> Iterator[Delegation]:
    """The first holder's powers for all whom the matrix permits; void ones for everybody."""
    permitted: frozenset[str] = frozenset()
    for step in document.steps:
        permitted |= step.delegates if code in step.signers else frozenset()
    giver = holders[0]
    early, late = day - timedelta(days=9), day - timedelta(days=1)
    for one in people:
        power = Delegation(giver.id, one.id, giver.post, day, day, AGREED_BY)
        if one in holders or (not void and not one.codes & permitted):
            continue
        if not void:
            yield power
            continue
        yield replace(power, agreed_by=None)
        yield replace(power, agreed_by=power.from_id)
        yield replace(power, agreed_by=power.to_id)
        yield replace(power, from_on=early, to_on=late)
        yield replace(power, documents=frozenset({"其他文书"}))

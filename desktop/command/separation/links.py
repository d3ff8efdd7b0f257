"""Which cases hang together, by rows. Any thread that may read.

`components` reads all bonds of a store at once; `spread` walks from some cases to what hangs with
them. Both know the bonds that desktop.rules.separation knows, and no others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, text

from desktop.rules.case_number import load_type_words

_IN_MAX: Final = 500
EXECUTES: Final = "实施"
REVIEWS: Final = "审查"
# A bond that somebody declared wrong counts for nothing; the row that says so is no bond.
STANDING: Final = "k.voids is null and not exists (select 1 from case_kin v where v.voids = k.id)"
_KIN: Final = f"select k.case_id, k.other_id from case_kin k where {STANDING}"
_BASIS: Final = (
    'select c.id, o.id from "case" c join "case" o on o.number = c.basis_no'
    " where c.type_word in :words"
)
_SAME_BASIS: Final = (
    'select c.basis_no, c.id from "case" c where c.type_word in :words and c.basis_no in'
    " (select basis_no from \"case\" where type_word in :words and basis_no <> ''"
    " group by basis_no having count(*) > 1)"
)
_JUDGMENTS: Final = (
    'select distinct basis_no from "case" where id in :ids and type_word in :words'
    " and basis_no <> ''"
)
_NUMBERS: Final = 'select number from "case" where id in :ids'
_ON_BASIS: Final = 'select id, basis_no, type_word from "case" where basis_no in :numbers'
_NUMBERED: Final = 'select id from "case" where number in :numbers'
_SIDES: Final = (
    "select p.case_id, p.role, p.identity_no from party p"
    " where p.identity_no <> '' and p.role in ('applicant', 'debtor')"
)


def words_of(word_class: str) -> tuple[str, ...]:
    """The type words of a class of cases."""
    known = load_type_words()
    every = (*known.words.values(), *known.legacy.values())
    return tuple(sorted({one.word for one in every if one.word_class == word_class}))


def parts(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    """As many at a time as one statement takes."""
    listed = sorted(ids)
    for at in range(0, len(listed), _IN_MAX):
        yield listed[at : at + _IN_MAX]


def rows(connection: Connection, sql: str, **values: object) -> Sequence[tuple[Any, ...]]:
    """Rows of a statement; every value is a list, written out for `in`."""
    lists: list[BindParameter[Any]] = [bindparam(key, expanding=True) for key in values]
    found = connection.execute(text(sql).bindparams(*lists), values).all()
    return [tuple(row) for row in found]


class _Sets:
    """Cases joined to sets."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, one: str) -> str:
        above = self._above.setdefault(one, one)
        while above != self._above[above]:
            self._above[one] = above = self._above[above]
        return above

    def join(self, one: str, other: str) -> None:
        self._above[self.root(one)] = self.root(other)

    def all(self) -> list[frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for one in self._above:
            found[self.root(one)].add(one)
        return [frozenset(members) for members in found.values()]


def components(connection: Connection) -> list[frozenset[str]]:
    """All sets of two and more cases that hang together."""
    sets = _Sets()
    pairs = [*rows(connection, _KIN), *rows(connection, _BASIS, words=words_of(REVIEWS))]
    for one, other in pairs:
        sets.join(one, other)
    by_basis: dict[str, str] = {}
    for basis, one in rows(connection, _SAME_BASIS, words=words_of(EXECUTES)):
        sets.join(one, by_basis.setdefault(basis, one))
    for one, other in _same_sides(rows(connection, _SIDES)):
        sets.join(one, other)
    return [members for members in sets.all() if len(members) > 1]


def spread(connection: Connection, case_ids: Iterable[str]) -> frozenset[str]:
    """Those cases and all that hang together with them."""
    found: set[str] = set(case_ids)
    fresh = set(found)
    while fresh:
        near: set[str] = set()
        for part in parts(fresh):
            near.update(_neighbours(connection, part))
        fresh = near - found
        found |= fresh
    return frozenset(found)


def _neighbours(connection: Connection, ids: Sequence[str]) -> Iterator[str]:
    for at in ("case_id", "other_id"):
        for one, other in rows(connection, f"{_KIN} and k.{at} in :ids", ids=ids):
            yield other if at == "case_id" else one
    yield from _by_number(connection, ids)
    mine = rows(connection, f"{_SIDES} and p.case_id in :ids", ids=ids)
    people = [identity for _case, _role, identity in mine]
    if people:
        theirs = rows(connection, f"{_SIDES} and p.identity_no in :people", people=people)
        for one, other in _same_sides({*mine, *theirs}):
            yield from (one, other)


def _by_number(connection: Connection, ids: Sequence[str]) -> Iterator[str]:
    """Cases that review those or are reviewed by them, and that execute the same judgment."""
    reviews, executes = words_of(REVIEWS), words_of(EXECUTES)
    # One look at all cases for many numbers: no index leads from a basis to its cases.
    numbers = {basis for (basis,) in rows(connection, _JUDGMENTS, ids=ids, words=executes)}
    own = {number for (number,) in rows(connection, _NUMBERS, ids=ids)}
    if numbers or own:
        wanted = sorted(numbers | own)
        for one, basis, word in rows(connection, _ON_BASIS, numbers=wanted):
            if (word in reviews and basis in own) or (word in executes and basis in numbers):
                yield one
    reviewed = [basis for (basis,) in rows(connection, _JUDGMENTS, ids=ids, words=reviews)]
    if reviewed:
        yield from (one for (one,) in rows(connection, _NUMBERED, numbers=reviewed))


def _same_sides(sides: Iterable[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Pairs of cases with an applicant and a debtor in common, enough of them to join all."""
    people: Mapping[str, Mapping[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for case_id, role, identity in sides:
        people[case_id][role].add(identity)
    first: dict[tuple[str, str], str] = {}
    for case_id in sorted(people):
        for applicant in people[case_id]["applicant"]:
            for debtor in people[case_id]["debtor"]:
                other = first.setdefault((applicant, debtor), case_id)
                if other != case_id:
                    yield case_id, other

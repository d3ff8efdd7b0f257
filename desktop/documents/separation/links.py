"""Which cases hang together, by rows. Any thread that may read.

`components` reads all bonds of a store at once; `spread` walks from some cases to what hangs with
them. Both know the bonds that desktop.rules.separation knows, and no others.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, bindparam, text

from desktop.rules.case_number import load_type_words
from desktop.rules.separation_facts import LOOSE, BondKind

_IN_MAX: Final = 500
_SPELT_MAX: Final = 20_000
EXECUTES: Final = "实施"
_BINDING: Final = tuple(one.value for one in BondKind if one not in LOOSE)
REVIEWS: Final = "审查"
# A bond that somebody declared wrong counts for nothing; the row that says so is no bond.
STANDING: Final = "k.voids is null and not exists (select 1 from case_kin v where v.voids = k.id)"
_KIN: Final = f"select k.case_id, k.other_id from case_kin k where {STANDING}"
# A basis typed with other brackets, or as the number of a paper of the case (…号之一), is the same
# number. Nothing leads from a basis to its cases but a look at all of them, so that its spellings
# are asked for and not each row respelled.
_BRACKETS: Final = (("（", "）"), ("(", ")"), ("〔", "〕"), ("[", "]"))
_PAPERS: Final = ("", *(f"之{n}" for n in "一二三四五六七八九十"))


def plain(number: str) -> str:
    """A basis as it is compared."""
    if number.startswith("（") and number.endswith("号"):
        return number
    for opens, closes in _BRACKETS[1:]:
        number = number.replace(opens, "（").replace(closes, "）")
    number = "".join(number.split())
    return number[: number.find("号") + 1] or number


def _spellings(number: str) -> Iterator[str]:
    for opens, closes in _BRACKETS:
        spelt = number.replace("（", opens).replace("）", closes)
        yield from (f"{spelt}{paper}" for paper in _PAPERS)


_RESTING: Final = (
    "select id, basis_no, type_word from \"case\" where type_word in :words and basis_no <> ''"
)
_JUDGMENTS: Final = (
    'select distinct basis_no from "case" where id in :ids and type_word in :words'
    " and basis_no <> ''"
)
_NUMBERS: Final = 'select number from "case" where id in :ids'
_ON_BASIS: Final = 'select id, basis_no, type_word from "case" where basis_no in :numbers'
_NUMBERED: Final = 'select id from "case" where number in :numbers'
_BY_NUMBER: Final = 'select number, id from "case" where number in :numbers'
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
    for one, other in rows(connection, _KIN):
        sets.join(one, other)
    reviews = words_of(REVIEWS)
    by_basis: dict[str, str] = {}
    reviewed = set()
    for one, typed, word in rows(connection, _RESTING, words=(*words_of(EXECUTES), *reviews)):
        basis = plain(typed)
        sets.join(one, by_basis.setdefault(basis, one))
        if word in reviews:
            reviewed.add(basis)
    for part in parts(reviewed):
        for number, one in rows(connection, _BY_NUMBER, numbers=part):
            sets.join(one, by_basis[number])
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


def execution(connection: Connection, case_id: str) -> frozenset[str]:
    """That case, what it reviews, and the same execution under other numbers, by bonds that an
    index leads along: numbers that are reviewed, and what somebody entered."""
    found, fresh = {case_id}, [case_id]
    reviews = words_of(REVIEWS)
    while fresh:
        near: set[str] = set()
        about = rows(connection, _JUDGMENTS, ids=fresh, words=reviews)
        numbers = sorted({plain(basis) for (basis,) in about})
        if numbers:
            near.update(one for (one,) in rows(connection, _NUMBERED, numbers=numbers))
        for at, other in (("case_id", "other_id"), ("other_id", "case_id")):
            sql = f"select k.{other} from case_kin k where {STANDING} and k.kind in :kinds"
            bound = rows(connection, f"{sql} and k.{at} in :ids", ids=fresh, kinds=_BINDING)
            near.update(one for (one,) in bound)
        fresh = sorted(near - found)
        found |= near
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
    """Cases that review those or are reviewed by them, and that rest on the same judgment."""
    words = (*words_of(EXECUTES), *words_of(REVIEWS))
    found = rows(connection, _JUDGMENTS, ids=ids, words=words)
    bases = {plain(basis) for (basis,) in found}
    own = {number for (number,) in rows(connection, _NUMBERS, ids=ids)}
    reviews = words_of(REVIEWS)
    asked = sorted({one for number in bases | own for one in _spellings(number)})
    for at in range(0, len(asked), _SPELT_MAX):
        for one, typed, word in rows(connection, _ON_BASIS, numbers=asked[at : at + _SPELT_MAX]):
            basis = plain(typed)
            if (word in reviews and basis in own) or (word in words and basis in bases):
                yield one
    if bases:
        yield from (one for (one,) in rows(connection, _NUMBERED, numbers=sorted(bases)))


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

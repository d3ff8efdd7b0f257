"""关联案件: entered, declared wrong, listed; and who of a court may judge in a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, insert, select

from desktop.command.separation.words import Told, told
from desktop.documents.separation.asking import sitting
from desktop.documents.separation.facts import facts_of
from desktop.documents.separation.links import STANDING, rows, spread
from desktop.errors import UserError
from desktop.rules.case_number import CaseNumberError, parse
from desktop.rules.separation import Graph
from desktop.rules.separation_facts import BondKind, RowKey
from storage.ids import new_id
from storage.schema import table

ENTERED: Final = (
    BondKind.KIN,
    BondKind.TRANSFER,
    BondKind.MERGED,
    BondKind.CONSIGNED,
    BondKind.BASIS,
)
_SHOWN: Final = (
    "select k.id, k.case_id, c.number, k.other_id, coalesce(o.number, k.other_number), k.kind,"
    " k.at, coalesce(p.name, ''), k.body from case_kin k"
    ' left join "case" c on c.id = k.case_id left join "case" o on o.id = k.other_id'
    f" left join person p on p.id = k.person_id where {STANDING}"
)


@dataclass(frozen=True, slots=True)
class KinWish:
    """Two cases belong together, by their numbers as typed."""

    number: str
    other_number: str
    kind: BondKind
    words: str
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class KinVoid:
    """The bond of row `kin_id` was wrong; `words`: why."""

    kin_id: str
    words: str
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class KinRow:
    """A bond that somebody entered and that stands."""

    id: str
    case_id: str
    number: str
    other_id: str
    other_number: str
    kind: BondKind
    at: str
    person: str
    words: str


def bind(connection: Connection, wish: KinWish) -> str:
    """Enters that two cases belong together; gives the row's id. Raises UserError for a number that
    no case here has, for one case twice, and for what is entered already."""
    if wish.person_id is None:
        raise UserError("须以本人身份登记：本机尚未设定在座人员。")
    one, other = _case(connection, wish.number), _case(connection, wish.other_number)
    if one == other:
        raise UserError("请填写两个不同的案号。")
    for row in kin_of(connection, one[0]):
        if {row.case_id, row.other_id} == {one[0], other[0]} and row.kind is wish.kind:
            raise UserError("这两件案件的关系已经登记。")
    key = new_id()
    connection.execute(
        insert(table("case_kin")).values(
            id=key,
            case_id=one[0],
            other_id=other[0],
            other_number=other[1],
            kind=wish.kind.value,
            person_id=wish.person_id,
            at=wish.at.isoformat(timespec="seconds"),
            body=wish.words.strip(),
            scope=one[2],
        )
    )
    return key


def unbind(connection: Connection, wish: KinVoid) -> None:
    """Declares a bond wrong. Raises UserError without a reason, when it is wrong already, and for
    whoever would end a conflict of his own by it."""
    if wish.person_id is None:
        raise UserError("须以本人身份登记：本机尚未设定在座人员。")
    if not wish.words.strip():
        raise UserError("请写明为何作废该项登记。")
    found = rows(connection, f"{_SHOWN} and k.id in :ids", ids=(wish.kin_id,))
    if not found:
        raise UserError("该项登记已经作废。")
    if _concerned(connection, wish):
        raise UserError("该项登记使本人存在审执分离冲突，不得由本人作废；请由他人核实后办理。")
    kin = table("case_kin")
    row = connection.execute(select(kin).where(kin.c.id == wish.kin_id)).one()
    connection.execute(
        insert(kin).values(
            id=new_id(),
            case_id=row.case_id,
            other_id=row.other_id,
            other_number=row.other_number,
            kind=row.kind,
            person_id=wish.person_id,
            at=wish.at.isoformat(timespec="seconds"),
            body=wish.words.strip(),
            voids=wish.kin_id,
            scope=row.scope,
        )
    )


def _concerned(connection: Connection, wish: KinVoid) -> bool:
    """Whether a conflict of that person rests on the bond."""
    key = RowKey("case_kin", wish.kin_id)
    ends = rows(connection, "select case_id, other_id from case_kin where id in :ids", ids=[key.id])
    near = spread(connection, {one for pair in ends for one in pair})
    found = Graph(facts_of(connection, near)).conflicts().values()
    return any(one.person_id == wish.person_id and key in one.rows for one in found)


def kin_of(connection: Connection, case_id: str) -> list[KinRow]:
    """The bonds of a case that were entered, oldest first."""
    found = rows(
        connection, f"{_SHOWN} and (k.case_id in :ids or k.other_id in :ids)", ids=(case_id,)
    )
    return sorted((_row(one) for one in found), key=lambda one: one.at)


def all_kin(connection: Connection, _args: object = None) -> list[KinRow]:
    """All bonds that were entered and stand, newest first."""
    found = rows(connection, f"{_SHOWN} order by k.at desc, k.id desc limit 2000")
    return [_row(one) for one in found]


def _row(row: Sequence[str]) -> KinRow:
    key, case_id, number, other_id, other_number, kind, at, person, words = row
    return KinRow(
        key, case_id, number or "", other_id, other_number, BondKind(kind), at, person, words
    )


def _case(connection: Connection, typed: str) -> tuple[str, str, int]:
    """Id, number and scope of the case of that number."""
    try:
        number = parse(typed).case()
    except CaseNumberError as fault:
        raise UserError(str(fault)) from fault
    case = table("case")
    found = connection.execute(
        select(case.c.id, case.c.number, case.c.scope).where(case.c.number == number)
    ).first()
    if found is None:
        raise UserError(f"本机没有案号为{number}的案件。")
    return found.id, found.number, found.scope


# Who may judge


@dataclass(frozen=True, slots=True)
class MayArgs:
    """Who of the court may judge in the case on that day."""

    case_id: str
    day: date


@dataclass(frozen=True, slots=True)
class May:
    """A judge of the court of case `number`; `why`: the conflict that his sitting would be, which
    forbids it or is to be weighed."""

    number: str
    person_id: str
    name: str
    team: str
    why: Told | None

    @property
    def rank(self) -> int:
        """0 he may sit, 1 it is to be weighed, 2 he may not."""
        return 0 if self.why is None else 1 + self.why.conflict.forbids


_JUDGES: Final = (
    "select c.number, p.id, p.name, coalesce((select t.name from membership m join team t"
    " on t.id = m.team_id where m.person_id = p.id and m.to_on is null"
    " order by (t.kind = 'adjudication') desc, m.from_on desc limit 1), '')"
    ' from person p join "case" c on c.court_id = p.court_id'
    " where c.id in :ids and p.quota = 1 and p.left_on is null order by p.name"
)


def who_may(connection: Connection, args: MayArgs) -> list[May]:
    """The judges of the case's court: whoever may sit first, then of whom it is to be weighed."""
    people = rows(connection, _JUDGES, ids=(args.case_id,))
    found = sitting(connection, args.case_id, (row[1] for row in people), args.day)
    words = {one.conflict.person_id: one for one in told(connection, found.values())}
    listed = [
        May(number, person, name, team, words.get(person)) for number, person, name, team in people
    ]
    return sorted(listed, key=lambda one: one.rank)

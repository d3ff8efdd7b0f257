"""Who may sit in a case: asked before anybody is named, and again when he votes. Any thread that
may read.

One execution under several numbers is one matter: whoever carried it out does not sit, whether it
was transferred, entrusted, merged, resumed, or is reviewed a second time (异议复议规定第十一条). An
execution of other claims is another matter even between the same parties: nothing forbids the seat,
so it is told and left to whoever names the panel.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final

from sqlalchemy import Connection

from desktop.documents.separation.facts import facts_of
from desktop.documents.separation.links import execution, rows, spread
from desktop.rules.separation import Graph
from desktop.rules.separation_facts import (
    BOND_NAMES,
    Bench,
    BondKind,
    Conflict,
    Deed,
    Judging,
    RowKey,
)

SUBJECT: Final = "?"  # stands for a document that nobody has written yet
DEED_NAMES: Final[Mapping[Deed, str]] = {
    Deed.HANDLER: "承办执行实施",
    Deed.LEADER: "负责执行实施",
    Deed.SEAT: "执行期间在实施团队任法官或者负责人",
    Deed.TOOK: "实施查封、扣押",
    Deed.ACT: "实施执行行为",
}


def sitting(
    connection: Connection, case_id: str, people: Iterable[str], day: date
) -> dict[str, Conflict]:
    """What the sitting of each of those people in that case would be from `day` on; nothing for
    whoever may sit."""
    around = spread(connection, (case_id,))
    facts = [one for one in facts_of(connection, around) if not isinstance(one, Judging)]
    asked = [
        Judging(
            *(RowKey("document", person), case_id, person, Bench.NAMED, day, None),
            *(SUBJECT, ""),
        )
        for person in people
    ]
    found = Graph([*facts, *asked]).conflicts().values()
    return {one.person_id: one for one in found if (one.case_id, one.subject) == (case_id, SUBJECT)}


def executed_by(connection: Connection, case_id: str) -> frozenset[str]:
    """Who carried out the execution that a case is or is about, by bonds that indexes lead along:
    quick enough for a list. `sitting` sees more."""
    facts = facts_of(connection, execution(connection, case_id))
    return frozenset(Graph(facts).executed_by(case_id))


def path_words(bonds: Iterable[BondKind]) -> str:
    """所审查的案件 → 关联案件; 本案 for none."""
    return " → ".join(BOND_NAMES[one] for one in bonds) or "本案"


def seats_words(connection: Connection, found: Collection[Conflict]) -> list[str]:
    """Why those people may not sit, or what is to be weighed before they do; a sentence each."""
    ids = sorted({one.person_id for one in found})
    names = dict(rows(connection, "select id, name from person where id in :ids", ids=ids))
    return [_words(names.get(one.person_id, "未登记人员"), one) for one in found]


def _words(name: str, one: Conflict) -> str:
    last = one.steps[-1]
    assert isinstance(last.what, Deed), "a chain ends with the carrying out"
    did = f"{name}曾在{last.number}中{DEED_NAMES[last.what]}"
    if not one.forbids:
        other = f"，该案与本案的关系：{path_words(one.bonds)}" if one.bonds else ""
        return f"{did}{other}。规定未禁止其参加合议庭，请斟酌是否回避。"
    if set(one.bonds) <= {BondKind.BASIS}:
        return f"{name}曾办理本案的执行实施，不得参加合议庭（执行实施与审查分离）。"
    return (
        f"{did}，该案与本案系同一执行（{path_words(one.bonds)}），"
        "不得参加合议庭（执行实施与审查分离）。"
    )

"""Single nodes and whole days straight from facts. Reader lanes; any thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from desktop.contract.filters import NodeFilter
from desktop.contract.law import Law
from desktop.projection.facts import iter_facts, load_facts
from desktop.rules.clock import state_of
from desktop.rules.derivation import Derivation, explain
from desktop.rules.nodes import derive_nodes
from storage.records.cases import CaseFacts, NodeClock
from storage.records.states import NodeState

# SQLite numbers rows with 64 bits.
ROW_DIGITS_MAX: Final = 18
_BRACKETS: Final = str.maketrans("([〔【)]〕】：", "（（（（））））:")


@dataclass(frozen=True, slots=True)
class NodeRef:
    """Names one node; `subject` "" when the node has none."""

    case_id: str
    node_code: str
    subject: str


def explain_node(
    connection: Connection, law: Law, case_id: str, node_code: str, subject: str, as_of: date
) -> Derivation | None:
    """How the dates of a node came about, as known on `as_of`; None when it is not there."""
    facts = load_facts(connection, [case_id], known_by=as_of).get(case_id)
    if facts is None:
        return None
    catalogue = law.catalogue_for(facts.case.type_word)
    try:
        return explain(facts, node_code, subject, catalogue, law.calendars, as_of)
    except KeyError:
        return None


def find_node(connection: Connection, text: str) -> NodeRef | None:
    """The node meant by `案号:节点代码[:事项]`, in any brackets, or by its row number."""
    asked = text.strip()
    if asked.isdecimal():
        if len(asked) > ROW_DIGITS_MAX:
            return None
        row = connection.exec_driver_sql(
            "select case_id, node_code, subject from node_clock where n = ?", (int(asked),)
        ).first()
        return None if row is None else NodeRef(row[0], row[1], row[2])
    number, _, rest = asked.translate(_BRACKETS).partition(":")
    code, _, subject = rest.partition(":")
    found = connection.exec_driver_sql(
        'select id from "case" where number = ?', (number.strip(),)
    ).first()
    if found is None or not code:
        return None
    return NodeRef(found[0], code.strip(), subject.strip())


def nodes_as_of(
    connection: Connection, law: Law, as_of: date, filter_: NodeFilter | None = None
) -> Iterator[tuple[CaseFacts, NodeClock, NodeState]]:
    """Every node as it stood at the end of `as_of`, derived afresh and streamed by case.

    What is dated later than `as_of` does not count. A pause that had begun keeps its recorded
    end, and an event later declared wrong stays out. Of the filter, `overdue_on` is ignored.
    """
    asked = filter_ or NodeFilter()
    for facts in iter_facts(connection, known_by=as_of):
        if not _wanted_case(facts, asked):
            continue
        catalogue = law.catalogue_for(facts.case.type_word)
        table = law.tables[catalogue.name]
        for clock in derive_nodes(facts, catalogue, table, as_of):
            state = state_of(clock, as_of)
            if _wanted_node(clock, state, asked):
                yield facts, clock, state


def _wanted_case(facts: CaseFacts, asked: NodeFilter) -> bool:
    case = facts.case
    return (
        (not asked.courts or case.court_id in asked.courts)
        and (not asked.teams or case.team_id in asked.teams)
        and (not asked.handlers or case.handler_id in asked.handlers)
        and (not asked.type_words or case.type_word in asked.type_words)
        and (asked.case_id is None or case.id == asked.case_id)
        and (not asked.text or asked.text in case.number)
    )


def _wanted_node(clock: NodeClock, state: NodeState, asked: NodeFilter) -> bool:
    due = clock.due_on
    return (
        (not asked.nodes or clock.node_code in asked.nodes)
        and (not asked.states or state.value in asked.states)
        and (asked.due_from is None or (due is not None and due >= asked.due_from))
        and (asked.due_to is None or (due is not None and due <= asked.due_to))
    )

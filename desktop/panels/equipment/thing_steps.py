"""The story of a thing as a timeline: who gave it to whom, how long, what broke. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from desktop.command.equipment.register import Item, Names
from desktop.panels.equipment.rules import hours_words, ticket_state, until_words
from desktop.rules.equipment import ACT_WORDS, Act, Custody, Ticket
from widgets.timeline.records import Step, StepKind

_KINDS: Final[Mapping[str, StepKind]] = {
    "lend": "start",
    "hand_over": "count",
    "give_back": "done",
    "fault": "late",
    "repair": "done",
    "retire": "late",
}


def steps_of(thing: Item, names: Names, now: datetime) -> list[Step]:
    """One step an act, the newest first; what the hub did not take stands above all."""
    links = {one.act_id: one for one in thing.standing.chain}
    tickets = {one.id: one for one in thing.standing.tickets}
    struck = [
        Step("late", f"{_head(one, names)}　未被共享库采纳", one.body, "unknown")
        for one in reversed(thing.refused)
    ]
    told = [_step(one, names, now, links, tickets) for one in reversed(thing.acts)]
    return [*struck, *told]


def _head(one: Act, names: Names) -> str:
    head = f"{one.at:%Y-%m-%d %H:%M}　{ACT_WORDS[one.act]}"
    if one.to_id:
        head += f" → {names.person(one.to_id)}"
    return f"{head}　经办 {names.person(one.person_id)}"


def _step(
    one: Act,
    names: Names,
    now: datetime,
    links: Mapping[str, Custody],
    tickets: Mapping[str, Ticket],
) -> Step:
    details = [part for part in (one.body, one.document_no) if part]
    state = ""
    if one.id in links and links[one.id].holder_id is not None:
        details.append(_held(links[one.id], now))
        due, until = links[one.id].due_at, links[one.id].until or now
        if due is not None and due < until:
            state = "overdue" if links[one.id].until is None else "done_late"
    if one.act == "fault":
        ticket = tickets[one.id]
        state, words = ticket_state(ticket, now)
        details.append(
            f"{words}，{'已历时' if ticket.open else '历时'} {hours_words(ticket.hours(now))}"
        )
    fault = tickets.get(one.ticket or "")
    if one.act == "repair" and fault is not None:
        details.append(f"对应故障：{fault.body}")
    if one.act == "calibrate" and one.due_at is not None:
        details.append(f"有效至 {one.due_at:%Y-%m-%d}")
    return Step(_KINDS.get(one.act, "note"), _head(one, names), "\n".join(details), state)


def _held(link: Custody, now: datetime) -> str:
    assert link.since is not None
    held = hours_words(((link.until or now) - link.since).total_seconds() / 3600)
    told = f"借用 {held}" if link.until is not None else f"至今 {held}"
    if link.due_at is None:
        return told
    told += f"，期限 {link.due_at:%m-%d %H:%M}"
    if link.until is None:
        return f"{told}（{until_words(link.due_at, now)}）"
    return told + ("，逾期归还" if link.until > link.due_at else "")

"""Daily bulletins: read, written, approved by another. Reader lanes, writer lane."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from desktop.errors import UserError
from desktop.rules.bulletins import STATE_WORDS, Hand, deeds, faults
from storage.ids import new_id
from storage.schema import table

TABLES = ("bulletin", "person", "team")
LIMIT = 500
_bulletin, _person, _team = table("bulletin"), table("person"), table("team")


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One report; `deeds`: what whoever asked may do with it now."""

    id: str
    day: str
    title: str
    body: str
    team: str
    author_id: str
    author: str
    state: str
    submitted_at: str | None
    approver: str
    posted_at: str | None
    reason: str
    deeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """Which reports, for whom: `text` is looked for in title, body and names of team and author."""

    person_id: str | None
    text: str = ""
    state: str = ""


def bulletins(connection: Connection, asking: Asking) -> tuple[Bulletin, ...]:
    """The newest five hundred; of others only what was posted or waits for the asker."""
    people = {row.id: row for row in connection.execute(select(_person))}
    author, column = _person.alias("author"), _bulletin.c
    query = (
        select(_bulletin, _team.c.name.label("team"), author.c.court_id.label("author_court"))
        .join(_team, _team.c.id == column.team_id)
        .join(author, author.c.id == column.author_id)
        .order_by(column.day.desc(), column.id.desc())
    )
    if asking.state:
        query = query.where(column.state == asking.state)
    for word in asking.text.split():
        found_in = (column.title, column.body, _team.c.name, author.c.name)
        query = query.where(or_(*(one.contains(word, autoescape=True) for one in found_in)))
    me = people.get(asking.person_id) if asking.person_id else None
    # Before the limit: what others have not posted must not crowd out what can be read.
    court = me.court_id if me is not None else ""
    waits = (column.state == "submitted") & (author.c.court_id == court)
    query = query.where((column.state == "posted") | (column.author_id == asking.person_id) | waits)
    found = []
    for row in connection.execute(query.limit(LIMIT)):
        own = me is not None and me.court_id == row.author_court
        hand = Hand(asking.person_id, me.post if me is not None else "", own)
        open_now = deeds(row.state, row.author_id, hand)
        if row.state != "posted" and row.author_id != asking.person_id and not open_now:
            continue
        approver = people[row.approved_by].name if row.approved_by in people else ""
        found.append(
            Bulletin(
                *(row.id, row.day, row.title, row.body, row.team, row.author_id),
                *(people[row.author_id].name, row.state, row.submitted_at, approver),
                *(row.posted_at, row.reason, open_now),
            )
        )
    return tuple(found)


def waiting(connection: Connection, person_id: str | None) -> int:
    """How many wait for the person at the keyboard: to be approved, or sent back to him."""
    found = bulletins(connection, Asking(person_id))
    back = sum(1 for one in found if one.state == "returned" and "change" in one.deeds)
    return back + sum(1 for one in found if "post" in one.deeds)


@dataclass(frozen=True, slots=True)
class Draft:
    """A filled form; `bulletin_id` None: a new one. `submit`: handed in at once."""

    bulletin_id: str | None
    team_id: str | None
    day: date
    title: str
    body: str
    submit: bool
    by: str | None
    now: datetime


def save(connection: Connection, draft: Draft) -> str:
    """Stores it; gives its id. UserError with all faults in one."""
    me = _somebody(draft.by)
    found = faults(draft.title, draft.body)
    if draft.team_id is None:
        found["team_id"] = "本机在座人员不属于任何团队。"
    if found:
        raise UserError("".join(found.values()))
    values: dict[str, Any] = {
        "day": draft.day.isoformat(),
        "title": draft.title.strip(),
        "body": draft.body.strip(),
        "state": "submitted" if draft.submit else "draft",
        "submitted_at": draft.now.isoformat(timespec="seconds") if draft.submit else None,
    }
    if draft.bulletin_id is None:
        made = new_id()
        connection.execute(
            insert(_bulletin).values(id=made, team_id=draft.team_id, author_id=me, **values)
        )
        return made
    row = _row(connection, draft.bulletin_id)
    _may(connection, row, "change", me)
    connection.execute(update(_bulletin).where(_bulletin.c.id == row.id).values(**values))
    return str(row.id)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`deed`: post or return; a return has a reason."""

    bulletin_id: str
    deed: str
    by: str | None
    now: datetime
    reason: str = ""


def settle(connection: Connection, verdict: Verdict) -> str:
    """Posts it to everybody or sends it back; gives the new state."""
    me = _somebody(verdict.by)
    row = _row(connection, verdict.bulletin_id)
    _may(connection, row, verdict.deed, me)
    if verdict.deed == "return":
        if not verdict.reason.strip():
            raise UserError("请写明退回理由。")
        values: dict[str, Any] = {"state": "returned", "reason": verdict.reason.strip()}
    else:
        posted = verdict.now.isoformat(timespec="seconds")
        values = {"state": "posted", "shared": True, "approved_by": me, "posted_at": posted}
    connection.execute(update(_bulletin).where(_bulletin.c.id == row.id).values(**values))
    return str(values["state"])


def _may(connection: Connection, row: Row[Any], deed: str, me: str) -> None:
    mine = connection.execute(select(_person).where(_person.c.id == me)).one()
    court = select(_person.c.court_id).where(_person.c.id == row.author_id)
    own = mine.court_id == connection.execute(court).scalar()
    if deed not in deeds(row.state, row.author_id, Hand(me, mine.post, own)):
        if row.author_id == me and deed in ("post", "return"):
            raise UserError("作者不得审核自己所写的动态。")
        raise UserError(f"该动态{STATE_WORDS[row.state]}，您不能这样办理。")


def _row(connection: Connection, bulletin_id: str) -> Row[Any]:
    row = connection.execute(select(_bulletin).where(_bulletin.c.id == bulletin_id)).first()
    if row is None:
        raise UserError("没有这条动态，可能已经移出本机。")
    return row


def _somebody(person_id: str | None) -> str:
    if person_id is None:
        raise UserError("须以本人身份办理：本机尚未设定在座人员。")
    return person_id

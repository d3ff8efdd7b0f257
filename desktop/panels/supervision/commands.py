"""Acts on supervision letters, each one transaction of the writer lane."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, and_, func, insert, or_, select, update

from desktop.contract.panel import DailyArgs
from desktop.errors import UserError
from desktop.panels.supervision.issuing import IssueArgs, may_issue
from desktop.panels.supervision.queries import waiting_for_number
from desktop.panels.supervision.rules import (
    WAITING,
    Act,
    LetterState,
    LetterText,
    check_reviewer,
    next_state,
)
from desktop.rules.alerts import Rung, load_ladder, rung_due
from desktop.rules.calendar import WorkCalendar
from storage.ids import new_id
from storage.schema import table

TEXT_MAX: Final = 4_000


@dataclass(frozen=True, slots=True)
class LetterDraft:
    """A filled form. `letter_id` None makes a new letter."""

    letter_id: str | None
    case_id: str
    node_code: str
    subject: str
    level: str
    text: LetterText
    addressee_id: str
    reply_by: date
    issuer_id: str | None
    today: date


@dataclass(frozen=True, slots=True)
class Saved:
    """A letter after a write; `serial` None while it is a draft or waits for its number."""

    letter_id: str
    year: int
    serial: int | None


@dataclass(frozen=True, slots=True)
class LetterAct:
    """An act on a letter. `body` is the reply, the review or the reason; `reply_by` the new
    reply day where a letter goes back. `person_id` is whoever does it."""

    letter_id: str
    act: Act
    today: date
    person_id: str | None
    body: str = ""
    reply_by: date | None = None


@dataclass(frozen=True, slots=True)
class FireArgs:
    """The day, and the court calendar that moves a rung off a day off."""

    today: date
    calendar: WorkCalendar


@dataclass(frozen=True, slots=True)
class FiredRung:
    """A rung that fired now, for the notice."""

    letter_id: str
    number: int
    post: str
    to_person: str


def save_draft(connection: Connection, draft: LetterDraft) -> Saved:
    """Stores the form as a draft without a number."""
    return _store(connection, draft, LetterState.DRAFT)


def issue(connection: Connection, draft: LetterDraft) -> Saved:
    """Issues the letter: takes the year's next number, or asks the shared database for it.

    A desk that works alone numbers by itself: one more than the highest of the year, so numbers
    have no gap, and the database refuses a number taken twice. With a shared database two desks
    would take the same number, so there the letter stays a draft until the hub has numbered it.
    A withdrawn letter keeps its number. UserError for whoever may not sign such letters, with who
    may.
    """
    asked = may_issue(connection, IssueArgs(draft.letter_id, draft.issuer_id, draft.today))
    if not asked.allowed:
        raise UserError(f"{asked.reason}可存为草稿，由其签发。" if asked.who_can else asked.reason)
    if draft.letter_id is not None and draft.letter_id in waiting_for_number(connection):
        raise UserError("督办单已报共享库编号，编号之前不能再改。")
    saved = _store(connection, draft, LetterState.DRAFT)
    letter = table("supervision_letter")
    connection.execute(
        update(letter).where(letter.c.id == saved.letter_id).values(issuer_id=draft.issuer_id)
    )
    if connection.execute(select(table("_ctl").c.hub_id)).scalar() is not None:
        _ask_number(connection, saved.letter_id, draft.case_id)
        return saved
    highest = connection.execute(
        select(func.max(letter.c.serial)).where(letter.c.year == draft.today.year)
    ).scalar_one()
    serial = int(highest or 0) + 1
    connection.execute(
        update(letter)
        .where(letter.c.id == saved.letter_id)
        .values(
            state=LetterState.ISSUED.value,
            year=draft.today.year,
            serial=serial,
            issued_on=draft.today.isoformat(),
        )
    )
    return Saved(saved.letter_id, draft.today.year, serial)


def _ask_number(connection: Connection, letter_id: str, case_id: str) -> None:
    connection.execute(
        insert(table("request")).values(
            id=new_id(),
            kind="number_letter",
            case_id=case_id,
            args=json.dumps({"letter_id": letter_id}),
            note="签发督办单，请求编号",
        )
    )


def _check(draft: LetterDraft) -> None:
    texts = (draft.text.basis, draft.text.facts, draft.text.demand)
    if not all(text.strip() for text in texts):
        raise UserError("督办单的依据、事实和要求都须填写。")
    if any(len(text) > TEXT_MAX for text in texts):
        raise UserError(f"督办单每一部分不得超过 {TEXT_MAX} 字。")
    if draft.reply_by < draft.today:
        raise UserError("回复期限不能早于今天。")
    if draft.level not in ("green", "yellow", "red"):
        raise UserError(f"督办等级“{draft.level}”不存在。")


def _store(connection: Connection, draft: LetterDraft, state: LetterState) -> Saved:
    _check(draft)
    letter, case = table("supervision_letter"), table("case")
    scope = connection.execute(
        select(case.c.scope).where(case.c.id == draft.case_id)
    ).scalar_one_or_none()
    if scope is None:
        raise UserError("案件已不存在，不能发出督办单。")
    values: dict[str, Any] = {
        "case_id": draft.case_id,
        "node_code": draft.node_code,
        "subject": draft.subject,
        "year": draft.today.year,
        "level": draft.level,
        "basis": draft.text.basis.strip(),
        "facts": draft.text.facts.strip(),
        "demand": draft.text.demand.strip(),
        "addressee_id": draft.addressee_id,
        "issuer_id": draft.issuer_id,
        "reply_by": draft.reply_by.isoformat(),
        "state": state.value,
    }
    if draft.letter_id is None:
        letter_id = new_id()
        connection.execute(insert(letter).values(id=letter_id, scope=scope, **values))
        return Saved(letter_id, draft.today.year, None)
    before = _state(connection, draft.letter_id)
    if before is not LetterState.DRAFT:
        raise UserError("督办单已签发，内容不能再改；可撤回后另发。")
    del values["issuer_id"]  # whoever stored it first has drafted it
    connection.execute(update(letter).where(letter.c.id == draft.letter_id).values(**values))
    return Saved(draft.letter_id, draft.today.year, None)


def _state(connection: Connection, letter_id: str) -> LetterState:
    letter = table("supervision_letter").c
    found = connection.execute(select(letter.state).where(letter.id == letter_id)).scalar()
    if found is None:
        raise UserError("督办单已不存在。")
    return LetterState(found)


def act(connection: Connection, wanted: LetterAct) -> LetterState:
    """Does an act other than issuing: reply, close, return, withdraw. Gives the new state."""
    if wanted.act is Act.ISSUE:
        raise UserError("签发须从督办单表单进行。")
    letter = table("supervision_letter")
    if wanted.letter_id in waiting_for_number(connection):
        raise UserError("督办单已报共享库编号，编号之前不能再作处理。")
    state = next_state(_state(connection, wanted.letter_id), wanted.act)
    body = wanted.body.strip()
    if wanted.act in (Act.REPLY, Act.RETURN) and not body:
        raise UserError("请写明回复内容。" if wanted.act is Act.REPLY else "请写明退回的理由。")
    values: dict[str, Any] = {"state": state.value}
    if wanted.act is Act.REPLY:
        values |= {"replied_on": wanted.today.isoformat(), "reply": body}
    if wanted.act in (Act.CLOSE, Act.RETURN):
        addressee = connection.execute(
            select(letter.c.addressee_id).where(letter.c.id == wanted.letter_id)
        ).scalar_one()
        check_reviewer(wanted.person_id, addressee)
        values |= {"reviewed_on": wanted.today.isoformat(), "review": body or "同意办结。"}
    if wanted.act is Act.RETURN:
        if wanted.reply_by is None or wanted.reply_by < wanted.today:
            raise UserError("退回重办须定一个不早于今天的新回复期限。")
        values["reply_by"] = wanted.reply_by.isoformat()
    if wanted.act is Act.WITHDRAW:
        values |= {"reviewed_on": wanted.today.isoformat(), "review": body or "撤回。"}
    connection.execute(update(letter).where(letter.c.id == wanted.letter_id).values(**values))
    return state


def fire_on_new_day(connection: Connection, args: DailyArgs) -> int:
    """The daily command of this panel: how many rungs it fired."""
    return len(fire_due_rungs(connection, FireArgs(args.today, args.law.court_calendar)))


def fire_due_rungs(connection: Connection, args: FireArgs) -> tuple[FiredRung, ...]:
    """Fires every rung that is due and has not fired; run at start and when the day changes.

    A desk that slept for a month fires all rungs it missed, each once: what has fired is a row,
    and the database refuses a second row of the same rung.
    """
    today = args.today
    letter, rung = table("supervision_letter"), table("letter_rung")
    waiting = connection.execute(
        select(letter.c.id, letter.c.reply_by, letter.c.case_id, letter.c.scope).where(
            letter.c.state.in_(WAITING), letter.c.reply_by < today.isoformat()
        )
    ).all()
    if not waiting:
        return ()
    fired: dict[str, set[int]] = {}
    known = select(rung.c.letter_id, rung.c.rung).join(letter, letter.c.id == rung.c.letter_id)
    for letter_id, number in connection.execute(known.where(letter.c.state.in_(WAITING))):
        fired.setdefault(letter_id, set()).add(number)
    ladder = load_ladder("supervision")
    made: list[FiredRung] = []
    for row in waiting:
        reply_by = date.fromisoformat(row.reply_by)
        for due in rung_due(ladder, reply_by, fired.get(row.id, set()), today, args.calendar):
            made.append(_fire(connection, row.id, row.case_id, row.scope, due, today))
    return tuple(made)


def _fire(
    connection: Connection, letter_id: str, case_id: str, scope: int, due: Rung, today: date
) -> FiredRung:
    person_id, name = _holder(connection, case_id, due.post.value, today)
    connection.execute(
        insert(table("letter_rung")).values(
            id=new_id(),
            scope=scope,
            letter_id=letter_id,
            rung=due.n,
            fired_on=today.isoformat(),
            to_person_id=person_id,
            to_post=due.post.value,
            reason=due.text,
        )
    )
    return FiredRung(letter_id, due.n, due.post.value, name)


def _holder(connection: Connection, case_id: str, post: str, today: date) -> tuple[str | None, str]:
    """Who holds `post` in the case's court, else in the court above; nobody is None and ""."""
    case, court, person = table("case"), table("court"), table("person")
    row = connection.execute(
        select(case.c.court_id, court.c.superior_id)
        .join(court, court.c.id == case.c.court_id)
        .where(case.c.id == case_id)
    ).one()
    present = or_(person.c.left_on.is_(None), person.c.left_on > today.isoformat())
    courts = [key for key in (row.court_id, row.superior_id) if key]
    wanted = [and_(person.c.post == post, person.c.court_id == key) for key in courts]
    for condition in wanted:
        found = connection.execute(
            select(person.c.id, person.c.name).where(condition, present).order_by(person.c.id)
        ).first()
        if found is not None:
            return found.id, found.name
    return None, ""

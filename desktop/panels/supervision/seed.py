"""Fills a new letter from the derivation of its node. Runs on a reader lane."""

from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, or_, select

from desktop.circulars.office import letter_number, office
from desktop.errors import UserError
from desktop.panels.supervision.queries import (
    CHOICES_MAX,
    LetterArgs,
    LetterSeed,
    Person,
    SeedArgs,
    letter,
    node_name,
)
from desktop.panels.supervision.rules import OPEN, LateNode, compose, day_text
from desktop.projection.explaining import explain_node
from desktop.rules.alerts import letter_level, load_ladder
from desktop.rules.attribution import KIND_NAMES, Share
from desktop.rules.derivation import Derivation
from desktop.rules.reply_day import reply_day
from storage.records.people import Post
from storage.schema import table

POST_NAMES = {
    Post.PRESIDENT: "院长",
    Post.VICE_PRESIDENT: "分管院领导",
    Post.BUREAU_CHIEF: "执行局局长",
    Post.DEPUTY_CHIEF: "执行局副局长",
    Post.COMMISSAR: "政委",
    Post.TRIBUNAL_HEAD: "庭长",
    Post.QUOTA_JUDGE: "员额法官",
    Post.JUDGE_ASSISTANT: "法官助理",
    Post.CLERK: "书记员",
    Post.POLICE: "司法警察",
    Post.OPERATOR: "指挥中心值班员",
    Post.FINANCE: "案款管理人",
}
_POSTS = frozenset(post.value for post in Post)
_ANSWERABLE = tuple(post.value for post in Post if post not in (Post.CLERK, Post.POLICE))


def seed(connection: Connection, args: SeedArgs) -> LetterSeed:
    """A letter ready to issue; UserError when the case is gone.

    Without a node code (a passive or zombie case) the letter names no limit and the writer adds
    the facts.
    """
    case, team, person = table("case"), table("team"), table("person")
    source = case.outerjoin(team, team.c.id == case.c.team_id)
    source = source.outerjoin(person, person.c.id == case.c.handler_id)
    head = connection.execute(
        select(
            case.c.number,
            case.c.court_id,
            case.c.handler_id,
            case.c.leader_id,
            team.c.name.label("team"),
            person.c.name.label("handler"),
        )
        .select_from(source)
        .where(case.c.id == args.case_id)
    ).one_or_none()
    if head is None:
        raise UserError("案件已不存在，不能发出督办单。")
    found = None
    if args.node_code:
        found = explain_node(
            connection, args.law, args.case_id, args.node_code, args.subject, args.today
        )
    node = _late_node(found, args, head.number, head.team or "", head.handler or "")
    late = found.overdue_days if found is not None else 0
    level = letter_level(load_ladder("supervision"), late).code
    reply_by, _certain = reply_day(
        args.today, office().reply_workdays[level], args.law.court_calendar
    )
    return LetterSeed(
        case_id=args.case_id,
        case_number=head.number,
        node_code=args.node_code,
        node_name=node.node_name,
        subject=args.subject,
        text=compose(node, args.today),
        level=level,
        overdue_days=late,
        reply_by=reply_by,
        addressee_id=head.handler_id or head.leader_id,
        addressees=_people(
            connection, head.court_id, args.today, (head.handler_id, head.leader_id)
        ),
        open_letter=_open_letter(connection, args),
    )


def _late_node(
    found: Derivation | None, args: SeedArgs, number: str, team: str, handler: str
) -> LateNode:
    name = node_name(args.law, args.node_code)
    if found is None:
        return LateNode(number, name, args.subject, team, handler, None, None, 0, "", "", "")
    return LateNode(
        case_number=number,
        node_name=found.node_name,
        subject=found.subject,
        team=team,
        handler=handler,
        started_on=found.start.on,
        due_on=found.due_on if found.certain else None,
        overdue_days=found.overdue_days,
        article=found.article,
        source=found.source,
        limit_text=found.limit_text,
        pauses=tuple(
            f"{day_text(step.from_on)}至{day_text(step.to_on)}{step.days}日，{step.why}"
            + (f"（{step.document_no}）" if step.document_no else "")
            for step in found.steps
            if step.kind == "skip" and step.document_no
        ),
        holders=_holders(found.attribution),
    )


def _holders(shares: tuple[Share, ...]) -> str:
    late = [share for share in shares if share.late_days]
    if not late:
        return ""
    told = "，".join(
        f"{KIND_NAMES[share.kind]}{share.holder_name}{share.late_days}日" for share in late
    )
    return f"逾期日数中：{told}。"


def _people(
    connection: Connection, court_id: str, today: date, first: tuple[str | None, ...]
) -> tuple[Person, ...]:
    """Who can answer: the case's own people first, then the court's staff by post."""
    person = table("person").c
    rows = connection.execute(
        select(person.id, person.name, person.post)
        .where(
            person.court_id == court_id,
            or_(person.left_on.is_(None), person.left_on > today.isoformat()),
            or_(person.post.in_(_ANSWERABLE), person.id.in_([key for key in first if key])),
        )
        .order_by(person.post, person.name, person.id)
        .limit(CHOICES_MAX)
    )
    found = [
        Person(row.id, row.name, f"{row.name}　{POST_NAMES.get(Post(row.post), row.post)}")
        for row in rows
    ]
    return tuple(sorted(found, key=lambda p: first.index(p.id) if p.id in first else len(first)))


def _open_letter(connection: Connection, args: SeedArgs) -> str:
    letter = table("supervision_letter").c
    row = connection.execute(
        select(letter.year, letter.serial)
        .where(
            letter.case_id == args.case_id,
            letter.node_code == args.node_code,
            letter.subject == args.subject,
            letter.state.in_(OPEN),
            letter.serial.is_not(None),
        )
        .order_by(letter.serial.desc())
    ).first()
    return letter_number(row.year, row.serial) if row is not None else ""


def post_name(post: str) -> str:
    """The Chinese word of a post as stored."""
    return POST_NAMES[Post(post)] if post in _POSTS else post


def stored_seed(connection: Connection, args: LetterArgs) -> LetterSeed:
    """A stored draft as the form shows it: its own words, with people and lateness of today."""
    found = letter(connection, args)
    if found is None:
        raise UserError("督办单已不存在。")
    fresh = seed(
        connection,
        SeedArgs(args.law, found.case_id, found.node_code, found.subject, args.today),
    )
    return replace(
        fresh,
        text=found.text,
        level=found.level,
        reply_by=max(found.reply_by, args.today),
        addressee_id=found.addressee_id,
    )

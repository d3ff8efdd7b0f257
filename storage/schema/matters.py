"""Matters to answer for: public opinion items (舆情) and briefs to the leaders (重大问题汇报).

Both are noticed by somebody, wait for an answer and end by a named person, so they are one table
of two kinds. How long there is left is derived from the days for a day (desktop.panels.matters). A
matter with a case belongs to the case's team, one without to whoever raised it.
"""

from typing import Final

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Text

from storage.schema.base import synced

LEADERS: Final = ("president", "vice_president")  # whose decision a brief asks for
_LEADERS_SQL: Final = ", ".join(f"'{post}'" for post in LEADERS)


def _person(name: str, *, needed: bool = False) -> "Column[str]":
    return Column(name, String(36), ForeignKey("person.id"), nullable=not needed)


# `answer` is what was published on an opinion item, and what was decided on a brief.
matter = synced(
    "matter",
    50,
    "state",
    Column("kind", String, nullable=False),  # opinion | brief
    Column("title", String, nullable=False),
    Column("case_id", String(36), ForeignKey("case.id"), index=True),
    _person("maker_id", needed=True),
    Column("raised_on", String, nullable=False),
    Column("source", String),  # where an opinion item was found, in words
    Column("link", String),
    Column("tone", String),  # by hand: negative | neutral | positive
    Column("heat", Integer),  # by hand: 1 (hardly read) to 5 (everywhere)
    Column("body", Text, nullable=False),  # what is said there, or the problem
    Column("advice", Text, nullable=False, server_default=""),
    Column("asked_of", String),  # whom a brief asks: party_group | president | vice_president
    Column("submitted_on", String),
    _person("owner_id"),
    Column("due_on", String),  # the reply of an item, the follow-up of a brief
    Column("answer", Text),
    _person("answered_by"),
    Column("answered_on", String),
    Column("result", Text),  # what came of it
    Column("closed_on", String),
    _person("closed_by"),
    CheckConstraint("kind in ('opinion', 'brief')", name="kind"),
    CheckConstraint(
        "tone is null or tone in ('negative', 'neutral', 'positive')",
        name="tone",
    ),
    CheckConstraint("heat is null or heat between 1 and 5", name="heat"),
    CheckConstraint(
        "asked_of is null or asked_of in ('party_group', 'president', 'vice_president')",
        name="asked_of",
    ),
    CheckConstraint("kind <> 'opinion' or source is not null", name="source"),
    CheckConstraint("kind <> 'brief' or asked_of is not null", name="brief"),
    CheckConstraint("(answered_on is null) = (answered_by is null)", name="answered"),
    CheckConstraint("answered_on is null or answer is not null", name="answer"),
    CheckConstraint("(closed_on is null) = (closed_by is null)", name="closed"),
)
Index("ix_matter_closed_on", matter.c.closed_on)
matter.info["refusals"] = {
    "what_it_is": (
        ("update",),
        "new.kind is not old.kind or new.maker_id is not old.maker_id",
        "事项的种类和提出人不得更改，请另记一件。",
    ),
    "own": (
        ("insert", "update"),
        "new.kind = 'brief' and new.answered_by is not null and new.answered_by = new.maker_id",
        "汇报人不得批示自己所作的汇报。",
    ),
    "leader": (
        ("insert", "update"),
        "new.kind = 'brief' and new.answered_by is not null and not exists (select 1 from person p"
        f" where p.id = new.answered_by and p.post in ({_LEADERS_SQL}))",
        "重大问题由院领导批示。",
    ),
    "unsubmitted": (
        ("insert", "update"),
        "new.kind = 'brief' and new.answered_on is not null and new.submitted_on is null",
        "汇报尚未提交，不能批示。",
    ),
    "submitted_words": (
        ("update",),
        "old.submitted_on is not null and new.submitted_on is not null"
        " and (new.title is not old.title or new.body is not old.body"
        " or new.advice is not old.advice or new.asked_of is not old.asked_of)",
        "汇报已提交，内容不得改动；如需修改，请先撤回。",
    ),
    "answered": (
        ("update",),
        "old.answered_on is not null and (new.answer is not old.answer"
        " or new.answered_on is not old.answered_on or new.answered_by is not old.answered_by"
        " or new.title is not old.title or new.body is not old.body"
        " or new.advice is not old.advice or new.submitted_on is not old.submitted_on)",
        "已经批示或回应，不得再改；如有新情况，请另记一件。",
    ),
    "ended": (
        ("update",),
        "old.closed_on is not null and (new.closed_on is not old.closed_on"
        " or new.closed_by is not old.closed_by or new.result is not old.result"
        " or new.title is not old.title or new.body is not old.body"
        " or new.advice is not old.advice or new.answer is not old.answer"
        " or new.answered_on is not old.answered_on or new.source is not old.source"
        " or new.link is not old.link or new.tone is not old.tone or new.heat is not old.heat)",
        "事项已办结，内容不得再改；如有新情况，请另记一件。",
    ),
}

# Who did what: the thread of a matter, insert only.
matter_act = synced(
    "matter_act",
    51,
    "fact",
    Column("matter_id", String(36), ForeignKey("matter.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("at", String, nullable=False),
    _person("person_id"),
    _person("to_person"),
    Column("due_on", String),
    Column("body", Text, nullable=False, server_default=""),
    CheckConstraint(
        "kind in ('raise', 'change', 'assign', 'submit', 'withdraw', 'decide', 'reply', 'remind',"
        " 'note', 'close')",
        name="kind",
    ),
)

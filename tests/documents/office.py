"""A centre with its people over the real tables, and documents on their way. All invented."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select

from desktop.contract.court_zone import COURT_ZONE
from desktop.documents.case_words import office_words
from desktop.documents.course import ActArgs, ask, pass_stage, row_of, submit
from desktop.documents.drafts import CASE_WORDS, Draft, save
from desktop.documents.kinds import kinds
from desktop.documents.numbering import NumberArgs, ask_number
from desktop.rules.signing_files import load_signing
from desktop.rules.signing_matrix import Stage
from storage.capture import triggers
from storage.schema import metadata, table
from tests.panels.fake_context import contents
from tests.panels.real_city import TODAY, Pattern, RealCity, city_pattern, new, real_city

AT = datetime(TODAY.year, TODAY.month, TODAY.day, 9, 0, tzinfo=COURT_ZONE)


NOTICE = {
    "subject": "报送涉案款物清理情况",
    "to": "各基层人民法院",
    "body": "请各院对本院案款作一次清理。",
    "reply_by": "2026-12-10",
}


@dataclass
class Office:
    """Who sits where, by a word: clerk and leader of the petition and process groups, chief, …"""

    city: RealCity
    people: dict[str, str]
    clock: datetime = AT

    @property
    def engine(self) -> Engine:
        """The database of the test."""
        return self.city.context.engine

    def put(self, into: str, /, **values: Any) -> str:
        """Inserts a row behind the desk's back; gives its id."""
        return _put(self.city, into, **values)

    def act(self, connection: Connection, document_id: str, who: str, body: str = "") -> ActArgs:
        """`who` acts on the document as it is now; each act a minute after the one before."""
        self.clock += timedelta(minutes=1)
        document = table("document").c
        content = connection.execute(
            select(document.content_sha256).where(document.id == document_id)
        ).scalar_one()
        return ActArgs(document_id, self.people[who], self.clock, content, body)

    def draft(self, connection: Connection, kind: str = "notice", **more: Any) -> str:
        """A draft by the group's clerk."""
        self.clock += timedelta(minutes=1)
        template = kinds().kind(kind).template_on(TODAY)
        values = more.pop("values", NOTICE)
        law = load_signing().on(TODAY)[kind]
        author = more.pop("author", "clerk")
        fields = {**values, CASE_WORDS: more.pop("facts", office_words(TODAY))}
        return save(
            connection,
            Draft(
                kind=kind,
                template=template.ref,
                title=template.title.format(**values, **fields[CASE_WORDS]),
                fields=fields,
                author_id=self.people[author],
                at=self.clock,
                judge=law.judge,
                coercive=law.coercive,
                **more,
            ),
        )

    def ready(self, connection: Connection, document_id: str) -> str:
        """Sends it through every stage before the signature and has it numbered."""
        submit(connection, self.act(connection, document_id, "clerk"))
        kind = connection.execute(
            table("document").select().where(table("document").c.id == document_id)
        ).one()
        for step in load_signing().on(TODAY)[kind.kind].steps[1:-1]:
            for who in ("leader", "chief", "vice_president", "president"):
                act = self.act(connection, document_id, who)
                row = row_of(connection, document_id)
                if ask(connection, row, step.stage, act).decision.allowed:
                    pass_stage(connection, act, step.stage)
                    break
        return ask_number(connection, NumberArgs(document_id, TODAY))


def _put(city: RealCity, into: str, /, **values: Any) -> str:
    row_id = new(into)
    with city.context.engine.begin() as connection:
        connection.execute(table(into).insert().values(id=row_id, **values))
    return row_id


def office(folder: Path) -> Office:
    """The city of the panel tests with a petition group and a general group."""
    pattern, people = _pattern()
    return Office(pattern.copy(folder), dict(people))


@cache
def _pattern() -> tuple[Pattern, dict[str, str]]:
    city = real_city(Path())
    names = {
        "clerk": ("季书禾", "operator", 0),
        "leader": ("温如松", "quota_judge", 1),
        "outsider": ("白临川", "judge_assistant", 0),
    }
    people = {}
    for word, (name, post, quota) in names.items():
        people[word] = _put(city, "person", court_id=city.court, name=name, post=post, quota=quota)
    for n, kind in enumerate(("petition", "general", "process"), start=11):
        team = _put(city, "team", court_id=city.court, name=f"{kind}组", kind=kind, number=n)
        for word, role in (("clerk", "member"), ("leader", "leader")):
            city.put(
                "membership",
                person_id=people[word],
                team_id=team,
                role=role,
                from_on="2025-01-01",
            )
    with city.context.engine.begin() as connection:
        person = table("person")
        found = connection.execute(person.select()).all()
    by_post = {
        "bureau_chief": "chief",
        "president": "president",
        "vice_president": "vice_president",
        "deputy_chief": "deputy",
    }
    people |= {by_post[row.post]: row.id for row in found if row.post in by_post}
    people["judge"] = city.handler
    with city.context.engine.begin() as connection:
        connection.execute(person.update().where(person.c.post == "quota_judge").values(quota=1))
    _with_triggers(city.context.engine)
    content = contents(city.context.engine)
    return replace(city_pattern(), content=content), people


def _with_triggers(engine: Engine) -> None:
    """What the database refuses by itself, as in a real store."""
    with engine.begin() as connection:
        if not connection.execute(select(table("_ctl").c.one)).all():
            connection.execute(
                table("_ctl").insert().values(one=1, applying=0, device_id=new("device"))
            )
        for statement in triggers(metadata.sorted_tables).values():
            connection.exec_driver_sql(statement)


__all__ = ["AT", "Office", "Stage", "new", "office"]

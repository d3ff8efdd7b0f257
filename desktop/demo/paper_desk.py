"""The hands that make the demo's documents: drafts, acts and signatures by the desk's own commands.

Writer thread; no Qt. What a command refuses is raised, since the demo may hold nothing that the
desk itself would not have allowed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final

from sqlalchemy import Connection, func, insert, select

from desktop.command.measures.approving import FILE_KIND, FILE_NAME, approval_copy
from desktop.contract.court_zone import COURT_ZONE
from desktop.demo.pen import Pen
from desktop.demo.staff import DemoTeam, Member
from desktop.demo.story import Told, World
from desktop.documents.case_words import case_words, office_words
from desktop.documents.course import ActArgs, pass_stage, row_of, send_back, submit
from desktop.documents.drafts import CASE_WORDS, Draft, save
from desktop.documents.files import keep_file
from desktop.documents.kinds import kinds
from desktop.documents.numbering import NumberArgs, ask_number
from desktop.documents.pages import fingerprint, rendered
from desktop.documents.receipts import Issue, acknowledge, issue, opened
from desktop.rules.signing_files import load_signing
from desktop.rules.signing_matrix import Stage
from storage.ids import new_id
from storage.records.people import Post, TeamKind
from storage.schema import table

HOME: Final = "豫03"


@dataclass(frozen=True, slots=True)
class Group:
    """A function group."""

    leader: Member
    members: Sequence[Member]


@dataclass(slots=True)
class PaperDesk:
    """One connection and the people of the intermediate court; `pen` None signs nothing."""

    connection: Connection
    world: World
    rng: Random
    pen: Pen | None
    _minutes: dict[date, int] = field(default_factory=dict)

    @property
    def today(self) -> date:
        """The demo's day."""
        return self.world.days.today

    @property
    def chief(self) -> Member:
        """The chief of the bureau."""
        return self.world.staff.chiefs[HOME]

    def holder(self, post: Post) -> Member:
        """Whoever holds a post at home."""
        home = self.world.staff.court_ids[HOME]
        for row in self.world.staff.persons:
            if row[1] == home and row[3] == post.value:
                return Member(str(row[0]), str(row[2]))
        raise AssertionError(f"nobody is {post}")

    def group(self, kind: TeamKind) -> Group:
        """A function group with those who have always been in it."""
        team = next(t for t in self.world.staff.by_court[HOME] if t.kind is kind)
        names = {str(row[0]): str(row[2]) for row in self.world.staff.persons}
        ids = [str(row[1]) for row in self.world.staff.memberships if row[2] == team.id]
        members = [Member(one, names[one]) for one in ids if one != team.leader.id]
        return Group(team.leader, members)

    def team_of(self, case: Told) -> DemoTeam:
        """The team of a case at home."""
        return next(t for t in self.world.staff.by_court[HOME] if t.number == case.scope)

    def ago(self, days: int) -> date:
        """The working day on or before `days` days ago."""
        day = self.today - timedelta(days=days)
        while self.world.days.workday(day) != day:
            day -= timedelta(days=1)
        return day

    def at(self, day: date) -> datetime:
        """The next moment of that day; every act has its own."""
        minute = self._minutes.get(day, 0)
        self._minutes[day] = minute + 6
        return datetime.combine(day, time(9), COURT_ZONE) + timedelta(minutes=minute)

    def draft(
        self,
        kind: str,
        values: Mapping[str, str],
        author: Member,
        day: date,
        *,
        case: Told | None = None,
        again: str | None = None,
        note: str = "",
    ) -> str:
        """A draft, or with `again` one more version of it; gives its id."""
        template = kinds().kind(kind).template_on(day)
        law = load_signing().on(day)[kind]
        facts = office_words(day)
        if case is not None:
            facts = case_words(self.connection, case.case_id, day)
        return save(
            self.connection,
            Draft(
                kind=kind,
                template=template.ref,
                title=template.title.format(**values, **facts),
                fields={**values, CASE_WORDS: facts},
                author_id=author.id,
                at=self.at(day),
                document_id=again,
                case_id=None if case is None else case.case_id,
                judge=law.judge,
                coercive=law.coercive,
                note=note,
            ),
        )

    def act(self, document_id: str, who: Member, day: date, body: str = "") -> ActArgs:
        """`who` acts on the document as it is now."""
        content = row_of(self.connection, document_id).content_sha256
        return ActArgs(document_id, who.id, self.at(day), content, body)

    def send(self, document_id: str, who: Member, day: date) -> None:
        """送审."""
        submit(self.connection, self.act(document_id, who, day))

    def passed(self, document_id: str, stage: Stage, who: Member, day: date) -> None:
        """Reviewed or approved."""
        pass_stage(self.connection, self.act(document_id, who, day), stage)

    def approved(self, document_id: str, who: Member, day: date, body: str = "") -> None:
        """What takes money or freedom, over the pages that whoever approves saw. The demo knows no
        PIN of the president's, so the copy in the file is unsigned."""
        pages = rendered(approval_copy(self.connection, document_id))
        self.passed(document_id, Stage.APPROVE, who, day)
        act = table("document_act").c
        at = self.connection.execute(
            select(func.max(act.at)).where(act.document_id == document_id, act.stage == "approve")
        ).scalar_one()
        row = {"id": new_id(), "document_id": document_id, "act": "approve", "person_id": who.id}
        row |= {"at": at, "body": body, "pages_sha256": fingerprint(pages)}
        row |= {"scope": row_of(self.connection, document_id).scope}
        self.connection.execute(insert(table("measure_act")).values(row))
        keep_file(self.connection, document_id, FILE_KIND, FILE_NAME, pages)

    def returned(self, document_id: str, who: Member, day: date, why: str) -> None:
        """退回."""
        send_back(self.connection, self.act(document_id, who, day, why))

    def numbered(self, document_id: str, day: date) -> str:
        """Its number."""
        return ask_number(self.connection, NumberArgs(document_id, day))

    def signed(self, document_id: str, who: Member, day: date) -> bool:
        """Numbered and signed; False where the demo has no pen, and it waits."""
        if self.pen is None:
            return False
        self.numbered(document_id, day)
        self.pen.sign(self.connection, self.act(document_id, who, day))
        return True

    def lower_courts(self) -> list[str]:
        """Codes of the courts that get circulars."""
        return [code for code in self.world.staff.chiefs if code != HOME]

    def issued(self, document_id: str, who: Member, day: date, codes: Sequence[str]) -> None:
        """印发 to the courts of `codes`."""
        ids = tuple(self.world.staff.court_ids[code] for code in codes)
        issue(self.connection, Issue(self.act(document_id, who, day), courts=ids))

    def read(self, document_id: str, codes: Sequence[str], day: date, *, confirmed: int) -> None:
        """The chiefs of those courts open it; the first `confirmed` of them confirm it, too."""
        for n, code in enumerate(codes):
            act = self.act(document_id, self.world.staff.chiefs[code], day)
            (acknowledge if n < confirmed else opened)(self.connection, act)

"""An office with an adjudication team, for documents that three judges decide. All invented."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from desktop.documents.course import dissent, pass_stage, row_of, submit, waiting_for
from desktop.documents.drafts import canonical
from desktop.rules.signing_matrix import Stage
from storage.schema import table
from tests.documents.office import AT, Office, office

JUDGES = ("first", "second", "third")


@dataclass
class Bench:
    """An office with an adjudication team and an objection against the late case."""

    desk: Office
    case_id: str
    late_number: str

    def ruling(self, kind: str = "objection_ruling", **fields: str) -> str:
        """A document that a panel decides, sent on by the first judge's assistant."""
        city = self.desk.city
        made = city.put(
            "document",
            kind=kind,
            template=f"{kind}@2017",
            case_id=self.case_id,
            title="执行异议裁定书",
            fields=canonical(fields),
            content_sha256="a" * 64,
            maker_id=self.desk.people["assistant"],
            judge=True,
            series="豫0381执异",
            state="draft",
        )
        city.put(
            "document_version",
            document_id=made,
            n=1,
            title="执行异议裁定书",
            fields=canonical(fields),
            content_sha256="a" * 64,
            author_id=self.desk.people["assistant"],
            at=AT.isoformat(timespec="milliseconds"),
        )
        with self.desk.engine.begin() as connection:
            submit(connection, self.desk.act(connection, made, "assistant"))
        return made

    def state(self, document_id: str) -> str:
        with self.desk.engine.connect() as connection:
            return str(row_of(connection, document_id).state)

    def vote(self, document_id: str, who: str, agreed: bool, opinion: str = "") -> None:
        with self.desk.engine.begin() as connection:
            act = self.desk.act(connection, document_id, who, opinion)
            if agreed:
                pass_stage(connection, act, Stage.PANEL)
            else:
                dissent(connection, act)

    def inboxes(self, document_id: str) -> set[str]:
        with self.desk.engine.connect() as connection:
            return {
                who
                for who, person in self.desk.people.items()
                if document_id in waiting_for(connection, person, self.desk.clock)
            }


def with_a_panel(folder: Path) -> Bench:
    """An objection against the late case of the office, with its own team."""
    desk = office(folder)
    city = desk.city
    team = desk.put(
        "team", court_id=city.court, name="执行裁决团队", kind="adjudication", number=77
    )
    staff = [(who, f"裁判{who}", "quota_judge", 1, "judge") for who in JUDGES]
    staff.append(("assistant", "助理辛", "judge_assistant", 0, "assistant"))
    for who, name, post, quota, role in staff:
        desk.people[who] = desk.put(
            "person", court_id=city.court, name=name, post=post, quota=quota
        )
        city.put(
            "membership",
            person_id=desk.people[who],
            team_id=team,
            role=role,
            from_on="2025-01-01",
        )
    case = table("case").c
    with city.context.engine.connect() as connection:
        late = connection.execute(select(case.number).where(case.id == city.late_case)).scalar_one()
    made = city.put(
        "case",
        number="（2026）豫0381执异5号",
        court_id=city.court,
        year=2026,
        type_word="执异",
        serial=5,
        basis_no=late,
        filed_on="2026-11-01",
        team_id=team,
        handler_id=desk.people["first"],
        leader_id=desk.people["first"],
    )
    return Bench(desk, made, late)

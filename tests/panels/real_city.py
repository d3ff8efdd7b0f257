"""Three courts and a handful of cases whose dates are derived by the real rules. All invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from desktop.contract.context import Who
from desktop.contract.law import Law, load_law
from desktop.projection.project import project_cases, projector
from storage.records.changes import ALL
from storage.schema import table
from tests.panels.fake_context import FakeContext, memory_engine

TODAY = date(2026, 11, 23)
NODE = "N11"  # Ten days from hand-over to the fed-back result of the online query.
_NUMBER = 0


def new(kind: str) -> str:
    """A readable id with the shape of a UUID."""
    global _NUMBER  # noqa: PLW0603 (ids must differ within one test run only)
    _NUMBER += 1
    return f"{kind:0<8.8}-0000-7000-8000-{_NUMBER:012d}"


@dataclass
class RealCity:
    """Ids of what was written, and the context over it."""

    context: FakeContext
    law: Law
    court: str
    other_court: str
    team: str
    other_team: str
    handler: str
    other_handler: str
    operator: str
    late_case: str
    calm_case: str
    paused_case: str

    def put(self, name: str, **values: Any) -> str:
        """Inserts a row behind the context's back; gives its id."""
        row_id = str(values.pop("id", None) or new(name))
        with self.context.engine.begin() as connection:
            connection.execute(insert(table(name)).values(id=row_id, **values))
        return row_id

    def project(self) -> None:
        """Derives all node dates anew."""
        with self.context.engine.begin() as connection:
            project_cases(connection, self.law, ALL, self.context.today())


def _case(connection: Any, court: str, code: str, serial: int, **values: Any) -> str:
    case_id = new("case")
    connection.execute(
        insert(table("case")).values(
            id=case_id,
            number=f"（2026）{code}执{serial}号",
            court_id=court,
            year=2026,
            type_word="执",
            serial=serial,
            cause="买卖合同纠纷",
            claim_fen=123_456_700,
            **values,
        )
    )
    return case_id


def _event(connection: Any, case_id: str, kind: str, on: str, number: str | None = None) -> None:
    connection.execute(
        insert(table("node_event")).values(
            id=new("event"), case_id=case_id, kind=kind, on=on, document_no=number
        )
    )


def real_city(folder: Path, *, deferred: bool = False) -> RealCity:
    """Late: handed over 2026-09-01, paused 14 days, never answered. Calm: handed over just now."""
    engine = memory_engine()
    law = load_law()
    court, other_court = new("court"), new("court")
    team, other_team = new("team"), new("team")
    people = {
        name: new("person")
        for name in ("顾长风", "许南乔", "周清和", "副局长甲", "局长乙", "院领导丙", "院长丁")
    }
    posts: tuple[str, ...] = (
        "quota_judge",
        "quota_judge",
        "operator",
        "deputy_chief",
        "bureau_chief",
    )
    posts += ("vice_president", "president")
    with engine.begin() as connection:
        for key, code, name, short in (
            (court, "豫0381", "示范市东城区人民法院", "东城"),
            (other_court, "豫0382", "示范市西城区人民法院", "西城"),
        ):
            connection.execute(
                insert(table("court")).values(id=key, code=code, name=name, short_name=short)
            )
        for number, (key, of, name) in enumerate(
            ((team, court, "第四执行团队"), (other_team, other_court, "第一执行团队")), 1
        ):
            connection.execute(
                insert(table("team")).values(
                    id=key, court_id=of, name=name, kind="implementation", number=number
                )
            )
        for (name, key), post in zip(people.items(), posts, strict=True):
            of = other_court if name == "许南乔" else court
            connection.execute(
                insert(table("person")).values(id=key, court_id=of, name=name, post=post)
            )
        for person, of in ((people["顾长风"], team), (people["许南乔"], other_team)):
            connection.execute(
                insert(table("membership")).values(
                    id=new("member"),
                    person_id=person,
                    team_id=of,
                    role="judge",
                    from_on="2025-01-01",
                )
            )
        own = {"team_id": team, "handler_id": people["顾长风"], "leader_id": people["顾长风"]}
        other = {"team_id": other_team, "handler_id": people["许南乔"]}
        late = _case(connection, court, "豫0381", 2962, filed_on="2026-08-28", **own)
        calm = _case(connection, other_court, "豫0382", 17, filed_on="2026-11-16", **other)
        paused = _case(connection, court, "豫0381", 3001, filed_on="2026-11-02", **own)
        _event(connection, late, "query_handed_over", "2026-09-01", "移交回执2026-0912")
        _event(connection, calm, "query_handed_over", "2026-11-18")
        _event(connection, paused, "query_handed_over", "2026-11-10")
        for case_id, first, last in (
            (late, "2026-09-05", "2026-09-18"),
            (paused, "2026-11-15", None),
        ):
            connection.execute(
                insert(table("suspension")).values(
                    id=new("pause"),
                    case_id=case_id,
                    node_code=None,
                    ground=_ground(law),
                    from_on=first,
                    to_on=last,
                    document_no="豫0381执公〔2026〕88号",
                )
            )
        connection.execute(
            insert(table("hold")).values(
                id=new("hold"),
                case_id=late,
                node_code=NODE,
                from_on="2026-09-01",
                kind="handler",
                holder_id=people["顾长风"],
                holder_name="顾长风",
            )
        )
        connection.execute(
            insert(table("party")).values(
                id=new("party"),
                case_id=late,
                role="debtor",
                name="云杉商贸有限公司",
                kind="enterprise",
            )
        )
        connection.execute(
            insert(table("control_measure")).values(
                id=new("measure"),
                case_id=late,
                asset_kind="deposit",
                asset="尾号 8812 存款",
                institution="示范银行",
                rank=0,
                started_on="2026-09-03",
                expires_on="2027-09-02",
                document_no="豫0381执2962号之一",
            )
        )
    context = FakeContext(
        engine,
        law,
        today=TODAY,
        folder=folder,
        who=Who(people["周清和"], "周清和", "operator"),
        hooks=(projector(law, lambda: TODAY),),
        deferred=deferred,
    )
    city = RealCity(
        context,
        law,
        court,
        other_court,
        team,
        other_team,
        people["顾长风"],
        people["许南乔"],
        people["周清和"],
        late,
        calm,
        paused,
    )
    city.project()
    return city


def _ground(law: Law) -> str:
    """Any ground that stops the clock of the online query."""
    catalogue = law.catalogue_for("执")
    for code, ground in catalogue.grounds.items():
        if not ground.nodes or NODE in ground.nodes:
            return code
    raise AssertionError("no ground pauses the node the tests use")

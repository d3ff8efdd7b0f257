"""Two courts and a handful of cases whose dates are derived by the real rules. All invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from desktop.contract.context import Who
from desktop.contract.law import Law, load_law
from desktop.projection.project import project_cases, projector
from storage.records.changes import ALL
from storage.schema import table
from tests.panels.fake_context import FakeContext, contents, memory_engine

TODAY = date(2026, 11, 23)
NODE = "N11"  # Ten days from hand-over to the fed-back result of the online query.
_NUMBER = 0


@cache
def shipped_law() -> Law:
    """The law as it is shipped, without a day of its own; read once a process."""
    return load_law()


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
    people: Mapping[str, str]

    def put(self, name: str, /, **values: Any) -> str:
        """Inserts a row behind the context's back; gives its id."""
        row_id = str(values.pop("id", None) or new(name))
        with self.context.engine.begin() as connection:
            connection.execute(insert(table(name)).values(id=row_id, **values))
        return row_id

    def person(self, name: str) -> str:
        """The id of somebody by name."""
        return self.people[name]

    def sit_down(self, name: str, post: str = "") -> None:
        """Puts somebody at the desk."""
        self.context.who = Who(self.person(name), name, post)

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


PEOPLE = (
    ("顾长风", "quota_judge"),
    ("许南乔", "quota_judge"),
    ("周清和", "operator"),
    ("副局长甲", "deputy_chief"),
    ("局长乙", "bureau_chief"),
    ("院领导丙", "vice_president"),
    ("院长丁", "president"),
)


@dataclass(frozen=True)
class Pattern:
    """A city that was built once: its store, and the ids in it. Tests work on copies."""

    content: bytes
    ids: tuple[str, ...]
    people: Mapping[str, str]

    def copy(self, folder: Path, *, deferred: bool = False) -> RealCity:
        """A city of one's own over `folder`."""
        law, people = shipped_law(), dict(self.people)
        context = FakeContext(
            memory_engine(self.content),
            law,
            today=TODAY,
            folder=folder,
            who=Who(people["周清和"], "周清和", "operator"),
            hooks=(projector(law, lambda: TODAY),),
            deferred=deferred,
        )
        return RealCity(context, law, *self.ids, people)


@cache
def city_pattern() -> Pattern:
    """Late: handed over 2026-09-01, paused 14 days, never answered. Calm: handed over just now."""
    engine, law = memory_engine(), shipped_law()
    courts = (new("court"), new("court"))
    teams = (new("team"), new("team"))
    people = {name: new("person") for name, _post in PEOPLE}
    with engine.begin() as connection:
        _staff(connection, courts, teams, people)
        cases = _cases(connection, courts, teams, people)
        _pauses(connection, law, cases[0], cases[2])
        _belongings(connection, cases[0], people["顾长风"])
        project_cases(connection, law, ALL, TODAY)
    ids = (*courts, *teams, *(people[name] for name in ("顾长风", "许南乔", "周清和")), *cases)
    return Pattern(contents(engine), ids, people)


def real_city(folder: Path, *, deferred: bool = False) -> RealCity:
    """See `city_pattern`."""
    return city_pattern().copy(folder, deferred=deferred)


def _put(connection: Connection, into: str, /, **values: object) -> None:
    connection.execute(insert(table(into)).values(**values))


def _staff(
    connection: Connection,
    courts: tuple[str, str],
    teams: tuple[str, str],
    people: Mapping[str, str],
) -> None:
    """Two courts with a team each; 许南乔 belongs to the second, all others to the first."""
    names = (("豫0381", "示范市东城区人民法院", "东城"), ("豫0382", "示范市西城区人民法院", "西城"))
    for key, (code, name, short) in zip(courts, names, strict=True):
        _put(connection, "court", id=key, code=code, name=name, short_name=short)
    for n, name in enumerate(("第四执行团队", "第一执行团队")):
        kind = "implementation"
        _put(
            connection, "team", id=teams[n], court_id=courts[n], name=name, kind=kind, number=n + 1
        )
    for name, post in PEOPLE:
        of = courts[name == "许南乔"]
        _put(connection, "person", id=people[name], court_id=of, name=name, post=post)
    for name, team in zip(("顾长风", "许南乔"), teams, strict=True):
        _put(
            connection,
            "membership",
            id=new("member"),
            person_id=people[name],
            team_id=team,
            role="judge",
            from_on="2025-01-01",
        )


def _cases(
    connection: Connection,
    courts: tuple[str, str],
    teams: tuple[str, str],
    people: Mapping[str, str],
) -> tuple[str, str, str]:
    """The late, the calm and the paused case, each handed over for the online query."""
    first, second = people["顾长风"], people["许南乔"]
    own = {"team_id": teams[0], "handler_id": first, "leader_id": first}
    other = {"team_id": teams[1], "handler_id": second}
    late = _case(connection, courts[0], "豫0381", 2962, filed_on="2026-08-28", **own)
    calm = _case(connection, courts[1], "豫0382", 17, filed_on="2026-11-16", **other)
    paused = _case(connection, courts[0], "豫0381", 3001, filed_on="2026-11-02", **own)
    _event(connection, late, "query_handed_over", "2026-09-01", "移交回执2026-0912")
    _event(connection, calm, "query_handed_over", "2026-11-18")
    _event(connection, paused, "query_handed_over", "2026-11-10")
    return late, calm, paused


def _pauses(connection: Connection, law: Law, late: str, paused: str) -> None:
    stretches = ((late, "2026-09-05", "2026-09-18"), (paused, "2026-11-15", None))
    for case_id, first, last in stretches:
        _put(
            connection,
            "suspension",
            id=new("pause"),
            case_id=case_id,
            node_code=None,
            ground=_ground(law),
            from_on=first,
            to_on=last,
            document_no="豫0381执公〔2026〕88号",
        )


def _belongings(connection: Connection, late: str, handler: str) -> None:
    """Who holds the late case, its debtor and a frozen deposit."""
    _put(
        connection,
        "hold",
        id=new("hold"),
        case_id=late,
        node_code=NODE,
        from_on="2026-09-01",
        kind="handler",
        holder_id=handler,
        holder_name="顾长风",
    )
    debtor = {"role": "debtor", "name": "云杉商贸有限公司", "kind": "enterprise"}
    _put(connection, "party", id=new("party"), case_id=late, **debtor)
    _put(
        connection,
        "control_measure",
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


def _ground(law: Law) -> str:
    """Any ground that stops the clock of the online query."""
    catalogue = law.catalogue_for("执")
    for code, ground in catalogue.grounds.items():
        if not ground.nodes or NODE in ground.nodes:
            return code
    raise AssertionError("no ground pauses the node the tests use")

"""Live events of the demo city: one believable change per call, as a user's own write.

`play` is a command for a write session, so each change is one bundle, is projected and announced
like any other. Refuses a store that is not the demo. Writer thread; no Qt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import Connection, insert, update

from desktop.demo import is_demo, matters, remote_live
from desktop.errors import UserError
from storage.ids import new_id
from storage.schema import table

LABEL: Final = "演示：实时事件"
# Which event ends which node; only nodes that one plain act of the office ends.
_ENDS: Final = {
    "N03": ("file_transferred", "移送案卷"),
    "N04": ("handler_assigned", "确定承办人"),
    "N06": ("notice_issued", "发出执行通知书"),
    "N07": ("report_order_issued", "发出报告财产令"),
    "N08": ("clue_request_sent", "通知申请执行人提供线索"),
    "N10": ("query_requested", "发起网络查控"),
    "N11": ("query_fed_back", "反馈网络查控结果"),
    "N13": ("clue_verified", "核实财产线索"),
    "N14": ("survey_started", "启动财产调查"),
    "N15": ("survey_finished", "完成财产调查"),
    "N35A": ("handler_told", "通知案款到账"),
    "D601": ("periodic_query", "完成终本后定期查询"),
    "D902": ("finance_notified", "通知财务部门发放案款"),
    "D903": ("money_paid", "发放案款"),
}
_CHOICE_MAX: Final = 300


@dataclass(frozen=True, slots=True)
class LiveArgs:
    """`seed` picks the change: the next number gives the next one. `today`: the demo's day."""

    seed: int
    today: date


@dataclass(frozen=True, slots=True)
class _Scene:
    connection: Connection
    rng: Random
    today: date

    def tell(self, case_id: str, kind: str, subject: str | None, actor: str | None) -> None:
        """One event of today."""
        values = {
            "id": new_id(),
            "case_id": case_id,
            "kind": kind,
            "on": self.today.isoformat(),
            "subject": subject or None,
            "actor_id": actor,
        }
        self.connection.execute(insert(table("node_event")).values(values))

    def pick(self, sql: str, *values: object) -> Any:
        """One row of the first few hundred, or None."""
        rows = self.connection.exec_driver_sql(sql, values).fetchall()
        return self.rng.choice(rows) if rows else None


def play(connection: Connection, args: LiveArgs) -> str:
    """Plays one change and says in a sentence what it was."""
    if not is_demo(connection):
        raise UserError("实时事件只能在演示数据中播放。")
    scene = _Scene(connection, Random(args.seed), args.today)
    remote_live.go_on(connection, Random(args.seed), args.today)
    acts: tuple[Callable[[_Scene], str | None], ...] = (
        *(_end_node, _file_case, _clue, _close_case, _remote),
    )
    first = scene.rng.choices(acts, (40, 12, 8, 5, 35))[0]
    for act in (first, *acts):
        said = act(scene)
        if said is not None:
            return said
    raise UserError("演示数据中没有可以播放的事件。")


def _remote(scene: _Scene) -> str | None:
    return remote_live.play(scene.connection, scene.rng, scene.today)


def _end_node(scene: _Scene) -> str | None:
    marks = ", ".join("?" * len(_ENDS))
    near = (scene.today + timedelta(days=14)).isoformat()
    found = scene.pick(
        "select node_clock.case_id, node_code, node_clock.subject, case_number, handler_id"
        ' from node_clock join "case" on "case".id = node_clock.case_id'
        f" where done_on is null and due_on <= ? and node_code in ({marks}) and pause_from is null"
        f" order by due_on desc limit {_CHOICE_MAX}",
        near,
        *_ENDS,
    )
    if found is None:
        return None
    case_id, code, subject, number, handler_id = found
    kind, words = _ENDS[code]
    scene.tell(case_id, kind, str(subject).partition("#")[0], handler_id)
    return f"{number}：{words}。"


def _file_case(scene: _Scene) -> str | None:
    found = scene.pick(
        "select team.id, team.court_id, court.code, membership.person_id, team.number from team"
        " join court on court.id = team.court_id"
        " join membership on membership.team_id = team.id and membership.to_on is null"
        " where team.kind = 'implementation' and membership.role in ('judge', 'assistant')"
        " order by team.number, membership.person_id"
    )
    if found is None:
        return None
    team_id, court_id, code, person_id, scope = found
    year = scene.today.year
    serial = scene.connection.exec_driver_sql(
        'select coalesce(max(serial), 0) + 1 from "case"'
        " where court_id = ? and year = ? and type_word = '执'",
        (court_id, year),
    ).scalar_one()
    case_id, about = new_id(), matters.cause(scene.rng)
    number = f"（{year}）{code}执{serial}号"
    values = {
        "id": case_id,
        "number": number,
        "court_id": court_id,
        "year": year,
        "type_word": "执",
        "serial": serial,
        "cause": about,
        "filed_on": scene.today.isoformat(),
        "team_id": team_id,
        "handler_id": person_id,
        "claim_fen": matters.amount_fen(scene.rng),
        "scope": scope,
    }
    scene.connection.execute(insert(table("case")).values(values))
    for role, name, kind in matters.parties(scene.rng, about):
        row = {"id": new_id(), "case_id": case_id, "role": role, "name": name, "kind": kind}
        scene.connection.execute(insert(table("party")).values(row))
    scene.tell(case_id, "filed", None, person_id)
    return f"{number}：新收{about}一案，已立案。"


def _clue(scene: _Scene) -> str | None:
    found = _open_case(scene)
    if found is None:
        return None
    case_id, number, handler_id = found
    row = {
        "id": new_id(),
        "case_id": case_id,
        "received_on": scene.today.isoformat(),
        "body": "申请执行人提供被执行人车辆停放地点。",
    }
    scene.connection.execute(insert(table("property_clue")).values(row))
    scene.tell(case_id, "clue_received", f"线索{scene.today:%m%d}", handler_id)
    return f"{number}：收到财产线索。"


def _close_case(scene: _Scene) -> str | None:
    found = _open_case(scene)
    if found is None:
        return None
    case_id, number, handler_id = found
    cases = table("case")
    closing = {"closed_on": scene.today.isoformat(), "close_mode": "执行完毕"}
    scene.connection.execute(update(cases).where(cases.c.id == case_id).values(closing))
    scene.tell(case_id, "closed", None, handler_id)
    return f"{number}：执行完毕，结案。"


def _open_case(scene: _Scene) -> Any:
    before = (scene.today - timedelta(days=30)).isoformat()
    return scene.pick(
        "select id, number, handler_id from \"case\" where closed_on is null and type_word = '执'"
        f" and filed_on < ? order by filed_on desc limit {_CHOICE_MAX}",
        before,
    )

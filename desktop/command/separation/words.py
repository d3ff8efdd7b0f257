"""Conflicts of 审执分离 in words, with names. Any thread that may read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from desktop.documents.separation.asking import DEED_NAMES, path_words
from desktop.documents.separation.links import parts, rows
from desktop.rules.separation_facts import (
    BOND_NAMES,
    Bench,
    BondKind,
    Conflict,
    Deed,
    RowKey,
    Step,
)

ARTICLE: Final = "最高法《关于人民法院办理执行异议和复议案件若干问题的规定》第十一条"
STRICT: Final = "洛中法〔2017〕57号审执分离要求（从严）"
WEIGHED: Final = "规定未禁止其参加合议庭，作为提示列出，请斟酌是否回避"
BENCH_NAMES: Final[Mapping[Bench, str]] = {
    Bench.NAMED: "列为合议庭成员",
    Bench.VOTE: "参加表决",
    Bench.SIGN: "签发",
    Bench.HANDLER: "承办审查",
    Bench.LEADER: "负责审查",
}
SOURCE_NAMES: Final[Mapping[str, str]] = {
    "case": "案件登记",
    "hold": "持有记录",
    "membership": "团队任职",
    "execution_log": "执行日志",
    "node_event": "节点事件",
    "seizure": "查封清单",
    "document": "文书",
    "document_act": "文书办理记录",
    "case_kin": "关联案件登记",
    "party": "当事人身份号码",
}


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain as it is read: `on` empty where rows bear no day."""

    headline: str
    on: str
    source: str
    case_id: str
    key: RowKey


@dataclass(frozen=True, slots=True)
class Told:
    """A conflict as it is read. `court`: of the judged case. `path`: how the two cases hang
    together; `carried`: the number of the case carried out."""

    conflict: Conflict
    person: str
    number: str
    court: str
    title: str
    judged: str
    path: str
    carried: str
    carried_out: str
    basis: str
    links: tuple[Link, ...]

    @property
    def sentence(self) -> str:
        """One sentence for a notice."""
        what = f"《{self.title}》" if self.title and self.title != self.number else ""
        last = self.links[-1]
        days = f"（{last.on}）" if last.on else ""
        by = f"，两案关系：{self.path}" if self.conflict.bonds else ""
        return (
            f"审执分离冲突：{self.person}在{self.number}{what}中{self.judged}，"
            f"又在{self.carried}中{self.carried_out}{days}{by}。"
        )


def told(connection: Connection, conflicts: Iterable[Conflict]) -> list[Told]:
    """Those conflicts in words, in their order."""
    listed = list(conflicts)
    names = _names(connection, {one.person_id for one in listed})
    courts = _courts(connection, {one.case_id for one in listed})
    return [_told(one, names, courts) for one in listed]


def _names(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in parts(ids):
        found.update(rows(connection, "select id, name from person where id in :ids", ids=part))
    return found


def _courts(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    sql = (
        'select c.id, t.short_name from "case" c join court t on t.id = c.court_id'
        " where c.id in :ids"
    )
    for part in parts(ids):
        found.update(rows(connection, sql, ids=part))
    return found


def _told(one: Conflict, names: Mapping[str, str], courts: Mapping[str, str]) -> Told:
    first, last = one.steps[0], one.steps[-1]
    assert isinstance(last.what, Deed), "a chain ends with the carrying out"
    return Told(
        one,
        names.get(one.person_id, "未登记人员"),
        first.number,
        courts.get(one.case_id, ""),
        first.words,
        "、".join(BENCH_NAMES[how] for how in one.hows),
        path_words(one.bonds),
        last.number,
        DEED_NAMES[last.what],
        ARTICLE if one.by_law else STRICT if one.forbids else WEIGHED,
        tuple(_link(step) for step in one.steps),
    )


def _link(step: Step) -> Link:
    source = "、".join(dict.fromkeys(SOURCE_NAMES.get(one.table, "记录") for one in step.sources))
    # A bond has a day on which it was entered or arose, and no end.
    until = step.on if isinstance(step.what, BondKind) else step.to_on
    return Link(_headline(step), _days(step.on, until), source, step.case_id, step.sources[0])


def _headline(step: Step) -> str:
    if isinstance(step.what, BondKind):
        return f"{step.number}—{BOND_NAMES[step.what]}—{step.to_number or '本机未见的案件'}"
    if isinstance(step.what, Bench):
        what = f"《{step.words}》" if step.words and step.words != step.number else ""
        return f"{step.number}{what}{BENCH_NAMES[step.what]}"
    return f"{step.number}{DEED_NAMES[step.what]}"


def _days(on: date | None, to_on: date | None) -> str:
    if on is None:
        return ""
    if to_on == on:
        return on.isoformat()
    return f"{on.isoformat()}起" if to_on is None else f"{on.isoformat()}至{to_on.isoformat()}"

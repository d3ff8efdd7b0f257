"""Mapping profiles: which column of a file becomes which fact. Pure; any thread.

`profile_files` reads them from TOML. A profile's `target` is `cases` (one row a case, optional
columns of node dates) or `events` (one row an event).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from desktop.errors import UserError

Target = Literal["cases", "events"]
EVENT: Final = "event:"
KINDS: Final = frozenset(
    (
        "text",
        "date",
        "datetime",
        "money",
        "int",
        "bool",
        "choice",
        "case_number",
        "person",
        "team",
        "court",
        "event",
        "names",
    )
)
CASE_FIELDS: Final[Mapping[str, str]] = {
    "number": "案号",
    "court": "法院",
    "cause": "案由",
    "basis_no": "执行依据",
    "applied_on": "收到申请日期",
    "filed_on": "立案日期",
    "closed_on": "结案日期",
    "close_mode": "结案方式",
    "team": "承办团队",
    "handler": "承办人",
    "leader": "团队负责人",
    "has_property": "有无财产",
    "non_litigation": "非诉执行",
    "claim_fen": "申请执行标的",
    "executed_fen": "实际到位金额",
    "special_subject": "特殊主体",
    "remarks": "备注",
    "applicant": "申请执行人",
    "debtor": "被执行人",
    "outsider": "案外人",
}
EVENT_FIELDS: Final[Mapping[str, str]] = {
    "key": "来源行标识",
    "case_key": "案件标识",
    "kind": "事件",
    "on": "日期",
    "at": "时刻",
    "subject": "事项",
    "actor": "经办人",
    "document_no": "文号",
    "note": "备注",
    "case.cause": "案由",
    "case.claim_fen": "申请执行标的",
    "case.handler": "承办人",
    "case.team": "承办团队",
}
_UNIT: Final = re.compile(r"\((?:单位:?)?(?:人民币)?(元|万元|亿元|分)\)$")
UNIT_FEN: Final[Mapping[str, int]] = {"分": 1, "元": 100, "万元": 1_000_000, "亿元": 10_000_000_000}


@dataclass(frozen=True, slots=True)
class ProfileProblem:
    """One fault of a profile file; `place` is the table and key, as in `column[3].type`."""

    file: str
    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file} · {self.place}：{self.reason}"


class ProfileError(UserError):
    """A profile that cannot be used; the message names every fault at once."""

    def __init__(self, problems: Sequence[ProfileProblem]) -> None:
        super().__init__("导入方案有误：" + "；".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of the source.

    target: a field name, or `event:CODE` for a column of node dates. not_before: the target whose
    date this one may not precede. future: whether the date may lie after today. fen_per_unit: how
    many fen one unit of a money column is, unless its header names a unit.
    """

    target: str
    title: str
    header: str
    aliases: tuple[str, ...]
    kind: str
    required: bool = False
    not_before: str = ""
    future: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    fen_per_unit: int = 100

    def names(self) -> tuple[str, ...]:
        """Header and aliases, normalised, each once."""
        names = (normalise_header(name) for name in (self.header, *self.aliases))
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class CourtSeed:
    """A court that an import may add to the court table when a row needs it."""

    code: str
    name: str
    short_name: str
    superior: str
    valid_from: date | None
    valid_to: date | None
    confirmed: bool


@dataclass(frozen=True, slots=True)
class CaseMaking:
    """How an event log makes its cases: from the row whose event is `opens`."""

    opens: str
    number: str  # template with {case_key}
    type_word: str
    court: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A mapping from source columns to facts.

    key: targets whose values together name a row for good. people: what to do with a handler or
    team the desk does not know (`create` or `reject`). constants: target -> text for every row.
    activities: text in an event column -> event code.
    """

    name: str
    title: str
    description: str
    target: Target
    catalogue: str
    key: tuple[str, ...]
    people: Literal["create", "reject"]
    columns: tuple[ColumnSpec, ...]
    constants: Mapping[str, str]
    courts: tuple[CourtSeed, ...]
    case: CaseMaking | None
    activities: Mapping[str, str]
    events: Mapping[str, str]  # event code -> Chinese name, from the catalogue

    def targets(self) -> dict[str, str]:
        """Everything a source column may be mapped to: target -> Chinese title."""
        fields = dict(CASE_FIELDS if self.target == "cases" else EVENT_FIELDS)
        if self.target == "cases":
            fields.update({f"{EVENT}{code}": f"日期：{name}" for code, name in self.events.items()})
        return fields

    def remapped(self, mapping: Mapping[str, str]) -> "Profile":
        """This profile with columns chosen by hand: source header -> target, "" to leave out.

        A target named in `mapping` is read from that header only; others keep their own headers.
        """
        known = {column.target: column for column in self.columns}
        titles = self.targets()
        chosen: list[ColumnSpec] = []
        for header, target in mapping.items():
            if target in titles:
                base = known.get(target) or usual_column(target, titles[target])
                chosen.append(replace(base, header=header, aliases=()))
        taken = {column.target for column in chosen}
        left_out = {normalise_header(header) for header in mapping}
        kept = [
            replace(column, header=names[0], aliases=tuple(names[1:]))
            for column in self.columns
            if column.target not in taken
            and (names := [name for name in column.names() if name not in left_out])
        ]
        dropped = [
            replace(column, header=column.title, aliases=())
            for column in self.columns
            if column.required
            and column.target not in taken
            and all(name in left_out for name in column.names())
        ]
        return replace(self, columns=(*chosen, *kept, *dropped))


def usual_column(target: str, title: str) -> ColumnSpec:
    """A column for a target that the profile file itself does not list."""
    name = target.removeprefix("case.")
    kinds = {
        "handler": "person",
        "leader": "person",
        "actor": "person",
        "team": "team",
        "court": "court",
        "claim_fen": "money",
        "executed_fen": "money",
        "has_property": "bool",
        "non_litigation": "bool",
        "special_subject": "bool",
        "number": "case_number",
        "kind": "event",
        "at": "datetime",
        "applicant": "names",
        "debtor": "names",
        "outsider": "names",
    }
    is_date = target.startswith(EVENT) or name == "on" or name.endswith("_on")
    kind = "date" if is_date else kinds.get(name, "text")
    return ColumnSpec(target, title, title, (), kind)


def normalise_header(text: str) -> str:
    """A header as it is compared: half-width, without spaces, marks and a trailing money unit."""
    folded = unicodedata.normalize("NFKC", text)
    folded = "".join(c for c in folded if not c.isspace() and c not in "*＊\u200b\ufeff").lower()
    return _UNIT.sub("", folded)


def header_unit(text: str) -> int | None:
    """Fen per unit when a header names its unit, as in 申请标的额（万元）."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    found = _UNIT.search(folded)
    return UNIT_FEN[found[1]] if found else None

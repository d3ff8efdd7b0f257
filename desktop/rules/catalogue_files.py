"""From rule files to catalogues, with every mistake of every file named at once. Any thread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from desktop.rules.catalogue import (
    CONFIDENCES,
    COURT,
    Catalogue,
    Condition,
    EventKind,
    Granted,
    Ground,
    Limit,
    NodeRule,
    Unit,
    overlapping,
)
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path

CATALOGUE_FILES: Final = ("nodes.toml", "deadlines.toml", "suspensions.toml", "traffic_fines.toml")
AMOUNT_MAX: Final = 10_000
WARN_DAYS_MAX: Final = 400
GRANTED_HOURS_MAX: Final = 24


@dataclass(slots=True)
class _Draft:
    """A catalogue while its files are read."""

    name: str
    title: str = ""
    type_words: frozenset[str] = frozenset()
    filed_event: str | None = None
    closed_event: str | None = None
    events: dict[str, EventKind] = field(default_factory=dict)
    nodes: dict[str, NodeRule] = field(default_factory=dict)
    grounds: dict[str, Ground] = field(default_factory=dict)
    rows: dict[str, RowReader] = field(default_factory=dict)


def catalogue_paths(folder: Path | None) -> list[Path]:
    """The catalogue files of `folder` that exist; of the shipped law when it is None.

    A folder of one's own may hold any number of files; those with rules of another sort
    (measures, alerts …) are told apart by their lack of a [catalogue] table.
    """
    if folder is None:
        return [resource_path(f"law/{name}") for name in CATALOGUE_FILES]
    known = [folder / name for name in CATALOGUE_FILES if (folder / name).exists()]
    others = [
        path
        for path in sorted(folder.glob("*.toml"))
        if path not in known and "\n[catalogue]" in "\n" + path.read_text("utf-8", "replace")
    ]
    return known + others


def read_catalogues(paths: Iterable[Path]) -> Mapping[str, Catalogue]:
    """Reads and joins `paths`; RuleFileError holds every mistake found."""
    problems: list[Problem] = []
    drafts: dict[str, _Draft] = {}
    added: list[tuple[_Draft, RowReader]] = []
    for path in paths:
        reader = open_rule_file(path, problems)
        if reader is not None:
            _read_file(reader, drafts, added)
    for draft, row in added:
        _add_limit(draft, row)
    for draft in drafts.values():
        _check(draft)
    if not drafts and not problems:
        problems.append(Problem("规则目录", "文件", "路径", "没有找到任何节点目录文件"))
    if problems:
        raise RuleFileError(problems)
    ordered = sorted(drafts.values(), key=lambda draft: (bool(draft.type_words), draft.name))
    return {draft.name: _finished(draft) for draft in ordered}


def _finished(draft: _Draft) -> Catalogue:
    return Catalogue(
        name=draft.name,
        title=draft.title,
        type_words=draft.type_words,
        events=draft.events,
        nodes=draft.nodes,
        grounds=draft.grounds,
        filed_event=draft.filed_event,
        closed_event=draft.closed_event,
    )


def _read_file(
    reader: RowReader, drafts: dict[str, _Draft], added: list[tuple[_Draft, RowReader]]
) -> None:
    head = reader.table("catalogue")
    if head is None:
        reader.note("catalogue", "文件开头须有 [catalogue] 表")
        return
    name = head.text("name", COURT)
    draft = drafts.setdefault(name, _Draft(name))
    draft.title = head.text("title", draft.title)
    draft.type_words |= frozenset(head.texts("type_words"))
    draft.filed_event = head.text("filed_event", draft.filed_event or "") or None
    draft.closed_event = head.text("closed_event", draft.closed_event or "") or None
    head.finish()
    for row in reader.rows("event"):
        _read_event(draft, row)
    for row in reader.rows("node"):
        _read_node(draft, row)
    for row in reader.rows("ground"):
        _read_ground(draft, row)
    added.extend((draft, row) for row in reader.rows("limit", "node"))
    reader.finish()


def _read_event(draft: _Draft, row: RowReader) -> None:
    code = row.text("code")
    if code in draft.events:
        row.note("code", f"事件代码“{code}”重复")
    draft.events[code] = EventKind(code, row.text("name"))
    row.finish()


def _read_ground(draft: _Draft, row: RowReader) -> None:
    code = row.text("code")
    if code in draft.grounds:
        row.note("code", f"扣除事由“{code}”重复")
    draft.grounds[code] = Ground(
        code=code,
        name=row.text("name"),
        article=row.text("article"),
        source=row.text("source"),
        confidence=row.choice("confidence", CONFIDENCES),
        nodes=row.texts("nodes"),
        note=row.text("note", ""),
    )
    draft.rows[f"ground {code}"] = row
    row.finish()


def _read_node(draft: _Draft, row: RowReader) -> None:
    code = row.text("code")
    if code in draft.nodes:
        row.note("code", f"节点代码“{code}”重复")
    conditions = []
    for text in row.texts("condition"):
        if text in tuple(Condition):
            conditions.append(Condition(text))
        else:
            row.note("condition", f"“{text}”不是可用的条件（{'、'.join(Condition)}）")
    limits = tuple(read_limit(item) for item in row.rows("limit", "version"))
    per_subject = row.flag("per_subject", default=False)
    draft.nodes[code] = NodeRule(
        code=code,
        name=row.text("name"),
        start=row.texts("start"),
        done=row.texts("done"),
        type_words=frozenset(row.texts("type_words")),
        condition=tuple(conditions),
        limits=limits,
        suspendable=row.flag("suspendable", default=False),
        extendable=row.flag("extendable", default=False),
        calendar=row.choice("calendar", ("court", "bank"), "court"),
        warn_days=row.number("warn_days", least=0, most=WARN_DAYS_MAX, default=0),
        basis=row.text("basis"),
        per_subject=per_subject,
        repeats=row.flag("repeats", default=per_subject),
        survives_closing=row.flag("survives_closing", default=False),
        granted=_granted(row),
    )
    draft.rows[f"node {code}"] = row
    row.finish()


def _granted(row: RowReader) -> Granted | None:
    words = row.text("granted", "")
    hours = row.number("granted_hours", least=1, most=GRANTED_HOURS_MAX, default=1)
    most = row.number("granted_most", least=1, most=AMOUNT_MAX, default=AMOUNT_MAX)
    if not words:
        return None
    if words.count("{n}") != 1:
        row.note("granted", "应恰有一处“{n}”")
    return Granted(words, hours, most)


def read_limit(row: RowReader) -> Limit:
    """One dated version of a limit, with every mistake noted."""
    unit = Unit(row.choice("unit", tuple(Unit)))
    valid_from, valid_to = row.day("valid_from"), row.day_or_none("valid_to")
    if valid_to is not None and valid_to < valid_from:
        row.note("valid_to", f"失效日 {valid_to} 早于生效日 {valid_from}")
    # Hours have no last day that could be a holiday, so they never roll.
    roll = row.flag("roll", default=unit is not Unit.HOUR)
    if roll and unit is Unit.HOUR:
        row.note("roll", "以时计算的期间不顺延")
    limit = Limit(
        version=row.text("version"),
        valid_from=valid_from,
        valid_to=valid_to,
        unit=unit,
        amount=row.number("amount", least=1, most=AMOUNT_MAX),
        article=row.text("article"),
        source=row.text("source"),
        confidence=row.choice("confidence", CONFIDENCES),
        roll=roll,
        note=row.text("note", ""),
    )
    row.finish()
    return limit


def _add_limit(draft: _Draft, row: RowReader) -> None:
    """A local version, written apart from its node; the same version name replaces."""
    code = row.text("node")
    limit = read_limit(row)
    rule = draft.nodes.get(code)
    if rule is None:
        row.note("node", f"没有节点“{code}”")
        return
    kept = tuple(old for old in rule.limits if old.version != limit.version)
    draft.nodes[code] = replace(rule, limits=(*kept, limit))


def _check(draft: _Draft) -> None:
    """What can only be judged when all files of the catalogue are read."""
    for code, rule in draft.nodes.items():
        _check_node(draft, rule, draft.rows[f"node {code}"])
    for code, ground in draft.grounds.items():
        for node in ground.nodes:
            if node not in draft.nodes:
                draft.rows[f"ground {code}"].note("nodes", f"没有节点“{node}”")
    heads = {"filed_event": draft.filed_event, "closed_event": draft.closed_event}
    for name, event in heads.items():
        if event is not None and event not in draft.events and draft.rows:
            first = next(iter(draft.rows.values()))
            first.problems.append(Problem(first.file, "catalogue", name, f"事件“{event}”未定义"))


def _check_node(draft: _Draft, rule: NodeRule, row: RowReader) -> None:
    for name, events in (("start", rule.start), ("done", rule.done)):
        for event in events:
            if event not in draft.events:
                row.note(name, f"事件“{event}”未在 [[event]] 中定义")
    if not rule.done:
        row.note("done", "至少须有一个终点事件")
    if rule.limits and not rule.start:
        row.note("start", "有期限的节点须有起点事件")
    if rule.suspendable and rule.limits and all(x.unit is Unit.HOUR for x in rule.limits):
        row.note("suspendable", "以时计算的节点不能按日扣除")
    versions = [limit.version for limit in rule.limits]
    for version in sorted({v for v in versions if versions.count(v) > 1}):
        row.note("limit", f"版本“{version}”重复")
    clash = overlapping(rule.limits)
    if clash is not None:
        row.note("limit", f"版本“{clash[0].version}”与“{clash[1].version}”的效力期间重叠")

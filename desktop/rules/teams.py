"""Who must be in a team, by date: 1+1+N+X, 3/3/4, group leads, police. Pure; any thread.

The answer names the missing post in Chinese. Numbers are dated data (resources/law/teams.toml).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from desktop.rules.catalogue import CONFIDENCES
from desktop.rules.rule_files import Problem, RowReader, RuleFileError, open_rule_file
from resources import path as resource_path
from storage.ids import PersonId, TeamId
from storage.records.people import Membership, Person, Post, Team, TeamKind, TeamRole


@dataclass(frozen=True, slots=True)
class Need:
    """So many members of one role; `most` None: no upper limit. `quota`: judges by pen only."""

    role: TeamRole
    post: str
    quota: bool
    least: int
    most: int | None

    def words(self) -> str:
        """1名, 至少2名, 2至3名."""
        if self.most is None:
            return f"至少{self.least}名"
        return f"{self.least}名" if self.most == self.least else f"{self.least}至{self.most}名"


@dataclass(frozen=True, slots=True)
class TeamRule:
    """One dated version of what the teams of some kinds need."""

    version: str
    valid_from: date
    valid_to: date | None
    kinds: frozenset[TeamKind]
    name: str
    basis: str
    confidence: str
    needs: tuple[Need, ...]


@dataclass(frozen=True, slots=True)
class PoliceRule:
    """How many police there are to be, each in one team on any day."""

    version: str
    valid_from: date
    valid_to: date | None
    number: int
    basis: str
    confidence: str


@dataclass(frozen=True, slots=True)
class TeamRules:
    """All dated staffing rules."""

    teams: tuple[TeamRule, ...]
    police: tuple[PoliceRule, ...]

    def on(self, kind: TeamKind, day: date) -> TeamRule | None:
        """What a team of `kind` needs on `day`."""
        for rule in self.teams:
            if kind in rule.kinds and _in_force(rule.valid_from, rule.valid_to, day):
                return rule
        return None

    def police_on(self, day: date) -> PoliceRule | None:
        """The rule about police on `day`."""
        for rule in self.police:
            if _in_force(rule.valid_from, rule.valid_to, day):
                return rule
        return None


def _in_force(first: date, last: date | None, day: date) -> bool:
    return first <= day and (last is None or day <= last)


@dataclass(frozen=True, slots=True)
class StaffProblem:
    """A post missing, over-filled or held by the wrong person; `sentence` is for the user."""

    team_id: TeamId | None
    post: str
    wanted: str
    found: int
    sentence: str


@dataclass(frozen=True, slots=True)
class StaffSpan:
    """From `from_on` to `to_on` (None: still) the same problems stood."""

    from_on: date
    to_on: date | None
    problems: tuple[StaffProblem, ...]


def validate_team(
    team: Team,
    members: Iterable[Membership],
    people: Mapping[PersonId, Person],
    day: date,
    rules: TeamRules,
) -> list[StaffProblem]:
    """What is wrong with the team's posts on `day`; empty when it is complete."""
    rule = rules.on(team.kind, day)
    if rule is None:
        return []
    present = [m for m in members if m.team_id == team.id and _in_force(m.from_on, m.to_on, day)]
    problems = []
    for need in rule.needs:
        holders = {m.person_id for m in present if m.role is need.role}
        # A leader without a judge's pen may lead a team but never counts as its judge.
        fit = {p for p in holders if not need.quota or (p in people and people[p].quota)}
        for person_id in sorted(holders - fit):
            name = people[person_id].name if person_id in people else "未登记人员"
            text = f"{team.name}：{name}未入额，不能担任{need.post}"
            problems.append(StaffProblem(team.id, need.post, need.words(), len(fit), text))
        counts = f"（应{need.words()}，现{len(fit)}名）"
        if len(fit) < need.least:
            text = f"{team.name}：缺{need.post}{need.least - len(fit)}名{counts}"
            problems.append(StaffProblem(team.id, need.post, need.words(), len(fit), text))
        elif need.most is not None and len(fit) > need.most:
            text = f"{team.name}：{need.post}多{len(fit) - need.most}名{counts}"
            problems.append(StaffProblem(team.id, need.post, need.words(), len(fit), text))
    return problems


def validate_police(
    members: Iterable[Membership],
    people: Mapping[PersonId, Person],
    teams: Mapping[TeamId, Team],
    day: date,
    rules: TeamRules,
) -> list[StaffProblem]:
    """Police in no team, in two teams at once, or not as many as there should be, on `day`.

    `people` and `teams` are those of one court.
    """
    rule = rules.police_on(day)
    if rule is None:
        return []
    police = sorted((p for p in people.values() if p.post is Post.POLICE), key=lambda p: p.id)
    places: dict[PersonId, set[TeamId]] = defaultdict(set)
    for member in members:
        if member.team_id in teams and _in_force(member.from_on, member.to_on, day):
            places[member.person_id].add(member.team_id)
    problems = []
    if len(police) != rule.number:
        text = f"司法警察应{rule.number}名，现{len(police)}名"
        problems.append(StaffProblem(None, "司法警察", f"{rule.number}名", len(police), text))
    for person in police:
        held = sorted(teams[team].name for team in places[person.id])
        if not held:
            text = f"司法警察{person.name}未编入执行团队"
            problems.append(StaffProblem(None, "司法警察", "1个团队", 0, text))
        elif len(held) > 1:
            text = f"司法警察{person.name}同日编入{'、'.join(held)}，一人一日只能在一个团队"
            problems.append(StaffProblem(None, "司法警察", "1个团队", len(held), text))
    return problems


def double_booking(
    new: Membership, members: Iterable[Membership], person: Person
) -> Membership | None:
    """The membership that a new one of a police officer would overlap; None when it may stand."""
    if person.post is not Post.POLICE:
        return None
    for old in members:
        if old.person_id != new.person_id or old.team_id == new.team_id:
            continue
        starts_in_time = new.to_on is None or old.from_on <= new.to_on
        if starts_in_time and (old.to_on is None or new.from_on <= old.to_on):
            return old
    return None


def history(
    team: Team,
    members: Iterable[Membership],
    people: Mapping[PersonId, Person],
    rules: TeamRules,
) -> list[StaffSpan]:
    """The team's problems through time: one span for each stretch of days that are alike."""
    own = [member for member in members if member.team_id == team.id]
    days = {member.from_on for member in own}
    days |= {member.to_on + timedelta(days=1) for member in own if member.to_on is not None}
    if own:
        first = min(days)
        days |= {rule.valid_from for rule in rules.teams if rule.valid_from > first}
        days |= {
            rule.valid_to + timedelta(days=1)
            for rule in rules.teams
            if rule.valid_to is not None and rule.valid_to >= first
        }
    spans: list[StaffSpan] = []
    for day in sorted(days):
        problems = tuple(validate_team(team, own, people, day, rules))
        if spans and spans[-1].problems == problems:
            continue
        if spans:
            before = spans[-1]
            spans[-1] = StaffSpan(before.from_on, day - timedelta(days=1), before.problems)
        spans.append(StaffSpan(day, None, problems))
    return spans


@dataclass(frozen=True, slots=True)
class Absence:
    """One person's days away, both ends included; `kind` in Chinese words."""

    person_id: PersonId
    from_on: date
    to_on: date
    kind: str


@dataclass(frozen=True, slots=True)
class PanelGap:
    """From `from_on` to `to_on` too few judges are there for a panel; `absent` names who is away
    and why."""

    team_id: TeamId
    from_on: date
    to_on: date
    present: int
    wanted: int
    absent: tuple[str, ...]
    sentence: str


def panel_gaps(
    team: Team,
    members: Iterable[Membership],
    people: Mapping[PersonId, Person],
    absences: Iterable[Absence],
    first: date,
    last: date,
    rules: TeamRules,
) -> list[PanelGap]:
    """Days from `first` to `last` on which an adjudication team has fewer quota judges present
    than its rule asks for (a panel of three), like days joined into one stretch.

    A team that lacks judges without anybody's absence is named as well: the panel is impossible
    either way. Other kinds of team have no panel and give nothing.
    """
    if team.kind is not TeamKind.ADJUDICATION:
        return []
    own = [m for m in members if m.team_id == team.id and m.role is TeamRole.JUDGE]
    away = list(absences)
    gaps: list[PanelGap] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        gap = _panel_gap(team, own, people, away, day, rules)
        if gap is None:
            continue
        before = gaps[-1] if gaps else None
        if before is not None and before.to_on + timedelta(days=1) == day:
            alike = (before.present, before.absent) == (gap.present, gap.absent)
            if alike:
                gaps[-1] = replace(before, to_on=day)
                continue
        gaps.append(gap)
    return gaps


def _panel_gap(
    team: Team,
    judges: Iterable[Membership],
    people: Mapping[PersonId, Person],
    absences: Iterable[Absence],
    day: date,
    rules: TeamRules,
) -> PanelGap | None:
    rule = rules.on(team.kind, day)
    need = next((n for n in rule.needs if n.role is TeamRole.JUDGE), None) if rule else None
    if need is None:
        return None
    holders = {
        m.person_id
        for m in judges
        if _in_force(m.from_on, m.to_on, day)
        and m.person_id in people
        and people[m.person_id].quota
    }
    away = {a.person_id: a.kind for a in absences if a.from_on <= day <= a.to_on}
    present = len(holders - away.keys())
    if present >= need.least:
        return None
    absent = tuple(f"{people[p].name}（{away[p]}）" for p in sorted(holders & away.keys()))
    why = f"，不在岗：{'、'.join(absent)}" if absent else ""
    text = f"{team.name}：在岗{need.post}{present}名，不足{need.least}名，不能组成合议庭{why}"
    return PanelGap(team.id, day, day, present, need.least, absent, text)


def load_team_rules(path: Path | None = None) -> TeamRules:
    """The rules from `path` (default: the shipped law); RuleFileError names every mistake."""
    return _load(path or resource_path("law/teams.toml"))


@lru_cache(maxsize=8)
def _load(path: Path) -> TeamRules:
    problems: list[Problem] = []
    reader = open_rule_file(path, problems)
    if reader is None:
        raise RuleFileError(problems)
    rules = TeamRules(
        tuple(_read_team(row) for row in reader.rows("rule", "name")),
        tuple(_read_police(row) for row in reader.rows("police", "version")),
    )
    reader.finish()
    if problems:
        raise RuleFileError(problems)
    return rules


def _read_team(row: RowReader) -> TeamRule:
    kinds = row.texts("kinds")
    known = {kind.value for kind in TeamKind}
    for kind in kinds:
        if kind not in known:
            row.note("kinds", f"“{kind}”不是团队种类")
    rule = TeamRule(
        version=row.text("version"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        kinds=frozenset(TeamKind(kind) for kind in kinds if kind in known),
        name=row.text("name"),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
        needs=tuple(_read_need(item) for item in row.rows("need", "role")),
    )
    row.finish()
    return rule


def _read_need(row: RowReader) -> Need:
    most = row.number("most", least=0, most=100) if row.has("most") else None
    need = Need(
        role=TeamRole(row.choice("role", tuple(TeamRole))),
        post=row.text("post"),
        quota=row.flag("quota", default=False),
        least=row.number("least", least=0, most=100),
        most=most,
    )
    if most is not None and most < need.least:
        row.note("most", f"上限 {most} 少于下限 {need.least}")
    row.finish()
    return need


def _read_police(row: RowReader) -> PoliceRule:
    rule = PoliceRule(
        version=row.text("version"),
        valid_from=row.day("valid_from"),
        valid_to=row.day_or_none("valid_to"),
        number=row.number("number", least=0, most=1_000),
        basis=row.text("basis"),
        confidence=row.choice("confidence", CONFIDENCES),
    )
    row.finish()
    return rule

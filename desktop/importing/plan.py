"""Compares records with the store: added, changed (which fields), unchanged, or rejected.

Nothing is written here; what would be written collects in `Batch`, which `apply` empties slice by
slice. An empty cell never erases what the store holds. Facts are never edited: a corrected date is
a new event that voids the old one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from sqlalchemy import Connection

from desktop.contract.courtesy import breathe
from desktop.errors import UserError
from desktop.importing.check import Record, RowError
from desktop.importing.convert import read_number
from desktop.importing.headers import Binding
from desktop.importing.profile import CASE_FIELDS, Profile
from desktop.importing.store import (
    CASE_COLUMNS,
    Directory,
    HeldCase,
    HeldEvent,
    held_cases,
    scope_of,
)
from desktop.rules.case_number import CaseNumber
from storage.ids import new_id
from storage.records.people import Court

Verdict = Literal["added", "changed", "unchanged", "rejected"]
_REFERENCES: Final = {"team": "team_id", "handler": "handler_id", "leader": "leader_id"}
_BOOLS: Final = frozenset(("has_property", "non_litigation", "special_subject"))
_DEFAULTS: Final = {
    "non_litigation": 0,
    "special_subject": 0,
    "claim_fen": 0,
    "executed_fen": 0,
}


_ENTERPRISE: Final = (
    "公司",
    "厂",
    "合作社",
    "合伙企业",
    "银行",
    "支行",
    "分行",
    "企业",
    "集团",
    "店",
)
_OTHER: Final = ("政府", "委员会", "医院", "学校", "中心", "协会", "大学", "大队", "管理局", "分局")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one row; `changes` are the Chinese names of the changed fields."""

    row: int
    key: str
    verdict: Verdict
    changes: tuple[str, ...] = ()
    errors: tuple[RowError, ...] = ()


@dataclass(slots=True)
class Batch:
    """Rows to write, as parameters in the order of the statements in `apply`."""

    cases: list[tuple[object, ...]] = field(default_factory=list)
    case_updates: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    events: list[tuple[object, ...]] = field(default_factory=list)
    parties: list[tuple[object, ...]] = field(default_factory=list)
    party_updates: list[tuple[str, str]] = field(default_factory=list)  # (id, name)


class _RefusedError(Exception):
    """Why a sound row cannot be taken into this store."""

    def __init__(self, target: str, value: object, reason: str) -> None:
        super().__init__(reason)
        self.target = target
        self.value = value


class Planner:
    """Plans slices of records in the order of the file. One per import."""

    def __init__(self, connection: Connection, profile: Profile, directory: Directory) -> None:
        self._connection = connection
        self._profile = profile
        self._directory = directory
        self._headers: dict[str, str] = {}
        self._made: dict[str, HeldCase] = {}
        self.batch = Batch()
        self.court_ids: set[str] = set()

    def use_headers(self, binding: Binding) -> None:
        """Lets refusals name the source's own columns."""
        self._headers = {item.column.target: item.header for item in binding.bound}

    def plan(self, records: Sequence[Record]) -> list[Outcome]:
        """One outcome a record, in order."""
        numbers = [self._number(record) for record in records]
        wanted = [number for number in dict.fromkeys(numbers) if number not in self._made]
        held = held_cases(self._connection, wanted)
        outcomes = []
        for record, number in zip(records, numbers, strict=True):
            breathe()
            case = self._made.get(number) or held.get(number)
            try:
                if self._profile.target == "cases":
                    outcome = self._plan_case(record, number, case)
                else:
                    outcome = self._plan_event(record, number, case)
            except _RefusedError as refusal:
                column = self._headers.get(refusal.target, refusal.target)
                error = RowError(record.row, column, str(refusal.value), str(refusal))
                outcome = Outcome(record.row, record.key, "rejected", (), (error,))
            outcomes.append(outcome)
        return outcomes

    def _number(self, record: Record) -> str:
        if self._profile.target == "cases":
            return str(record.values["number"])
        key = str(record.values["case_key"])
        making = self._profile.case
        return making.number.replace("{case_key}", key) if making else key

    # One row a case

    def _plan_case(self, record: Record, number: str, case: HeldCase | None) -> Outcome:
        parsed = read_number(number)
        court = self._court(record, parsed)
        values, team = self._case_values(record, court)
        if case is None:
            made = self._add_case(number, parsed, values, scope_of(team))
            self._add_parties(made, record.parties)
            self._merge_events(made, record)
            return Outcome(record.row, record.key, "added")
        changed = {
            column: value for column, value in values.items() if case.values.get(column) != value
        }
        merged = {**case.values, **changed}
        closed = merged.get("closed_on")
        if closed is not None and str(closed) < str(merged["filed_on"]):
            reason = f"早于立案日期（{merged['filed_on']}，与库中合并后）"
            raise _RefusedError("closed_on", closed, reason)
        if team is not None and "team_id" in changed:
            changed["scope"] = case.scope = team[1]
        names = [_title(column) for column in changed if column != "scope"]
        if changed:
            self.batch.case_updates.append((case.id, changed))
        names += self._merge_parties(case, record.parties)
        names += self._merge_events(case, record)
        verdict: Verdict = "changed" if names else "unchanged"
        return Outcome(record.row, record.key, verdict, tuple(names))

    def _court(self, record: Record, number: CaseNumber) -> Court:
        named = record.values.get("court")
        by_code = None if number.legacy else self._directory.court(number.court, number.year)
        if isinstance(named, str):
            court = self._directory.court(named, number.year)
            if court is None:
                raise _RefusedError("court", named, "法院表中没有这个法院")
            if by_code is not None and court.code != by_code.code:
                reason = f"与案号的法院代字“{number.court}”（{by_code.name}）不符"
                raise _RefusedError("court", named, reason)
            by_code = court
        if by_code is None:
            reason = f"法院代字“{number.court}”不在法院表中"
            raise _RefusedError("number", number.format(), reason)
        self.court_ids.add(by_code.id)
        return by_code

    def _case_values(
        self, record: Record, court: Court
    ) -> tuple[dict[str, object], tuple[str, int] | None]:
        values: dict[str, object] = {"court_id": court.id}
        team: tuple[str, int] | None = None
        for target, value in record.values.items():
            if target in _REFERENCES:
                try:
                    if target == "team":
                        team = self._directory.team(court.id, str(value))
                        values["team_id"] = team[0]
                    else:
                        values[_REFERENCES[target]] = self._directory.person(court.id, str(value))
                except UserError as error:
                    raise _RefusedError(target, value, str(error)) from error
            elif target in CASE_COLUMNS:
                values[target] = int(bool(value)) if target in _BOOLS else value
        return values, team

    def _add_case(
        self, number: str, parsed: CaseNumber, values: dict[str, object], scope: int
    ) -> HeldCase:
        return self._store_case(
            number, parsed.year, parsed.type_word, parsed.serial, values, scope, None
        )

    def _store_case(
        self,
        number: str,
        year: int,
        type_word: str,
        serial: int,
        values: dict[str, object],
        scope: int,
        source_key: str | None,
    ) -> HeldCase:
        full = {**_DEFAULTS, **values}
        case = HeldCase(new_id(), number, scope, full)
        row = (case.id, number, year, type_word, serial, source_key, scope)
        self.batch.cases.append((*row, *(full.get(column) for column in CASE_COLUMNS)))
        return case

    def _add_parties(self, case: HeldCase, parties: dict[str, tuple[str, ...]]) -> None:
        for role, names in parties.items():
            for name in names:
                self.batch.parties.append((new_id(), case.id, role, name, _kind(name), case.scope))

    def _merge_parties(self, case: HeldCase, parties: dict[str, tuple[str, ...]]) -> list[str]:
        """Adds missing names; a single name against a single other one is a correction."""
        changed = []
        for role, names in parties.items():
            held = [(party_id, name) for party_id, r, name in case.parties if r == role]
            held_names = {name for _, name in held}
            new = [name for name in names if name not in held_names]
            if not new:
                continue
            changed.append(CASE_FIELDS[role])
            old = [(party_id, name) for party_id, name in held if name not in names]
            if len(new) == len(old) == 1:
                self.batch.party_updates.append((old[0][0], new[0]))
                continue
            self._add_parties(case, {role: tuple(new)})
        return changed

    def _merge_events(self, case: HeldCase, record: Record) -> list[str]:
        changed = []
        for kind, on in record.events.items():
            source_key = f"{self._profile.name}:{kind}"
            same_kind = [event for event in case.events if event.kind == kind]
            if any(event.on == on and not event.subject for event in same_kind):
                continue
            mine = [event for event in same_kind if event.source_key == source_key]
            voids = mine[-1].id if mine else None
            self.batch.events.append(
                (new_id(), case.id, kind, on, *[None] * 5, voids, source_key, case.scope)
            )
            changed.append(self._profile.events.get(kind, kind))
        return changed

    # One row an event

    def _plan_event(self, record: Record, number: str, case: HeldCase | None) -> Outcome:
        values = record.values
        making = self._profile.case
        if case is None:
            if making is None:
                raise _RefusedError("case_key", number, "案件不在库中，请先导入案件")
            if values["kind"] != making.opens:
                opening = self._profile.events.get(making.opens, making.opens)
                raise _RefusedError("kind", values["kind"], f"案件尚未建立，应先有“{opening}”")
            case = self._open_case(record, number)
        self.court_ids.add(str(case.values["court_id"]))
        on = str(values["on"])
        if making is not None and on < str(case.values["filed_on"]):
            raise _RefusedError("on", on, f"早于立案（{case.values['filed_on']}）")
        event = self._event(record, case)
        found = next((e for e in case.events if e.source_key == event.source_key), None)
        if found is None:
            self._store_event(case, event, None)
            return Outcome(record.row, record.key, "added")
        changes = [
            title
            for title, before, now in (
                ("事件", found.kind, event.kind),
                ("日期", found.on, event.on),
                ("时刻", found.at, event.at),
                ("事项", found.subject, event.subject),
                ("经办人", found.actor_id, event.actor_id),
                ("文号", found.document_no, event.document_no),
                ("备注", found.note, event.note),
            )
            if now is not None and before != now
        ]
        if not changes:
            return Outcome(record.row, record.key, "unchanged")
        self._store_event(case, event, found.id)
        return Outcome(record.row, record.key, "changed", tuple(changes))

    def _open_case(self, record: Record, number: str) -> HeldCase:
        making = self._profile.case
        assert making is not None
        on = str(record.values["on"])
        court = self._directory.court(making.court, int(on[:4]))
        if court is None:
            raise _RefusedError("case_key", number, f"法院表中没有“{making.court}”")
        found = {
            target.removeprefix("case."): value
            for target, value in record.values.items()
            if target.startswith("case.")
        }
        values, team = self._case_values(Record(record.row, record.key, found), court)
        values["filed_on"] = on
        digits = "".join(c for c in str(record.values["case_key"]) if c in "0123456789")
        case = self._store_case(
            number,
            int(on[:4]),
            making.type_word,
            int(digits[-9:] or "0"),
            values,
            scope_of(team),
            str(record.values["case_key"]),
        )
        # Later rows of this file find the case here; what was written needs no second look.
        self._made[number] = HeldCase(case.id, number, case.scope, dict(values))
        return self._made[number]

    def _event(self, record: Record, case: HeldCase) -> HeldEvent:
        values = record.values
        actor_id: str | None = None
        if "actor" in values:
            try:
                actor_id = self._directory.person(
                    str(case.values["court_id"]), str(values["actor"])
                )
            except UserError as error:
                raise _RefusedError("actor", values["actor"], str(error)) from error

        def text(target: str) -> str | None:
            return str(values[target]) if target in values else None

        return HeldEvent(
            new_id(),
            str(values["kind"]),
            str(values["on"]),
            text("at"),
            text("subject"),
            actor_id,
            text("document_no"),
            text("note"),
            f"{self._profile.name}:{record.key}",
        )

    def _store_event(self, case: HeldCase, event: HeldEvent, voids: str | None) -> None:
        self.batch.events.append(
            (
                event.id,
                case.id,
                event.kind,
                event.on,
                event.at,
                event.subject,
                event.actor_id,
                event.document_no,
                event.note,
                voids,
                event.source_key,
                case.scope,
            )
        )


def _title(column: str) -> str:
    return CASE_FIELDS.get(column.removesuffix("_id"), column)


def _kind(name: str) -> str:
    """Natural person, enterprise or other body, told by the usual ends of Chinese names."""
    if name.endswith(
        ("公司", "厂", "合作社", "合伙企业", "银行", "支行", "分行", "企业", "集团", "店")
    ):
        return "enterprise"
    if name.endswith(("局", "政府", "委员会", "医院", "学校", "中心", "协会", "大学", "部", "队")):
        return "other"
    return "natural"

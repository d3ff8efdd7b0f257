"""Writes an import in the one transaction it is given, or, as a dry run, only counts it.

Runs on the writer lane (dry run: on any connection). The file is read, checked, compared and
written in slices; between slices `progress` is told and may stop everything, and a stop raises, so
nothing is half written. The screen stays alive meanwhile: no call holds the interpreter for long.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from desktop.contract.collector import calm_collector, tend
from desktop.contract.courtesy import breathe, in_slices
from desktop.errors import UserError
from desktop.importing.check import Checker, Record, RowError
from desktop.importing.handing_on import before, hand_on
from desktop.importing.headers import Binding, bind, known_headers
from desktop.importing.plan import Batch, Planner
from desktop.importing.profile import Profile
from desktop.importing.readers import Source, Table, examine, open_table
from desktop.importing.store import CASE_COLUMNS, Directory
from storage.ids import new_id
from storage.schema.local import import_reject, import_run

Progress = Callable[[int, int], bool]  # (rows done, rows in all or 0) -> go on?
SLICE_ROWS: Final = 200
ERRORS_MAX: Final = 200_000
CHANGES_SHOWN: Final = 500
_CASE_MARKS: Final = ",".join("?" * (7 + len(CASE_COLUMNS) + 2))
_INSERT_CASE: Final = (
    'insert into "case" (id, number, year, type_word, serial, source_key, scope,'
    f" {', '.join(CASE_COLUMNS)}, changed_by, changed_at) values ({_CASE_MARKS})"
)
_INSERT_EVENT: Final = (
    'insert into node_event (id, case_id, kind, "on", at, subject, actor_id, document_no, note,'
    " voids, source_key, scope, changed_by, changed_at) values (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_INSERT_PARTY: Final = (
    "insert into party (id, case_id, role, name, kind, scope, changed_by, changed_at)"
    " values (?,?,?,?,?,?,?,?)"
)
_INSERT_COURT: Final = (
    "insert into court (id, code, name, short_name, superior_id, valid_from, valid_to, confirmed,"
    " changed_by, changed_at) values (?,?,?,?,?,?,?,?,?,?)"
)
_INSERT_TEAM: Final = (
    "insert into team (id, court_id, name, kind, number, changed_by, changed_at)"
    " values (?,?,?,?,?,?,?)"
)
_INSERT_PERSON: Final = (
    "insert into person (id, court_id, name, post, changed_by, changed_at) values (?,?,?,?,?,?)"
)


class ImportStoppedError(UserError):
    """The user stopped the import; nothing was written."""


@dataclass(frozen=True, slots=True)
class ImportArgs:
    """What to import. `at`: ISO instant of the run; `sheet` empty: the best one."""

    path: Path
    profile: Profile
    today: date
    actor: str
    at: str
    sheet: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One row that changes a known case or event: which fields."""

    row: int
    key: str
    fields: tuple[str, ...]


@dataclass(slots=True)
class ImportReport:
    """What an import did. read = added + changed + unchanged + rejected, always."""

    run_id: str = ""
    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    seconds: float = 0.0
    courts_made: tuple[str, ...] = ()
    teams_made: tuple[str, ...] = ()
    people_made: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    errors: list[RowError] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """The five counts."""
        return {
            "read": self.read,
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
        }

    def refuse(self, errors: tuple[RowError, ...] | list[RowError]) -> None:
        """Counts a rejected row and keeps its reasons."""
        self.rejected += 1
        self.errors.extend(errors)
        if len(self.errors) > ERRORS_MAX:
            raise UserError(f"错误超过 {ERRORS_MAX:,} 处，请检查导入方案是否选对")


def require_columns(binding: Binding) -> None:
    """Raises UserError naming every required column the file lacks."""
    if binding.missing:
        lacking = [
            f"“{column.header}”"
            + (f"（或 {'、'.join(column.aliases[:3])}）" if column.aliases else "")
            for column in binding.missing
        ]
        raise UserError(f"文件缺少必需的列：{'；'.join(lacking)}")


def require_importable(args: ImportArgs) -> None:
    """Raises UserError when the file cannot be read or lacks a required column. Writes nothing."""
    known = known_headers(args.profile)
    with open_table(examine(args.path), known, sheet=args.sheet) as table:
        require_columns(bind(args.profile, table.header.names))


def run_import(connection: Connection, args: ImportArgs, progress: Progress) -> ImportReport:
    """Imports a file. Raises UserError with nothing written, ImportStoppedError when stopped."""
    started = time.monotonic()
    source = examine(args.path)
    with calm_collector():
        known = known_headers(args.profile)
        with open_table(source, known, sheet=args.sheet) as table:
            run = _Run(connection, args, table)
            report = run.all_rows(progress)
        if not args.dry_run:
            run.record(source)
    report.seconds = round(time.monotonic() - started, 3)
    assert report.read == report.added + report.changed + report.unchanged + report.rejected
    return report


class _Run:
    """One import under way."""

    def __init__(self, connection: Connection, args: ImportArgs, table: Table) -> None:
        self._connection = connection
        self._args = args
        self._table = table
        self._directory = Directory(connection, args.profile)
        binding = bind(args.profile, table.header.names)
        require_columns(binding)
        self._checker = Checker(
            args.profile,
            binding,
            today=args.today,
            from_1904=table.from_1904,
            courts=self._directory.table,
        )
        self._planner = Planner(connection, args.profile, self._directory)
        self._planner.use_headers(binding)
        self._stamp = (args.actor, args.at)
        self._written = (0, 0, 0)  # courts, teams and people already inserted
        self.report = ImportReport(ignored=binding.ignored)

    def all_rows(self, progress: Progress) -> ImportReport:
        total = self._table.total or 0
        records: list[Record] = []
        for raw in self._table.rows:
            breathe()
            self.report.read += 1
            record, errors = self._checker.check(raw)
            if record is None:
                self.report.refuse(errors)
            else:
                records.append(record)
            if self.report.read % SLICE_ROWS == 0:
                self._slice(records)
                records = []
                tend()
                if not progress(self.report.read, max(total, self.report.read)):
                    raise ImportStoppedError("已停止导入，没有写入任何内容")
        self._slice(records)
        if not progress(self.report.read, self.report.read):
            raise ImportStoppedError("已停止导入，没有写入任何内容")
        self._name_new()
        return self.report

    def _slice(self, records: list[Record]) -> None:
        if not records:
            return
        for outcome in self._planner.plan(records):
            breathe()
            if outcome.verdict == "added":
                self.report.added += 1
            elif outcome.verdict == "unchanged":
                self.report.unchanged += 1
            elif outcome.verdict == "rejected":
                self.report.refuse(outcome.errors)
            else:
                self.report.changed += 1
                if len(self.report.changes) < CHANGES_SHOWN:
                    change = Change(outcome.row, outcome.key, outcome.changes)
                    self.report.changes.append(change)
        batch, self._planner.batch = self._planner.batch, Batch()
        if self._args.dry_run:
            return
        self._write_directory()
        self._write(batch)

    def _many(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        if rows:
            stamped = [(*row, *self._stamp) for row in rows]
            for part in in_slices(stamped):
                self._connection.exec_driver_sql(statement, list(part))

    def _write_directory(self) -> None:
        directory = self._directory
        written = self._written
        self._many(_INSERT_COURT, directory.courts_made[written[0] :])
        self._many(_INSERT_TEAM, directory.teams_made[written[1] :])
        self._many(_INSERT_PERSON, directory.people_made[written[2] :])
        self._written = (
            len(directory.courts_made),
            len(directory.teams_made),
            len(directory.people_made),
        )

    def _write(self, batch: Batch) -> None:
        self._many(_INSERT_CASE, batch.cases)
        for case_id, values in batch.case_updates:
            held = before(self._connection, case_id) if "handler_id" in values else (None, None)
            self._update("case", case_id, values)
            new, day = values.get("handler_id"), self._args.today.isoformat()
            hand_on(self._connection, case_id, held, new, self._stamp, day)
        for party_id, name in batch.party_updates:
            self._update("party", party_id, {"name": name})
        self._many(_INSERT_PARTY, batch.parties)
        self._many(_INSERT_EVENT, batch.events)

    def _update(self, table: str, row_id: str, values: Mapping[str, object]) -> None:
        # Column names come from CASE_COLUMNS, never from a file.
        places = ", ".join(f"{column} = ?" for column in values)
        self._connection.exec_driver_sql(
            f'update "{table}" set {places}, changed_by = ?, changed_at = ? where id = ?',
            (*values.values(), *self._stamp, row_id),
        )

    def _name_new(self) -> None:
        directory, report = self._directory, self.report
        report.courts_made = tuple(str(row[2]) for row in directory.courts_made)
        report.teams_made = tuple(str(row[2]) for row in directory.teams_made)
        report.people_made = tuple(str(row[2]) for row in directory.people_made)

    def record(self, source: Source) -> None:
        """Keeps the run and every reason for a rejection."""
        self.report.run_id = new_id()
        court_ids = self._planner.court_ids
        self._connection.execute(
            import_run.insert(),
            {
                "id": self.report.run_id,
                "at": self._args.at,
                "actor": self._args.actor,
                "profile": self._args.profile.name,
                "file_name": self._args.path.name,
                "sha256": source.sha256,
                "rows_read": self.report.read,
                "added": self.report.added,
                "changed": self.report.changed,
                "unchanged": self.report.unchanged,
                "rejected": self.report.rejected,
                "court_id": next(iter(court_ids)) if len(court_ids) == 1 else None,
            },
        )
        for start in range(0, len(self.report.errors), SLICE_ROWS):
            self._connection.execute(
                import_reject.insert(),
                [
                    {
                        "run_id": self.report.run_id,
                        "row": error.row,
                        "column": error.column,
                        "value": error.value,
                        "reason": error.reason,
                    }
                    for error in self.report.errors[start : start + SLICE_ROWS]
                ],
            )

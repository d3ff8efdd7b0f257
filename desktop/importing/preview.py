"""A look at a file before it is imported: what it holds, what is wrong, what it would change.

`preview` needs no store and runs off the UI thread; `compare` takes its records to a reader lane.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from desktop.contract.collector import calm_collector, tend
from desktop.contract.courtesy import breathe
from desktop.importing.apply import CHANGES_SHOWN, ERRORS_MAX, SLICE_ROWS, Change
from desktop.importing.check import Checker, Record, RowError
from desktop.importing.convert import shown
from desktop.importing.headers import Binding, bind, known_headers
from desktop.importing.plan import Batch, Planner
from desktop.importing.profile import Profile
from desktop.importing.profile_files import load_profile, shipped_profiles
from desktop.importing.readers import examine, open_table
from desktop.importing.store import Directory, seed_courts
from storage.records.people import Court

ROWS_SHOWN: Final = 200
COMPARED_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class PreviewArgs:
    """`courts`: the court table with the profile's own courts (empty: codes are not checked)."""

    path: Path
    profile: Profile
    today: date
    courts: Sequence[Court] = ()
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file holds. `targets`: source header -> target, "" where nothing reads it.

    `rows`: the first rows as shown text. `records`: the sound rows, when there are few enough to
    compare with the store at once, else None.
    """

    profile: Profile
    binding: Binding
    headers: tuple[str, ...]
    targets: dict[str, str]
    sheet: str
    sheets: tuple[str, ...]
    encoding: str
    sha256: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    read: int
    sound: int
    rejected: int
    errors: tuple[RowError, ...]
    errors_cut: bool
    records: tuple[Record, ...] | None

    @property
    def importable(self) -> bool:
        """Whether the required columns are there and a row is sound."""
        return not self.binding.missing and self.sound > 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the sound rows meet the store."""

    added: int
    changed: int
    unchanged: int
    errors: tuple[RowError, ...]
    changes: tuple[Change, ...]
    courts_made: tuple[str, ...]
    teams_made: tuple[str, ...]
    people_made: tuple[str, ...]


def preview(args: PreviewArgs) -> Preview:
    """Reads and checks the whole file. Raises UserError for a file that cannot be read."""
    with calm_collector():
        return _preview(args)


def _preview(args: PreviewArgs) -> Preview:
    source = examine(args.path)
    shown_rows: list[tuple[int, tuple[str, ...]]] = []
    records: list[Record] | None = []
    errors: list[RowError] = []
    read = rejected = 0
    with open_table(source, known_headers(args.profile), sheet=args.sheet) as table:
        headers = table.header.names
        binding = bind(args.profile, headers)
        checker = Checker(
            args.profile,
            binding,
            today=args.today,
            from_1904=table.from_1904,
            courts=args.courts,
        )
        for raw in table.rows:
            breathe()
            read += 1
            if read % SLICE_ROWS == 0:
                tend()
            if len(shown_rows) < ROWS_SHOWN:
                cells = [shown(cell) for cell in raw.cells[: len(headers)]]
                cells += [""] * (len(headers) - len(cells))
                shown_rows.append((raw.number, tuple(cells)))
            if binding.missing:
                continue
            record, found = checker.check(raw)
            if record is None:
                rejected += 1
                errors.extend(found[: ERRORS_MAX - len(errors)])
            elif records is not None:
                records.append(record)
                if len(records) > COMPARED_MAX:
                    records = None
        targets = dict.fromkeys((name for name in headers if name), "")
        targets.update({item.header: item.column.target for item in binding.bound})
        return Preview(
            args.profile,
            binding,
            headers,
            targets,
            table.sheet,
            table.sheets,
            source.encoding,
            source.sha256,
            tuple(shown_rows),
            read,
            0 if binding.missing else read - rejected,
            rejected,
            tuple(errors),
            len(errors) >= ERRORS_MAX,
            tuple(records) if records is not None else None,
        )


def best_profile(path: Path) -> str:
    """The shipped profile that knows most of a file's headers; its required ones count first.

    Raises UserError for a file that cannot be read.
    """
    source = examine(path)
    best, best_score = "", (-1, -1)
    for name in shipped_profiles():
        profile = load_profile(name)
        with open_table(source, known_headers(profile)) as table:
            binding = bind(profile, table.header.names)
        score = (-len(binding.missing), len(binding.bound))
        if not best or score > best_score:
            best, best_score = name, score
    return best


def with_seeds(courts: Sequence[Court], profile: Profile) -> tuple[Court, ...]:
    """The store's courts and those the profile may add: what `preview` checks codes against."""
    return (*courts, *seed_courts(courts, profile))


def compare(connection: Connection, seen: Preview) -> Comparison:
    """Counts what the sound rows would do to the store. `seen.records` must not be None."""
    assert seen.records is not None
    directory = Directory(connection, seen.profile)
    planner = Planner(connection, seen.profile, directory)
    planner.use_headers(seen.binding)
    counts = {"added": 0, "changed": 0, "unchanged": 0, "rejected": 0}
    errors: list[RowError] = []
    changes: list[Change] = []
    for start in range(0, len(seen.records), 500):
        for outcome in planner.plan(seen.records[start : start + 500]):
            counts[outcome.verdict] += 1
            errors.extend(outcome.errors)
            if outcome.changes and len(changes) < CHANGES_SHOWN:
                changes.append(Change(outcome.row, outcome.key, outcome.changes))
        planner.batch = Batch()
    return Comparison(
        counts["added"],
        counts["changed"],
        counts["unchanged"],
        tuple(errors),
        tuple(changes),
        tuple(str(row[2]) for row in directory.courts_made),
        tuple(str(row[2]) for row in directory.teams_made),
        tuple(str(row[2]) for row in directory.people_made),
    )

"""Makes the demo city and writes it as base data. Writer thread; no Qt.

The same seed and day give the same rows, ids included. Rows go in as plain tuples in slices:
a million of them through mappings would take minutes.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from random import Random
from typing import Final

from sqlalchemy import Connection

from desktop.contract.court_zone import COURT_ZONE
from desktop.contract.law import Law, load_law
from desktop.demo import DEMO_KEY, duty, is_demo, matters
from desktop.demo.courts import COURTS
from desktop.demo.days import Days, invented_calendar
from desktop.demo.flow import (
    EXECUTION,
    TYPE_WEIGHTS,
    TYPE_WORDS,
    close_mode,
    duration,
    tell_case,
)
from desktop.demo.ids import IdMaker
from desktop.demo.letters import letters
from desktop.demo.money import money
from desktop.demo.papers import PAPERS_FROM, SIGNED_FROM, papers
from desktop.demo.pen import can_print, make_pen
from desktop.demo.petition_course import PETITION_COLUMNS
from desktop.demo.petitions import petitions
from desktop.demo.remarks import (
    ACT_COLUMNS,
    MATTER_COLUMNS,
    MENTION_COLUMNS,
    NOTE_COLUMNS,
    remarks,
)
from desktop.demo.remote import remote
from desktop.demo.staff import DemoTeam, Staff, build_staff
from desktop.demo.story import Rows, Story, Told, World
from desktop.errors import UserError
from desktop.projection.local_days import local_days
from desktop.projection.project import Projector, project_cases
from storage.records.changes import ALL
from storage.records.people import TeamKind
from storage.session import Session

FIRST_DAY: Final = date(2024, 1, 2)
_SLICE: Final = 1_000
_HOUR: Final = time_of_day(10, 30)
_MONTHS: Final = (0.72, 0.62, 1.05, 1.02, 1.05, 1.12, 1.08, 1.06, 1.16, 1.0, 1.14, 0.78)
# Past this a case outlasts its six months. Where somebody looks, a pause is the reason.
LONG_DAYS: Final = 178
Progress = Callable[[int, int], bool]

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "calendar_day": ("day", "calendar", "off", "name", "source"),
    "court": (
        *("id", "code", "name", "short_name", "superior_id", "valid_from", "valid_to"),
        "confirmed",
    ),
    "person": ("id", "court_id", "name", "post", "quota", "left_on"),
    "post_history": ("id", "person_id", "post", "court_id", "from_on", "to_on", "document_no"),
    "team": ("id", "court_id", "name", "kind", "number"),
    "membership": ("id", "person_id", "team_id", "role", "from_on", "to_on"),
    "case": (
        *("id", "number", "court_id", "year", "type_word", "serial", "cause", "basis_no"),
        *("filed_on", "closed_on", "close_mode", "team_id", "handler_id", "leader_id"),
        *("has_property", "non_litigation", "claim_fen", "executed_fen", "special_subject"),
        "scope",
    ),
    "party": ("id", "case_id", "role", "name", "kind"),
    "node_event": (*("id", "case_id", "kind", "on", "subject", "actor_id", "document_no", "note"),),
    "hold": ("id", "case_id", "node_code", "from_on", "kind", "holder_id", "holder_name"),
    "suspension": ("id", "case_id", "node_code", "ground", "from_on", "to_on", "document_no"),
    "extension": (
        *("id", "case_id", "node_code", "amount", "unit", "reason", "applied_on"),
        *("approved_on", "approver_id", "document_no"),
    ),
    "execution_log": ("id", "case_id", "at", "author_id", "kind", "body"),
    "control_measure": (
        *("id", "case_id", "asset_kind", "asset", "institution", "amount_fen", "rank"),
        *("started_on", "expires_on", "lifted_on", "renewal_of", "document_no"),
    ),
    "property_clue": ("id", "case_id", "received_on", "body", "urgent", "verified_on", "result"),
    "supervision_letter": (
        *("id", "case_id", "node_code", "subject", "year", "serial", "level", "basis", "facts"),
        *("demand", "addressee_id", "issuer_id", "issued_on", "reply_by", "state"),
        *("replied_on", "reply", "reviewed_on", "review"),
    ),
    "warning_reading": ("id", "letter_id", "rung", "person_id", "read_at"),
    "police_shift": ("id", "person_id", "team_id", "day", "from_time", "to_time", "scope"),
    "absence": ("id", "person_id", "from_on", "to_on", "kind"),
    "petition": PETITION_COLUMNS,
    "petition_act": (
        *("id", "petition_id", "kind", "at", "person_id", "to_court", "to_person", "due_on"),
        *("body", "partial", "answers", "scope"),
    ),
    "matter": MATTER_COLUMNS,
    "matter_act": ACT_COLUMNS,
    "note": NOTE_COLUMNS,
    "note_mention": MENTION_COLUMNS,
}
_CASE_TABLES: Final = (
    *("case", "party", "node_event", "hold", "suspension", "extension", "execution_log"),
    *("control_measure", "property_clue"),
)
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class DemoReport:
    """`counts`: rows by table, node clocks among them. `law`: the law with the calendar days the
    demo brought along; a desk goes on with this one."""

    counts: dict[str, int]
    seconds: float
    law: Law = field(repr=False)


class _CancelledError(Exception):
    """The caller did not want to go on; nothing is saved."""


class _Writer:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.counts: Counter[str] = Counter()

    def put(self, name: str, rows: Sequence[Row]) -> None:
        if not rows:
            return
        columns = COLUMNS[name]
        names = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join("?" * len(columns))
        sql = f'insert into "{name}" ({names}) values ({marks})'
        self._connection.exec_driver_sql(sql, list(rows))
        self.counts[name] += len(rows)

    def flush(self, rows: Rows) -> None:
        for name in _CASE_TABLES:
            held: list[Row] = getattr(rows, name)
            self.put(name, held)
            held.clear()


def _filing_days(rng: Random, days: Days, count: int, today: date) -> list[date]:
    """`count` days of filing from the first one to today, by the seasons of a court's year."""
    open_days = [
        day
        for back in range((today - FIRST_DAY).days + 1)
        if days.workday(day := FIRST_DAY + timedelta(days=back)) == day
    ]
    growth = [_MONTHS[day.month - 1] * (1 + 0.06 * (day.year - 2024)) for day in open_days]
    return sorted(rng.choices(open_days, growth, k=count))


class _Dealer:
    """Deals cases to courts, teams and handlers, and numbers them."""

    def __init__(self, rng: Random, staff: Staff) -> None:
        self._rng = rng
        self._codes = [court.code for court in COURTS if court.weight]
        self._weights = [court.weight for court in COURTS if court.weight]
        self._series: Counter[tuple[str, str, int]] = Counter()
        self._teams: dict[str, tuple[list[DemoTeam], list[float]]] = {}
        self._review: dict[str, DemoTeam] = {}
        for code in self._codes:
            teams = [t for t in staff.by_court[code] if t.kind is TeamKind.IMPLEMENTATION]
            self._teams[code] = (teams, [team.weight for team in teams])
            for team in staff.by_court[code]:
                if team.kind is TeamKind.ADJUDICATION:
                    self._review[code] = team

    def deal(self, filed: date) -> tuple[str, str, DemoTeam, int, str]:
        """(court code, type word, team, serial, case number)."""
        rng = self._rng
        code = rng.choices(self._codes, self._weights)[0]
        word = rng.choices(TYPE_WORDS, TYPE_WEIGHTS)[0]
        if word == "执复":
            code = "豫03"  # a second look is the intermediate court's
        review = self._review.get(code) if word in ("执异", "执复", "执监") else None
        team = review or rng.choices(*self._teams[code])[0]
        self._series[code, word, filed.year] += 1
        serial = self._series[code, word, filed.year]
        return code, word, team, serial, f"（{filed.year}）{code}{word}{serial}号"


def _one_case(world: World, dealer: _Dealer, filed: date) -> None:
    rng, iso = world.rng, world.days.iso
    code, word, team, serial, number = dealer.deal(filed)
    today = world.days.today
    lasted = duration(rng, word)
    has_property = word in EXECUTION and rng.random() < 0.58
    mode = close_mode(rng, word, lasted, has_property)
    closed = world.days.after(filed, lasted)
    known_closed = closed if closed <= today else None
    case_id = world.ids()
    handler = rng.choice(team.handlers)
    story = Story(
        *(world, case_id, number, word, team, handler, filed),
        end=known_closed or today,
        closed=known_closed,
        careless=rng.random() < 0.02,
        stands=word in EXECUTION and lasted > LONG_DAYS and not team.slow,
    )
    about = matters.cause(rng)
    claim = matters.amount_fen(rng)
    place = len(world.rows.case)
    share = tell_case(story, has_property=has_property, close=mode if known_closed else None)
    basis = f"（{filed.year - 1}）{code}民初{rng.randrange(1, 9_000)}号"
    property_known = (
        None if word not in EXECUTION or filed > today - timedelta(20) else has_property
    )
    world.rows.case.insert(
        place,
        (
            *(case_id, number, team.court_id, filed.year, word, serial, about, basis, iso[filed]),
            None if known_closed is None else iso[known_closed],
            None if known_closed is None else mode,
            *(team.id, handler.id, team.leader.id),
            None if property_known is None else int(property_known),
            *(int(rng.random() < 0.02), claim, claim * share // 100, int(rng.random() < 0.015)),
            team.number,
        ),
    )
    people = matters.parties(rng, about)
    for role, name, kind in people:
        world.rows.party.append((world.ids(), case_id, role, name, kind))
    world.told[case_id] = Told(
        *(case_id, number, word, code, team.court_id, team.number, handler, filed, known_closed),
        applicant=people[0][1],
        debtor=people[1][1],
    )


def _put_staff(writer: _Writer, staff: Staff) -> None:
    # A court names its superior, so the one that has none goes in first.
    writer.put("court", sorted(staff.courts, key=lambda row: row[4] is not None))
    writer.put("person", staff.persons)
    writer.put("post_history", staff.posts)
    writer.put("team", staff.teams)
    writer.put("membership", staff.memberships)


def _write_city(
    writer: _Writer, law: Law, cases: int, seed: int, today: date, progress: Progress | None
) -> World:
    rng, ids = Random(seed), IdMaker(seed, today)
    staff = build_staff(rng, ids, today)
    _put_staff(writer, staff)
    world = World(rng, ids, Days(law, today), staff)
    dealer = _Dealer(rng, staff)
    for at, filed in enumerate(_filing_days(rng, world.days, cases, today)):
        _one_case(world, dealer, filed)
        if at % _SLICE == _SLICE - 1:
            writer.flush(world.rows)
            if progress is not None and not progress(at + 1, cases):
                raise _CancelledError
    writer.flush(world.rows)
    sent = letters(world, max(cases // 400, 3))
    writer.put("supervision_letter", sent)
    writer.put("warning_reading", duty.readings(world, sent))
    writer.put("police_shift", duty.shifts(world))
    writer.put("absence", duty.absences(world))
    made = petitions(world, max(cases // 25, 24))
    writer.put("petition", made.petitions)
    writer.put("petition_act", made.acts)
    return world


def _write_papers(
    connection: Connection, world: World, law: Law, cases: int, folder: Path
) -> dict[str, str]:
    """Official documents and money; gives the settings by which the desk signs as they were."""
    if cases < PAPERS_FROM:
        return {}
    pen = None
    if cases >= SIGNED_FROM and can_print():
        pen = make_pen(folder, datetime.combine(world.days.today, datetime.min.time(), COURT_ZONE))
    papers(connection, world, law, pen)
    money(connection, world, law, cases, folder)
    return {} if pen is None else pen.settings


def _write_remarks(writer: _Writer, world: World) -> None:
    made = remarks(world)
    writer.put("matter", made.matters)
    writer.put("matter_act", made.acts)
    writer.put("note", made.notes)
    writer.put("note_mention", made.mentions)


def _require_empty(connection: Connection) -> None:
    if connection.exec_driver_sql('select 1 from "case" limit 1').first() is None:
        return
    kind = "演示数据" if is_demo(connection) else "真实案件"
    raise UserError(f"该数据目录已有{kind}，演示数据只能写入空的数据目录。")


def _mark(connection: Connection, values: dict[str, str]) -> None:
    for pair in values.items():
        connection.exec_driver_sql(
            "insert or replace into setting (key, value) values (?, ?)", pair
        )


def generate(
    session: Session,
    law: Law,
    *,
    cases: int = 50_000,
    seed: int = 1,
    today: date,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> DemoReport:
    """Writes the city into an empty store, projection included, in one transaction.

    `now`: the hour of `today` on which the teams in the field are shown; half past ten without.

    `progress(done, total)` is called once per thousand cases; answering False leaves the store as
    it was. Raises UserError when the store holds cases already.
    """
    began = time.perf_counter()
    counts: dict[str, int] = defaultdict(int)
    with session.apply(origin="demo") as write:
        connection = write.connection
        _require_empty(connection)
        writer = _Writer(connection)
        writer.put("calendar_day", invented_calendar(law))
        law = load_law(local_days(connection))
        try:
            world = _write_city(writer, law, cases, seed, today, progress)
            paper_settings = _write_papers(connection, world, law, cases, session.replica.folder)
            _write_remarks(writer, world)
            hour = _HOUR if now is None else now.astimezone(COURT_ZONE).time()
            remote(
                *(connection, world, datetime.combine(today, hour, COURT_ZONE)),
                session.replica.folder,
            )
            if progress is not None:
                progress(cases, cases)
        except _CancelledError:
            write.abandon()
            return DemoReport({}, time.perf_counter() - began, law)
        # An invented city does not work through its cases overnight: its day stands still.
        held = today.isoformat()
        marks = {DEMO_KEY: "1", "demo_seed": str(seed), "demo_today": held, "today": held}
        _mark(connection, marks | paper_settings)
        if not any(isinstance(hook, Projector) for hook in session.before_commit):
            project_cases(connection, law, ALL, today)
        counts.update(writer.counts)
    with session.read() as connection:
        for name in ("node_clock", "document", "document_act"):
            counts[name] = connection.exec_driver_sql(f"select count(*) from {name}").scalar_one()
    return DemoReport(dict(counts), time.perf_counter() - began, law)

"""A field officer with two days without network, from the evening before to the last answer.

Real processes: his desk, the office's desk, one hub, a line that fails. EDESK_PICTURES names a
folder for pictures of what he sees.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import conninfo

from desktop.background import read_log
from desktop.contract.court_zone import COURT_ZONE
from storage.hub import users
from storage.ids import new_id
from tests.desks.desks import ROOT, DeskProcess
from tests.hub.conftest import PASSWORD, Officer, Town, town
from tests.hub.cutting import CuttingProxy
from tests.ledger import without_orders
from tests.passphrase import PASSPHRASE
from tests.stores import new_store

__all__ = ["town"]
COURT, CASE, LOG, MEASURE, REQUEST = 1, 10, 16, 17, 30
CASES, DUE, COUNTIES = 41, 12, ("涧东", "涧西南", "洛北")
TODAY = datetime.now(COURT_ZONE).date()
EXPIRES, HIS, THEIRS = (str(TODAY + timedelta(days=n)) for n in (40, 400, 200))
FACTS, EDITS, MERGES = 30, 29, 2
CUT_AT = (400, 2_500, 6_000, 11_000, 17_000)


@dataclass
class Trip:
    """Everybody and everything on the scene."""

    town: Town
    proxy: CuttingProxy
    folder: Path
    desks: list[DeskProcess] = field(default_factory=list)
    cases: list[str] = field(default_factory=list)
    courts: list[str] = field(default_factory=list)
    seized: str = ""

    @property
    def store(self) -> Path:
        """Where the field desk keeps its data."""
        return self.folder / "field"

    @property
    def line(self) -> str:
        """The way to the hub that may fail."""
        return conninfo.make_conninfo(self.town.server.dsn("first", PASSWORD), port=self.proxy.port)

    def field_desk(self) -> DeskProcess:
        """The officer's desk, begun anew."""
        return self.desk(self.store, self.line)

    def desk(self, store: Path, hub: str) -> DeskProcess:
        """One more desk."""
        if not store.exists():
            new_store(store).close()
        made = DeskProcess(store, hub)
        self.desks.append(made)
        made.hear("ready")
        return made

    def hub(self, sql: str, *values: object) -> list[Any]:
        """Rows at the hub."""
        return self.town.admin.execute(sql, values).fetchall()


@pytest.fixture
def trip(town: Town, tmp_path: Path) -> Iterator[Trip]:
    proxy = CuttingProxy(town.server.port)
    made = Trip(town, proxy, tmp_path)
    fill(made)
    yield made
    for desk in made.desks:
        desk.close()
    proxy.close()


def fill(trip: Trip) -> None:
    """Three counties, his cases in them, measures that end on the trip, and one later."""
    centre = trip.town.centre
    for n, name in enumerate(COUNTIES):
        court = {"id": new_id(), "code": f"豫9{n}", "name": f"{name}县法院", "short_name": name}
        assert (
            centre.verdict((COURT, court["id"], "I", court | {"confirmed": 1}, None)) == "applied"
        )
        trip.courts.append(court["id"])
    rows: list[tuple[int, str, str, Any, Any]] = []
    for n in range(CASES):
        case = trip.town.case_row(1, 700 + n, new_id()) | {"court_id": trip.courts[n % 3]}
        rows.append((CASE, case["id"], "I", case, None))
        trip.cases.append(case["id"])
    for n in range(DUE + 1):
        expires = str(TODAY + timedelta(days=n % 3)) if n < DUE else EXPIRES
        measure = {
            "id": new_id(),
            "case_id": trip.cases[n],
            "asset_kind": "movable",
            "asset": f"车辆{n}",
            "institution": "车管所",
            "amount_fen": 100,
            "document_no": f"协执{n}号",
            "rank": 0,
            "started_on": "2026-01-05",
            "expires_on": expires,
        }
        rows.append((MEASURE, measure["id"], "I", measure, None))
        trip.seized = measure["id"]
    assert centre.verdict(*rows) == "applied"


@pytest.fixture
def clerks(town: Town) -> Iterator[Callable[..., dict[str, Any]]]:
    """Asks the hub for money as a finance clerk or as a colleague of the officer."""
    without_orders.at_hub(town.admin)
    users.add(town.admin, "clerk", PASSWORD, ["finance"], [-1])
    users.add(town.admin, "colleague", PASSWORD, ["handler"], [1])
    made = {who: Officer(who, town.server.dsn(who, PASSWORD)) for who in ("clerk", "colleague")}

    def ask(who: str, kind: str, case_id: str | None, **args: Any) -> dict[str, Any]:
        request = {"id": new_id(), "kind": kind, "case_id": case_id, "state": "asked"}
        request["args"] = json.dumps({"case_id": case_id, **args} if case_id else args)
        officer = made[who]
        answer = officer.push(officer.bundle((REQUEST, request["id"], "R", request, None)))[0]
        assert answer["verdict"] == "applied", answer
        return request

    yield ask
    for officer in made.values():
        officer.connection.close()


def picture(desk: DeskProcess, name: str) -> None:
    folder = os.environ.get("EDESK_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        assert desk.tell("picture", "picture", path=f"{folder}/{name}.png")["saved"]


def click(desk: DeskProcess, panel: str, name: str) -> None:
    assert desk.tell("click", "clicked", panel=panel, name=name)["able"], name


def says(desk: DeskProcess, panel: str, name: str, part: str) -> str:
    found = desk.tell("await_text", "text", panel=panel, name=name, part=part)
    assert found["found"], found
    return str(found["text"])


def edit(desk: DeskProcess, label: str, sql: str, *values: Any) -> None:
    desk.tell("edit", "written", label=label, sql=sql, values=list(values))


def edesk(*words: str) -> dict[str, Any]:
    """The command line, as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "desktop", *words],
        cwd=ROOT,
        env={**os.environ, "EDESK_PASSPHRASE": PASSPHRASE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# The evening before


def pack(trip: Trip) -> str:
    """Line 1: the pack is chosen by route, made, and opened on its own device; its number."""
    desk = trip.field_desk()
    desk.tell("await_sent", "sent")
    desk.tell("setting", "kept", key="documents_folder", value=str(trip.folder))
    desk.tell("open", "opened", panel="field_pack")
    chosen = desk.tell("choose", "chosen", panel="field_pack", name="pack_route", keys=trip.courts)
    assert set(chosen["chosen"]) == set(trip.courts)
    told = says(desk, "field_pack", "pack_preview", f"{CASES} 件案件")
    assert f"{DUE} 件有到期事项" in told
    click(desk, "field_pack", "make_pack")
    note = says(desk, "field_pack", "pack_note", f"已装入 {CASES} 件案件")
    picture(desk, "1-field-pack")
    assert desk.close() == 0
    file = trip.folder / note.rpartition("：")[2]
    opened = edesk("unpack", str(file), "--store", str(trip.store))
    assert opened["cases"] == CASES
    return str(opened["pack"])


# Two days without network


def work_offline(trip: Trip, case_id: str) -> DeskProcess:
    """Lines 2, 5 and 6: due days count on, money is an intent, a dead battery loses no word."""
    trip.proxy.shut()
    desk = trip.field_desk()
    assert desk.tell("await_phase", "phase", phase="offline")["reached"]
    assert "数据截至" in says(desk, "", "status_words", "离线")
    desk.tell("open", "opened", panel="control", params={"scope": "all"})
    seen = desk.tell("await_cell", "cell", panel="control", key="expires_on", value=str(TODAY))
    assert seen["shown"]

    desk.tell("open", "opened", panel="disbursement", params={"new": "1", "case_id": case_id})
    desk.tell("await_text", "text", panel="disbursement", name="order_payee", part="")
    desk.tell("type", "typed", panel="disbursement", name="order_amount", text="86000")
    desk.tell("type", "typed", panel="disbursement", name="order_payee", text="申请人甲")
    desk.tell("type", "typed", panel="disbursement", name="memo", text="当事人到场")
    assert desk.tell("await_draft", "draft", key=f"disbursement:{case_id}", part="到场")["kept"]
    desk.kill()

    desk = trip.field_desk()
    desk.tell("open", "opened", panel="disbursement", params={"new": "1", "case_id": case_id})
    says(desk, "disbursement", "memo", "当事人到场")
    click(desk, "disbursement", "submit_order")
    intent = desk.tell("await_cell", "cell", panel="disbursement", key="state", value="意向·未生效")
    assert intent["shown"]
    picture(desk, "2-intent-offline")
    return desk


def write_all(trip: Trip, desk: DeskProcess) -> None:
    """Line 8: the officer's 63 items, without the intent that is among them already."""
    for n in range(FACTS):
        edit(
            desk,
            "记录",
            "insert into execution_log (id, case_id, at, kind, body)"
            " values (?, ?, '2026-02-01T10:00:00+08:00', 'x', ?)",
            new_id(),
            trip.cases[n],
            f"第{n}次",
        )
    for n in range(EDITS):
        edit(desk, "改依据", 'update "case" set basis_no = ? where id = ?', f"依{n}", trip.cases[n])
    for case_id in trip.cases[-MERGES:]:
        edit(desk, "改备注", 'update "case" set remarks = ? where id = ?', "外勤所见", case_id)
    edit(desk, "续行", "update control_measure set expires_on = ? where id = ?", HIS, trip.seized)


def office_edits(trip: Trip) -> None:
    """Line 7: the office edits three of his cases meanwhile."""
    office = trip.desk(trip.folder / "office", trip.town.server.dsn("centre", PASSWORD))
    office.tell("await_sent", "sent")
    for case_id in trip.cases[-MERGES:]:
        edit(office, "改案由", 'update "case" set cause = ? where id = ?', "借款", case_id)
    term = "update control_measure set expires_on = ? where id = ?"
    edit(office, "续行", term, THEIRS, trip.seized)
    assert office.tell("await_sent", "sent")["all"]
    assert office.close() == 0


# The evening of the second day


def reconnect(trip: Trip, desk: DeskProcess) -> None:
    """Line 10: the net fails five times in the middle, and nothing is lost or doubled."""
    for after in CUT_AT:
        trip.proxy.arm("up", after, shut=True)
        trip.proxy.open()
        desk.tell("sync", "asked")
        assert trip.proxy.cut.wait(60), after
        assert desk.tell("await_phase", "phase", phase="offline")["reached"]
    trip.proxy.arm(None)
    trip.proxy.open()
    desk.tell("sync", "asked")
    assert desk.tell("await_sent", "sent", held=2)["all"]


def totals_are_equal(trip: Trip, desk: DeskProcess) -> None:
    """What the hub decided is what the desk sent, each once; rows are alike."""
    mine = desk.rows("select id, verdict, label from _bundle where actor = 'first'")
    theirs = trip.hub("select id::text, verdict, label from sync.bundle where actor = 'first'")
    assert sorted(map(tuple, mine)) == sorted(theirs)
    # The files he opened were noted too (U11), beside the sixty-three things he did.
    verdicts = [verdict for _, verdict, label in mine if label != read_log.LABEL]
    assert len(verdicts) < len(mine)
    assert verdicts.count("applied") == FACTS + EDITS + MERGES
    assert sorted(set(verdicts)) == ["applied", "conflict", "rejected"]
    assert len(verdicts) == 63
    for table, columns in (
        ("case", "id, ver, remarks, cause, basis_no"),
        ("execution_log", "id, ver, body"),
        ("control_measure", "id, ver, expires_on"),
    ):
        here = desk.rows(f'select {columns} from "{table}" where scope = 1')
        there = trip.hub(f'select {columns} from desk."{table}" where scope = 1')
        assert sorted(map(str, here)) == sorted(str([str(row[0]), *row[1:]]) for row in there)


def settle_conflict(trip: Trip, desk: DeskProcess) -> None:
    """Line 8: the conflict over the expiry shows all three days and what each choice does."""
    desk.tell("open", "opened", panel="sync_review", params={"states": "applied"})
    met = "已合并（案件：您的备注，对方的案由）"
    cell = desk.tell("await_cell", "cell", panel="sync_review", key="verdict", value=met)
    assert cell["shown"]
    picture(desk, "3-merged")
    desk.tell("open", "opened", panel="sync_review", params={"states": "held"})
    found = desk.tell("select", "selected", panel="sync_review", key="label", value="续行")
    assert found["found"]
    says(desk, "sync_review", "held_effect", HIS)
    says(desk, "sync_review", "held_effect", THEIRS)
    picture(desk, "4-conflict")
    click(desk, "sync_review", "held_send")
    says(desk, "sync_review", "held_problem", "理由")
    desk.tell("type", "typed", panel="sync_review", name="held_reason", text="现场续封在后")
    click(desk, "sync_review", "held_send")
    assert desk.tell("await_sent", "sent", held=1)["all"]
    term = "select expires_on from desk.control_measure where id = %s"
    assert trip.hub(term, trip.seized) == [(HIS,)]


def ask_for_what_is_left(trip: Trip, desk: DeskProcess, case_id: str) -> None:
    """Line 9: the answer says what is left and why; one click asks for that."""
    found = desk.tell("select", "selected", panel="sync_review", key="verdict", value="未受理")
    assert found["found"]
    rule = says(desk, "sync_review", "held_rule", "可用余额 ¥61,200.00")
    assert "已付 ¥24,800.00（付" in rule
    picture(desk, "5-refused-request")
    click(desk, "sync_review", "held_possible")
    assert desk.tell("await_sent", "sent", held=0)["all"]
    fund = "select balance_fen, held_fen from desk.fund where case_id = %s"
    assert trip.hub(fund, case_id) == [(6_120_000, 6_120_000)]
    desk.tell("open", "opened", panel="disbursement", params={})
    granted = desk.tell("await_cell", "cell", panel="disbursement", key="state", value="审批中")
    assert granted["shown"]
    picture(desk, "6-granted")


def test_two_days_offline(trip: Trip, clerks: Callable[..., dict[str, Any]]) -> None:
    case_id = trip.cases[20]
    clerks("clerk", "receive", case_id, amount_fen=8_600_000, payer="甲公司")
    number = pack(trip)

    desk = work_offline(trip, case_id)
    write_all(trip, desk)
    grant = clerks("colleague", "disburse", case_id, amount_fen=2_480_000, payee="申请人乙")
    clerks("clerk", "pay", None, hold_id=grant["id"])
    office_edits(trip)

    reconnect(trip, desk)
    totals_are_equal(trip, desk)
    settle_conflict(trip, desk)
    ask_for_what_is_left(trip, desk, case_id)
    assert desk.close() == 0

    shredded = edesk("unpack", "--shred", "--store", str(trip.store), "--hub", trip.line)
    assert (shredded["reported"], len(shredded["shredded"])) == (1, 1)
    logged = trip.hub(
        "select who::text from sync.journal where what = 'pack shredded' and facts->>'pack' = %s",
        number,
    )
    assert logged == [("first",)]

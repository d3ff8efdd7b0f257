"""A replay as one signed file: the facts it was made from, what they come to, and who signs it.

A ZIP whose entries are stored as they are, in the order of the manifest, with nothing that an entry
or a hash does not fix; so the whole file can be made again from its entries, and one changed byte
anywhere shows. `manifest.json` names every file with its size and SHA-256; the sheet `SHEET` is a
PDF whose signature (desktop.circulars) bears the SHA-256 of the manifest.
"""

import base64
import gzip
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, text

from desktop.circulars.official import Column
from desktop.circulars.trust import Authorities
from desktop.circulars.wide import WideSheet, WideTable
from desktop.command.replay.loading import Ask, load
from desktop.command.replay.reel import Found
from desktop.contract.court_zone import COURT_ZONE
from storage.schema import table

FORMAT: Final = "edesk-replay-1"
MANIFEST: Final = "manifest.json"
SHEET: Final = "sheet.pdf"
SUFFIX: Final = ".edreplay.zip"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_MARK: Final = "EDESKREPLAYSHA256x"  # letters and digits alone stand in a PDF as they are
_MARKED: Final = re.compile(_MARK.encode() + rb"([0-9a-f]{64})\b")
_IN_MAX: Final = 500
_KINDS: Final = {"image/jpeg": "jpg", "image/png": "png"}
TABLE_WORDS: Final[Mapping[str, str]] = {
    "operation": "行动方案",
    "operation_act": "行动办理",
    "operation_group": "行动小组",
    "checkin": "报平安",
    "run_log": "行动记事",
    "field_order": "指令",
    "field_order_act": "指令回报",
    "snapshot": "截图",
    "unit": "执行单元",
    "duty_act": "出勤",
    "position_batch": "位置",
    "fence": "围栏",
    "alarm_note": "告警及确认",
    "police_request": "用警申请",
    "police_act": "用警办理",
    "case": "案件",
    "node_event": "节点事件",
    "suspension": "中止、扣除",
    "extension": "延长",
    "hold": "持有",
    "person": "人员",
    "team": "团队",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the export. `what`: for people; `rows` None where it holds none."""

    name: str
    what: str
    body: bytes
    rows: int | None = None

    @property
    def sha256(self) -> str:
        """Of its bytes."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is exported. `withheld`: whose ways are not in it."""

    title: str
    since: datetime
    until: datetime
    entries: tuple[Entry, ...]
    withheld: tuple[str, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ExportAsk:
    """What to export, who does it, and when: the film may have been read long before."""

    ask: Ask
    by: str
    at: datetime


def gather(connection: Connection, wanted: ExportAsk) -> Bundle:
    """The facts of the film and what they tell, as files. Reader lane."""
    found = load(connection, wanted.ask)
    facts = list(_facts(connection, found))
    facts.append(("person", _people(connection, facts)))
    entries = [_lines("facts", name, rows) for name, rows in facts]
    pictures = list(_pictures(connection, found))
    told = [
        {"at": one.at.isoformat(), "kind": one.kind, "words": one.words} for one in found.events
    ]
    return Bundle(
        found.title,
        found.since,
        found.until,
        (_lines("", "events", told, "大事记"), *entries, *pictures),
        tuple(unit.name for unit in found.withheld),
        wanted.by,
        wanted.at,
    )


def _lines(folder: str, name: str, rows: Sequence[Mapping[str, Any]], what: str = "") -> Entry:
    """Rows as lines of JSON, compressed."""
    said = "".join(f"{json.dumps(dict(row), ensure_ascii=False, sort_keys=True)}\n" for row in rows)
    path = f"{folder}/{name}.jsonl.gz" if folder else f"{name}.jsonl.gz"
    body = gzip.compress(said.encode(), mtime=0)
    return Entry(path, what or TABLE_WORDS[name], body, len(rows))


def _facts(connection: Connection, found: Found) -> Iterable[tuple[str, list[dict[str, Any]]]]:
    operations = [one.id for one in found.operations]
    groups = [one.id for one in found.groups]
    orders = [one.id for one in found.orders]
    seen = [unit.id for unit in found.units if unit.id in found.tracks]
    cases = _case_ids(connection, found)
    for name, column, ids in (
        ("operation", "id", operations),
        ("operation_act", "operation_id", operations),
        ("police_request", "operation_id", operations),
        ("operation_group", "id", groups),
        ("checkin", "group_id", groups),
        ("run_log", "operation_id", operations),
        ("field_order", "id", orders),
        ("field_order_act", "order_id", orders),
        ("unit", "id", [unit.id for unit in found.units]),
        ("duty_act", "unit_id", [unit.id for unit in found.units]),
        ("fence", "id", [zone.id for zone in found.zones]),
        ("case", "id", cases),
        ("node_event", "case_id", cases),
        ("suspension", "case_id", cases),
        ("extension", "case_id", cases),
        ("hold", "case_id", cases),
    ):
        yield name, _rows(connection, name, column, ids)
    since, until = found.since.isoformat(), found.until.isoformat()
    batches = _rows(connection, "position_batch", "unit_id", seen)
    yield (
        "position_batch",
        [one for one in batches if one["to_at"] >= since and one["from_at"] <= until],
    )
    asked = [one["id"] for one in _rows(connection, "police_request", "operation_id", operations)]
    yield "police_act", _rows(connection, "police_act", "request_id", asked)
    notes = _rows(connection, "alarm_note", "team_id", sorted({one.team_id for one in found.units}))
    kept = {unit.id for unit in found.withheld}
    yield (
        "alarm_note",
        [_unplaced(one, kept) for one in notes if since <= one["at"] <= until],
    )
    yield "team", _rows(connection, "team", "id", sorted({one.team_id for one in found.units}))
    yield "snapshot", [_without_body(one) for one in _shots(connection, found)]


def _unplaced(note: dict[str, Any], withheld: Collection[str]) -> dict[str, Any]:
    """The row without where somebody was whose way is not in the export."""
    named = any(unit_id in note["alarm"] or unit_id in note["facts"] for unit_id in withheld)
    return {**note, "facts": ""} if named else note


def _people(
    connection: Connection, facts: Iterable[tuple[str, list[dict[str, Any]]]]
) -> list[dict[str, Any]]:
    """Whoever those rows name, and nobody else."""
    every = set(connection.execute(select(table("person").c.id)).scalars())
    named = {one for _name, rows in facts for row in rows for one in row.values() if one in every}
    return _rows(connection, "person", "id", sorted(named))


def _case_ids(connection: Connection, found: Found) -> list[str]:
    """The cases whose states are shown; a sealed one is not."""
    numbers = {then.number for film in found.cases if (then := film.at(found.until)) is not None}
    case = table("case")
    rows = connection.execute(select(case.c.id).where(case.c.number.in_(numbers)))
    return sorted(str(one) for one in rows.scalars())


def _rows(
    connection: Connection, name: str, column: str, ids: Sequence[str]
) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    statement = text(f'select * from "{name}" where {column} in :ids order by id')
    statement = statement.bindparams(bindparam("ids", expanding=True))
    for at in range(0, len(ids), _IN_MAX):
        rows = connection.execute(statement, {"ids": list(ids[at : at + _IN_MAX])})
        made += [dict(row) for row in rows.mappings()]
    return made


def _shots(connection: Connection, found: Found) -> list[dict[str, Any]]:
    return _rows(connection, "snapshot", "id", [one.id for one in found.pictures])


def _without_body(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "body": f"pictures/{row['id']}.{_KINDS.get(row['mime'], 'bin')}"}


def _pictures(connection: Connection, found: Found) -> Iterable[Entry]:
    for row in _shots(connection, found):
        name = str(_without_body(row)["body"])
        yield Entry(name, f"截图 {row['feed_name']}", base64.b64decode(row["body"]))


# The file


def manifest(bundle: Bundle) -> bytes:
    """What names every file of the export."""
    said = {
        "format": FORMAT,
        "title": bundle.title,
        "since": bundle.since.isoformat(),
        "until": bundle.until.isoformat(),
        "made_at": bundle.at.isoformat(),
        "by": bundle.by,
        "withheld": list(bundle.withheld),
        "files": [
            {"name": one.name, "size": len(one.body), "sha256": one.sha256, "rows": one.rows}
            for one in bundle.entries
        ],
    }
    return json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1).encode()


def sheet(bundle: Bundle, court: str) -> bytes:
    """The sheet that is signed, as PDF. Layout lane."""
    # reportlab is slow to load and most sessions export nothing.
    from desktop.circulars.wide_sheet import wide_pages  # noqa: PLC0415

    sha = hashlib.sha256(manifest(bundle)).hexdigest()
    rows = tuple(
        (one.what, one.name, "" if one.rows is None else f"{one.rows:,}", one.sha256)
        for one in bundle.entries
    )
    since, until = (one.astimezone(COURT_ZONE) for one in (bundle.since, bundle.until))
    facts = [
        ("回放内容", bundle.title),
        ("时间", f"{since:%Y-%m-%d %H:%M:%S} 至 {until:%Y-%m-%d %H:%M:%S}"),
        ("导出", f"{bundle.by} {bundle.at.astimezone(COURT_ZONE):%Y-%m-%d %H:%M:%S}"),
        ("清单校验值", sha),
    ]
    if bundle.withheld:
        facts.append(("未含轨迹", "、".join(bundle.withheld)))
    columns = (
        Column("内容", 3),
        Column("文件", 6),
        Column("行数", 2, "right"),
        Column("SHA-256", 10),
    )
    return wide_pages(
        WideSheet(
            "指挥回放导出单",
            tuple(facts),
            (WideTable("文件清单", columns, rows),),
            ("用“edesk verify --replay 文件”核对：任何一个字节有改动都会被发现。",),
            court,
        )
    )


def mark_of(bundle: Bundle) -> str:
    """What the signature of the sheet says: which manifest it is for."""
    return _MARK + hashlib.sha256(manifest(bundle)).hexdigest()


def packed(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """The file: equal entries give equal bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name, body in entries:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, body)
    return made.getvalue()


def sealed(bundle: Bundle, signed_sheet: bytes) -> bytes:
    """The whole export. `signed_sheet`: what `sheet` gave, signed with `mark_of` as its reason."""
    files = [(one.name, one.body) for one in bundle.entries]
    return packed([(MANIFEST, manifest(bundle)), (SHEET, signed_sheet), *files])


def write(body: bytes, path: Path) -> Path:
    """Puts the file there, whole or not at all."""
    from desktop.circulars.paper import write_atomically  # noqa: PLC0415  As above.

    return write_atomically(path, lambda target: Path(target).write_bytes(body))


# Looking at one


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found. `code`: 0 unchanged and trusted, 1 changed or unreadable, 2 unchanged but
    not trusted."""

    code: int
    words: tuple[str, ...]


def prove(data: bytes, authorities: Authorities, at: datetime) -> Proof:
    """Holds every byte of an export against its manifest, and that against its signature."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [(info.filename, archive.read(info)) for info in archive.infolist()]
        said = json.loads(dict(entries)[MANIFEST])
        listed = [(one["name"], one["size"], one["sha256"]) for one in said["files"]]
        about = f"{said['title']}（{said['since']} 至 {said['until']}，{said['by']}导出）"
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, NotImplementedError):
        return Proof(1, ("不符！文件已损坏，或者不是回放导出文件。",))
    except Exception:  # A file made to harm may break the reader in any way.
        return Proof(1, ("不符！文件已损坏，无法读取。",))
    wrong = _changed(entries, listed, data)
    if wrong:
        return Proof(1, (f"不符！{wrong}",))
    return _signed(dict(entries), len(listed), about, authorities, at)


def _changed(
    entries: Sequence[tuple[str, bytes]], listed: Sequence[tuple[str, int, str]], data: bytes
) -> str:
    """What is not as the manifest says; empty where all is."""
    names = [name for name, _body in entries]
    if names != [MANIFEST, SHEET, *(name for name, _size, _sha in listed)]:
        return "文件的组成与清单不一致，有增加、缺少或者换序。"
    bodies = dict(entries)
    for name, size, sha in listed:
        body = bodies[name]
        if len(body) != size or hashlib.sha256(body).hexdigest() != sha:
            return f"{name} 与清单不一致，已被改动。"
    return "" if packed(entries) == data else "文件的结构已被改动。"


def _signed(
    bodies: Mapping[str, bytes], count: int, about: str, authorities: Authorities, at: datetime
) -> Proof:
    # What reads signatures takes long to load; whoever exports nothing never needs it.
    from desktop.circulars.verification import verify  # noqa: PLC0415

    found = verify(bodies[SHEET], authorities, at)
    marks = set(_MARKED.findall(bodies[SHEET]))
    sha = hashlib.sha256(bodies[MANIFEST]).hexdigest().encode()
    if found.state in ("changed", "unreadable"):
        return Proof(1, ("不符！导出单的签名无效。", *found.sentences()))
    if found.state == "unsigned":
        return Proof(2, (f"内容与清单一致，但没有签名：{about}。",))
    if marks != {sha}:
        return Proof(1, ("不符！签名所指的不是这份清单。", *found.sentences()))
    words = (f"相符：{about}，{count} 个文件均与清单一致。", *found.sentences())
    return Proof(0 if found.state == "sound" else 2, words)

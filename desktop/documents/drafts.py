"""Drafts with all their versions. Each function is one transaction of the writer lane.

What a draft says is a JSON object of texts by field, with the words of its case as they were when
it was written under "_case": what is printed again must not follow the case. Its fingerprint goes
over kind, template, title and fields, so that an act on a document can name the words it was given
to.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from desktop.documents.bench import PANEL_WORDS, seats_fault
from desktop.documents.course import ActArgs, row_of, settled
from desktop.documents.kinds import Kind, kinds
from desktop.documents.permits import Deed, require
from desktop.errors import UserError
from storage.ids import new_id
from storage.schema import table

EDITABLE: Final = ("draft", "replying", "checking")
TITLE_MAX: Final = 76
CASE_WORDS: Final = "_case"
# What circulars made from figures keep, and what it is called where versions are compared.
FIGURE_FIELDS: Final = {"snapshot": "数据快照", "corrections": "更正", "answered": "异议处理"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person wrote. `document_id` None makes a new document; `judge` and `coercive` come
    from the signing matrix. `note`: what was changed, in own words."""

    kind: str
    template: str
    title: str
    fields: Mapping[str, Any]
    author_id: str | None
    at: datetime
    document_id: str | None = None
    case_id: str | None = None
    judge: bool = False
    coercive: bool = False
    period: tuple[str, str] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """One saved state; `changed`: labels of what differs from the one before, nothing
    for the first."""

    n: int
    title: str
    fields: Mapping[str, Any]
    author_id: str | None
    at: datetime
    note: str
    changed: tuple[str, ...]


def canonical(value: object) -> str:
    """JSON that is equal for equal values: sorted keys, no blanks, no escapes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def fingerprint(kind: str, template: str, title: str, fields: Mapping[str, Any]) -> str:
    """SHA-256 of what a document says."""
    words = canonical([kind, template, title, dict(fields)])
    return hashlib.sha256(words.encode()).hexdigest()


def save(connection: Connection, draft: Draft) -> str:
    """Stores the draft and, where something changed, one more version; gives the document's id.

    Raises UserError for a document that is signed, or of another kind, and for somebody who may not
    draft such documents: the transaction is then to be given up.
    """
    kind = kinds().kind(draft.kind)
    _check(kind, draft)
    sha = fingerprint(draft.kind, draft.template, draft.title, draft.fields)
    if draft.document_id is None:
        made = _new(connection, kind, draft, sha)
        _may_draft(connection, draft, row_of(connection, made))
        return made
    document = table("document")
    before = row_of(connection, draft.document_id)
    if before.kind != draft.kind:
        raise UserError(f"这份文书是{kinds().kind(before.kind).name}，不能改作{kind.name}。")
    if before.state not in EDITABLE:
        raise UserError("文书已送签或签发，内容不能再改；须先退回。")
    if settled(connection, before):
        raise UserError("本件各环节已经办完，内容不能再改；确需变动的，另拟一件。")
    _may_draft(connection, draft, before)
    if before.content_sha256 == sha:
        return draft.document_id
    connection.execute(
        update(document)
        .where(document.c.id == draft.document_id)
        .values(
            title=draft.title,
            template=draft.template,
            fields=canonical(dict(draft.fields)),
            content_sha256=sha,
        )
    )
    _keep_version(connection, draft, draft.document_id, sha)
    return draft.document_id


def _may_draft(connection: Connection, draft: Draft, row: Row[Any]) -> None:
    act = ActArgs(row.id, draft.author_id, draft.at, row.content_sha256)
    require(connection, row, Deed.DRAFT, act)
    seats = [one for one in str(draft.fields.get(PANEL_WORDS, "")).split(",") if one]
    if seats and row.case_id is not None:
        fault = seats_fault(connection, row.case_id, seats, draft.at.date())
        if fault:
            raise UserError(fault)


def _check(kind: Kind, draft: Draft) -> None:
    wrong = []
    if not draft.title.strip():
        wrong.append("标题须填写。")
    if len(draft.title.replace("\n", "")) > TITLE_MAX:
        wrong.append(f"标题不得超过 {TITLE_MAX} 字。")
    if kind.case and draft.case_id is None and draft.document_id is None:
        wrong.append(f"{kind.name}须从案件拟稿：没有选定案件。")
    if wrong:
        raise UserError("\n".join(wrong))


def _new(connection: Connection, kind: Kind, draft: Draft, sha: str) -> str:
    made = new_id()
    first, last = draft.period or (None, None)
    connection.execute(
        insert(table("document")).values(
            id=made,
            kind=draft.kind,
            template=draft.template,
            case_id=draft.case_id,
            title=draft.title,
            period_from=first,
            period_to=last,
            fields=canonical(dict(draft.fields)),
            content_sha256=sha,
            maker_id=draft.author_id,
            judge=draft.judge,
            coercive=draft.coercive,
            series=kind.series,
            state="draft",
            scope=_scope(connection, draft.case_id),
        )
    )
    _keep_version(connection, draft, made, sha)
    return made


def _scope(connection: Connection, case_id: str | None) -> int:
    if case_id is None:
        return -1
    case = table("case").c
    found = connection.execute(select(case.scope).where(case.id == case_id)).scalar()
    if found is None:
        raise UserError("案件已不存在，不能拟稿。")
    return int(found)


def _keep_version(connection: Connection, draft: Draft, document_id: str, sha: str) -> None:
    version = table("document_version")
    last = connection.execute(
        select(func.max(version.c.n)).where(version.c.document_id == document_id)
    ).scalar()
    connection.execute(
        insert(version).values(
            id=new_id(),
            document_id=document_id,
            n=int(last or 0) + 1,
            title=draft.title,
            fields=canonical(dict(draft.fields)),
            content_sha256=sha,
            author_id=draft.author_id,
            at=draft.at.isoformat(timespec="milliseconds"),
            note=draft.note,
        )
    )


def versions(connection: Connection, document_id: str) -> list[Version]:
    """All saved states, the first one first.

    Two desks that were offline may have saved a version of the same number; they stand in the
    order of their time.
    """
    version = table("document_version")
    rows = connection.execute(
        select(version)
        .where(version.c.document_id == document_id)
        .order_by(version.c.n, version.c.at, version.c.id)
    ).all()
    labels: dict[str, str] = {}
    if rows:
        kind = kinds().kind(row_of(connection, document_id).kind)
        labels = {one.key: one.label for t in kind.templates for one in t.fields}
        labels |= {CASE_WORDS: "案件信息", PANEL_WORDS: "合议庭", **FIGURE_FIELDS}
    found: list[Version] = []
    before: Mapping[str, Any] = {}
    title = ""
    for row in rows:
        fields: dict[str, Any] = json.loads(row.fields)
        keys = [key for key in {**before, **fields} if before.get(key) != fields.get(key)]
        changed = [labels.get(key, key) for key in keys]
        if row.title != title:
            changed.insert(0, "标题")
        if not found:
            changed = []
        at = datetime.fromisoformat(row.at)
        found.append(Version(row.n, row.title, fields, row.author_id, at, row.note, tuple(changed)))
        before, title = fields, row.title
    return found

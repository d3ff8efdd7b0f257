"""Two rulings whose benches nobody would suspect: who sits there once carried out a case that hangs
with the judged one, by kinship, which is told, and by a transfer that was entered too late to
refuse him. Writer thread; no Qt."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from desktop.contract.court_zone import COURT_ZONE
from desktop.demo.paper_desk import HOME
from desktop.documents.bench import BENCH_WORD, PANEL_WORDS, bench_words, panel_words
from desktop.documents.case_words import case_words
from desktop.documents.drafts import CASE_WORDS, Draft, save
from desktop.documents.kinds import kinds
from desktop.rules.signing_files import load_signing
from storage.ids import drawn_by
from storage.records.people import TeamKind, TeamRole
from storage.schema import table

if TYPE_CHECKING:
    from desktop.demo.remote import Remote
    from desktop.demo.story import Told

_KINDS: Final = {"执异": "objection_ruling", "执复": "review_ruling"}
_SEATS: Final = 3
_CASES: Final = 4
_WORDS: Final = {
    "before": "原审执行异议裁定",
    "claimed": "请求撤销对涉案车位的查封，称该车位系其以物抵债取得并已实际占有。",
    "found": "该车位登记在被执行人名下，异议人提交的抵债协议签订于查封之后。",
    "reasons": "查封时异议人尚未签订协议，其主张不能排除执行。",
    "law": "《中华人民共和国民事诉讼法》第二百三十六条",
    "decision": "驳回异议人的异议请求。",
    "remedy": "如不服本裁定，可在裁定书送达之日起十日内向上一级人民法院申请复议。",
}


def make(scene: Remote) -> None:
    """Two objections with their rulings, two bonds, and what two judges did before they judged."""
    judges = _judges(scene)
    objections = _cases(scene, *_KINDS)[:2]
    executed = _cases(scene, "执")[-_CASES:]
    if len(judges) < _SEATS or len(objections) < 2 or len(executed) < _CASES:
        return
    first, second, third, fourth = executed
    for objection, about in zip(objections, (first, third), strict=True):
        _bond(scene, objection, about, "basis", 30, "异议所针对的执行案件")
    _bond(scene, first, second, "kin", 12, "同一施工合同的两案，被执行人为关联公司")
    begun = max(second.filed, scene.now.date() - timedelta(days=400))
    scene.put(
        "execution_log",
        {
            "case_id": second.case_id,
            "at": _at(begun + timedelta(days=40)),
            "author_id": judges[1],
            "kind": "现场",
            "body": "到被执行人厂区现场查封成品车位并制作清单。",
        },
    )
    for n, objection in enumerate(objections):
        _ruling(scene, objection, judges, scene.now.date() - timedelta(days=3 + 2 * n))
    # Entered when the benches were named already: before, the seat would have been refused.
    _bond(scene, fourth, third, "transfer", 1, "指定执行后移送本院")
    scene.put(
        "hold",
        {
            "case_id": fourth.case_id,
            "node_code": None,
            "from_on": fourth.filed.isoformat(),
            "kind": "handler",
            "holder_id": judges[2],
            "holder_name": _name(scene, judges[2]),
        },
    )


def _judges(scene: Remote) -> list[str]:
    """The judges of the adjudication team at home."""
    teams = scene.world.staff.by_court[HOME]
    benches = {one.id for one in teams if one.kind is TeamKind.ADJUDICATION}
    return [
        str(row[1])
        for row in scene.world.staff.memberships
        if row[2] in benches and row[3] == TeamRole.JUDGE.value and row[5] is None
    ][:_SEATS]


def _cases(scene: Remote, *words: str) -> list[Told]:
    """The open cases of those kinds at home, newest first."""
    found = [
        one
        for one in scene.world.told.values()
        if one.type_word in words and one.court_code == HOME and one.closed is None
    ]
    return sorted(found, key=lambda one: (one.filed, one.case_id), reverse=True)


def _bond(scene: Remote, one: Told, other: Told, kind: str, days: int, words: str) -> None:
    values = {
        "case_id": one.case_id,
        "other_id": other.case_id,
        "other_number": other.number,
        "kind": kind,
        "person_id": scene.seat.id,
        "at": scene.ago(days * 24 * 60),
        "body": words,
    }
    scene.put("case_kin", values)


def _ruling(scene: Remote, case: Told, judges: list[str], day: date) -> None:
    kind = kinds().kind(_KINDS[case.type_word])
    template = kind.template_on(day)
    law = load_signing().on(day)[kind.code]
    facts = case_words(scene.connection, case.case_id, day)
    facts = {**facts, BENCH_WORD: bench_words(scene.connection, judges)}
    words = {**_WORDS, "objector": case.applicant}
    draft = Draft(
        kind=kind.code,
        template=template.ref,
        title=template.title.format(**words, **facts),
        fields={**words, PANEL_WORDS: panel_words(judges), CASE_WORDS: facts},
        author_id=judges[0],
        at=datetime.combine(day, time(15, 20), COURT_ZONE),
        case_id=case.case_id,
        judge=law.judge,
        coercive=law.coercive,
    )
    with drawn_by(scene.ids):
        save(scene.connection, draft)


def _at(day: date) -> str:
    return datetime.combine(day, time(10, 5), COURT_ZONE).isoformat(timespec="seconds")


def _name(scene: Remote, person_id: str) -> str:
    person = table("person").c
    found = scene.connection.execute(select(person.name).where(person.id == person_id)).scalar()
    return str(found or "")

"""`edesk sign-matrix`: who may do what with which document, and the proof that holds it. No Qt."""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row

from desktop.cli.arguments import day
from desktop.cli.opening import open_session
from desktop.contract.court_zone import court_today
from desktop.documents.bench import facts_of, implementers
from desktop.documents.case_words import case_numbered
from desktop.documents.course import course, row_of
from desktop.documents.staff import absences, court_of, delegations, matrix, signers
from desktop.errors import OutsideError, UserError
from desktop.rules.signing import (
    PANEL_SIZE,
    Attempt,
    CaseFacts,
    Decision,
    Signer,
    at_stage,
    decide,
    may_batch,
)
from desktop.rules.signing_files import load_signing
from desktop.rules.signing_matrix import (
    PANEL_PRESIDING,
    POST_NAMES,
    SIGNER_NAMES,
    STAGE_NAMES,
    UNCONFIRMED_MARK,
    Document,
    Matrix,
    Stage,
    matrix_on,
    signers_text,
    signers_words,
)
from desktop.rules.signing_space import Report, explore
from storage.ids import PersonId
from storage.records.people import Post, TeamRole

NAME: Final = "sign-matrix"
HELP: Final = "签发权限表：某人能否办理某文书的某一环节，全表，及其穷尽验证"

_WORDS_NOW: Final = "内容"
# The role that goes with a post when a question names nothing but the post.
_USUAL_ROLES: Final = {
    Post.QUOTA_JUDGE: TeamRole.JUDGE,
    Post.JUDGE_ASSISTANT: TeamRole.ASSISTANT,
    Post.CLERK: TeamRole.CLERK,
    Post.POLICE: TeamRole.POLICE,
    Post.DEPUTY_CHIEF: TeamRole.LEADER,
    Post.COMMISSAR: TeamRole.LEADER,
    Post.TRIBUNAL_HEAD: TeamRole.LEADER,
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the sub-commands."""
    parts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    check = parts.add_parser("check", help="某人能否办理", description="能办理返回 0，不能返回 1")
    check.add_argument("document", metavar="DOC", help="文书代码或名称，如 detention_decision")
    check.add_argument("stage", metavar="STAGE", help="环节：draft review panel approve sign")
    check.add_argument(
        "person", metavar="PERSON", help="职务或人员代码，如 president；有数据目录时为姓名或编号"
    )
    check.add_argument("--case", metavar="NUMBER", help="案号：团队角色以该案为准")
    check.add_argument(
        "--document", dest="document_id", metavar="ID", help="某件文书：按其办理经过"
    )
    check.add_argument(
        "--panel", metavar="A,B,C", help="合议庭三人的姓名或编号，首位为审判长", default=""
    )
    show = parts.add_parser("show", help="全表", description="列出当日有效的签发权限")
    prove = parts.add_parser("prove", help="穷尽验证", description="走遍全部状态，有违反时返回 1")
    prove.add_argument("--out", type=Path, metavar="FILE", help="结果写到文件")
    for part in (check, show, prove):
        part.add_argument("--store", type=Path, metavar="DIR", help="数据目录")
        part.add_argument("--on", type=day, metavar="DAY", help="适用日期，默认今日")
        part.add_argument("--format", choices=("json", "text"), default="text")


def run(args: argparse.Namespace) -> int:
    """Answers; 0 allowed or proved, 1 not."""
    if args.act == "check":
        return _check(args)
    with _place(args) as place:
        rules = place.rules
    if args.act == "show":
        _print(args, _table(rules), _table_lines(rules))
        return 0
    report = explore(rules, decide)
    data, lines = _report(report), _report_lines(report)
    if args.out is not None:
        text = json.dumps(data, ensure_ascii=False, indent=2) if args.format == "json" else ""
        _write(args.out, text or "\n".join(lines))
    else:
        _print(args, data, lines)
    return 1 if report.violations else 0


@dataclass(frozen=True, slots=True)
class _Place:
    """The matrix of the day and, where a store was named, a connection that may read."""

    rules: Matrix
    connection: Connection | None


@contextmanager
def _place(args: argparse.Namespace) -> Iterator[_Place]:
    if args.store is None:
        yield _Place(matrix_on(load_signing(), (), args.on or court_today()), None)
        return
    shows = args.act == "check"
    with open_session(args.store, shows=shows) as opened, opened.session.read() as connection:
        yield _Place(matrix(connection, args.on or opened.today), connection)


def _check(args: argparse.Namespace) -> int:
    if args.store is None and (args.case or args.document_id or args.panel):
        raise UserError("--case、--document、--panel 须与 --store 一起使用。")
    with _place(args) as place:
        document = _document(place.rules, args.document)
        stage = _stage(args.stage)
        if place.connection is None:
            attempt, assumed = _of_post(place.rules, document, stage, args.person)
        else:
            attempt, assumed = _of_person(place, document, stage, args)
        decision = decide(place.rules, attempt)
    found = _answer(place.rules, document, attempt, decision, assumed)
    lines = [decision.reason, *(f"  前提：{words}" for words in assumed)]
    _print(args, found, lines)
    return 0 if decision.allowed else 1


def _answer(
    rules: Matrix, document: Document, attempt: Attempt, decision: Decision, assumed: list[str]
) -> dict[str, object]:
    return {
        "document": document.code,
        "name": document.name,
        "stage": attempt.stage.value,
        "person": attempt.person.name,
        "day": rules.day.isoformat(),
        "allowed": decision.allowed,
        "reason": decision.reason,
        "open_stage": decision.stage.value if decision.stage is not None else None,
        "who_can": list(decision.who_can),
        "as_delegate_of": decision.as_delegate_of,
        "for_post": decision.for_post.value if decision.for_post is not None else None,
        "tell_duty_leader": decision.tell_duty_leader,
        "basis": decision.basis,
        "confirmed": decision.confirmed,
        "may_batch": may_batch(rules, document.code),
        "assumed": assumed,
    }


def _document(rules: Matrix, text: str) -> Document:
    for document in rules.documents.values():
        if text in (document.code, document.name):
            return document
    known = "、".join(rules.documents)
    raise UserError(f"没有文书“{text}”。可用：{known}。")


def _stage(text: str) -> Stage:
    for stage, name in STAGE_NAMES.items():
        if text in (stage.value, name):
            return stage
    raise UserError(f"没有环节“{text}”。可用：{'、'.join(Stage)}。")


def _of_post(
    rules: Matrix, document: Document, stage: Stage, text: str
) -> tuple[Attempt, list[str]]:
    """The question about a post or a code of the matrix: earlier stages done, everybody there."""
    person, presiding = _nominal(text)
    seats = [PersonId(f"合议庭法官{n}") for n in range(1, PANEL_SIZE + 1)]
    if text.startswith("panel:") or person.post is Post.QUOTA_JUDGE:
        seats[0 if presiding else 1] = person.id
    facts = CaseFacts(tuple(seats), seats[0])
    attempt = Attempt(document.code, stage, person, _WORDS_NOW, facts=facts)
    assumed = ["此前各环节已由他人办妥，当日均在岗"]
    if person.team_roles or seats.count(person.id):
        assumed.append("为本案团队或合议庭成员")
    return at_stage(rules, attempt), assumed


def _nominal(text: str) -> tuple[Signer, bool]:
    """Somebody who is what `text` says, and whether he presides over the panel."""
    code = next((code for code, name in SIGNER_NAMES.items() if text in (code, name)), "")
    code = code or (f"post:{text}" if text in tuple(Post) else "")
    kind, _, name = code.partition(":")
    who = PersonId("本人")
    if kind == "post":
        post = Post(name)
        role = _USUAL_ROLES.get(post)
        quota = post is Post.QUOTA_JUDGE
        roles = frozenset(() if role is None else (role,))
        return Signer(who, POST_NAMES[post], post, quota, roles), quota
    if kind == "team":
        role = TeamRole(name)
        post = next((post for post, usual in _USUAL_ROLES.items() if usual is role), Post.CLERK)
        quota = role is TeamRole.JUDGE
        return Signer(who, SIGNER_NAMES[code], post, quota, frozenset({role})), False
    if kind == "panel":
        return Signer(who, SIGNER_NAMES[code], Post.QUOTA_JUDGE, True), code == PANEL_PRESIDING
    if kind == "group":
        groups = frozenset({name})
        return Signer(who, SIGNER_NAMES[code], Post.OPERATOR, False, frozenset(), groups), False
    posts = "、".join(Post)
    raise UserError(f"没有职务“{text}”。可用：{posts}，或 team:judge 一类的人员代码。")


def _of_person(
    place: _Place, document: Document, stage: Stage, args: argparse.Namespace
) -> tuple[Attempt, list[str]]:
    """The question about a person of the store, by the facts that the store holds."""
    connection, on = place.connection, place.rules.day
    assert connection is not None
    row = row_of(connection, args.document_id) if args.document_id else None
    if row is not None and row.kind != document.code:
        raise UserError(f"该件文书不是{document.name}。")
    case_id = case_numbered(connection, args.case) if args.case else None
    if row is not None and args.case and row.case_id != case_id:
        raise UserError("该件文书不属于所写案件。")
    case_id = row.case_id if row is not None else case_id
    everybody = signers(connection, case_id, on)
    maker_id = row.maker_id if row is not None else None
    person = _person(connection, everybody, args.person, court_of(connection, case_id, maker_id))
    court_id = court_of(connection, case_id, maker_id, person.id)
    people = signers(connection, case_id, on, court_id)
    attempt = Attempt(
        document=document.code,
        stage=stage,
        person=person,
        content=row.content_sha256 if row is not None else _WORDS_NOW,
        maker_id=PersonId(row.maker_id) if row is not None and row.maker_id else None,
        course=course(connection, row.id) if row is not None else (),
        facts=_facts(connection, people, args.panel, case_id, row),
        people=people,
        absences=absences(connection, on),
        delegations=delegations(connection, on),
    )
    if row is not None:
        return attempt, []
    return at_stage(place.rules, attempt), ["此前各环节已由他人办妥"]


def _person(
    connection: Connection, people: tuple[Signer, ...], text: str, court_id: str | None
) -> Signer:
    found = [one for one in people if text == one.id]
    found = found or [one for one in people if text == one.name]
    inside = [one for one in found if court_id in (None, court_of(connection, None, one.id))]
    if not found:
        raise UserError(f"没有在岗人员“{text}”。")
    if not inside:
        raise UserError(f"“{text}”不是本案所在法院的人员，不能办理其文书。")
    if len(inside) > 1:
        ids = "、".join(one.id for one in inside)
        raise UserError(f"有 {len(inside)} 人名为“{text}”，请写编号：{ids}。")
    return inside[0]


def _facts(
    connection: Connection,
    people: tuple[Signer, ...],
    panel: str,
    case_id: str | None,
    row: Row[Any] | None,
) -> CaseFacts:
    """The panel as written, else the document's own, and who carried the case out."""
    seats = tuple(
        _person(connection, people, name.strip(), None).id
        for name in panel.split(",")
        if name.strip()
    )
    if row is not None and not seats:
        return facts_of(connection, row, people)
    return CaseFacts(seats, seats[0] if seats else None, implementers(connection, case_id))


def _table(rules: Matrix) -> dict[str, Any]:
    return {
        "day": rules.day.isoformat(),
        "documents": [
            {
                "code": document.code,
                "name": document.name,
                "judge": document.judge,
                "coercive": document.coercive,
                "panel": document.panel,
                "version": document.version,
                "approvals": document.approvals(),
                "may_batch": not document.coercive,
                "steps": [
                    {
                        "step": step.number,
                        "stage": step.stage.value,
                        "signers": signers_text(step.signers),
                        "words": signers_words(step.signers),
                        "delegates": signers_text(step.delegates),
                        "fixed": step.fixed,
                        "basis": step.basis,
                        "confidence": step.confidence,
                        "change_id": step.change_id,
                    }
                    for step in document.steps
                ],
            }
            for document in rules.documents.values()
        ],
        "left_out": dict(rules.left_out),
    }


def _table_lines(rules: Matrix) -> list[str]:
    lines = [f"签发权限表（{rules.day.isoformat()}）"]
    for document in rules.documents.values():
        marks = [
            word
            for word, holds in (
                ("审判文书", document.judge),
                ("须合议", document.panel),
                ("强制措施，不得批量审批", document.coercive),
            )
            if holds
        ]
        marked = f"  〔{'；'.join(marks)}〕" if marks else ""
        lines.append(f"{document.name}  {document.code}{marked}")
        for step in document.steps:
            changed = "  （本院变更）" if step.change_id else ""
            lines.append(
                f"  {step.name()}  {signers_words(step.signers)}  —— {step.cited()}{changed}"
            )
            if step.delegates:
                words = signers_words(step.delegates)
                lines.append(f"        不在岗时可书面委托：{words}  —— {step.delegates_cited()}")
    lines += [f"未予采用的变更 {change}：{why}" for change, why in rules.left_out.items()]
    lines.append(f"带{UNCONFIRMED_MARK}者未与正式文本核对，可由两人依程序变更。")
    return lines


def _report(report: Report) -> dict[str, object]:
    names = ("worlds", "states", "attempts", "transitions", "profiles", "finished")
    return {
        "day": report.day.isoformat(),
        **{name: report.total(name) for name in names},
        "coercive_paths": report.coercive_paths(),
        "past_the_president": report.past_the_president(),
        "documents": [
            {"code": one.code, "name": one.name, **{name: getattr(one, name) for name in names}}
            for one in report.counts
        ],
        "violations": [violation.text() for violation in report.violations],
    }


def _report_lines(report: Report) -> list[str]:
    heads = ("情形", "状态", "尝试", "转移", "人员组合", "办结路径")
    names = ("worlds", "states", "attempts", "transitions", "profiles", "finished")
    lines = [f"签发权限穷尽验证（{report.day.isoformat()}）", "  ".join(("文书", *heads))]
    for one in report.counts:
        lines.append("  ".join((one.name, *(f"{getattr(one, name):,}" for name in names))))
    lines.append("  ".join(("合计", *(f"{report.total(name):,}" for name in names))))
    lines.append(
        f"罚款、拘传、拘留签发路径 {report.coercive_paths():,} 条，"
        f"其中未经院长批准 {report.past_the_president()} 条"
    )
    lines.append(f"违反 {len(report.violations)} 项")
    return lines + [violation.text() for violation in report.violations]


def _print(args: argparse.Namespace, data: object, lines: list[str]) -> None:
    if args.format == "json":
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print("\n".join(lines))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise OutsideError(f"无法写入文件：{path}。") from error

"""Who may do what with which document: document × stage × signer, as dated data. Pure; any thread.

The matrix of a day is the shipped baseline (resources/law/signing.toml) with the changes that two
persons agreed on and that are in force. A change that would break what the law leaves to nobody is
refused when it is proposed and left out should it arrive all the same, so no matrix of any day
allows it (`broken` says what that is).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

from desktop.errors import UserError
from storage.records.people import Post, TeamKind, TeamRole

UNCONFIRMED: Final = "unconfirmed"
UNCONFIRMED_MARK: Final = "〔未核实〕"
STEP_MAX: Final = 999
STEPS_MAX: Final = 20


class Stage(StrEnum):
    """A stage of a document's course; values are stored."""

    DRAFT = "draft"  # 拟稿
    REVIEW = "review"  # 审核
    PANEL = "panel"  # 合议
    APPROVE = "approve"  # 审批
    SIGN = "sign"  # 签发


STAGE_NAMES: Final[Mapping[Stage, str]] = {
    Stage.DRAFT: "拟稿",
    Stage.REVIEW: "审核",
    Stage.PANEL: "合议",
    Stage.APPROVE: "审批",
    Stage.SIGN: "签发",
}

POST_NAMES: Final[Mapping[Post, str]] = {
    Post.PRESIDENT: "院长",
    Post.VICE_PRESIDENT: "副院长",
    Post.BUREAU_CHIEF: "执行局局长",
    Post.DEPUTY_CHIEF: "执行局副局长",
    Post.COMMISSAR: "政委",
    Post.TRIBUNAL_HEAD: "庭长",
    Post.QUOTA_JUDGE: "员额法官",
    Post.JUDGE_ASSISTANT: "法官助理",
    Post.CLERK: "书记员",
    Post.POLICE: "司法警察",
    Post.OPERATOR: "指挥中心值班员",
    Post.FINANCE: "案款管理人",
}
_TEAM_NAMES: Final[Mapping[TeamRole, str]] = {
    TeamRole.LEADER: "本案团队负责人",
    TeamRole.JUDGE: "本案团队员额法官",
    TeamRole.ASSISTANT: "本案团队法官助理",
    TeamRole.CLERK: "本案团队书记员",
}
_GROUP_NAMES: Final[Mapping[TeamKind, str]] = {
    TeamKind.INFORMATION: "信息化组",
    TeamKind.PROCESS: "流程管理组",
    TeamKind.ONLINE_CONTROL: "网络查控组",
    TeamKind.PETITION: "信访督办组",
    TeamKind.GENERAL: "综合组",
}
_GROUP_ROLES: Final[Mapping[TeamRole, str]] = {
    TeamRole.LEADER: "组长",
    TeamRole.DEPUTY: "副手",
    TeamRole.MEMBER: "成员",
}

MAKER: Final = "maker"
PANEL_JUDGE: Final = "panel:judge"
PANEL_PRESIDING: Final = "panel:presiding"
TEAM_JUDGE: Final = "team:judge"
PRESIDENT: Final = "post:president"
VICE_PRESIDENT: Final = "post:vice_president"

# Every code that a cell may hold, with its Chinese words. `maker` names nobody: it allows whoever
# drafted, and meets another code of the cell, to act on the draft of his own.
SIGNER_NAMES: Final[Mapping[str, str]] = {
    **{f"post:{post}": name for post, name in POST_NAMES.items()},
    **{f"team:{role}": name for role, name in _TEAM_NAMES.items()},
    PANEL_JUDGE: "合议庭成员",
    PANEL_PRESIDING: "审判长",
    **{
        f"group:{kind}.{role}": group + words
        for kind, group in _GROUP_NAMES.items()
        for role, words in _GROUP_ROLES.items()
    },
    MAKER: "拟稿人本人",
}
# Codes that only somebody with a judge's pen (入额) can meet.
PENS: Final = frozenset({f"post:{Post.QUOTA_JUDGE}", TEAM_JUDGE, PANEL_JUDGE, PANEL_PRESIDING})
PANEL_CODES: Final = frozenset({PANEL_JUDGE, PANEL_PRESIDING})


def parse_signers(text: str) -> frozenset[str]:
    """A cell, "team:judge,maker": known codes, once each, in lower case, no blanks around.

    Raises UserError with the code that is wrong.
    """
    codes = text.split(",")
    for code in codes:
        if code not in SIGNER_NAMES:
            raise UserError(f"签发权限“{text}”有误：不认识“{code}”。")
    if len(set(codes)) != len(codes):
        raise UserError(f"签发权限“{text}”有误：同一人员代码写了两次。")
    if set(codes) == {MAKER}:
        raise UserError(f"签发权限“{text}”有误：“maker”须与其他人员代码并用。")
    return frozenset(codes)


def signers_text(codes: Iterable[str]) -> str:
    """A cell as it is stored: the order of SIGNER_NAMES, so equal cells are equal texts."""
    held = frozenset(codes)
    return ",".join(code for code in SIGNER_NAMES if code in held)


@lru_cache(maxsize=256)
def signers_words(codes: frozenset[str]) -> str:
    """院长、副院长: the cell for a reader; `maker` goes into words after the others."""
    words = "、".join(name for code, name in SIGNER_NAMES.items() if code in codes - {MAKER})
    return f"{words}（可为拟稿人本人）" if MAKER in codes else words


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a document's course and who may do it.

    returns_to: where a document begins again that is sent back here.
    delegates: who may stand in, by a dated delegation, for an absent holder; empty: nobody.
    fixed: the law itself names the signers; a change must leave them as they are.
    change_id: the change this step comes from; empty in the baseline.
    """

    number: int
    stage: Stage
    signers: frozenset[str]
    returns_to: Stage = Stage.DRAFT
    delegates: frozenset[str] = frozenset()
    fixed: bool = False
    basis: str = ""
    source: str = ""
    confidence: str = UNCONFIRMED
    delegates_basis: str = ""
    delegates_confidence: str = UNCONFIRMED
    change_id: str = ""

    def name(self) -> str:
        """审批."""
        return STAGE_NAMES[self.stage]

    def cited(self) -> str:
        """The basis with the mark of what nobody has checked."""
        return self.basis + (UNCONFIRMED_MARK if self.confidence == UNCONFIRMED else "")

    def delegates_cited(self) -> str:
        """What allows standing in, with the mark of what nobody has checked."""
        mark = UNCONFIRMED_MARK if self.delegates_confidence == UNCONFIRMED else ""
        return self.delegates_basis + mark


@dataclass(frozen=True, slots=True)
class Document:
    """One kind of document in one version.

    judge: a judge's document, for a quota judge's pen alone. coercive: fine, summons by force,
    detention. panel: three judges decide it. separate: who carried the case out may not sit.
    """

    code: str
    name: str
    judge: bool
    coercive: bool
    panel: bool
    separate: bool
    version: str
    valid_from: date
    valid_to: date | None
    steps: tuple[Step, ...]

    def in_force(self, day: date) -> bool:
        """Whether this version counts on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def approvals(self) -> int:
        """How many stages lie between draft and signature (M36: none beyond the matrix)."""
        return sum(1 for step in self.steps if step.stage not in (Stage.DRAFT, Stage.SIGN))


@dataclass(frozen=True, slots=True)
class Baseline:
    """The shipped matrix: every version of every document, in the order of the file."""

    versions: tuple[Document, ...]

    def on(self, day: date) -> dict[str, Document]:
        """The versions in force on `day` by code."""
        return {
            document.code: document
            for document in self.versions
            if document.valid_from <= day
            and (document.valid_to is None or day <= document.valid_to)
        }


@dataclass(frozen=True, slots=True)
class Amendment:
    """One step of a change: the rows of one `change_id` are all steps of one document.

    signers: as stored. Days and instants as in the row; `valid_to` inclusive, None: no end.
    """

    change_id: str
    document: str
    step: int
    stage: str
    signers: str
    valid_from: date
    valid_to: date | None
    basis: str
    confidence: str
    proposed_by: str
    proposed_at: str
    agreed_by: str | None = None
    agreed_at: str | None = None
    state: str = "proposed"


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who may do what on one day; `left_out`: agreed changes that do not count, and why."""

    day: date
    documents: Mapping[str, Document]
    left_out: Mapping[str, str] = field(default_factory=dict)

    def document(self, code: str) -> Document:
        """The document `code`; UserError when the matrix of the day has none."""
        found = self.documents.get(code)
        if found is None:
            raise UserError(f"{self.day.isoformat()} 的签发权限表中没有文书“{code}”。")
        return found


def broken(document: Document, law: Document | None = None) -> str | None:
    """What no matrix may allow, as a sentence; None when the document keeps to it.

    law: the baseline version whose fixed cells must stand as they are.
    """
    name = document.name
    stages = [step.stage for step in document.steps]
    if len(stages) < 2 or stages[0] is not Stage.DRAFT or stages.count(Stage.DRAFT) > 1:
        return f"{name}须有且仅有一个拟稿环节，列在首位，其后至少一个环节"
    if any(first.number >= second.number for first, second in pairwise(document.steps)):
        return f"{name}的环节序号须依次增大"
    if Stage.SIGN in stages[:-1]:
        return f"{name}的签发须为最后一个环节，且只有一个"
    for step in document.steps:
        fault = _broken_step(document, step)
        if fault is not None:
            return fault
    if document.panel and Stage.PANEL not in stages:
        return f"{name}须经三名法官组成的合议庭合议（洛中法〔2017〕57号）"
    if (document.judge or document.coercive) and stages[-1] is not Stage.SIGN:
        return f"{name}须以签发为最后一个环节"
    if document.coercive and not any(
        step.stage is Stage.APPROVE and step.signers == {PRESIDENT} for step in document.steps
    ):
        return f"{name}须先经院长一人批准，方可签发（民诉法第119条）"
    for wanted in law.steps if law is not None else ():
        if wanted.fixed and not any(
            (step.stage, step.signers) == (wanted.stage, wanted.signers) for step in document.steps
        ):
            words = f"{name}的{wanted.name()}依法由{signers_words(wanted.signers)}办理"
            return f"{words}（{wanted.basis}），不得变更"
    return None


def _broken_step(document: Document, step: Step) -> str | None:
    name, stage = document.name, step.stage
    people = step.signers - {MAKER}
    if not people:
        return f"{name}的{step.name()}没有写明由谁办理"
    if MAKER in step.signers and stage is not Stage.SIGN:
        return f"{name}的{step.name()}不得由拟稿人本人办理"
    if stage is Stage.PANEL and not people <= PANEL_CODES:
        return f"{name}的合议只能由合议庭成员办理"
    if document.judge and stage is Stage.SIGN:
        if not people <= PENS:
            wrong = signers_words(people - PENS)
            return f"{name}系审判文书，须由员额法官签发，不得由{wrong}签发"
        if step.delegates:
            return f"{name}系审判文书，签发不得委托他人"
    if document.coercive and stage is Stage.APPROVE and not step.delegates <= {VICE_PRESIDENT}:
        return f"{name}的院长批准只能委托副院长代行"
    if step.delegates and (stage in (Stage.DRAFT, Stage.PANEL) or not _all_posts(step.delegates)):
        return f"{name}的{step.name()}不能委托"
    return None


def _all_posts(codes: Iterable[str]) -> bool:
    return all(code.startswith("post:") for code in codes)


def amended(law: Document, rows: Iterable[Amendment]) -> Document:
    """`law` with the steps of one change instead of its own.

    Where a sent-back document begins again and who may stand in are kept from the law's step with
    the same stage and signers: a change cannot widen them. Raises UserError for a wrong cell.
    """
    kept = {(step.stage, step.signers): step for step in law.steps}
    steps = []
    for row in sorted(rows, key=lambda row: row.step):
        if row.stage not in tuple(Stage):
            raise UserError(f"签发权限的环节“{row.stage}”有误。")
        if not 1 <= row.step <= STEP_MAX:
            raise UserError(f"签发权限的序号 {row.step} 有误，应在 1 与 {STEP_MAX} 之间。")
        stage, signers = Stage(row.stage), parse_signers(row.signers)
        steps.append(
            replace(
                kept.get((stage, signers), Step(row.step, stage, signers)),
                number=row.step,
                fixed=False,
                basis=row.basis,
                source="",
                confidence=row.confidence,
                change_id=row.change_id,
            )
        )
    return replace(law, steps=tuple(steps))


def matrix_on(baseline: Baseline, amendments: Iterable[Amendment], day: date) -> Matrix:
    """The matrix of `day`: of two changes of one document the one that begins later counts.

    A change that was not agreed on by a second person, began before that, or would break the law
    is left out and named in `left_out`.
    """
    law = baseline.on(day)
    documents = dict(law)
    left_out: dict[str, str] = {}
    for change_id, rows in _by_change(amendments):
        first = rows[0]
        last = first.valid_to
        if first.valid_from > day or (last is not None and last < day):
            continue
        fault = _unlawful(rows, law.get(first.document))
        if fault is not None:
            left_out[change_id] = fault
        else:
            documents[first.document] = amended(law[first.document], rows)
    return Matrix(day, documents, left_out)


def _by_change(amendments: Iterable[Amendment]) -> list[tuple[str, list[Amendment]]]:
    """Changes of which every step is agreed on, in the order in which they take effect."""
    changes: dict[str, list[Amendment]] = {}
    for row in amendments:
        changes.setdefault(row.change_id, []).append(row)
    agreed = []
    for change_id, rows in changes.items():
        if all(row.state == "agreed" for row in rows):
            rows.sort(key=lambda row: row.step)
            agreed.append((change_id, rows))
    agreed.sort(key=lambda item: (item[1][0].valid_from, item[1][0].agreed_at or "", item[0]))
    return agreed


def _unlawful(rows: list[Amendment], law: Document | None) -> str | None:
    """Why a change that two persons are said to have agreed on does not count."""
    first = rows[0]
    for row in rows:
        if not row.agreed_by or not row.proposed_by or row.agreed_by == row.proposed_by:
            return "签发权限的变更须由一人提出、另一人同意"
        if (row.agreed_at or "")[:10] > row.valid_from.isoformat() or not row.agreed_at:
            return "签发权限的变更不得早于同意之日生效"
    return _faulty_rows(rows) or _faulty_steps(rows, law, first.document)


def _faulty_rows(rows: list[Amendment]) -> str | None:
    first = rows[0]
    heads = {(row.change_id, row.document, row.valid_from, row.valid_to) for row in rows}
    if len(heads) > 1 or len({row.step for row in rows}) < len(rows) or len(rows) > STEPS_MAX:
        return "一项变更须为一种文书同一时段的全部环节，序号不得重复"
    if first.valid_to is not None and first.valid_to < first.valid_from:
        return f"失效日 {first.valid_to.isoformat()} 早于生效日 {first.valid_from.isoformat()}"
    if not all(row.basis.strip() for row in rows):
        return "变更须写明依据"
    return None


def _faulty_steps(rows: list[Amendment], law: Document | None, code: str) -> str | None:
    if law is None:
        return f"没有文书“{code}”"
    try:
        return broken(amended(law, rows), law)
    except UserError as refusal:
        return str(refusal).rstrip("。")


def change_fault(baseline: Baseline, rows: Iterable[Amendment], today: date) -> str | None:
    """Why the change `rows` (one change_id) may not be proposed or agreed on; None when it may.

    It must hold under every version of the law that comes into force while the change lasts.
    """
    change = sorted(rows, key=lambda row: row.step)
    if not change:
        return "变更没有任何环节"
    first = change[0]
    if not all(row.proposed_by for row in change):
        return "须写明变更由谁提出"
    if first.valid_from < today:
        return f"生效日 {first.valid_from.isoformat()} 早于今日，签发权限的变更不得溯及既往"
    fault = _faulty_rows(change)
    if fault is not None:
        return fault
    starts = {first.valid_from} | {
        document.valid_from
        for document in baseline.versions
        if document.code == first.document
        and document.valid_from > first.valid_from
        and (first.valid_to is None or document.valid_from <= first.valid_to)
    }
    for day in sorted(starts):
        fault = _faulty_steps(change, baseline.on(day).get(first.document), first.document)
        if fault is not None:
            return fault
    return None


def agreement_fault(
    baseline: Baseline, rows: Iterable[Amendment], agreed_by: str, today: date
) -> str | None:
    """Why `agreed_by` may not agree to the change on `today`; None when the change then counts."""
    change = list(rows)
    if any(row.state != "proposed" for row in change):
        return "该项变更已经处理"
    if not agreed_by or any(row.proposed_by == agreed_by for row in change):
        return "签发权限的变更须由提出人以外的另一人同意"
    return change_fault(baseline, change, today)

"""May this person do this stage of this document now; why not, and who can. Pure; any thread.

A document goes stage by stage over one content: a stage counts only for the words it was given to,
and a document sent back begins again. `decide` answers from the matrix of the day alone; whoever
records an act asks it first and records no act that it refuses.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

from desktop.rules.signing_matrix import (
    MAKER,
    PANEL_CODES,
    PANEL_JUDGE,
    PANEL_PRESIDING,
    PENS,
    POST_NAMES,
    SIGNER_NAMES,
    STAGE_NAMES,
    UNCONFIRMED,
    Document,
    Matrix,
    Stage,
    Step,
    signers_words,
)
from desktop.rules.teams import Absence
from storage.ids import PersonId
from storage.records.people import Post, TeamRole

PANEL_SIZE: Final = 3
MAJORITY: Final = 2
_NOBODY: Final[frozenset[PersonId]] = frozenset()


@dataclass(frozen=True, slots=True)
class Signer:
    """A person as the matrix sees him on one day.

    team_roles: his roles in the team of the document's case. groups: "petition.leader".
    codes: which codes of the matrix he meets, seats in a panel apart.
    """

    id: PersonId
    name: str
    post: Post
    quota: bool
    team_roles: frozenset[TeamRole] = frozenset()
    groups: frozenset[str] = frozenset()
    codes: frozenset[str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        codes = {f"post:{self.post}"} | {f"team:{role}" for role in self.team_roles}
        codes |= {f"group:{group}" for group in self.groups}
        if not self.quota:
            codes -= PENS
        object.__setattr__(self, "codes", frozenset(codes & SIGNER_NAMES.keys()))

    def title(self) -> str:
        """甲某（政委，未入额）."""
        post = POST_NAMES[self.post]
        marks = [] if self.name == post else [post]
        if not self.quota and self.post in _JUDGES_POSTS:
            marks.append("未入额")
        return f"{self.name}（{'，'.join(marks)}）" if marks else self.name


# Posts of which a reader would think that they hold a judge's pen.
_JUDGES_POSTS: Final = frozenset(
    {
        *(Post.BUREAU_CHIEF, Post.DEPUTY_CHIEF, Post.COMMISSAR),
        *(Post.TRIBUNAL_HEAD, Post.QUOTA_JUDGE),
    }
)


class Outcome(StrEnum):
    """What came of an act."""

    DONE = "done"  # 办理；合议时为同意
    DISSENT = "dissent"  # 合议时不同意
    RETURNED = "returned"  # 退回


@dataclass(frozen=True, slots=True)
class Act:
    """What a person did to a document: the stage, over which content (its hash), on which day.

    delegate_of: the absent holder whom the person stood in for.
    """

    stage: Stage
    person_id: PersonId
    on: date
    content: str
    outcome: Outcome = Outcome.DONE
    delegate_of: PersonId | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the matrix has to know of the matter: its panel, and who carried the case out."""

    panel: tuple[PersonId, ...] = ()
    presiding: PersonId | None = None
    implementers: frozenset[PersonId] = _NOBODY


@dataclass(frozen=True, slots=True)
class Delegation:
    """A dated written power: `to_id` stands in for `from_id` while he is away, as holder of `post`.

    documents: the codes it covers; empty: all. It counts once a person other than the two agreed.
    """

    from_id: PersonId
    to_id: PersonId
    post: Post
    from_on: date
    to_on: date
    agreed_by: PersonId | None
    documents: frozenset[str] = frozenset()
    document_no: str = ""

    def in_force(self, document: str, day: date) -> bool:
        """Whether it covers `document` on `day`."""
        if not self.from_on <= day <= self.to_on or self.from_id == self.to_id:
            return False
        if self.agreed_by is None or self.agreed_by in (self.from_id, self.to_id):
            return False
        return not self.documents or document in self.documents


@dataclass(frozen=True, slots=True)
class Attempt:
    """A person wants to do a stage of a document.

    content: hash of the document's words as they are now. course: every act so far, oldest first.
    people: the staff among whom to look for who can, and for the holders of posts.
    """

    document: str
    stage: Stage
    person: Signer
    content: str
    maker_id: PersonId | None = None
    course: tuple[Act, ...] = ()
    facts: CaseFacts = CaseFacts()
    people: tuple[Signer, ...] = ()
    absences: tuple[Absence, ...] = ()
    delegations: tuple[Delegation, ...] = ()

    def by(self, person: Signer, stage: Stage | None = None) -> "Attempt":
        """The same asked of another person, or for another stage too. Written out: a walk through
        all that can happen asks some 600,000 times."""
        return Attempt(
            self.document,
            stage or self.stage,
            person,
            self.content,
            self.maker_id,
            self.course,
            self.facts,
            self.people,
            self.absences,
            self.delegations,
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer. `stage`: the stage that is open now, which `who_can` is about (None: finished).

    who_can: names of people who may do it, or the posts in words when no staff was given.
    tell_duty_leader: those whose office it is are away and nobody may stand in (S5).
    """

    allowed: bool
    reason: str
    stage: Stage | None
    who_can: tuple[str, ...] = ()
    who_ids: tuple[PersonId, ...] = ()
    as_delegate_of: PersonId | None = None
    for_post: Post | None = None
    tell_duty_leader: bool = False
    basis: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a document stands: how many of its steps count, and who of the panel has voted."""

    done: int
    voted: frozenset[PersonId] = _NOBODY


def may_batch(matrix: Matrix, code: str) -> bool:
    """Whether several documents may be approved at once: never fine, summons or detention."""
    return not matrix.document(code).coercive


def standing(document: Document, course: Iterable[Act], content: str, facts: CaseFacts) -> Standing:
    """Reads the course: acts out of turn count for nothing, and other words void what came before.

    Once the last step is done the document is finished, whatever comes later.
    """
    steps = document.steps
    votes: dict[PersonId, Outcome] = {}
    done, words = 0, content
    for act in course:
        if act.content != words:
            done, votes, words = 0, {}, act.content
        step = steps[done]
        if act.stage is not step.stage:
            continue
        if act.outcome is Outcome.RETURNED and step.stage is not Stage.DRAFT:
            done, votes = _first(steps, step.returns_to), {}
        elif step.stage is not Stage.PANEL:
            done += 1
        elif act.person_id in facts.panel:
            votes[act.person_id] = act.outcome
            if len(votes) == PANEL_SIZE:
                agreed = sum(1 for vote in votes.values() if vote is Outcome.DONE)
                done, votes = (done + 1 if agreed >= MAJORITY else 0), {}
        if done == len(steps):
            return Standing(done)
    return Standing(done, frozenset(votes)) if words == content else Standing(0)


def _first(steps: tuple[Step, ...], stage: Stage) -> int:
    return next((at for at, step in enumerate(steps) if step.stage is stage), 0)


def decide(matrix: Matrix, attempt: Attempt) -> Decision:
    """Whether the act is allowed, why, and who can. Raises UserError for an unknown document."""
    document = matrix.document(attempt.document)
    stand = standing(document, attempt.course, attempt.content, attempt.facts)
    if stand.done == len(document.steps):
        return Decision(False, f"{document.name}已经办结，不能再办理{_word(attempt)}。", None)
    step = document.steps[stand.done]
    desk = _Desk(document, step, stand, attempt, matrix.day)
    if attempt.stage is not step.stage:
        return desk.refused(_out_of_turn(document, stand, attempt))
    fault, holder = desk.judge(attempt.person)
    if fault is not None:
        return desk.refused(fault)
    whom = ""
    if holder is not None:
        whom = f"，代行{holder.title()}职权〔{step.delegates_cited()}〕"
    return Decision(
        allowed=True,
        reason=f"{attempt.person.name}可以办理{document.name}的{step.name()}{whom}"
        f"（{step.cited()}）。",
        stage=step.stage,
        who_can=(attempt.person.name,),
        who_ids=(attempt.person.id,),
        as_delegate_of=holder.id if holder is not None else None,
        for_post=holder.post if holder is not None else None,
        basis=step.basis,
        confirmed=_confirmed(step, holder),
    )


def _confirmed(step: Step, holder: Signer | None) -> bool:
    checked = step.confidence != UNCONFIRMED
    return checked and (holder is None or step.delegates_confidence != UNCONFIRMED)


def _word(attempt: Attempt) -> str:
    return STAGE_NAMES[attempt.stage]


def _out_of_turn(document: Document, stand: Standing, attempt: Attempt) -> str:
    stages = [step.stage for step in document.steps]
    if attempt.stage not in stages:
        return f"{document.name}没有{_word(attempt)}环节"
    if attempt.stage not in stages[stand.done :]:
        return f"{document.name}的{_word(attempt)}已经完成，现应办理{_missing(document, stand, 1)}"
    count = stages.index(attempt.stage, stand.done) - stand.done
    void = "；文书内容改动后，此前各环节不再有效" if _was_voided(document, attempt) else ""
    return f"{document.name}尚缺{_missing(document, stand, count)}，不能{_word(attempt)}{void}"


def _missing(document: Document, stand: Standing, count: int) -> str:
    """审批（院长）、签发（…）: the next `count` steps and whose they are."""
    steps = document.steps[stand.done : stand.done + count]
    return "、".join(f"{step.name()}（{signers_words(step.signers)}）" for step in steps)


def _was_voided(document: Document, attempt: Attempt) -> bool:
    return any(
        act.content != attempt.content and act.stage is not Stage.DRAFT for act in attempt.course
    )


@dataclass(frozen=True, slots=True)
class _Desk:
    """One open step of one document, before which people come to act."""

    document: Document
    step: Step
    stand: Standing
    attempt: Attempt
    day: date

    def judge(self, person: Signer) -> tuple[str | None, Signer | None]:
        """Why the person may not do the step; else whom he stands in for, if anybody."""
        away = self._away(person.id)
        if away is not None:
            return f"{person.title()}{self.day.isoformat()}不在岗（{away.kind}），不能办理", None
        fault = self._seats_fault()
        if fault is not None:
            return fault, None
        if self._meets(person, self.step.signers):
            return self._own(person), None
        holder = self._holder(person)
        if holder is None:
            return self._not_his(person), None
        return self._own(person) or self._own(holder), holder

    def _may(self, person: Signer) -> bool:
        """As `judge` where the panel is whole, without a word."""
        if self._away(person.id) is not None:
            return False
        if self._meets(person, self.step.signers):
            return self._own(person) is None
        holder = self._holder(person)
        return holder is not None and self._own(person) is None and self._own(holder) is None

    def _meets(self, person: Signer, cell: frozenset[str]) -> bool:
        if not person.codes.isdisjoint(cell):
            return True
        facts = self.attempt.facts
        if not person.quota or person.id not in facts.panel:
            return False
        return PANEL_JUDGE in cell or (PANEL_PRESIDING in cell and person.id == facts.presiding)

    def _away(self, person_id: PersonId) -> Absence | None:
        for absence in self.attempt.absences:
            if absence.person_id == person_id and absence.from_on <= self.day <= absence.to_on:
                return absence
        return None

    def _own(self, person: Signer) -> str | None:
        """Nobody reviews or approves what he made himself, nor signs it unless the matrix says so;
        a panel judge votes once."""
        stage = self.step.stage
        if stage is Stage.PANEL and person.id in self.stand.voted:
            return f"{person.name}已经表决"
        if stage in (Stage.DRAFT, Stage.PANEL) or MAKER in self.step.signers:
            return None
        if person.id != self.attempt.maker_id and not any(
            act.stage is Stage.DRAFT and act.person_id == person.id for act in self.attempt.course
        ):
            return None
        return (
            f"{person.title()}是{self.document.name}的拟稿人，不得{self.step.name()}自己所拟的文书"
        )

    def _holder(self, person: Signer) -> Signer | None:
        """The absent holder for whom the person may stand in: the matrix permits it, a dated
        delegation names both, and no other holder is there."""
        step = self.step
        if not step.delegates or not self._meets(person, step.delegates):
            return None
        for power in self.attempt.delegations:
            if power.to_id != person.id or f"post:{power.post}" not in step.signers:
                continue
            if not power.in_force(self.document.code, self.day):
                continue
            holders = [one for one in self.attempt.people if self._meets(one, step.signers)]
            giver = next((one for one in holders if one.id == power.from_id), None)
            if giver is None or giver.post is not power.post:
                continue
            if all(self._away(one.id) is not None for one in holders):
                return giver
        return None

    def _seats_fault(self) -> str | None:
        """What is wrong with the panel, where it is for the panel to act."""
        if self.step.stage is Stage.DRAFT or not self.step.signers & PANEL_CODES:
            return None
        return self._panel_fault()

    def _panel_fault(self) -> str | None:
        facts, name = self.attempt.facts, self.document.name
        if len(set(facts.panel)) != PANEL_SIZE or len(facts.panel) != PANEL_SIZE:
            count = len(set(facts.panel))
            return f"{name}须由三名法官组成合议庭（洛中法〔2017〕57号），现为{count}名"
        if facts.presiding not in facts.panel:
            return f"{name}的合议庭未指定审判长"
        seated = [one for one in self.attempt.people if one.id in facts.panel]
        for one in seated:
            if not one.quota:
                return f"{one.title()}未入额，不能参加{name}的合议庭"
        if self.document.separate and facts.implementers.intersection(facts.panel):
            names = [one.name for one in seated if one.id in facts.implementers]
            who = "、".join(names) or "合议庭成员"
            return f"{who}曾办理本案的执行实施，不得参加{name}的合议庭（异议复议规定第11条）"
        return None

    def _not_his(self, person: Signer) -> str:
        step, name = self.step, self.document.name
        text = f"{name}的{step.name()}由{signers_words(step.signers)}办理，{person.title()}不能办理"
        if self.document.judge and step.stage is Stage.SIGN and not person.quota:
            text = f"{name}系审判文书，须由员额法官签发；{text}"
        return text

    def refused(self, fault: str) -> Decision:
        """A refusal with its basis and with everybody who can."""
        step, people = self.step, self.attempt.people
        can = [] if self._seats_fault() else [one for one in people if self._may(one)]
        tell = bool(people) and not can and self._office_is_empty()
        names = tuple(one.name for one in can)
        if not people:
            names = tuple(signers_words(step.signers - {MAKER}).split("、"))
        whom = f"可以{step.name()}的有：{'、'.join(names)}" if names else f"现无人可以{step.name()}"
        last = "，须报告值班领导" if tell else ""
        return Decision(
            allowed=False,
            reason=f"{fault}（{step.cited()}）；{whom}{last}。",
            stage=step.stage,
            who_can=names,
            who_ids=tuple(one.id for one in can),
            tell_duty_leader=tell,
            basis=step.basis,
            confirmed=_confirmed(step, None),
        )

    def _office_is_empty(self) -> bool:
        """Whether everybody whose office the step is, is away."""
        holders = [one for one in self.attempt.people if self._meets(one, self.step.signers)]
        return all(self._away(one.id) is not None for one in holders)


def at_stage(matrix: Matrix, attempt: Attempt) -> Attempt:
    """`attempt` with a course in which every earlier stage is done by somebody else: asks whether
    the person is the right one, not whether it is time."""
    steps = matrix.document(attempt.document).steps
    if all(step.stage is not attempt.stage for step in steps):
        return attempt
    acts: list[Act] = []
    for step in steps:
        if step.stage is attempt.stage:
            break
        doers = attempt.facts.panel if step.stage is Stage.PANEL else (PersonId(""),)
        acts += [Act(step.stage, one, matrix.day, attempt.content) for one in doers]
    return replace(attempt, course=tuple(acts))
